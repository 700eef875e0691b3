"""Mixed model equations on sufficient statistics, at given ratios of standard deviations.

Model: y = X β + Σ_k Z_k b_k + e, b_k = θ_k u_k, u_k ~ N(0, σ² I), e ~ N(0, σ² I), where θ_k is the
standard deviation of term k over that of the residual. The two finest groupings, the mission and
the person who holds it, are diagonal once taken in that order and are eliminated; what is left
(clients, profiles, rounds, fixed columns) is one dense symmetric matrix of size F, factored by
Cholesky. Cost of one criterion: O(cells) + O(F³); memory O(cells) + O(F²).

Sources: Bates, Mächler, Bolker & Walker, *Journal of Statistical Software* 67(1), 2015
(criterion); Henderson, *Biometrics* 31, 1975 (equations); Searle, Casella & McCulloch, *Variance
Components*, 1992, §6.6 (gradient).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from scoring.maths import tables
from scoring.maths.cells import Cells, Floats, Ints
from scoring.maths.terms import Factor, nested

if TYPE_CHECKING:
    from scoring.maths.tables import Rows, Table


BLOCK = 512


@dataclass(frozen=True)
class Stage:
    """A term eliminated before the dense part: K levels, n answers each, K × (F + 1) products."""

    name: str
    n: Floats
    rows: Table


@dataclass(frozen=True)
class Equations:
    """All products of one data set; nothing in it depends on θ.

    Columns of the dense part: the levels of the ``dense`` terms (D), the fixed columns (p, the
    constant first), and last the answers themselves, centred on ``mean``.
    """

    answers: int
    mean: float
    terms: tuple[str, ...]
    fine: Stage
    coarse: Stage
    shared: Table
    dense: Mapping[str, slice]
    fixed: int
    cross: Floats

    @property
    def random(self) -> int:
        """Number D of random columns in the dense part."""
        return len(self.cross) - 1 - self.fixed


@dataclass(frozen=True)
class Solution:
    """The equations solved at one θ (the order of ``Equations.terms``).

    ``fine_scale`` and ``coarse_scale`` hold θ²/d of each eliminated level, d being its pivot;
    ``effects`` the spherical effects of the dense part followed by β; ``rss`` the penalised
    residual sum of squares; ``sigma2`` the residual variance.
    """

    theta: Mapping[str, float]
    scale: Floats
    fine_scale: Floats
    coarse_scale: Floats
    coarse_rows: Table
    chol: Floats
    effects: Floats
    rss: float
    sigma2: float
    criterion: float


def build(cells: Cells, kept: Sequence[Factor], fixed: Floats) -> Equations:
    """Form the products of the kept terms, the (C, p) fixed columns and the answers."""
    fine, coarse = _eliminated(kept)
    dense = [f for f in kept if f not in (fine, coarse)]
    mean = float(cells.total.sum() / cells.n.sum())
    answer = cells.total / cells.n - mean
    blocks = [_indicators(f.codes, len(f.levels)) for f in dense]
    blocks.append(sparse.csr_array(np.column_stack([fixed, answer])))
    design = sparse.csr_array(sparse.hstack(blocks))
    weighted = sparse.csr_array(sparse.diags_array(cells.n) @ design)
    cross = (design.T @ weighted).toarray()
    seen = float(cells.n @ answer**2)
    cross[-1, -1] = max(seen, cells.squares - mean * mean * float(cells.n.sum()))
    size = len(cells.n)
    inner, outer = _one_hot(fine, size), _one_hot(coarse, size)
    shared = sparse.csr_array(inner.T @ sparse.diags_array(cells.n) @ outer)
    fine_rows, coarse_rows, shared_rows = tables.held(
        (sparse.csr_array(inner.T @ weighted), sparse.csr_array(outer.T @ weighted), shared)
    )
    return Equations(
        answers=cells.answers,
        mean=mean,
        terms=tuple(f.name for f in kept),
        fine=Stage(fine.name if fine else "", np.asarray(inner.T @ cells.n), fine_rows),
        coarse=Stage(coarse.name if coarse else "", np.asarray(outer.T @ cells.n), coarse_rows),
        shared=shared_rows,
        dense=_slices(dense),
        fixed=fixed.shape[1],
        cross=cross,
    )


def solve(eq: Equations, theta: Floats) -> Solution:
    """Criterion and effects at θ. Never fails for finite θ ≥ 0 and independent fixed columns."""
    ratio = dict(zip(eq.terms, theta.tolist(), strict=True))
    inner, outer = ratio.get(eq.fine.name, 0.0) ** 2, ratio.get(eq.coarse.name, 0.0) ** 2
    pivot = 1.0 + inner * eq.fine.n
    fine_scale = inner / pivot
    weighted = tables.scaled(eq.fine.rows, fine_scale)
    coarse_rows = tables.less(eq.coarse.rows, tables.across(eq.shared, weighted))
    left = eq.coarse.n - eq.shared.T @ (fine_scale * eq.fine.n)
    coarse_pivot = 1.0 + outer * left
    coarse_scale = outer / coarse_pivot
    dense = eq.cross - tables.dense(tables.across(eq.fine.rows, weighted))
    weighed = tables.scaled(coarse_rows, coarse_scale)
    dense -= tables.dense(tables.across(coarse_rows, weighed))
    scale = _column_scale(eq, ratio)
    dense *= scale
    dense *= scale[:, None]
    dense[np.arange(eq.random), np.arange(eq.random)] += 1.0
    chol = linalg.cholesky(dense[:-1, :-1], lower=True, check_finite=False)
    half = linalg.solve_triangular(chol, dense[:-1, -1], lower=True, check_finite=False)
    rss = max(float(dense[-1, -1] - half @ half), 1e-14 * float(eq.cross[-1, -1]), 1e-300)
    free = eq.answers - eq.fixed
    logdet = np.log(pivot).sum() + np.log(coarse_pivot).sum() + 2 * np.log(np.diag(chol)).sum()
    return Solution(
        theta=ratio,
        scale=scale[:-1],
        fine_scale=fine_scale,
        coarse_scale=coarse_scale,
        coarse_rows=coarse_rows,
        chol=chol,
        effects=linalg.solve_triangular(chol, half, lower=True, trans="T", check_finite=False),
        rss=rss,
        sigma2=rss / free,
        criterion=float(logdet) + free * (1.0 + float(np.log(2 * np.pi * rss / free))),
    )


def gradient(eq: Equations, at: Solution) -> Floats:
    """Derivative of the criterion in θ (every θ > 0), from traces of the inverse.

    d/dθ_k = (2/θ_k) (K_k − tr U_kk − ‖u_k‖²/σ²), U the inverse of the spherical equations.
    """
    spread = _inverse(at.chol)
    diagonal = np.diag(spread).copy()
    _rescale(spread, at.scale)
    effects = spherical(eq, at)
    traces = {name: float(diagonal[part].sum()) for name, part in eq.dense.items()}
    if eq.coarse.name:
        square = at.theta[eq.coarse.name] ** 2
        total = float(at.coarse_scale.sum())
        total += tables.weighed(at.coarse_rows[:, :-1], at.coarse_scale**2, spread)
        traces[eq.coarse.name] = total / square
    if eq.fine.name:
        square = at.theta[eq.fine.name] ** 2
        total = float((at.fine_scale + _handed_down(eq, at)).sum())
        total += tables.weighed(_reduced(eq, at)[:, :-1], at.fine_scale**2, spread)
        traces[eq.fine.name] = total / square
    slopes = []
    for name in eq.terms:
        u = effects[name]
        slopes.append(2 * (len(u) - traces[name] - float(u @ u) / at.sigma2) / at.theta[name])
    return np.array(slopes)


def spherical(eq: Equations, at: Solution) -> dict[str, Floats]:
    """Effects of every term over their standard-deviation ratio: b_k = θ_k u_k."""
    made = {name: at.effects[part] for name, part in eq.dense.items()}
    known = np.append(at.scale * at.effects, -1.0)
    outer = -(at.coarse_rows @ known)
    if eq.coarse.name:
        theta = at.theta[eq.coarse.name]
        made[eq.coarse.name] = _divide(at.coarse_scale * outer, theta)
    if eq.fine.name:
        rest = -(eq.fine.rows @ known) - eq.shared @ (at.coarse_scale * outer)
        made[eq.fine.name] = _divide(at.fine_scale * rest, at.theta[eq.fine.name])
    return made


def variances(eq: Equations, at: Solution) -> dict[str, tuple[Floats, Floats]]:
    """Per term: conditional variance of each effect, prediction variance of constant + effect.

    The first takes the fixed effects as known (lme4's ``condVar``), the second does not. Both at
    the plug-in θ, in squared units of the answers.
    """
    size = eq.random
    scale = at.scale[:size]
    known, spread = _inverse(at.chol[:size, :size]), _inverse(at.chol)
    _rescale(known, scale)
    _rescale(spread, at.scale)
    made = {}
    for name, part in eq.dense.items():
        score = spread[size, size] + 2 * spread[part, size] + np.diag(spread)[part]
        made[name] = (np.diag(known)[part] * at.sigma2, score * at.sigma2)
    zero = np.zeros(len(eq.coarse.n))
    for stage, rows, weight, extra in (
        (eq.coarse, at.coarse_rows, at.coarse_scale, zero),
        (eq.fine, _reduced(eq, at), at.fine_scale, _handed_down(eq, at)),
    ):
        if not stage.name:
            continue
        own = weight + extra
        alone = own + weight**2 * tables.quadratic(rows[:, :size], known)
        joint = own + spread[size, size] - 2 * weight * (rows[:, :-1] @ spread[:, size])
        joint = joint + weight**2 * tables.quadratic(rows[:, :-1], spread)
        made[stage.name] = (alone * at.sigma2, joint * at.sigma2)
    return made


def fixed_covariance(eq: Equations, at: Solution) -> Floats:
    """Covariance (p, p) of the fixed effects at the plug-in θ."""
    inverse = _inverse(at.chol)[eq.random :, eq.random :]
    return np.asarray(inverse * at.sigma2)


def _eliminated(kept: Sequence[Factor]) -> tuple[Factor | None, Factor | None]:
    """The finest term, and the term around it when every fine level lies within one of its."""
    by_name = {f.name: f for f in kept}
    person, mission = by_name.get("person"), by_name.get("mission")
    if mission is None or person is None:
        return mission or person, None
    if nested(mission, person):
        return mission, person
    # A mission shared by several people is crossed with them: only the larger one goes first.
    return (mission if len(mission.levels) > len(person.levels) else person), None


def _indicators(codes: Ints, size: int) -> Rows:
    ones = np.ones(len(codes))
    return sparse.csr_array((ones, (np.arange(len(codes)), codes)), shape=(len(codes), size))


def _one_hot(factor: Factor | None, rows: int) -> Rows:
    if factor is None:
        return sparse.csr_array((rows, 0), dtype=np.float64)
    return _indicators(factor.codes, len(factor.levels))


def _slices(dense: Sequence[Factor]) -> dict[str, slice]:
    ends = np.cumsum([0] + [len(f.levels) for f in dense]).tolist()
    return {f.name: slice(a, b) for f, a, b in zip(dense, ends, ends[1:], strict=False)}


def _column_scale(eq: Equations, ratio: Mapping[str, float]) -> Floats:
    scale = np.ones(len(eq.cross))
    for name, part in eq.dense.items():
        scale[part] = ratio[name]
    return scale


def _reduced(eq: Equations, at: Solution) -> Table:
    """Products of the fine levels once their coarse level is eliminated too."""
    handed = tables.scaled(at.coarse_rows, at.coarse_scale)
    return tables.less(eq.fine.rows, tables.times(eq.shared, handed))


def _handed_down(eq: Equations, at: Solution) -> Floats:
    """Variance of a fine effect that comes from not knowing its coarse effect."""
    coupling = tables.squared(eq.shared) @ at.coarse_scale
    return np.asarray(at.fine_scale**2 * coupling)


def _divide(values: Floats, theta: float) -> Floats:
    return values / theta if theta > 0 else np.zeros_like(values)


def _rescale(square: Floats, scale: Floats) -> None:
    """Each row and column times its scale, in place: the largest table there is."""
    square *= scale
    square *= scale[:, None]


def _inverse(chol: Floats) -> Floats:
    """Of L L', L lower triangular with nothing above; symmetric, filled block by block."""
    size = len(chol)
    if size == 0:
        return np.zeros((0, 0))
    made = np.asarray(linalg.lapack.dpotri(chol, lower=1)[0])
    for start in range(0, size, BLOCK):
        end = min(start + BLOCK, size)
        inside = made[start:end, start:end]
        inside += np.tril(inside, -1).T
        made[start:end, end:] = made[end:, start:end].T
    return made
