"""How evenly load lies over people: four indices, each read against what chance would give.

Each takes amounts x of shape (…, n), all ≥ 0, and gives one index for each leading place (a deal).
None of them is read alone: Gini is above 0 by chance, so the reference matters, not the value.
"""

from dataclasses import dataclass

import numpy as np

from balancing.maths.window import Floats

TENTH = 10


@dataclass(frozen=True)
class Index:
    """An index of the firm and the point that 95 of 100 random deals do not pass.

    `beyond` is True where the firm lies strictly past it, on the uneven side.
    """

    value: float
    reference: float
    beyond: bool


@dataclass(frozen=True)
class Indices:
    """The firm's four indices over the people compared; the alert reads `gini`."""

    max_to_mean: Index
    top_tenth: Index
    gini: Index
    jain: Index


def max_to_mean(x: Floats) -> Floats:
    """Largest amount over the mean; 1 where all are 0.

    >>> float(max_to_mean(np.array([1.0, 2.0, 3.0, 4.0])))
    1.6
    """
    return _ratio(x.max(axis=-1), x.mean(axis=-1), empty=1.0)


def top_tenth(x: Floats) -> Floats:
    """Share of the total carried by the tenth of people (rounded up) who carry most.

    Where all are 0, the tenth itself: what an even split gives.

    >>> float(top_tenth(np.array([1.0, 2.0, 3.0, 4.0])))
    0.4
    """
    n = x.shape[-1]
    count = -(-n // TENTH)
    # Sorted whole: a partition slows down threefold where many amounts are equal.
    most = np.sort(x, axis=-1)[..., n - count :]
    return _ratio(most.sum(axis=-1), x.sum(axis=-1), empty=count / n)


def gini(x: Floats) -> Floats:
    """Gini's index Σ|xᵢ − xⱼ| / (2 n² x̄), from sorted amounts; 0 where all are 0.

    Gini, Variabilità e mutabilità, 1912.

    >>> float(gini(np.array([1.0, 2.0, 3.0, 4.0])))
    0.25
    """
    n = x.shape[-1]
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    return _ratio(np.sort(x, axis=-1) @ ranks, n * x.sum(axis=-1), empty=0.0)


def jain(x: Floats) -> Floats:
    """Jain's fairness (Σx)² / (n Σx²), 1 = even, 1/n = one person carries all; 1 where all are 0.

    Jain, Chiu & Hawe, DEC Research Report TR-301, 1984.

    >>> round(float(jain(np.array([1.0, 2.0, 3.0, 4.0]))), 4)
    0.8333
    """
    return _ratio(x.sum(axis=-1) ** 2, x.shape[-1] * (x**2).sum(axis=-1), empty=1.0)


def against(value: float, reference: float, *, low_is_uneven: bool = False) -> Index:
    """Set an index against its reference; a difference of rounding alone is not beyond."""
    past = reference - value if low_is_uneven else value - reference
    return Index(value, reference, bool(past > 1e-9))


def _ratio(above: Floats, below: Floats, *, empty: float) -> Floats:
    result = np.full(np.shape(below), empty)
    np.divide(above, below, out=result, where=below > 0)
    return result
