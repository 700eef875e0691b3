"""Demand of a mission, 0-10, and what makes a mission demanding.

Demand is half *declared* (facts that everybody can see and agree on) and half *lived* (figures
already published). It never reads anybody's answers, so a load shown to a manager reveals
nothing that a page does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from balancing.maths.window import Bools, Floats

SCALE = 10.0
DEMANDING_POINT = 0.75
# Two demands that are equal on paper must compare equal, whatever the order of their sums.
DECIMALS = 6
# Person-days are sums of shares of time such as .1: their total is exact to this, relatively.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Published:
    """Overall well-being as published, 0-100, 100 good; None where it is withheld."""

    client: float | None = None
    profile: float | None = None
    firm: float | None = None


@dataclass(frozen=True)
class Demand:
    """Demand of one mission in one round, with its parts; `lived` is None where unpublished."""

    declared: float
    lived: float | None

    @property
    def value(self) -> float:
        """Half declared, half lived; declared alone where nothing lived is published.

        >>> Demand(declared=8.0, lived=6.7).value
        7.35
        >>> Demand(declared=6.0, lived=None).value
        6.0
        """
        if self.lived is None:
            return self.declared
        return round((self.declared + self.lived) / 2, DECIMALS)


def declared_demand(points: Iterable[float], *, maximum: float) -> float:
    """Declared part, 0-10: points of the mission's facts over the firm's stated maximum.

    `points` are those of the facts that hold, each ≥ 0; a sum past `maximum` counts as 10.
    Raises ValueError where the maximum is not above 0 or a point is below 0.

    >>> declared_demand([3, 2, 1], maximum=8)
    7.5
    >>> declared_demand([6, 6], maximum=8)
    10.0
    """
    points = tuple(points)
    if not maximum > 0:
        raise ValueError("The maximum of declared points must be above 0.")
    if any(not point >= 0 for point in points):
        raise ValueError("The points of a fact must be 0 or more.")
    return round(SCALE * min(sum(points) / maximum, 1.0), DECIMALS)


def lived_demand(published: Published) -> float | None:
    """Lived part, 0-10: (100 − clip(client + profile − firm, 0, 100)) / 10.

    A client or profile without a figure counts as the firm's. None where neither is published,
    or where the firm itself is not: there is nothing to set them against.

    >>> lived_demand(Published(client=50, profile=45, firm=62))
    6.7
    >>> lived_demand(Published(client=50, firm=62))
    5.0
    >>> lived_demand(Published(firm=62)) is None
    True
    """
    client, profile, firm = published.client, published.profile, published.firm
    if firm is None or (client is None and profile is None):
        return None
    client = firm if client is None else client
    profile = firm if profile is None else profile
    well_being = min(max(client + profile - firm, 0.0), 100.0)
    return round((100.0 - well_being) / SCALE, DECIMALS)


def mission_demand(points: Iterable[float], *, maximum: float, published: Published) -> Demand:
    """Demand of one mission from its facts and from the figures published at that date.

    >>> mission_demand([8], maximum=10, published=Published(50, 45, 62)).value
    7.35
    """
    return Demand(declared_demand(points, maximum=maximum), lived_demand(published))


def person_day_point(values: Floats, days: Floats, *, point: float) -> float:
    """Weighted quantile: the least value v such that the days with a value ≤ v hold `point`.

    `values` and `days` have one shape (n,); days ≥ 0 are the weights. This is the inverse of the
    distribution function, without interpolation: the answer is one of the values, so at most
    1 − `point` of the days lie strictly above it. NaN where there is no day at all.

    >>> person_day_point(np.array([1.0, 4.0, 7.0]), np.array([50.0, 25.0, 25.0]), point=0.75)
    4.0
    """
    held = days > 0
    values, days = values[held], days[held]
    if not values.size:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(days[order])
    needed = point * reached[-1] * (1 - TOLERANCE)
    return float(values[order][np.searchsorted(reached, needed)])


def demanding_missions(demand: Floats, days: Floats) -> Bools:
    """Missions demanding in a round: strictly above the 75 % point over its person-days.

    `demand` (missions,) 0-10 and `days` (missions,) the person-days that everybody together
    spent on each in the round. Where all demands are equal none is demanding, and never more
    than a quarter of the firm's days are.

    >>> demanding_missions(np.array([2.0, 5.0, 8.0]), np.array([40.0, 40.0, 20.0]))
    array([False, False,  True])
    >>> demanding_missions(np.array([5.0, 5.0]), np.array([20.0, 20.0]))
    array([False, False])
    """
    above = demand > person_day_point(demand, days, point=DEMANDING_POINT)
    return np.asarray(above, dtype=np.bool_)
