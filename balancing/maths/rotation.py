"""Who goes where: the exact planner of rotations.

Every seat of every mission is to be filled by somebody eligible, and at most ``budget`` people may
leave where they are. Of all such plans the planner takes one with the smallest largest load among
the staffed, of these one with the fewest moves, of these one with the smallest sum of squared
loads. A load is what somebody carries already plus what the mission adds.

With one mission a person this is a *bottleneck assignment*: a binary search over the loads that
can be the largest; whether one is enough is a matching. Moves are counted by a full matching of
least cost, in which staying is cheaper than going. All of it is exact, up to rounding of floats.

>>> firm = Instance(seats=[1, 1], difficulty=[9.0, 1.0], burden=[30.0, 5.0, 8.0],
...     current=[0, 1, -1], edges=[(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)], budget=1)
>>> solve(firm).plan, solve(firm).max_load, solve(firm).moves
((-1, 1, 0), 17.0, 1)

Sources: Burkard, Dell'Amico & Martello, *Assignment Problems* (2009), §6.2 (bottleneck by
thresholds) and §4.4 (shortest augmenting paths); Jonker & Volgenant (1987); Hopcroft & Karp
(1973); Hall (1935) for what cannot be filled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from balancing.maths.tight import in_some
from balancing.maths.window import Floats, Integers

BENCH = -1
# Loads that differ by less are the same: sums of decimals are not exact.
SAME = 1e-9
# Costs of a seat in a matching are above 0, where 0 would mean "no edge".
STAYS, GOES = 1.0, 2.0


class UnfillableError(ValueError):
    """Missions (places) that have more seats together than people who could take them."""

    def __init__(self, missions: Sequence[int]) -> None:
        super().__init__(f"missions {', '.join(map(str, missions))} cannot all be filled")
        self.missions = tuple(missions)


class TooFewMovesError(ValueError):
    """The budget of moves does not even suffice to fill every seat."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"filling every seat takes {needed} moves")
        self.needed = needed


@dataclass(frozen=True)
class Plan:
    """Mission of each person (place, or `BENCH`), the largest load of the staffed (0 where
    nobody is), how many people leave their mission, and the sum of squared loads."""

    plan: tuple[int, ...]
    max_load: float
    moves: int
    squares: float


@dataclass(frozen=True)
class Instance:
    """People (n), missions (m), who may take what, and where everybody is.

    seats       (m,) how many people a mission needs, 0 or more
    difficulty  (m,) what it adds to a load
    burden      (n,) what a person carries already
    current     (n,) their mission, or `BENCH`
    edges       (person, mission) pairs: who may take what; staying needs one too
    budget      people who may leave their mission, to another or to the bench; None = any number.
                Coming from the bench is no move.
    locked      people who stay where they are, bench included

    Raises ValueError, which names the field, where something cannot be.
    """

    seats: Sequence[int]
    difficulty: Sequence[float]
    burden: Sequence[float]
    current: Sequence[int]
    edges: Sequence[tuple[int, int]] | Integers
    budget: int | None = None
    locked: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def pairs(self) -> Integers:
        """Distinct edges (e, 2) by person and mission; who is locked may stay in any case."""
        table = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        kept = [(who, self.current[who]) for who in self.locked if self.current[who] != BENCH]
        table = np.vstack([table, np.array(kept, np.int64).reshape(-1, 2)])
        places = np.unique(table[:, 0] * len(self.seats) + table[:, 1])
        return np.stack(np.divmod(places, max(len(self.seats), 1)), axis=1)

    @cached_property
    def load(self) -> Floats:
        """Load (e,) that each of ``pairs`` would give."""
        burden, difficulty = np.asarray(self.burden), np.asarray(self.difficulty)
        return np.asarray(burden[self.pairs[:, 0]] + difficulty[self.pairs[:, 1]], np.float64)


def solve(instance: Instance) -> Plan:
    """The best plan. Raises `UnfillableError` and `TooFewMovesError`."""
    *_, best = improvements(instance)
    return best


def improvements(instance: Instance) -> Iterator[Plan]:
    """Plans, each better than the one before; the last is the best there is.

    So that a long search can show how far it is, and whoever stops it keeps what was found.
    """
    search = _Search(instance)
    found = search.least_moves(np.inf)
    if found is None:
        raise UnfillableError(search.violators())
    if instance.budget is not None and found.moves > instance.budget:
        raise TooFewMovesError(found.moves)
    yield found
    best = found
    levels = search.levels
    low, high = 0, int(np.searchsorted(levels, best.max_load + SAME, "right")) - 1
    while low < high:
        middle = (low + high) // 2
        plan = search.within(float(levels[middle]))
        if plan is None:
            low = middle + 1
            continue
        high = min(middle, int(np.searchsorted(levels, plan.max_load + SAME, "right")) - 1)
        # Two levels that differ by rounding alone are as good as each other.
        if _is_better(plan, best):
            best = plan
            yield best
    final = search.evenest(best)
    if _is_better(final, best):
        yield final


