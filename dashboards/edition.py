"""The published period that a page shows, the ones before it for curves, and their figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import FirmSettings
from accounts.threshold import profile_need
from core import wording
from scoring.publication import (
    LEAST_PEOPLE,
    OVERALL,
    WITHHELD,
    Cell,
    Figures,
    PublishedPeriod,
    Scope,
    Viewer,
    figure,
    published,
)
from surveys.versions import cuts

CURVE = 8
FEWEST = 3
FIRM = Scope("firm")
PROFILE = "profile"


def label(period: PublishedPeriod) -> str:
    """``sept.–nov. 2026``."""
    return wording.months_text(period.starts_on, period.last_on)


def span(period: PublishedPeriod) -> tuple[date, date]:
    """First and last day: a period lasts until the round after its last one."""
    cadence = timedelta(weeks=FirmSettings.current().cadence_weeks)
    return period.starts_on, period.last_on + cadence - timedelta(days=1)


def need(period: PublishedPeriod, kind: str = "") -> int:
    """People that a figure of that kind needed when the period was released."""
    return profile_need(period.people_needed) if kind == PROFILE else period.people_needed


@dataclass(frozen=True, slots=True)
class Edition:
    """What the reader chose among the published periods, newest first."""

    periods: tuple[PublishedPeriod, ...]
    chosen: PublishedPeriod

    @property
    def label(self) -> str:
        return label(self.chosen)

    @property
    def published_on(self) -> str:
        """``24 novembre``, with its year where that is not the period's own."""
        day = localdate(self.chosen.published_at)
        plain = day.year == self.chosen.last_on.year
        return wording.day_month(day) if plain else wording.full_day(day)

    @property
    def latest_label(self) -> str:
        return label(self.periods[0])

    @property
    def need(self) -> int:
        return need(self.chosen)

    @property
    def profile_need(self) -> int:
        return need(self.chosen, PROFILE)

    @property
    def is_latest(self) -> bool:
        return self.chosen == self.periods[0]

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Value, words and whether chosen, of each published period."""
        return [
            (row.starts_on.isoformat(), label(row), row == self.chosen) for row in self.periods
        ]

    @property
    def curve(self) -> list[PublishedPeriod]:
        """Up to eight periods, oldest first; the last is the one chosen."""
        place = self.periods.index(self.chosen)
        return list(reversed(self.periods[place : place + CURVE]))

    @property
    def before(self) -> PublishedPeriod | None:
        """The period published before the one chosen; None for the first."""
        place = self.periods.index(self.chosen) + 1
        return self.periods[place] if place < len(self.periods) else None

    @property
    def before_label(self) -> str:
        return label(self.before) if self.before else ""

    @property
    def tail(self) -> str:
        """What a link to another page of figures carries along; empty for the latest period."""
        return "" if self.is_latest else f"?period={self.chosen.starts_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a curve, with the firm beside it.

    ``cut``: it asked something else than the period before, so that the curve breaks there.
    ``formula``: version of the way of calculating, and whether it is another than before: that
    changes margins, not the meaning, so nothing is cut.
    """

    published_at: datetime
    label: str
    cell: Cell
    firm: Cell
    first: bool
    day: date
    cut: bool = False
    formula: int = 1
    formula_changed: bool = False
    need: int = LEAST_PEOPLE


@dataclass(frozen=True, slots=True)
class Reading:
    """The cells that a page asked the gate for."""

    edition: Edition
    cells: Figures

    def cell(self, scope: Scope) -> Cell:
        """The figure of the chosen period; withheld where there is none."""
        return figure(self.cells, self.edition.chosen.id, scope)

    def has(self, scope: Scope) -> bool:
        """Is there a row for it, be it withheld?"""
        return (self.edition.chosen.id, scope) in self.cells

    def curve(self, scope: Scope) -> list[Point]:
        """The scope, and beside it the firm on the same dimension, period by period."""
        firm = FIRM._replace(dimension=scope.dimension)
        rows = self.edition.curve
        broken = cuts([row.asked for row in rows], scope.dimension)
        return [
            Point(
                published_at=row.published_at,
                label=label(row),
                cell=figure(self.cells, row.id, scope),
                firm=WITHHELD if scope == firm else figure(self.cells, row.id, firm),
                first=row.first,
                day=day,
                cut=cut,
                formula=row.formula_version,
                need=need(row, scope.kind),
                formula_changed=row.formula_version != before.formula_version,
            )
            for before, row, day, cut in zip(
                [*rows[:1], *rows[:-1]], rows, days(rows), broken, strict=True
            )
        ]


def days(rows: Sequence[PublishedPeriod]) -> list[date]:
    """Where each period stands in time, oldest first: on the day it was published.

    A past that was brought in is published at once: its periods stand at their last round, so
    that a curve never folds back on one day.
    """
    placed: list[date] = []
    for row in reversed(rows):
        day = row.published_at.date()
        placed.append(day if not placed or day < placed[-1] else row.last_on)
    return placed[::-1]


def read(*, viewer: Viewer, edition: Edition, scopes: Iterable[Scope]) -> Reading:
    """The chosen period's cells."""
    return Reading(edition, published(viewer=viewer, periods=[edition.chosen.id], scopes=scopes))


def read_curve(*, viewer: Viewer, edition: Edition, scopes: Iterable[Scope]) -> Reading:
    """The cells of the chosen period and of the ones before it."""
    periods = [row.id for row in edition.curve]
    return Reading(edition, published(viewer=viewer, periods=periods, scopes=scopes))


def with_themes(scope: Scope, dimensions: Iterable[str]) -> list[Scope]:
    """The scope overall and on each of these dimensions."""
    return [scope._replace(dimension=name) for name in (OVERALL, *dimensions)]


def scores(points: Iterable[Point]) -> list[float | None]:
    """One number a period; None where it is withheld."""
    return [None if row.cell.withheld else row.cell.score for row in points]


def since_cut(points: Sequence[Point]) -> list[Point]:
    """The points that rest on what is asked now: those since the last cut."""
    last = max((place for place, point in enumerate(points) if point.cut), default=0)
    return list(points[last:])


def has_curve(points: Iterable[Point]) -> bool:
    """Three published points or more."""
    return sum(value is not None for value in scores(points)) >= FEWEST
