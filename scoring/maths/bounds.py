"""How far somebody who knows everything published can narrow down one person's answers.

The unknowns y (U) lie in [0, 100]; a published figure is a linear form of them known to lie
between two numbers, lo ≤ A y ≤ hi (R). Of a *quantity* q (an answer, or a combination of one
person's own answers) one can then know that it lies between its minimum and its maximum over that
polytope: two linear programs. Nobody may be narrower than 20 points. Most quantities are settled
without a program (``interior``).

>>> firm = Polytope(np.array([[0.5, 0.5]]), np.array([49.0]), np.array([51.0]))
>>> tuple(round(bound) for bound in program(firm, np.array([1.0, 0.0])))
(0, 100)

Source: Hundepool et al., *Statistical Disclosure Control* (2012), §4.3 (attackers' intervals by
linear programming).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from scoring.maths.cells import Floats, Ints

TOP = 100.0
# Rounding of the unrounded estimates themselves; also keeps every row's range from being empty.
BLUR = 1e-6
# A slack counts as none below this.
INSIDE = 1e-7
# A program that has found nothing by then counts as telling everything.
SECONDS = 2.0
# So many times as long for the one that finds where to begin.
PATIENCE = 10
METHODS: tuple[tuple[Literal["highs-ds", "highs-ipm"], int], ...] = (
    ("highs-ds", 2_000),
    ("highs-ipm", 200),
)


@dataclass(frozen=True)
class Polytope:
    """What is published: lo ≤ A y ≤ hi, A of shape (R, U); open ends are infinite.

    ``low`` and ``high`` (U) bound the unknowns: 0 and 100 but where an insider knows them.
    """

    A: Floats
    lo: Floats
    hi: Floats
    low: Floats | None = None
    high: Floats | None = None

    @property
    def floor(self) -> Floats:
        return np.zeros(self.A.shape[1]) if self.low is None else self.low

    @property
    def ceiling(self) -> Floats:
        return np.full(self.A.shape[1], TOP) if self.high is None else self.high

    def knowing(self, columns: Ints, values: Floats) -> Polytope:
        """The same for somebody who knows some of the unknowns."""
        low, high = self.floor.copy(), self.ceiling.copy()
        low[columns] = high[columns] = values
        return Polytope(self.A, self.lo, self.hi, low, high)


def told(score: float, low: float, high: float, grid: float, half: float) -> tuple[float, float]:
    """What three rounded numbers tell of the unrounded estimate, its half-width known.

    ``score`` was rounded to the nearest line, ``low`` = estimate − ``half`` down, ``high`` up, all
    cut at 0 and 100, where an end stays open (infinite).

    >>> told(60, 50, 75, 5, 8.8)
    (61.2, 62.5)
    >>> told(0, 0, 10, 5, 9.0)
    (-4.0, 1.0)
    """
    inf = float("inf")
    starts = [
        score - grid / 2 if score > 0 else -inf,
        low + half if low > 0 else -inf,
        high - grid - half if high > 0 else -inf,
    ]
    ends = [
        score + grid / 2 if score < TOP else inf,
        low + grid + half if low < TOP else inf,
        high - half if high < TOP else inf,
    ]
    return max(starts), min(ends)


def program(published: Polytope, quantity: Floats) -> tuple[float, float]:
    """Smallest and largest value of a quantity (U) over the polytope.

    A program that fails, or an empty polytope, tells everything: (nan, nan).
    """
    rows, limits = _inequalities(published)
    ends = []
    for sign in (1.0, -1.0):
        found = _solved(sign * quantity, rows, limits, _box(published))
        if found is None:
            return float("nan"), float("nan")
        ends.append(float(quantity @ found))
    return ends[0], ends[1]


def somewhere(published: Polytope) -> Floats | None:
    """The point whose smallest slack, each against its own range, is largest."""
    rows, ends = _inequalities(published)
    span = np.minimum(published.hi - published.lo, TOP)
    above, below = np.isfinite(published.hi), np.isfinite(published.lo)
    room = np.concatenate([span[above], span[below]]) / 2 + BLUR
    free = published.ceiling > published.floor
    unit, reach = np.eye(len(free))[free], (published.ceiling - published.floor)[free] / 2
    sides = [(rows, room), (unit, reach), (-unit, reach)]
    table = np.vstack([np.column_stack(side) for side in sides])
    limit = np.concatenate([ends, published.ceiling[free], -published.floor[free]])
    goal = np.append(np.zeros(len(free)), -1.0)
    box = [*_box(published), (0.0, 1.0)]
    found = _solved(goal, table, limit, box, PATIENCE)
    if found is None or not is_inside(published, found[:-1]):
        return None
    return found[:-1]


def slacks(published: Polytope, place: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Room below and above each unknown, and each row; an unknown that is known has no limit."""
    free = published.ceiling > published.floor
    value = published.A @ place
    return (
        np.where(free, place - published.floor, np.inf),
        np.where(free, published.ceiling - place, np.inf),
        value - published.lo + BLUR,
        published.hi - value + BLUR,
    )


def is_inside(published: Polytope, place: Floats) -> bool:
    return all(bool((slack > INSIDE).all()) for slack in slacks(published, place))


def _inequalities(published: Polytope) -> tuple[Floats, Floats]:
    above, below = np.isfinite(published.hi), np.isfinite(published.lo)
    return (
        np.vstack([published.A[above], -published.A[below]]),
        np.concatenate([published.hi[above], -published.lo[below]]) + BLUR,
    )


def _solved(
    goal: Floats, rows: Floats, limits: Floats, box: list[tuple[float, float]], patience: int = 1
) -> Floats | None:
    """A point with the smallest goal; None where neither method finds one in so many steps.

    Rows of several periods may be all but parallel: the simplex method can then go round for
    minutes, so it is stopped and the interior one has its turn.
    """
    for method, most in METHODS:
        found = optimize.linprog(
            goal,
            A_ub=rows,
            b_ub=limits,
            bounds=box,
            method=method,
            options={"maxiter": most * patience, "time_limit": SECONDS * patience},
        )
        if found.status == 0 and found.x is not None:
            return np.asarray(found.x, dtype=np.float64)
    return None


def _box(published: Polytope) -> list[tuple[float, float]]:
    return list(zip(published.floor.tolist(), published.ceiling.tolist(), strict=True))
