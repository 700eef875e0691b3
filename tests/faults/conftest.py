"""A database of its own for tests with several connections at once."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

Work = Callable[[], Any]
Together = Callable[[list[Work]], list[Any]]


@pytest.fixture
def together(
    transactional_db: None, django_db_serialized_rollback: None, tmp_path: Path
) -> Iterator[Together]:
    """Runs pieces of work at the same moment, each with a connection of its own.

    SQLite's tests run in memory, where locks do not wait as they do in a file: there the rows
    made so far are copied to a file. Look at the outcome through ``together`` too.
    """
    kept = connection.settings_dict["NAME"]
    moved = False

    def run(pieces: list[Work]) -> list[Any]:
        nonlocal moved
        if connection.vendor == "sqlite" and not moved:
            _copy_to(tmp_path / "together.sqlite3")
            moved = True
        start = Barrier(len(pieces))
        with ThreadPoolExecutor(len(pieces)) as pool:
            return [done.result() for done in [pool.submit(_apart, one, start) for one in pieces]]

    yield run
    connection.settings_dict["NAME"] = kept


def _copy_to(path: Path) -> None:
    connection.ensure_connection()
    target = sqlite3.connect(path)
    connection.connection.backup(target)
    target.close()
    connection.settings_dict["NAME"] = str(path)


def _apart(work: Work, start: Barrier) -> Any:
    try:
        connection.ensure_connection()
        start.wait()
        return work()
    finally:
        connections.close_all()
