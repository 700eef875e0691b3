"""The mixed model equations of ``mixed`` at many θ at once, for data of moderate size.

Integrating over the variance parameters takes some hundreds of solutions of the same small
equations. Done one by one, most of the time goes into setting them up; stacked along a first axis
S (the number of θ) they are a few dense products. The formulas are those of ``mixed``; memory is
S × levels × columns, so the caller goes chunk by chunk.

>>> from scoring.maths import mixed
>>> from scoring.maths.cells import collapse
>>> from scoring.maths.terms import separable
>>> cells = collapse([40.0, 50.0, 70.0, 80.0], {"person": [1, 1, 2, 2]})
>>> ones = np.ones((len(cells.n), 1))
>>> equations = mixed.build(cells, separable(cells, ["person"], ones)[0], ones)
>>> many = solve(stack(equations), np.array([[0.5], [2.0]]))
>>> one = mixed.solve(equations, np.array([2.0]))
>>> bool(abs(many.criterion[1] - one.criterion) < 1e-9)
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.maths import tables
from scoring.maths.cells import Floats, Ints
from scoring.maths.mixed import Equations

# Numbers held at once by the largest table of a chunk.
ROOM = 4_000_000


@dataclass(frozen=True)
class Stacked:
    """Dense products of one data set: G = F + 1 columns, the answers last.

    Fine levels (K) are sorted by their coarse level (L); ``starts`` (L) is where each one begins,
    ``home`` (K) its number, ``order`` (K) the place of each sorted fine level before sorting.
    """

    eq: Equations
    fine_n: Floats
    fine_rows: Floats
    coarse_n: Floats
    coarse_rows: Floats
    home: Ints
    starts: Ints
    order: Ints

    @property
    def chunk(self) -> int:
        """How many θ fit into one chunk."""
        columns = len(self.eq.cross)
        levels = len(self.fine_n) + len(self.coarse_n) + columns
        return max(1, ROOM // (levels * columns))


@dataclass(frozen=True)
class Solutions:
    """Solutions at S points. Shapes: criterion, rss, sigma2 (S); see ``mixed.Solution``.

    ``scale`` (S, F), ``inverse`` (S, F, F) of the spherical equations, ``root`` the inverse of
    their Cholesky factor, ``effects`` (S, F).
    """

    theta: Mapping[str, Floats]
    criterion: Floats
    sigma2: Floats
    scale: Floats
    root: Floats
    inverse: Floats
    effects: Floats
    fine_scale: Floats
    coarse_scale: Floats
    coarse_rows: Floats


def stack(eq: Equations) -> Stacked:
    """Dense tables of the equations, fine levels sorted by coarse level."""
    shared = sparse.coo_array(eq.shared)
    levels = len(eq.coarse.n)
    home = np.zeros(len(eq.fine.n), dtype=np.int64)
    if levels:
        home[shared.row] = shared.col
    order = np.argsort(home, kind="stable").astype(np.int64)
    return Stacked(
        eq=eq,
        fine_n=eq.fine.n[order],
        fine_rows=tables.dense(eq.fine.rows)[order],
        coarse_n=eq.coarse.n,
        coarse_rows=tables.dense(eq.coarse.rows),
        home=home[order],
        starts=np.searchsorted(home[order], np.arange(levels)),
        order=order,
    )


def solve(stacked: Stacked, theta: Floats) -> Solutions:
    """Criterion and effects at each row of ``theta`` (S, number of terms), every θ ≥ 0."""
    eq = stacked.eq
    ratio = dict(zip(eq.terms, theta.T, strict=True))
    nothing = np.zeros(len(theta))
    inner, outer = (ratio.get(s.name, nothing)[:, None] ** 2 for s in (eq.fine, eq.coarse))
    pivot = 1.0 + inner * stacked.fine_n
    fine_scale = inner / pivot
    weighted = fine_scale[:, :, None] * stacked.fine_rows
    coarse_rows = stacked.coarse_rows - _gathered(stacked, weighted * stacked.fine_n[:, None])
    left = stacked.coarse_n - _gathered(stacked, fine_scale * stacked.fine_n**2)
    coarse_pivot = 1.0 + outer * left
    coarse_scale = outer / coarse_pivot
    dense = eq.cross - stacked.fine_rows.T @ weighted
    dense -= coarse_rows.transpose(0, 2, 1) @ (coarse_scale[:, :, None] * coarse_rows)
    scale = np.ones((len(theta), len(eq.cross)))
    for name, part in eq.dense.items():
        scale[:, part] = ratio[name][:, None]
    dense *= scale[:, :, None] * scale[:, None, :]
    within = np.arange(eq.random)
    dense[:, within, within] += 1.0
    chol = np.linalg.cholesky(dense[:, :-1, :-1])
    root = np.linalg.inv(chol)
    half = (root @ dense[:, :-1, -1:])[:, :, 0]
    tiny = max(1e-14 * float(eq.cross[-1, -1]), 1e-300)
    rss = np.maximum(dense[:, -1, -1] - (half**2).sum(axis=1), tiny)
    diagonal = np.diagonal(chol, axis1=1, axis2=2)
    logdet = sum(np.log(part).sum(axis=1) for part in (pivot, coarse_pivot, diagonal**2))
    free = eq.answers - eq.fixed
    turned = root.transpose(0, 2, 1)
    return Solutions(
        theta=ratio,
        criterion=logdet + free * (1.0 + np.log(2 * np.pi * rss / free)),
        sigma2=rss / free,
        scale=scale[:, :-1],
        root=root,
        inverse=turned @ root,
        effects=(turned @ half[:, :, None])[:, :, 0],
        fine_scale=fine_scale,
        coarse_scale=coarse_scale,
        coarse_rows=coarse_rows,
    )


@dataclass(frozen=True)
class Effects:
    """One term's effects at S points, (S, K) each: value, its variance with the fixed effects
    taken as known, and the prediction variance of constant + effect. Variances are per unit of σ².
    """

    value: Floats
    alone: Floats
    score: Floats


def effects(stacked: Stacked, at: Solutions, name: str) -> Effects:
    """The effects of a kept term; ``KeyError`` for one that was dropped."""
    if name in stacked.eq.dense:
        return _dense(stacked, at, name)
    spread, known = _spreads(stacked, at)
    rows, weight, extra, back = _stage(stacked, at, name)
    solved = at.scale * at.effects
    value = weight * (rows[:, :, -1] - (rows[:, :, :-1] @ solved[:, :, None])[:, :, 0])
    size = stacked.eq.random
    own = weight + extra
    alone = own + weight**2 * _quadratic(rows[:, :, :size], known)
    cross = (rows[:, :, :-1] @ spread[:, :, size : size + 1])[:, :, 0]
    score = own + spread[:, size, size, None] - 2 * weight * cross
    score = score + weight**2 * _quadratic(rows[:, :, :-1], spread)
    return Effects(value[:, back], alone[:, back], score[:, back])


def constants(stacked: Stacked, at: Solutions) -> tuple[Floats, Floats]:
    """Fixed effects (S, p), the answers' mean added back, and their covariances over σ²."""
    size = stacked.eq.random
    fixed = at.effects[:, size:].copy()
    fixed[:, 0] += stacked.eq.mean
    return fixed, at.inverse[:, size:, size:]


