"""The audit before a release: what would be published, seen as a stranger or a colleague sees it.

Two questions are put. By rank: does anything about one person follow exactly? By linear programs:
how far can everything together narrow one person down, in this period, over the last four against
answers that never change, and with one colleague who knows their own answers? Whoever could be
known within 20 points has figures withheld, the least first, until nobody can.

The colleague and the four periods take values: the answers are gathered again, in memory, for this
alone. Real answers do change, so what four periods published need not fit together; the question
is what they would tell in a firm whose answers never changed. So the earlier releases are taken as
they would have come out of the present answers, and only what this release adds to them counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from clients.models import Client
from missions.models import MissionProfile
from scoring.design import Design, Forms, pseudonym
from scoring.estimation import means_of
from scoring.gathering import sums
from scoring.maths import audit, bounds, exposure, family, figures, release
from scoring.maths.exposure import Sight
from scoring.models import Release, ReleasedCell, ReleaseMembers
from surveys import exports
from surveys.models import Period

OVERALL = "overall"
PERIODS = 4
# Above this many numbers the joint table of all dimensions no longer fits a worker's memory.
JOINT_LIMIT = 20_000_000
SINGLE_LIMIT = 60_000_000
# (person, client, profile) means of firms that are bounded: some 2,000 people.
MOST_PARTS = 3_000
# After so many looks at one release, whatever is not the firm's goes.
LOOKS = 8

Figure = tuple[str, str, str]  # kind, ref, dimension
Part = tuple[str, str, str]  # pseudonym, client, profile
Shown = Mapping[Figure, figures.Figure]
Values = Mapping[tuple[Part, str], float]  # mean of a part in a dimension


@dataclass
class Audited:
    """What the audit did: how it looked, what it took out, and whether the rest is safe.

    ``seen``: numbers of the last look, for the audit of the audit; nothing of anybody.
    """

    how: str
    withheld: list[Figure] = field(default_factory=list)
    safe: bool = True
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """An earlier release that its readers still have: its design and what it showed."""

    forms: Forms
    shown: Shown


@dataclass(frozen=True)
class Present:
    """The period that is looked at: design, rounded figures, and releases before it.

    ``values`` are everybody's answers as if they never changed: the latest ones of each.
    """

    forms: Forms
    shown: Shown
    values: Values
    before: Sequence[Before] = ()


def audit_release(present: Present) -> Audited:
    """Take out figures until nothing about one person follows from what is left."""
    size = _size(present.forms.made)
    if size > SINGLE_LIMIT:
        return Audited("rules")
    joint = size <= JOINT_LIMIT
    audited = Audited("rank, all dimensions jointly" if joint else "rank, dimension by dimension")
    every = list(present.forms.made["dimensions"])
    for names in [every] if joint else [[name] for name in every]:
        _Clearing(present, names, audited).run()
    # Without the firm's own figure nothing is left to read the others by.
    audited.safe = (family.FIRM, "", OVERALL) not in audited.withheld
    return audited


def look(present: Present, rows: Sequence[audit.Row]) -> dict[str, exposure.Found]:
    """Bounds in this period, and together with those before; each with insiders where they fit."""
    found: dict[str, exposure.Found] = {}
    core = {part: kept for part, kept in enumerate(present.forms.made["core"]) if kept}
    people = _people(present.forms.made["parts"])
    alone = _sight(present.forms, present.shown, rows, core)
    truth = _truth(present, present.forms.made["parts"])
    if exposure.is_small([alone]):
        found["period"] = exposure.look([alone], people, truth)
    if present.before:
        found |= _together(present, rows)
    return found


def _together(present: Present, rows: Sequence[audit.Row]) -> dict[str, exposure.Found]:
    """The last releases read together, as if nobody's answers had changed."""
    every = [present.forms, *(one.forms for one in present.before)]
    parts = sorted({tuple(part) for forms in every for part in forms.made["parts"]})
    number = {part: place for place, part in enumerate(parts)}
    values = present.values
    sights = [_renumbered(present.forms, present.shown, rows, number)]
    for one in present.before:
        some = _rows(one.forms, list(one.forms.made["dimensions"]), one.shown)
        shown = _as_if(one, some, values)
        sights.append(_renumbered(one.forms, shown, some, number))
    if not exposure.is_small(sights):
        return {}
    truth = _truth(present, parts)
    return {"periods": exposure.look(sights, _people(parts), truth)}


