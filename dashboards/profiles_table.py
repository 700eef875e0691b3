"""Mission profiles by theme: the heat map, as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from dashboards.edition import Reading, with_themes
from dashboards.names import Named, Names
from scoring.publication import Cell, Scope

FIRST = 12


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A profile, its overall figure, and one cell a theme."""

    profile: Named
    overall: Cell
    cells: list[Cell]

    @property
    def is_withheld(self) -> bool:
        """Nothing of it is published: one sentence across the line."""
        return self.overall.withheld and all(cell.withheld for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Heat:
    """Profiles and themes, both in their order."""

    themes: list[Named]
    rows: list[HeatRow]

    @property
    def columns(self) -> int:
        """Cells of a line."""
        return 1 + len(self.themes)

    @property
    def first(self) -> list[HeatRow]:
        """The lines that the overview shows."""
        return self.rows[:FIRST]

    @property
    def has_more(self) -> bool:
        return len(self.rows) > FIRST

    @property
    def finding(self) -> str:
        """Where the lowest figures are: the profile, and its themes under every other's."""
        known = {
            (place, column): cell.score
            for place, row in enumerate(self.rows)
            for column, cell in enumerate(row.cells)
            if not cell.withheld
        }
        if not known:
            return _("Mission profiles by theme")
        lowest = min(known, key=lambda at: (known[at], at))[0]
        least = min(known.values())
        rest = [score for (place, _column), score in known.items() if place != lowest]
        themes = [
            self.themes[column].name
            for (place, column), score in known.items()
            if place == lowest and (score == least or score < min(rest, default=least))
        ]
        name = self.rows[lowest].profile.name
        return _("%(profile)s: %(themes)s lowest") % {"profile": name, "themes": listed(themes)}


def scopes_of(names: Names) -> list[Scope]:
    """Every profile and the firm, overall and on each theme asked in every round."""
    themes = [row.ref for row in names.themes]
    profiles = [Scope("profile", ref) for ref in names.profiles]
    return [scope for one in (Scope("firm"), *profiles) for scope in with_themes(one, themes)]


def heat_of(reading: Reading, names: Names, day: date) -> Heat:
    """Themes that the period asked; profiles that are current, or have a figure in it."""
    themes = [row for row in names.themes if reading.has(Scope("firm", "", row.ref))]
    rows = [_row(reading, profile, themes) for profile in names.profiles.values()]
    shown = [row for row in rows if row.profile.is_current(day) or not row.is_withheld]
    return Heat(themes, sorted(shown, key=lambda row: (row.is_withheld, -row.overall.score)))


def _row(reading: Reading, profile: Named, themes: Iterable[Named]) -> HeatRow:
    scope = Scope("profile", profile.ref)
    cells = [reading.cell(scope._replace(dimension=theme.ref)) for theme in themes]
    return HeatRow(profile, reading.cell(scope), cells)


def listed(themes: Iterable[str]) -> str:
    """Names inside a sentence: « charge, autonomie et relation »."""
    return get_text_list([_lowered(name) for name in themes], _("and"))


def _lowered(name: str) -> str:
    """A small first letter, unless the word is written in capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
