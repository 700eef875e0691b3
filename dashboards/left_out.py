"""People with an open alert about their load for whom no proposal stands, and where to go on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.timezone import localdate

from accounts.models import User
from balancing.models import RotationRun
from balancing.perms import people_to_rotate
from dashboards.rotation_cards import RotationCard
from followup.models import Alert
from followup.perms import alerts_to_act_on
from missions.models import Assignment, Mission


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody, and the missions that they are on."""

    name: str
    missions: list[Mission] = field(default_factory=list)


def left_out(
    viewer: User, run: RotationRun | None, shown: Iterable[RotationCard], now: datetime
) -> Collection[LeftOut]:
    """Only once a question was worked out: before, nobody was looked for."""
    if run is None or run.state != RotationRun.State.DONE:
        return []
    rule = Alert.Rule.PERSON_OVER_SHARE
    alerts = alerts_to_act_on(viewer, now).filter(rule=rule).exclude(state=Alert.State.CLOSED)
    placed = {part.move.person_id for card in shown for part in card.parts}
    people = people_to_rotate(viewer).filter(pk__in=alerts.values("person")).exclude(pk__in=placed)
    found = {row.pk: LeftOut(row.full_name) for row in people}
    today = localdate(now)
    theirs = Assignment.objects.filter(person__in=found).during(today, today)
    for row in theirs.select_related("mission__client").order_by("mission__client__name", "pk"):
        found[row.person_id].missions.append(row.mission)
    return found.values()
