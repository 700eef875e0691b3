"""Edges that some matching of least cost has: what is left of a table once one is known.

A full matching of least cost has *potentials* (its dual solution): with them every edge has a
reduced cost of 0 or more, and every matching that costs no more lies in the edges of reduced cost
0. Of these, an edge lies in such a matching if, and only if, it is part of an alternating cycle,
or of an alternating path between a column that is free and one that may become so: the strong
components of a directed graph (Dulmage & Mendelsohn 1958). A second goal among the matchings of
least cost, "the most even one", need not look at any other edge.

>>> table = sparse.csr_array([[1.0, 2.0, 2.0], [0.0, 1.0, 2.0]])
>>> in_some(table, np.array([0, 1])).tolist()
[True, False, False, True, False]

Sources: Burkard, Dell'Amico & Martello, *Assignment Problems* (2009), §4.1 (complementary
slackness); Dulmage & Mendelsohn (1958), "Coverings of bipartite graphs".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from balancing.maths.window import Floats, Integers


def in_some(table: sparse.csr_array, match: Integers) -> NDArray[np.bool_]:
    """For each entry of a table of whole costs (rows, columns): is it in some full matching of
    least cost? ``match`` is the column of each row in one of them."""
    rows, columns = table.shape
    row = np.repeat(np.arange(rows), np.diff(table.indptr))
    column = np.asarray(table.indices, dtype=np.int64)
    own = match[row] == column
    paid = np.empty(rows)
    paid[row[own]] = table.data[own]
    more = table.data - paid[row]
    potential = _potentials(columns, match[row], column, more)
    tight = potential[match[row]] + more - potential[column] == 0
    # Rows, then columns, then one node for "nobody": a free column gives its place to another.
    other, nobody = tight & ~own, rows + columns
    free = np.setdiff1d(np.arange(columns), match)
    may_be_free = np.flatnonzero(potential == 0)
    sources = (row[other], rows + match, rows + free, np.full(len(may_be_free), nobody))
    targets = (
        rows + column[other],
        np.arange(rows),
        np.full(len(free), nobody),
        rows + may_be_free,
    )
    source, target = np.concatenate(sources), np.concatenate(targets)
    size = nobody + 1
    graph = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(size, size))
    _, part = csgraph.connected_components(graph, directed=True, connection="strong")
    return np.asarray(own | (tight & (part[row] == part[rows + column])))


def _potentials(columns: int, holder: Integers, column: Integers, more: Floats) -> Floats:
    """The largest potentials of columns, 0 or less: a column's is at most that of another row's
    own column and what the row would pay ``more`` for it (Bellman and Ford)."""
    potential = np.zeros(columns)
    while True:
        lower = potential.copy()
        np.minimum.at(lower, column, potential[holder] + more)
        if (lower == potential).all():
            return potential
        potential = lower
