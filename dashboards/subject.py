"""A client or a profile as it is read: its figure, its themes, its curve, what staffing says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import FirmSettings
from core import wording
from dashboards import charts, drawing
from dashboards.changes import Changes, changes_of
from dashboards.edition import (
    FIRM,
    Edition,
    Point,
    Reading,
    has_curve,
    read_curve,
    with_themes,
)
from dashboards.names import Names
from dashboards.themes import ABOVE, BELOW, Asked, Theme, apart, asked_in, themes_of
from missions.demand import declared_demand
from missions.models import Mission, MissionQuerySet
from scoring.publication import Cell, Scope, Viewer


@dataclass(frozen=True, slots=True)
class Trend:
    """A curve: what it says, for the script, drawn on the server, and as a table."""

    finding: str
    figure: dict[str, Any]
    drawing: SafeString
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Multiple:
    """A theme in a row of small curves on one scale."""

    theme: Theme
    drawing: SafeString
    says: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page of figures says of one client or profile."""

    cell: Cell
    firm: Cell
    themes: list[Theme]
    rotating: list[Theme]
    # Asked at some moments, or of this profile alone.
    extra: list[Theme]
    trend: Trend | None
    changes: Changes | None

    @property
    def weighs(self) -> list[Theme]:
        """Themes whose whole interval is below the firm's figure on the same theme."""
        return apart(self.all_themes, BELOW)

    @property
    def lifts(self) -> list[Theme]:
        """Themes whose whole interval is above it."""
        return apart(self.all_themes, ABOVE)

    @property
    def says(self) -> str:
        """What the curve says; empty where there is none yet."""
        return self.trend.finding if self.trend else ""

    @property
    def all_themes(self) -> list[Theme]:
        return [*self.themes, *self.rotating, *self.extra]

    @property
    def multiples(self) -> list[Multiple]:
        """Small curves of the themes that have one, on one scale."""
        return _multiples(self.themes)

    @property
    def beside_firm(self) -> str:
        """Where the whole interval lies, in a sentence; empty where the firm has no figure."""
        said = {
            "below": _("The whole margin of error is below the firm (%(firm)s)."),
            "above": _("The whole margin of error is above the firm (%(firm)s)."),
            "in_line": _("The margin of error reaches the firm (%(firm)s)."),
        }
        words = said.get(self.cell.group, "")
        return words % {"firm": wording.number(self.firm.score)} if words else ""


def read_subject(
    *, viewer: Viewer, edition: Edition, scope: Scope, names: Names, beside: Sequence[Scope] = ()
) -> tuple[Subject, Reading]:
    """Everything about one client or profile, from one look through the gate.

    ``beside``: further cells that the page asks for, such as a pool's.
    """
    asked = asked_in(edition.chosen.id)
    codes = [one.item.dimension for one in asked]
    scopes = [*with_themes(scope, codes), *with_themes(FIRM, codes), *beside]
    reading = read_curve(viewer=viewer, edition=edition, scopes=scopes)
    return _subject(reading, scope, asked, names), reading


def _subject(reading: Reading, scope: Scope, asked: Sequence[Asked], names: Names) -> Subject:
    themes = themes_of(reading, scope, [one for one in asked if not one.item.is_narrow], names)
    turning = themes_of(reading, scope, [one for one in asked if one.item.is_rotating], names)
    extra = [one for one in asked if one.item.is_extra and one.item.profile in {"", scope.ref}]
    cell = reading.cell(scope)
    return Subject(
        cell=cell,
        firm=reading.cell(FIRM),
        themes=themes,
        rotating=turning,
        extra=themes_of(reading, scope, extra, names),
        # A withheld figure shows no trend either: earlier periods stay in the selector.
        trend=None if cell.withheld else trend_of(reading.curve(scope)),
        changes=None if cell.withheld else changes_of(reading, _named(scope, asked, names)),
    )


def _named(scope: Scope, asked: Iterable[Asked], names: Names) -> list[tuple[str, Scope]]:
    """The overall figure and each theme, with their names."""
    codes = [one.item.dimension for one in asked]
    themes = [(names.theme(code), scope._replace(dimension=code)) for code in codes]
    return [(_("Overall"), scope), *themes]


def trend_of(points: list[Point]) -> Trend | None:
    """The curve of these points; None under three of them."""
    figure = charts.trend(_("Well-being"), points)
    if figure is None:
        return None
    says = charts.finding(points)
    return Trend(says, figure, drawing.trend(points, says), points)


def _multiples(themes: Iterable[Theme]) -> list[Multiple]:
    known = [theme for theme in themes if not theme.cell.withheld]
    axis = charts.axis_of(point for theme in known for point in theme.points)
    drawn = []
    for theme in known:
        says = charts.finding(theme.points)
        if has_curve(theme.points):
            label = _("%(name)s: %(title)s") % {"name": theme.name, "title": says}
            picture = drawing.small_multiple(theme.points, axis, label)
            drawn.append(Multiple(theme, picture, says))
    return drawn


# --- staffing, beside the figures ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MissionLine:
    """A mission of today, with its declared demand on 0–10 and the facts behind it."""

    mission: Mission
    demand: float
    facts: list[str]


def mission_lines(rows: MissionQuerySet, day: date) -> list[MissionLine]:
    """Missions that run that day, most demanding first."""
    maximum = FirmSettings.current().demand_maximum
    found = rows.current(day).select_related("client", "profile").prefetch_related("facts")
    lines = []
    for mission in found:
        facts = [fact for fact in mission.facts.all() if fact.counts]
        demand = declared_demand(sum(fact.points for fact in facts), maximum)
        lines.append(MissionLine(mission, demand, [fact.name for fact in facts]))
    return sorted(lines, key=lambda line: (-line.demand, line.mission.title))
