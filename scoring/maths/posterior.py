"""Crossed random intercepts with the variance parameters integrated out, for small firms.

At 40 people the variances are themselves poorly known. Taking the best ones for the truth
(plug-in) makes intervals too narrow and, where the best client variance is 0, every client equal.
So every set of variances is considered, weighted by how well it explains the answers:

    p(φ | y) ∝ L_REML(y | φ) · Π half-t₃(sd_k; scale),   φ = (sd_1, …, sd_K, σ),

with θ_k = sd_k/σ as in ``mixed``, µ and the fixed columns flat, each standard deviation (the
residual's too) with a half-t prior of 3 degrees of freedom. Given θ, −2 log L in σ² is known in
closed form from one solution: criterion(θ) + f (log(σ²/s²) + s²/σ² − 1), s² the profiled variance
and f the degrees of freedom.

The integral is a weighted sum over *nodes*: quasi-random points of a t distribution, each weighted
by density over proposal (importance sampling), in x_k with θ_k = softplus(x_k), since what is left
of a variance near 0 is then no cliff but a slope. The first t lies around the REML optimum, shaped
by the curvature there; the next ones take the mean and covariance that the weights of the one
before give. ``Posterior.share`` says which share of the nodes counts in the end.

What is returned is a mixture: the mean over nodes of each effect, and its variance within and
between nodes. The worked example of ``reml``, two people with two answers each:

>>> from scoring.maths.cells import collapse
>>> cells = collapse([40.0, 50.0, 70.0, 80.0], {"person": [1, 1, 2, 2]})
>>> person = integrate(cells, ["person"], scale=10.0).effects["person"]
>>> [round(float(x)) for x in person.value], round(float(person.sd[0]))
([-10, 10], 8)

Plug-in believes 94 % of person 1's distance of −15; with four answers that is too sure of itself.

Sources: Gelman, *Bayesian Analysis* 1(3), 2006 (half-t priors); Oh & Berger, *Journal of
Statistical Computation and Simulation* 41, 1992 (adaptive importance sampling); Kenward & Roger,
*Biometrics* 53, 1997 (why plug-in is too narrow).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, special

from scoring.maths import batch, mixed, reml, terms
from scoring.maths.cells import Cells, Floats, with_mission

# Points on the 0–100 scale.
PRIOR_SCALE = 10.0
DEGREES = 3.0
# With so many clients the variances are known well enough: coverage .88 against .90.
ENOUGH_CLIENTS = 50
# With so many cells shrinking hardly matters any more, however few the clients.
ENOUGH_CELLS = 20_000
# Points of each pass; the last one's are the nodes. The spare passes are for a posterior so narrow
# that the first ones hardly meet it: they are left out once this share of the points counts.
PASSES, SPARE_PASSES, ENOUGH = (64, 128, 192, 192, 192), 2, 0.2
# Nodes that weigh less than this share of an average node are left out.
LIGHT = 0.05
PROPOSAL_DEGREES = 5.0
# θ = BEND · log(1 + exp(x / BEND)).
BEND, SMALL = 0.15, 0.1
# Step of the second differences, and the widest first proposal, in x.
STEP, WIDEST = 0.05, 0.3
# Somewhat wider than the moments say: a tail that is missed is worse than a point that is wasted.
WIDER, LEAST = 1.1, 1e-5
INTEGRATED, REML, AUTO = "integrated", "reml", "auto"


@dataclass(frozen=True)
class Posterior:
    """The nodes of a data set: ``weight`` (S, sums to 1), ``theta`` (S, terms), ``sigma2`` (S).

    ``share``: effective number of nodes over their number (0 to 1). ``fit`` is the plug-in fit;
    without a term to integrate over there is no node, and it stands alone.
    """

    fit: reml.Fit
    stacked: batch.Stacked | None
    kept: tuple[terms.Factor, ...]
    weight: Floats
    theta: Floats
    sigma2: Floats
    share: float = 1.0

    def thinned(self, count: int) -> Posterior:
        """About so many nodes of about equal weight, spread evenly over all (systematic draw)."""
        if len(self.weight) <= count:
            return self
        # Neighbours in the first ratio are neighbours here, so that every stretch is drawn from.
        order = np.lexsort(self.theta.T)
        ends = np.cumsum(self.weight[order])
        drawn = np.searchsorted(ends / ends[-1], (np.arange(count) + 0.5) / count)
        place, times = np.unique(drawn, return_counts=True)
        chosen = order[place]
        weight = times / count
        return replace(self, weight=weight, theta=self.theta[chosen], sigma2=self.sigma2[chosen])

    def solved(self) -> Iterator[tuple[slice, batch.Solutions]]:
        """The equations solved at the nodes, chunk by chunk, with the nodes' own σ²."""
        if self.stacked is None:
            return
        for start in range(0, len(self.weight), self.stacked.chunk):
            part = slice(start, start + self.stacked.chunk)
            at = batch.solve(self.stacked, self.theta[part])
            yield part, replace(at, sigma2=self.sigma2[part])


