"""Through a true Celery worker, its beat and its broker: nothing is called by hand.

Embedded: an SQLite file and the file broker. Real: the PostgreSQL and the Redis of this run.
Each time the worker is killed on its way, without a word, and started again.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.models import HEARTBEAT, JobRun
from surveys.models import Period, Round
from tests import make

WITHIN = 60.0
WORKER = ("-m", "celery", "-A", "wellbeing.celery:app", "worker", "-B", "-P", "threads", "-c", "1")
QUIET = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
READY = " ready."
EMBEDDED = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the embedded mode is tested with SQLite"
)
REAL = pytest.mark.skipif(
    connection.vendor != "postgresql" or not settings.REDIS_URL,
    reason="the real mode is tested with PostgreSQL and Redis",
)

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def due(transactional_db: None, django_db_serialized_rollback: None) -> None:
    """A firm whose first round should have opened yesterday."""
    make.firm(first_round_on=timezone.localdate() - timedelta(days=1))


def environment(folder: Path, database: str, broker: str) -> dict[str, str]:
    for name in ("data", "control"):
        (folder / "queue" / name).mkdir(parents=True)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wellbeing.settings",
        "SYMETRIE_MODE": "demo",
        "SYMETRIE_VAR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        # A worker started as root warns at length.
        "C_FORCE_ROOT": "true",
    }


@contextmanager
def worker(env: dict[str, str]) -> Iterator[Path]:
    """A worker with its beat; in the end it is killed with all it started, and not asked."""
    log = Path(env["SYMETRIE_VAR"]) / f"worker-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *WORKER, *QUIET],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(what: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + WITHIN
    while not what():
        assert time.monotonic() < until, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.1)


def walk(env: dict[str, str], count: Callable[[], dict[str, int]]) -> None:
    """Killed as soon as it is ready, wherever its first job then stands; then run again."""
    with worker(env) as log:
        wait_for(lambda: READY in log.read_text(encoding="utf-8"), log)
    with worker(env) as log:
        wait_for(lambda: count()["opened"] == 1 and count()["beats"] == 1, log)
        made = count()
        assert "Traceback" not in log.read_text(encoding="utf-8")
    # A third time: nothing is left to do, and nothing is done twice.
    with worker(env) as log:
        wait_for(lambda: log.read_text(encoding="utf-8").count("run_due") >= 2, log)
        wait_for(lambda: "succeeded" in log.read_text(encoding="utf-8"), log)
    assert count() == made
    assert made["periods"] >= 2
    assert made["failed"] == 0


@EMBEDDED
def test_the_embedded_worker_does_what_is_due(due: None, tmp_path: Path) -> None:
    path = tmp_path / "worker.sqlite3"
    with closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)

    def ask(sql: str) -> int:
        with closing(sqlite3.connect(path, timeout=20)) as database:
            return int(database.execute(sql).fetchone()[0])

    walk(
        environment(tmp_path, f"sqlite:///{path}", ""),
        lambda: {
            "opened": ask("SELECT count(*) FROM surveys_round WHERE opened_at IS NOT NULL"),
            "beats": ask("SELECT count(*) FROM core_jobrun WHERE name = 'heartbeat'"),
            "periods": ask("SELECT count(*) FROM surveys_period"),
            "failed": ask("SELECT count(*) FROM core_jobrun WHERE state = 'failed'"),
        },
    )


@pytest.fixture
def broker() -> Iterator[str]:
    """One of the numbered databases of this run's Redis that nobody uses."""
    server = (
        settings.REDIS_URL.rsplit("/", 1)[0]
        if settings.REDIS_URL.count("/") > 2
        else (settings.REDIS_URL)
    )
    for number in range(15, 0, -1):
        with closing(redis.Redis.from_url(f"{server}/{number}")) as found:
            if not found.dbsize():
                yield f"{server}/{number}"
                found.flushdb()
                return
    pytest.fail("No empty database is left on this Redis.")


@REAL
def test_the_real_worker_does_what_is_due(due: None, tmp_path: Path, broker: str) -> None:
    at = connection.settings_dict
    server = f"{at['USER']}:{at['PASSWORD']}@{at['HOST'] or 'localhost'}:{at['PORT'] or 5432}"
    walk(
        environment(tmp_path, f"postgres://{server}/{at['NAME']}", broker),
        lambda: {
            "opened": Round.objects.filter(opened_at__isnull=False).count(),
            "beats": JobRun.objects.filter(name=HEARTBEAT).count(),
            "periods": Period.objects.count(),
            "failed": JobRun.objects.filter(state=JobRun.State.FAILED).count(),
        },
    )
