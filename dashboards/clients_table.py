"""Clients grouped by where they stand against the firm, computed from the rounded figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards.changes import Moved, moved
from dashboards.edition import Point, Reading, scores
from dashboards.names import Named, Names
from scoring.publication import Cell, Scope
from scoring.satisfaction import Opinion

BELOW, IN_LINE, ABOVE, ALONE = "below", "in_line", "above", ""
OWN, POOL, HIDDEN, UNIT = "own", "pool", "hidden", "unit"
TITLES = {
    BELOW: gettext_lazy("Clearly below the firm"),
    IN_LINE: gettext_lazy("In line with the firm"),
    ABOVE: gettext_lazy("Clearly above the firm"),
    ALONE: gettext_lazy("Clients"),
    OWN: gettext_lazy("Own products"),
    POOL: gettext_lazy("Other clients, together"),
    HIDDEN: gettext_lazy("Clients without a figure of their own"),
    UNIT: gettext_lazy("Owning units, with all their clients"),
}
# How many lines of each group the overview shows; the list of clients shows them all.
NAMED = 12
MANY_UNITS = 2
FIRST = {BELOW: 10, IN_LINE: 6, ABOVE: 10, ALONE: 10, OWN: 6, POOL: 6}


@dataclass(frozen=True, slots=True)
class Standing:
    """A status in words, with the class of its chip."""

    word: str
    reasons: str
    chip: str


@dataclass(frozen=True, slots=True)
class View:
    """What a client last said, and its word; withheld: too few answers, or none."""

    opinion: Opinion
    answered: int
    word: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a client; or, without ``pk``, a pool of other clients or a unit."""

    scope: Scope
    name: str
    pk: int | None
    group: str
    cell: Cell
    points: tuple[Point, ...] = ()
    moved: Moved | None = None
    # What stands beside it, where the page asks for it (``client_sides``).
    standing: Standing | None = None
    view: View | None = None

    @property
    def has_past(self) -> bool:
        """A pool has none, since its members change; nor has what is withheld."""
        return self.group != POOL and not self.cell.withheld

    @property
    def spark(self) -> list[float | None]:
        return scores(self.points)

    @property
    def labels(self) -> list[str]:
        return [point.label for point in self.points]

    @property
    def cuts(self) -> list[bool]:
        return [point.cut for point in self.points]

    @property
    def mark(self) -> str:
        """Group that colours the interval; neutral where the firm has no figure."""
        return self.cell.group or IN_LINE


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    key: str
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Table:
    """Every line with a figure, in order; current clients without one are only named."""

    rows: list[Row]
    withheld: list[Row]

    @property
    def first(self) -> list[Row]:
        """The first lines of each group."""
        seen: Counter[str] = Counter()
        kept = []
        for row in self.rows:
            seen[row.group] += 1
            if seen[row.group] <= FIRST[row.group]:
                kept.append(row)
        return kept

    @property
    def named(self) -> list[Row]:
        """The first of those without a figure."""
        return self.withheld[:NAMED]

    @property
    def has_more(self) -> bool:
        return len(self.first) < len(self.rows) or len(self.withheld) > NAMED

    def count(self, *groups: str) -> int:
        return sum(row.group in groups for row in self.rows)

    @property
    def read(self) -> int:
        """Clients with a figure of their own."""
        return sum(row.pk is not None for row in self.rows)

    @property
    def all(self) -> int:
        """Clients of this table, with a figure or without."""
        return self.read + len(self.withheld)

    @property
    def finding(self) -> str:
        """What the table says, from its figures."""
        below, above = self.count(BELOW), self.count(ABOVE)
        if below and above:
            said = ngettext(
                "%(below)s client clearly below the firm, %(above)s above",
                "%(below)s clients clearly below the firm, %(above)s above",
                below,
            )
        elif below:
            said = ngettext(
                "%(below)s client clearly below the firm",
                "%(below)s clients clearly below the firm",
                below,
            )
        elif above:
            said = ngettext(
                "%(above)s client clearly above the firm",
                "%(above)s clients clearly above the firm",
                above,
            )
        elif self.count(IN_LINE):
            said = _("No client stands apart from the firm")
        else:
            said = _("Clients")
        return said % {"below": below, "above": above}


def scopes_of(names: Names) -> list[Scope]:
    """Every client, and every pool of other clients there may be."""
    pools = [Scope("pool", unit) for unit in ("", *names.units)]
    return clients_of(names.clients.values()) + pools


def clients_of(clients: Iterable[Named]) -> list[Scope]:
    """The overall figure of each of these clients."""
    return [Scope("client", row.ref) for row in clients]


def table_of(reading: Reading, names: Names, day: date) -> Table:
    """All lines, those below first, then in line, above, own products, pools."""
    rows = [row_of(reading, client) for client in names.clients.values()]
    known = ordered(row for row in rows if not row.cell.withheld)
    withheld = [
        row for row in rows if row.cell.withheld and names.clients[row.scope.ref].is_current(day)
    ]
    return Table([*known, *_pool_rows(reading, names)], withheld)


def ordered(rows: Iterable[Row]) -> list[Row]:
    """By group, as the headings stand; inside each, what stands out first."""
    places = list(TITLES)
    return sorted(rows, key=lambda row: (places.index(row.group), _within(row)))


def row_of(reading: Reading, client: Named) -> Row:
    """One client's line."""
    scope = Scope("client", client.ref)
    cell = reading.cell(scope)
    group = OWN if client.is_internal else cell.group
    return Row(scope, client.name, client.pk, HIDDEN if cell.withheld else group, cell)


def _within(row: Row) -> float:
    """Inside a group: the lowest first among those below, else the highest first."""
    return row.cell.score if row.group == BELOW else -row.cell.score


def _pool_rows(reading: Reading, names: Names) -> Iterable[Row]:
    for unit in ("", *names.units):
        scope = Scope("pool", unit)
        cell = reading.cell(scope)
        if not cell.withheld:
            yield Row(scope, pool_name(names, unit), None, POOL, cell)


def pool_name(names: Names, unit: str) -> str:
    """« Autres clients », of which unit where there are several."""
    if not unit:
        return _("Clients of other units")
    if len(names.units) == 1:
        return _("Other clients")
    return _("Other clients (%(unit)s)") % {"unit": names.units[unit].name}


def units_of(reading: Reading, names: Names) -> list[Row]:
    """Each owning unit's figure; none where one unit owns everything, as it is the firm's."""
    if len(names.units) < MANY_UNITS:
        return []
    scopes = [(Scope("unit", ref), unit) for ref, unit in names.units.items()]
    return [
        Row(scope, unit.name, None, UNIT, reading.cell(scope))
        for scope, unit in scopes
        if reading.has(scope)
    ]


def curved(rows: Iterable[Row]) -> list[Scope]:
    """The firm, and the lines that have a past."""
    return [Scope("firm"), *(row.scope for row in rows if row.has_past)]


def with_curves(rows: Iterable[Row], past: Reading) -> list[Row]:
    """The same lines with their past, and what changed since the period before."""
    scopes = set(curved(rows))
    return [
        replace(row, points=tuple(past.curve(row.scope)), moved=moved(past, row.scope))
        if row.scope in scopes
        else row
        for row in rows
    ]


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Lines under their headings; headings without a line are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return [Group(key, str(TITLES[key]), found[key]) for key in TITLES if key in found]
