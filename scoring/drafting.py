"""A period's figures before the audit and the gate, from its estimates.

Pure of the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring import design
from scoring.design import Design, Names
from scoring.estimation import Estimated, Estimates, Part
from scoring.maths import family, release

Figure = tuple[str, str, str]  # kind, ref, dimension


class Estimate(NamedTuple):
    """A figure that is not rounded yet, with its 90 % interval and the people it counts."""

    value: float
    low: float
    high: float
    people: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Estimates by dimension; the family of cells; the estimate of each; what it is made of."""

    found: Mapping[str, Estimated]
    chosen: family.Family
    estimates: Mapping[Figure, Estimate]
    design: Design


def draft(
    found: Mapping[str, Estimated],
    core: Mapping[Part, frozenset[str] | None],
    names: Names,
    rules: family.Rules,
) -> Draft:
    """The figures of a period from its estimates; ``core`` as ``Gathered`` has it."""
    chosen = family.select(*_members(found, names), rules)
    codes = design.codes_of(names)
    shown = {
        name: _shown(one, design.cells_of(chosen, name), codes) for name, one in found.items()
    }
    estimates = dict(_estimates(chosen, shown))
    forms = {name: one.form for name, one in shown.items()}
    return Draft(found, chosen, estimates, design.build(found, core, chosen, names, forms))


def _members(
    found: Mapping[str, Estimated], names: Names
) -> tuple[list[family.Pair], list[family.Part]]:
    """Values per (person, client), and per (person, client, profile), as the family wants them."""
    pairs: dict[tuple[int, int], dict[str, list[float]]] = {}
    parts: dict[tuple[int, int, int], dict[str, float]] = {}
    for dimension, one in found.items():
        numbers = zip(one.means.mean.tolist(), one.means.n.tolist(), strict=True)
        for part, (mean, n) in zip(one.parts, numbers, strict=True):
            parts.setdefault(part, {})[dimension] = mean
            sums = pairs.setdefault(part[:2], {}).setdefault(dimension, [0.0, 0.0])
            sums[0] += mean * n
            sums[1] += n
    return (
        [
            family.Pair(person, *names.clients[client], {d: s / n for d, (s, n) in values.items()})
            for (person, client), values in pairs.items()
        ],
        [
            family.Part(person, names.profiles[profile], values)
            for (person, _, profile), values in parts.items()
        ],
    )


def _shown(one: Estimated, cells: Sequence[family.Cell], codes: design.Codes) -> Estimates:
    """What a dimension's cells are worth, in their order."""
    there = design.people_at(part[:2] for part in one.parts)
    plain = [(cell.kind, cell.ref, cell.clients) for cell in cells]
    return one.estimates(design.targets(plain, codes, there))


def _estimates(
    chosen: family.Family, shown: Mapping[str, Estimates]
) -> Iterator[tuple[Figure, Estimate]]:
    for dimension, one in shown.items():
        cells = design.cells_of(chosen, dimension)
        for cell, value, sd in zip(cells, one.value, one.sd, strict=True):
            ends = release.interval(value, sd)
            within = min(max(value, 0.0), 100.0)
            estimate = Estimate(within, *ends, cell.people[dimension])
            yield (cell.kind, cell.ref, dimension), estimate
