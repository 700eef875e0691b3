"""Which figures a period publishes: one nested family of cells, and the profiles beside it.

The family is firm > owning unit > client. It is safe by construction: every cell, and whatever is
left of a parent once its published children are taken away, holds at least k distinct people and
is not all at one end of the scale (``weak``). A client that is weak goes to its unit's pool of
other clients, a weak unit to the pool of other units; a pool that is weak itself takes in the
smallest published neighbour. A further dimension is shown in a cell of that family only if it is
not weak there, with the same rule for what is left. Profiles cut across the family and have a
threshold of their own.

Values are on 0–100. Counting is by person, weight 1 per (person, client): a person on two missions
of a cell is one person, and two values.

>>> clients = ["acme"] * 6 + ["bolt"] * 5 + ["tiny"] * 2
>>> pairs = [Pair(i, c, "lyon", {"overall": 50.0}) for i, c in enumerate(clients)]
>>> made = select(pairs, [])
>>> [(c.kind, c.ref, c.people["overall"]) for c in made.cells]
[('firm', '', 13), ('unit', 'lyon', 13), ('client', 'acme', 6), ('pool', 'lyon', 7)]
>>> made.home["tiny"], made.withheld[("client", "bolt", "overall")]
(('pool', 'lyon'), 'remainder')

Source: Hundepool et al., *Statistical Disclosure Control* (2012), ch. 4 (p % rule, secondary
suppression).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

Key = tuple[str, str]  # kind, ref
Person = str | int

FIRM, UNIT, CLIENT, POOL, PROFILE = "firm", "unit", "client", "pool", "profile"
TOP: Key = (FIRM, "")
OTHER_UNITS: Key = (POOL, "")

# Causes of a withheld figure, for the audit alone.
PEOPLE, ONE_END, MERGED, REMAINDER = "people", "one_end", "merged", "remainder"
WHOLE = "whole"

NOISE = 1e-9


@dataclass(frozen=True)
class Pair:
    """One person at one client in the period: the mean of their answers per dimension."""

    person: Person
    client: str
    unit: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Part:
    """The part of a pair that falls under one mission profile."""

    person: Person
    profile: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Rules:
    """k distinct people per cell and per remainder, more for a profile; and what must remain of
    the sums of values and of (100 − values) without their largest contributor (points).
    """

    people: int = 5
    profile_people: int = 8
    spare: float = 20.0
    overall: str = "overall"
    rotating: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cell:
    """A cell of the family: ``people`` maps each *published* dimension to its distinct people.

    ``clients`` are the clients whose pairs it averages (none for a profile, which averages parts).
    """

    kind: str
    ref: str
    parent: Key | None
    clients: tuple[str, ...]
    people: Mapping[str, int]

    @property
    def key(self) -> Key:
        """Kind and ref."""
        return self.kind, self.ref


@dataclass(frozen=True)
class Family:
    """Cells with at least one published dimension, firm first.

    ``home`` maps every client to the cell that stands for it: itself or a pool, which may itself
    be without a figure where hardly anybody answered in the whole firm;
    ``withheld`` maps (kind, ref, dimension) to a cause.
    """

    cells: tuple[Cell, ...]
    home: Mapping[str, Key]
    withheld: Mapping[tuple[str, str, str], str]


@dataclass
class Tally:
    """Sums of values and of (100 − values) per person."""

    good: dict[Person, float] = field(default_factory=lambda: defaultdict(float))
    bad: dict[Person, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, person: Person, value: float) -> None:
        """Count one value."""
        self.good[person] += value
        self.bad[person] += 100.0 - value

    def __len__(self) -> int:
        return len(self.good)


Tallies = Mapping[str, Mapping[str, Tally]]  # group → dimension → tally


@dataclass
class _Node:
    key: Key
    clients: list[str]
    children: list[_Node] = field(default_factory=list)


def weak(tally: Tally, people: int, spare: float) -> str:
    """Why a tally cannot be shown: too few people, all at one end of the scale, or ``""``."""
    if len(tally) < people:
        return PEOPLE
    for sums in (tally.good, tally.bad):
        # fsum: the order of the answers must not decide.
        if math.fsum(sums.values()) - max(sums.values()) <= spare + NOISE:
            return ONE_END
    return ""


def merged(tallies: Iterable[Tally]) -> Tally:
    """One tally of several groups, people counted once."""
    total = Tally()
    for tally in tallies:
        for person, value in tally.good.items():
            total.good[person] += value
            total.bad[person] += tally.bad[person]
    return total


def select(pairs: Sequence[Pair], parts: Sequence[Part], rules: Rules | None = None) -> Family:
    """Choose the family and the dimensions of each cell.

    ``pairs`` holds each (person, client) once; ``parts`` each (person, client, profile) once. A
    pair without an overall value does not count for the family but does for its dimensions. The
    order of the input plays no part; ties go by ref.
    """
    rules = rules or Rules()
    tallies = _by_client(pairs)
    units = _clients_of(pairs)
    dimensions = sorted({d for p in pairs for d in p.values} | {rules.overall})
    withheld: dict[tuple[str, str, str], str] = {}
    top = _tree(units, tallies, rules, withheld)
    shown = {d: _shown(top, d, tallies, (rules, withheld)) for d in dimensions}
    cells = _cells(top, None, shown)
    cells += _profiles(parts, dimensions, rules, (shown, withheld))
    _spread(withheld, [d for d in dimensions if d not in rules.rotating])
    return Family(tuple(cells), _homes(top), withheld)


def withhold(family: Family, figures: Iterable[tuple[Key, str]], cause: str) -> Family:
    """The family without some figures, given as (cell, dimension): what an audit still objects to.

    Showing less never tells more, so this is safe in any order. A cell left without a figure goes.
    """
    gone = set(figures)
    cells = [
        replace(c, people={d: n for d, n in c.people.items() if (c.key, d) not in gone})
        for c in family.cells
    ]
    causes = {(kind, ref, d): cause for (kind, ref), d in gone}
    return Family(tuple(c for c in cells if c.people), family.home, {**family.withheld, **causes})


def _by_client(pairs: Sequence[Pair]) -> dict[str, dict[str, Tally]]:
    made: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for pair in pairs:
        for dimension, value in pair.values.items():
            made[pair.client][dimension].add(pair.person, value)
    return made


def _clients_of(pairs: Sequence[Pair]) -> dict[str, list[str]]:
    units: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        units[pair.unit].add(pair.client)
    return {unit: sorted(units[unit]) for unit in sorted(units)}


def _tally(clients: Iterable[str], dimension: str, tallies: Tallies) -> Tally:
    empty = Tally()
    return merged(tallies[c].get(dimension, empty) if c in tallies else empty for c in clients)


def _part_off(
    groups: Mapping[str, Tally], people: int, rules: Rules
) -> tuple[list[str], dict[str, str]]:
    """Split groups into those that stand alone and those that go together, with each one's cause.

    Those that go together must not be weak as a whole, nor be somebody without being enough: else
    the smallest that stands alone joins them.
    """
    causes = {ref: weak(tally, people, rules.spare) for ref, tally in groups.items()}
    alone = sorted((r for r in groups if not causes[r]), key=lambda r: (len(groups[r]), r))
    together = {ref: cause for ref, cause in causes.items() if cause}
    rest = merged(groups[ref] for ref in together)
    while alone and len(rest) and weak(rest, rules.people, rules.spare):
        joining = alone.pop(0)
        together[joining] = REMAINDER
        rest = merged([rest, groups[joining]])
    return sorted(alone), together


def _tree(
    units: Mapping[str, list[str]],
    tallies: Tallies,
    rules: Rules,
    withheld: dict[tuple[str, str, str], str],
) -> _Node:
    """The family on the overall score; causes go under the dimension ``WHOLE``."""
    top = _Node(TOP, [c for clients in units.values() for c in clients])
    by_unit = {u: _tally(clients, rules.overall, tallies) for u, clients in units.items()}
    alone, together = _part_off(by_unit, rules.people, rules)
    for unit in alone:
        top.children.append(_branch(unit, units[unit], (tallies, rules), withheld))
    for unit, cause in sorted(together.items()):
        withheld[(UNIT, unit, WHOLE)] = cause
        withheld.update({(CLIENT, client, WHOLE): MERGED for client in units[unit]})
    if together:
        clients = [c for unit in sorted(together) for c in units[unit]]
        top.children.append(_Node(OTHER_UNITS, clients))
    return top


def _branch(
    unit: str,
    clients: list[str],
    known: tuple[Tallies, Rules],
    withheld: dict[tuple[str, str, str], str],
) -> _Node:
    tallies, rules = known
    groups = {c: _tally([c], rules.overall, tallies) for c in clients}
    alone, together = _part_off(groups, rules.people, rules)
    node = _Node((UNIT, unit), clients, [_Node((CLIENT, c), [c]) for c in alone])
    withheld.update({(CLIENT, client, WHOLE): cause for client, cause in together.items()})
    if together:
        node.children.append(_Node((POOL, unit), sorted(together)))
    return node


def _shown(
    top: _Node,
    dimension: str,
    tallies: Tallies,
    context: tuple[Rules, dict[tuple[str, str, str], str]],
) -> dict[Key, int]:
    """Cells that show a dimension, with their number of people."""
    rules, withheld = context
    whole = _tally(top.clients, dimension, tallies)
    cause = weak(whole, rules.people, rules.spare)
    if cause:
        withheld[(*TOP, dimension)] = cause
    shown = {} if cause else {TOP: len(whole)}
    if dimension not in rules.rotating:
        _descend(top, dimension, tallies, (rules, withheld, shown))
    return shown


def _descend(
    node: _Node,
    dimension: str,
    tallies: Tallies,
    context: tuple[Rules, dict[tuple[str, str, str], str], dict[Key, int]],
) -> None:
    """Show a dimension in the children that can, if it is shown in the parent; else nowhere."""
    rules, withheld, shown = context
    by_ref = {f"{child.key[0]}\0{child.key[1]}": child for child in node.children}
    groups = {ref: _tally(child.clients, dimension, tallies) for ref, child in by_ref.items()}
    alone, together = _part_off(groups, rules.people, rules)
    parent_shows = node.key in shown
    for ref, child in by_ref.items():
        if parent_shows and ref in alone:
            shown[child.key] = len(groups[ref])
        else:
            withheld[(*child.key, dimension)] = together.get(ref, MERGED)
        _descend(child, dimension, tallies, context)


def _cells(node: _Node, parent: Key | None, shown: Mapping[str, dict[Key, int]]) -> list[Cell]:
    people = {d: by_key[node.key] for d, by_key in shown.items() if node.key in by_key}
    cells = [Cell(*node.key, parent, tuple(sorted(node.clients)), people)] if people else []
    for child in node.children:
        cells += _cells(child, node.key, shown)
    return cells


def _homes(top: _Node) -> dict[str, Key]:
    homes = dict.fromkeys(top.clients, top.key)
    for child in top.children:
        homes.update(_homes(child))
    return homes


def _profiles(
    parts: Sequence[Part],
    dimensions: Sequence[str],
    rules: Rules,
    context: tuple[Mapping[str, dict[Key, int]], dict[tuple[str, str, str], str]],
) -> list[Cell]:
    """Profiles of enough people, leaving a remainder of nobody or of at least k."""
    shown, withheld = context
    people: dict[str, dict[str, int]] = {p: {} for p in sorted({part.profile for part in parts})}
    for dimension in dimensions:
        groups = {profile: Tally() for profile in people}
        for part in parts:
            if dimension in part.values:
                groups[part.profile].add(part.person, part.values[dimension])
        # A firm that asks for more people everywhere asks for them in a profile too.
        alone, together = _part_off(groups, max(rules.profile_people, rules.people), rules)
        for profile, tally in groups.items():
            if profile in alone and TOP in shown[dimension]:
                people[profile][dimension] = len(tally)
            else:
                withheld[(PROFILE, profile, dimension)] = together.get(profile, MERGED)
    return [Cell(PROFILE, p, TOP, (), counts) for p, counts in people.items() if counts]


def _spread(withheld: dict[tuple[str, str, str], str], dimensions: Sequence[str]) -> None:
    """Give a client or unit that has no cell its cause in every dimension."""
    for key in [key for key in withheld if key[2] == WHOLE]:
        cause = withheld.pop(key)
        withheld.update({(key[0], key[1], dimension): cause for dimension in dimensions})
