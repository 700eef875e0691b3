"""PostgreSQL and Redis for the tests: those at hand, else private ones that end with the tests."""

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tools.places import PYTHON, ROOT
from tools.say import Stop, step
from tools.system import answers, apt_install, can_install, free_port, last_line, run_quietly

# Of its own for each run, so that two runs on one server do not meet; Django puts test_ before.
DATABASE = f"symetrie_{os.getpid()}"
STARTS_WITHIN = 30.0
LOG_IN = """
import sys, psycopg
with psycopg.connect(sys.argv[1], connect_timeout=3) as connection:
    asked = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
    allowed = connection.execute(asked).fetchone()[0]
    sys.exit(0 if allowed else "this role may not create a database (CREATEDB)")
"""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL on which this run may create databases."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        problem = log_in_problem(given)
        if problem:
            raise Stop(f"DATABASE_URL cannot be used for tests: {problem}")
        yield given
        return
    local = local_postgres()
    if local:
        yield local
        return
    with private_postgres() as url:
        yield url


def local_postgres() -> str | None:
    """The server of this machine, when it lets us in without a password."""
    if not answers("127.0.0.1", 5432):
        return None
    for user in dict.fromkeys((os.environ.get("PGUSER") or getpass.getuser(), "postgres")):
        server = f"postgres://{user}@127.0.0.1:5432"
        if log_in_problem(f"{server}/postgres") is None:
            return f"{server}/{DATABASE}"
    return None


def log_in_problem(url: str) -> str | None:
    maintenance = urlsplit(url)._replace(path="/postgres").geturl()
    done = run_quietly([PYTHON, "-c", LOG_IN, maintenance])
    return last_line(done.stdout) if done.returncode else None


@contextmanager
def private_postgres() -> Iterator[str]:
    # Outside var/: as root this server runs as another user, who may not enter var/.
    with tempfile.TemporaryDirectory(prefix="symetrie-pg-") as folder:
        Path(folder).chmod(0o755)
        with step("Starting a private PostgreSQL"):
            command = [str(PYTHON), "-m", "tools.private_postgres", folder, DATABASE]
            server = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            url = server.stdout.readline().strip() if server.stdout else ""
            if not url.startswith("postgres"):
                raise Stop(
                    "PostgreSQL cannot be started: set DATABASE_URL to a server on which you may "
                    "create databases, or run ./run test --db sqlite"
                )
        try:
            yield url
        finally:
            # Its standard input ends; it then stops the server and itself.
            with suppress(subprocess.TimeoutExpired):
                server.communicate(timeout=30)


@contextmanager
def redis() -> Iterator[str]:
    """``REDIS_URL``, else a private instance, so that no test touches anybody's data."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server") or installed_redis()
    if program is None:
        raise Stop(
            "The tests with PostgreSQL need Redis too: sudo apt-get install redis-server, or set "
            "REDIS_URL (./run test --db sqlite needs neither)."
        )
    with private_redis(program) as url:
        yield url


def installed_redis() -> str | None:
    if can_install() and apt_install("redis-server"):
        return shutil.which("redis-server")
    return None


@contextmanager
def private_redis(program: str) -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="symetrie-redis-") as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with step("Starting a private Redis"):
            server = start([program, *options, "--appendonly", "no"])
            wait_for(server, port)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not answers("127.0.0.1", port):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise Stop("Redis does not start: set REDIS_URL to a server that the tests may use")
        time.sleep(0.05)
