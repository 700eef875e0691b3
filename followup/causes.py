"""What the rules look at, and what they find: a cause with its numbers, about one subject."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.timezone import localdate

from balancing.models import LoadPass
from balancing.reading import ReleasedPeriod
from followup.models import Alert, Subject
from scoring.publication import SystemViewer

VIEWER = SystemViewer("alerts")


@dataclass(frozen=True, slots=True)
class Looked:
    """A round's loads, the newest figures out at its close, and the day of the staffing."""

    loads: LoadPass
    release: ReleasedPeriod | None
    day: date
    # What several rules read; it is asked for once.
    read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, ask: Callable[[date], Any]) -> Any:
        """What ``ask`` says of the day, to whichever rule comes first."""
        if name not in self.read:
            self.read[name] = ask(self.day)
        return self.read[name]


def at_close(loads: LoadPass, release: ReleasedPeriod | None) -> Looked:
    """A round as it stood on the day of its close."""
    return Looked(loads, release, localdate(loads.round.closes_at))


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause, with its numbers; about a person, a client, a mission, a unit, or else the firm."""

    reason: dict[str, Any]
    person: int | None = None
    client: int | None = None
    mission: int | None = None
    unit: int | None = None
    # It may keep an open alert open without being enough to open one.
    opens: bool = True

    @property
    def subject(self) -> Subject:
        return self.person, self.client, self.mission, self.unit


class Rule(Protocol):
    """``code`` is one of ``Alert.Rule``; at most one finding a subject."""

    code: str

    def findings(self, at: Looked) -> list[Finding]: ...


def closed_by_people(rule: str, subject: str) -> dict[int, datetime]:
    """Subject (``client_id``, ``mission_id``…) → when somebody last closed its alert."""
    closed = Alert.objects.filter(rule=rule, closed_by__isnull=False)
    rows = closed.order_by("closed_at").values_list(subject, "closed_at")
    return {pk: moment for pk, moment in rows if pk and moment}
