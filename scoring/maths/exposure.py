"""Who is exposed by a table of published figures: by rank, and by how far bounds narrow.

A *sight* is one release as its readers have it: rows (``audit.Row``) and what each one's rounded
numbers tell of its linear form. Several sights together are several periods read against answers
that never change. Every person's unknowns, and the combinations of them that mean something (the
overall score of a pair, a theme over several clients, everything together), are bounded; whoever
is narrower than 20 points is exposed. The same again for each colleague as an insider.

The first sight is the release that is looked at. What those before it told already, read as if
nobody's answers had changed, it does not tell: where it narrows nothing further, nobody is exposed
by it.

>>> firm = audit.Row("firm", "load", [0, 1, 2], [1 / 3, 1 / 3, 1 / 3])
>>> acme = audit.Row("acme", "load", [0, 1], [0.5, 0.5])
>>> seen = Sight([firm, acme], np.array([49.0, 49.0]), np.array([51.0, 51.0]), {})
>>> found = look([seen], {0: 7, 1: 8, 2: 9}, {})
>>> found.people, round(found.narrowest)
({9}, 10)

Source: Hundepool et al., *Statistical Disclosure Control* (2012), §4.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scoring.maths import audit, bounds, interior
from scoring.maths.cells import Floats, Ints

# Nobody may be known more closely than this, in points.
NARROW = 20.0
OVERALL = "overall"
# Numbers of the largest table that is bounded, and of work on insiders (numbers × people).
TABLE_LIMIT = 20_000_000
INSIDER_LIMIT = 1_000_000_000
# Quantities of one look that are put to programs; who is not settled by then counts as exposed.
PROGRAMS = 50
# Points by which a release may narrow what those before it had narrowed too far.
FURTHER = 1.0
# What somebody is taken to have answered where that is not known any more.
MIDDLE = 50.0

Unknown = tuple[int, str]  # number of the (person, client, profile), dimension
Truth = Mapping[Unknown, float]


@dataclass(frozen=True)
class Sight:
    """A release's rows over common numbers of parts, and the range (R) of each linear form.

    ``core`` maps a part to the dimensions whose mean its overall value is (``audit.core_of``).
    """

    rows: Sequence[audit.Row]
    lo: Floats
    hi: Floats
    core: Mapping[int, Sequence[str] | None]


@dataclass
class Found:
    """People exposed; the narrowest width seen; how much was looked at."""

    people: set[int] = field(default_factory=set)
    narrowest: float = bounds.TOP
    quantities: int = 0
    insiders: int = 0
    programs: int = 0
    told_before: int = 0

    def note(self, person: int, width: float) -> None:
        """Count one bounded quantity; a width that is not known counts as none."""
        known = width if np.isfinite(width) else 0.0
        self.narrowest = min(self.narrowest, known)
        if known < NARROW:
            self.people.add(person)


def is_small(sights: Sequence[Sight]) -> bool:
    """Whether the table can be bounded at all: its unknowns, and about as many quantities."""
    rows = sum(len(sight.rows) for sight in sights)
    parts = {int(part) for sight in sights for row in sight.rows for part in np.asarray(row.cells)}
    dimensions = {row.dimension for sight in sights for row in sight.rows}
    unknowns = len(parts) * len(dimensions)
    return max(rows, unknowns) * unknowns <= TABLE_LIMIT


def look(sights: Sequence[Sight], owner: Mapping[int, int], truth: Truth) -> Found:
    """Bound everybody; with ``truth`` (the values) also against each colleague as an insider.

    ``sights``: the release that is looked at, then those before it, if any. ``owner`` names the
    person of each part. An empty polytope, which only numbers that contradict each other can
    give, exposes everybody.
    """
    table, unknowns = _table(sights)
    people = np.array([owner[part] for part, _ in unknowns], dtype=np.int64)
    published = bounds.Polytope(
        table, np.concatenate([s.lo for s in sights]), np.concatenate([s.hi for s in sights])
    )
    quantities, whose = _quantities(unknowns, people, sights)
    found = Found(quantities=len(whose))
    values = np.array([truth.get(_kept(unknown), MIDDLE) for unknown in unknowns])
    middle = interior.centre(published, values if truth else None)
    if middle is None:
        for person in set(people.tolist()):
            found.note(person, 0.0)
        return found
    start = interior.Inside(published, middle)
    certified = interior.widths(start, quantities)
    new = len(sights[0].rows)
    older = bounds.Polytope(table[new:], published.lo[new:], published.hi[new:])
    looked = _Looked(published, older, start, quantities)
    _settle(found, looked, (certified, whose))
    if truth and quantities.size * len(set(whose.tolist())) <= INSIDER_LIMIT:
        _with_insiders(
            found, looked, interior.Insiders(start, quantities), (people, values, whose)
        )
    return found


@dataclass(frozen=True)
class _Looked:
    """A polytope, the part of it that was known before, a point inside if one was found, and the
    quantities (U, Q).
    """

    published: bounds.Polytope
    older: bounds.Polytope
    start: interior.Inside | None
    quantities: Floats

    def width(self, place: int) -> tuple[float, int]:
        """Width of one quantity, and the programs it took: one where walks do not settle it."""
        quantity = self.quantities[:, place]
        if self.start is not None:
            found = interior.climb(self.start, quantity, NARROW)
            if found >= NARROW:
                return found, 0
        low, high = bounds.program(self.published, quantity)
        return high - low, 1

    def was_told(self, place: int, width: float) -> bool:
        """Whether the releases before had narrowed that quantity as far, or all but."""
        if not len(self.older.A):
            return False
        low, high = bounds.program(self.older, self.quantities[:, place])
        return high - low < min(NARROW, width + FURTHER)


def _with_insiders(
    found: Found, looked: _Looked, insiders: interior.Insiders, known: tuple[Ints, Floats, Ints]
) -> None:
    people, values, whose = known
    for person in np.unique(people).tolist():
        columns = np.flatnonzero(people == person)
        seen, place, certified = insiders.look(columns, values)
        start = interior.Inside(seen, place) if (certified > 0).any() else None
        older = looked.older.knowing(columns, values[columns])
        at = _Looked(seen, older, start, looked.quantities)
        # Nothing is to be told of oneself.
        _settle(found, at, (np.where(whose == person, np.inf, certified), whose))
        found.insiders += 1


def _settle(found: Found, looked: _Looked, known: tuple[Floats, Ints]) -> None:
    """Take certificates where they suffice, and linear programs where they do not."""
    certified, whose = known
    enough = certified >= NARROW
    if enough.any():
        found.narrowest = min(found.narrowest, float(certified[enough].min()))
    for place in np.flatnonzero(~enough).tolist():
        person = int(whose[place])
        if person in found.people:
            continue
        if found.programs >= PROGRAMS:
            found.note(person, 0.0)
            continue
        width, programs = looked.width(place)
        found.programs += programs
        if width < NARROW and looked.was_told(place, width):
            found.programs += 1
            found.told_before += 1
            continue
        found.note(person, width)


def _table(sights: Sequence[Sight]) -> tuple[Floats, list[Unknown]]:
    """The rows of all sights over common columns.

    An overall value that cannot be written out is a quantity of its own in each sight: who skips
    an item skips it in some rounds only.
    """
    tables = [audit.assemble(s.rows, core=s.core) for s in sights]
    keys = [
        [
            (int(part), f"{OVERALL} {turn}" if name == OVERALL else name)
            for part, name in zip(table.cell, table.dimension, strict=True)
        ]
        for turn, table in enumerate(tables)
    ]
    unknowns = sorted({key for some in keys for key in some})
    place = {key: column for column, key in enumerate(unknowns)}
    whole = np.zeros((sum(table.matrix.shape[0] for table in tables), len(unknowns)))
    top = 0
    for table, some in zip(tables, keys, strict=True):
        under = top + table.matrix.shape[0]
        whole[top:under, [place[key] for key in some]] = table.matrix.toarray()
        top = under
    return whole, unknowns


def _kept(unknown: Unknown) -> Unknown:
    """The same by the name it has outside: an overall value is one of its sight in here."""
    part, name = unknown
    return part, OVERALL if name.startswith(f"{OVERALL} ") else name


def _quantities(
    unknowns: Sequence[Unknown], people: Ints, sights: Sequence[Sight]
) -> tuple[Floats, Ints]:
    """Columns (U, Q) of what is bounded, and whose each one is (Q)."""
    groups: list[tuple[int, ...]] = [(column,) for column in range(len(unknowns))]
    groups += sorted(set(_combinations(unknowns, people, sights)))
    table = np.zeros((len(unknowns), len(groups)))
    for number, columns in enumerate(groups):
        table[list(columns), number] = 1.0 / len(columns)
    return table, people[[columns[0] for columns in groups]]


def _combinations(
    unknowns: Sequence[Unknown], people: Ints, sights: Sequence[Sight]
) -> Iterator[tuple[int, ...]]:
    """Columns whose mean says something of one person: overall, by theme, altogether."""
    place = {key: column for column, key in enumerate(unknowns)}
    for sight in sights:
        for part, core in sight.core.items():
            inside = [place[part, name] for name in core or () if (part, name) in place]
            if len(inside) > 1:
                yield tuple(sorted(inside))
    together: dict[tuple[int, str], list[int]] = defaultdict(list)
    for column, ((_, name), person) in enumerate(zip(unknowns, people.tolist(), strict=True)):
        together[person, name].append(column)
        together[person, ""].append(column)
    yield from (tuple(columns) for columns in together.values() if len(columns) > 1)
