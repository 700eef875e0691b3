"""A file kept between its check and its import: private, of one person, for a day at most."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core import signing

from accounts.models import User
from operations.imports.source import Source

KEPT = timedelta(hours=24)
SALT = "operations.imports.uploads"
STORED_NAME = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file, and the kind and name that it came with."""

    kind: str
    name: str
    path: Path

    @contextmanager
    def opened(self) -> Iterator[Source]:
        with self.path.open("rb") as stream:
            yield Source(self.name, stream)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def keep(file: BinaryIO, *, kind: str, name: str, person: User, now: datetime) -> str:
    """Store the file where nobody can ask for it; the token that only this person can use."""
    sweep(now=now)
    stored = secrets.token_urlsafe(24)
    descriptor = os.open(folder() / stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept:
        file.seek(0)
        while chunk := file.read(1 << 16):
            kept.write(chunk)
    held = {"file": stored, "kind": kind, "name": name[:120], "person": person.pk}
    return signing.dumps(held, salt=SALT)


def find(token: str, *, person: User) -> Upload | None:
    """The file behind a token, or nothing once it is used, too old, or somebody else's."""
    try:
        held = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    if held["person"] != person.pk or not STORED_NAME.fullmatch(held["file"]):
        return None
    path = folder() / held["file"]
    return Upload(held["kind"], held["name"], path) if path.is_file() else None


def sweep(*, now: datetime) -> int:
    """Delete the files that nobody came back for; how many there were."""
    oldest = (now - KEPT).timestamp()
    count = 0
    for path in folder().iterdir():
        # Two sweeps at once: the other one may have been quicker.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
                count += 1
    return count


def folder() -> Path:
    place = Path(settings.MEDIA_ROOT) / "imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place