def _is_better(plan: Plan, than: Plan) -> bool:
    """By the largest load, then moves, then squares; equal up to rounding is not better."""
    if abs(plan.max_load - than.max_load) > SAME:
        return plan.max_load < than.max_load
    if plan.moves != than.moves:
        return plan.moves < than.moves
    return plan.squares < than.squares * (1 - SAME)


class _Search:
    """Seats against people, over the edges whose load is within a limit."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.current = np.asarray(instance.current, dtype=np.int64)
        locked = np.zeros(len(self.current), dtype=np.bool_)
        locked[list(instance.locked)] = True
        person, mission = instance.pairs.T
        stays = self.current[person] == mission
        open_to = ~locked[person] | stays
        self.person, self.mission = person[open_to], mission[open_to]
        self.load, self.stays = instance.load[open_to], stays[open_to]
        self.locked = locked
        seats = np.asarray(instance.seats, dtype=np.int64)
        # A seat that a locked person has is theirs: nobody else's edge leads to it.
        self.kept = np.bincount(
            self.current[locked & (self.current >= 0)], minlength=len(seats)
        ).astype(np.int64)
        self.seats = seats
        self.seat_of = np.repeat(np.arange(len(seats)), seats)
        self.first = np.cumsum(seats) - seats

    @cached_property
    def levels(self) -> Floats:
        """Loads that can be the largest one, ascending, as they are: the search compares them
        with a plan's, so one that was rounded could be passed over."""
        return np.unique(self.load)

    def within(self, limit: float) -> Plan | None:
        """A plan of fewest moves under a limit of load, if it keeps the budget."""
        if not self._fills(limit):
            return None
        plan = self.least_moves(limit)
        budget = self.instance.budget
        if plan is None or (budget is not None and plan.moves > budget):
            return None
        return plan

    def least_moves(self, limit: float) -> Plan | None:
        """A plan of fewest moves under a limit of load; None where seats stay empty."""
        return self._matched(self._table(limit, self._moving))

    def evenest(self, plan: Plan) -> Plan:
        """Of the plans that are as good as one of fewest moves, the smallest sum of squares.

        Only edges that some of them has are looked at: a fraction of all.
        """
        limit = plan.max_load
        table = self._table(limit, self._moving)
        if not table.nnz:
            return plan
        kept = in_some(table, self._people_by_row(plan))
        squares = self.load**2
        # One move outweighs all squares together.
        usable = np.sort(squares[self.load <= limit + SAME])
        move = 1.0 + float(usable[-len(self.seat_of) :].sum())
        costs = self._table(limit, STAYS + squares + move * self._leaves)
        found = self._matched(_only(costs, kept))
        assert found is not None  # noqa: S101 -- a plan within this limit is known
        return found

    def violators(self) -> list[int]:
        """Missions that cannot all be filled: fewer people than seats (Hall)."""
        table = self._table(np.inf, np.ones(len(self.load)))
        taken = csgraph.maximum_bipartite_matching(table, perm_type="column")
        holder = np.full(table.shape[1], -1)
        holder[taken[taken >= 0]] = np.flatnonzero(taken >= 0)
        waiting = [int(seat) for seat in np.flatnonzero(taken < 0)]
        seen = set(waiting)
        while waiting:
            seat = waiting.pop()
            for person in table.indices[table.indptr[seat] : table.indptr[seat + 1]]:
                other = int(holder[person])
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return sorted({int(self.seat_of[seat]) for seat in seen})

    @cached_property
    def _leaves(self) -> Floats:
        """1 for an edge by which somebody leaves a mission. Who has one and gets no seat leaves
        too: staying saves a move, whoever takes the seat."""
        return np.where(self.stays, 0.0, 1.0)

    @cached_property
    def _moving(self) -> Floats:
        return np.where(self.stays, STAYS, GOES)

    def _fills(self, limit: float) -> bool:
        table = self._table(limit, np.ones(len(self.load)))
        return bool((csgraph.maximum_bipartite_matching(table, perm_type="column") >= 0).all())

    def _matched(self, table: sparse.csr_array) -> Plan | None:
        if not len(self.seat_of):
            return self._plan(np.full(len(self.current), BENCH))
        if table.shape[0] > table.shape[1]:
            return None
        # Seats with little choice first: the paths that the others need stay short.
        order = np.argsort(np.diff(table.indptr), kind="stable")
        try:
            seats, people = csgraph.min_weight_full_bipartite_matching(table[order])
        except ValueError:
            return None
        plan = np.full(len(self.current), BENCH)
        plan[people] = self.seat_of[order[seats]]
        return self._plan(plan)

    def _table(self, limit: float, costs: Floats) -> sparse.csr_array:
        """Costs (seats, people) of the usable edges, one row for each seat of a mission."""
        edge = self._edges.data
        usable = self.load <= limit + SAME
        return _only(
            sparse.csr_array(
                (costs[edge], self._edges.indices, self._edges.indptr), shape=self._edges.shape
            ),
            usable[edge],
        )

    @cached_property
    def _edges(self) -> sparse.csr_array:
        """Place of each edge in a table of seats and people.

        A locked person's edge leads to one row alone, which is no one else's.
        """
        edge = np.flatnonzero(self.seats[self.mission] > 0)
        person, mission = self.person[edge], self.mission[edge]
        fixed = self.locked[person]
        copies = np.where(fixed, 1, self.seats[mission] - self.kept[mission])
        start = self.first[mission] + np.where(fixed, 0, self.kept[mission])
        start[fixed] += self._rank(mission[fixed])
        row = np.repeat(start, copies) + _counted(copies)
        shape = (len(self.seat_of), len(self.current))
        cells = (np.repeat(edge, copies), (row, np.repeat(person, copies)))
        return sparse.csr_array(cells, shape=shape)

    def _people_by_row(self, plan: Plan) -> Integers:
        """Who has each row of the table: of a mission's, who is locked there comes first."""
        place = np.asarray(plan.plan)
        staffed = np.flatnonzero(place != BENCH)
        order = np.lexsort((~self.locked[staffed], place[staffed]))
        return np.asarray(staffed[order])

    def _rank(self, mission: Integers) -> Integers:
        """Place of each locked person among those of their mission; rows come by person."""
        order = np.argsort(mission, kind="stable")
        rank = np.empty(len(mission), dtype=np.int64)
        _, first, size = np.unique(mission[order], return_index=True, return_counts=True)
        rank[order] = np.arange(len(mission)) - np.repeat(first, size)
        return rank

    def _plan(self, plan: Integers) -> Plan:
        burden = np.asarray(self.instance.burden, dtype=np.float64)
        difficulty = np.asarray(self.instance.difficulty, dtype=np.float64)
        staffed = plan != BENCH
        load = burden[staffed] + difficulty[plan[staffed]]
        moved = (self.current != BENCH) & (plan != self.current)
        return Plan(
            tuple(plan.tolist()),
            float(load.max(initial=0.0)),
            int(moved.sum()),
            float((load**2).sum()),
        )


