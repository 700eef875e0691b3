"""Doors to loads for the floors above: who may read what is in ``balancing.perms``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from balancing import perms
from balancing.models import Load, LoadPass, MissionDemand, Rotation, RotationMove, RotationRun
from scoring.publication import published_periods
from surveys.models import Period


@dataclass(frozen=True, slots=True)
class ReleasedPeriod:
    """A period whose figures are out, and when its last round closed."""

    id: int
    starts_on: date
    last_round_on: date
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """How many people stood above their zone of chance at the end of a period."""

    starts_on: date
    last_round_on: date
    above: int
    compared: int


def released_periods() -> list[ReleasedPeriod]:
    """Periods whose figures are out, newest first."""
    out = [row.id for row in published_periods()]
    rows = Period.objects.filter(pk__in=out, closes_at__isnull=False).order_by("-starts_on")
    columns = ("pk", "starts_on", "last_round_on", "closes_at")
    return [
        ReleasedPeriod(pk, first, last or first, closes)
        for pk, first, last, closes in rows.values_list(*columns)
    ]


def released_by(moment: datetime, periods: Iterable[ReleasedPeriod]) -> ReleasedPeriod | None:
    """The newest of these periods that had closed by then: a round reads figures up to its own
    close, whenever it is computed."""
    return next((row for row in periods if row.closes_at <= moment), None)


def latest_pass(now: datetime, *, managers: bool = True) -> LoadPass | None:
    """The newest round whose loads may be read: by managers 7 days after its close, by the
    person themself at once."""
    closed_by = now - perms.MANAGERS_WAIT if managers else now
    rows = LoadPass.objects.filter(round__closes_at__lte=closed_by).select_related("round")
    return rows.order_by("-round__starts_on").first()


def period_read_by(load_pass: LoadPass) -> int | None:
    """The period whose figures gave a pass its lived half, if they are still out."""
    out, first = released_periods(), load_pass.release_period_on
    return next((row.id for row in out if row.starts_on == first), None)


def own_load(person: User, now: datetime) -> Load | None:
    """A person's own line, at once; None before their first mission of the last 13 rounds."""
    newest = latest_pass(now, managers=False)
    if newest is None:
        return None
    return Load.objects.filter(load_pass=newest, person=person).first()


def loads_for(viewer: User, now: datetime, unit: int | None = None) -> QuerySet[Load]:
    """Rows of the people whom a manager leads, most loaded first, narrowed to one unit and what
    is under it. ``unit`` must have been looked up among the viewer's own."""
    newest = latest_pass(now)
    if newest is None:
        return Load.objects.none()
    rows = Load.objects.filter(perms.people_led_by(viewer, unit=unit), load_pass=newest)
    return rows.select_related("person").order_by("-share", "person__last_name", "person")


def firm_trend(now: datetime) -> list[TrendPoint]:
    """People above their zone at the end of each published period, oldest first."""
    periods = {row.last_round_on: row for row in released_periods()}
    rows = LoadPass.objects.filter(
        round__starts_on__in=list(periods), round__closes_at__lte=now - perms.MANAGERS_WAIT
    )
    columns = ("round__starts_on", "above_zone", "compared")
    return [
        TrendPoint(periods[day].starts_on, day, above, compared)
        for day, above, compared in rows.order_by("round__starts_on").values_list(*columns)
    ]


def mission_demands(load_pass: LoadPass) -> QuerySet[MissionDemand]:
    """What each staffed mission asked for in that round, most demanding first."""
    rows = MissionDemand.objects.filter(load_pass=load_pass, days__gt=0)
    return rows.select_related("mission__client", "mission__profile")


def days_by_profile(period: int) -> dict[tuple[int, str], float]:
    """Person-days staffed in a period's rounds by (client id, profile ref), as their load passes
    kept them: facts of staffing; one query."""
    rows = MissionDemand.objects.filter(load_pass__round__period=period, days__gt=0).order_by()
    columns = ("mission__client", "mission__profile__ref")
    return {
        (client, profile): days
        for client, profile, days in rows.values_list(*columns).annotate(Sum("days"))
    }


def carried(loads: Iterable[Load]) -> list[int]:
    """Missions named by these rows, for one look-up."""
    found: set[Any] = {item["mission"] for row in loads for item in row.detail}
    return sorted(found)


# --- rotations -------------------------------------------------------------------------------


def whole(rows: QuerySet[Rotation]) -> QuerySet[Rotation]:
    """Rotations with all that a card shows, in four queries."""
    return rows.select_related("run").prefetch_related(
        "moves__person", "moves__leaves__client", "moves__takes__client"
    )


def open_rotations(viewer: User) -> QuerySet[Rotation]:
    """What a manager has to talk about: the newest run's proposals, and what is talked over."""
    newest = RotationRun.objects.filter(asked_by=viewer).order_by("-asked_at", "-pk")[:1]
    live = Q(state=Rotation.State.TALKING) | Q(
        state=Rotation.State.PROPOSED, run__in=newest.values("pk")
    )
    return whole(perms.rotations_of(viewer).filter(live)).order_by("-state", "-run", "number")


def own_rotations(person: User) -> QuerySet[RotationMove]:
    """One's own part in what is talked over now."""
    rows = perms.moves_about(person).filter(rotation__state=Rotation.State.TALKING)
    return rows.select_related("rotation__run__asked_by").order_by("-rotation__talked_at")
