"""A whole period at its close: participation, scores, release, loads, alerts."""

import resource
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from bench.crowd import stored
from bench.figures import Figure
from bench.measure import Clock, counting
from bench.world import Size, settle_all_but_last_period
from operations import due
from scoring.publication import SystemViewer, published
from surveys.models.answers import CheckIn

PART = "period"
# Made ahead and opened with the world: nothing of the close.
ELSEWHERE = ("rounds made ahead", "rounds opened")
KB_IN_MB = 1024
MEMORY = 150


def measure(size: Size) -> list[Figure]:
    """Seconds, memory and queries of the last closed period, step by step."""
    now = timezone.now()
    period = settle_all_but_last_period(now=now)
    idle = _peak()
    told, walls, cpus, asked = [], [], [], 0
    for name, work in due.STEPS:
        if name in ELSEWHERE:
            continue
        with counting() as queries:
            spent = Clock().spent(_at(work, now))
        told.append(f"{name} {spent.wall:.1f}")
        walls.append(spent.wall)
        cpus.append(spent.cpu)
        asked += queries.count
    answered = CheckIn.objects.filter(round__period=period).count()
    cells = published(viewer=SystemViewer("bench"), periods=[period.pk])
    shown = sum(not cell.withheld for cell in cells.values())
    people = f"{size.people} consultants"
    story = f"{size.clients} clients, {answered} check-ins of {stored()}, {shown} figures out"
    return [
        Figure(PART, f"a whole period, {people}", sum(walls), "s", note="; ".join(told)),
        Figure(PART, f"its CPU, {people}", sum(cpus), "s", note=story),
        Figure(PART, f"its queries, {people}", asked, ""),
        Figure(
            PART, f"peak memory of the process, {people}", _peak(), "MB", MEMORY,
            note=f"{idle:.0f} MB before the work; {connection.vendor}",
        ),
    ]  # fmt: skip


def _at(work: Callable[..., str], now: datetime) -> Callable[[], str]:
    return lambda: work(now=now)


def _peak() -> float:
    """Most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB
