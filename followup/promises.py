"""Promises to our people: made, worded, retired; ideas for them; and how often each was kept.

At most seven stand at once; the database knows, each holds one of seven places. A share is
counted once, when a period has closed, and told to everybody as participation is: rounded, for
the firm and for units of ten people or more whose remainder is as large.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.large_units import members_of_units, showable
from accounts.models import User
from core.jobs import each, once
from core.moving import OvertakenError
from followup.measures import FEWEST, MEASURES, Occasion, Span
from followup.models import Promise, PromiseIdea, PromiseKept
from followup.models.promises import MOST
from scoring.maths import figures
from surveys.models import Period

State = PromiseIdea.State


# --- the firm's promises ---------------------------------------------------------------------


def make(*, promise: Promise, by: User, now: datetime) -> Promise:
    """Add a promise; it counts from today on."""
    taken = set(Promise.objects.current().values_list("place", flat=True))
    free = [place for place in range(1, MOST + 1) if place not in taken]
    full = _("Seven promises stand already: retire one first.")
    if not free:
        raise ValidationError(full)
    promise.place, promise.starts_on = free[0], localdate(now)
    try:
        with transaction.atomic():
            promise.save(force_insert=True)
            _write("create", promise, by, now)
    except IntegrityError as error:
        raise ValidationError(_("Somebody else has just added one: try again.")) from error
    return promise


def reword(*, promise: Promise, by: User, now: datetime) -> None:
    """Other words for the same thing: what is counted stays. Raises `OvertakenError`."""
    _move(promise, "edit", by, now, text_fr=promise.text_fr, text_en=promise.text_en)


def retire(*, promise: Promise, by: User, now: datetime) -> None:
    """It is promised no more; how often it was kept stays to be read."""
    _move(promise, "end", by, now, retired_on=localdate(now))


def _move(promise: Promise, word: str, by: User, now: datetime, **values: object) -> None:
    rows = Promise.objects.current().filter(pk=promise.pk, version=promise.version)
    with transaction.atomic():
        if not rows.update(**values, version=promise.version + 1):
            raise OvertakenError
        _write(word, promise, by, now)


def _write(word: str, promise: Promise, by: User, now: datetime) -> None:
    changes = {"text_fr": ["", promise.text_fr], "text_en": ["", promise.text_en]}
    record(Act(word, "promise", str(promise.pk), changes=changes), actor=by, now=now)


# --- ideas -----------------------------------------------------------------------------------


def suggest(*, idea: PromiseIdea, by: User, now: datetime) -> PromiseIdea:
    """Say what one would like to be promised. No line of the audit log: it would hold the name."""
    idea.author, idea.made_on = by, localdate(now)
    idea.save(force_insert=True)
    return idea


def answer(*, idea: PromiseIdea, state: str, words: str, by: User, now: datetime) -> None:
    """Adopt it or not, in one sentence that everybody reads. Raises `OvertakenError`."""
    rows = PromiseIdea.objects.filter(pk=idea.pk, state=State.OPEN)
    if not rows.update(state=state, answer=words, answered_by=by, answered_on=localdate(now)):
        raise OvertakenError


def withdraw(*, idea: PromiseIdea) -> None:
    """Its author takes it back, while nobody has answered. Raises `OvertakenError`."""
    rows = PromiseIdea.objects.filter(pk=idea.pk, state=State.OPEN)
    if not rows.update(state=State.WITHDRAWN):
        raise OvertakenError


# --- how often it was kept -------------------------------------------------------------------


def count_due(*, now: datetime) -> str:
    """Count every promise in every period that has closed since it was made."""
    due = [(promise, span) for span in _spans(now) for promise in _promised(span)]
    done = each(due, lambda one: _count_once(*one))
    return f"{len(done)} promise(s) counted" if done else ""


def _spans(now: datetime) -> Iterator[Span]:
    """Closed periods, each since the close of the one before."""
    closed = Period.objects.closed(now).order_by("starts_on")
    for before, period in pairwise(closed):
        if before.closes_at is not None and period.closes_at is not None:
            yield Span(before.closes_at, period.closes_at, period)


def _promised(span: Span) -> Iterable[Promise]:
    """What stood at the end of it, and was promised before it began, not counted yet."""
    counted = PromiseKept.objects.filter(period=span.period, unit=None).values("promise")
    stood = Promise.objects.filter(starts_on__lte=localdate(span.until)).exclude(
        retired_on__lte=localdate(span.until)
    )
    return stood.exclude(pk__in=counted).order_by("pk")


def _count_once(promise: Promise, span: Span) -> list[PromiseKept] | None:
    """None where it cannot be told yet, or another worker was first."""
    start = timezone.make_aware(datetime.combine(promise.starts_on, datetime.min.time()))
    measure = MEASURES[promise.measure]
    after = max(_looks_back(span, measure.periods), start - timedelta(microseconds=1))
    since = Span(after, span.until, span.period)
    found = measure.occasions(since, promise.within or 0)
    if found is None:
        return None
    rows = [
        PromiseKept(promise=promise, period=span.period, unit_id=unit, shown=shown)
        for unit, shown in _shares(found)
    ]
    kept = PromiseKept.objects.filter(promise=promise, period=span.period)
    return once(lambda: PromiseKept.objects.bulk_create(rows), done=kept.exists)


def _looks_back(span: Span, periods: int) -> datetime:
    """The close after which it counts, so many periods back, where there were as many."""
    before = Period.objects.filter(closes_at__lte=span.after).order_by("-closes_at")
    closes = list(before.values_list("closes_at", flat=True)[periods - 1 : periods])
    return closes[0] or span.after if closes else span.after


def _shares(found: list[Occasion]) -> Iterator[tuple[int | None, str]]:
    """The firm's, then those of the units that may be told."""
    people = frozenset(one.person for one in found if one.person is not None)
    yield None, _share(found) if len(people or found) >= FEWEST else ""
    members = members_of_units(people)
    for unit in showable(members, people):
        yield unit, _share([one for one in found if one.person in members[unit]])


def _share(found: list[Occasion]) -> str:
    return figures.participation(sum(one.kept for one in found), len(found))
