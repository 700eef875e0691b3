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

    ``leaves`` and ``takes`` are places of missions, or `NOWHERE`; ``share`` (0-1) is the share of
    time of somebody who leaves nothing: who leaves a mission takes as many days on the other.
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

    Columns as in `Window`, over more than 13 rounds. ``past`` of the rounds are behind.

    >>> one, days = np.array([0, 0]), np.array([20.0, 20.0])
    >>> table, flags = np.array([[2.0, 2.0], [8.0, 8.0]]), np.array([[False] * 2, [True] * 2])
    >>> firm = Horizon(person=one, mission=one, round=np.array([0, 1]), days=days, demand=table,
    ...     demanding=flags, present=np.array([[True, True]]), working_days=days, past=1)
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
        stays = replace(
            self,
            person=self.person[~moving],
            mission=self.mission[~moving],
            round=self.round[~moving],
            days=self.days[~moving],
        )
        return load.rolling_load(stays.then)

    def difficulty(self, since: int = 0) -> Floats:
        """Load (missions,) that a mission adds by the end to somebody who takes it full time
        after so many rounds to come."""
        weight = load.DECAY ** np.arange(self.rounds)[::-1]
        coming = slice(max(self.past + since, self.rounds - ROUNDS), None)
        return np.asarray(self.demand[:, coming] @ weight[coming])

    def coming_days(self) -> Floats:
        """Days (people, missions) planned in the rounds to come."""
        ahead = self.round >= self.past
        size = len(self.demand)
        cell = self.person[ahead] * size + self.mission[ahead]
        return sum_by(cell, self.days[ahead], len(self.present) * size).reshape(-1, size)

    def _with(self, change: Change) -> "Horizon":
        first = self.past + change.since
        ahead = (self.round >= first) & (self.person == change.person)
        if change.leaves == NOWHERE:
            return self._adding(change)
        turned = ahead & (self.mission == change.leaves)
        if change.takes != NOWHERE:
            return replace(self, mission=np.where(turned, change.takes, self.mission))
        return replace(
            self,
            person=self.person[~turned],
            mission=self.mission[~turned],
            round=self.round[~turned],
            days=self.days[~turned],
        )

    def _adding(self, change: Change) -> "Horizon":
        coming = np.arange(self.past + change.since, self.rounds)
        coming = coming[self.present[change.person, coming]]
        if change.takes == NOWHERE:
            coming = coming[:0]
        return replace(
            self,
            person=np.concatenate([self.person, np.full(len(coming), change.person)]),
            mission=np.concatenate([self.mission, np.full(len(coming), change.takes)]),
            round=np.concatenate([self.round, coming]),
            days=np.concatenate([self.days, self.working_days[coming] * change.share]),
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
