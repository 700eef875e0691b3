"""Loads of each closed round, from staffing, declared facts and published figures alone.

A round is done once: its ``LoadPass`` row, unique, says so. Run it twice, kill it, run it in two
workers at once: the same rows (docs/architecture.md).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction

from accounts.models import FirmSettings
from balancing import gathering
from balancing.demands import Demands, Figures, demands
from balancing.gathering import Staffing
from balancing.maths.assess import Assessment, PersonLoad, assess
from balancing.maths.indices import Index
from balancing.maths.window import ROUNDS, Window, sum_by
from balancing.models import Load, LoadPass, MissionDemand
from balancing.reading import ReleasedPeriod, released_by, released_periods
from missions.points import version_at
from surveys.models import Round

FORMULA_VERSION = 1
BATCH = 1_000
# Shares of the same days summed in another order differ by less than this.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Past:
    """A round to do: it and the 12 before it, and what was known at its close."""

    rounds: list[Round]
    stretches: list[gathering.Stretch]
    release: ReleasedPeriod | None

    @property
    def round(self) -> Round:
        return self.rounds[-1]


@dataclass(frozen=True, slots=True)
class Found:
    """What a round gave: the arrays that went in, and what came out."""

    staffing: Staffing
    window: Window
    demands: Demands
    assessment: Assessment


def load_due(*, now: datetime) -> str:
    """Compute every closed round without loads, oldest first."""
    done = set(LoadPass.objects.values_list("round_id", flat=True))
    due = [row for row in Round.objects.closed(now) if row.pk not in done]
    if not due:
        return ""
    figures = Figures()
    made = sum(_do(past, figures, now) for past in _pasts(due))
    return f"{made} round(s) of loads computed" if made else ""


def _pasts(due: Sequence[Round]) -> Iterator[Past]:
    """Each round to do with its window, from the firm's one calendar."""
    calendar = list(Round.objects.order_by("starts_on"))
    starts = [row.starts_on for row in calendar]
    cadence = timedelta(weeks=FirmSettings.current().cadence_weeks)
    releases = released_periods()
    for row in due:
        after = bisect_right(starts, row.starts_on)
        rounds = [r for r in calendar[:after] if r.opened_at is not None][-ROUNDS:]
        following = starts[after] if after < len(starts) else None
        yield Past(
            rounds,
            gathering.stretches(rounds, following=following, cadence=cadence),
            released_by(row.closes_at, releases),
        )


def _do(past: Past, figures: Figures, now: datetime) -> bool:
    """Compute one round and keep it; False where another worker was first."""
    found = _find(past, figures)
    try:
        with transaction.atomic():
            _keep(past, found, now)
    except IntegrityError:
        if LoadPass.objects.filter(round=past.round).exists():
            return False
        raise
    return True


def _find(past: Past, figures: Figures) -> Found:
    rows = gathering.staffing(past.stretches)
    asked = demands(
        missions=rows.missions,
        days=rows.mission_days,
        past=past.rounds[:-1],
        scores=figures.of(past.release.id if past.release else None),
    )
    window = Window(
        person=rows.person,
        mission=rows.mission,
        round=rows.round,
        days=rows.days,
        demand=asked.demand,
        demanding=asked.demanding,
        present=rows.present,
        working_days=rows.working_days,
    )
    # Fixed by the round alone: a second run deals the same cards.
    seed = past.round.starts_on.toordinal()
    return Found(rows, window, asked, assess(window, seed=seed))


# --- what is kept ----------------------------------------------------------------------------


def _keep(past: Past, found: Found, now: datetime) -> None:
    threshold = found.demands.threshold
    done = LoadPass.objects.create(
        round=past.round,
        formula_version=FORMULA_VERSION,
        made_at=now,
        release_period_on=past.release.starts_on if past.release else None,
        points_version=version_at(now),
        threshold=None if np.isnan(threshold) else threshold,
        indices=_indices(found.assessment),
    )
    asked = list(_mission_demands(found))
    for demand in asked:
        demand.load_pass = done
    MissionDemand.objects.bulk_create(asked, batch_size=BATCH)
    _keep_loads(done, _loads(found))


