"""Scoring a closed period: estimates of every cell of the family, before the audit and the gate.

Nothing is shown from here: ``release`` audits and rounds, ``publication`` lets out.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import FirmSettings
from clients.models import Client
from core.jobs import each, once
from missions.models import MissionProfile
from scoring import design
from scoring.estimation import Estimated, estimate_all
from scoring.gathering import OVERALL, gather
from scoring.maths import family, release
from scoring.models import Release, ScopeKind, Score, Scoring
from surveys import exports
from surveys.models import Period, Round

FORMULA_VERSION = 1
# Cause of a cell that nobody of the period can be in: a current client without answers.
NO_ANSWERS = "no_answers"


@dataclass(frozen=True, slots=True)
class Names:
    """References behind the ids of the answers."""

    clients: dict[int, tuple[str, str]]  # id → (client ref, owning unit ref)
    profiles: dict[int, str]

    @classmethod
    def load(cls) -> "Names":
        clients = Client.objects.values_list("pk", "ref", "unit__ref")
        return cls(
            {pk: (ref, unit) for pk, ref, unit in clients},
            dict(MissionProfile.objects.values_list("pk", "ref")),
        )


def score_due(*, now: datetime) -> str:
    """Score every closed period that is neither scored nor released, oldest first."""
    done = Scoring.objects.values("period")
    out = Release.objects.values("period")
    waiting = Period.objects.closed(now).exclude(pk__in=done).exclude(pk__in=out)
    asked = Round.objects.filter(opened_at__isnull=False).values("period")
    scored = each(waiting.filter(pk__in=asked), lambda period: _score_once(period, now))
    return f"{len(scored)} period(s) scored" if scored else ""


def _score_once(period: Period, now: datetime) -> Scoring | None:
    """None where another worker was first."""
    return once(
        lambda: score(period=period, now=now),
        done=Scoring.objects.filter(period=period).exists,
    )


@transaction.atomic
def score(*, period: Period, now: datetime) -> Scoring | None:
    """Estimates, family and design of one period, written once; None if it is out already."""
    own, history = gather(exports.answers_of(period)), gather(exports.answers_before(period))
    names = Names.load()
    found = estimate_all(own, history, _starts(period))
    _, rotating = exports.dimensions_of(period)
    rules = family.Rules(people=FirmSettings.current().anonymity_threshold, rotating=rotating)
    chosen = family.select(*_members(found, names), rules)
    row = Scoring.objects.create(
        period=period,
        formula_version=FORMULA_VERSION,
        scored_at=now,
        first=not history.cells,
        made={
            "dimensions": {name: one.made for name, one in found.items()},
            "rules": _plain(rules),
        },
        design=design.build(found, own.core, chosen, names),
    )
    if Release.objects.filter(period=period).exists():
        # Another worker scored and released it meanwhile, and its staging row is gone.
        row.delete()
        return None
    Score.objects.bulk_create(_scores(row, found, chosen, names), batch_size=2000)
    return row


def _plain(rules: family.Rules) -> dict[str, Any]:
    return asdict(rules) | {"rotating": sorted(rules.rotating)}


def _starts(period: Period) -> dict[str, dict[str, float]]:
    """θ of the last release before, by dimension: a warm start."""
    last = Release.objects.filter(period__starts_on__lt=period.starts_on).first()
    dimensions = (last.made if last else {}).get("dimensions", {})
    return {name: made.get("theta", {}) for name, made in dimensions.items()}


def _members(
    found: dict[str, Estimated], names: Names
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


def _scores(
    row: Scoring, found: dict[str, Estimated], chosen: family.Family, names: Names
) -> list[Score]:
    codes = design.Codes(
        {ref: pk for pk, (ref, _) in names.clients.items()},
        {ref: pk for pk, ref in names.profiles.items()},
    )
    scores = []
    for dimension, one in found.items():
        cells = [cell for cell in chosen.cells if dimension in cell.people]
        if not cells:
            continue
        there = design.people_at(part[:2] for part in one.parts)
        plain = [(cell.kind, cell.ref, cell.clients) for cell in cells]
        values, spreads = release.estimates(one.model, design.targets(plain, codes, there))
        for cell, value, sd in zip(cells, values.tolist(), spreads.tolist(), strict=True):
            low, high = release.interval(value, sd)
            scores.append(
                Score(
                    scoring=row, kind=cell.kind, ref=cell.ref, dimension=dimension,
                    estimate=min(max(value, 0.0), 100.0), low=low, high=high,
                    people=cell.people[dimension],
                )
            )  # fmt: skip
    return scores + _withheld(row, chosen, {(s.kind, s.ref, s.dimension) for s in scores})


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
    profiles = MissionProfile.objects.values_list("ref", flat=True)
    keys = [(ScopeKind.FIRM.value, ""), *((ScopeKind.PROFILE.value, ref) for ref in profiles)]
    nested = [(ScopeKind.CLIENT.value, ref) for ref, _ in clients]
    nested += [(ScopeKind.UNIT.value, unit) for unit in {unit for _, unit in clients}]
    return [
        (kind, ref, dimension)
        for some, dimensions in ((keys, [*fixed, *sorted(rotating)]), (nested, fixed))
        for kind, ref in some
        for dimension in dimensions
    ]
