"""Choosing the values together: propose, mark, say what one is against, and count at the end.

While people choose, nobody reads a mark but its author. At the count each value keeps a number
and the marks themselves are deleted, so that who marked what cannot be known afterwards. None of
it stands in the audit log.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import Act, record
from accounts.models import User
from clients.charter import called_alike
from clients.charter_bank import BANK, carried
from clients.models import Charter, CharterValue, Mark, Objection

State = Charter.State
MOST_PROPOSALS = 40
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """How many values there will be, until when one chooses, and what is proposed at first."""

    places: int
    closes_on: date
    starters: Sequence[str] = ()
    carried: Collection[int] = ()


def open_choosing(*, opening: Opening, by: User, now: datetime) -> Charter:
    """Begin a new version: values of the one in force, and of the starter bank."""
    try:
        with transaction.atomic():
            charter = Charter.objects.create(
                places=opening.places, closes_on=opening.closes_on, opened_by=by, opened_at=now
            )
            newest = Charter.objects.newest()
            kept = newest.proposals.filter(chosen=True, pk__in=opening.carried) if newest else ()
            rows = [
                *(carried(value, charter, now) for value in kept),
                *(BANK[code].proposal(charter, now) for code in opening.starters),
            ]
            if alike := called_alike(rows):
                raise ValidationError({"starters": [proposed(row.name) for row in alike]})
            CharterValue.objects.bulk_create(rows)
            _write("create", charter, by, now)
    except IntegrityError as error:
        raise ValidationError(_("A version is being chosen or written already.")) from error
    return charter


def propose(*, value: CharterValue, by: User, now: datetime) -> CharterValue:
    """Anyone's proposal. Refused once the day has passed, or where the list is full."""
    with transaction.atomic():
        charter = _choosing(value.charter_id, now)
        if charter.proposals.count() >= MOST_PROPOSALS:
            raise ValidationError(
                _("There are %(most)s proposals already, which is enough to choose from.")
                % {"most": MOST_PROPOSALS}
            )
        if called_alike([*charter.proposals.all(), value])[-1:] == [value]:
            raise ValidationError({"name": proposed(value.name)})
        value.proposed_by, value.proposed_at = by, now
        value.save(force_insert=True)
    return value


def proposed(name: str) -> str:
    """What is said where a proposal has the name of another."""
    return _("“%(name)s” is proposed already.") % {"name": name}


def take_back(*, value: CharterValue, now: datetime) -> None:
    """Its author takes a proposal back, with its marks; refused once somebody else has written
    against it, which is kept and answered."""
    with transaction.atomic():
        _choosing(value.charter_id, now)
        if value.objections.exclude(person=value.proposed_by).exists():
            raise ValidationError(
                _("Somebody has said why they are against it, and gets an answer: it stays.")
            )
        CharterValue.objects.filter(pk=value.pk).delete()


def mark(*, charter: Charter, values: Collection[int], by: User, now: datetime) -> None:
    """Keep somebody's marks in the place of those before; as many as there will be values."""
    with transaction.atomic():
        charter = _choosing(charter.pk, now)
        if len(values) > charter.places:
            raise ValidationError(too_many(charter.places))
        Mark.objects.filter(person=by, value__charter=charter).delete()
        there = charter.proposals.filter(pk__in=values)
        Mark.objects.bulk_create(Mark(value=value, person=by) for value in there)


def too_many(places: int) -> str:
    """What is said where somebody marks more than there will be."""
    said = ngettext("Mark %(places)s value at most.", "Mark %(places)s values at most.", places)
    return said % {"places": places}


def marked_by(person: User, charter: Charter) -> set[int]:
    """One's own marks (ids of values), for oneself."""
    rows = Mark.objects.filter(person=person, value__charter=charter)
    return set(rows.values_list("value", flat=True))


def against(*, value: CharterValue, sentence: str, by: User, now: datetime) -> None:
    """Say why one is against it, in the place of what one said before; nothing takes it back."""
    with transaction.atomic():
        _choosing(value.charter_id, now)
        if not sentence:
            Objection.objects.filter(value=value, person=by).delete()
            return
        Objection.objects.update_or_create(
            value=value, person=by, defaults={"sentence": sentence, "made_at": now}
        )


def forget_authors() -> int:
    """Who was against a value is kept so that they can take it back, while one chooses alone."""
    rows = Objection.objects.filter(person__isnull=False)
    return rows.exclude(value__charter__state=State.CHOOSING).update(person=None)


def count_due(*, now: datetime) -> str:
    """Count the marks of a version whose day has passed, and delete them. Safe to repeat."""
    due = Charter.objects.filter(state=State.CHOOSING, closes_on__lt=localdate(now))
    counted = [_count(charter) for charter in due.order_by("pk")]
    return ", ".join(f"{people} people marked" for people in counted if people is not None)


@transaction.atomic
def _count(charter: Charter) -> int | None:
    """How many people marked; None where another worker was first."""
    row = Charter.objects.select_for_update().get(pk=charter.pk)
    if row.state != State.CHOOSING:
        return None
    rows = list(Mark.objects.filter(value__charter=row).values_list("value", "person"))
    marks = Counter(value for value, _person in rows)
    values = sorted(row.proposals.all(), key=lambda value: (-marks[value.pk], value.pk))
    for place, value in enumerate(values, start=1):
        value.marks, value.position = marks[value.pk], place
        value.chosen = place <= row.places
    CharterValue.objects.bulk_update(values, ["marks", "position", "chosen"])
    Mark.objects.filter(value__charter=row).delete()
    row.state, row.people = State.WRITING, len({person for _value, person in rows})
    row.save(update_fields=["state", "people"])
    return row.people


def _choosing(pk: int, now: datetime) -> Charter:
    """The version, locked, while one may still choose."""
    charter = Charter.objects.select_for_update().get(pk=pk)
    if not charter.is_open(localdate(now)):
        raise ValidationError(_("The time to choose is over: nothing was changed."), code=CLOSED)
    return charter


def _write(word: str, charter: Charter, by: User, now: datetime) -> None:
    record(Act(word, "charter", str(charter.number or charter.pk)), actor=by, now=now)
