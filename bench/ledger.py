"""The ledger of loads in the database: one round's loads and the alerts on them, no check-ins."""

import resource
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from balancing.compute import load_due
from balancing.models import Load, LoadPass
from bench.figures import Figure
from bench.measure import Clock, Cost, counting
from bench.world import Size, settle_all_but_last_period
from followup.alerts import alert_due
from followup.models import Alert, AlertPass
from surveys.models import Round

PART = "loads"
# Seconds of CPU for the loads and alerts of a firm of 100,000, reading and writing.
LARGE, GOAL = 100_000, 15
KB_IN_MB = 1024


def measure(people: int, clients: int) -> list[Figure]:
    """CPU, queries and memory of the last round's loads, then of its alerts."""
    now = timezone.now()
    period = settle_all_but_last_period(now=now)
    *before, last = Round.objects.filter(period=period).order_by("starts_on")
    for row in before:
        LoadPass.objects.create(round=row, formula_version=1, made_at=row.closes_at)
        AlertPass.objects.create(round=row, made_at=row.closes_at)
    idle = _peak()
    loads, load_queries = _spent(lambda: load_due(now=now))
    peak = _peak()
    alerts, alert_queries = _spent(lambda: alert_due(now=now))
    size = Size(people, clients)
    rows, found = Load.objects.filter(load_pass__round=last).count(), Alert.objects.count()
    told = f"{connection.vendor}; loads {loads.cpu:.1f} s, alerts {alerts.cpu:.1f} s"
    goal = GOAL if size.people >= LARGE else None
    return [
        Figure(PART, f"a round's loads and alerts, {people} people: CPU",
               loads.cpu + alerts.cpu, "s", goal, note=f"{told}; {rows} loads, {found} alerts"),
        Figure(PART, f"queries of the loads, {people} people", load_queries, ""),
        Figure(PART, f"queries of the alerts, {people} people", alert_queries, ""),
        Figure(PART, f"peak memory of the loads, {people} people", peak, "MB",
               note=f"{idle:.0f} MB before; {_peak():.0f} MB with the alerts"),
    ]  # fmt: skip


def _spent(work: Callable[[], str]) -> tuple[Cost, int]:
    with counting() as queries:
        spent = Clock().spent(work)
    return spent, queries.count


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB
