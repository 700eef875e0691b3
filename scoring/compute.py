"""Scoring a closed period: estimates of every cell of the family, before the audit and the gate.

Nothing is shown from here: ``release`` audits and rounds, ``publication`` lets out.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from accounts.models import FirmSettings
from clients.models import Client
from core.jobs import each, once
from missions.models import MissionProfile
from scoring.beside import beside
from scoring.design import Names
from scoring.drafting import Draft, draft
from scoring.estimation import Estimated, estimate_all
from scoring.gathering import OVERALL, gather, sums
from scoring.maths import family, posterior
from scoring.models import Release, ScopeKind, Score, Scoring, VarianceFit
from surveys import exports
from surveys.models import Period, Round

# 1: variances taken as known. 2: integrated out in small firms.
FORMULA_VERSION = 2
# Cause of a cell that nobody of the period can be in: a current client without answers.
NO_ANSWERS = "no_answers"


def score_due(*, now: datetime) -> str:
    """Score every closed period that is neither scored nor released, oldest first.

    One that was scored before the threshold was raised is scored again.
    """
    needed = FirmSettings.current().anonymity_threshold
    Scoring.objects.filter(made__rules__people__lt=needed).delete()
    done = Scoring.objects.values("period")
    out = Release.objects.values("period")
    waiting = Period.objects.closed(now).exclude(pk__in=done).exclude(pk__in=out)
    asked = Round.objects.filter(opened_at__isnull=False).values("period")
    scored = each(waiting.filter(pk__in=asked), lambda period: score(period=period, now=now))
    return f"{len(scored)} period(s) scored" if scored else ""


def score(*, period: Period, now: datetime) -> Scoring | None:
    """Estimates, family and design of one period, written once; None if another worker was first.

    The work holds no lock. What it takes minutes to find in a large firm is kept on the way.
    """
    own, history = gather(exports.answers_of(period)), sums(exports.answers_before(period))
    _, rotating = exports.dimensions_of(period)
    rules = family.Rules(people=FirmSettings.current().anonymity_threshold, rotating=rotating)
    found = estimate_all(own.cells, history, _starts(period), _keeping(period))
    between = gather(exports.answers_between(period))
    made = beside(draft(found, own.core, _names(), rules), between, _names(), rules)
    told = {
        "period": period,
        "formula_version": FORMULA_VERSION,
        "scored_at": now,
        "first": not history,
        "made": {
            "dimensions": {name: one.made for name, one in made.found.items()},
            "rules": _plain(rules),
        },
        "design": made.design,
    }
    done = Scoring.objects.filter(period=period).exists
    return once(lambda: _write(told, made), done=done)


def _write(told: dict[str, Any], made: Draft) -> Scoring | None:
    """All of a scoring, or nothing where another worker has released the period meanwhile."""
    row = Scoring.objects.create(**told)
    VarianceFit.objects.filter(period=row.period).delete()
    if Release.objects.filter(period=row.period).exists():
        row.delete()
        return None
    Score.objects.bulk_create(_scores(row, made), batch_size=2000)
    return row


def _names() -> Names:
    """References behind the ids of the answers."""
    clients = Client.everything.values_list("pk", "ref", "unit__ref")
    return Names(
        {pk: (ref, unit) for pk, ref, unit in clients},
        dict(MissionProfile.everything.values_list("pk", "ref")),
    )


def _plain(rules: family.Rules) -> dict[str, Any]:
    return asdict(rules) | {"rotating": sorted(rules.rotating)}


def _starts(period: Period) -> dict[str, dict[str, float]]:
    """θ to start from, by dimension: where a killed worker had come to, or of the last release."""
    last = Release.objects.filter(period__starts_on__lt=period.starts_on).first()
    dimensions = (last.made if last else {}).get("dimensions", {})
    kept = VarianceFit.objects.filter(period=period).values_list("dimension", "theta")
    return {name: made.get("theta", {}) for name, made in dimensions.items()} | dict(kept)


def _keeping(period: Period) -> Callable[[str, Estimated], None]:
    """Keep where the fit of a dimension has come to, where it takes long."""

    def keep(dimension: str, one: Estimated) -> None:
        if one.made["method"] == posterior.REML:
            found = {"theta": one.made["theta"]}
            VarianceFit.objects.update_or_create(found, period=period, dimension=dimension)

    return keep


def _scores(row: Scoring, made: Draft) -> list[Score]:
    scores = [
        Score(
            scoring=row, kind=kind, ref=ref, dimension=dimension,
            estimate=one.value, low=one.low, high=one.high, people=one.people,
        )
        for (kind, ref, dimension), one in made.estimates.items()
    ]  # fmt: skip
    return scores + _withheld(row, made.chosen, set(made.estimates))


def _withheld(
    row: Scoring, chosen: family.Family, shown: set[tuple[str, str, str]]
) -> list[Score]:
    """Cells that exist for the reader but have no figure, with the cause for the audit."""
    asked, rotating = exports.dimensions_of(row.period)
    fixed = [OVERALL, *(name for name in asked if name not in rotating)]
    causes = dict.fromkeys(_everything(row.period, fixed, rotating), NO_ANSWERS)
    # A pool exists because somebody answered: one without a figure leaves no trace.
    pools = {key[:2] for key in shown}
    causes |= {
        key: cause
        for key, cause in chosen.withheld.items()
        if key[0] != family.POOL or key[:2] in pools
    }
    return [
        Score(scoring=row, kind=kind, ref=ref, dimension=dimension, cause=cause)
        for (kind, ref, dimension), cause in sorted(causes.items())
        if (kind, ref, dimension) not in shown and cause != family.WHOLE
    ]


def _everything(
    period: Period, fixed: list[str], rotating: frozenset[str]
) -> list[tuple[str, str, str]]:
    """Every cell a reader may look for: firm, units, clients, profiles current in the period."""
    day = period.starts_on
    clients = Client.objects.current(day).values_list("ref", "unit__ref")
    profiles = MissionProfile.everything.values_list("ref", flat=True)
    keys = [(ScopeKind.FIRM.value, ""), *((ScopeKind.PROFILE.value, ref) for ref in profiles)]
    nested = [(ScopeKind.CLIENT.value, ref) for ref, _ in clients]
    nested += [(ScopeKind.UNIT.value, unit) for unit in {unit for _, unit in clients}]
    return [
        (kind, ref, dimension)
        for some, dimensions in ((keys, [*fixed, *sorted(rotating)]), (nested, fixed))
        for kind, ref in some
        for dimension in dimensions
    ]
