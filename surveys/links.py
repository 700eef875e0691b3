"""The link of an invitation: it opens one form, of one person, mission and round.

No sign-in, no session, no cookie. It holds until the round closes, the person leaves or their
address changes; it never shows an answer, and looking at it uses nothing up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate

from accounts.models import User
from core.letters import absolute
from surveys.intake import is_asked, round_asking
from surveys.models import Round
from surveys.models.answers import CheckIn

SALT = "surveys.links"
# The round's own close comes first; no link outlives the longest round.
LONGEST = timedelta(days=100)
MARK = 10


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link that holds opens."""

    person: User
    round: Round
    mission: int
    is_answered: bool


def link(person: User, round_: Round, mission: int) -> str:
    """The address of one form."""
    return absolute("surveys:link", token=token_of(person, round_, mission))


def token_of(person: User, round_: Round, mission: int) -> str:
    return signing.dumps([person.pk, round_.pk, mission, _mark(person)], salt=SALT)


def opened(token: str, *, now: datetime) -> Opened | None:
    """The form that a link opens, whose round may be over; None where the link does not hold.

    One that was never ours, one changed on its way and one of somebody who has left look alike.
    """
    try:
        pk, round_pk, mission, mark = signing.loads(token, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return None
    today = localdate(now)
    person = User.objects.select_related("unit", "manager").filter(pk=pk).first()
    if person is None or not constant_time_compare(mark, _mark(person)):
        return None
    if not (person.may_sign_in(today) and is_asked(person, today)):
        return None
    found = round_asking(person=person, mission=mission, round_pk=round_pk, now=now)
    if found is None:
        return None
    sent = CheckIn.objects.filter(person=person, round=found, mission=mission)
    return Opened(person, found, mission, sent.exists())


def _mark(person: User) -> str:
    """A mail that went to a wrong address opens nothing once that is put right."""
    return salted_hmac(SALT, person.email, algorithm="sha256").hexdigest()[:MARK]
