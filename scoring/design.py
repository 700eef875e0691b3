"""What a release's estimates are made of, without a single answer: for the audit.

A design names each (person, client, profile) mean by a keyed pseudonym and keeps what gives the
exact linear form of every published figure. In a small firm, where figures are averaged over many
sets of variances, that is the form itself; in a large one the numbers that it can be rebuilt from:
number of answers, baseline of the person from earlier periods, variances.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.utils.crypto import salted_hmac

from scoring.estimation import Estimated, Part
from scoring.maths import blend, family, release
from scoring.maths.cells import Floats

Design = dict[str, Any]
Shown = tuple[str, str, tuple[str, ...]]  # kind, ref, clients


def pseudonym(person: int) -> str:
    """A keyed name for a person: the same in every period, of no use without the key."""
    return salted_hmac("scoring.members", str(person)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Names:
    """References behind the ids of the answers."""

    clients: Mapping[int, tuple[str, str]]  # id → (client ref, owning unit ref)
    profiles: Mapping[int, str]


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
    names: Names,
    forms: Mapping[str, blend.Linear | None],
) -> Design:
    """The design of a period, ready for a JSON column.

    ``forms``: by dimension those of ``cells_of``, where figures are averaged over many sets.
    """
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
        "dimensions": {
            name: _dimension(one, place, _written(forms[name], cells_of(chosen, name)))
            for name, one in found.items()
        },
    }


def codes_of(names: Names) -> Codes:
    """References to the numbers behind them."""
    return Codes(
        {ref: pk for pk, (ref, _) in names.clients.items()},
        {ref: pk for pk, ref in names.profiles.items()},
    )


def cells_of(chosen: family.Family, dimension: str) -> list[family.Cell]:
    """The cells that show a dimension."""
    return [cell for cell in chosen.cells if dimension in cell.people]


def _written(made: blend.Linear | None, cells: Iterable[family.Cell]) -> dict[str, Any] | None:
    """The linear forms of cells, where they are kept themselves."""
    if made is None:
        return None
    return {
        "cells": [[cell.kind, cell.ref] for cell in cells],
        "constant": made.constant.tolist(),
        "coef": made.coef.tolist(),
        "half": (release.Z90 * made.sd).tolist(),
    }


def _dimension(
    one: Estimated, place: Mapping[Part, int], forms: dict[str, Any] | None
) -> dict[str, Any]:
    part = [place[part] for part in one.parts]
    if forms is not None:
        return {"part": part, "forms": forms}
    (known,) = one.known
    mean, variance = known.priors.of(one.means.person, known.spread.person)
    return {
        "part": part,
        "n": one.means.n.tolist(),
        "prior": mean.tolist(),
        "doubt": variance.tolist(),
        "variances": asdict(known.spread),
    }


@dataclass(frozen=True, slots=True)
class Linear:
    """One dimension's published figures as linear forms.

    ``shown`` the cells (T); ``constant`` (T) and ``coef`` (T, C) on the means of ``Forms.parts``:
    estimate = constant + coef · means; ``half`` (T) the half-width of the 90 % interval. None of
    it depends on an answer of the period.
    """

    shown: list[Shown]
    constant: Floats
    coef: Floats
    half: Floats


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

    def of(self, dimension: str) -> Linear:
        """The figures of a dimension, over the means of ``parts``."""
        apart = self.made["dimensions"][dimension].get("apart")
        shown = self.cells(dimension)
        if apart is None:
            return self._of_family(dimension, shown)
        own = {tuple(key) for key in apart["cells"]}
        made = self._of_family(dimension, [one for one in shown if one[:2] not in own])
        return _beside(made, [one for one in shown if one[:2] in own], apart)

    def _of_family(self, dimension: str, shown: list[Shown]) -> Linear:
        numbers = self.made["dimensions"][dimension]
        if not shown:
            return Linear([], np.zeros(0), np.zeros((0, len(numbers["part"]))), np.zeros(0))
        if "forms" in numbers:
            return _kept(numbers["forms"], shown)
        there = people_at(self.codes[part][:2] for part in numbers["part"])
        wanted = targets(shown, self.names, there)
        model = self._model(numbers)
        half = release.Z90 * release.estimates(model, wanted)[1]
        return Linear(shown, *release.coefficients(model, wanted), half)

    def parts(self, dimension: str) -> list[int]:
        """Numbers of the parts that the columns of ``of`` stand for."""
        numbers = self.made["dimensions"][dimension]
        return [*numbers["part"], *numbers.get("apart", {"part": ()})["part"]]

    def _model(self, numbers: Mapping[str, Any]) -> release.Model:
        codes = np.array([self.codes[part] for part in numbers["part"]], dtype=np.int64)
        n = np.array(numbers["n"], dtype=np.float64)
        means = release.Means(codes[:, 0], codes[:, 1], codes[:, 2], np.zeros(len(n)), n)
        people, first = np.unique(codes[:, 0], return_index=True)
        prior, doubt = np.array(numbers["prior"])[first], np.array(numbers["doubt"])[first]
        spread = release.Variances(**numbers["variances"])
        return release.model(means, spread, release.Priors(people, prior, doubt))


def _beside(made: Linear, own: list[Shown], apart: Mapping[str, Any]) -> Linear:
    """The figures with those of people apart: neither rests on a mean of the other's."""
    cells, means = made.coef.shape
    coef = np.zeros((cells + len(own), means + len(apart["coef"])))
    coef[:cells, :means] = made.coef
    coef[cells:, means:] = apart["coef"]
    more = np.ones(len(own))
    return Linear(
        [*made.shown, *own],
        np.concatenate([made.constant, apart["constant"] * more]),
        coef,
        np.concatenate([made.half, apart["half"] * more]),
    )


def _kept(forms: Mapping[str, Any], shown: list[Shown]) -> Linear:
    """The kept forms of the cells that are still shown: an audit may have taken some out."""
    place = {(kind, ref): row for row, (kind, ref) in enumerate(forms["cells"])}
    rows = [place[kind, ref] for kind, ref, _ in shown]
    constant, coef, half = (np.array(forms[key])[rows] for key in ("constant", "coef", "half"))
    return Linear(shown, constant, coef, half)
