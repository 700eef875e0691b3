"""What changed since the period before: only where the interval of the change allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import wording
from dashboards.edition import Reading, label
from scoring.publication import Cell, Scope, change, figure
from surveys.versions import changed, comparable

UP, DOWN, UNCLEAR = "up", "down", "unclear"


@dataclass(frozen=True, slots=True)
class Moved:
    """How one figure moved since the period before. ``direction``: up, down or unclear."""

    name: str
    direction: str
    before: Cell
    after: Cell
    points: int
    low: int
    high: int

    @property
    def is_clear(self) -> bool:
        return self.direction != UNCLEAR

    @property
    def says(self) -> str:
        """« Down 15 (4 to 26) »: the points, and the margin of the change."""
        if not self.is_clear:
            return _("No clear change")
        said = {UP: _("Up %(points)s (%(range)s)"), DOWN: _("Down %(points)s (%(range)s)")}
        nearest, farthest = sorted((abs(self.low), abs(self.high)))
        return said[self.direction] % {
            "points": wording.number(abs(self.points)),
            "range": wording.range_text(nearest, farthest),
        }

    @property
    def ends(self) -> str:
        """« From 65 to 50 »."""
        return _("From %(first)s to %(last)s") % {
            "first": wording.number(self.before.score),
            "last": wording.number(self.after.score),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """The section of a page: what moved clearly, or in one sentence why nothing is told.

    ``since``: the period compared with. ``cut``: names of what was asked otherwise before.
    """

    since: str
    clear: list[Moved]
    says: str
    cut: list[str]


def moved(reading: Reading, scope: Scope, name: str = "") -> Moved | None:
    """How a figure moved since the period just before; None where nothing can be told.

    That is where either is withheld, where the period just before is not published, and across
    a change of what was asked.
    """
    chosen, before = reading.edition.chosen, reading.edition.before
    if before is None or before.id != chosen.follows:
        return None
    if not comparable(before.asked, chosen.asked, scope.dimension):
        return None
    cells = [figure(reading.cells, period.id, scope) for period in (before, chosen)]
    found = change(cells[0], cells[1])
    if found is None:
        return None
    return Moved(
        name, str(found.direction), cells[0], cells[1], found.points, found.low, found.high
    )


def changes_of(reading: Reading, told: Iterable[tuple[str, Scope]]) -> Changes | None:
    """What changed among these named figures; None in the first published period."""
    before, chosen = reading.edition.before, reading.edition.chosen
    if before is None:
        return None
    since, named = label(before), list(told)
    if before.id != chosen.follows:
        # Another period lies in between: two steps in one would be read as one.
        says = _("The period just before is not published, so no change is told.")
        return Changes(since, [], says, [])
    found = [one for name, scope in named if (one := moved(reading, scope, name))]
    clear = [one for one in found if one.is_clear]
    asked = before.asked, chosen.asked
    cut = [name for name, scope in named if changed(*asked, scope.dimension)]
    says = ""
    if not found:
        says = _("Nothing here can be compared with the period before.")
    elif not clear:
        says = _("No clear change: the margins are wider than the differences.")
    return Changes(since, clear, says, cut)
