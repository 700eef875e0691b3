"""What a release's estimates are made of, without a single answer: for the audit.

A design names each (person, client, profile) mean by a keyed pseudonym and keeps the numbers that
fix its weight in every estimate: number of answers, baseline of the person from earlier periods,
variances. From it the exact linear form of every published figure can be rebuilt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.crypto import salted_hmac

from scoring.estimation import Estimated, Part
from scoring.maths import family, release
from scoring.maths.cells import Floats

if TYPE_CHECKING:
    from scoring.compute import Names

Design = dict[str, Any]
Shown = tuple[str, str, tuple[str, ...]]  # kind, ref, clients


def pseudonym(person: int) -> str:
    """A keyed name for a person: the same in every period, of no use without the key."""
    return salted_hmac("scoring.members", str(person)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Codes:
    """Numbers of the clients and profiles, by reference."""

    clients: Mapping[str, int]
    profiles: Mapping[str, int]


def targets(
    cells: Iterable[Shown], codes: Codes, people_at: Mapping[int, int]
) -> list[release.Target]:
    """The combination of effects that each cell's figure is.

    ``people_at``: client's number → distinct people who answered there, each counting once in
    the unit, the pool and the firm.
    """
    return [_target(cell, codes, people_at) for cell in cells]


def _target(cell: Shown, codes: Codes, people_at: Mapping[int, int]) -> release.Target:
    kind, ref, clients = cell
    if kind == family.PROFILE:
        return release.profile_target(codes.profiles[ref])
    if kind == family.CLIENT:
        return release.client_target(codes.clients[ref])
    inside = [codes.clients[name] for name in clients]
    return release.pairs_target([code for code in inside for _ in range(people_at.get(code, 0))])


def people_at(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    """Distinct people by client, from (person, client) pairs in any number."""
    return Counter(client for _, client in set(pairs))


def build(
    found: Mapping[str, Estimated],
    core: Mapping[Part, frozenset[str] | None],
    chosen: family.Family,
    names: "Names",
) -> Design:
    """The design of a period, ready for a JSON column."""
    parts = sorted({part for one in found.values() for part in one.parts})
    place = {part: number for number, part in enumerate(parts)}
    return {
        "parts": [
            [pseudonym(person), names.clients[client][0], names.profiles[profile]]
            for person, client, profile in parts
        ],
        "core": [sorted(core.get(part) or ()) for part in parts],
        "cells": [
            [cell.kind, cell.ref, list(cell.clients), sorted(cell.people)] for cell in chosen.cells
        ],
        "dimensions": {name: _dimension(one, place) for name, one in found.items()},
    }


def _dimension(one: Estimated, place: Mapping[Part, int]) -> dict[str, Any]:
    people, spread = one.means.person, one.spread.person
    mean, variance = one.priors.of(people, spread)
    return {
        "part": [place[part] for part in one.parts],
        "n": one.means.n.tolist(),
        "prior": mean.tolist(),
        "doubt": variance.tolist(),
        "variances": asdict(one.spread),
    }


class Forms:
    """A design's published figures as linear forms over its (person, client, profile) means."""

    def __init__(self, made: Design) -> None:
        self.made = made
        people, clients, profiles = (
            {
                name: number
                for number, name in enumerate(sorted({part[i] for part in made["parts"]}))
            }
            for i in range(3)
        )
        self.names = Codes(clients, profiles)
        self.codes = [(people[p], clients[c], profiles[f]) for p, c, f in made["parts"]]

    def cells(self, dimension: str) -> list[Shown]:
        """The cells that show a dimension."""
        return [
            (kind, ref, tuple(clients))
            for kind, ref, clients, dimensions in self.made["cells"]
            if dimension in dimensions
        ]

    def of(self, dimension: str) -> tuple[list[Shown], Floats, Floats]:
        """Cells (T), constants (T) and coefficients (T, C) on the means of ``parts``."""
        numbers, shown = self.made["dimensions"][dimension], self.cells(dimension)
        there = people_at(self.codes[part][:2] for part in numbers["part"])
        wanted = targets(shown, self.names, there)
        if not wanted:
            return [], np.zeros(0), np.zeros((0, len(numbers["part"])))
        return shown, *release.coefficients(self._model(numbers), wanted)

    def parts(self, dimension: str) -> list[int]:
        """Numbers of the parts that the columns of ``of`` stand for."""
        return list(self.made["dimensions"][dimension]["part"])

    def _model(self, numbers: Mapping[str, Any]) -> release.Model:
        codes = np.array([self.codes[part] for part in numbers["part"]], dtype=np.int64)
        n = np.array(numbers["n"], dtype=np.float64)
        means = release.Means(codes[:, 0], codes[:, 1], codes[:, 2], np.zeros(len(n)), n)
        people, first = np.unique(codes[:, 0], return_index=True)
        prior, doubt = np.array(numbers["prior"])[first], np.array(numbers["doubt"])[first]
        spread = release.Variances(**numbers["variances"])
        return release.model(means, spread, release.Priors(people, prior, doubt))
