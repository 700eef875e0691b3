"""What a promise to our people can be measured by: things that the product writes down anyway.

A measure finds the *occasions* of a span of time: each had a term that ended in it, or is a state
at its end, and each was met or not. Staffing, loads, decisions and dates of publication; of
check-ins only that somebody wished to talk, and with whom; never what anybody answered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Q
from django.utils.functional import Promise as Lazy
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from balancing.models import Load, LoadPass, RotationMove
from followup.models import Alert, AlertMove, Promise, Talk
from followup.reconciling import CAUSE_GONE
from missions.models import FactContest
from scoring.publication import published_periods
from surveys.models import Period, Round
from surveys.wishes import wishes_closed

Code = Promise.Measure
# Occasions (distinct people, where they are about people) that a share needs.
FEWEST = 5
DECIDING = (AlertMove.Kind.DECIDED, AlertMove.Kind.POSTPONED, AlertMove.Kind.CLOSED)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that could have been kept, and was or was not; about whom, if about anybody."""

    kept: bool
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """After one moment, up to another; ``period`` is the one that ended with it."""

    after: datetime
    until: datetime
    period: Period

    def holds(self, moment: datetime) -> bool:
        return self.after < moment <= self.until


@dataclass(frozen=True, slots=True)
class Measure:
    """How a promise is counted.

    occasions   of a span, given the promise's term; None: not to be told yet, ask again later
    counted     in words, with ``%(within)s`` where there is a term
    term        "days" or "rounds"; empty: it has none
    periods     how many of the last periods a share looks back on
    """

    occasions: Callable[[Span, int], list[Occasion] | None]
    counted: Lazy | str
    term: str = ""
    periods: int = 1

    @property
    def has_term(self) -> bool:
        return bool(self.term)


# --- states at the end of a period -----------------------------------------------------------


def _load_fair(span: Span, _within: int) -> list[Occasion] | None:
    found = _last_loads(span.period)
    if found is None:
        return None
    rows = Load.objects.filter(load_pass=found, compared=True).order_by("person")
    return [Occasion(not above, pk) for pk, above in rows.values_list("person", "above_zone")]


def _not_twice(span: Span, _within: int) -> list[Occasion] | None:
    found = _last_loads(span.period)
    if found is None:
        return None
    rows = Load.objects.filter(load_pass=found).order_by("person")
    return [Occasion(not twice, pk) for pk, twice in rows.values_list("person", "two_in_a_row")]


def _last_loads(period: Period) -> LoadPass | None:
    """Loads of the period's last round, once they are there."""
    last = Round.objects.filter(period=period).order_by("-starts_on").values("pk")[:1]
    return LoadPass.objects.filter(round__in=last).first()


# --- terms that ended in it ------------------------------------------------------------------


def _rotation(span: Span, within: int) -> list[Occasion]:
    """What went away by itself before its term is no occasion: there was nothing left to do."""
    closes = list(Round.objects.order_by("closes_at").values_list("pk", "closes_at"))
    place = {pk: at for at, (pk, _closes) in enumerate(closes)}
    found = []
    for alert in Alert.objects.filter(rule=Alert.Rule.PERSON_OVER_SHARE).order_by("pk"):
        at = place[alert.opened_round_id] + within
        if at >= len(closes) or not span.holds(closes[at][1]):
            continue
        ends = closes[at][1]
        if _has_gone(alert, ends):
            continue
        talked = RotationMove.objects.filter(
            person=alert.person_id,
            rotation__talked_at__gt=alert.opened_at,
            rotation__talked_at__lte=ends,
        )
        found.append(Occasion(talked.exists(), alert.person_id))
    return found


def _talk(span: Span, within: int) -> list[Occasion]:
    """The term runs from the close of the round in which somebody wished to talk."""
    term = timedelta(days=within)
    wishes = wishes_closed(after=span.after - term, until=span.until - term)
    talks = Talk.objects.filter(denied_at=None, round__in={wish.round_id for wish in wishes})
    held = {(row.person_id, row.listener_id, row.round_id): row.talked_at for row in talks}
    found = []
    for wish in wishes:
        talked = held.get((wish.person_id, wish.listener_id, wish.round_id))
        kept = talked is not None and talked <= wish.closed_at + term
        found.append(Occasion(kept, wish.person_id))
    return found


