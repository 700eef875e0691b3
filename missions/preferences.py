"""What people would rather do about a mission: stay, or move and by when.

Private until its author shares it; taking the sharing back hides it at once. It is about a
mission, not about a feeling: no answer of a check-in is read or written here, and no line of the
audit log tells it to anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from missions.models import Mission, Preference


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody would rather do, and whether their managers may read it."""

    kind: str
    by: date | None
    sentence: str
    shared: bool


def say(*, person: User, mission: Mission, said: Said, now: datetime) -> Preference:
    """Keep it in the place of what was said before."""
    return Preference.objects.update_or_create(
        person=person,
        mission=mission,
        defaults={
            "kind": said.kind,
            "by": said.by,
            "sentence": said.sentence,
            "shared": said.shared,
            "changed_at": now,
        },
    )[0]


def forget(*, person: User, mission: Mission) -> bool:
    """Take it back for good; False where there was none."""
    return bool(Preference.objects.filter(person=person, mission=mission).delete()[0])


def shared_by(people: Iterable[int] | QuerySet[Any, Any]) -> dict[tuple[int, int], Preference]:
    """What these people (ids) share, by person and mission."""
    rows = Preference.objects.filter(person__in=people, shared=True)
    return {(row.person_id, row.mission_id): row for row in rows}
