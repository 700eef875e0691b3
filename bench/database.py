"""Databases of the bench's own: made from one migrated template, dropped at the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tools import servers
from tools.places import PYTHON, ROOT
from tools.say import Stop
from tools.system import last_line

TEMPLATE = "template"


@dataclass(slots=True)
class Store:
    """Where the databases are: a PostgreSQL server, or a folder of SQLite files."""

    folder: Path
    server: str | None
    made: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"

    def url(self, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{self.folder / name}.sqlite3"
        return urlsplit(self.server)._replace(path=f"/{self._database(name)}").geturl()

    def environment(self, name: str) -> dict[str, str]:
        """What a process needs to work on that database, and on nothing else."""
        return {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "DATABASE_URL": self.url(name),
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "wellbeing.settings",
            "SYMETRIE_MODE": "test",
            "SYMETRIE_VAR": str(self.folder),
            "SECRET_KEY": "only-for-the-bench-" * 4,
            "DEBUG": "false",
            "EMAIL_URL": "consolemail://",
        }

    def migrate(self) -> None:
        """Make the template."""
        if self.server is not None:
            self._make(sql.SQL("CREATE DATABASE {}"), TEMPLATE)
        run(["manage.py", "migrate", "--verbosity", "0"], self.environment(TEMPLATE))

    def make(self, name: str) -> None:
        """A database of that name, its tables empty."""
        if self.server is None:
            shutil.copyfile(self.folder / f"{TEMPLATE}.sqlite3", self.folder / f"{name}.sqlite3")
            return
        template = sql.Identifier(self._database(TEMPLATE))
        self._make(sql.SQL("CREATE DATABASE {} TEMPLATE ") + template, name)

    def drop(self) -> None:
        for name in self.made:
            self._command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _make(self, command: sql.Composable, name: str) -> None:
        self.made.append(name)
        self._command(command, name)

    def _command(self, command: sql.Composable, name: str) -> None:
        assert self.server is not None
        maintenance = urlsplit(self.server)._replace(path="/postgres").geturl()
        with psycopg.connect(maintenance, autocommit=True) as connection:
            text = command.as_string(connection)
            name = sql.Identifier(self._database(name)).as_string(connection)
            connection.execute(text.replace("{}", name).encode())

    def _database(self, name: str) -> str:
        return f"symetrie_bench_{os.getpid()}_{name}"


@contextmanager
def store() -> Iterator[Store]:
    """PostgreSQL where there is one (DATABASE_URL, else this machine's), SQLite otherwise."""
    with TemporaryDirectory(prefix="symetrie-bench-") as folder:
        found = Store(Path(folder), _server())
        try:
            found.migrate()
            yield found
        finally:
            found.drop()


def _server() -> str | None:
    given = os.environ.get("DATABASE_URL", "")
    if given:
        return given if given.startswith("postgres") else None
    return servers.local_postgres()


def run(arguments: list[str], env: Mapping[str, str]) -> str:
    """What a program of this repository printed; ``Stop`` with its last line if it failed."""
    done = subprocess.run(
        [str(PYTHON), *arguments],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Stop(f"{' '.join(arguments)} failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout
