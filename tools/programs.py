"""The programs that make a running Symétrie, and the wait until they answer."""

import http.client
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tools.places import PYTHON, logs
from tools.say import Stop
from tools.supervise import Child, Supervisor

READY_WITHIN = 90.0
CELERY = ("-m", "celery", "-A", "wellbeing.celery:app")


def web(bind: str, *, workers: int, threads: int = 4, log: Path | None = None) -> Child:
    sizes = ["--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"]
    # Heartbeats in memory, no control socket shared between instances, no log of who saw what.
    quiet = [*heartbeat_folder(), "--no-control-socket", "--timeout", "60"]
    application = "wellbeing.wsgi:application"
    command = python("-m", "gunicorn", application, "--bind", bind, *sizes, *quiet)
    return Child("web server", command, log)


def heartbeat_folder() -> Sequence[str]:
    return ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108 -- gunicorn names its file at random


def embedded_worker(log: Path) -> Child:
    """One process: on the file queue there may be only one reader.

    Its beat is a child of its own: inside the worker, nobody would see it die.
    """
    options = ["-P", "threads", "-c", "2", "--without-gossip", "--without-mingle"]
    return Child("worker", python(*CELERY, "worker", *options, "--loglevel", "INFO"), log)


def real_worker() -> Child:
    options = ["-P", "prefork", "-c", "2", "--loglevel", "INFO"]
    return Child("worker", python(*CELERY, "worker", *options))


def beat(log: Path | None = None) -> Child:
    return Child("beat", python(*CELERY, "beat", "--pidfile=", "--loglevel", "INFO"), log)


def python(*arguments: str) -> list[str]:
    return [str(PYTHON), *arguments]


def fresh_log(name: str) -> Path:
    path = logs() / f"{name}.log"
    path.write_text("", encoding="utf-8")
    return path


def wait_until_ready(supervisor: Supervisor, port: int, host_header: str) -> None:
    answer: dict[str, object] = {}

    def is_ready() -> bool:
        answer.clear()
        answer.update(readiness(port, host_header))
        return answer.get("ready") is True

    if not supervisor.watch(until=is_ready, seconds=READY_WITHIN):
        lacking = ", ".join(missing(answer)) or "the web server"
        raise Stop(f"Not ready after {READY_WITHIN:.0f} s (lacking: {lacking}): see {logs()}")


def missing(answer: Mapping[str, object]) -> list[str]:
    named = answer.get("missing")
    return [str(each) for each in named] if isinstance(named, list) else []


def readiness(port: int, host_header: str) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, http.client.HTTPException, ValueError):
        connection.request("GET", "/readyz", headers={"Host": host_header})
        answer = json.loads(connection.getresponse().read())
        if isinstance(answer, dict):
            return answer
    connection.close()
    return {}