def _dense(stacked: Stacked, at: Solutions, name: str) -> Effects:
    part, size = stacked.eq.dense[name], stacked.eq.random
    spread, known = _spreads(stacked, at)
    value = at.theta[name][:, None] * at.effects[:, part]
    own = np.diagonal(spread, axis1=1, axis2=2)[:, part]
    score = own + spread[:, size, size, None] + 2 * spread[:, part, size]
    return Effects(value, np.diagonal(known, axis1=1, axis2=2)[:, part], score)


def _stage(
    stacked: Stacked, at: Solutions, name: str
) -> tuple[Floats, Floats, Floats, Ints | slice]:
    """Reduced rows, weights and handed-down variance of an eliminated term, and its order back."""
    if name == stacked.eq.coarse.name:
        weight = at.coarse_scale
        return at.coarse_rows, weight, np.zeros_like(weight), slice(None)
    if name != stacked.eq.fine.name:
        raise KeyError(name)
    back = np.argsort(stacked.order)
    if not len(stacked.coarse_n):
        rows = np.broadcast_to(stacked.fine_rows, (len(at.criterion), *stacked.fine_rows.shape))
        return rows, at.fine_scale, np.zeros_like(at.fine_scale), back
    handed = at.coarse_scale[:, :, None] * at.coarse_rows
    rows = stacked.fine_rows - stacked.fine_n[:, None] * handed[:, stacked.home]
    coupling = stacked.fine_n**2 * at.coarse_scale[:, stacked.home]
    return rows, at.fine_scale, at.fine_scale**2 * coupling, back


def _spreads(stacked: Stacked, at: Solutions) -> tuple[Floats, Floats]:
    """Covariances over σ² on the columns' own scale: of all of them, and given the fixed ones."""
    size = stacked.eq.random
    root = at.root[:, :size, :size]
    scale, inner = at.scale, at.scale[:, :size]
    known = root.transpose(0, 2, 1) @ root * inner[:, :, None] * inner[:, None, :]
    return at.inverse * scale[:, :, None] * scale[:, None, :], known


def _gathered(stacked: Stacked, table: NDArray[np.float64]) -> Floats:
    """Sums over the fine levels of each coarse level, along the second axis."""
    if not len(stacked.starts):
        return np.zeros((len(table), 0, *table.shape[2:]))
    return np.asarray(np.add.reduceat(table, stacked.starts, axis=1))


def _quadratic(rows: Floats, spread: Floats) -> Floats:
    """row · spread · row' for every row."""
    return np.asarray(((rows @ spread) * rows).sum(axis=2))
