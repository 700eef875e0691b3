"""``./run doctor``: what is wrong with this machine, then with this installation."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence

from tools import bootstrap, browser, serve
from tools.places import PYTHON, ROOT, VENV, var
from tools.say import Stop, say
from tools.system import OLDEST_SQLITE, answers, is_free

FREE_BYTES_WANTED = 1_000_000_000


class Trouble(Exception):  # noqa: N818 -- what a question found, not a fault of the code
    """A finding with its cure."""


def main(arguments: Sequence[str]) -> int:
    sound = [ask(name, question) for name, question in QUESTIONS.items()]
    if not PYTHON.exists():
        say("The installation itself was not looked at: start ./run once first.")
        return 1
    env = {**serve.env_file(), **os.environ, "SYMETRIE_VAR": str(var())}
    command = [str(PYTHON), "manage.py", "doctor", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False)
    return 0 if all(sound) and done.returncode == 0 else 1


def ask(name: str, question: Callable[[], str]) -> bool:
    try:
        say(f"ok    {name}: {question()}")
    except (Trouble, Stop) as trouble:
        say(f"LOOK  {name}: {trouble}")
        return False
    return True


def python() -> str:
    return platform.python_version()


def sqlite() -> str:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Trouble(f"{sqlite3.sqlite_version} is too old: use a newer Python")
    return sqlite3.sqlite_version


def environment() -> str:
    if not VENV.exists():
        return "not made yet; ./run makes it"
    owner = VENV.stat().st_uid
    if owner != os.geteuid():
        raise Trouble(f".venv belongs to user {owner}: delete it as that user, then start ./run")
    if not bootstrap.is_current("base"):
        raise Trouble("it is not what the lock names: start ./run once")
    return "holds what the lock names"


def data_folder() -> str:
    try:
        folder = var()
    except OSError as error:
        raise Trouble(f"{error.filename} cannot be used: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise Trouble(f"{folder} cannot be written by this user")
    return str(folder)


def disk() -> str:
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES_WANTED:
        raise Trouble(f"{free // 1_000_000} MB free; make room for 1 GB")
    return f"{free // 1_000_000_000} GB free"


def port() -> str:
    return "8000 is free" if is_free("127.0.0.1", 8000) else "8000 is taken; ./run takes the next"


def test_browser() -> str:
    found = browser.find() if PYTHON.exists() else shutil.which("chromium")
    return found or "none; ./run test will look for one"


def postgres() -> str:
    return server("DATABASE_URL", "the demo uses SQLite")


def redis() -> str:
    return server("REDIS_URL", "the demo uses files")


def server(name: str, otherwise: str) -> str:
    settings = {**serve.env_file(), **os.environ}
    value = settings.get(name, "")
    if not value or value.startswith("sqlite"):
        return f"{name} is not set: {otherwise}"
    host, port_number = serve.host_and_port(name, value)
    if host and not answers(host, port_number):
        raise Trouble(f"nothing answers at {host}:{port_number}: start it, or correct {name}")
    return f"{host or 'a socket'}:{port_number} answers"


QUESTIONS: dict[str, Callable[[], str]] = {
    "Python": python,
    "SQLite": sqlite,
    "environment": environment,
    "data folder": data_folder,
    "disk": disk,
    "port": port,
    "browser": test_browser,
    "PostgreSQL": postgres,
    "Redis": redis,
}
