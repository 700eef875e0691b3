"""Audit of a release by rank: does what is published determine anything about one person?

Every published figure is a linear row over unknowns, one unknown per (cell, dimension), each owned
by a person. Somebody who knows the figures knows every combination of the rows. If one of those
combinations touches the unknowns of a single person alone, that person's value, or a combination
of their own values, is determined.

With Q an orthonormal basis of the row space (R × U), the combinations that come closest to one
person's unknowns are given by the largest singular value of Q restricted to that person's columns:
1 means that such a combination exists, less means that others always keep a share in it. Q comes
from the eigenvectors of the R × R Gram matrix, block of columns by block of columns, so that
memory is R² and one block, whatever the number of people.

Two tolerances are stated. ``RANK`` (1e-5 of the largest singular value): directions thinner than
that multiply rounding by 1e5 and count as unknown. ``TOLERANCE`` (1e-6): a share of others that
small, squared, counts as none.

>>> firm = Row("firm", "load", [0, 1, 2], [1.0, 1.0, 1.0])
>>> acme = Row("acme", "load", [0, 1], [1.0, 1.0])
>>> table = assemble([firm, acme])
>>> [(found.person, found.rows) for found in determined(table.matrix, [7, 8, 9])]
[(9, (0, 1))]

Source: Hundepool et al., *Statistical Disclosure Control* (2012), §4.3; Golub & Van Loan, *Matrix
Computations*, §6.4 (angles between subspaces).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, sparse

from scoring.maths.cells import Floats, Ints, add_up

if TYPE_CHECKING:
    Matrix = sparse.csc_array[np.float64]

RANK = 1e-5
TOLERANCE = 1e-6
BLOCK = 4096
# A row weighs in a finding if it has this share of the largest weight.
INVOLVED = 1e-3


@dataclass(frozen=True)
class Row:
    """A published figure as a linear form: Σ coef · value of the cell in that dimension.

    ``cells`` are the caller's numbers of (person, client) or (person, client, profile) means, each
    at most once; ``coef`` (same length) their weights. Constants play no part in a rank.
    """

    scope: object
    dimension: str
    cells: ArrayLike
    coef: ArrayLike


@dataclass(frozen=True)
class Table:
    """Rows over columns: ``matrix`` (R, U), and each column's cell and dimension."""

    matrix: Matrix
    cell: Ints
    dimension: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A person of whom something is determined: how nearly (1 = exactly), and by which rows.

    ``rows`` are row numbers, the one that weighs most first.
    """

    person: int
    share: float
    rows: tuple[int, ...]


def core_of(answers: Sequence[Collection[str]]) -> frozenset[str] | None:
    """The core dimensions behind one cell's overall value, if all its answers carried the same.

    Then the overall value is the plain mean of the cell's values in those dimensions. Otherwise
    it is a quantity of its own: None.

    >>> sorted(core_of([{"load", "meaning"}, {"meaning", "load"}]))
    ['load', 'meaning']
    >>> core_of([{"load"}, {"load", "meaning"}]) is None
    True
    """
    sets = {frozenset(answer) for answer in answers}
    return sets.pop() if len(sets) == 1 and frozenset() not in sets else None


def assemble(
    rows: Sequence[Row],
    overall: str = "overall",
    core: Mapping[int, Collection[str] | None] | None = None,
) -> Table:
    """Put the rows of all dimensions side by side, the overall score written out where it can be.

    ``core`` gives, for a cell, the dimensions whose mean its overall value is (``core_of``); a
    cell that is missing there, or has None, keeps an unknown of its own. ``ValueError`` without a
    row: nothing published needs no audit.

    >>> table = assemble([Row("firm", "overall", [4], [1.0])], core={4: ["load", "meaning"]})
    >>> table.dimension, table.matrix.toarray().tolist()
    (('load', 'meaning'), [[0.5, 0.5]])
    """
    if not rows:
        raise ValueError("no published row to audit")
    seen = [np.asarray(row.cells, dtype=np.int64) for row in rows]
    cells = np.unique(np.concatenate(seen))
    spreads = _spreads(cells.tolist(), overall, core or {})
    names = sorted({row.dimension for row in rows} | {n for group in spreads for n in group})
    places = []
    for number, (row, codes) in enumerate(zip(rows, seen, strict=True)):
        at, coef = np.searchsorted(cells, codes), np.asarray(row.coef, dtype=np.float64)
        everywhere = {(row.dimension,): np.ones(len(cells), dtype=np.bool_)}
        groups = spreads if row.dimension == overall else everywhere
        for dimensions, members in groups.items():
            inside = members[at]
            for name in dimensions:
                key = names.index(name) * len(cells) + at[inside]
                places.append((np.full(len(key), number), key, coef[inside] / len(dimensions)))
    return _table(places, (len(rows), names, cells))


def determined(matrix: Matrix | Floats, owner: ArrayLike) -> list[Finding]:
    """Persons of whom some non-trivial combination of their own unknowns follows from the rows.

    ``matrix`` is (R, U), sparse or dense; ``owner`` (U) names each unknown's person by an integer.
    Returns findings by person, empty if nobody is determined. Time O(R² U).
    """
    people, person = np.unique(np.asarray(owner, dtype=np.int64), return_inverse=True)
    rows, order = _unit_rows(matrix), np.argsort(person, kind="stable")
    mixing = _basis(rows)
    if not mixing.size:
        return []
    found = []
    ends = np.searchsorted(person[order], np.arange(len(people) + 1))
    for first, last in _blocks(ends):
        columns = order[ends[first] : ends[last]]
        block = mixing @ rows[:, columns].toarray()
        found += _inspect(block, mixing, ends[first : last + 1], people[first:last])
    return found


def _spreads(
    cells: Sequence[int], overall: str, core: Mapping[int, Collection[str] | None]
) -> dict[tuple[str, ...], NDArray[np.bool_]]:
    """Which cells write their overall value as the mean of which dimensions, as masks."""
    written = [tuple(sorted(core.get(cell) or (overall,))) for cell in cells]
    number = {names: i for i, names in enumerate(sorted(set(written)))}
    codes = np.array([number[names] for names in written], dtype=np.int64)
    return {names: codes == i for names, i in number.items()}


def _table(places: list[tuple[Ints, Ints, Floats]], shape: tuple[int, list[str], Ints]) -> Table:
    rows, names, cells = shape
    used = np.zeros(len(names) * len(cells), dtype=np.bool_)
    for _, key, _ in places:
        used[key] = True
    column = np.cumsum(used) - 1
    row, key, coef = (np.concatenate(part) for part in zip(*places, strict=True))
    at = (row, column[key])
    matrix = sparse.csc_array((coef, at), shape=(rows, int(used.sum())))
    kept = np.flatnonzero(used)
    dimensions = tuple(names[i] for i in kept // len(cells))
    return Table(matrix, cells[kept % len(cells)], dimensions)


def _unit_rows(matrix: Matrix | Floats) -> Matrix:
    rows = sparse.csc_array(matrix, dtype=np.float64)
    size = np.sqrt(np.asarray(rows.power(2) @ np.ones(rows.shape[1])))
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    return sparse.csc_array(sparse.diags_array(scale, shape=(len(scale),) * 2) @ rows)


def _basis(rows: Matrix) -> Floats:
    """Mixing (r, R) of the rows such that mixing @ rows is orthonormal."""
    count = rows.shape[0]
    gram = np.zeros((count, count))
    for start in range(0, rows.shape[1], BLOCK):
        block = rows[:, start : start + BLOCK].toarray()
        gram += block @ block.T
    if not gram.any():
        return np.zeros((0, count))
    values, vectors = linalg.eigh(gram)
    kept = values > values[-1] * RANK**2
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])).T)


def _blocks(ends: Ints) -> list[tuple[int, int]]:
    """Ranges of people whose columns fill about one block, at least one person each."""
    blocks, first, people = [], 0, len(ends) - 1
    while first < people:
        reach = int(np.searchsorted(ends, ends[first] + BLOCK, side="right")) - 1
        last = max(reach, first + 1)
        blocks.append((first, last))
        first = last
    return blocks


def _inspect(block: Floats, mixing: Floats, ends: Ints, people: Ints) -> list[Finding]:
    """Findings among the people of one block; ``block`` holds their columns of the basis."""
    inside = ends - ends[0]
    number = np.repeat(np.arange(len(people)), np.diff(inside))
    bound = add_up(number, (block**2).sum(axis=0), len(people))
    found = []
    # The sum of a person's squared singular values bounds the largest: most are cleared by it.
    for i in np.flatnonzero(bound >= 1.0 - TOLERANCE):
        left, values, _ = linalg.svd(block[:, inside[i] : inside[i + 1]], full_matrices=False)
        if values[0] ** 2 >= 1.0 - TOLERANCE:
            share = min(float(values[0]), 1.0)
            found.append(Finding(int(people[i]), share, _involved(left[:, 0] @ mixing)))
    return found


def _involved(weights: Floats) -> tuple[int, ...]:
    size = np.abs(weights)
    order = np.argsort(-size, kind="stable")
    return tuple(int(i) for i in order if size[i] >= INVOLVED * size.max())
