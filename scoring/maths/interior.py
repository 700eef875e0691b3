"""Certificates that a quantity is wide: walks from a point inside a polytope of ``bounds``.

Hundreds of quantities, each again with every colleague as an insider, are too many programs. Most
are settled by a *certificate*: two points of the polytope whose q lie 20 apart are a proof. They
are sought from an interior point c along d = M q, M the inverse of the barrier's curvature at c
(the widest direction of an ellipsoid that lies inside the polytope), as far as the polytope goes
on either side. An insider fixes the own unknowns E: the directions become those of M conditioned
on them, M − M_E M_EE⁻¹ M_E', and c moves to their values in the same way. What one step does not
settle walks on towards both ends: at each edge a it goes on along d less its part along M a, so
that one curvature serves for all; where that ends, again from there with a new one.

>>> firm = Polytope(np.array([[0.5, 0.5]]), np.array([49.0]), np.array([51.0]))
>>> wide = widths(Inside(firm, centre(firm)), np.eye(2))
>>> bool((wide > 90).all())
True

Sources: Boyd & Vandenberghe, *Convex Optimization* (2004), §8.5, §9.5 and §11.2 (inner ellipsoid,
damped Newton steps, analytic centre); Nocedal & Wright, *Numerical Optimization* (2006), §16.5
(active sets); Bertsimas & Tsitsiklis, *Introduction to Linear Optimization* (1997), §9.1 (affine
scaling).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import linalg

from scoring.maths.bounds import (
    BLUR,
    INSIDE,
    TOP,
    Polytope,
    is_inside,
    slacks,
    somewhere,
)
from scoring.maths.cells import Floats, Ints
from scoring.maths.figures import NOISE

# Points beyond the bounds of each unknown while a first point is sought.
SPARE = 1.0
# Newton steps towards the middle, and the decrement at which one is there.
STEPS, CENTRED = 20, 0.3
# Standard deviations from end to end, and rounds, in the search of a first point.
SIGMAS, TRIES = 6.0, 12
# How far towards an edge a step to the middle, and one of a walk, goes.
NEARLY, CLOSE = 0.9, 0.999
# Walks one after the other, and the share of its first slope at which one has come to its end.
WALKS, LEVEL = 5, 1e-6
# A speed below which nothing moves.
STILL = 1e-12
# Shares of the largest number of a diagonal that are added to it, in turn, until it factors.
RIDGES = (0.0, 1e-13, 1e-10, 1e-7, 1e-4)
BLOCK = 512
# Quantities at a time and what single precision may cost, for insiders.
CACHED, ROUNDED = 64, 1e-4


def centre(published: Polytope, near: Floats | None = None) -> Floats | None:
    """A point well inside the polytope; None where there is none.

    ``near``: a point (U) of the polytope, if one is known; it may lie on an edge.
    """
    first = None if near is None else _beside(published, near)
    if first is None:
        first = _likely(published)
    if first is None:
        first = somewhere(published)
    return None if first is None else _towards_the_middle(published, first)


@dataclass(frozen=True)
class Inside:
    """A point inside a polytope, where several walks start."""

    published: Polytope
    place: Floats

    @cached_property
    def curvature(self) -> _Curvature:
        return _Curvature(self.published, self.place)


def widths(start: Inside, quantities: Floats) -> Floats:
    """Certified widths of the quantities (U, Q): lower bounds of what an attacker is left with."""
    solve = start.curvature.solve
    found = [
        _reach(start.published, start.place, solve(block), block) for block in _blocks(quantities)
    ]
    return np.concatenate(found)


class Insiders:
    """The certificates of one polytope, again for each person who knows their own unknowns.

    In single precision and blocks that a processor's cache holds: thousands of quantities, for
    every person. ``ROUNDED`` off each width pays for it.
    """

    def __init__(self, start: Inside, quantities: Floats) -> None:
        self.published = start.published
        self.middle = start.place
        self.inverse = start.curvature.solve(np.eye(len(start.place)))
        self.seen = self.inverse @ quantities
        self.gained = np.einsum("uq,uq->q", self.seen, quantities)
        # Change of each unknown and of each row along each direction.
        self.moved = np.vstack([self.seen, self.published.A @ self.seen]).astype(np.float32)

    def look(self, columns: Ints, truth: Floats) -> tuple[Polytope, Floats, Floats]:
        """What somebody sees who knows these unknowns: polytope, a point inside, widths.

        ``truth``: every unknown (U), for what they know and for where to begin. The widths are 0
        where nothing is certified, as where no point inside is found.
        """
        theirs = self.inverse[:, columns]
        turn = np.asarray(np.linalg.pinv(theirs[columns], hermitian=True), np.float64)
        values = truth[columns]
        known = self.published.knowing(columns, values)
        place = self.middle + theirs @ (turn @ (values - self.middle[columns]))
        place[columns] = values
        if not is_inside(known, place):
            other = centre(known, truth)
            if other is None:
                return known, place, np.zeros(len(self.gained))
            place = other
        return known, place, self._widths(known, place, (columns, theirs @ turn, turn))

    def _widths(self, known: Polytope, place: Floats, own: tuple[Ints, Floats, Floats]) -> Floats:
        columns, gain, turn = own
        mine = self.seen[columns]
        gained = self.gained - np.einsum("eq,eq->q", mine, turn @ mine)
        below, above, under, over = slacks(known, place)
        ahead = (1.0 / np.concatenate([above, over]))[:, None].astype(np.float32)
        back = (-1.0 / np.concatenate([below, under]))[:, None].astype(np.float32)
        turned = np.vstack([gain, known.A @ gain]).astype(np.float32)
        found = []
        for start in range(0, len(gained), CACHED):
            some = slice(start, start + CACHED)
            moved = self.moved[:, some] - turned @ mine[:, some].astype(np.float32)
            up, down = moved * ahead, moved * back
            forward = np.maximum(up.max(0), down.max(0))
            backward = -np.minimum(up.min(0), down.min(0))
            found.append(1.0 / np.maximum(forward, STILL) + 1.0 / np.maximum(backward, STILL))
        return np.asarray(gained * np.concatenate(found) * (1 - ROUNDED))


def climb(start: Inside, quantity: Floats, enough: float) -> float:
    """A certified width of one quantity (U), from a point inside, by walking to both ends.

    Where both walks have come to their end, others start from there, a few times over. It stops
    where the width is ``enough``. Every number of it is one of a point inside, so that it is never
    more than the true width.
    """
    ends, width = (start, start), 0.0
    for _ in range(WALKS):
        up, down = _Walk(ends[0], quantity), _Walk(ends[1], -quantity)
        width = _apart(up, down, quantity, enough) * (1 - NOISE)
        if width >= enough or not (up.has_room and down.has_room):
            break
        ends = Inside(start.published, up.place), Inside(start.published, down.place)
    return width


def _apart(up: _Walk, down: _Walk, quantity: Floats, enough: float) -> float:
    """How far apart two walks come, in the quantity, until it is enough or both have ended."""
    while True:
        moved = [up.go_on(), down.go_on()]
        width = float(quantity @ (up.place - down.place))
        if width * (1 - NOISE) >= enough or not any(moved):
            return width


class _Walk:
    """A way up from a point inside, which slides along each edge it meets (an active set).

    Directions stay in the metric of the first point, so that one curvature serves every walk from
    there. Whatever the direction, each place on the way is inside.
    """

    def __init__(self, start: Inside, quantity: Floats) -> None:
        self.start = start
        self.place = start.place
        self.quantity = quantity
        self.uphill = start.curvature.solve(quantity[:, None])[:, 0]
        self.least = LEVEL * float(quantity @ self.uphill)
        # Edges met: normals, made conjugate to each other, and M times each.
        self.met: list[tuple[Floats, Floats]] = []

    @property
    def has_room(self) -> bool:
        """Whether another walk can start where this one is: no edge is too close."""
        return is_inside(self.start.published, self.place)

    def go_on(self) -> bool:
        """As far as the next edge, nearly, and from there along it; False where all is level."""
        if float(self.quantity @ self.uphill) <= self.least:
            return False
        speed = _speeds(self.start.published, self.place, self.uphill)
        nearest = int(speed.argmax())
        self.place = self.place + self.uphill * (CLOSE / float(speed[nearest]))
        self._slide(self._normal(nearest))
        return True

    def _normal(self, edge: int) -> Floats:
        unknowns = len(self.place)
        if edge >= unknowns:
            return np.asarray(self.start.published.A[edge - unknowns], dtype=np.float64)
        normal = np.zeros(unknowns)
        normal[edge] = 1.0
        return normal

    def _slide(self, normal: Floats) -> None:
        """Take out of the direction what leads on to an edge; one met twice ends the walk."""
        towards = self.start.curvature.solve(normal[:, None])[:, 0]
        slope, least = float(normal @ self.uphill), LEVEL * float(normal @ towards)
        for other, across in self.met:
            share = float(normal @ across) / float(other @ across)
            normal = normal - share * other
            towards = towards - share * across
        steep = float(normal @ towards)
        if steep <= least:
            self.uphill = np.zeros(len(self.place))
            return
        self.uphill = self.uphill - towards * (slope / steep)
        self.met.append((normal, towards))


def _beside(published: Polytope, near: Floats) -> Floats | None:
    """A point inside, from one that may lie on the bounds of unknowns: with room to spare beyond
    those, the middle is sought, and found within them.
    """
    free = published.ceiling > published.floor
    spare = np.where(free, SPARE, 0.0)
    wider = replace(published, low=published.floor - spare, high=published.ceiling + spare)
    if not is_inside(wider, near):
        return None
    found = _towards_the_middle(wider, near)
    return found if is_inside(published, found) else None


def _likely(published: Polytope) -> Floats | None:
    """A point inside by least squares: each unknown near the middle of its bounds, each row near
    the middle of its range; what falls outside is held more closely, a few times over.
    """
    aim, room = (published.floor + published.ceiling) / 2, published.ceiling - published.floor
    within_sides = published.floor + room / TOP, published.ceiling - room / TOP
    lo, hi = np.maximum(published.lo, -TOP), np.minimum(published.hi, 2 * TOP)
    spread, tight = room / SIGMAS, (hi - lo) / SIGMAS + BLUR
    for _ in range(TRIES):
        wide = published.A * spread**2
        gap = (lo + hi) / 2 - published.A @ aim
        held = wide @ published.A.T + np.diag(tight**2)
        found = aim + wide.T @ linalg.cho_solve(_factored(held), gap, check_finite=False)
        if is_inside(published, found):
            return np.asarray(found, dtype=np.float64)
        below, above, under, over = slacks(published, found)
        outside = np.minimum(below, above) < INSIDE
        aim = np.where(outside, np.clip(found, *within_sides), aim)
        spread = np.where(outside, spread / 2, spread)
        tight = np.where(np.minimum(under, over) < INSIDE, tight / 2, tight)
    return None


def _towards_the_middle(published: Polytope, place: Floats) -> Floats:
    """Newton steps of the log barrier, short of every edge: the analytic centre, nearly.

    A step that overshoots costs width, never truth: every point on the way is inside.
    """
    for _ in range(STEPS):
        curvature = _Curvature(published, place)
        step = curvature.solve(curvature.push)
        decrement = max(float(step[:, 0] @ curvature.push[:, 0]), 0.0)
        if decrement < CENTRED**2:
            break
        size = min(1.0, NEARLY / float(_ways(published, place, step)[0][0]))
        place = place + size * step[:, 0]
    return place


class _Curvature:
    """The barrier's Hessian at a point: diagonal + A' W A, solved by rows (R × R)."""

    def __init__(self, published: Polytope, place: Floats) -> None:
        below, above, under, over = slacks(published, place)
        free = np.isfinite(below)
        diagonal = below**-2 + above**-2
        self.inverse = np.where(free, 1.0 / np.where(free, diagonal, 1.0), 0.0)
        weight = under**-2 + over**-2
        self.rows = published.A[weight > 0]
        scaled = self.rows * np.sqrt(self.inverse)
        # The lower half alone; a row-major array is its transpose to BLAS.
        inner = linalg.blas.dsyrk(1.0, scaled.T, trans=1, lower=1)
        inner[np.diag_indices_from(inner)] += 1.0 / weight[weight > 0]
        self.factor = _factored(inner)
        slope = np.where(free, 1.0 / below - 1.0 / above, 0.0)
        self.push = (slope + published.A.T @ (1.0 / under - 1.0 / over))[:, None]

    def solve(self, right: Floats) -> Floats:
        """M · right, for right of shape (U, any)."""
        scaled = self.inverse[:, None] * right
        inner = linalg.cho_solve(self.factor, self.rows @ scaled, check_finite=False)
        return np.asarray(scaled - self.inverse[:, None] * (self.rows.T @ inner))


def _factored(inner: Floats) -> tuple[Floats, bool]:
    """Cholesky, with something added to the diagonal where the edges are too close for it.

    A direction that is not quite the best one costs width, never truth.
    """
    for share in RIDGES:
        ridge = share * float(np.max(np.diag(inner), initial=0.0))
        try:
            low, lower = linalg.cho_factor(
                inner + ridge * np.eye(len(inner)), lower=True, check_finite=False
            )
        except linalg.LinAlgError:
            continue
        return low, bool(lower)
    raise linalg.LinAlgError("a barrier without curvature")


def _reach(published: Polytope, place: Floats, directions: Floats, quantities: Floats) -> Floats:
    """Change of each quantity from one end of the polytope to the other, along its direction."""
    forward, backward = _ways(published, place, directions)
    gained = np.einsum("uq,uq->q", directions, quantities)
    return np.asarray(gained * (1.0 / forward + 1.0 / backward) * (1 - NOISE))


def _ways(published: Polytope, place: Floats, directions: Floats) -> tuple[Floats, Floats]:
    """Per direction, one over how far one can go ahead and back before an edge is met."""
    below, above, under, over = slacks(published, place)
    moved = published.A @ directions
    forward = np.full(directions.shape[1], STILL)
    backward = forward.copy()
    for change, down, up in ((directions, below, above), (moved, under, over)):
        to_top, to_bottom = change / up[:, None], change / down[:, None]
        forward = np.maximum(forward, np.maximum(to_top.max(0), -to_bottom.min(0)))
        backward = np.maximum(backward, np.maximum(-to_top.min(0), to_bottom.max(0)))
    return forward, backward


def _speeds(published: Polytope, place: Floats, direction: Floats) -> Floats:
    """One over how far each unknown and then each row (U + R) can go along one direction."""
    below, above, under, over = slacks(published, place)
    moved = published.A @ direction
    unknowns = np.maximum(direction / above, -direction / below)
    return np.concatenate([unknowns, np.maximum(moved / over, -moved / under)])


def _blocks(quantities: Floats) -> Iterator[Floats]:
    for start in range(0, quantities.shape[1], BLOCK):
        yield quantities[:, start : start + BLOCK]
