"""The estimate of one period: what is known of the people before, and their answers of now.

The period's answers are first averaged per (person, client, profile); the mean ȳ_c of n_c answers
obeys

    ȳ_c = µ + person_i + client_j + profile_p + e_c,   Var(e_c) = σ²_mission + σ²_within / n_c,

with person_i ~ N(b_i, v_i) from all earlier periods (N(0, σ²_person) for a new person), clients
and profiles N(0, σ²) and µ flat. The variances come from the earlier periods too. A client's
figure is µ + client_j, a profile's µ + profile_p; a pool's, a unit's and the firm's the mean of
µ + client_j over their (person, client) pairs, each counting once.

Every figure is linear in the means: constant + Σ coef_c ȳ_c, exactly, which is what the audit of a
release needs. Sizes: C means, P people, J clients, K profiles; one Cholesky of J + K + 1, memory
O(C) + O((J + K)²); coefficients are made only for the targets asked.

A worked example: one client, two new people, no mission variance. The firm and the client are the
plain mean, 60, known to ±√((100 + 100)/2) on top of the client's own spread.

>>> means = Means(*map(np.array, ([1, 2], [7, 7], [0, 0], [50.0, 70.0], [1.0, 1.0])))
>>> spread = Variances(person=100.0, client=0.0, profile=0.0, mission=0.0, within=100.0)
>>> made = model(means, spread)
>>> value, sd = estimates(made, [client_target(7)])
>>> round(float(value[0]), 6), round(float(sd[0]), 6)
(60.0, 10.0)
>>> constant, coef = coefficients(made, [client_target(7)])
>>> bool(abs(constant[0]) < 1e-12), [round(float(c), 6) for c in coef[0]]
(True, [0.5, 0.5])

Source: Henderson, *Biometrics* 31, 1975; Robinson, *Statistical Science* 6(1), 1991.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, sparse

from scoring.maths.cells import Floats, Ints
from scoring.maths.reml import Fit
from scoring.maths.terms import SAME_AS

if TYPE_CHECKING:
    Rows = sparse.csr_array[np.float64, tuple[int, int]]

Z90 = 1.6449
# Squared points: keeps the equations solvable when the variances say that nothing ever varies.
LEAST_NOISE = 1e-6
NOTHING = "a period without answers has no estimate"


@dataclass(frozen=True)
class Means:
    """The period's means, one entry per (person, client, profile), each occurring once.

    Codes are integers of any value; ``mean`` in points, ``n`` the number of answers, at least 1.
    """

    person: Ints
    client: Ints
    profile: Ints
    mean: Floats
    n: Floats


@dataclass(frozen=True)
class Variances:
    """Variance parameters, in squared points."""

    person: float
    client: float
    profile: float
    mission: float
    within: float


@dataclass(frozen=True)
class Priors:
    """What earlier periods say of each person: sorted codes, mean and variance of the effect."""

    person: Ints
    mean: Floats
    variance: Floats

    def of(self, people: Ints, variance: float) -> tuple[Floats, Floats]:
        """Mean and variance for the asked codes; N(0, ``variance``) for those unknown here."""
        mean, spread = np.zeros(len(people)), np.full(len(people), variance)
        if len(self.person):
            place = np.minimum(np.searchsorted(self.person, people), len(self.person) - 1)
            known = self.person[place] == people
            mean[known] = self.mean[place[known]]
            spread[known] = self.variance[place[known]]
        return mean, spread


NO_PRIORS = Priors(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Target:
    """A figure: µ + Σ weight · client_j + Σ weight · profile_p."""

    clients: tuple[tuple[int, float], ...] = ()
    profiles: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Model:
    """The solved equations of a period. Columns: J clients, K profiles, µ, scaled by their sd."""

    clients: Ints
    profiles: Ints
    scale: Floats
    design: Rows
    weight: Floats
    owner: Rows
    shrink: Floats
    baseline: Floats
    chol: Floats
    effects: Floats


def baselines(history: Fit | None) -> Priors:
    """Each person's prior from the fit of all earlier periods.

    Mean and variance of the person's effect, fixed effects taken as known: an error of the
    history's µ shifts all priors alike and is taken up by the period's own flat µ. No history, or
    one that could not tell people apart: nobody is known, and everybody starts at N(0, σ²_person).
    """
    if history is None or "person" not in history.effects:
        return NO_PRIORS
    known = history.effects["person"]
    return Priors(known.levels, known.value, known.sd**2)


class Components(Protocol):
    """Variance components as a fit gives them, or one set of those it considers."""

    @property
    def variance(self) -> Mapping[str, float]: ...
    @property
    def residual(self) -> float: ...
    @property
    def dropped(self) -> Mapping[str, str]: ...


def variances(history: Components | None, own: Components | None = None) -> Variances:
    """The variance parameters of a release, and what stands in for those history cannot give.

    1. From ``history``, the fit of all earlier periods.
    2. A person, client or profile term that history had to drop: from ``own``, the fit of the
       period's own answers, and 0 if that dropped it too. Without any history (first period), or
       with one in which nothing varied, everything comes from ``own``.
    3. Mission not separable from the residual: the whole residual counts as mission variance,
       which no number of answers reduces: wider intervals, never narrower. Mission the same
       grouping as another term: that term carries it, mission is 0.
    """
    fits = [fit for fit in (history, own) if fit is not None and fit.residual > 0]
    if not fits:
        return Variances(0.0, 0.0, 0.0, 0.0, 0.0)

    def first(name: str) -> float:
        return next((fit.variance[name] for fit in fits if name in fit.variance), 0.0)

    best = fits[0]
    within = best.residual
    mission = best.variance.get("mission", 0.0)
    if "mission" not in best.variance and not best.dropped.get("mission", "").startswith(SAME_AS):
        mission, within = within, 0.0
    return Variances(first("person"), first("client"), first("profile"), mission, within)


def model(means: Means, spread: Variances, priors: Priors = NO_PRIORS) -> Model:
    """Set up and solve the period's equations, persons eliminated.

    ``ValueError`` without a single mean: there is no figure to make then.
    """
    if not len(means.mean):
        raise ValueError(NOTHING)
    people, person = np.unique(means.person, return_inverse=True)
    clients, client = np.unique(means.client, return_inverse=True)
    profiles, profile = np.unique(means.profile, return_inverse=True)
    prior, doubt = priors.of(people.astype(np.int64), spread.person)
    weight = 1.0 / np.maximum(spread.mission + spread.within / means.n, LEAST_NOISE)
    owner = indicators(person, len(people))
    shrink = doubt / (1.0 + doubt * np.bincount(person, weights=weight, minlength=len(people)))
    scale = np.repeat(
        [np.sqrt(spread.client), np.sqrt(spread.profile), 1.0], [len(clients), len(profiles), 1]
    )
    blocks = [indicators(client, len(clients)), indicators(profile, len(profiles))]
    blocks.append(sparse.csr_array(np.ones((len(client), 1))))
    design = sparse.csr_array(sparse.hstack(blocks) @ sparse.diags_array(scale))
    pulled = _precision(design, weight, owner, shrink)
    left = (design.T @ pulled).toarray()
    left[np.arange(len(scale) - 1), np.arange(len(scale) - 1)] += 1.0
    chol = linalg.cholesky(left, lower=True)
    right = np.asarray(pulled.T @ (means.mean - prior[person]))
    effects = linalg.cho_solve((chol, True), right)
    return Model(
        clients, profiles, scale, design, weight, owner, shrink, prior[person], chol, effects
    )


def client_target(code: int) -> Target:
    """µ + client."""
    return Target(clients=((int(code), 1.0),))


def profile_target(code: int) -> Target:
    """µ + profile."""
    return Target(profiles=((int(code), 1.0),))


def pairs_target(clients: ArrayLike) -> Target:
    """Mean of µ + client over (person, client) pairs, given the client of each pair.

    >>> pairs_target([7, 7, 9, 7]).clients
    ((7, 0.75), (9, 0.25))
    """
    codes, counts = np.unique(np.asarray(clients, dtype=np.int64), return_counts=True)
    shares = counts / counts.sum()
    return Target(clients=tuple(zip(codes.tolist(), shares.tolist(), strict=True)))


def estimates(made: Model, targets: Sequence[Target]) -> tuple[Floats, Floats]:
    """Estimate and prediction standard deviation of each target (T), in points, not clipped.

    ``KeyError`` for a client or profile without answers in the period.
    """
    wanted = _columns(made, targets)
    half = linalg.solve_triangular(made.chol, wanted, lower=True)
    return wanted.T @ made.effects, np.sqrt((half**2).sum(axis=0))


def coefficients(made: Model, targets: Sequence[Target]) -> tuple[Floats, Floats]:
    """Exact linear form of each target: constants (T) and coefficients (T, C) on the means.

    Estimate = constant + coef · mean. The T × C table is dense: ask for few targets at a time when
    there are tens of thousands of means.
    """
    solved = linalg.cho_solve((made.chol, True), _columns(made, targets))
    fitted = made.weight[:, None] * (made.design @ solved)
    held = made.owner @ (made.shrink[:, None] * (made.owner.T @ fitted))
    coef = np.asarray(fitted - made.weight[:, None] * held).T
    return -(coef @ made.baseline), np.asarray(coef)


def interval(value: float, sd: float) -> tuple[float, float]:
    """90 % interval on the 0–100 scale.

    >>> interval(50.0, 10.0)
    (33.551, 66.449)
    >>> interval(95.0, 10.0)[1]
    100.0
    """
    low, high = value - Z90 * sd, value + Z90 * sd
    return min(max(low, 0.0), 100.0), min(max(high, 0.0), 100.0)


def indicators(codes: Ints, size: int) -> Rows:
    places = (np.arange(len(codes)), codes)
    return sparse.csr_array((np.ones(len(codes)), places), shape=(len(codes), size))


def _precision(design: Rows, weight: Floats, owner: Rows, shrink: Floats) -> Rows:
    """Precision of the means given the columns, times the design: W X − W Z K Z' W X."""
    fitted = sparse.diags_array(weight) @ design
    held = owner @ (sparse.diags_array(shrink) @ (owner.T @ fitted))
    return sparse.csr_array(fitted - sparse.diags_array(weight) @ held)


def _columns(made: Model, targets: Sequence[Target]) -> Floats:
    """Targets as (J + K + 1, T) weights on the scaled columns."""
    place = {int(code): i for i, code in enumerate(made.clients)}
    shift = len(made.clients)
    other = {int(code): shift + i for i, code in enumerate(made.profiles)}
    wanted = np.zeros((len(made.scale), len(targets)))
    wanted[-1] = 1.0
    for t, target in enumerate(targets):
        for code, share in target.clients:
            wanted[place[code], t] += share
        for code, share in target.profiles:
            wanted[other[code], t] += share
    return wanted * made.scale[:, None]
