"""``manage.py take_bounces [FILE or MAILDIR …]``: mails that a server gave back."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from operations.bounces import take
from operations.returned import LARGEST, UnreadableError, read

# As mail servers understand them (sysexits.h): give up, no such file, try again later.
BAD_DATA, NO_INPUT, TRY_LATER = 65, 66, 75
SEEN, FLAGGED = ":2,S", ":2,F"


class Command(BaseCommand):
    """Reads one mail from standard input, or every file named, or what is new in a Maildir."""

    help = "Note which mails of ours came back, from delivery reports (RFC 3464)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="FILE or MAILDIR",
            help="files of one mail each, or Maildir folders, whose new mails are read and then "
            "marked as seen; without any, one mail from standard input",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        counted: Counter[str] = Counter()
        unread = 0
        for place in _places(options["paths"]):
            try:
                unread += not self._look_at(place, counted)
            except OSError as error:
                # Stays where it is: a right that is missing or a full disk may be put right.
                unread += 1
                self.stderr.write(f"{place.name}: {type(error).__name__}. It stays as it is.")
        for outcome, count in counted.items():
            self.stdout.write(f"{count} {outcome}")
        if unread:
            raise CommandError(f"{unread} mail(s) could not be read.", returncode=BAD_DATA)

    def _look_at(self, place: "Place", counted: Counter[str]) -> bool:
        """Could it be read? What came of it is counted."""
        try:
            counted[self._take(place.data())] += 1
        except UnreadableError as error:
            self.stderr.write(f"{place.name}: {error}. Nothing was noted.")
            place.done(FLAGGED)
            return False
        place.done(SEEN)
        return True

    def _take(self, data: bytes) -> str:
        try:
            return take(report=read(data))
        except DatabaseError as error:
            message = f"The database does not answer: {type(error).__name__}. Try again later."
            raise CommandError(message, returncode=TRY_LATER) from error


class Place:
    """Where a mail lies: standard input, a file, or a Maildir, unless ``error`` kept it closed."""

    def __init__(
        self, path: Path | None, *, is_new: bool = False, error: OSError | None = None
    ) -> None:
        self.path, self.is_new, self.error = path, is_new, error
        self.name = str(path) if path else "standard input"

    def data(self) -> bytes:
        """The mail, or a byte more than the largest."""
        if self.error:
            raise self.error
        if self.path is None:
            source: BinaryIO = sys.stdin.buffer
            return source.read(LARGEST + 1)
        with self.path.open("rb") as file:
            return file.read(LARGEST + 1)

    def done(self, flags: str) -> None:
        """A mail that was new in a Maildir moves to those that were looked at."""
        if self.path and self.is_new:
            self.path.rename(self.path.parent.parent / "cur" / f"{self.path.name}{flags}")


def _places(paths: list[Path]) -> Iterator[Place]:
    missing = [str(path) for path in paths if not _is_readable(path)]
    if missing:
        message = f"Neither a file nor a Maildir: {', '.join(missing)}."
        raise CommandError(message, returncode=NO_INPUT)
    if not paths:
        yield Place(None)
    for path in paths:
        if path.is_file():
            yield Place(path)
            continue
        yield from _new_in(path / "new")


def _new_in(folder: Path) -> list[Place]:
    """Regular files alone: a pipe would be waited for, and a folder is no mail."""
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        return [Place(folder, error=error)]
    return [Place(path, is_new=True) for path in found]


def _is_readable(path: Path) -> bool:
    is_box = (path / "new").is_dir() and (path / "cur").is_dir()
    return path.is_file() or is_box
