"""Variances integrated out: against a plain grid, and against the truth of simulated firms."""

import numpy as np
import pytest

from bench import simulated
from scoring.maths import batch, posterior, release, reml
from scoring.maths.cells import collapse
from tests.scoring.maths import firms

TERMS = (*reml.TERMS, "round")
SCORES = np.array([40.0, 50.0, 55.0, 70.0, 80.0, 66.0, 45.0, 30.0, 62.0, 71.0])
PEOPLE = np.array([1, 1, 1, 2, 2, 3, 3, 3, 4, 4])


def by_grid(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the people's effects over a fine grid of both standard deviations.

    Dense textbook formulas, written apart from the product's.
    """
    z = (PEOPLE[:, None] == np.unique(PEOPLE)) * 1.0
    one = np.ones(len(SCORES))
    total, value, square = 0.0, np.zeros(4), np.zeros(4)
    for sd in np.linspace(0.15, 90, 300):
        for rest in np.linspace(2.0, 60, 240):
            inverse = np.linalg.inv(sd**2 * z @ z.T + rest**2 * np.eye(len(SCORES)))
            information = one @ inverse @ one
            off = SCORES - one @ inverse @ SCORES / information
            log = 0.5 * (np.linalg.slogdet(inverse)[1] - np.log(information) - off @ inverse @ off)
            prior = ((1 + (sd / scale) ** 2 / 3) * (1 + (rest / scale) ** 2 / 3)) ** -2
            weight = np.exp(log) * prior
            effect = sd**2 * z.T @ inverse @ off
            known = sd**2 * (np.eye(4) - sd**2 * z.T @ inverse @ z)
            total += weight
            value += weight * effect
            square += weight * (np.diag(known) + effect**2)
    return value / total, square / total - (value / total) ** 2


def test_agrees_with_a_grid() -> None:
    value, variance = by_grid(10.0)
    fit = posterior.integrate(collapse(SCORES, {"person": PEOPLE}), ("person",), scale=10.0)
    found = fit.effects["person"]
    assert found.value == pytest.approx(value, abs=0.25)
    assert found.sd == pytest.approx(np.sqrt(variance), rel=0.03)


def test_simulated_firms_cover_the_truth() -> None:
    """The bars over a hundred firms and more are in ``./run bench --only estimator``."""
    errors, covered, plugged = [], [], []
    for seed in range(20):
        made = simulated.firm(seed)
        cells = made.cells(np.ones(len(made.score), dtype=bool))
        truth = made.truth[np.unique(made.client)]
        for method, kept in (("integrated", covered), ("reml", plugged)):
            found = posterior.fit(cells, TERMS, method=method)[0].effects["client"]
            kept.extend(np.abs(found.score - truth) <= release.Z90 * found.score_sd)
            errors += (found.score - truth).tolist() if method == "integrated" else []
    assert np.sqrt(np.mean(np.square(errors))) <= 5.2
    assert 0.86 <= np.mean(covered) <= 0.95
    assert np.mean(plugged) < np.mean(covered)


def test_the_scale_of_the_answers_does_not_matter() -> None:
    y, factors = firms.answers(4, people=20)
    keys = {name: factors[name] for name in ("person", "client", "profile")}
    plain = posterior.integrate(collapse(y, keys))
    other = posterior.integrate(collapse(3.0 + y / 25.0, keys))
    assert other.mu == pytest.approx(3.0 + plain.mu / 25.0, abs=1e-3)
    for name, found in plain.effects.items():
        assert other.effects[name].score_sd == pytest.approx(found.score_sd / 25.0, rel=1e-2)


def test_a_seed_gives_the_same_again_and_another_nearly_the_same() -> None:
    cells = firms.cells(8, people=20)
    first, again, other = (posterior.integrate(cells, seed=seed) for seed in (1, 1, 2))
    assert again.effects["client"].score.tolist() == first.effects["client"].score.tolist()
    assert other.effects["client"].score != pytest.approx(first.effects["client"].score, abs=1e-9)
    assert other.effects["client"].score == pytest.approx(first.effects["client"].score, abs=0.7)


def test_variances_are_the_nodes_means_and_the_criterion_is_remls() -> None:
    cells = firms.cells(8, people=20)
    found = posterior.explore(cells)
    fit, plain = posterior.mixture(found), reml.estimate(cells)
    names = [factor.name for factor in found.kept]
    means = found.weight @ (found.theta**2 * found.sigma2[:, None])
    assert fit.variance == pytest.approx(dict(zip(names, means.tolist(), strict=True)))
    assert (fit.criterion, fit.theta) == (plain.criterion, plain.theta)
    assert found.weight.sum() == pytest.approx(1.0)
    assert 0.1 < found.share <= 1.0


@pytest.mark.parametrize(
    ("scores", "people"),
    [([], []), ([50.0], [1]), ([50.0] * 4, [1, 1, 2, 2]), ([1.0, 2.0], [1, 1])],
)
def test_degenerate_answers_are_left_to_the_plain_fit(scores: list, people: list) -> None:
    cells = collapse(scores, {"person": people})
    found = posterior.explore(cells, ("person",))
    assert (len(found.weight), list(found.solved())) == (0, [])
    fit, plain = posterior.mixture(found), reml.estimate(cells, ("person",))
    assert fit.dropped == plain.dropped
    assert fit.effects == {}


def test_the_method_follows_the_number_of_clients_and_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for clients, method in ((49, "integrated"), (50, "reml")):
        cells = collapse(np.ones(clients), {"person": range(clients), "client": range(clients)})
        assert posterior.chosen(cells) == method
    few = firms.cells(1)
    assert posterior.chosen(collapse([1.0, 2.0], {"person": [1, 2]})) == "integrated"
    assert posterior.fit(few)[1] == "integrated"
    monkeypatch.setattr(posterior, "ENOUGH_CELLS", len(few.n))
    assert posterior.fit(few)[1] == "reml"
    assert posterior.fit(few, method="integrated")[1] == "integrated"
    with pytest.raises(ValueError, match="bayes"):
        posterior.fit(few, method="bayes")


def test_thinning_keeps_the_picture() -> None:
    found = posterior.explore(firms.cells(8, people=30), TERMS, scale=10.0)
    thin = found.thinned(40)
    assert len(thin.weight) <= 40
    assert thin.weight.sum() == pytest.approx(1.0)
    whole, less = posterior.mixture(found), posterior.mixture(thin)
    for name, effects in whole.effects.items():
        assert less.effects[name].score == pytest.approx(effects.score, abs=1.0)
        assert less.effects[name].score_sd == pytest.approx(effects.score_sd, rel=0.15)
    assert found.thinned(10_000) is found


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = firms.cells(8)
    whole = posterior.integrate(cells)
    monkeypatch.setattr(batch, "ROOM", 1)
    apart = posterior.integrate(cells)
    for name, effects in whole.effects.items():
        assert apart.effects[name].score == pytest.approx(effects.score, abs=1e-8)
        assert apart.effects[name].sd == pytest.approx(effects.sd, abs=1e-8)


def test_spare_passes_go_on_where_too_few_points_count(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = firms.cells(8, people=20)
    usual = posterior.explore(cells)
    monkeypatch.setattr(posterior, "ENOUGH", 2.0)
    longer = posterior.explore(cells)
    assert longer.theta.shape != usual.theta.shape or (longer.theta != usual.theta).any()
    score = posterior.mixture(usual).effects["client"].score
    assert posterior.mixture(longer).effects["client"].score == pytest.approx(score, abs=0.7)


def test_a_fixed_column_stays_in_the_mixture() -> None:
    y, factors = firms.answers(4, people=20)
    slope = factors["round"] * 1.0
    cells = collapse(y + 3.0 * slope, {"person": factors["person"]}, {"time": slope})
    fit = posterior.integrate(cells, ("person",), ("time",))
    assert fit.names == ("time",)
    assert fit.fixed_cov.shape == (2, 2)
    assert abs(fit.fixed[1] - 3.0) < 3 * np.sqrt(fit.fixed_cov[1, 1])
