"""Tables of levels × columns: dense where they are small, sparse where they are not.

A small firm's products fit a processor's cache, and a sparse product of that size is mostly
book-keeping; a large firm's would not fit the memory of a worker. Both kinds give the same
numbers.

>>> rows = sparse.csr_array(np.array([[1.0, 0.0], [2.0, 3.0]]))
>>> dense(scaled(rows, np.array([10.0, 1.0]))).tolist()
[[10.0, 0.0], [2.0, 3.0]]
>>> quadratic(rows, np.eye(2)).tolist()
[1.0, 13.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scoring.maths.cells import Floats

if TYPE_CHECKING:
    Rows = sparse.csr_array[np.float64, tuple[int, int]]
    Table = Floats | Rows

# Numbers of the largest table that is held dense.
DENSE = 100_000
CHUNK = 4096


def held(tables: tuple[Rows, ...]) -> tuple[Table, ...]:
    """The tables as they are best held: all dense, or all sparse."""
    if max(rows.shape[0] * rows.shape[1] for rows in tables) > DENSE:
        return tables
    return tuple(rows.toarray() for rows in tables)


def dense(rows: Table) -> Floats:
    """The table in full."""
    return rows if isinstance(rows, np.ndarray) else np.asarray(rows.toarray(), np.float64)


def scaled(rows: Table, weight: Floats) -> Table:
    """Each row times its weight."""
    if isinstance(rows, np.ndarray):
        return np.asarray(rows * weight[:, None])
    made = sparse.csr_array(rows.copy())
    made.data *= np.repeat(weight, np.diff(made.indptr))
    return made


def less(one: Table, other: Table) -> Table:
    """The difference of two tables of one kind."""
    if isinstance(one, np.ndarray):
        return np.asarray(one - other)
    return sparse.csr_array(one - other)


def times(one: Table, other: Table) -> Table:
    """one · other."""
    if isinstance(one, np.ndarray):
        return np.asarray(one @ other)
    return sparse.csr_array(one @ other)


def across(one: Table, other: Table) -> Table:
    """one' · other."""
    if isinstance(one, np.ndarray):
        return np.asarray(one.T @ other)
    return sparse.csr_array(one.T @ other)


def squared(rows: Table) -> Table:
    """Each number squared."""
    return np.asarray(rows**2) if isinstance(rows, np.ndarray) else rows.power(2)


def weighed(rows: Table, weight: Floats, spread: Floats) -> float:
    """Σ over rows of weight · row · spread · row', without forming it row by row."""
    if isinstance(rows, np.ndarray):
        return float(weight @ quadratic(rows, spread))
    product = sparse.coo_array(rows.T @ scaled(rows, weight))
    return float((product.data * spread[product.row, product.col]).sum())


def quadratic(rows: Table, spread: Floats) -> Floats:
    """row · spread · row' for every row; of sparse ones in chunks, so that memory is bounded."""
    if isinstance(rows, np.ndarray):
        return np.asarray(((rows @ spread) * rows).sum(axis=1), np.float64)
    parts = [np.zeros(0)]
    for start in range(0, rows.shape[0], CHUNK):
        block = sparse.csr_array(rows[start : start + CHUNK])
        product = sparse.csr_array(block.multiply(block @ spread))
        parts.append(product @ np.ones(len(spread)))
    return np.concatenate(parts)