def _as_if(one: Before, rows: Sequence[audit.Row], values: Values) -> Shown:
    """What an earlier release would have shown of the present answers."""
    shown = {}
    parts = [tuple(part) for part in one.forms.made["parts"]]
    for name in one.forms.made["dimensions"]:
        made = one.forms.of(name)
        inside = [parts[place] for place in one.forms.parts(name)]
        means = np.array([values.get((part, name), exposure.MIDDLE) for part in inside])
        levels = made.constant + made.coef @ means
        for (kind, ref, _), level, half in zip(made.shown, levels, made.half, strict=True):
            key = (kind, ref, name)
            shown[key] = _rounded(float(level), float(half), one.shown[key].grid)
    return shown


def _rounded(level: float, half: float, grid: int) -> figures.Figure:
    sd = half / release.Z90
    people = figures.MANY if grid == figures.FINE else figures.BANDS[0][0]
    return figures.figure(level, *release.interval(level, sd), people)


class _Clearing:
    """Audit some dimensions, drop what a finding rests on, audit again."""

    def __init__(self, present: Present, names: list[str], audited: Audited) -> None:
        self.present = present
        self.audited = audited
        forms = present.forms
        core = {part: kept for part, kept in enumerate(forms.made["core"]) if kept}
        self.core = core if len(names) == len(forms.made["dimensions"]) else None
        self.rows = _rows(forms, names, present.shown)
        self.gone: list[audit.Row] = []
        self.looks = 0
        self.bounded = self.core is not None and bool(present.values)

    def run(self) -> None:
        while self.rows and (drop := self._to_drop(self.rows)):
            self.gone += [self.rows[number] for number in sorted(drop)]
            self.rows = [row for number, row in enumerate(self.rows) if number not in drop]
        # The firm's own figures that went on the way come back where they tell nothing after all.
        for row in sorted(self.gone, key=lambda one: one.dimension != OVERALL):
            if _kind(row) != family.FIRM:
                continue
            seen = self.audited.seen
            if self._to_drop([*self.rows, row]):
                self.audited.seen = seen
            else:
                self.rows.append(row)
        kept = {row.scope for row in self.rows}
        self.audited.withheld += [row.scope for row in self.gone if row.scope not in kept]  # type: ignore[misc]  # -- scopes are ours

    def _to_drop(self, rows: list[audit.Row]) -> set[int]:
        """Numbers of the rows that go next; empty when nobody is exposed."""
        findings = self._by_rank(rows)
        if findings:
            return {_heaviest(rows, finding.rows) for finding in findings}
        if not self.bounded:
            return set()
        found = look(self.present, rows)
        self.audited.seen = {name: _plain(one) for name, one in found.items()}
        if found:
            self.audited.how = "rank and linear programs, all dimensions jointly"
        exposed = _exposed(self.present, found)
        self.looks += 1
        if exposed and self.looks >= LOOKS:
            return {n for n, row in enumerate(rows) if _kind(row) != family.FIRM} or {0}
        return {_nearest(rows, parts) for parts in exposed}

    def _by_rank(self, rows: list[audit.Row]) -> list[audit.Finding]:
        table = audit.assemble(rows, core=self.core)
        owner = [self.present.forms.codes[cell][0] for cell in table.cell.tolist()]
        return audit.determined(table.matrix, owner)


