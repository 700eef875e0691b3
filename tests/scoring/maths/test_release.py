"""The estimate of a period against dense formulas, and its exact linear form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import figures, release, reml, terms
from scoring.maths.cells import collapse
from tests.scoring.maths import firms

SPREAD = release.Variances(person=100.0, client=36.0, profile=16.0, mission=25.0, within=144.0)


def means(seed: int, people: int = 15) -> release.Means:
    y, factors = firms.answers(seed, people=people, rounds=4)
    keys = {k: factors[k] for k in ("person", "client", "profile")}
    cells = collapse(y, keys)
    f = cells.factors
    return release.Means(f["person"], f["client"], f["profile"], cells.total / cells.n, cells.n)


def priors(seed: int) -> release.Priors:
    rng = np.random.default_rng(seed)
    people = np.arange(100, 110)  # the others are new
    return release.Priors(people, rng.normal(0, 8, 10), rng.uniform(0, 40, 10))


def dense(m: release.Means, spread: release.Variances, prior: release.Priors):
    """Covariance of (client, profile) effects and of the means, as full matrices."""
    b, v = prior.of(m.person, spread.person)
    same = m.person[:, None] == m.person[None]
    noise = np.maximum(spread.mission + spread.within / m.n, release.LEAST_NOISE)
    omega = same * v + np.diag(noise)
    clients, profiles = np.unique(m.client), np.unique(m.profile)
    z = np.hstack([m.client[:, None] == clients, m.profile[:, None] == profiles]) * 1.0
    g = np.repeat([spread.client, spread.profile], [len(clients), len(profiles)])
    total = omega + (z * g) @ z.T
    return m.mean - b, z, g, np.linalg.inv(total)


def dense_estimates(m, spread, prior, weights):
    """Best linear unbiased prediction of µ + weights · effects, with its prediction sd."""
    y, z, g, inverse = dense(m, spread, prior)
    one = np.ones(len(y))
    information = one @ inverse @ one
    mu = one @ inverse @ y / information
    c = (weights * g) @ z.T @ inverse
    value = mu + c @ (y - mu)
    gap = 1 - c @ one
    variance = ((weights * g) * weights).sum(1) - np.einsum("ij,ij->i", c @ z * g, weights)
    return value, np.sqrt(variance + gap**2 / information)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "spread",
    [
        SPREAD,
        release.Variances(100.0, 0.0, 16.0, 25.0, 144.0),
        release.Variances(0.0, 36.0, 0.0, 0.0, 144.0),
        release.Variances(50.0, 36.0, 4.0, 25.0, 0.0),
    ],
)
def test_agrees_with_dense_formulas(seed: int, spread: release.Variances) -> None:
    m, prior = means(seed), priors(seed)
    made = release.model(m, spread, prior)
    clients, profiles = np.unique(m.client), np.unique(m.profile)
    pairs = np.unique(np.column_stack([m.person, m.client]), axis=0)
    targets = [release.client_target(c) for c in clients]
    targets += [release.profile_target(p) for p in profiles]
    targets += [release.pairs_target(pairs[:, 1])]
    weights = np.eye(len(clients) + len(profiles))
    shares = (pairs[:, 1][:, None] == clients).mean(axis=0)
    weights = np.vstack([weights, np.append(shares, np.zeros(len(profiles)))])

    value, sd = release.estimates(made, targets)
    expected, expected_sd = dense_estimates(m, spread, prior, weights)
    assert value == pytest.approx(expected, abs=1e-7)
    assert sd == pytest.approx(expected_sd, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_estimate_is_its_linear_form(seed: int) -> None:
    m = means(seed)
    made = release.model(m, SPREAD, priors(seed))
    targets = [release.client_target(c) for c in np.unique(m.client)]
    targets += [release.profile_target(p) for p in np.unique(m.profile)]
    targets += [release.pairs_target(m.client)]
    value, _ = release.estimates(made, targets)
    constant, coef = release.coefficients(made, targets)
    assert coef.shape == (len(targets), len(m.mean))
    assert constant + coef @ m.mean == pytest.approx(value, abs=1e-9)
    # A point more for everybody is a point more in every figure.
    assert coef.sum(axis=1) == pytest.approx(np.ones(len(targets)), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(
    high=st.floats(0, 100),
    low=st.floats(0, 100),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    client=st.floats(0.1, 200),
)
def test_a_client_is_drawn_towards_the_firm(high, low, sizes, client) -> None:
    people = np.arange(sum(sizes))
    code = np.repeat([1, 2], sizes)
    y = np.where(code == 1, high, low)
    m = release.Means(people, code, np.zeros_like(code), y, np.ones(len(code)))
    spread = release.Variances(50.0, client, 0.0, 0.0, 100.0)
    made = release.model(m, spread)
    value, sd = release.estimates(made, [release.client_target(1), release.client_target(2)])
    # Between the other client's mean and one's own; nobody overtakes.
    for estimate in value:
        assert min(low, high) - 1e-6 <= estimate <= max(low, high) + 1e-6
    assert (value[0] - value[1]) * (high - low) >= -1e-6
    assert abs(value[0] - value[1]) <= abs(high - low) + 1e-6
    assert (sd > 0).all()


def test_a_known_low_rater_does_not_pull_their_client_down() -> None:
    person = np.arange(10)
    client = np.repeat([1, 2], 5)
    y = np.where(client == 1, 40.0, 60.0)
    m = release.Means(person, client, np.zeros(10, np.int64), y, np.full(10, 3.0))
    known = release.Priors(person, np.where(client == 1, -20.0, 0.0), np.full(10, 4.0))
    targets = [release.client_target(1), release.client_target(2)]
    naive, wide = release.estimates(release.model(m, SPREAD), targets)
    fair, narrow = release.estimates(release.model(m, SPREAD, known), targets)
    assert naive[0] < naive[1] - 5
    assert fair[0] == pytest.approx(fair[1], abs=1e-6)
    assert (narrow < wide).all()


def test_one_answer_has_an_estimate() -> None:
    one = np.array([1])
    m = release.Means(one, one, one, np.array([30.0]), np.ones(1))
    value, sd = release.estimates(release.model(m, SPREAD), [release.client_target(1)])
    assert value == pytest.approx([30])
    assert sd**2 == pytest.approx([100 + 16 + 25 + 144])


def test_nothing_to_estimate() -> None:
    none = np.zeros(0, np.int64)
    with pytest.raises(ValueError, match="no estimate"):
        release.model(release.Means(none, none, none, np.zeros(0), np.zeros(0)), SPREAD)
    made = release.model(means(0), SPREAD)
    with pytest.raises(KeyError):
        release.estimates(made, [release.client_target(999)])


def test_a_score_that_never_varies_is_that_score() -> None:
    m = means(0)
    flat = release.Means(m.person, m.client, m.profile, np.full(len(m.n), 75.0), m.n)
    made = release.model(flat, release.Variances(0, 0, 0, 0, 0))
    value, sd = release.estimates(made, [release.client_target(m.client[0])])
    assert value == pytest.approx([75])
    assert sd[0] < 0.01


# --- What history gives --------------------------------------------------------------------------


def test_baselines_are_the_posteriors_of_the_persons() -> None:
    fit = reml.estimate(firms.cells(1, people=30))
    known = release.baselines(fit)
    effects = fit.effects["person"]
    assert known.person.tolist() == effects.levels.tolist()
    assert known.mean == pytest.approx(effects.value)
    assert known.variance == pytest.approx(effects.sd**2)
    mean, variance = known.of(np.array([effects.levels[3], 99_999, -1]), 100.0)
    assert mean.tolist() == [effects.value[3], 0, 0]
    assert variance.tolist() == [pytest.approx(effects.sd[3] ** 2), 100, 100]


def test_without_history_nobody_is_known() -> None:
    once = reml.estimate(collapse([10.0, 20.0, 40.0], {"person": [1, 2, 3]}), ("person",))
    for history in (None, once):
        assert release.baselines(history) is release.NO_PRIORS
        mean, variance = release.baselines(history).of(np.array([1, 2]), 81.0)
        assert mean.tolist() == [0, 0]
        assert variance.tolist() == [81, 81]


def test_variances_come_from_history_then_from_the_period() -> None:
    history = reml.estimate(firms.cells(1, people=40))
    own = reml.estimate(firms.cells(2, people=40))
    got = release.variances(history, own)
    assert (got.person, got.client) == (history.variance["person"], history.variance["client"])
    assert (got.mission, got.within) == (history.variance["mission"], history.residual)
    assert release.variances(None, own) == release.variances(own)


def test_a_term_that_history_lacks_comes_from_the_period() -> None:
    one_client = reml.estimate(firms.cells(1, people=40, clients=1))
    assert one_client.dropped["client"] == terms.ONE_LEVEL
    own = reml.estimate(firms.cells(2, people=40))
    assert release.variances(one_client, own).client == own.variance["client"]
    assert release.variances(one_client).client == 0


def test_a_mission_that_cannot_be_told_from_the_residual_widens() -> None:
    once = reml.estimate(
        collapse([10.0, 20.0, 40.0, 90.0], {"person": range(4), "client": [1, 1, 2, 2]}),
        ("person", "client", "mission"),
    )
    got = release.variances(once)
    assert got.within == 0
    assert got.mission == once.residual > 0


def test_a_mission_carried_by_the_person_adds_nothing() -> None:
    y = [10.0, 20.0, 40.0, 90.0, 30.0, 20.0]
    factors = {"person": [1, 1, 2, 2, 3, 3], "client": [1, 1, 2, 2, 2, 2]}
    fit = reml.estimate(collapse(y, factors), ("person", "client", "mission"))
    assert fit.dropped["mission"] == "same grouping as person"
    got = release.variances(fit)
    assert (got.mission, got.within) == (0, fit.residual)


def test_nothing_known_at_all() -> None:
    nothing = release.Variances(0, 0, 0, 0, 0)
    flat = reml.estimate(collapse([50.0] * 4, {"person": [1, 1, 2, 2]}), ("person",))
    lone = reml.estimate(collapse([50.0], {"person": [1]}), ("person",))
    for fit in (None, flat, lone):
        assert release.variances(fit, fit) == nothing
    own = reml.estimate(firms.cells(2, people=40))
    assert release.variances(flat, own) == release.variances(own)


@given(st.floats(0, 100), st.floats(0, 80))
def test_an_interval_stays_on_the_scale(value: float, sd: float) -> None:
    low, high = release.interval(value, sd)
    assert 0 <= low <= value <= high <= 100


def test_the_example_of_the_documentation() -> None:
    """Figures of docs/scoring.md, §3 and §4."""
    client = np.repeat([1, 2], 5)
    y = np.array([30.0, 35.0, 40.0, 45.0, 50.0, 50.0, 55.0, 60.0, 65.0, 70.0])
    m = release.Means(np.arange(10), client, np.zeros(10, np.int64), y, np.ones(10))
    made = release.model(m, release.Variances(100.0, 40.0, 0.0, 25.0, 75.0))
    targets = [release.client_target(1), release.client_target(2), release.pairs_target(client)]
    value, sd = release.estimates(made, targets)
    assert value == pytest.approx([45, 55, 50])
    assert sd**2 == pytest.approx([30, 30, 20])
    assert release.coefficients(made, targets)[1][0] == pytest.approx(np.repeat([0.15, 0.05], 5))
    low, high = release.interval(value[0], sd[0])
    assert (round(low, 1), round(high, 1)) == (36.0, 54.0)
    acme = figures.figure(value[0], low, high, 5)
    firm = figures.figure(value[2], *release.interval(value[2], sd[2]), 10)
    assert acme == figures.Figure(45, 35, 55, 5, "5-7")
    assert (acme.beside(firm), acme.reliability) == ("in_line", "solid")
