"""An analyst's door: the product's estimator on a plain file, and what it found in plain numbers.

Nothing is stored and no database is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from scoring.maths import posterior, reml
from scoring.maths.cells import MISSION_IS, Cells, with_mission
from scoring.maths.release import Z90
from scoring.tabular import BadFileError, Columns, Table, opened

TERMS = ("person", "client", "profile", "mission", "round")
NAMES = (*TERMS, "score")
METHODS = (posterior.REML, posterior.INTEGRATED, posterior.AUTO)
# Between the labels that make a mission's, and doubled where it is part of one of them.
CROSS = "×"
# Before a fixed column's header where terms and columns share one list of reasons.
FIXED = "fixed "
EFFECT = ("estimate", "sd", "score", "score_sd", "low", "high")


@dataclass(frozen=True)
class Question:
    """What is asked of a file.

    ``terms`` are the wanted parts of the model; None means all of ``TERMS`` that the file has a
    column for. ``fixed`` are headers of columns of numbers. ``columns`` gives the header of each
    of ``NAMES`` that the file calls otherwise.
    """

    terms: tuple[str, ...] | None = None
    fixed: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    method: str = posterior.REML
    seed: int = 0


@dataclass(frozen=True)
class _Plan:
    """The terms to fit, those without a column and why, and the columns to read."""

    terms: tuple[str, ...]
    absent: dict[str, str]
    columns: Columns


def analyse(path: Path, question: Question) -> dict[str, Any]:
    """Estimate a file; ``BadFileError`` where it or one of its columns cannot be used.

    The result holds texts, finite numbers and None alone; docs/estimate.md describes it.
    """
    with opened(path) as source:
        plan = _plan(source.header, question)
        table = source.gather(plan.columns)
    if "mission" in plan.terms:
        table = _with_mission(table)
    fit, method = _fit(table.cells, plan.terms, question)
    return {
        "n": fit.answers,
        "left_out": table.left_out,
        "levels": {name: len(table.labels[name]) for name in plan.terms},
        "method": method,
        "mean": _known(fit.mu + table.shift),
        "mean_se": _known(fit.mu_sd),
        "variance": {
            name: _known(fit.variance[name]) for name in plan.terms if name in fit.variance
        }
        | {"residual": _known(fit.residual)},
        "criterion": _known(fit.criterion),
        "evaluations": fit.evaluations,
        "dropped": {name: fit.dropped[name] for name in plan.terms if name in fit.dropped}
        | plan.absent,
        "fixed": _fixed(fit, question.fixed),
        "effects": {
            name: _effects(fit.effects[name], table.labels[name], table.shift)
            for name in plan.terms
            if name in fit.effects
        },
    }


def _fit(cells: Cells, asked: Sequence[str], question: Question) -> tuple[reml.Fit, str]:
    columns = [FIXED + header for header in question.fixed]
    return posterior.fit(cells, asked, columns, method=question.method, seed=question.seed)


# --- Which columns -------------------------------------------------------------------------------


def _plan(header: Sequence[str], question: Question) -> _Plan:
    called = {name: question.columns.get(name, name) for name in NAMES}
    for mapped in (called["score"], *question.columns.values()):
        _place(header, mapped)
    asked = TERMS if question.terms is None else question.terms
    parts = _parts_of_mission(header, question)
    terms = [name for name in asked if called[name] in header or (name == "mission" and parts)]
    absent = {name: f"no column named {called[name]}" for name in asked if name not in terms}
    if absent and (question.terms is not None or not terms):
        name = next(iter(absent))
        raise BadFileError(f"line 1: no column named {called[name]} (--column {name}=HEADER)")
    read = [*terms, *parts] if "mission" in terms else terms
    return _Plan(
        tuple(terms),
        absent,
        Columns(
            _place(header, called["score"]),
            {name: _place(header, called[name]) for name in read if called[name] in header},
            {FIXED + name: _place(header, name) for name in question.fixed},
        ),
    )


def _parts_of_mission(header: Sequence[str], question: Question) -> list[str]:
    """The names whose columns make a mission's label; none where it has a column of its own."""
    if "mission" in question.columns or "mission" in header:
        return []
    return [name for name in MISSION_IS if question.columns.get(name, name) in header]


def _place(header: Sequence[str], name: str) -> int:
    times = header.count(name)
    if times != 1:
        problem = "more than one column" if times else "no column"
        raise BadFileError(f"line 1: {problem} named {name}")
    return header.index(name)


def _with_mission(table: Table) -> Table:
    """The table with a mission of its own for each person, client and profile, if it has none."""
    cells = with_mission(table.cells)
    if cells is table.cells:
        return table
    parts = [name for name in MISSION_IS if name in cells.factors]
    first = np.unique(cells.factors["mission"], return_index=True)[1]
    columns = [
        [table.labels[name][code].replace(CROSS, 2 * CROSS) for code in cells.factors[name][first]]
        for name in parts
    ]
    made = [f" {CROSS} ".join(labels) for labels in zip(*columns, strict=True)]
    return replace(table, cells=cells, labels={**table.labels, "mission": made})


# --- What was found ------------------------------------------------------------------------------


def _fixed(fit: reml.Fit, headers: Sequence[str]) -> dict[str, Any]:
    places = {name: place for place, name in enumerate(fit.names, start=1)}
    spread = np.sqrt(np.diag(fit.fixed_cov))
    found: dict[str, Any] = {}
    for header in headers:
        place = places.get(FIXED + header)
        if place is None:
            reason = fit.dropped[FIXED + header]
            found[header] = {"estimate": None, "se": None, "dropped": reason}
        else:
            found[header] = {"estimate": _known(fit.fixed[place]), "se": _known(spread[place])}
    return found


def _effects(
    effects: reml.Effects, labels: Sequence[str], shift: float
) -> dict[str, dict[str, float | None]]:
    score, wide = effects.score + shift, Z90 * effects.score_sd
    columns = (effects.value, effects.sd, score, effects.score_sd, score - wide, score + wide)
    lines = zip(*(column.tolist() for column in columns), strict=True)
    return {
        labels[code]: dict(zip(EFFECT, map(_known, line), strict=True))
        for code, line in zip(effects.levels.tolist(), lines, strict=True)
    }


def _known(value: float) -> float | None:
    """JSON has no NaN: what is not known is None."""
    return float(value) if isfinite(value) else None
