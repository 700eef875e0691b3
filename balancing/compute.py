"""Loads of each closed round, from staffing, declared facts and published figures alone.

A round is done once: its ``LoadPass`` row, unique, says so. Run it twice, kill it, run it in two
workers at once: the same rows (docs/architecture.md).
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import IntegrityError, transaction

from accounts.models import FirmSettings
from balancing import gathering
from balancing.demands import Demands, Figures, demands
from balancing.gathering import Staffing
from balancing.maths.assess import Assessment, assess
from balancing.maths.indices import Index
from balancing.maths.window import ROUNDS, Integers, Window, sum_by
from balancing.models import Load, LoadPass, MissionDemand
from balancing.reading import ReleasedPeriod, released_by, released_periods
from core.bulk import insert_rows
from missions.points import version_at
from surveys.models import Round

FORMULA_VERSION = 1
BATCH = 1_000
DEMAND = ("load_pass_id", "mission_id", "declared", "lived", "demand", "demanding", "days")
# Shares of the same days summed in another order differ by less than this.
ROUNDING = 1e-9

Column = npt.NDArray[Any]


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
    columns = _columns(found)
    # People with the firm in the round who worked on a mission in the window.
    who = np.flatnonzero(found.staffing.here & (columns["exposed_rounds"] > 0))
    done = LoadPass.objects.create(
        round=past.round,
        formula_version=FORMULA_VERSION,
        made_at=now,
        release_period_on=past.release.starts_on if past.release else None,
        points_version=version_at(now),
        threshold=None if np.isnan(threshold) else threshold,
        compared=int(columns["compared"][who].sum()),
        above_zone=int(columns["above_zone"][who].sum()),
        indices=_indices(found.assessment),
    )
    insert_rows(MissionDemand, DEMAND, _mission_demands(done, found))
    names = ["load_pass_id", *columns, "detail"]
    insert_rows(Load, names, _rows(done, columns, _Carried(found), who))


def _mission_demands(done: LoadPass, found: Found) -> Iterator[tuple[Any, ...]]:
    """Missions on which somebody worked in the round, as `DEMAND` names their values."""
    days = found.staffing.mission_days
    for at in np.flatnonzero(days > 0):
        of = found.demands.now[at]
        demanding = bool(found.demands.demanding[at, -1])
        mission = int(found.staffing.missions[at])
        yield done.pk, mission, of.declared, of.lived, of.value, demanding, float(days[at])


def _columns(found: Found) -> dict[str, Column]:
    """What `Load` keeps of everybody, by its attribute; NaN where nothing is known."""
    of, share = found.assessment, np.nan_to_num(found.assessment.share)
    return {
        "person_id": found.staffing.people,
        "load": of.load,
        "upper95": of.upper95,
        "share": 100 * share,
        "zone_low": 100 * of.zone_low,
        "zone_high": 100 * of.zone_high,
        "expected": 100 * of.expected_share,
        "demanding_rounds": of.demanding_rounds,
        "exposed_rounds": np.count_nonzero(found.window.by_round(found.window.days), axis=1),
        "two_in_a_row": of.two_in_a_row,
        "compared": of.compared,
        "above_zone": share > of.zone_high + ROUNDING,
        "over_share": of.over_share,
        "p_value": of.p_value,
    }


def _rows(
    done: LoadPass, columns: dict[str, Column], carried: "_Carried", who: Integers
) -> Iterator[tuple[Any, ...]]:
    """A batch at a time: a large firm's rows never stand in memory together."""
    for start in range(0, who.size, BATCH):
        batch = who[start : start + BATCH]
        values = [_plain(column[batch]) for column in columns.values()]
        yield from zip(repeat(done.pk, batch.size), *values, carried.details(batch), strict=True)


def _plain(values: Column) -> list[Any]:
    """Python's own numbers, None for what is not known."""
    return [None if isnan(value) else value for value in values.tolist()]


class _Carried:
    """Missions that each person carried; of each person most days first."""

    def __init__(self, found: Found) -> None:
        window, size = found.window, found.window.missions
        pairs, pair = np.unique(window.person * size + window.mission, return_inverse=True)
        spent = window.demanding[window.mission, window.round]
        rounds = np.unique(np.stack([pair, window.round, spent]), axis=1)
        days = sum_by(pair, window.days, pairs.size)
        asked = window.demand[window.mission, window.round] * window.days
        demand = sum_by(pair, asked, pairs.size) / days
        held = np.bincount(rounds[0], minlength=pairs.size)
        hard = np.bincount(rounds[0], weights=rounds[2], minlength=pairs.size)
        person, mission = np.divmod(pairs, max(size, 1))
        order = np.lexsort((pairs, -days, person))
        self.columns: dict[str, Column] = {
            "mission": found.staffing.missions[mission][order],
            "rounds": held[order],
            "demanding": hard[order].astype(np.int64),
            "days": days[order].round(2),
            "demand": demand[order].round(2),
        }
        count = np.bincount(person, minlength=window.people)
        self.end = np.cumsum(count)
        self.start = self.end - count

    def details(self, people: Integers) -> Iterator[str]:
        """`Load.detail` of people in their order, each with a mission, as the database has it."""
        first, last = self.start[people].tolist(), self.end[people].tolist()
        values = [column[first[0] : last[-1]].tolist() for column in self.columns.values()]
        missions = [
            dict(zip(self.columns, each, strict=True)) for each in zip(*values, strict=True)
        ]
        for start, end in zip(first, last, strict=True):
            yield json.dumps(missions[start - first[0] : end - first[0]])


def _indices(assessment: Assessment) -> dict[str, dict[str, Any]]:
    """The firm's indices, each with its reference; none where nobody is compared."""
    found = assessment.indices
    if found is None:
        return {}
    names = ("max_to_mean", "top_tenth", "gini", "jain")
    return {name: _index(getattr(found, name)) for name in names}


def _index(index: Index) -> dict[str, Any]:
    return {"value": index.value, "reference": index.reference, "beyond": index.beyond}
