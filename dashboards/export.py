"""Published figures as a file: what the pages show of one period, and nothing more.

They come through the gate, for whoever asks: a consultant's file holds the firm, the profiles and
the clients they are or were at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import wording
from core.tables import escape
from dashboards import clients_table, perms
from dashboards.changes import moved
from dashboards.edition import FIRM, Edition, Reading
from dashboards.filing import Filed, leave
from dashboards.names import Named, Names
from dashboards.themes import asked_in
from scoring.publication import OVERALL, Cell, Scope, published

KINDS = {
    "firm": gettext_lazy("Firm"),
    "unit": gettext_lazy("Unit"),
    "client": gettext_lazy("Client"),
    "pool": gettext_lazy("Other clients"),
    "profile": gettext_lazy("Mission profile"),
}
Line = list[str | int]
Shown = tuple[Scope, str]


def export(
    *, viewer: User, edition: Edition, names: Names, file_type: str, now: datetime
) -> bytes:
    """The file, and a line about it in the audit log."""
    rows = figures_table(viewer=viewer, edition=edition, names=names, day=localdate(now))
    ref = edition.chosen.starts_on.isoformat()
    what = Filed("figures", ref, _("figures"))
    return leave([headers(), *rows], what, viewer=viewer, file_type=file_type, now=now)


def headers() -> list[str]:
    """Column names in the reader's language."""
    return [
        _("Kind"), _("Reference"), _("Name"), _("Theme"),
        _("Score"), _("Margin from"), _("Margin to"),
        _("People"), _("Reliability"), _("Beside the firm"), _("Since the period before"),
        _("Period"), _("Published on"),
    ]  # fmt: skip


def figures_table(*, viewer: User, edition: Edition, names: Names, day: date) -> list[Line]:
    """One line a figure; a withheld one says so and holds no number."""
    rows = [row for row in (edition.before, edition.chosen) if row]
    cells = published(viewer=viewer, periods=[row.id for row in rows])
    reading = Reading(edition, cells)
    shown = _shown(reading, names, viewer, day)
    return [_line(reading, scope, name, names) for scope, name in shown]


def _shown(reading: Reading, names: Names, viewer: User, day: date) -> Iterator[Shown]:
    """What the pages show, in their order."""
    asked = asked_in(reading.edition.chosen.id)
    every = [one.item.dimension for one in asked]
    fixed = [one.item.dimension for one in asked if not one.item.is_narrow]
    yield from _of(reading, FIRM, names.firm, every)
    for unit in clients_table.units_of(reading, names):
        yield unit.scope, unit.name
    read = replace(names, clients=_clients(names, viewer))
    table = clients_table.table_of(reading, read, day)
    for row in [*table.rows, *table.withheld]:
        yield from _of(reading, row.scope, row.name, fixed if row.pk else [])
    for profile in names.profiles.values():
        scope = Scope("profile", profile.ref)
        if profile.is_current(day) or not reading.cell(scope).withheld:
            yield from _of(reading, scope, profile.name, every)


def _clients(names: Names, viewer: User) -> dict[str, Named]:
    """All of them, or a consultant's own."""
    if perms.can_read_overview(viewer):
        return names.clients
    own = perms.own_client_refs(viewer)
    return {ref: row for ref, row in names.clients.items() if ref in own}


def _of(reading: Reading, scope: Scope, name: str, themes: Iterable[str]) -> Iterator[Shown]:
    """The overall figure and its themes; of a withheld one its sentence alone, as on its page."""
    yield scope, name
    if not reading.cell(scope).withheld:
        yield from ((scope._replace(dimension=theme), name) for theme in themes)


def _line(reading: Reading, scope: Scope, name: str, names: Names) -> Line:
    chosen = reading.edition.chosen
    theme = _("Overall") if scope.dimension == OVERALL else names.theme(scope.dimension)
    what = (str(KINDS[scope.kind]), scope.ref, name, theme)
    when = (reading.edition.label, localdate(chosen.published_at).isoformat())
    change = moved(reading, scope) if scope.kind != "pool" else None
    return [
        *(escape(text) for text in what),
        *columns(reading.cell(scope)),
        change.says if change else "",
        *when,
    ]


def columns(cell: Cell) -> Line:
    """Score, low, high, people, reliability and group; one word where it is withheld."""
    if cell.withheld:
        return [_("Withheld"), "", "", "", "", ""]
    return [
        cell.score,
        cell.low,
        cell.high,
        wording.band_text(cell.band),
        wording.reliability_word(cell.reliability),
        wording.group_word(cell.group) if cell.group else "",
    ]