def _alert(span: Span, within: int) -> list[Occasion]:
    """From the day on which managers could see it to the first move of one of them.

    One occasion a thing to handle: what joined another alert is decided there.
    """
    term = timedelta(days=within)
    moved = Q(moves__actor__isnull=False, moves__kind__in=DECIDING)
    due = Alert.objects.filter(
        managers_from__gt=span.after - term,
        managers_from__lte=span.until - term,
        merged_into=None,
    ).annotate(decided_at=Min("moves__at", filter=moved))
    return [
        Occasion(row.decided_at is not None and row.decided_at <= row.managers_from + term)
        for row in due.order_by("pk")
        if not _has_gone(row, row.managers_from + term)
    ]


def _done(span: Span, _within: int) -> list[Occasion]:
    """By the day set when one first decided: to set a later one is not to have done it."""
    moves = AlertMove.objects.filter(
        kind=AlertMove.Kind.DECIDED, due_on__isnull=False, alert__merged_into=None
    )
    first: dict[int, AlertMove] = {}
    for move in moves.select_related("alert").order_by("at", "pk"):
        first.setdefault(move.alert_id, move)
    ends = {pk: _end_of(move.due_on) for pk, move in first.items() if move.due_on}
    closed = {pk: move.alert.closed_at for pk, move in first.items()}
    return [
        Occasion((done := closed[pk]) is not None and done <= end)
        for pk, end in ends.items()
        if span.holds(end)
    ]


def _end_of(day: date) -> datetime:
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _has_gone(alert: Alert, by: datetime) -> bool:
    """Closed by a job since its cause was no longer there: nothing was left to do."""
    closed = alert.closed_at
    return alert.closing_code == CAUSE_GONE and closed is not None and closed <= by


def _contest(span: Span, within: int) -> list[Occasion]:
    """What its author took back is no occasion."""
    term = timedelta(days=within)
    rows = FactContest.objects.filter(
        made_at__gt=span.after - term, made_at__lte=span.until - term
    ).exclude(state=FactContest.State.WITHDRAWN)
    columns = ("made_at", "answered_at", "person")
    return [
        Occasion(answered is not None and answered <= made + term, person)
        for made, answered, person in rows.order_by("pk").values_list(*columns)
    ]


def _figures(span: Span, within: int) -> list[Occasion]:
    """Of each period whose term ended; figures that did not come out were not in time."""
    term = timedelta(days=within)
    out = {row.id: row.published_at for row in published_periods()}
    due = Period.objects.filter(
        closes_at__gt=span.after - term, closes_at__lte=span.until - term
    ).order_by("starts_on")
    return [
        Occasion(row.pk in out and out[row.pk] <= row.closes_at + term)
        for row in due
        if row.closes_at is not None
    ]


MEASURES: Mapping[str, Measure] = {
    Code.LOAD_FAIR: Measure(
        _load_fair,
        _("People compared, at the end of the period, whose share of days on demanding missions "
          "is not above their zone of chance."),
    ),
    Code.NOT_TWICE: Measure(
        _not_twice,
        _("People who worked on a mission, for whom no demanding mission followed another in the "
          "last 13 rounds."),
    ),
    Code.ROTATION: Measure(
        _rotation,
        ngettext_lazy(
            "People with more than a fair share of demanding missions with whom a rotation was "
            "talked over before the close of the round after.",
            "People with more than a fair share of demanding missions with whom a rotation was "
            "talked over within %(within)s rounds.",
            "within",
        ),
        term="rounds",
    ),
    Code.TALK: Measure(
        _talk,
        ngettext_lazy(
            "Wishes to talk that were taken up within %(within)s day of the round’s close.",
            "Wishes to talk that were taken up within %(within)s days of the round’s close.",
            "within",
        ),
        term="days",
    ),
    Code.ALERT: Measure(
        _alert,
        ngettext_lazy(
            "Alerts on which a manager decided within %(within)s day.",
            "Alerts on which a manager decided within %(within)s days.",
            "within",
        ),
        term="days",
    ),
    Code.DONE: Measure(
        _done,
        _("Actions decided on an alert, whose day has come, that were done and the alert closed "
          "by that day."),
    ),
    Code.CONTEST: Measure(
        _contest,
        ngettext_lazy(
            "Contested facts that were answered within %(within)s day.",
            "Contested facts that were answered within %(within)s days.",
            "within",
        ),
        term="days",
    ),
    Code.FIGURES: Measure(
        _figures,
        ngettext_lazy(
            "Of the last five periods, those whose figures were published within %(within)s day "
            "of their close.",
            "Of the last five periods, those whose figures were published within %(within)s days "
            "of their close.",
            "within",
        ),
        term="days",
        periods=5,
    ),
}  # fmt: skip


def counted(promise: Promise) -> str:
    """What is counted for a promise, in the reader's language."""
    words = MEASURES[promise.measure].counted
    return str(words if promise.within is None else words % {"within": promise.within})
