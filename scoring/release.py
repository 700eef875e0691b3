"""Releasing a scored period: audit first, then frozen figures, once.

A release that cannot be made safe is withheld: the reason stays here for the audit, the
administrator is told that a release was withheld, no more.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import FirmSettings
from core.jobs import each, once
from scoring import auditing, comments
from scoring.auditing import Figure
from scoring.design import Design
from scoring.maths import figures
from scoring.models import Release, ReleasedCell, ReleaseMembers, Score, Scoring
from surveys.versions import asked_in

KEPT_RELEASES = 4
CAUSE = "audit"


def release_due(*, now: datetime) -> str:
    """Audit and release every scored period, oldest first."""
    waiting = Scoring.objects.order_by("period__starts_on").select_related("period")
    made = each(waiting, lambda scoring: release(scoring=scoring, now=now))
    out = sum(row.state == Release.State.PUBLISHED for row in made)
    if not made:
        return ""
    kept_back = f", {len(made) - out} withheld" if out < len(made) else ""
    return f"{out} period(s) released{kept_back}"


def release(*, scoring: Scoring, now: datetime) -> Release | None:
    """Freeze a period's figures. The staging rows go; pseudonyms stay for four periods.

    None where another worker was first, or the threshold was raised since: the period is scored
    again first. The audit takes seconds, and holds no lock.
    """
    if _is_stale(scoring):
        return None
    scores = list(Score.objects.filter(scoring=scoring))
    shown = {key: one for key, one in _figures(scores) if one is not None}
    present = auditing.present_of(scoring.period, scoring.design, shown)
    audited = auditing.audit_release(present)
    return once(
        lambda: _freeze(scoring, scores, audited, now),
        done=Release.objects.filter(period=scoring.period_id).exists,
    )


def _is_stale(scoring: Scoring) -> bool:
    """Whether it was made under a lower threshold than today's."""
    needed = FirmSettings.current().anonymity_threshold
    return bool(scoring.made["rules"]["people"] < needed)


def _freeze(
    scoring: Scoring, scores: Sequence[Score], audited: auditing.Audited, now: datetime
) -> Release | None:
    there = Scoring.objects.select_for_update().filter(pk=scoring.pk).exists()
    if not there or _is_stale(scoring):
        return None
    row = Release.objects.create(
        period=scoring.period,
        published_at=now,
        state=Release.State.PUBLISHED if audited.safe else Release.State.WITHHELD,
        formula_version=scoring.formula_version,
        first=scoring.first,
        made=scoring.made | _told(scores, audited),
        asked=asked_in(scoring.period),
    )
    gone = set(audited.withheld)
    cells = (
        _cell(row, key, one, _cause(key, score, gone))
        for score, (key, one) in zip(scores, _figures(scores), strict=True)
    )
    ReleasedCell.objects.bulk_create(cells, batch_size=1000)
    if audited.safe:
        comments.freeze(row)
    ReleaseMembers.objects.create(release=row, design=shown_design(scoring.design, gone))
    _forget_members()
    scoring.delete()
    return row


@transaction.atomic
def withdraw(*, period: date, reason: str, now: datetime) -> bool:
    """The only revision there is: take a period's release back. False if it was not out.

    The reason is kept with how it was made, for the audit; the log says that it was done.
    """
    row = Release.objects.filter(period__starts_on=period).first()
    if row is None:
        return False
    made = row.made | {"withdrawn": {"at": now.isoformat(), "reason": reason}}
    out = Release.objects.filter(pk=row.pk, state=Release.State.PUBLISHED)
    held = bool(out.update(state=Release.State.WITHDRAWN, made=made))
    if held:
        record(Act("withdraw", "release", str(period)), actor=None, now=now)
    return held


def _figures(scores: Sequence[Score]) -> list[tuple[Figure, figures.Figure | None]]:
    """Each score on its grid; None where it has no figure."""
    return [((one.kind, one.ref, one.dimension), _rounded(one)) for one in scores]


def _rounded(score: Score) -> figures.Figure | None:
    if score.cause or score.estimate is None or score.low is None or score.high is None:
        return None
    return figures.figure(score.estimate, score.low, score.high, score.people)


def _told(scores: Sequence[Score], audited: auditing.Audited) -> dict[str, Any]:
    """How the cells came about: counts of figures and of causes, and what the audit did."""
    causes = Counter(score.cause or "figure" for score in scores)
    audit = {"how": audited.how, "withheld": audited.withheld, "seen": audited.seen}
    return {"counts": dict(sorted(causes.items())), "audit": audit}


def _cell(row: Release, key: Figure, one: figures.Figure | None, cause: str) -> ReleasedCell:
    kind, ref, dimension = key
    cell = ReleasedCell(release=row, kind=kind, ref=ref, dimension=dimension)
    if one is None or cause:
        cell.withheld, cell.cause = True, cause
        return cell
    cell.score, cell.low, cell.high, cell.band = one.score, one.low, one.high, one.band
    return cell


def _cause(key: Figure, score: Score, gone: set[Figure]) -> str:
    return CAUSE if key in gone else score.cause


def shown_design(design: Design, gone: set[Figure]) -> dict[str, Any]:
    """The design of what is left once some figures are gone."""
    cells = [
        [kind, ref, clients, [name for name in names if (kind, ref, name) not in gone]]
        for kind, ref, clients, names in design["cells"]
    ]
    return design | {"cells": cells}


def _forget_members() -> None:
    """Pseudonyms are for the audit over four periods; older ones go."""
    kept = Release.objects.order_by("-period__starts_on").values_list("pk", flat=True)
    ReleaseMembers.objects.exclude(release__in=list(kept[:KEPT_RELEASES])).delete()