def _exposed(present: Present, found: Mapping[str, exposure.Found]) -> list[frozenset[int]]:
    """The present parts of each person exposed; of somebody who left, nothing new is shown."""
    names = set()
    parts = [tuple(part) for part in present.forms.made["parts"]]
    if "period" in found:
        people = _people(parts)
        names |= {parts[p][0] for p, person in people.items() if person in found["period"].people}
    if "periods" in found:
        every = _everyone(present)
        names |= {name for name, person in every.items() if person in found["periods"].people}
    owned = [frozenset(p for p, part in enumerate(parts) if part[0] == name) for name in names]
    return [some for some in owned if some]


def _everyone(present: Present) -> dict[str, int]:
    """Numbers of people over all the releases that are read together."""
    every = [present.forms, *(one.forms for one in present.before)]
    parts = sorted({tuple(part) for forms in every for part in forms.made["parts"]})
    numbers = _people(parts)
    return {part[0]: numbers[place] for place, part in enumerate(parts)}


def _people(parts: Sequence[Sequence[str]]) -> dict[int, int]:
    """Part's number → number of its person."""
    names = {name: number for number, name in enumerate(sorted({part[0] for part in parts}))}
    return {place: names[part[0]] for place, part in enumerate(parts)}


def _truth(present: Present, parts: Sequence[Sequence[str]]) -> dict[exposure.Unknown, float]:
    """What insiders know of themselves."""
    place = {tuple(part): number for number, part in enumerate(parts)}
    return {
        (place[part], name): value
        for (part, name), value in present.values.items()
        if part in place
    }


def _plain(found: exposure.Found) -> dict[str, Any]:
    told = asdict(found) | {"narrowest": round(found.narrowest, 1)}
    return told | {"people": len(found.people)}


def _size(design: Design) -> int:
    return sum(len(dimensions) * len(design["parts"]) for _, _, _, dimensions in design["cells"])


def _kind(row: audit.Row) -> str:
    return str(row.scope[0])  # type: ignore[index]  # -- scopes are ours


ORDER = {family.PROFILE: 0, family.CLIENT: 1, family.POOL: 2, family.UNIT: 3, family.FIRM: 4}


def _heaviest(rows: Sequence[audit.Row], involved: Iterable[int]) -> int:
    """A theme before the overall score, a profile before a client, a client before what stands
    above it: the least is lost. Somebody who skipped one item must not cost the firm its figure.
    """
    return min(
        involved,
        key=lambda number: (rows[number].dimension == OVERALL, ORDER[_kind(rows[number])]),
    )


def _nearest(rows: Sequence[audit.Row], parts: frozenset[int]) -> int:
    """The row that goes for somebody exposed: the least one of those that hold them closely."""
    mine = np.array(sorted(parts))
    weights = {
        number: float(np.abs(np.asarray(row.coef)[np.isin(np.asarray(row.cells), mine)]).sum())
        for number, row in enumerate(rows)
    }
    most = max(weights.values())
    return _heaviest(rows, [number for number, weight in weights.items() if weight >= most / 4])


def _rows(forms: Forms, names: Iterable[str], shown: Shown) -> list[audit.Row]:
    """The figures that are shown, as rows over the design's parts."""
    rows = []
    for name in names:
        made, parts = forms.of(name), forms.parts(name)
        rows += [
            audit.Row((kind, ref, name), name, parts, weights)
            for (kind, ref, _), weights in zip(made.shown, made.coef, strict=True)
            if (kind, ref, name) in shown
        ]
    return rows


def _sight(
    forms: Forms, shown: Shown, rows: Sequence[audit.Row], core: Mapping[int, Sequence[str]]
) -> Sight:
    """The rows with what their rounded numbers tell of the linear form."""
    ranges = {}
    for name in forms.made["dimensions"]:
        made = forms.of(name)
        for (kind, ref, _), level, half in zip(made.shown, made.constant, made.half, strict=True):
            one = shown[kind, ref, name]
            ends = bounds.told(one.score, one.low, one.high, one.grid, float(half))
            ranges[kind, ref, name] = np.array(ends) - level
    told = np.array([ranges[row.scope] for row in rows]).reshape(len(rows), 2)  # type: ignore[index]  # -- scopes are ours
    return Sight(rows, told[:, 0], told[:, 1], core)


