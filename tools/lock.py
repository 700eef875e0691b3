"""One running instance per data folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):  # noqa: N818 -- a finding, not a fault
    """Another process holds the folder; ``url`` is empty while it still starts."""

    def __init__(self, pid: int, url: str) -> None:
        super().__init__(url)
        self.pid = pid
        self.url = url


class Held:
    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.write("")

    def write(self, url: str) -> None:
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "url": url}, self.file)
        self.file.flush()


@contextmanager
def hold(path: Path) -> Iterator[Held]:
    """Held by the kernel and so released by any death, unlike a file that merely names a pid."""
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise running(file) from None
        held = Held(file)
        yield held
        held.write("")


def running(file: IO[str]) -> AlreadyRunning:
    file.seek(0)
    try:
        written = json.load(file)
    except ValueError:
        written = {}
    return AlreadyRunning(int(written.get("pid", 0)), str(written.get("url", "")))
