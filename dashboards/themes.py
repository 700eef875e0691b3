"""The themes of a client or a profile: each beside the firm, and read on the item's own labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import wording
from dashboards.edition import FIRM, Point, Reading, since_cut
from dashboards.names import Names
from dashboards.profiles_table import listed
from scoring.publication import WITHHELD, Cell, Scope
from surveys.models import Round
from surveys.models.questions import Item

BELOW, ABOVE = "below", "above"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of the period, and the first days of the rounds that asked it."""

    item: Item
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """One line: the figure, the firm's on the same theme, and the figure in the item's words.

    ``version``: since when the question is asked as it is now; empty while the curve has no cut.
    """

    name: str
    cell: Cell
    firm: Cell
    words: str
    months: str = ""
    points: tuple[Point, ...] = ()
    version: str = ""

    @property
    def mark(self) -> str:
        """Group that colours the interval; neutral where the firm has no figure."""
        return self.cell.group or "in_line"

    @property
    def firm_score(self) -> int | None:
        return None if self.firm.withheld else self.firm.score


def asked_in(period: int) -> list[Asked]:
    """Items asked in a period, in their order; one query. Of one that changed, the last words."""
    rounds = Round.objects.filter(period=period, questionnaire__isnull=False)
    found: dict[str, tuple[Item, list[date]]] = {}
    for row in rounds.select_related("questionnaire").order_by("starts_on"):
        for item in row.questionnaire.items if row.questionnaire else []:
            days = found[item.dimension][1] if item.dimension in found else []
            found[item.dimension] = (item, [*days, row.starts_on])
    return [Asked(item, tuple(days)) for item, days in found.values()]


def themes_of(reading: Reading, scope: Scope, asked: Sequence[Asked], names: Names) -> list[Theme]:
    """The lines of these items, the lowest figure first, those without one last."""
    lines = [_theme(reading, scope, one, names) for one in asked]
    return sorted(lines, key=lambda line: (line.cell.withheld, line.cell.score))


def _theme(reading: Reading, scope: Scope, asked: Asked, names: Names) -> Theme:
    code = asked.item.dimension
    of_theme = scope._replace(dimension=code)
    cell = reading.cell(of_theme)
    points = reading.curve(of_theme)
    return Theme(
        name=names.theme(code),
        cell=cell,
        firm=WITHHELD if scope == FIRM else reading.cell(FIRM._replace(dimension=code)),
        words="" if cell.withheld else on_labels(cell.score, asked.item),
        months=months(asked) if asked.item.is_rotating else "",
        points=tuple(points),
        version=_version(asked.item, since_cut(points)) if any(p.cut for p in points) else "",
    )


def _version(item: Item, since: Sequence[Point]) -> str:
    """« Version 2 since June–August 2026 »."""
    words = {"number": item.version, "period": since[0].label}
    return _("Version %(number)s since %(period)s") % words


def months(asked: Asked) -> str:
    """The months of the rounds that asked a rotating item."""
    return ", ".join(dict.fromkeys(date_format(day, "F") for day in asked.days))


def on_labels(score: float, item: Item) -> str:
    """The figure in the item's own words: one label, or the two that it lies between."""
    choices = item.choices(wording.language())
    for (low, worse), (high, better) in pairwise(choices):
        if score == low:
            return _("“%(label)s”") % {"label": worse}
        if low < score < high:
            return _("Between “%(worse)s” and “%(better)s”") % {"worse": worse, "better": better}
    return _("“%(label)s”") % {"label": choices[-1][1]} if choices else ""


def apart(themes: Iterable[Theme], group: str) -> list[Theme]:
    """The themes whose whole rounded interval lies on one side of the firm's figure."""
    return [theme for theme in themes if theme.cell.group == group]


def finding(themes: Iterable[Theme]) -> str:
    """Which themes stand apart from the firm, the lower ones first."""
    known = [theme for theme in themes if not theme.cell.withheld]
    said = {
        BELOW: (_("%(themes)s below the firm"), _("Every theme below the firm")),
        ABOVE: (_("%(themes)s above the firm"), _("Every theme above the firm")),
    }
    for group, (words, every) in said.items():
        stand_apart = [theme.name for theme in apart(known, group)]
        if 1 < len(stand_apart) == len(known):
            return every
        if stand_apart:
            return capfirst(words % {"themes": listed(stand_apart)})
    return _("No theme stands apart from the firm") if known else _("Themes")
