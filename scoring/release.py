"""Releasing a scored period: audit first, then frozen figures, once.

A release that cannot be made safe is withheld: the reason stays here for the audit, the
administrator is told that a release was withheld, no more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from core.jobs import each, once
from scoring.design import Design, Forms
from scoring.maths import audit, family, figures
from scoring.models import Release, ReleasedCell, ReleaseMembers, Score, Scoring

KEPT_RELEASES = 4
# Above this many numbers the joint table of all dimensions no longer fits a worker's memory.
JOINT_LIMIT = 20_000_000
SINGLE_LIMIT = 60_000_000
CAUSE = "audit"
OVERALL = "overall"

Figure = tuple[str, str, str]  # kind, ref, dimension


@dataclass
class Audited:
    """What the audit did: how it looked, what it took out, and whether the rest is safe."""

    how: str
    withheld: list[Figure] = field(default_factory=list)
    safe: bool = True


def release_due(*, now: datetime) -> str:
    """Audit and release every scored period, oldest first."""
    waiting = Scoring.objects.order_by("period__starts_on").select_related("period")
    made = each(waiting, lambda scoring: _release_once(scoring, now))
    out = sum(row.state == Release.State.PUBLISHED for row in made)
    if not made:
        return ""
    kept_back = f", {len(made) - out} withheld" if out < len(made) else ""
    return f"{out} period(s) released{kept_back}"


def _release_once(scoring: Scoring, now: datetime) -> Release | None:
    """None where another worker was first."""
    return once(
        lambda: release(scoring=scoring, now=now),
        done=Release.objects.filter(period=scoring.period_id).exists,
    )


@transaction.atomic
def release(*, scoring: Scoring, now: datetime) -> Release:
    """Freeze a period's figures. The staging rows go; pseudonyms stay for four periods."""
    audited = audit_design(scoring.design)
    row = Release.objects.create(
        period=scoring.period,
        published_at=now,
        state=Release.State.PUBLISHED if audited.safe else Release.State.WITHHELD,
        formula_version=scoring.formula_version,
        first=scoring.first,
        made=scoring.made | {"audit": {"how": audited.how, "withheld": audited.withheld}},
    )
    gone = set(audited.withheld)
    scores = Score.objects.filter(scoring=scoring).iterator(chunk_size=2000)
    ReleasedCell.objects.bulk_create((_cell(row, one, gone) for one in scores), batch_size=1000)
    ReleaseMembers.objects.create(release=row, design=_shown_design(scoring.design, gone))
    _forget_members()
    scoring.delete()
    return row


@transaction.atomic
def withdraw(*, row: Release) -> bool:
    """The only revision there is: take a release back. False if it was not out."""
    published = Release.objects.filter(pk=row.pk, state=Release.State.PUBLISHED)
    return bool(published.update(state=Release.State.WITHDRAWN))


def audit_design(design: Design) -> Audited:
    """Take out figures until nothing about one person follows from what is left."""
    forms = Forms(design)
    size = _size(design)
    if size > SINGLE_LIMIT:
        return Audited("rules")
    joint = size <= JOINT_LIMIT
    audited = Audited("rank, all dimensions jointly" if joint else "rank, dimension by dimension")
    groups = [list(design["dimensions"])] if joint else [[name] for name in design["dimensions"]]
    for names in groups:
        _clear(forms, names, audited)
    # Without the firm's own figure nothing is left to read the others by.
    audited.safe = (family.FIRM, "", OVERALL) not in audited.withheld
    return audited


def _size(design: Design) -> int:
    return sum(len(dimensions) * len(design["parts"]) for _, _, _, dimensions in design["cells"])


def _clear(forms: Forms, names: list[str], audited: Audited) -> None:
    """Audit, drop the figure that weighs most in a finding, audit again.

    The firm's own figures that went on the way come back where they tell nothing after all.
    """
    rows, gone = _rows(forms, names), []
    core = {part: kept for part, kept in enumerate(forms.made["core"]) if kept}
    written = core if len(names) > 1 else None
    while rows and (findings := _findings(forms, rows, written)):
        drop = {_heaviest(rows, finding.rows) for finding in findings}
        gone += [rows[number] for number in sorted(drop)]
        rows = [row for number, row in enumerate(rows) if number not in drop]
    for row in sorted(gone, key=lambda one: one.dimension != OVERALL):
        if _kind(row) == family.FIRM and not _findings(forms, [*rows, row], written):
            rows.append(row)
    kept = {row.scope for row in rows}
    audited.withheld += [row.scope for row in gone if row.scope not in kept]  # type: ignore[misc]  # -- scopes are ours


def _findings(
    forms: Forms, rows: list[audit.Row], core: dict[int, list[str]] | None
) -> list[audit.Finding]:
    table = audit.assemble(rows, core=core)
    owner = [forms.codes[cell][0] for cell in table.cell.tolist()]
    return audit.determined(table.matrix, owner)


def _kind(row: audit.Row) -> str:
    return str(row.scope[0])  # type: ignore[index]  # -- scopes are ours


def _heaviest(rows: list[audit.Row], involved: tuple[int, ...]) -> int:
    """A theme before the overall score, a profile before a client, a client before what stands
    above it: the least is lost. Somebody who skipped one item must not cost the firm its figure.
    """
    order = {family.PROFILE: 0, family.CLIENT: 1, family.POOL: 2, family.UNIT: 3, family.FIRM: 4}
    return min(
        involved,
        key=lambda number: (
            rows[number].dimension == OVERALL,
            order[_kind(rows[number])],
        ),
    )


def _rows(forms: Forms, names: list[str]) -> list[audit.Row]:
    rows = []
    for name in names:
        shown, _, coef = forms.of(name)
        parts = forms.parts(name)
        rows += [
            audit.Row((kind, ref, name), name, parts, weights)
            for (kind, ref, _), weights in zip(shown, coef, strict=True)
        ]
    return rows


def _cell(row: Release, score: Score, gone: set[Figure]) -> ReleasedCell:
    key = (score.kind, score.ref, score.dimension)
    cell = ReleasedCell(release=row, kind=score.kind, ref=score.ref, dimension=score.dimension)
    cause = CAUSE if key in gone else score.cause
    if cause or score.estimate is None or score.low is None or score.high is None:
        cell.withheld, cell.cause = True, cause
        return cell
    shown = figures.figure(score.estimate, score.low, score.high, score.people)
    cell.score, cell.low, cell.high, cell.band = shown.score, shown.low, shown.high, shown.band
    return cell


def _shown_design(design: Design, gone: set[Figure]) -> dict[str, Any]:
    cells = [
        [kind, ref, clients, [name for name in names if (kind, ref, name) not in gone]]
        for kind, ref, clients, names in design["cells"]
    ]
    return design | {"cells": cells}


def _forget_members() -> None:
    """Pseudonyms are for the audit over four periods; older ones go."""
    kept = Release.objects.order_by("-period__starts_on").values_list("pk", flat=True)
    ReleaseMembers.objects.exclude(release__in=list(kept[:KEPT_RELEASES])).delete()
