"""Which terms of the model the data can carry: those that cannot are dropped, with a reason.

The first month of any firm is degenerate: one client, one answer each, everybody content. Rather
than fail, the fit leaves such a term out and says so (``Fit.dropped``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.maths.cells import Cells, Floats, Ints, group

NO_ANSWERS = "no answers"
CONSTANT = "the score does not vary"
ONE_LEVEL = "one level only"
ONCE = "one answer per level: not separable from the residual"
FIXED = "carried by the fixed columns"
COLLINEAR = "constant, or a combination of the other columns"
SAME_AS = "same grouping as "

NOTHING_NEW = 1e-5

# Of two terms that group the answers alike, the first named here stays.
PRECEDENCE = ("person", "client", "profile", "round", "mission")


@dataclass(frozen=True)
class Factor:
    """A grouping: its sorted distinct labels (K) and each cell's level number (C)."""

    name: str
    levels: Ints
    codes: Ints


def factors(cells: Cells, terms: Sequence[str]) -> list[Factor]:
    """Code the asked terms, in order of precedence."""
    asked = sorted(set(terms), key=_rank)
    made = []
    for name in asked:
        levels, codes = np.unique(cells.factors[name], return_inverse=True)
        made.append(Factor(name, levels, codes.astype(np.int64)))
    return made


def nested(inner: Factor, outer: Factor) -> bool:
    """Whether every level of ``inner`` lies within one level of ``outer``."""
    pairs = group([inner.codes, outer.codes], len(inner.codes))[0]
    return len(pairs) == len(inner.levels)


def separable(
    cells: Cells, terms: Sequence[str], fixed: Floats
) -> tuple[list[Factor], dict[str, str]]:
    """Split the asked terms into those that can be estimated and those that cannot, with why.

    ``fixed`` is the (C, p) matrix of the fixed columns, the constant included.

    >>> from scoring.maths.cells import collapse
    >>> cells = collapse([1.0, 2.0, 3.0], {"person": [1, 1, 2], "client": [4, 4, 4]})
    >>> kept, dropped = separable(cells, ["person", "client"], np.ones((3, 1)))
    >>> [factor.name for factor in kept], dropped
    (['person'], {'client': 'one level only'})
    """
    kept: list[Factor] = []
    dropped: dict[str, str] = {}
    for factor in factors(cells, terms):
        reason = _reason(cells, factor, kept, fixed)
        if reason:
            dropped[factor.name] = reason
        else:
            kept.append(factor)
    return kept, dropped


def independent(cells: Cells, names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Keep the fixed columns that add something to the constant and to those before them.

    Something: a part of more than 10⁻⁵ of the column. With less, the equations, which hold its
    square, could be solved to a few digits only, or not at all.
    """
    kept: list[str] = []
    dropped: dict[str, str] = {}
    basis = [np.sqrt(cells.n)]
    for name in names:
        weighted = cells.columns[name] * basis[0]
        rest = weighted
        for _ in range(2):  # Gram-Schmidt once more against rounding
            for known in basis:
                rest = rest - known * (known @ rest) / (known @ known)
        if rest @ rest <= NOTHING_NEW**2 * (weighted @ weighted):
            dropped[name] = COLLINEAR
        else:
            kept.append(name)
            basis.append(rest)
    return kept, dropped


def _rank(name: str) -> tuple[int, str]:
    # A name of no known rank comes after the known ones but before the finest, the mission.
    place = PRECEDENCE.index(name) if name in PRECEDENCE else len(PRECEDENCE) - 2
    return place, name


def _reason(cells: Cells, factor: Factor, kept: Sequence[Factor], fixed: Floats) -> str:
    if len(factor.levels) < 2:
        return ONE_LEVEL
    if len(factor.levels) == cells.answers:
        return ONCE
    for other in kept:
        if len(other.levels) == len(factor.levels) and nested(factor, other):
            return SAME_AS + other.name
    if len(factor.levels) <= fixed.shape[1] and _within(factor, cells.n, fixed):
        return FIXED
    return ""


def _within(factor: Factor, n: Floats, fixed: Floats) -> bool:
    """Whether the indicators of a factor lie in the space of the fixed columns."""
    root = np.sqrt(n)[:, None]
    indicators = np.eye(len(factor.levels))[factor.codes]
    rank = np.linalg.matrix_rank
    both = rank(np.hstack([fixed, indicators]) * root)
    return bool(both == rank(fixed * root))