def fit(
    cells: Cells,
    asked: Sequence[str] = reml.TERMS,
    columns: Sequence[str] = (),
    method: str = AUTO,
    start: Mapping[str, float] | None = None,
    seed: int = 0,
) -> tuple[reml.Fit, str]:
    """Fit by ``method`` (``auto``, ``reml`` or ``integrated``) and say which one was used.

    ``auto`` integrates in small firms (``chosen``). ``ValueError`` for another method.
    """
    if method not in (AUTO, REML, INTEGRATED):
        raise ValueError(f"no such method: {method}")
    if method == AUTO:
        method = chosen(cells)
    if method == REML:
        return reml.estimate(cells, asked, columns, start), REML
    return integrate(cells, asked, columns, start, seed), INTEGRATED


def chosen(cells: Cells) -> str:
    """``integrated`` below 50 clients and 20,000 cells, ``reml`` from there on.

    >>> from scoring.maths.cells import collapse
    >>> chosen(collapse([50.0, 75.0], {"person": [1, 2], "client": [7, 8]}))
    'integrated'
    """
    clients = cells.factors.get("client")
    many = clients is not None and len(np.unique(clients)) >= ENOUGH_CLIENTS
    return REML if many or len(cells.n) >= ENOUGH_CELLS else INTEGRATED


def integrate(
    cells: Cells,
    asked: Sequence[str] = reml.TERMS,
    columns: Sequence[str] = (),
    start: Mapping[str, float] | None = None,
    seed: int = 0,
    scale: float | None = None,
) -> reml.Fit:
    """The fit with its variance parameters integrated out.

    ``variance``, ``residual`` and ``fixed`` are posterior means, ``effects`` mixtures over the
    nodes; ``criterion`` and ``theta`` are those of the REML optimum. ``scale`` of the half-t
    priors is in the answers' units; by default half their standard deviation, so that answers on
    any scale give the same picture. ``seed`` shifts the quasi-random points.
    """
    return mixture(explore(cells, asked, columns, start, seed, scale))


def explore(
    cells: Cells,
    asked: Sequence[str] = reml.TERMS,
    columns: Sequence[str] = (),
    start: Mapping[str, float] | None = None,
    seed: int = 0,
    scale: float | None = None,
) -> Posterior:
    """Find the nodes. Degenerate data (no answers, a constant score, no term) have none."""
    plug_in = reml.estimate(cells, asked, columns, start)
    if not plug_in.theta:
        return alone(plug_in)
    if "mission" in asked:
        cells = with_mission(cells)
    fixed = np.column_stack([np.ones(len(cells.n)), *(cells.columns[c] for c in plug_in.names)])
    kept, _ = terms.separable(cells, asked, fixed)
    equations = mixed.build(cells, kept, fixed)
    usual = 0.5 * float(np.sqrt(equations.cross[-1, -1] / equations.answers))
    density = _Density(batch.stack(equations), scale or usual)
    first = np.array([plug_in.theta[name] for name in equations.terms])
    return Posterior(plug_in, density.stacked, tuple(kept), *_sample(density, first, seed))


def alone(plug_in: reml.Fit) -> Posterior:
    """A plug-in fit without nodes: its variances are taken as known."""
    none = np.zeros(0)
    return Posterior(plug_in, None, (), none, none[:, None], none)


def mixture(found: Posterior) -> reml.Fit:
    """One fit of all nodes: means over the nodes, variances within plus between them."""
    if found.stacked is None:
        return found.fit
    eq = found.stacked.eq
    fixed, fixed_cov = [], []
    parts: dict[str, list[tuple[Floats, ...]]] = {name: [] for name in eq.terms}
    for _, at in found.solved():
        known, cov = batch.constants(found.stacked, at)
        fixed.append(known)
        fixed_cov.append(cov * at.sigma2[:, None, None])
        for name, some in parts.items():
            one = batch.effects(found.stacked, at, name)
            sigma2 = at.sigma2[:, None]
            some.append((one.value, one.alone * sigma2, known[:, :1], one.score * sigma2))
    weight, every = found.weight, np.concatenate(fixed)
    mean = weight @ every
    off = every - mean
    within = np.tensordot(weight, np.concatenate(fixed_cov), axes=1)
    squares = found.theta**2 * found.sigma2[:, None]
    return replace(
        found.fit,
        fixed=mean,
        fixed_cov=within + (off * weight[:, None]).T @ off,
        variance=dict(zip(eq.terms, (weight @ squares).tolist(), strict=True)),
        residual=float(weight @ found.sigma2),
        effects={factor.name: _mixed(factor, parts[factor.name], weight) for factor in found.kept},
    )


