"""Rotations that would help, from a firm's outlook: the planner's plan, told in parts.

People whose changes hang together are one proposal. Each is judged alone, by the loads that would
be computed at the end with it and without it; what does not bring people's loads closer together
is no proposal. Where the most loaded person cannot be helped, they are left out and the others
are looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from balancing.maths import load
from balancing.maths.assess import Assessment
from balancing.maths.projection import NOWHERE, Change
from balancing.maths.rotation import BENCH, Instance, Plan, improvements
from balancing.maths.window import Bools, Floats
from balancing.outlook import Outlook

MOST = 4
# So many people who cannot be helped are left out, one after the other.
TRIES = 12
# Of more people, so many of the most and of the least loaded are looked at.
CROWD = 300
FULL_TIME = 100


@dataclass(frozen=True, slots=True)
class Spell:
    """What somebody who could move works on: a mission (id), or None; percent of their time."""

    mission: int | None
    time: int = FULL_TIME


@dataclass(frozen=True)
class Ground:
    """Who could move where. ``spells`` by person (id); ``able`` (people, missions) by the places
    of the outlook; ``since`` rounds to come pass before anybody changes. ``budget`` people may
    leave their mission in all, ``together`` of them in one proposal."""

    look: Outlook
    spells: Mapping[int, Spell]
    able: Bools
    since: int
    budget: int
    together: int = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One person's change, in ids, and their share of demanding days (0-1) three times."""

    person: int
    leaves: int | None
    takes: int | None
    time: int
    share_now: float
    share_without: float
    share_with: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes that hang together; relative change of the firm's Gini; people above their zone."""

    parts: list[Part]
    gap: float
    above_without: int
    above_with: int


@dataclass
class _State:
    """Who may still move, how many moves are left, and what was found."""

    spells: dict[int, Spell]
    budget: int
    made: list[Proposal] = field(default_factory=list)

    def keep(self, judged: Iterable[Proposal]) -> Iterator[Proposal]:
        """Those that help, as long as there is room for more."""
        for proposal in judged:
            if proposal.gap < 0 and len(self.made) < MOST:
                self.made.append(proposal)
                self.budget -= sum(part.leaves is not None for part in proposal.parts)
                yield proposal

    def leave_out(self, people: set[int]) -> None:
        """Go on without these."""
        self.spells = {pk: spell for pk, spell in self.spells.items() if pk not in people}


def proposals(ground: Ground) -> Iterator[Proposal | None]:
    """Proposals, the first found first; None is a sign of life between them."""
    state = _State(_nearest_the_ends(ground), ground.budget)
    for _ in range(TRIES):
        if state.budget < 1 or len(state.made) >= MOST or len(state.spells) < 2:
            return
        budget = min(state.budget, ground.together)
        seats = _Seats(replace(ground, spells=state.spells, budget=budget))
        plans = []
        # Staying is a plan, so that there is always one.
        for plan in improvements(seats.instance):
            plans.append(plan)
            yield None
        groups = seats.groups(plans[-1])
        yield from state.keep(_judged(ground, group) for group in groups)
        state.leave_out({part.person for group in groups for part in group}
                        or {seats.heaviest(plans[-1])})  # fmt: skip


def _nearest_the_ends(ground: Ground) -> dict[int, Spell]:
    """Everybody who could move; in a crowd, those with the largest and the smallest loads."""
    spells = dict(ground.spells)
    if len(spells) <= 2 * CROWD:
        return spells
    loads = load.rolling_load(ground.look.horizon.then)
    order = sorted(spells, key=lambda pk: loads[ground.look.person(pk)])
    return {pk: spells[pk] for pk in (*order[:CROWD], *order[-CROWD:])}


