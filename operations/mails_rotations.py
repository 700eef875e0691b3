"""Sending the one mail that each person of an opened conversation gets (``followup.notices``)."""

from datetime import datetime

from balancing.models import RotationNotice
from followup import notices
from operations.mails import REFUSALS, is_refused_for_good, message

State = RotationNotice.State


def send_due(*, now: datetime) -> str:
    """Everything that waits; the first refusal is raised once the others had their turn."""
    sent, failures = 0, []
    for notice in notices.due(now=now):
        try:
            sent += _send(notice, now)
        except REFUSALS as error:
            if is_refused_for_good(error):
                notices.finish(notice, State.REFUSED, now=now)
            failures.append(error)
    if failures:
        raise failures[0]
    return f"{sent} mail(s) about rotations sent" if sent else ""


def _send(notice: RotationNotice, now: datetime) -> int:
    """Claim it, send it, say so; 0 where another worker has it, or there is nothing to say."""
    if not notices.claim(notice, now=now):
        return 0
    letter = notices.letter(notice, now=now)
    if letter is None:
        notices.finish(notice, State.OVER, now=now)
        return 0
    message(letter).send()
    notices.finish(notice, State.SENT, now=now)
    return 1
