"""Figures as shown: on a coarse grid, with words computed from the rounded numbers alone.

Whatever is said of a figure (group, level, reliability) follows from its three rounded numbers, so
the words add nothing to what the numbers tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

MANY = 20
COARSE, FINE = 5, 1
BANDS = ((5, 7), (8, 12), (13, 19))
LEVELS = (42, 55, 66, 76)
# Below this, a difference from a grid line is floating-point noise, not an answer.
NOISE = 1e-9


class Group(StrEnum):
    """Where a figure stands beside the firm's."""

    BELOW = "below"
    IN_LINE = "in_line"
    ABOVE = "above"


class Reliability(StrEnum):
    """How far a figure can be relied on."""

    SOLID = "solid"
    TO_CONFIRM = "to_confirm"
    FRAGILE = "fragile"


@dataclass(frozen=True)
class Figure:
    """A rounded estimate with its 90 % interval (0–100), its grid and its band of people."""

    score: int
    low: int
    high: int
    grid: int
    band: str

    @property
    def level(self) -> int:
        """1 (worst) to 5: under 42, 42–54, 55–65, 66–75, 76 and more."""
        return 1 + sum(self.score >= bound for bound in LEVELS)

    @property
    def reliability(self) -> Reliability:
        """From the width of the rounded interval: at most 20 solid, at most 30 to confirm."""
        width = self.high - self.low
        if width <= 20:
            return Reliability.SOLID
        return Reliability.TO_CONFIRM if width <= 30 else Reliability.FRAGILE

    def beside(self, firm: Figure) -> Group:
        """Below or above only where the whole rounded interval clears the firm's figure."""
        if self.high < firm.score:
            return Group.BELOW
        return Group.ABOVE if self.low > firm.score else Group.IN_LINE


def figure(value: float, low: float, high: float, people: int) -> Figure:
    """Round an estimate and its interval to the grid that its number of people allows.

    The score goes to the nearest line (halves up), ``low`` down, ``high`` up, all within 0–100.
    An estimate outside the scale counts as its end. ``ValueError`` unless low ≤ value ≤ high, and
    below five people: those have no figure.

    >>> figure(61.2, 52.4, 70.1, 11)
    Figure(score=60, low=50, high=75, grid=5, band='8-12')
    >>> figure(61.2, 52.4, 70.1, 25)
    Figure(score=61, low=52, high=71, grid=1, band='20+')
    """
    value = min(max(value, 0.0), 100.0)
    if not low - NOISE <= value <= high + NOISE:
        raise ValueError("an estimate must lie within its interval")
    step = grid(people)
    return Figure(
        score=_within(math.floor(value / step + 0.5 + NOISE) * step),
        low=_within(math.floor(low / step + NOISE) * step),
        high=_within(math.ceil(high / step - NOISE) * step),
        grid=step,
        band=band(people),
    )


def grid(people: int) -> int:
    """Distance between two lines of the grid, in points."""
    return COARSE if people < MANY else FINE


def band(people: int) -> str:
    """Number of people as a band.

    >>> [band(n) for n in (5, 8, 19, 20)]
    ['5-7', '8-12', '13-19', '20+']
    """
    if people < BANDS[0][0]:
        raise ValueError("fewer people than the smallest band")
    for first, last in BANDS:
        if people <= last:
            return f"{first}-{last}"
    return f"{MANY}+"


def participation(answered: int, asked: int) -> str:
    """Share of those asked who answered: a percentage on a coarse grid, open at both ends.

    To the nearest 5 %, 10 % under 20 people asked; ``"90+"`` for 90 % and more, ``"under_30"``,
    and ``""`` when nobody was asked: unknown is not zero.

    >>> [participation(n, 40) for n in (31, 40, 5)], participation(12, 19)
    (['80', '90+', 'under_30'], '60')
    """
    if asked <= 0:
        return ""
    step = 5 if asked >= MANY else 10
    # Whole numbers throughout: the nearest line, halves up.
    percent = (200 * answered + step * asked) // (2 * step * asked) * step
    if percent >= 90:
        return "90+"
    return str(percent) if percent >= 30 else "under_30"


def _within(value: int) -> int:
    return min(max(value, 0), 100)
