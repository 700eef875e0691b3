"""One streaming pass over a period's answers, against the plain SQL aggregate of the same rows."""

import resource

from django.db import connection

from bench.figures import Figure
from bench.measure import Clock, Job, interleave
from scoring.gathering import gather
from surveys import exports
from surveys.models import Period
from surveys.models.answers import CheckIn

PART = "streaming"
KB_IN_MB = 1024
EACH = {"postgresql": "jsonb_each_text(c.answers)", "sqlite": "json_each(c.answers)"}
AGGREGATE = """
    SELECT m.client_id, m.profile_id, c.round_id, told.key, count(*),
           sum(CAST(told.value AS double precision)),
           sum(CAST(told.value AS double precision) * CAST(told.value AS double precision))
    FROM surveys_checkin c
    JOIN missions_mission m ON m.id = c.mission_id,
    {each} told
    WHERE c.round_id IN ({rounds})
    GROUP BY m.client_id, m.profile_id, c.round_id, told.key"""


def measure(*, rounds: int) -> list[Figure]:
    """CPU of both over the closed period with the most check-ins; memory of the pass."""
    period = _fullest()
    rows = CheckIn.objects.filter(round__period=period).count()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One process, so that all of its CPU is counted, and room to group without a disk.
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            cursor.execute("SET work_mem = '64MB'")
    before = _peak()
    jobs = [
        Job("stream", lambda: _stream(period, rows)),
        Job("aggregate", lambda: _aggregate(period, rows)),
    ]
    samples = interleave(jobs, Clock(), rounds)
    stream, plain = samples.median("stream"), samples.median("aggregate")
    split = f"Python {1e6 * stream.python:.1f} + database {1e6 * stream.database:.1f}"
    return [
        Figure(
            PART, "streaming pass, against the plain SQL aggregate",
            samples.ratio("stream", "aggregate"), "×", 1.5, note=f"{rows} check-ins",
        ),
        Figure(PART, "CPU of the pass, of one check-in", 1e6 * stream.cpu, "µs", note=split),
        Figure(PART, "CPU of the aggregate, of one check-in", 1e6 * plain.cpu, "µs"),
        Figure(PART, "memory that the pass adds", _peak() - before, "MB"),
    ]  # fmt: skip


def _fullest() -> Period:
    counted = [
        (CheckIn.objects.filter(round__period=period).count(), period.pk, period)
        for period in Period.objects.filter(rounds__opened_at__isnull=False).distinct()
    ]
    return max(counted)[2]


def _stream(period: Period, rows: int) -> int:
    gathered = gather(exports.answers_of(period))
    assert gathered.core
    assert all(cells.answers for cells in gathered.cells.values())
    return rows


def _aggregate(period: Period, rows: int) -> int:
    rounds = list(period.rounds.values_list("pk", flat=True))
    marks = ", ".join(["%s"] * len(rounds))
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE.format(each=EACH[connection.vendor], rounds=marks), rounds)
        assert cursor.fetchall()
    return rows


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB
