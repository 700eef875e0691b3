"""Promises and how often they were kept, as everybody reads them: a page and a file."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from core.tables import as_file, escape
from core.wording import full_day
from followup.measures import counted
from followup.models import Promise, PromiseKept

PERIODS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A promise and its shares, newest period first; ``units`` of the newest one."""

    promise: Promise
    counted: str
    firm: list[PromiseKept] = field(default_factory=list)
    units: list[PromiseKept] = field(default_factory=list)

    @property
    def latest(self) -> PromiseKept | None:
        return self.firm[0] if self.firm else None

    @property
    def earlier(self) -> list[PromiseKept]:
        return self.firm[1:]


def lines() -> list[Line]:
    """Every promise, those that stand first; two queries."""
    kept: dict[int, list[PromiseKept]] = defaultdict(list)
    for row in PromiseKept.objects.select_related("promise", "period", "unit"):
        kept[row.promise_id].append(row)
    every = sorted(Promise.objects.all(), key=lambda row: (row.retired_on is not None, row.place))
    return [_line(row, kept[row.pk]) for row in every]


def _line(promise: Promise, kept: list[PromiseKept]) -> Line:
    firm = [row for row in kept if row.unit_id is None]
    units = [row for row in kept if firm and row.unit_id and row.period_id == firm[0].period_id]
    return Line(promise, counted(promise), firm[:PERIODS], units)


def headers() -> list[str]:
    """Column names in the reader's language."""
    return [_("Promise"), _("What is counted"), _("Goal"), _("Last day of"), _("Unit"), _("Kept")]


def export(*, file_type: str, viewer: User, now: datetime) -> bytes:
    """Every share there is as a file, and a line about it in the audit log."""
    rows = [
        [escape(row.promise.text), counted(row.promise), f"{row.promise.goal} %",
         full_day(row.period.last_round_on or row.period.starts_on),
         escape(row.unit.name) if row.unit else _("The firm"), row.in_words]
        for row in PromiseKept.objects.select_related("promise", "period", "unit")
    ]  # fmt: skip
    changes = {"lines": ["", str(len(rows))]}
    record(Act("export", object_kind="promise", changes=changes), actor=viewer, now=now)
    return as_file([headers(), *rows], file_type, _("promises"))
