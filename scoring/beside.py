"""The figure of those between two missions, laid beside a period's draft.

They are in no estimate of the firm's; only the variances and each person's baseline, from earlier
periods, are those of the draft. Pure of the database.
"""

from collections.abc import Mapping
from dataclasses import replace

from scoring.design import Design, Names, pseudonym
from scoring.drafting import Draft, Estimate, Figure
from scoring.estimation import Part, means_of
from scoring.gathering import Gathered
from scoring.maths import apart, family, release
from scoring.maths.release import Means


def beside(made: Draft, between: Gathered, names: Names, rules: family.Rules) -> Draft:
    """The draft with their profile, or why it is withheld."""
    means = {name: means_of(cells) for name, cells in between.cells.items() if name in made.found}
    if not means:
        return made
    chosen = apart.beside(made.chosen, _said(means, names), rules)
    forms = {
        name: apart.form(one, made.found[name].known)
        for name, one in means.items()
        if any(cell.clients and name in cell.people for cell in _added(made, chosen))
    }
    return replace(
        made,
        chosen=chosen,
        estimates={**made.estimates, **_estimates(made, chosen, means, forms)},
        design=_design(made, chosen, (means, forms), (between, names)),
    )


def _added(made: Draft, chosen: family.Family) -> list[family.Cell]:
    return list(chosen.cells[len(made.chosen.cells) :])


def _parts(one: Means) -> list[Part]:
    columns = (one.person, one.client, one.profile)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _said(means: Mapping[str, Means], names: Names) -> list[apart.Apart]:
    values: dict[Part, dict[str, float]] = {}
    for name, one in means.items():
        for part, mean in zip(_parts(one), one.mean.tolist(), strict=True):
            values.setdefault(part, {})[name] = mean
    return [
        apart.Apart(person, names.profiles[profile], said, names.clients[client][0])
        for (person, client, profile), said in values.items()
    ]


def _estimates(
    made: Draft,
    chosen: family.Family,
    means: Mapping[str, Means],
    forms: Mapping[str, apart.Form],
) -> dict[Figure, Estimate]:
    found = {}
    for cell in _added(made, chosen):
        for name, people in cell.people.items():
            one = forms[name]
            value = one.constant + float(one.coef @ means[name].mean)
            ends = release.interval(value, one.sd)
            within = min(max(value, 0.0), 100.0)
            found[cell.kind, cell.ref, name] = Estimate(within, *ends, people)
    return found


def _design(
    made: Draft,
    chosen: family.Family,
    figures: tuple[Mapping[str, Means], Mapping[str, apart.Form]],
    sources: tuple[Gathered, Names],
) -> Design:
    """Their means after the others, and the forms of their figures in each dimension."""
    (means, forms), (between, names) = figures, sources
    parts = sorted({part for one in means.values() for part in _parts(one)})
    first = len(made.design["parts"])
    place = {part: first + number for number, part in enumerate(parts)}
    dimensions = dict(made.design["dimensions"])
    for name, one in forms.items():
        dimensions[name] = dimensions[name] | {
            "apart": {
                "part": [place[part] for part in _parts(means[name])],
                "cells": [[c.kind, c.ref] for c in _added(made, chosen) if name in c.people],
                "constant": one.constant,
                "coef": one.coef.tolist(),
                "half": release.Z90 * one.sd,
            }
        }
    return made.design | {
        "parts": made.design["parts"]
        + [
            [pseudonym(person), names.clients[client][0], names.profiles[profile]]
            for person, client, profile in parts
        ],
        "core": made.design["core"] + [sorted(between.core.get(part) or ()) for part in parts],
        "cells": made.design["cells"]
        + [
            [cell.kind, cell.ref, list(cell.clients), sorted(cell.people)]
            for cell in _added(made, chosen)
        ],
        "dimensions": dimensions,
    }