class _Seats:
    """The planner's instance of those who could move: their missions, with as many seats."""

    def __init__(self, ground: Ground) -> None:
        look, self.ground = ground.look, ground
        self.people = [pk for pk in ground.spells if look.person(pk) != NOWHERE]
        places = np.array([look.person(pk) for pk in self.people], dtype=np.int64)
        on = [ground.spells[pk].mission for pk in self.people]
        self.missions = sorted({pk for pk in on if pk is not None})
        column = {pk: at for at, pk in enumerate(self.missions)}
        current = [BENCH if pk is None else column[pk] for pk in on]
        seats = Counter(current)
        missions = np.array([look.mission(pk) for pk in self.missions], dtype=np.int64)
        able = ground.able[np.ix_(places, missions)]
        able[[at for at, pk in enumerate(current) if pk != BENCH],
             [pk for pk in current if pk != BENCH]] = True  # fmt: skip
        self.instance = Instance(
            seats=[seats[at] for at in range(len(self.missions))],
            difficulty=look.horizon.difficulty(ground.since)[missions].tolist(),
            burden=self._burden(places).tolist(),
            current=current,
            edges=np.argwhere(able),
            budget=ground.budget,
        )

    def groups(self, plan: Plan) -> list[list[Part]]:
        """Changes of the plan that hang together through a mission that one leaves for another."""
        moved = [
            at
            for at, (was, now) in enumerate(zip(self.instance.current, plan.plan, strict=True))
            if was != now
        ]
        links = [
            (at, len(self.people) + mission)
            for at in moved
            for mission in (self.instance.current[at], plan.plan[at])
            if mission != BENCH
        ]
        size = len(self.people) + len(self.missions)
        row, column = np.array(links, dtype=np.int64).reshape(-1, 2).T
        graph = sparse.coo_array((np.ones(len(row)), (row, column)), shape=(size, size))
        _, label = csgraph.connected_components(graph, directed=False)
        together: dict[int, list[Part]] = defaultdict(list)
        for at in moved:
            together[int(label[at])].append(self._part(at, plan.plan[at]))
        return list(together.values())

    def heaviest(self, plan: Plan) -> int:
        """Who carries most of the staffed."""
        loads = [
            (self.instance.burden[at] + self.instance.difficulty[mission], pk)
            for at, (pk, mission) in enumerate(zip(self.people, plan.plan, strict=True))
            if mission != BENCH
        ]
        return max(loads, default=(0.0, self.people[0]))[1]

    def _burden(self, places: np.ndarray) -> Floats:
        """What people will carry by then but for what they would leave."""
        horizon = self.ground.look.horizon
        left = np.full(len(horizon.present), NOWHERE)
        for pk, place in zip(self.people, places.tolist(), strict=True):
            mission = self.ground.spells[pk].mission
            left[place] = NOWHERE if mission is None else self.ground.look.mission(mission)
        later = horizon.round >= horizon.past + self.ground.since
        moving = later & (left[horizon.person] == horizon.mission)
        return np.asarray(horizon.burden(moving)[places], dtype=np.float64)

    def _part(self, at: int, mission: int) -> Part:
        pk = self.people[at]
        takes = None if mission == BENCH else self.missions[mission]
        spell = self.ground.spells[pk]
        return Part(pk, spell.mission, takes, spell.time, 0.0, 0.0, 0.0)


def _judged(ground: Ground, parts: Iterable[Part]) -> Proposal:
    """The same group with what it would do to its people and to the firm."""
    look, parts = ground.look, list(parts)
    changes = [change_of(look, part, ground.since) for part in parts]
    then = look.horizon.changed(changes).then
    found, before = look.assessed(then), look.unchanged
    now = _shares(load.demanding_share(look.horizon.now))
    without, with_it = _shares(before.share), _shares(found.share)
    told = [
        replace(
            part,
            share_now=float(now[place]),
            share_without=float(without[place]),
            share_with=float(with_it[place]),
        )
        for part in parts
        for place in [look.person(part.person)]
    ]
    return Proposal(told, gap_between(before, found), above(before), above(found))


def change_of(look: Outlook, part: Part, since: int) -> Change:
    """A part in places of the outlook."""
    return Change(
        look.person(part.person),
        leaves=NOWHERE if part.leaves is None else look.mission(part.leaves),
        takes=NOWHERE if part.takes is None else look.mission(part.takes),
        share=part.time / FULL_TIME,
        since=since,
    )


def gap_between(before: Assessment, after: Assessment) -> float:
    """Relative change of the Gini index of loads; 0 where nobody is compared."""
    if before.indices is None or after.indices is None or before.indices.gini.value <= 0:
        return 0.0
    return after.indices.gini.value / before.indices.gini.value - 1


def above(found: Assessment) -> int:
    """How many people stand above their zone of chance."""
    return int(is_above(found).sum())


def is_above(found: Assessment) -> Bools:
    """Who stands above their zone of chance (people,)."""
    high = np.nan_to_num(found.zone_high, nan=np.inf)
    return np.asarray(found.compared & (np.nan_to_num(found.share) > high + 1e-9), np.bool_)


def _shares(share: Floats) -> Floats:
    return np.asarray(np.nan_to_num(share), dtype=np.float64)
