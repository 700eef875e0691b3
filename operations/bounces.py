"""Mails that a server takes and gives back later: their rows say so, and an address that does not
exist is written to no more until it is put right.

A report is believed where it names a Message-ID that only this product can have made, for the
address that its reader has now. Of a reminder nobody is told before the round is over
(``operations.outbox``): it would say that its reader had not answered.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import User
from balancing.models import RotationNotice
from clients.models import Contact
from core.letters import is_ours, key_of
from core.outgoing import give_back, give_up, is_unreachable
from followup.models import Digest
from operations.returned import Report
from surveys.models import AskingMail, Message

Row = Message | Digest | RotationNotice | AskingMail


class Outcome(StrEnum):
    """What became of a report, in an operator's words: never whose, or of which mail."""

    GIVEN_UP = "address given up until it is put right"
    GIVEN_BACK = "given back; the next mail leaves as usual"
    KNOWN = "known already"
    LATER = "delivered, or still being tried: left to the mail server"
    FOREIGN = "about no mail of this product, or an address changed since"
    NO_REPORT = "no delivery report"


@transaction.atomic
def take(*, report: Report | None) -> Outcome:
    """Note that a mail came back, where it did for good and was ours; twice is once."""
    if report is None:
        return Outcome.NO_REPORT
    if not report.is_for_good:
        return Outcome.LATER
    rows: list[Row] = [row for row in map(_sent, report.message_ids) if row is not None]
    row = rows[0] if rows else None
    if row is None:
        return Outcome.FOREIGN
    if not give_back(row):
        return Outcome.KNOWN
    if not report.blames_address:
        return Outcome.GIVEN_BACK
    give_up(reader_of(row))
    return Outcome.GIVEN_UP


def reader_of(row: Row) -> User | Contact:
    """Whom a mail goes to."""
    if isinstance(row, RotationNotice):
        return row.move.person
    if isinstance(row, AskingMail):
        return row.asking.contact
    return row.person


def trust_again(*, person: User, actor: User, now: datetime) -> None:
    """The address is right after all: from the next mail on, it is written to."""
    with transaction.atomic():
        changes = {"refused_email": [person.refused_email, ""]}
        rows = User.objects.filter(pk=person.pk, refused_email=person.refused_email)
        if is_unreachable(person) and rows.update(refused_email=""):
            act = Act("edit", "person", person.ref, about=person, changes=changes)
            record(act, actor=actor, now=now)


def _sent(message_id: str) -> Row | None:
    """The row of a mail that we sent, to the address that its reader still has."""
    try:
        row = _named(key_of(message_id))
    except ValueError:  # a day that no calendar has
        return None
    if row is None or not is_ours(message_id, to=reader_of(row).email):
        return None
    return row


def _named(key: str) -> Row | None:
    for pattern, row_of in KEYS:
        if told := pattern.fullmatch(key):
            return row_of(*told.groups())
    return None


def _check_in(day: str, rank: str, person: str) -> Row | None:
    rows = Message.objects.filter(round__starts_on=date.fromisoformat(day), rank=int(rank))
    return rows.filter(person=int(person)).select_related("person").first()


def _weekly(day: str, person: str) -> Row | None:
    rows = Digest.objects.filter(day=date.fromisoformat(day), person=int(person))
    return rows.select_related("person").first()


def _rotation(move: str) -> Row | None:
    rows = RotationNotice.objects.filter(move=int(move))
    return rows.select_related("move__person").first()


def _opinion(asking: str, kind: str) -> Row | None:
    rows = AskingMail.objects.filter(asking=int(asking), kind=kind)
    return rows.select_related("asking__contact").first()


# Keys of mails, as they are made where each is written.
KEYS: tuple[tuple[re.Pattern[str], Callable[..., Row | None]], ...] = (
    (re.compile(r"check-in\.(\d{8})\.(\d)\.(\d{1,18})", re.ASCII), _check_in),
    (re.compile(r"digest\.(\d{8})\.(\d{1,18})", re.ASCII), _weekly),
    (re.compile(r"rotation\.(\d{1,18})", re.ASCII), _rotation),
    (re.compile(r"opinion\.(\d{1,18})\.([a-z]{1,10})", re.ASCII), _opinion),
)
