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
# Widest rounded interval of a solid figure, and of one to be confirmed.
SOLID, TO_CONFIRM = 20, 30
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


class Direction(StrEnum):
    """Which way a figure went between two periods, as far as the margin of the change tells."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Change:
    """After less before, in whole points, with the 90 % interval of the change."""

    points: int
    low: int
    high: int

    @property
    def direction(self) -> Direction:
        """Up or down only where the whole interval of the change lies on one side of 0."""
        if self.low > 0:
            return Direction.UP
        return Direction.DOWN if self.high < 0 else Direction.UNCLEAR


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
        """From the width of the rounded interval."""
        return reliability(self.low, self.high)

    def beside(self, firm: Figure) -> Group:
        """Below or above only where the whole rounded interval clears the firm's figure."""
        if self.high < firm.score:
            return Group.BELOW
        return Group.ABOVE if self.low > firm.score else Group.IN_LINE


def reliability(low: int, high: int) -> Reliability:
    """How far a figure can be relied on: a width of at most 20 is solid, at most 30 to confirm.

    >>> reliability(40, 60).value, reliability(40, 65).value, reliability(40, 75).value
    ('solid', 'to_confirm', 'fragile')
    """
    width = high - low
    if width <= 20:
        return Reliability.SOLID
    return Reliability.TO_CONFIRM if width <= 30 else Reliability.FRAGILE


def change(before: Figure, after: Figure) -> Change:
    """What changed between two published figures of one thing, from their rounded numbers alone.

    With half-widths h₁ and h₂ of the two intervals, in points, the change lies within
    after − before ± √(h₁² + h₂²), rounded outwards to whole points. Outward rounding widens an
    interval by half a step of the grid on each side on average, which h gives back. At an end of
    the scale an interval is cut, so its longer side counts.

    The interval of the change is wide rather than narrow: the errors of two periods share each
    person's starting point, and both figures are drawn towards the firm, so that part of their
    error is the same and goes out of the difference.

    >>> change(Figure(65, 55, 75, 5, "8-12"), Figure(50, 40, 60, 5, "8-12"))
    Change(points=-15, low=-26, high=-4)
    >>> change(Figure(65, 55, 75, 5, "8-12"), Figure(55, 45, 65, 5, "8-12")).direction.value
    'unclear'

    Source: the difference of two estimates from their intervals, Altman & Bland, *BMJ* 326, 2003.
    """
    points = after.score - before.score
    margin = math.hypot(_half_width(before), _half_width(after))
    return Change(
        points=points,
        low=math.floor(points - margin + NOISE),
        high=math.ceil(points + margin - NOISE),
    )


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
    step = grid(people)
    return Figure(*on_grid(value, low, high, step), grid=step, band=band(people))


def on_grid(value: float, low: float, high: float, step: int) -> tuple[int, int, int]:
    """Round an estimate and its interval to a grid: the score, ``low`` and ``high``.

    The rule of ``figure``, for what needs no number of people.

    >>> on_grid(61.2, 52.4, 70.1, 5)
    (60, 50, 75)
    """
    value = min(max(value, 0.0), 100.0)
    if not low - NOISE <= value <= high + NOISE:
        raise ValueError("an estimate must lie within its interval")
    return (
        _within(math.floor(value / step + 0.5 + NOISE) * step),
        _within(math.floor(low / step + NOISE) * step),
        _within(math.ceil(high / step - NOISE) * step),
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


def _half_width(shown: Figure) -> float:
    """Of the interval before it was rounded, as far as the rounded one tells."""
    half = (shown.high - shown.low) / 2
    if shown.low == 0 or shown.high == 100:
        half = max(shown.high - shown.score, shown.score - shown.low)
    return max(half - shown.grid / 2, 0.0)


def _within(value: int) -> int:
    return min(max(value, 0), 100)
