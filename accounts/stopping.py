"""Stopping a kind of mail: by a link in each of them, without signing in, or in one's settings.

The link is signed and does nothing but this, so it never expires: an old mail can always be
answered by "stop". Who wants which mails is theirs: no log, list or file tells it.
"""

from dataclasses import dataclass

from django.core import signing

from accounts.models import User
from core.letters import absolute

CHECK_IN, WEEKLY, ROTATION = "check-in", "weekly", "rotation"
# Kind of mail → the field of a person that says whether they want it.
KINDS = {CHECK_IN: "checkin_mails", ROTATION: "rotation_mails", WEEKLY: "weekly_digest"}
# What nobody else is told: not even that it changed.
UNTOLD = frozenset({"checkin_mails", "rotation_mails"})
SALT = "accounts.stopping"


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stops what, and whether they have."""

    person: User
    kind: str

    @property
    def is_stopped(self) -> bool:
        return not getattr(self.person, KINDS[self.kind])


def stop_url(person: User, kind: str) -> str:
    """The address that stops this kind of mail."""
    return absolute("accounts:mail_stop", token=token_of(person, kind))


def token_of(person: User, kind: str) -> str:
    return signing.dumps([person.pk, kind], salt=SALT)


def stop_of(token: str) -> Stop | None:
    """What a link stops; None where it is not ours."""
    try:
        pk, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk).first()
    return Stop(person, kind) if person is not None and kind in KINDS else None


def wish(stop: Stop, *, wanted: bool) -> None:
    """They want no more of these, or want them again; twice is once."""
    User.objects.filter(pk=stop.person.pk).update(**{KINDS[stop.kind]: wanted})
    setattr(stop.person, KINDS[stop.kind], wanted)


def not_sent_to(person: User) -> list[str]:
    """Fields about mails that this person does not get anyway."""
    gets = {
        "checkin_mails": person.is_consultant,
        "rotation_mails": person.is_consultant,
        "weekly_digest": person.is_manager,
    }
    return [name for name, is_sent in gets.items() if not is_sent]
