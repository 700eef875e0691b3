"""A round that opens on a Tuesday at ten in Paris, and people to invite."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from missions.models import Mission
from operations.mailing import send_due
from surveys.models import Message, Round
from tests import make
from tests.surveys.asking import open_round

# Ten in Paris, on a Tuesday without any holiday near.
OPENS = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=14)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass
class Inviting:
    """The open round and its people; ``at`` moments after the opening."""

    round: Round
    people: list[User] = field(default_factory=list)
    # Where a crowd works, when there is one.
    mission_of_all: Mission | None = None

    def person(self, *, missions: int = 1, **values: Any) -> User:
        made = make.person(**{"language": "fr"} | values)
        for _ in range(missions):
            make.assignment(person=made, mission=make.mission())
        self.people.append(made)
        return made

    def mission(self, person: User) -> Mission:
        return Mission.objects.filter(assignments__person=person).earliest("pk")

    def at(self, after: timedelta = timedelta()) -> list[Any]:
        """The mails that leave at that moment after the opening."""
        before = len(mail.outbox)
        send_due(now=self.round.opens_at + after)
        return mail.outbox[before:]

    def state(self, person: User, rank: Message.Rank = Message.Rank.INVITATION) -> str:
        return Message.objects.get(person=person, round=self.round, rank=rank).state


@pytest.fixture
def inviting(db: None) -> Inviting:
    make.firm()
    made = Inviting(open_round(OPENS + DAY))
    assert (made.round.opens_at, made.round.closes_at) == (OPENS, CLOSES)
    return made
