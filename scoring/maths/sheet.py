"""Cells of several dimensions side by side, to be gathered in one pass.

One check-in answers several dimensions at once, so that their cells have the factors in common:
the lines are sorted once for all of them, and a dimension's cells are cut out when asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.maths.cells import Cells, Floats, Ints, add_up, group

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Sheet(Mapping[str, Cells]):
    """One line per cell (C), whatever of it was answered; a mapping of dimensions to cells.

    ``factors``: codes (C). By dimension, ``n``: number of answers (C), 0 where there is none;
    ``total``: their sum (C); ``squares``: sum of squares over all lines. ``marks`` (C): whatever
    else is counted. A dimension that nobody answered is not in the mapping.
    """

    factors: Mapping[str, Ints]
    n: Mapping[str, Counts] = field(default_factory=dict)
    total: Mapping[str, Floats] = field(default_factory=dict)
    squares: Mapping[str, float] = field(default_factory=dict)
    marks: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Number of lines."""
        return len(next(iter(self.factors.values())))

    def __getitem__(self, dimension: str) -> Cells:
        there = self.n[dimension] > 0
        if not there.any():
            raise KeyError(dimension)
        # Where nothing is left out the factors are shared, not copied.
        rows = slice(None) if there.all() else np.flatnonzero(there)
        return Cells(
            {name: code[rows] for name, code in self.factors.items()},
            self.n[dimension][rows].astype(np.float64),
            self.total[dimension][rows],
            self.squares[dimension],
        )

    def __iter__(self) -> Iterator[str]:
        return (dimension for dimension, n in self.n.items() if n.any())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def sheet(
    factors: Mapping[str, ArrayLike],
    values: Mapping[str, ArrayLike],
    marks: Mapping[str, ArrayLike] | None = None,
) -> Sheet:
    """One line for each check-in (N), as it is; NaN is no answer.

    >>> lines = sheet({"person": [1, 1]}, {"load": [50.0, 75.0], "growth": [np.nan, 100.0]})
    >>> lines["growth"].n.tolist(), lines["growth"].total.tolist(), lines["load"].squares
    ([1.0], [100.0], 8125.0)
    """
    given = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    total = {name: np.nan_to_num(value, nan=0.0) for name, value in given.items()}
    return Sheet(
        {name: np.asarray(code, dtype=np.int64) for name, code in factors.items()},
        {name: np.asarray(~np.isnan(value), dtype=np.int32) for name, value in given.items()},
        total,
        {name: float(value @ value) for name, value in total.items()},
        {name: np.asarray(mark, dtype=np.int32) for name, mark in (marks or {}).items()},
    )


def fold(parts: Sequence[Sheet]) -> Sheet:
    """Add up sheets of the same factors: one line per cell, in the order of their codes.

    >>> one = sheet({"person": [2, 1]}, {"load": [50.0, 75.0]})
    >>> two = sheet({"person": [1, 1]}, {"load": [25.0, np.nan], "growth": [0.0, 100.0]})
    >>> both = fold([one, two])
    >>> both.factors["person"].tolist(), both["load"].total.tolist(), both.n["growth"].tolist()
    ([1, 2], [100.0, 50.0], [2, 0])
    """
    factors = {
        name: np.concatenate([part.factors[name] for part in parts]) for name in parts[0].factors
    }
    first, number = group(list(factors.values()), sum(part.lines for part in parts))

    def added(columns: Sequence[Mapping[str, NDArray[np.generic]]]) -> dict[str, Floats]:
        return {
            name: add_up(number, _stacked(name, columns, parts), len(first))
            for name in dict.fromkeys(name for held in columns for name in held)
        }

    total = added([part.total for part in parts])
    return Sheet(
        {name: code[first] for name, code in factors.items()},
        _counts(added([part.n for part in parts])),
        total,
        {name: sum(part.squares.get(name, 0.0) for part in parts) for name in total},
        _counts(added([part.marks for part in parts])),
    )


def _stacked(
    name: str, columns: Sequence[Mapping[str, NDArray[np.generic]]], parts: Sequence[Sheet]
) -> Floats:
    """A column over all parts, 0 in those that lack it."""
    return np.concatenate(
        [
            np.asarray(held[name] if name in held else np.zeros(part.lines), dtype=np.float64)
            for held, part in zip(columns, parts, strict=True)
        ]
    )


def _counts(columns: Mapping[str, Floats]) -> dict[str, Counts]:
    return {name: column.astype(np.int32) for name, column in columns.items()}


@dataclass
class Pile:
    """Sheets that arrive one by one, folded whenever there is more to fold than was folded.

    Every line is sorted a few times in all, and there are never many more lines than twice the
    cells. ``parts`` begins with a sheet that names the factors.
    """

    parts: list[Sheet]

    def add(self, part: Sheet) -> None:
        """Put one more on."""
        self.parts.append(part)
        if sum(one.lines for one in self.parts[1:]) > self.parts[0].lines:
            self.parts = [fold(self.parts)]

    def whole(self) -> Sheet:
        """All of them in one."""
        return fold(self.parts)