def _only(table: sparse.csr_array, kept: NDArray[np.bool_]) -> sparse.csr_array:
    """Some of a table's entries."""
    before = np.concatenate([[0], np.cumsum(kept)])
    parts = (table.data[kept], table.indices[kept], before[table.indptr])
    return sparse.csr_array(parts, shape=table.shape)


def _counted(copies: Integers) -> Integers:
    """0, 1, … up to each number of copies, one after the other."""
    ends = np.cumsum(copies)
    return np.asarray(np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - copies, copies))


def _check(made: Instance) -> None:
    for name, needed in (("difficulty", len(made.seats)), ("current", len(made.burden))):
        if len(getattr(made, name)) != needed:
            raise ValueError(f"{name}: {needed} numbers are needed")
    for name in ("difficulty", "burden"):
        if not np.isfinite(np.asarray(getattr(made, name), dtype=np.float64)).all():
            raise ValueError(f"{name}: not a finite number")
    _within("seats", made.seats, 0, None)
    _within("current", made.current, BENCH, len(made.seats))
    _within("locked", sorted(made.locked), 0, len(made.burden))
    if made.budget is not None and made.budget < 0:
        raise ValueError("budget: below 0")
    table = np.asarray(made.edges, dtype=np.int64).reshape(-1, 2)
    _within("edges", table[:, 0].tolist(), 0, len(made.burden))
    _within("edges", table[:, 1].tolist(), 0, len(made.seats))
    kept = Counter(made.current[who] for who in made.locked)
    for mission, people in kept.items():
        if mission != BENCH and people > made.seats[mission]:
            raise ValueError(
                f"locked: {people} people on the {made.seats[mission]} seats of {mission}"
            )


def _within(name: str, values: Sequence[int], least: int, above: int | None) -> None:
    for place, value in enumerate(values):
        if value < least or (above is not None and value >= above):
            raise ValueError(f"{name}: {value} at place {place} is out of range")
