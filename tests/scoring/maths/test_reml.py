"""The fit against lme4's figures, against dense textbook formulas, and against poor data."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from scoring.maths import mixed, reml, terms
from scoring.maths.cells import Cells, collapse, combine, with_mission
from tests.scoring.maths import firms

ALL = ("person", "client", "profile", "round", "mission")


# --- Outside reference ---------------------------------------------------------------------------


def univbct(folder: Path) -> tuple[Cells, list[str]]:
    with (folder / "univbct.csv").open(newline="") as lines:
        rows = [
            r for r in csv.DictReader(lines) if r["job_satisfaction"].strip() not in ("", "NA")
        ]
    units = sorted({row["unit"] for row in rows})
    factors = {
        "person": [int(row["person"]) for row in rows],
        "client": [units.index(row["unit"]) for row in rows],
    }
    columns = {"time": [float(row["time"]) for row in rows]}
    return collapse([float(row["job_satisfaction"]) for row in rows], factors, columns), units


@pytest.mark.parametrize(
    ("name", "asked", "columns"),
    [("C1", ("person",), ()), ("C2", ("person", "client"), ("time",))],
)
def test_agrees_with_lme4(
    reference_data: Path, name: str, asked: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    cells, units = univbct(reference_data)
    expected = json.loads((reference_data / f"univbct_{name}.json").read_text())
    fit = reml.estimate(cells, asked, columns)

    assert fit.answers == expected["nobs"] == 1396
    assert fit.dropped == {}
    groups = {"SUBNUM": "person", "unit": "client"}
    variance = {v["grp"]: v["vcov"] for v in expected["varcomp"]}
    assert fit.residual == pytest.approx(variance.pop("Residual"), rel=1e-3)
    assert {groups[g]: v for g, v in variance.items()} == pytest.approx(fit.variance, rel=1e-3)
    assert fit.criterion <= expected["REMLcrit_or_deviance"] + 1e-4
    assert fit.criterion == pytest.approx(expected["REMLcrit_or_deviance"], abs=1e-4)
    assert fit.fixed == pytest.approx(list(expected["fixef"].values()), rel=1e-4)
    assert fit.fixed_cov == pytest.approx(np.array(expected["fixef_vcov"]), rel=1e-3)
    assert fit.mu_sd == pytest.approx(expected["fixef_se"]["(Intercept)"], rel=1e-3)

    spread = np.sqrt(cells.squares / 1396 - (cells.total.sum() / 1396) ** 2)
    with (reference_data / f"univbct_{name}.blup.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == sum(expected["ngroups"].values())
    for group, term in groups.items():
        for row in (r for r in rows if r["group"] == group):
            code = int(row["level"]) if term == "person" else units.index(row["level"])
            effects = fit.effects[term]
            at = int(np.searchsorted(effects.levels, code))
            assert effects.levels[at] == code
            assert effects.value[at] == pytest.approx(float(row["blup"]), abs=1e-3 * spread)
            assert effects.sd[at] == pytest.approx(float(row["condsd"]), rel=1e-3)


# --- Dense textbook formulas ---------------------------------------------------------------------


class Dense:
    """REML and generalised least squares with full N × N matrices."""

    def __init__(self, y, factors, asked, column=None):
        self.y = y
        self.asked = list(asked)
        self.x = (
            np.ones((len(y), 1)) if column is None else np.column_stack([np.ones(len(y)), column])
        )
        self.z = [
            np.eye(f.max() + 1)[f]
            for f in (np.unique(factors[a], return_inverse=True)[1] for a in asked)
        ]

    def solve(self, theta):
        v = np.eye(len(self.y)) + sum(t * t * z @ z.T for t, z in zip(theta, self.z, strict=True))
        inverse = np.linalg.inv(v)
        xvx = self.x.T @ inverse @ self.x
        beta = np.linalg.solve(xvx, self.x.T @ inverse @ self.y)
        rest = self.y - self.x @ beta
        return v, inverse, xvx, beta, float(rest @ inverse @ rest)

    def criterion(self, theta):
        v, _, xvx, _, rss = self.solve(theta)
        free = len(self.y) - self.x.shape[1]
        logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1]
        return logs + free * (1 + np.log(2 * np.pi * rss / free))

    def effects(self, theta, k):
        """Effect, conditional variance, prediction variance of constant + effect, for term k."""
        _, inverse, xvx, beta, rss = self.solve(theta)
        sigma2 = rss / (len(self.y) - self.x.shape[1])
        g = theta[k] ** 2
        c = g * self.z[k].T @ inverse
        value = c @ (self.y - self.x @ beta)
        known = g * np.eye(len(value)) - c @ self.z[k] * g
        lead = np.zeros((len(value), self.x.shape[1]))
        lead[:, 0] = 1
        gap = lead - c @ self.x
        return (
            value,
            sigma2 * np.diag(known),
            sigma2 * np.diag(known + gap @ np.linalg.inv(xvx) @ gap.T),
        )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "asked", [ALL, ("person", "client"), ("client", "profile"), ("mission", "client")]
)
def test_agrees_with_dense_formulas(seed: int, asked: tuple[str, ...]) -> None:
    y, factors = firms.answers(seed)
    column = factors["round"] * 1.0
    dense = Dense(y, factors, asked, column)
    fit = reml.estimate(collapse(y, factors, {"time": column}), asked, ["time"])
    if "round" not in asked:
        assert fit.dropped == {}
    kept = [a for a in asked if a in fit.theta]
    dense = Dense(y, factors, kept, column)
    theta = np.array([fit.theta[a] for a in kept])
    assert fit.criterion == pytest.approx(dense.criterion(theta), abs=1e-7)
    for k, name in enumerate(kept):
        value, known, score = dense.effects(theta, k)
        effects = fit.effects[name]
        assert effects.value == pytest.approx(value, abs=1e-7)
        assert effects.sd**2 == pytest.approx(known, abs=1e-7)
        assert effects.score == pytest.approx(fit.mu + value, abs=1e-7)
        assert effects.score_sd**2 == pytest.approx(score, abs=1e-7)
    best = min(
        optimize.minimize(
            dense.criterion,
            start,
            method="Nelder-Mead",
            bounds=[(0, 50)] * len(kept),
            options={"xatol": 1e-5, "fatol": 1e-9, "maxfev": 4000},
        ).fun
        for start in (theta, np.full(len(kept), 0.3))
    )
    assert fit.criterion <= best + 1e-4


def test_derivatives_are_those_of_the_criterion() -> None:
    cells = with_mission(firms.cells(5))
    fixed = np.ones((len(cells.n), 1))
    kept, _ = terms.separable(cells, ALL, fixed)
    equations = mixed.build(cells, kept, fixed)
    theta = np.array([0.7, 0.4, 0.3, 0.2, 0.35])
    steps = 1e-5 * np.eye(len(theta))
    numeric = [
        (mixed.solve(equations, theta + s).criterion - mixed.solve(equations, theta - s).criterion)
        / 2e-5
        for s in steps
    ]
    assert mixed.gradient(equations, mixed.solve(equations, theta)) == pytest.approx(
        numeric, rel=1e-5
    )


def test_a_mission_shared_by_people_is_crossed_with_them() -> None:
    y, factors = firms.answers(3)
    factors["mission"] = factors["client"] * 3 + factors["profile"]
    fit = reml.estimate(collapse(y, factors), ("person", "mission"))
    dense = Dense(y, factors, ("person", "mission"))
    theta = np.array([fit.theta["person"], fit.theta["mission"]])
    assert fit.criterion == pytest.approx(dense.criterion(theta), abs=1e-7)
    assert fit.effects["mission"].value == pytest.approx(dense.effects(theta, 1)[0], abs=1e-7)


def test_more_missions_than_people_when_crossed() -> None:
    rng = np.random.default_rng(0)
    factors = {"person": np.repeat(np.arange(3), 10), "mission": np.tile(np.arange(10), 3)}
    y = rng.normal(50, 10, 30) + 8 * rng.normal(size=10)[factors["mission"]]
    fit = reml.estimate(collapse(y, factors), ("person", "mission"))
    theta = np.array([fit.theta["person"], fit.theta["mission"]])
    assert fit.criterion == pytest.approx(
        Dense(y, factors, ("person", "mission")).criterion(theta), abs=1e-7
    )


def test_variance_at_zero_is_found_and_stays_exact() -> None:
    # Clients differ less than chance would have it: their variance is estimated as nothing.
    y = np.tile([40.0, 60.0, 45.0, 55.0], 6)
    factors = {"client": np.repeat(np.arange(6), 4)}
    fit = reml.estimate(collapse(y, factors), ("client",))
    assert fit.variance["client"] == 0
    assert fit.effects["client"].value == pytest.approx(np.zeros(6), abs=0)
    assert fit.effects["client"].score_sd == pytest.approx(np.full(6, fit.mu_sd))


def test_a_warm_start_gives_the_same_fit_sooner() -> None:
    cells = firms.cells(8, people=60, clients=8)
    cold = reml.estimate(cells, ALL)
    warm = reml.estimate(cells, ALL, start=cold.theta)
    assert warm.criterion == pytest.approx(cold.criterion, abs=1e-6)
    assert warm.evaluations < cold.evaluations
    # A start at zero, a flat point, must not hold the fit there.
    stuck = reml.estimate(cells, ALL, start=dict.fromkeys(ALL, 0.0))
    assert stuck.criterion == pytest.approx(cold.criterion, abs=1e-5)


def test_a_search_that_came_to_rest_at_zero_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = firms.cells(8, people=60, clients=8)
    expected = reml.estimate(cells, ALL)
    search, calls = reml._descend, []

    def lazy(equations, first):
        calls.append(first)
        at_rest = np.full(len(first), reml.SMALLEST), 1
        return at_rest if len(calls) == 1 else search(equations, first)

    monkeypatch.setattr(reml, "_descend", lazy)
    assert reml.estimate(cells, ALL).criterion == pytest.approx(expected.criterion, abs=1e-6)
    assert len(calls) == 2


def test_finds_the_variances_of_a_larger_firm() -> None:
    fit = reml.estimate(firms.cells(1, people=1500, clients=150, rounds=8), ALL)
    assert np.sqrt(fit.residual) == pytest.approx(12, abs=0.5)
    for name, near in (("person", 1.0), ("client", 1.5), ("mission", 1.2)):
        assert np.sqrt(fit.variance[name]) == pytest.approx(firms.SPREAD[name], abs=near)


def test_chunks_add_up_to_the_whole() -> None:
    y, factors = firms.answers(2)
    whole = collapse(y, factors)
    parts = [collapse(y[i::3], {k: v[i::3] for k, v in factors.items()}) for i in range(3)]
    one, other = reml.estimate(whole, ALL), reml.estimate(combine(parts), ALL)
    assert other.criterion == pytest.approx(one.criterion, abs=1e-8)
    with pytest.raises(ValueError, match="same factors"):
        combine([whole, collapse([1.0], {"person": [1]})])


# --- Poor data -----------------------------------------------------------------------------------


def fit(y, **factors):
    return reml.estimate(collapse(y, factors), tuple(factors))


def test_no_answer_at_all() -> None:
    made = fit([], person=[], client=[])
    assert made.answers == 0
    assert np.isnan(made.mu)
    assert np.isnan(made.residual)
    assert made.dropped == {"person": terms.NO_ANSWERS, "client": terms.NO_ANSWERS}


def test_one_answer() -> None:
    made = fit([40.0], person=[1], client=[1])
    assert made.mu == 40
    assert np.isnan(made.residual)
    assert set(made.dropped) == {"person", "client"}


def test_a_score_that_does_not_vary() -> None:
    made = fit([75.0] * 6, person=[1, 1, 2, 2, 3, 3], client=[1, 1, 1, 2, 2, 2])
    assert made.mu == pytest.approx(75)
    assert made.residual == 0
    assert made.dropped == {"person": terms.CONSTANT, "client": terms.CONSTANT}


@pytest.mark.parametrize(
    ("factors", "dropped"),
    [
        ({"person": [1, 1, 2, 2, 3, 3], "client": [9] * 6}, {"client": terms.ONE_LEVEL}),
        ({"person": range(6), "client": [1, 1, 1, 2, 2, 2]}, {"person": terms.ONCE}),
        (
            {"person": [1, 1, 2, 2, 3, 3], "mission": [4, 4, 5, 5, 6, 6]},
            {"mission": terms.SAME_AS + "person"},
        ),
        (
            {"person": [1, 1, 2, 2, 3, 3], "client": [7, 7, 8, 8, 9, 9]},
            {"client": terms.SAME_AS + "person"},
        ),
        (
            {"client": [1, 1, 1, 2, 2, 2], "profile": [5, 5, 5, 4, 4, 4]},
            {"profile": terms.SAME_AS + "client"},
        ),
        ({"person": [1, 1, 1, 1, 2, 2], "client": [1, 1, 2, 2, 3, 3]}, {}),
        ({"person": range(6), "mission": range(6)}, {"person": terms.ONCE, "mission": terms.ONCE}),
    ],
)
def test_terms_that_cannot_be_told_apart_are_named(factors, dropped) -> None:
    made = fit([50.0, 70.0, 40.0, 45.0, 90.0, 60.0], **{k: list(v) for k, v in factors.items()})
    assert made.dropped == dropped
    assert set(made.effects) == set(factors) - set(dropped)
    assert np.isfinite(made.criterion)


def test_everybody_constant_but_different() -> None:
    made = fit([20.0, 20.0, 50.0, 50.0, 90.0, 90.0], person=[1, 1, 2, 2, 3, 3])
    assert made.effects["person"].score == pytest.approx([20, 50, 90], abs=1e-3)
    assert made.residual < 1e-3


def test_two_terms_that_explain_everything_between_them() -> None:
    made = fit([0.0, 10.0, 50.0, 60.0], person=[1, 1, 2, 2], client=[1, 2, 1, 2])
    assert made.residual < 1e-2
    assert np.isfinite(made.effects["person"].score).all()


def test_fixed_columns_that_add_nothing_are_named() -> None:
    y, factors = firms.answers(0)
    columns = {
        "one": np.full(len(y), 3.0),
        "time": factors["round"] * 1.0,
        "twice": factors["round"] * 2.0,
    }
    made = reml.estimate(collapse(y, factors, columns), ("person",), ("one", "time", "twice"))
    assert made.names == ("time",)
    assert made.dropped == {"one": terms.COLLINEAR, "twice": terms.COLLINEAR}


@pytest.mark.parametrize("apart", [2e-5, 5e-6, 1e-8])
def test_columns_that_hardly_differ_never_stop_the_fit(apart: float) -> None:
    y, factors = firms.answers(0)
    rng = np.random.default_rng(1)
    time, other = rng.normal(size=len(y)), rng.normal(size=len(y))
    columns = {"time": time, "near": time + apart * other, "level": 1 + apart * other}
    made = reml.estimate(collapse(y, factors, columns), ("person",), ("time", "near", "level"))
    if apart < 1e-5:
        assert made.dropped == {"near": terms.COLLINEAR, "level": terms.COLLINEAR}
        return
    # "level" holds the same as what "near" adds to "time".
    assert made.names == ("time", "near")
    same = reml.estimate(collapse(y, factors, {"a": time, "b": other}), ("person",), ("a", "b"))
    assert made.variance["person"] == pytest.approx(same.variance["person"], rel=1e-3)
    assert made.fixed[2] * apart == pytest.approx(same.fixed[2], rel=1e-2)


def test_more_columns_than_answers() -> None:
    cells = collapse([10.0, 20.0], {"person": [1, 2]}, {"a": [0.0, 1.0]})
    made = reml.estimate(cells, ("person",), ("a",))
    assert np.isnan(made.residual)
    assert made.dropped == {"person": terms.CONSTANT}


def test_a_line_through_every_answer() -> None:
    cells = collapse([10.0, 20.0, 30.0], {"person": [1, 2, 2]}, {"a": [0.0, 1.0, 2.0]})
    made = reml.estimate(cells, ("person",), ("a",))
    assert made.fixed == pytest.approx([10, 10])
    assert made.residual == 0


def test_a_term_carried_by_the_fixed_columns() -> None:
    y = [50.0, 70.0, 40.0, 45.0, 90.0, 60.0]
    cells = collapse(
        y, {"person": [1, 1, 2, 2, 3, 3], "round": [0, 1] * 3}, {"time": [0.0, 1.0] * 3}
    )
    made = reml.estimate(cells, ("person", "round"), ("time",))
    assert made.dropped == {"round": terms.FIXED}


def test_a_factor_of_any_name_is_fitted() -> None:
    made = fit(
        [50.0, 70.0, 40.0, 45.0, 90.0, 60.0], person=[1, 1, 2, 2, 3, 3], site=[1, 2, 1, 2, 1, 2]
    )
    assert set(made.variance) == {"person", "site"}


def test_a_mission_is_the_person_on_it() -> None:
    with_own = with_mission(collapse([1.0, 2.0, 3.0], {"person": [1, 1, 2], "client": [5, 6, 6]}))
    assert len(set(with_own.factors["mission"].tolist())) == 3
    assert with_mission(with_own) is with_own


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_missing_answer_is_no_answer(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        collapse([value], {"person": [1]})
