"""Sending invitations and reminders (``surveys.invitations``), at hours that fit, within the
budget of each person (``operations.budget``)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import FirmSettings
from core.letters import Letter
from core.outgoing import claim, finish
from followup.reading import last_change
from operations import mails
from operations.budget import first_of_each
from operations.mails import Line
from surveys import invitations, letters
from surveys.intake import Asked
from surveys.models import Message
from surveys.quiet import Quiet, quiet_of
from surveys.timetable import Timetable

Rank = Message.Rank
State = Message.State


@dataclass(frozen=True, slots=True)
class Batch:
    """What is known of everybody in a batch, read once."""

    table: Timetable
    quiet: dict[int, Quiet]
    people_needed: int
    now: datetime


def send_due(*, now: datetime) -> str:
    """Everything whose moment has come; the first refusal is raised once others had their turn.

    The summary tells no number: of reminders it would be how many have not answered, of
    invitations how many want no mail.
    """
    found = invitations.due(now=now)
    table = Timetable.of([one.person for one in found], now=now) if found else None
    ready = _ready(found, table, now) if table else []
    if not table or not ready:
        return ""
    batch = _batch(ready, table, now)
    sent: set[int] = set()
    with mails.one_connection() as line:
        mails.each(ready, lambda message: _send(message, batch, line, sent), now=now)
    return _said(sent)


def _said(ranks: set[int]) -> str:
    names = {Rank.INVITATION: "invitations", Rank.REMINDER: "reminders"}
    found = [name for rank, name in names.items() if rank in ranks]
    return f"{' and '.join(found)} sent" if found else ""


def _ready(found: list[Message], table: Timetable, now: datetime) -> list[Message]:
    """What may leave at this hour and within the budget, one a person; the rest waits."""
    fitting = []
    for message in found:
        if table.fits(message.person, now):
            fitting.append(message)
        else:
            invitations.postpone(message, table.after(message.person, now), now=now)
    return first_of_each(fitting, lambda message: message.person, now=now)


def _batch(ready: list[Message], table: Timetable, now: datetime) -> Batch:
    return Batch(
        table=table,
        quiet=quiet_of({one.person_id for one in ready}, now=now),
        people_needed=FirmSettings.current().anonymity_threshold,
        now=now,
    )


def _send(message: Message, batch: Batch, line: Line, sent: set[int]) -> bool:
    """Claim, look again, write, send, say so; its rank joins ``sent``, if it leaves."""
    now = batch.now
    if not claim(message, now=now):
        return False
    asked = invitations.asked_about(message, now=now)
    if asked == []:
        # On no mission today: one that begins before the close is still told of.
        invitations.postpone(message, batch.table.after(message.person, now), now=now)
        return False
    lines = [one for one in asked or [] if not one.is_done]
    if not lines or batch.quiet[message.person_id].rests:
        finish(message, State.DROPPED, now=now)
        return False
    mails.message(_letter(message, lines, batch), line).send()
    finish(message, State.SENT, now=now)
    sent.add(message.rank)
    return True


def _letter(message: Message, lines: list[Asked], batch: Batch) -> Letter:
    said = last_change([one.mission for one in lines], now=batch.now)
    return letters.written(
        message,
        lines,
        beside=letters.Beside(
            change=letters.Change(said.subject, said.sentence) if said else None,
            to_judge=invitations.to_judge(message, now=batch.now),
        ),
        tone=letters.Tone(
            is_short=batch.quiet[message.person_id].is_long,
            other_subject=batch.table.has_other_subject(message.person),
        ),
        people_needed=batch.people_needed,
    )