def _mixed(
    factor: terms.Factor, parts: Sequence[tuple[Floats, ...]], weight: Floats
) -> reml.Effects:
    value, alone, mu, score = (np.concatenate(part) for part in zip(*parts, strict=True))
    alone, score = np.maximum(alone, 0.0), np.maximum(score, 0.0)
    mean, level = weight @ value, mu + value
    return reml.Effects(
        levels=factor.levels,
        value=mean,
        sd=np.sqrt(weight @ (alone + (value - mean) ** 2)),
        score=weight @ level,
        score_sd=np.sqrt(weight @ (score + (level - weight @ level) ** 2)),
    )


@dataclass(frozen=True)
class _Density:
    """The unnormalised log posterior, over x (one per term) and log σ."""

    stacked: batch.Stacked
    scale: float

    @property
    def free(self) -> int:
        return self.stacked.eq.answers - self.stacked.eq.fixed

    def at(self, place: Floats, shift: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """Log density and σ² at rows of x (S, K), for log σ = log s + ``shift`` (S).

        s² is the profiled variance there.
        """
        theta, chunk = ratios(place), self.stacked.chunk
        found = [
            batch.solve(self.stacked, theta[start : start + chunk])
            for start in range(0, len(theta), chunk)
        ]
        criterion = np.concatenate([at.criterion for at in found])
        sigma = np.sqrt(np.concatenate([at.sigma2 for at in found])) * np.exp(shift)
        lost = self.free * (2 * shift + np.exp(-2.0 * shift) - 1.0)
        sds = np.column_stack([theta, np.ones(len(theta))]) * sigma[:, None]
        prior = -0.5 * (DEGREES + 1) * np.log1p((sds / self.scale) ** 2 / DEGREES)
        # Jacobian of (sd_1 … sd_K, σ) in (x, log σ): σ for each of them, times dθ/dx.
        jacobian = (theta.shape[1] + 1) * np.log(sigma) - np.logaddexp(0, -place / BEND).sum(
            axis=1
        )
        return -0.5 * (criterion + lost) + prior.sum(axis=1) + jacobian, sigma**2


def ratios(place: Floats) -> Floats:
    """θ = softplus(x): θ ≈ x well above 0, and towards 0 as x falls below it."""
    return np.asarray(np.clip(BEND * np.logaddexp(0.0, place / BEND), 1e-8, reml.LARGEST))


def places(theta: Floats) -> Floats:
    """x of a ratio; one that REML puts at 0 starts from a little above."""
    return np.asarray(BEND * np.log(np.expm1(np.clip(theta, SMALL, 50.0) / BEND)))


def _sample(density: _Density, theta: Floats, seed: int) -> tuple[Floats, Floats, Floats, float]:
    """Nodes of the last pass: weights, θ, σ², and the share of its points that counts."""
    centre = places(theta)
    root = np.diag(_widths(density, centre))
    share = 0.0
    for number, count in enumerate(PASSES):
        if number >= len(PASSES) - SPARE_PASSES and share >= ENOUGH:
            break
        points = _points(count, len(centre) + 1, seed + number)
        drawn = special.stdtrit(PROPOSAL_DEGREES, points)
        proposed = -0.5 * (PROPOSAL_DEGREES + 1) * np.log1p(drawn**2 / PROPOSAL_DEGREES)
        place = centre + drawn[:, :-1] @ root.T
        log_density, sigma2 = density.at(place, drawn[:, -1] / np.sqrt(2.0 * density.free))
        log_weight = log_density - proposed.sum(axis=1)
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        centre = weight @ place
        off = place - centre
        spread = WIDER * (off * weight[:, None]).T @ off + LEAST * np.eye(len(centre))
        root = linalg.cholesky(spread, lower=True)
        share = float(1.0 / (weight @ weight) / len(weight))
    heavy = weight >= LIGHT / len(weight)
    return weight[heavy] / weight[heavy].sum(), ratios(place[heavy]), sigma2[heavy], share


def _widths(density: _Density, centre: Floats) -> Floats:
    """First scale of each coordinate: from the curvature there, within reason."""
    unit = STEP * np.eye(len(centre))
    values = -density.at(np.vstack([centre[None], centre + unit, centre - unit]))[0]
    plus, minus = values[1 : len(centre) + 1], values[len(centre) + 1 :]
    curvature = (plus - 2 * values[0] + minus) / STEP**2
    return np.asarray(np.maximum(curvature, WIDEST**-2) ** -0.5)


def _points(count: int, size: int, seed: int) -> Floats:
    """Quasi-random points of the open unit cube: multiples of powers of the golden ratio's kin.

    Source: Niederreiter, *Random Number Generation and Quasi-Monte Carlo Methods* (1992), ch. 3.
    """
    root = 2.0
    for _ in range(40):
        root = (1.0 + root) ** (1.0 / (size + 1))
    steps = root ** -np.arange(1.0, size + 1)
    shift = np.random.default_rng(seed).random(size)
    return (shift + np.outer(np.arange(1, count + 1), steps)) % 1.0 * (1 - 2e-9) + 1e-9
