"""Sending the one mail that each person of an opened conversation gets (``followup.notices``)."""

from datetime import datetime

from balancing.models import RotationNotice
from core.outgoing import claim, finish
from followup import notices
from operations.budget import first_of_each
from operations.mails import each, message

State = RotationNotice.State


def send_due(*, now: datetime) -> str:
    """The mail of everybody who may be told now."""
    waiting = first_of_each(notices.due(now=now), lambda one: one.move.person, now=now)
    sent = each(waiting, lambda one: _send(one, now), now=now)
    return f"{sent} mail(s) about rotations sent" if sent else ""


def _send(notice: RotationNotice, now: datetime) -> bool:
    """Claim it, send it, say so; False where another worker has it, or there is nothing to say."""
    if not claim(notice, now=now):
        return False
    letter = notices.letter(notice, now=now)
    if letter is None:
        finish(notice, State.OVER, now=now)
        return False
    message(letter).send()
    finish(notice, State.SENT, now=now)
    return True
