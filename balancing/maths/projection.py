"""Loads some rounds ahead: what staffing already plans, and what a change of it would do.

Rounds behind and rounds to come stand in one table; a window of 13 over it is read by `assess` as
any other. So a projection of nothing changed is what the next rounds will compute if nothing
moves, and a rotation is judged by the difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from balancing.maths import load
from balancing.maths.window import ROUNDS, Bools, Floats, Integers, Window, sum_by

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Change:
    """From a round to come on, a person leaves a mission for another.

    ``leaves`` and ``takes`` are places of missions, or `NOWHERE`. Who leaves a mission takes the
    other for the same share of time, from its first day on and no longer than it runs; ``share``
    (0-1) is that of somebody who leaves nothing, or once the mission left would be over.
    ``since`` counts the rounds to come before it, 0 being the first.
    """

    person: int
    leaves: int
    takes: int
    share: float = 1.0
    since: int = 0


@dataclass(frozen=True, eq=False)
class Horizon:
    """Rounds behind (the last of them just closed) and rounds to come, oldest first.

    Columns as in `Window`, over more than 13 rounds. ``past`` of the rounds are behind; ``runs``
    (missions, rounds) is the part (0-1) of a round's working days on which a mission runs.

    >>> one, days = np.array([0, 0]), np.array([20.0, 20.0])
    >>> table, flags = np.array([[2.0, 2.0], [8.0, 8.0]]), np.array([[False] * 2, [True] * 2])
    >>> firm = Horizon(person=one, mission=one, round=np.array([0, 1]), days=days, demand=table,
    ...     demanding=flags, present=np.array([[True, True]]), working_days=days, past=1,
    ...     runs=np.ones((2, 2)))
    >>> load.demanding_share(firm.then).tolist()
    [0.0]
    >>> load.demanding_share(firm.changed([Change(0, leaves=0, takes=1)]).then).tolist()
    [0.5]
    """

    person: Integers
    mission: Integers
    round: Integers
    days: Floats
    demand: Floats
    demanding: Bools
    present: Bools
    working_days: Floats
    past: int
    runs: Floats

    @property
    def rounds(self) -> int:
        return len(self.working_days)

    @property
    def now(self) -> Window:
        """The window that closes with the last round behind."""
        return self._window(self.past)

    @property
    def then(self) -> Window:
        """The window that closes with the last round to come."""
        return self._window(self.rounds)

    def changed(self, changes: Iterable[Change]) -> "Horizon":
        """The same with these changes, one after the other."""
        made = self
        for change in changes:
            made = made._with(change)
        return made

    def burden(self, moving: Bools) -> Floats:
        """Load (people,) at the end of what does not move: rounds behind, and of the rounds to
        come all rows but those in ``moving`` (n,)."""
        return load.rolling_load(self.only(~moving).then)

    def difficulty(self, since: int = 0) -> Floats:
        """Load (missions,) that a mission adds by the end to somebody who takes it full time
        after so many rounds to come, as long as it runs."""
        weight = load.DECAY ** np.arange(self.rounds)[::-1]
        coming = slice(max(self.past + since, self.rounds - ROUNDS), None)
        return np.asarray((self.demand * self.runs)[:, coming] @ weight[coming])

    def begins(self, mission: int) -> int:
        """Rounds to come before the first one in which a mission runs: all where it never does."""
        runs = self.runs[mission, self.past :] > 0
        return int(runs.argmax()) if runs.any() else len(runs)

    def coming_days(self, since: int = 0) -> Floats:
        """Days (people, missions) planned after so many rounds to come."""
        ahead = self.round >= self.past + since
        size = len(self.demand)
        cell = self.person[ahead] * size + self.mission[ahead]
        return sum_by(cell, self.days[ahead], len(self.present) * size).reshape(-1, size)

    def _with(self, change: Change) -> "Horizon":
        since, takes = change.since, change.takes
        if takes == NOWHERE:
            return self.only(~self._left(change, self.past + since))
        first = self.past + max(since, self.begins(takes))
        left = self._left(change, first)
        at, days, runs, was = self.round[left], self.days[left], *self.runs[[takes, change.leaves]]
        taken = np.minimum(days * runs[at] / np.where(was > 0, was, 1)[at], self.working_days[at])
        # In the round in which the other begins they stay where they are until it does.
        waits = (at == first) & (not runs[first - 1 : first].any())
        stay = np.where(waits, np.maximum(days - taken, 0), 0)
        free = self._free(change, first)
        return self.only(~left).plus(
            change.person,
            np.repeat([change.leaves, takes], [len(at), len(at) + len(free)]),
            np.concatenate([at, at, free]),
            np.concatenate([stay, taken, (self.working_days * runs)[free] * change.share]),
        )

    def _left(self, change: Change, first: int) -> Bools:
        """Rows of what somebody leaves, from a round on."""
        mine = (self.person == change.person) & (self.mission == change.leaves)
        return np.asarray(mine & (self.round >= first))

    def _free(self, change: Change, first: int) -> Integers:
        """Rounds from one on with nothing to leave: the person is there and has nothing planned,
        and where they leave a mission, it is over by then."""
        rounds = np.arange(first, self.rounds)
        rounds = np.asarray(rounds[self.present[change.person, rounds]])
        if change.leaves == NOWHERE:
            return rounds
        planned = self.round[self.person == change.person]
        over = self.runs[change.leaves, rounds] == 0
        return np.asarray(rounds[over & ~np.isin(rounds, planned)])

    def only(self, kept: Bools) -> "Horizon":
        """Some of its rows (n,)."""
        return replace(
            self,
            person=self.person[kept],
            mission=self.mission[kept],
            round=self.round[kept],
            days=self.days[kept],
        )

    def plus(self, person: int, mission: Integers, at: Integers, days: Floats) -> "Horizon":
        """With more rows (k,) of one person, those without days left out."""
        some = days > 0
        return replace(
            self,
            person=np.concatenate([self.person, np.full(int(some.sum()), person)]),
            mission=np.concatenate([self.mission, mission[some]]),
            round=np.concatenate([self.round, at[some]]),
            days=np.concatenate([self.days, days[some]]),
        )

    def _window(self, end: int) -> Window:
        start = max(0, end - ROUNDS)
        inside = (self.round >= start) & (self.round < end)
        columns = slice(start, end)
        return Window(
            person=self.person[inside],
            mission=self.mission[inside],
            round=self.round[inside] - start,
            days=self.days[inside],
            demand=self.demand[:, columns],
            demanding=self.demanding[:, columns],
            present=self.present[:, columns],
            working_days=self.working_days[columns],
        )


def demanding_shares(windows: Sequence[Window]) -> list[Floats]:
    """Share of days on demanding missions (people,) in each window, 0 without exposure."""
    return [np.nan_to_num(load.demanding_share(window)) for window in windows]
