"""CPU time of this process and of its PostgreSQL backends, and jobs compared turn by turn."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")
# What opens and ends a transaction is no question put to the database.
PLUMBING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
Backend = Callable[[], int | None]


def nothing() -> None:
    """A job that leaves nothing behind."""


def django_backend() -> int | None:
    """Process id of Django's PostgreSQL backend; None with SQLite, which works in this process."""
    info = getattr(connection.connection, "info", None)
    return getattr(info, "backend_pid", None)


def backend_seconds(pid: int | None) -> float:
    """CPU seconds of a process of this machine; 0 where it cannot be seen."""
    if pid is None:
        return 0.0
    fine, coarse = Path(f"/proc/{pid}/schedstat"), Path(f"/proc/{pid}/stat")
    if fine.exists():
        return int(fine.read_text(encoding="ascii").split()[0]) / 1e9
    if coarse.exists():
        fields = coarse.read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    return 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds: of CPU in Python and in the database, and by the clock."""

    python: float
    database: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.python + self.database

    def per(self, count: int) -> "Cost":
        return Cost(self.python / count, self.database / count, self.wall / count)


class Clock:
    """Reads what has been spent so far by this process and these backends."""

    def __init__(self, *backends: Backend) -> None:
        self.backends = backends or (django_backend,)

    def read(self) -> Cost:
        database = sum(backend_seconds(pid()) for pid in self.backends)
        return Cost(time.process_time(), database, time.perf_counter())

    def spent(self, work: Callable[[], Any]) -> Cost:
        before = self.read()
        work()
        after = self.read()
        return Cost(
            after.python - before.python,
            after.database - before.database,
            after.wall - before.wall,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A batch of one kind of operation; ``run`` says how many there were.

    ``clean``, which is not counted, undoes the batch, so that the next one meets the same tables.
    """

    name: str
    run: Callable[[], int]
    clean: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Samples:
    """Cost of one operation of each job, round by round."""

    costs: dict[str, list[Cost]]

    def ratio(self, name: str, reference: str) -> float:
        """Median over the rounds of CPU against CPU of the same round."""
        pairs = zip(self.costs[name], self.costs[reference], strict=True)
        return statistics.median(one.cpu / other.cpu for one, other in pairs)

    def median(self, name: str) -> Cost:
        costs = self.costs[name]
        return Cost(
            statistics.median(cost.python for cost in costs),
            statistics.median(cost.database for cost in costs),
            statistics.median(cost.wall for cost in costs),
        )


def interleave(jobs: Sequence[Job], clock: Clock, rounds: int) -> Samples:
    """Every job once a round, so that a busy moment of the machine meets them all.

    The first round warms caches and prepared statements up; it is not counted.
    """
    costs: dict[str, list[Cost]] = {job.name: [] for job in jobs}
    for number in range(rounds + 1):
        for job in jobs:
            done: list[int] = []
            spent = clock.spent(lambda job=job, done=done: done.append(job.run()))  # type: ignore[misc]  # -- bound at once
            job.clean()
            if number:
                costs[job.name].append(spent.per(done[0]))
    return Samples(costs)


@dataclass(slots=True)
class Queries:
    """What was asked of the database."""

    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.asked)

    @property
    def repeated(self) -> int:
        """Those that ask the very same again."""
        return self.count - len(set(self.asked))


@contextmanager
def counting() -> Iterator[Queries]:
    """Count the statements of a block, transactions' own left out."""
    queries = Queries()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(PLUMBING):
            queries.asked.append((sql, repr(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield queries
