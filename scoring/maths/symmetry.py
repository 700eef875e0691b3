"""Do clients that are better lived think better of us? A rank correlation, with its interval.

Spearman's ρ over clients with both figures, its 90 % interval by Fisher's z with the variance
1.06/(n − 3). Under 15 clients the interval would span nearly everything: nothing is said then.
Both figures carry margins of their own, which draw ρ towards 0, so it is a lower bound in size.

>>> rank_correlation([(value, value + 5) for value in range(0, 75, 5)])
Correlation(clients=15, rho=1.0, low=1.0, high=1.0)
>>> rank_correlation([(1, 2)] * 14) is None
True

Sources: Spearman, *American Journal of Psychology* 15, 1904; Fieller, Hartley & Pearson,
*Biometrika* 44, 1957 (the variance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.maths.release import Z90

LEAST_CLIENTS = 15
FIELLER = 1.06
# Beyond this Fisher's z has no bounds to speak of.
CERTAIN = 0.999_999


@dataclass(frozen=True)
class Correlation:
    """ρ with its 90 % interval, and on how many clients it rests."""

    clients: int
    rho: float
    low: float
    high: float


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> Correlation | None:
    """ρ of the pairs; None under 15 of them, or where one side is the same everywhere."""
    if len(pairs) < LEAST_CLIENTS:
        return None
    first, second = (stats.rankdata(side) for side in zip(*pairs, strict=True))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    rho = float(np.corrcoef(first, second)[0, 1])
    if abs(rho) > CERTAIN:
        whole = float(np.sign(rho))
        return Correlation(len(pairs), whole, whole, whole)
    margin = Z90 * (FIELLER / (len(pairs) - 3)) ** 0.5
    low, high = (float(np.tanh(np.arctanh(rho) + side * margin)) for side in (-1, 1))
    return Correlation(len(pairs), rho, low, high)
