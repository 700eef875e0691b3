"""Demand of the missions of a window: this round's from facts and published figures, the past
rounds' as they were frozen in their own passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from accounts.models import FirmSettings
from balancing.maths.demand import (
    DEMANDING_POINT,
    Demand,
    Published,
    declared_demand,
    demanding_missions,
    lived_demand,
    person_day_point,
)
from balancing.maths.window import Bools, Floats, Integers
from balancing.models import LoadPass, MissionDemand
from missions.models import Mission
from scoring.publication import Scope, SystemViewer, published
from surveys.models import Round

VIEWER = SystemViewer("load")
Scores = dict[tuple[str, str], float]  # kind and ref → overall well-being


@dataclass
class Figures:
    """Overall figures by period, each read once through the gate."""

    read: dict[int, Scores] = field(default_factory=dict)

    def of(self, period: int | None) -> Scores:
        """What is published for the firm, clients and profiles; nothing without a release."""
        if period is None:
            return {}
        if period not in self.read:
            cells = published(viewer=VIEWER, periods=[period])
            self.read[period] = {
                (scope.kind, scope.ref): float(cell.score)
                for (_, scope), cell in cells.items()
                if scope == Scope(scope.kind, scope.ref) and not cell.withheld
            }
        return self.read[period]


@dataclass(frozen=True, eq=False)
class Demands:
    """Demand of each mission (missions, rounds), the last column being this round's.

    now        this round's with its parts, in the order of the missions
    threshold  demand strictly above it is demanding; NaN where nobody worked
    """

    demand: Floats
    demanding: Bools
    now: list[Demand]
    threshold: float


def demands(*, missions: Integers, days: Floats, past: Sequence[Round], scores: Scores) -> Demands:
    """Demand of missions (ids) in the past rounds and in this one, of person-days ``days``.

    A mission that had no staffing when a past round was computed takes today's demand there.
    """
    now = demands_now(missions, scores)
    value = np.array([one.value for one in now], dtype=np.float64)
    demand = np.repeat(value[:, None], len(past) + 1, axis=1)
    demanding = np.zeros(demand.shape, dtype=np.bool_)
    demanding[:, -1] = demanding_missions(value, days)
    place = {row.pk: at for at, row in enumerate(past)}
    thresholds = LoadPass.objects.filter(round__in=past).values_list("round_id", "threshold")
    for round_id, threshold in thresholds:
        if threshold is not None:
            demanding[:, place[round_id]] = value > threshold
    put_frozen(demand, demanding, missions, place)
    return Demands(demand, demanding, now, person_day_point(value, days, point=DEMANDING_POINT))


def put_frozen(
    demand: Floats, demanding: Bools, missions: Integers, rounds: dict[int, int]
) -> None:
    """Overwrite cells (missions, rounds) with what the rounds' own passes kept.

    ``rounds``: pk of a round → its column.
    """
    place = {pk: at for at, pk in enumerate(missions.tolist())}
    rows = MissionDemand.objects.filter(load_pass__round__in=list(rounds)).order_by()
    columns = ("load_pass__round_id", "mission_id", "demand", "demanding")
    for round_id, mission, frozen, is_demanding in rows.values_list(*columns).iterator():
        if mission in place:
            cell = place[mission], rounds[round_id]
            demand[cell], demanding[cell] = frozen, is_demanding


def demands_now(missions: Integers, scores: Scores) -> list[Demand]:
    """Half declared, half lived, in the order of the missions (ids)."""
    if not missions.size:
        return []
    maximum = FirmSettings.current().demand_maximum
    columns = ("pk", "points", "client__ref", "profile__ref")
    parts = {
        pk: Demand(
            declared_demand([points], maximum=maximum),
            lived_demand(_published(scores, client, profile)),
        )
        # One query whatever their number: the ids stand in no list of parameters.
        for pk, points, client, profile in Mission.objects.with_points()
        .order_by()
        .values_list(*columns)
        .iterator()
    }
    return [parts[pk] for pk in missions.tolist()]


def _published(scores: Scores, client: str, profile: str) -> Published:
    return Published(
        client=scores.get(("client", client)),
        profile=scores.get(("profile", profile)),
        firm=scores.get(("firm", "")),
    )
