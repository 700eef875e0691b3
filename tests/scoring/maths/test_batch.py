"""Many solutions at once say what one by one says."""

import numpy as np
import pytest

from scoring.maths import batch, mixed, terms
from scoring.maths.cells import Cells, collapse, with_mission
from tests.scoring.maths import firms

EVERY = ("person", "client", "profile", "mission", "round")


def equations(cells: Cells, asked: tuple[str, ...]) -> mixed.Equations:
    fixed = np.ones((len(cells.n), 1))
    return mixed.build(cells, terms.separable(cells, asked, fixed)[0], fixed)


@pytest.mark.parametrize(
    "asked",
    [EVERY, ("person", "client"), ("client", "round"), ("mission", "client"), ("person", "round")],
)
def test_agrees_with_one_by_one(asked: tuple[str, ...]) -> None:
    eq = equations(with_mission(firms.cells(3, people=20)), asked)
    theta = np.random.default_rng(1).uniform(0.05, 2.0, (5, len(eq.terms)))
    theta[1, 0] = 0.0
    stacked = batch.stack(eq)
    many = batch.solve(stacked, theta)
    known, covariance = batch.constants(stacked, many)
    for place, row in enumerate(theta):
        one = mixed.solve(eq, row)
        assert many.criterion[place] == pytest.approx(one.criterion, abs=1e-8)
        assert many.sigma2[place] == pytest.approx(one.sigma2, rel=1e-9)
        assert known[place, 0] == pytest.approx(one.effects[eq.random] + eq.mean)
        assert covariance[place] * one.sigma2 == pytest.approx(mixed.fixed_covariance(eq, one))
        values, spreads = mixed.spherical(eq, one), mixed.variances(eq, one)
        for name in eq.terms:
            found = batch.effects(stacked, many, name)
            assert found.value[place] == pytest.approx(one.theta[name] * values[name], abs=1e-8)
            alone, score = spreads[name]
            assert found.alone[place] * one.sigma2 == pytest.approx(alone, abs=1e-8)
            assert found.score[place] * one.sigma2 == pytest.approx(score, abs=1e-8)


def test_missions_shared_by_several_people_are_crossed_with_them() -> None:
    y, factors = firms.answers(5, people=14)
    factors["mission"] = factors["client"] * 10 + factors["profile"]
    eq = equations(collapse(y, factors), EVERY)
    assert not eq.coarse.name
    theta = np.full((1, len(eq.terms)), 0.7)
    stacked = batch.stack(eq)
    found = batch.effects(stacked, batch.solve(stacked, theta), eq.fine.name)
    one = mixed.solve(eq, theta[0])
    assert found.value[0] == pytest.approx(0.7 * mixed.spherical(eq, one)[eq.fine.name], abs=1e-8)


def test_a_term_that_was_dropped_has_no_effects() -> None:
    stacked = batch.stack(equations(firms.cells(1), ("person", "client")))
    solved = batch.solve(stacked, np.full((1, 2), 0.5))
    with pytest.raises(KeyError):
        batch.effects(stacked, solved, "mission")
