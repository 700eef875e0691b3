"""Edges that a matching of least cost may have, against all the matchings there are."""

import itertools

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from balancing.maths.tight import in_some


@pytest.mark.parametrize("seed", range(150))
def test_an_edge_is_kept_if_and_only_if_some_best_matching_has_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 5))
    columns = rows + int(rng.integers(0, 3))
    costs = np.where(rng.random((rows, columns)) < 0.6, rng.integers(1, 3, (rows, columns)), 0)
    costs[np.arange(rows), rng.permutation(columns)[:rows]] = rng.integers(1, 3, rows)
    table = sparse.csr_array(costs.astype(float))
    all_of_them = [
        places
        for places in itertools.permutations(range(columns), rows)
        if all(costs[row, place] for row, place in enumerate(places))
    ]
    totals = [sum(costs[row, at] for row, at in enumerate(places)) for places in all_of_them]
    best = [one for one, total in zip(all_of_them, totals, strict=True) if total == min(totals)]
    wanted = {(row, place) for places in best for row, place in enumerate(places)}
    _, match = csgraph.min_weight_full_bipartite_matching(table)
    kept = in_some(table, match.astype(np.int64))
    where = table.tocoo()
    found = set(zip(where.row[kept].tolist(), where.col[kept].tolist(), strict=True))
    assert found == wanted