def _keep_loads(done: LoadPass, loads: Iterator[Load]) -> None:
    """A batch at a time: a large firm's rows never stand in memory together."""
    while batch := list(islice(loads, BATCH)):
        for load in batch:
            load.load_pass = done
            done.compared += load.compared
            done.above_zone += load.above_zone
        Load.objects.bulk_create(batch)
    done.save(update_fields=["compared", "above_zone"])


def _mission_demands(found: Found) -> Iterator[MissionDemand]:
    """Missions on which somebody worked in the round."""
    days = found.staffing.mission_days
    for at in np.flatnonzero(days > 0):
        demand = found.demands.now[at]
        yield MissionDemand(
            mission_id=int(found.staffing.missions[at]),
            declared=demand.declared,
            lived=demand.lived,
            demand=demand.value,
            demanding=bool(found.demands.demanding[at, -1]),
            days=float(days[at]),
        )


def _loads(found: Found) -> Iterator[Load]:
    """People with the firm in the round who worked on a mission in the window."""
    exposed = (found.window.by_round(found.window.days) > 0).sum(axis=1)
    for row, detail in zip(found.assessment.rows(), _details(found), strict=True):
        if exposed[row.person] and found.staffing.here[row.person]:
            load = _load(row)
            load.person_id = int(found.staffing.people[row.person])
            load.exposed_rounds = int(exposed[row.person])
            load.detail = detail
            yield load


def _load(row: PersonLoad) -> Load:
    share, high = row.share or 0.0, row.zone_high
    return Load(
        load=row.load,
        upper95=row.upper95,
        share=100 * share,
        zone_low=_percent(row.zone_low),
        zone_high=_percent(high),
        expected=_percent(row.expected_share),
        demanding_rounds=row.demanding_rounds,
        two_in_a_row=row.two_in_a_row,
        compared=row.compared,
        above_zone=high is not None and share > high + ROUNDING,
        over_share=row.over_share,
        p_value=row.p_value,
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _details(found: Found) -> Iterator[list[dict[str, Any]]]:
    """Missions carried by each person, in their order; of each person most days first."""
    window, size = found.window, found.window.missions
    pairs, pair = np.unique(window.person * size + window.mission, return_inverse=True)
    pair = pair.ravel()
    spent = window.demanding[window.mission, window.round]
    rounds = np.unique(np.stack([pair, window.round, spent]), axis=1)
    days = sum_by(pair, window.days, pairs.size)
    asked = window.demand[window.mission, window.round] * window.days
    demand = sum_by(pair, asked, pairs.size) / days
    held = np.bincount(rounds[0], minlength=pairs.size)
    hard = np.bincount(rounds[0], weights=rounds[2], minlength=pairs.size)
    person, mission = np.divmod(pairs, max(size, 1))
    order = np.lexsort((pairs, -days, person))
    ends = np.cumsum(np.bincount(person, minlength=window.people))
    for end, count in zip(ends.tolist(), np.diff(ends, prepend=0).tolist(), strict=True):
        yield [
            {
                "mission": int(found.staffing.missions[mission[at]]),
                "rounds": int(held[at]),
                "demanding": int(hard[at]),
                "days": round(float(days[at]), 2),
                "demand": round(float(demand[at]), 2),
            }
            for at in order[end - count : end]
        ]


def _indices(assessment: Assessment) -> dict[str, dict[str, Any]]:
    """The firm's indices, each with its reference; none where nobody is compared."""
    found = assessment.indices
    if found is None:
        return {}
    names = ("max_to_mean", "top_tenth", "gini", "jain")
    return {name: _index(getattr(found, name)) for name in names}


def _index(index: Index) -> dict[str, Any]:
    return {"value": index.value, "reference": index.reference, "beyond": index.beyond}
