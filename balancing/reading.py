"""Doors to loads for the floors above: who may read what is in ``balancing.perms``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from balancing import perms
from balancing.models import Load, LoadPass, MissionDemand
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


def carried(loads: Iterable[Load]) -> list[int]:
    """Missions named by these rows, for one look-up."""
    found: set[Any] = {item["mission"] for row in loads for item in row.detail}
    return sorted(found)
