"""An attacker who reads all that is published and knows how it was made.

Written apart from the scheme: it shares no code with the audit, and solves its own programs on
what ``manage.py audit_release`` prints: cells with their rounded numbers, their linear forms and
the half-width of their intervals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Cell = Mapping[str, Any]
Known = Mapping[str, Mapping[str, float]]  # pair → dimension → the value an insider knows
EDGE = 1e-6
CLOSE = 20.0


@dataclass
class Findings:
    """Smallest range left to anybody's answer; who is known within 20 points, and who exactly."""

    narrowest: float = 100.0
    close: set[str] = field(default_factory=set)
    exact: set[str] = field(default_factory=set)
    tried: int = 0

    def add(self, other: "Findings") -> None:
        self.narrowest = min(self.narrowest, other.narrowest)
        self.close |= other.close
        self.exact |= other.exact
        self.tried += other.tried


def attack(
    releases: Sequence[Sequence[Cell]],
    dimensions: Sequence[str],
    insider: Known | None = None,
    victims: Sequence[str] | None = None,
) -> Findings:
    """Everybody's answers (or the ``victims``'), one dimension at a time, from what all the
    releases say of it together, as if nobody's answer had changed between them.
    """
    found = Findings()
    for dimension in dimensions:
        rows = [cell for cells in releases for cell in cells if cell["dimension"] == dimension]
        if rows:
            found.add(_attack(rows, dimension, insider or {}, victims))
    return found


def _attack(
    rows: Sequence[Cell], dimension: str, insider: Known, victims: Sequence[str] | None
) -> Findings:
    pairs = sorted({pair for cell in rows for pair in cell["coef"]})
    matrix = np.array([[cell["coef"].get(pair, 0.0) for pair in pairs] for cell in rows])
    ends = np.array([_ends(cell) for cell in rows])
    known = [dimension in insider.get(pair, {}) for pair in pairs]
    box = [
        (insider[pair][dimension],) * 2 if mine else (0.0, 100.0)
        for pair, mine in zip(pairs, known, strict=True)
    ]
    finite = np.isfinite(ends)
    table = np.vstack([matrix[finite[:, 1]], -matrix[finite[:, 0]]])
    limits = np.concatenate([ends[finite[:, 1], 1], -ends[finite[:, 0], 0]]) + EDGE
    found = Findings()
    apart = _determined(matrix, np.array(known))
    for place, pair in enumerate(pairs):
        if known[place] or (victims is not None and pair not in victims):
            continue
        width = _width(place, (table, limits), box)
        found.tried += 1
        found.narrowest = min(found.narrowest, width)
        if width < CLOSE - 1e-4:
            found.close.add(pair)
        if apart[place]:
            found.exact.add(pair)
    return found


def _ends(cell: Cell) -> tuple[float, float]:
    """Where the form of the answers lies: by the score, and by either end of the interval."""
    grid = 2 * cell["round"]
    sides = list(_sides(cell, grid))
    lowest = max(low for low, _ in sides) - cell["constant"]
    return lowest, min(high for _, high in sides) - cell["constant"]


def _sides(cell: Cell, grid: float) -> Iterator[tuple[float, float]]:
    inf, half = np.inf, cell["half"]
    score, low, high = cell["value"], cell["low"], cell["high"]
    yield (
        score - grid / 2 if score > 0 else -inf,
        score + grid / 2 if score < 100 else inf,
    )
    yield low + half if low > 0 else -inf, low + grid + half if low < 100 else inf
    yield high - grid - half if high > 0 else -inf, high - half if high < 100 else inf


def _width(
    place: int,
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
    box: list[tuple[float, float]],
) -> float:
    goal = np.zeros(len(box))
    goal[place] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * goal, A_ub=limits[0], b_ub=limits[1], bounds=box, method="highs")
        if solved.x is None:
            raise ValueError(f"no answers give these figures: {solved.message}")
        ends.append(float(solved.x[place]))
    return ends[1] - ends[0]


def _determined(matrix: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Unknowns that follow exactly from the forms, were they not rounded."""
    rows = matrix[:, ~known]
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[sizes > 1e-9 * max(float(sizes.max(initial=0.0)), 1e-12)]
    told = np.zeros(len(known), dtype=bool)
    told[~known] = 1.0 - (basis**2).sum(axis=0) < 1e-7
    return told
