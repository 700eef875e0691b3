"""Sending what lies in rows (``core.outgoing``), and the managers' weekly mail of it
(``followup.digests``).

A server that is down leaves the rows as they are: the next minute tries again, until the week's
fourth working day is over. One letter that is refused does not keep the others.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TypeVar

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from core.letters import Letter
from core.outgoing import REFUSED, claim, finish, give_up
from followup import digests
from followup.models import Digest
from operations.bounces import Row as AnyRow
from operations.bounces import reader_of
from operations.budget import first_of_each
from operations.returned import blames_address

# What a mail server says of one letter; anything else is about the server.
REFUSALS = (SMTPRecipientsRefused, SMTPDataError)
FOR_GOOD = 500
Line = BaseEmailBackend
Row = TypeVar("Row", bound=AnyRow)


def send_due(*, now: datetime) -> str:
    """The weekly mail of everybody whose hour has come."""
    waiting = first_of_each(digests.due(now=now), lambda one: one.person, now=now)
    sent = each(waiting, lambda one: _send(one, now), now=now)
    return f"{sent} weekly mail(s) sent" if sent else ""


def _send(digest: Digest, now: datetime) -> bool:
    """Claim it, send it, say so; False where another worker has it, or there is nothing to say."""
    if not claim(digest, now=now):
        return False
    letter = digests.letter(digest, now=now)
    if letter is None:
        finish(digest, Digest.State.NOTHING, now=now)
        return False
    message(letter).send()
    finish(digest, Digest.State.SENT, now=now)
    return True


def each(rows: Iterable[Row], send: Callable[[Row], bool], *, now: datetime) -> int:
    """Send every row, whatever becomes of the others; how many left.

    What a server refuses for good is finished; the first refusal is raised once all others had
    their turn.
    """
    sent, failures = 0, []
    for row in rows:
        try:
            sent += send(row)
        except REFUSALS as error:
            if is_refused_for_good(error):
                finish(row, REFUSED, now=now)
                if blames_address(_said(error)):
                    give_up(reader_of(row))
            failures.append(error)
    if failures:
        raise failures[0]
    return sent


@contextmanager
def one_connection() -> Iterator[Line]:
    """To the mail server, for many letters: opened before any is claimed."""
    line: Line = get_connection()
    line.open()
    try:
        yield line
    finally:
        line.close()


def message(letter: Letter, line: Line | None = None) -> EmailMultiAlternatives:
    """Text, with the same as a page beside it."""
    made = EmailMultiAlternatives(
        letter.subject, letter.text, to=[letter.to], headers=letter.headers, connection=line
    )
    made.attach_alternative(letter.html, "text/html")
    return made


def is_refused_for_good(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """A server that is busy asks to be tried later; nobody by that name stays so."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= FOR_GOOD
    return all(code >= FOR_GOOD for code, _said in error.recipients.values())


def _said(error: SMTPRecipientsRefused | SMTPDataError) -> str:
    """The server's own words, which hold a status code where it knows of them."""
    if isinstance(error, SMTPDataError):
        return str(error.smtp_error)
    return " ".join(str(said) for _code, said in error.recipients.values())
