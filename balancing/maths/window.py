"""The last 13 rounds of a firm as plain arrays: the one input of load and fair share."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ROUNDS = 13


def sum_by(index: Integers, amounts: Floats, size: int) -> Floats:
    """Sum amounts (n,) by their index (n,) into an array (size,).

    >>> sum_by(np.array([0, 2, 0]), np.array([1.0, 2.0, 4.0]), 3).tolist()
    [5.0, 0.0, 2.0]
    """
    return np.asarray(np.bincount(index, weights=amounts, minlength=size), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Window:
    """Who spent how many days on which mission, round by round, oldest round first.

    The first four are rows of one shape (n,), in any order; two rows of the same person, mission
    and round are added. The rest are tables.

    person        index of the person, 0 … people − 1
    mission       index of the mission, 0 … missions − 1
    round         index of the round, 0 (oldest) … rounds − 1 (the one just closed)
    days          exposure in days, ≥ 0 (`load.exposure_days`): leave and gaps leave no days
    demand        (missions, rounds) demand 0-10 that held in the round
    demanding     (missions, rounds) whether that was demanding (`demand.demanding_missions`)
    present       (people, rounds) whether the person was in the firm and not away all round
    working_days  (rounds,) working days of a round at full time, above 0

    Raises ValueError where shapes disagree, an index points nowhere, or a number is impossible.
    """

    person: Integers
    mission: Integers
    round: Integers
    days: Floats
    demand: Floats
    demanding: Bools
    present: Bools
    working_days: Floats

    def __post_init__(self) -> None:
        """Refuse arrays that cannot be read together, before a wrong figure comes of them."""
        self._check_shapes()
        self._check_numbers()

    @property
    def people(self) -> int:
        """How many people the indices count."""
        return len(self.present)

    @property
    def missions(self) -> int:
        """How many missions the indices count."""
        return len(self.demand)

    @property
    def rounds(self) -> int:
        """How many rounds the window holds, 13 or, in a firm's first year, fewer."""
        return len(self.working_days)

    @property
    def age(self) -> Integers:
        """Age of each round, in rounds: 0 for the one just closed. Shape (rounds,)."""
        return np.arange(self.rounds)[::-1]

    def by_round(self, amounts: Floats) -> Floats:
        """Sum one amount a row into a table (people, rounds)."""
        cell = self.person * self.rounds + self.round
        sums = sum_by(cell, amounts, self.people * self.rounds)
        return sums.reshape(self.people, self.rounds)

    def _check_shapes(self) -> None:
        rows = {array.shape for array in (self.person, self.mission, self.round, self.days)}
        if len(rows) > 1 or self.person.ndim != 1:
            raise ValueError("person, mission, round and days must be rows of one length.")
        if self.working_days.ndim != 1 or not 1 <= self.rounds <= ROUNDS:
            raise ValueError(f"A window holds 1 to {ROUNDS} rounds.")
        if self.demand.shape != self.demanding.shape or self.demand.ndim != 2:
            raise ValueError("demand and demanding must be tables of one shape.")
        columns = (self.demand.shape[-1], *self.present.shape[1:])
        if columns != (self.rounds, self.rounds):
            raise ValueError("Each table must have one column a round.")

    def _check_numbers(self) -> None:
        bounds = ((self.person, self.people), (self.mission, self.missions))
        for index, size in (*bounds, (self.round, self.rounds)):
            if index.size and (index.min() < 0 or index.max() >= size):
                raise ValueError("An index of person, mission or round points nowhere.")
        if not np.all((self.days >= 0) & np.isfinite(self.days)):
            raise ValueError("Days of exposure must be 0 or more.")
        if not np.all((self.demand >= 0) & (self.demand <= 10)):
            raise ValueError("Demand must lie between 0 and 10.")
        if not np.all((self.working_days > 0) & np.isfinite(self.working_days)):
            raise ValueError("Each round must have working days.")
