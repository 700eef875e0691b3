"""Sending what lies in rows: the managers' weekly mail (``followup.digests``).

A server that is down leaves the rows as they are: the next minute tries again, until the week's
fourth working day is over. One letter that is refused does not keep the others.
"""

from datetime import datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives

from followup import digests
from followup.letters import Letter
from followup.models import Digest

# What a mail server says of one letter; anything else is about the server.
REFUSALS = (SMTPRecipientsRefused, SMTPDataError)
FOR_GOOD = 500


def send_due(*, now: datetime) -> str:
    """Everything that waits; the first refusal is raised once the others had their turn."""
    sent, failures = 0, []
    for digest in digests.due(now=now):
        try:
            sent += _send(digest, now)
        except REFUSALS as error:
            if _is_for_good(error):
                digests.finish(digest, Digest.State.REFUSED, now=now)
            failures.append(error)
    if failures:
        raise failures[0]
    return f"{sent} weekly mail(s) sent" if sent else ""


def _send(digest: Digest, now: datetime) -> int:
    """Claim it, send it, say so; 0 where another worker has it, or there is nothing to say."""
    if not digests.claim(digest, now=now):
        return 0
    letter = digests.letter(digest, now=now)
    if letter is None:
        digests.finish(digest, Digest.State.NOTHING, now=now)
        return 0
    message(letter).send()
    digests.finish(digest, Digest.State.SENT, now=now)
    return 1


def message(letter: Letter) -> EmailMultiAlternatives:
    """Text, with the same as a page beside it."""
    made = EmailMultiAlternatives(
        letter.subject, letter.text, to=[letter.to], headers=letter.headers
    )
    made.attach_alternative(letter.html, "text/html")
    return made


def _is_for_good(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """A server that is busy asks to be tried later; nobody by that name stays so."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= FOR_GOOD
    return all(code >= FOR_GOOD for code, _said in error.recipients.values())


def is_refused_for_good(error: Exception) -> bool:
    """This letter will never be taken, by a server that is up."""
    return isinstance(error, REFUSALS) and _is_for_good(error)
