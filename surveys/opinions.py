"""Taking in what a contact of a client thinks, by their link; and what their link may show them.

One row a contact and survey; sending again changes it until the survey's date and keeps what stood
before. Nothing here writes a log line.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from accounts.models import User
from surveys.comments import opened, sealed
from surveys.models import Asking
from surveys.models.opinions import Opinion

# Changes kept of one answer: enough for any hesitation, and no more for whoever holds a key down.
KEPT = 20


class Outcome(Enum):
    """What became of a sending."""

    KEPT = "kept"
    TAKEN_BACK = "taken back"
    NOTHING = "nothing to keep"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent, to be shown to them again by their own link.

    ``comment`` is None where one is kept and cannot be opened now.
    """

    answers: dict[str, int]
    comment: str | None
    changed_at: datetime

    @property
    def is_sealed(self) -> bool:
        return self.comment is None


def said_before(asking: Asking) -> Said | None:
    row = Opinion.objects.filter(asking=asking).first()
    return Said(row.answers, opened(row), row.changed_at) if row else None


def reader_of(asking: Asking) -> User | None:
    """Whom the form names: the account manager of now. Words that are kept and cannot be opened
    now stay with the one to whom they were written."""
    row = Opinion.objects.select_related("reader").filter(asking=asking).first()
    if row is not None and opened(row) is None:
        return row.reader
    return asking.contact.client.account_manager


@transaction.atomic
def submit(
    *,
    asking: Asking,
    answers: dict[str, int],
    now: datetime,
    comment: str | None = None,
    reader: User | None = None,
) -> Outcome:
    """Keep the answers and the comment; the same again changes nothing, nothing takes it back.

    ``comment`` None: the form had no box for one, and what was written before stays. ``reader``:
    the one whom the form named; None: nobody.
    """
    if not asking.survey.is_open(now):
        return Outcome.CLOSED
    # Two tabs at once: the second waits here, and finds what the first has kept.
    Asking.objects.select_for_update().get(pk=asking.pk)
    row = Opinion.objects.filter(asking=asking).first()
    if row is None:
        return _first(asking, answers, comment or "", reader, now)
    return _changed(row, answers, comment, reader, now)


def _first(
    asking: Asking, answers: dict[str, int], comment: str, reader: User | None, now: datetime
) -> Outcome:
    if not answers and not comment:
        return Outcome.NOTHING
    row = Opinion(asking=asking, answers=answers, reader=reader, sent_at=now, changed_at=now)
    row.comment = sealed(comment, row)
    row.save(force_insert=True)
    return Outcome.KEPT


def _changed(
    row: Opinion,
    answers: dict[str, int],
    comment: str | None,
    reader: User | None,
    now: datetime,
) -> Outcome:
    is_same = (comment is None or comment == opened(row)) and row.reader == reader
    if comment is not None:
        row.comment = sealed(comment, row)
    if not answers and row.comment is None:
        row.delete()
        return Outcome.TAKEN_BACK
    if row.answers == answers and is_same:
        return Outcome.KEPT
    if row.answers != answers:
        row.former = [*row.former, [row.changed_at.isoformat(), row.answers]][-KEPT:]
    row.answers, row.reader, row.changed_at = answers, reader, now
    row.save(update_fields=["former", "answers", "comment", "reader", "changed_at"])
    return Outcome.KEPT
