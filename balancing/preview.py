"""What other points would have done to the loads of the last rounds, before they are changed.

The past stays as it was computed: this only looks. The lived half of each round is the one that
was frozen with it; the declared half is that of today's facts, with today's points and with the
new ones, so that the difference is the points' alone. Nothing is written, no answer is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from balancing.maths.assess import Assessment
from balancing.maths.demand import Demand, declared_demand, demanding_missions
from balancing.maths.indices import Indices
from balancing.maths.window import Bools, Floats, Integers, Window, sum_by
from balancing.models import MissionDemand
from balancing.outlook import Outlook, outlook
from balancing.rotating import above, gap_between
from missions.models import Mission

Points = Mapping[int, int]  # fact (id) → points


@dataclass(frozen=True, slots=True)
class Preview:
    """Before and after: people above their zone, people over their share by the alert's rule, the
    firm's indices (none where nobody is compared), relative change of the Gini index, and missions
    (ids) that the last round would call demanding or no longer."""

    above: tuple[int, int]
    over: tuple[int, int]
    indices: tuple[Indices | None, Indices | None]
    gap: float
    compared: int
    becoming: list[int]
    ceasing: list[int]


def preview(
    *, now: datetime, today: tuple[Points, int], changed: tuple[Points, int]
) -> Preview | None:
    """Points and maximum of today against changed ones; None before a first round's loads."""
    look = outlook(now, rounds=1)
    if look is None:
        return None
    window, lived = look.horizon.now, _lived(look)
    facts = _facts(look.missions)
    tables = [_with(window, lived, facts, points) for points in (today, changed)]
    before, after = map(look.assessed, tables)
    was, becomes = (table.demanding[:, -1] for table in tables)
    staffed = _days(window)[:, -1] > 0
    return Preview(
        (above(before), above(after)),
        (_over(before), _over(after)),
        (before.indices, after.indices),
        gap_between(before, after),
        int(before.compared.sum()),
        look.missions[staffed & becomes & ~was].tolist(),
        look.missions[staffed & was & ~becomes].tolist(),
    )


def _over(found: Assessment) -> int:
    return int(found.over_share.sum())


def _with(
    window: Window, lived: Floats, facts: list[list[int]], table: tuple[Points, int]
) -> Window:
    points, maximum = table
    declared = [
        declared_demand([points.get(fact, 0) for fact in held], maximum=maximum) for held in facts
    ]
    demand = np.array(
        [
            [Demand(own, None if np.isnan(part) else float(part)).value for part in row]
            for own, row in zip(declared, lived, strict=True)
        ]
    ).reshape(lived.shape)
    days = _days(window)
    demanding: Bools = np.stack(
        [demanding_missions(demand[:, at], days[:, at]) for at in range(window.rounds)], axis=1
    )
    return replace(window, demand=demand, demanding=demanding)


def _days(window: Window) -> Floats:
    """Person-days (missions, rounds)."""
    cell = window.mission * window.rounds + window.round
    size = window.missions * window.rounds
    return sum_by(cell, window.days, size).reshape(window.missions, window.rounds)


def _lived(look: Outlook) -> Floats:
    """Lived half (missions, rounds) as frozen; NaN where nothing was published."""
    window = look.horizon.now
    lived = np.full((window.missions, window.rounds), np.nan)
    place = {pk: at for at, pk in enumerate(look.missions.tolist())}
    column = {day: at for at, day in enumerate(look.behind)}
    rows = MissionDemand.objects.filter(load_pass__round__starts_on__in=list(column))
    columns = ("load_pass__round__starts_on", "mission_id", "lived")
    for day, mission, value in rows.order_by().values_list(*columns).iterator():
        if mission in place and value is not None:
            lived[place[mission], column[day]] = value
    return lived


def _facts(missions: Integers) -> list[list[int]]:
    """Declared facts (ids) of each mission, in their order."""
    through = Mission.facts.through.objects.order_by().values_list("mission_id", "demandfact_id")
    held: dict[int, list[int]] = {pk: [] for pk in missions.tolist()}
    for mission, fact in through.iterator():
        if mission in held:
            held[mission].append(fact)
    return list(held.values())
