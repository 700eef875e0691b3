"""A manager with something to handle, on a Tuesday at noon."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from clients.models import Client
from followup.models import Alert
from tests import make
from tests.followup.rows import FIGURES, alert
from tests.world import World

TUESDAY = date(2026, 11, 24)
# Noon in Paris: the mail leaves from eleven on.
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Week:
    """The world, its manager, and an alert on their client that waits for a decision."""

    world: World
    alert: Alert

    @property
    def manager(self) -> User:
        return self.world.manager

    def more(self, count: int, **values: Any) -> list[Alert]:
        """Other clients of theirs clearly below the firm."""
        return [about(make.client(unit=self.world.unit), **values) for _ in range(count)]


def about(client: Client, **values: Any) -> Alert:
    opened = NOON - timedelta(days=4)
    defaults = {
        "rule": Alert.Rule.CLIENT_BELOW, "client": client, "reason": FIGURES,
        "opened_at": opened, "managers_from": opened,
    }  # fmt: skip
    return alert(**defaults | values)


@pytest.fixture
def week(world: World) -> Week:
    """Nobody else has anything to handle, or wants a mail about it."""
    others = User.objects.exclude(pk=world.manager.pk)
    others.update(weekly_digest=False)
    return Week(world, about(world.client))


def sent() -> list[Any]:
    return list(mail.outbox)
