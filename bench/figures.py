"""A measured figure beside its goal, as a line to print and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. Every goal is an upper bound; ``aim`` is what one would like.

    ``goal`` None = noted, without a goal.
    """

    part: str
    name: str
    value: float
    unit: str
    goal: float | None = None
    aim: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        return None if self.goal is None else self.value <= self.goal

    @property
    def verdict(self) -> str:
        """Plain words on how it stands."""
        if self.goal is None:
            return ""
        if self.value > self.goal:
            return f"falls short (goal {plain(self.goal)})"
        words = f"met (goal {plain(self.goal)})"
        if self.aim is None:
            return words
        reached = "reached" if self.value <= self.aim else "not reached"
        return f"{words}, aim {plain(self.aim)} {reached}"

    @property
    def line(self) -> str:
        """As it is printed."""
        told = f"  {self.name:<58} {plain(self.value):>9} {self.unit:<9} {self.verdict}"
        return f"{told.rstrip()}{f'  [{self.note}]' if self.note else ''}"

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.is_met}


def plain(value: float) -> str:
    """Three digits that say something.

    >>> plain(0.01234), plain(7.4567), plain(123456.7), plain(3)
    ('0.0123', '7.46', '123457', '3')
    """
    if value == int(value) or abs(value) >= 1000:
        return str(round(value))
    return f"{value:.3g}"
