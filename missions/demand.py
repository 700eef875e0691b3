"""Declared demand of a mission, 0–10, for display and sorting (``decisions.md`` 19).

The full demand, half of it lived, is computed two floors above; this is its declared half,
the same arithmetic.
"""

SCALE = 10


def declared_demand(points: int, maximum: int) -> float:
    """Points of the agreed facts over the firm's stated maximum, capped at 10.

    >>> declared_demand(6, 8)
    7.5
    >>> declared_demand(12, 8)
    10.0
    """
    return round(min(SCALE * points / maximum, float(SCALE)), 6)
