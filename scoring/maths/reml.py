"""Crossed random intercepts by restricted maximum likelihood (REML), plug-in.

y = µ + person + client + profile + mission (+ round) + e, all but µ (and further fixed columns)
random with mean zero. The residual variance is profiled out; the other parameters are the ratios
θ of each term's standard deviation to the residual's, found by L-BFGS-B with exact derivatives.

A worked example, small enough for the textbook formula of a balanced one-way layout
(σ²_between = (MSB − MSW)/n): two people, two answers each.

>>> from scoring.maths.cells import collapse
>>> fit = estimate(collapse([40.0, 50.0, 70.0, 80.0], {"person": [1, 1, 2, 2]}), ["person"])
>>> round(fit.residual, 3), round(fit.variance["person"], 3), round(fit.mu, 3)
(50.0, 425.0, 60.0)
>>> [round(float(x), 2) for x in fit.effects["person"].value]
[-14.17, 14.17]

Here MSW = 50, MSB = 900, (900 − 50)/2 = 425, and the effect of person 1 is its mean's distance to
µ, −15, shrunken by 425/(425 + 50/2) = 0.944.

Sources: Patterson & Thompson, *Biometrika* 58, 1971; Bates et al., *JSS* 67(1), 2015, whose
criterion and conditional variances these are (checked against lme4 1.1-31 in the tests).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from scoring.maths import mixed, terms
from scoring.maths.cells import Cells, Floats, Ints, with_mission

TERMS = ("person", "client", "profile", "mission")
START = 0.5
# A ratio this small is tried as 0; one this large means a residual of nothing.
SMALLEST, LARGEST = 1e-4, 1e3


@dataclass(frozen=True)
class Effects:
    """Predicted effects (BLUPs) of one term, one entry per level.

    ``levels`` are the factor's codes, sorted; ``value`` the effect; ``sd`` its conditional
    standard deviation, fixed effects taken as known; ``score`` = µ + effect (other columns at 0);
    ``score_sd`` the prediction standard deviation of that score. Units: those of the answers.
    """

    levels: Ints
    value: Floats
    sd: Floats
    score: Floats
    score_sd: Floats


@dataclass(frozen=True)
class Fit:
    """A fitted model. ``variance`` and ``theta`` name the kept terms, ``dropped`` the others.

    ``fixed`` holds µ first, then the columns of ``names``; ``criterion`` is the REML criterion
    (lme4's ``REMLcrit``). Without answers µ is NaN, with one alone the residual is NaN: unknown,
    which is not zero. A constant score has residual 0 and criterion NaN.
    """

    answers: int
    names: tuple[str, ...]
    fixed: Floats
    fixed_cov: Floats
    variance: Mapping[str, float]
    residual: float
    criterion: float
    theta: Mapping[str, float]
    effects: Mapping[str, Effects]
    dropped: Mapping[str, str] = field(default_factory=dict)
    evaluations: int = 0

    @property
    def mu(self) -> float:
        """The constant."""
        return float(self.fixed[0])

    @property
    def mu_sd(self) -> float:
        """Standard error of the constant."""
        return float(np.sqrt(self.fixed_cov[0, 0]))


def estimate(
    cells: Cells,
    asked: Sequence[str] = TERMS,
    columns: Sequence[str] = (),
    start: Mapping[str, float] | None = None,
) -> Fit:
    """Fit the ``asked`` terms and the fixed ``columns`` to the cells.

    A ``mission`` term without such a factor is made of person × client × profile. ``start`` is the
    ``theta`` of an earlier fit. ``KeyError`` for an unknown name; otherwise nothing fails: a term
    that the data cannot carry is named in ``dropped``.
    """
    if "mission" in asked:
        cells = with_mission(cells)
    if cells.answers == 0:
        return _empty(asked, columns)
    names, dropped = terms.independent(cells, columns)
    fixed = np.column_stack([np.ones(len(cells.n)), *(cells.columns[c] for c in names)])
    flat = mixed.build(cells, [], fixed)
    if flat.answers <= fixed.shape[1] or _is_constant(flat):
        dropped |= dict.fromkeys(asked, terms.CONSTANT)
        return _constant(flat, tuple(names), dropped)
    kept, without = terms.separable(cells, asked, fixed)
    equations = mixed.build(cells, kept, fixed)
    best, evaluations = _minimise(equations, start or {})
    return _report(equations, best, kept, (tuple(names), dropped | without, evaluations))


def _empty(asked: Sequence[str], columns: Sequence[str]) -> Fit:
    nothing = np.full(1, np.nan)
    dropped = dict.fromkeys([*asked, *columns], terms.NO_ANSWERS)
    unknown = float("nan")
    return Fit(0, (), nothing, nothing[:, None], {}, unknown, unknown, {}, {}, dropped)


def _is_constant(flat: mixed.Equations) -> bool:
    rss = mixed.solve(flat, np.zeros(0)).rss
    return rss <= 1e-13 * (float(flat.cross[-1, -1]) + flat.answers * flat.mean**2) or rss < 1e-18


def _constant(flat: mixed.Equations, names: tuple[str, ...], dropped: dict[str, str]) -> Fit:
    """No variance to share out: the fixed effects alone."""
    at = mixed.solve(flat, np.zeros(0)) if flat.answers > flat.fixed else None
    unknown = float("nan")
    if at is None:
        fixed = np.append(flat.mean, np.full(flat.fixed - 1, np.nan))
        cov = np.full((flat.fixed, flat.fixed), np.nan)
        return Fit(flat.answers, names, fixed, cov, {}, unknown, unknown, {}, {}, dropped)
    fixed = at.effects + np.append(flat.mean, np.zeros(flat.fixed - 1))
    cov = np.zeros((flat.fixed, flat.fixed))
    return Fit(flat.answers, names, fixed, cov, {}, 0.0, unknown, {}, {}, dropped)


def _minimise(eq: mixed.Equations, start: Mapping[str, float]) -> tuple[mixed.Solution, int]:
    if not eq.terms:
        return mixed.solve(eq, np.zeros(0)), 1
    first = np.array([max(start.get(name, START), 10 * SMALLEST) for name in eq.terms])
    theta, used = _descend(eq, first)
    at = mixed.solve(eq, theta)
    # θ = 0 is a flat point whatever the data: leave it when the variance wants to grow.
    slope = mixed.gradient(eq, at) / (2 * theta)
    stuck = (theta < 10 * SMALLEST) & (slope < -1e-6)
    if stuck.any():
        theta, more = _descend(eq, np.where(stuck, START, theta))
        at, used = mixed.solve(eq, theta), used + more
    return _to_zero(eq, at), used + 2


def _descend(eq: mixed.Equations, first: Floats) -> tuple[Floats, int]:
    def both(theta: Floats) -> tuple[float, Floats]:
        at = mixed.solve(eq, theta)
        return at.criterion, mixed.gradient(eq, at)

    found = optimize.minimize(
        both,
        np.clip(first, SMALLEST, LARGEST),
        jac=True,
        method="L-BFGS-B",
        bounds=[(SMALLEST, LARGEST)] * len(first),
        options={"ftol": 1e-13, "gtol": 1e-6, "maxiter": 200},
    )
    return np.asarray(found.x, dtype=np.float64), int(found.nfev)


def _to_zero(eq: mixed.Equations, at: mixed.Solution) -> mixed.Solution:
    """Put the ratios that came to rest at the lower bound to 0, if that is no worse."""
    theta = np.array([at.theta[name] for name in eq.terms])
    resting = theta < 10 * SMALLEST
    if not resting.any():
        return at
    bare = mixed.solve(eq, np.where(resting, 0.0, theta))
    return bare if bare.criterion <= at.criterion + 1e-8 else at


def _report(
    eq: mixed.Equations,
    at: mixed.Solution,
    kept: Sequence[terms.Factor],
    context: tuple[tuple[str, ...], dict[str, str], int],
) -> Fit:
    names, dropped, evaluations = context
    fixed = at.effects[eq.random :].copy()
    fixed[0] += eq.mean
    values, spreads = mixed.spherical(eq, at), mixed.variances(eq, at)
    effects = {}
    for factor in kept:
        value = at.theta[factor.name] * values[factor.name]
        alone, score = (np.sqrt(np.maximum(v, 0.0)) for v in spreads[factor.name])
        effects[factor.name] = Effects(factor.levels, value, alone, fixed[0] + value, score)
    return Fit(
        answers=eq.answers,
        names=names,
        fixed=fixed,
        fixed_cov=mixed.fixed_covariance(eq, at),
        variance={name: ratio**2 * at.sigma2 for name, ratio in at.theta.items()},
        residual=at.sigma2,
        criterion=at.criterion,
        theta=at.theta,
        effects=effects,
        dropped=dropped,
        evaluations=evaluations,
    )