def _renumbered(
    forms: Forms, shown: Shown, rows: Sequence[audit.Row], number: Mapping[Any, int]
) -> Sight:
    """A sight over the parts' numbers that several releases have in common."""
    places = np.array([number[tuple(part)] for part in forms.made["parts"]], dtype=np.int64)
    core = {int(places[p]): kept for p, kept in enumerate(forms.made["core"]) if kept}
    moved = [audit.Row(r.scope, r.dimension, places[np.asarray(r.cells)], r.coef) for r in rows]
    return _sight(forms, shown, moved, core)


# --- from the tables -----------------------------------------------------------------------------


def values_of(
    period: Period, clients: Mapping[int, str], profiles: Mapping[int, str]
) -> dict[tuple[Part, str], float]:
    """The period's means per (person, client, profile) and dimension, under pseudonyms.

    Held in memory for the audit and nowhere else.
    """
    names: dict[int, str] = {}
    values: dict[tuple[Part, str], float] = {}
    found = [
        *sums(exports.answers_of(period)).items(),
        *sums(exports.answers_between(period)).items(),
    ]
    for dimension, cells in found:
        means = means_of(cells)
        columns = (means.person, means.client, means.profile, means.mean)
        lines = zip(*(column.tolist() for column in columns), strict=True)
        for person, client, profile, mean in lines:
            name = names.setdefault(person, pseudonym(person))
            values[(name, clients[client], profiles[profile]), dimension] = mean
    return values


def latest_values(periods: Sequence[Period]) -> dict[tuple[Part, str], float]:
    """The latest mean of every part over some periods, oldest first.

    Answers that were erased since are missing; whoever reads this takes the middle of the scale.
    """
    clients = dict(Client.everything.values_list("pk", "ref"))
    profiles = dict(MissionProfile.everything.values_list("pk", "ref"))
    values: dict[tuple[Part, str], float] = {}
    for period in periods:
        values |= values_of(period, clients, profiles)
    return values


def releases_before(period: Period, count: int = PERIODS - 1) -> list[ReleaseMembers]:
    """Earlier releases whose members are kept and whose figures were out, newest first."""
    rows = ReleaseMembers.objects.filter(release__period__starts_on__lt=period.starts_on)
    out = rows.exclude(release__state=Release.State.WITHHELD).select_related("release__period")
    return list(out.order_by("-release__period__starts_on")[:count])


def present_of(period: Period, design: Design, shown: Shown, count: int = PERIODS - 1) -> Present:
    """What an audit of this period looks at. Firms too large for bounds are not gathered again."""
    forms = Forms(design)
    if len(_people(design["parts"])) > MOST_PARTS:
        return Present(forms, shown, {})
    members = releases_before(period, count)
    values = latest_values([*(row.release.period for row in reversed(members)), period])
    before = [Before(Forms(row.design), shown_of(row.release)) for row in members]
    return Present(forms, shown, values, before)


def shown_of(row: Release) -> dict[Figure, figures.Figure]:
    """The rounded figures of a release."""
    cells = ReleasedCell.objects.filter(release=row, withheld=False)
    columns = ("kind", "ref", "dimension", "score", "low", "high", "band")
    return {
        (kind, ref, dimension): figures.Figure(
            score=score or 0,
            low=low or 0,
            high=high or 0,
            grid=figures.FINE if band == f"{figures.MANY}+" else figures.COARSE,
            band=band,
        )
        for kind, ref, dimension, score, low, high, band in cells.values_list(*columns)
    }
