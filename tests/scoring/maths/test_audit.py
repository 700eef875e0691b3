"""The rank audit: it finds a person who is planted, and nobody where groups are disjoint."""

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.maths import release
from scoring.maths.audit import BLOCK, Row, assemble, core_of, determined
from scoring.maths.family import Pair, select
from tests.scoring.maths.test_family import firms_of_pairs
from tests.scoring.maths.test_release import SPREAD, means


def sums(members: list[list[int]], unknowns: int) -> np.ndarray:
    table = np.zeros((len(members), unknowns))
    for row, cells in zip(table, members, strict=True):
        row[cells] = 1.0
    return table


def test_two_groups_that_differ_by_one_person() -> None:
    table = sums([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5]], 6)
    (found,) = determined(table, [10, 11, 12, 13, 14, 15])
    assert found.person == 15
    assert found.share == pytest.approx(1)
    assert set(found.rows) == {0, 1}


def test_disjoint_groups_determine_nobody() -> None:
    assert determined(sums([[0, 1, 2], [3, 4], [0, 1, 2, 3, 4]], 5), range(5)) == []


def test_nothing_published_determines_nobody() -> None:
    assert determined(np.zeros((2, 3)), range(3)) == []
    with pytest.raises(ValueError, match="no published row"):
        assemble([])


def test_a_person_s_own_combination_counts() -> None:
    """Neither of the two values follows, but their sum does."""
    table = sums([[0, 1, 2, 3], [2, 3]], 4)
    (found,) = determined(table, [7, 7, 8, 9])
    assert found.person == 7
    # Were they two people, nothing would follow of either.
    assert determined(table, [6, 7, 8, 9]) == []


def test_weight_by_person_leaks_someone_on_two_missions() -> None:
    """5·A + 5·B − 9·firm: why every (person, client) weighs 1."""
    owner = [0, 1, 2, 3, 4, 0, 5, 6, 7, 8]
    a, b = np.repeat([0.2, 0.0], 5), np.repeat([0.0, 0.2], 5)
    by_person = np.array([0.5, 1, 1, 1, 1, 0.5, 1, 1, 1, 1]) / 9
    assert [f.person for f in determined(np.array([a, b, by_person]), owner)] == [0]
    assert determined(np.array([a, b, np.full(10, 0.1)]), owner) == []


def test_the_overall_score_gives_a_missing_dimension_away() -> None:
    """Load is withheld for one client, but overall and the other dimension are not."""
    cells = list(range(6))
    rows = [
        Row("firm", "load", cells, np.ones(6)),
        Row("small", "overall", [0], [1.0]),
    ]
    both = ["load", "meaning"]
    own = assemble(rows)
    assert [f.person for f in determined(own.matrix, own.cell)] == [0]
    rows = [
        Row("firm", "overall", cells, np.ones(6)),
        Row("firm", "meaning", cells, np.ones(6)),
        Row("five", "load", cells[:5], np.ones(5)),
    ]
    assert determined(assemble(rows).matrix, assemble(rows).cell) == []
    joint = assemble(rows, core=dict.fromkeys(cells, both))
    assert joint.matrix.shape == (3, 12)
    assert [f.person for f in determined(joint.matrix, joint.cell)] == [5]


def test_an_overall_of_unequal_answers_is_its_own_unknown() -> None:
    table = assemble(
        [Row("firm", "overall", [0, 1], [0.5, 0.5])],
        core={0: core_of([{"load"}, {"load", "meaning"}]), 1: core_of([{"load", "meaning"}] * 2)},
    )
    held = {
        (int(c), d): v
        for c, d, v in zip(table.cell, table.dimension, table.matrix.toarray()[0], strict=True)
    }
    assert held == {(0, "overall"): 0.5, (1, "load"): 0.25, (1, "meaning"): 0.25}
    assert core_of([]) is None
    assert core_of([set()]) is None


def test_a_planted_person_is_found_across_blocks() -> None:
    """More unknowns than a block holds: one person fills the first, the planted one is last."""
    rng = np.random.default_rng(0)
    owner = np.concatenate([np.zeros(BLOCK + 7, int), 1 + np.arange(3000) // 2])
    table = rng.normal(size=(6, len(owner)))
    table[:, : BLOCK + 7] = 0
    table[0, 0] = 1
    assert determined(table, owner) == []
    planted = np.zeros((1, len(owner)))
    planted[0, -2:] = (3, -1)
    mixed = rng.normal(size=(7, 7)) @ np.vstack([table, planted])
    (found,) = determined(mixed, owner)
    assert found.person == owner[-1]


def test_nearly_is_not_exactly() -> None:
    table = np.array([[1.0, 0.01, 0.0], [0.0, 0.0, 1.0]])
    assert [f.person for f in determined(table, range(3))] == [2]
    table = np.array([[1.0, 1e-5, 0.0]])
    assert [f.person for f in determined(table, range(3))] == [0]


@settings(max_examples=60, deadline=None)
@given(firms_of_pairs())
def test_a_nested_family_determines_nobody(pairs: list[Pair]) -> None:
    """Sums of every published cell and dimension, as exact as an attacker could wish."""
    rows = []
    for cell in select(pairs, []).cells:
        for dimension in cell.people:
            members = [
                i
                for i, p in enumerate(pairs)
                if p.client in cell.clients and dimension in p.values
            ]
            rows.append(Row(cell.key, dimension, members, np.ones(len(members))))
    if rows:
        table = assemble(rows)
        assert determined(table.matrix, [pairs[c].person for c in table.cell]) == []


@pytest.mark.parametrize("seed", range(3))
def test_estimates_of_larger_cells_determine_nobody_and_of_one_do(seed: int) -> None:
    m = means(seed, people=60)
    made = release.model(m, SPREAD)
    _, coef = release.coefficients(made, [release.client_target(c) for c in np.unique(m.client)])
    assert determined(coef, m.person) == []
    alone = release.Means(
        np.append(m.person, 1), np.append(m.client, 1), np.append(m.profile, 1),
        np.append(m.mean, 50.0), np.append(m.n, 1.0),
    )  # fmt: skip
    # A client of one person: once every client is published, that person follows.
    made = release.model(alone, release.Variances(100, 36, 0, 25, 144))
    targets = [release.client_target(c) for c in np.unique(alone.client)]
    _, coef = release.coefficients(made, targets)
    assert [f.person for f in determined(coef, alone.person)] == [1]
