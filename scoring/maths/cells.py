"""Sufficient statistics of answers: counts and sums per cell, one global sum of squares.

Answers that share every factor and every column are one *cell*. A normal model needs only each
cell's number of answers and their sum, plus the sum of squares of all answers together, so two
years of answers shrink to one line per person, mission and round, and can be gathered in one
streaming pass: ``combine`` adds the cells of a new chunk to those already read.

Source: Searle, Casella & McCulloch, *Variance Components* (1992), ch. 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MISSION_IS = ("person", "client", "profile")
# Codes of one key, and of several keys together, that leave room for each other in 63 bits.
CLOSE, LARGEST = 2**31, 2**62


@dataclass(frozen=True)
class Cells:
    """Sufficient statistics, one entry per cell.

    ``factors`` and ``columns`` map a name to an array of length C (number of cells): integer codes
    of any value, and real covariates. ``n`` and ``total`` (length C) are the number of answers and
    their sum, ``squares`` is the sum of squares of all answers. Units: those of the answers.
    """

    factors: Mapping[str, Ints]
    n: Floats
    total: Floats
    squares: float
    columns: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """Number of answers over all cells."""
        return round(float(self.n.sum()))


def collapse(
    values: ArrayLike,
    factors: Mapping[str, ArrayLike],
    columns: Mapping[str, ArrayLike] | None = None,
) -> Cells:
    """Gather one line per answer into cells.

    ``values`` has length N; every factor (integer codes) and column has the same length. Raises
    ``ValueError`` when a value or a column is not finite: a missing answer is no answer, and has
    to be left out by the caller.

    >>> cells = collapse([50.0, 75.0, 100.0], {"person": [1, 1, 2], "client": [7, 7, 7]})
    >>> cells.n.tolist(), cells.total.tolist(), cells.squares
    ([2.0, 1.0], [125.0, 100.0], 18125.0)
    """
    y = np.asarray(values, dtype=np.float64)
    codes = {name: np.asarray(code, dtype=np.int64) for name, code in factors.items()}
    reals = {name: np.asarray(col, dtype=np.float64) for name, col in (columns or {}).items()}
    for array in (y, *reals.values()):
        if not np.isfinite(array).all():
            raise ValueError("an answer or a column holds a value that is not a finite number")
    lines = Cells(codes, np.ones(len(y)), y, float(y @ y), reals)
    return _gather(lines)


def combine(parts: Sequence[Cells]) -> Cells:
    """Add up cells gathered apart, for instance chunk by chunk of a stream.

    All parts carry the same factors and columns (``ValueError`` otherwise).

    >>> one = collapse([50.0], {"person": [1]})
    >>> two = collapse([100.0, 0.0], {"person": [1, 2]})
    >>> both = combine([one, two])
    >>> both.n.tolist(), both.total.tolist(), both.squares
    ([2.0, 1.0], [150.0, 0.0], 12500.0)
    """
    first = parts[0]
    for part in parts:
        if set(part.factors) != set(first.factors) or set(part.columns) != set(first.columns):
            raise ValueError("cells to combine must carry the same factors and columns")
    stacked = Cells(
        {name: np.concatenate([p.factors[name] for p in parts]) for name in first.factors},
        np.concatenate([p.n for p in parts]),
        np.concatenate([p.total for p in parts]),
        float(sum(p.squares for p in parts)),
        {name: np.concatenate([p.columns[name] for p in parts]) for name in first.columns},
    )
    return _gather(stacked)


def group(keys: Sequence[NDArray[np.generic]], length: int) -> tuple[Ints, Ints]:
    """Number the distinct combinations of several arrays of one length.

    Returns, in the lexicographic order of the combinations, the index of a first example of each
    and the number of every entry's combination.

    >>> first, number = group([np.array([2, 1, 2]), np.array([5, 5, 5])], 3)
    >>> first.tolist(), number.tolist()
    ([1, 0], [1, 0, 1])
    """
    number, levels = np.zeros(length, dtype=np.int64), 1
    for key in keys:
        codes, here = _ordered(key)
        if levels * here > LARGEST:
            number, levels = _ranked(number)
        number, levels = number * here + codes, levels * here
    found = np.unique(number, return_index=True, return_inverse=True)
    return found[1].astype(np.int64), found[2].astype(np.int64)


def _ordered(key: NDArray[np.generic]) -> tuple[Ints, int]:
    """Codes in the order of the key's values, and a number that all of them are below."""
    if len(key) and key.dtype.kind in "bi":
        lowest = int(key.min())
        span = int(key.max()) - lowest + 1
        # Ids of rows lie close enough together to serve as they are: nothing to sort.
        if span <= CLOSE:
            return np.asarray(key, dtype=np.int64) - lowest, span
    return _ranked(key)


def _ranked(key: NDArray[np.generic]) -> tuple[Ints, int]:
    levels, codes = np.unique(key, return_inverse=True)
    return codes.astype(np.int64), len(levels)


def add_up(number: Ints, weights: NDArray[np.generic], size: int) -> Floats:
    """Sum of the weights of each of ``size`` numbered groups, 0 for an empty one."""
    return np.asarray(np.bincount(number, weights=weights, minlength=size), dtype=np.float64)


def with_mission(cells: Cells) -> Cells:
    """The same cells with a ``mission`` factor, made of person × client × profile where missing.

    Two people on one assignment are two levels: the term is *this person on this mission*.
    """
    if "mission" in cells.factors:
        return cells
    keys = [cells.factors[name] for name in MISSION_IS if name in cells.factors]
    number = group(keys, len(cells.n))[1]
    return Cells(
        {**cells.factors, "mission": number}, cells.n, cells.total, cells.squares, cells.columns
    )


def _gather(lines: Cells) -> Cells:
    keys: list[NDArray[np.generic]] = [*lines.factors.values(), *lines.columns.values()]
    first, number = group(keys, len(lines.n))
    size = len(first)
    return Cells(
        {name: code[first] for name, code in lines.factors.items()},
        add_up(number, lines.n, size),
        add_up(number, lines.total, size),
        lines.squares,
        {name: column[first] for name, column in lines.columns.items()},
    )
