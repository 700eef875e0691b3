"""The demo firm as the journeys know it: who is who, and somebody who has not answered yet."""

from collections.abc import Iterator

from django.utils import timezone

from accounts.models import User
from clients.models import Client
from operations.demo.install import LOGINS
from surveys.intake import Asked, asked
from surveys.models.answers import CheckIn, Draft

# People who are looked at, and must stay as they are.
KEPT = ("L001", "L002", "L003")


class Firm:
    """Hands out consultants one by one, so that no journey meets another's answers."""

    def __init__(self) -> None:
        self._waiting = self._silent()

    def _silent(self) -> Iterator[User]:
        people = User.objects.filter(is_consultant=True).exclude(ref__in=KEPT).order_by("ref")
        now = timezone.now()
        for person in list(people):
            lines = asked(person=person, now=now)
            if lines and not any(line.is_done for line in lines):
                yield person

    def consultant(self) -> User:
        """Somebody whose check-ins of the open round are all to do."""
        return next(self._waiting)

    def idle(self) -> User:
        """The newcomer, between two missions."""
        return User.objects.filter(is_consultant=True).latest("ref")

    def person(self, ref: str) -> User:
        return User.objects.get(ref=dict(roles()).get(ref, ref))

    def client(self, ref: str) -> Client:
        return Client.objects.get(ref=ref)


def roles() -> Iterator[tuple[str, str]]:
    """Role and reference of the demo's log-ins."""
    for ref, role in LOGINS:
        yield role, ref


def todo(person: User) -> Asked:
    """The first check-in that is asked of somebody now."""
    return asked(person=person, now=timezone.now())[0]


def stored(person: User) -> list[CheckIn]:
    """What is kept of somebody in the open round."""
    open_rounds = {line.round.pk for line in asked(person=person, now=timezone.now())}
    return list(CheckIn.objects.filter(person=person, round__in=open_rounds))


def forget(person: User) -> None:
    """As if they had neither answered nor begun in the open round."""
    CheckIn.objects.filter(pk__in=[row.pk for row in stored(person)]).delete()
    Draft.objects.filter(person=person).delete()
