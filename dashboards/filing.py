"""A table of a page that leaves as a file, and the line about it in the audit log."""

from dataclasses import dataclass
from datetime import datetime

from accounts.audit import Act, record
from accounts.models import User
from core.tables import Table, as_file


@dataclass(frozen=True, slots=True)
class Filed:
    """What leaves: its kind and reference in the log, and the title of its sheet."""

    kind: str
    ref: str
    title: str


def leave(table: Table, what: Filed, *, viewer: User, file_type: str, now: datetime) -> bytes:
    """The file; the log keeps how many lines it has below its headers."""
    lines = {"lines": ["", str(len(table) - 1)]}
    act = Act("export", object_kind=what.kind, object_ref=what.ref, changes=lines)
    record(act, actor=viewer, now=now)
    return as_file(table, file_type, what.title)
