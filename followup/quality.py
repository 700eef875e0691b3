"""How alerts fare, rule by rule: opened, acted on, put off, closed, and whether it helped.

For those who look after the rules. Counts only: neither a person nor a client, and of alerts on
people a small count is not told.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.audit import Act, record
from accounts.models import User
from core.tables import as_file
from core.wording import EN_DASH, number
from followup.models import Alert, AlertMove
from followup.reconciling import CAUSE_GONE, PEACE
from surveys.models import Period, Round

PERIODS = 4
FEWEST = 5
ABOUT_PEOPLE = (Alert.Rule.PERSON_OVER_SHARE,)
Kind = AlertMove.Kind


@dataclass(frozen=True, slots=True)
class Quality:
    """One line a rule; since when, and how many periods that is."""

    since: date | None
    periods: int
    lines: list["Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """A rule's name and its cells, in the order of ``headers``."""

    rule: str
    cells: list[str]


@dataclass(slots=True)
class Tally:
    """What became of a rule's alerts."""

    opened: int = 0
    taken: int = 0
    postponed: int = 0
    closed: int = 0
    gone: int = 0
    back: int = 0
    waits: list[timedelta] = field(default_factory=list)


def headers() -> list[str]:
    """Column names in the reader's language."""
    return [
        _("Rule"), pgettext("alerts", "Opened"), pgettext("alerts", "Taken in hand"),
        pgettext("alerts", "Postponed"), _("Closed with a sentence"), _("Closed by itself"),
        _("Came back"), _("Days to a decision"),
    ]  # fmt: skip


def quality() -> Quality:
    """Alerts opened in the last four periods that were asked; three queries."""
    asked = Period.objects.filter(rounds__opened_at__isnull=False).distinct()
    periods = list(asked.order_by("-starts_on")[:PERIODS])
    tallies = _tallies(periods) if periods else {}
    lines = [
        Line(str(rule.label), _cells(tallies.get(rule, Tally()), rule in ABOUT_PEOPLE))
        for rule in Alert.Rule
    ]
    return Quality(periods[-1].starts_on if periods else None, len(periods), lines)


def export(*, viewer: User, now: datetime) -> bytes:
    """The same as a file, and a line about it in the audit log."""
    lines = quality().lines
    rows = [[line.rule, *line.cells] for line in lines]
    changes = {"lines": ["", str(len(rows))]}
    record(Act("export", object_kind="alert", changes=changes), actor=viewer, now=now)
    return as_file([headers(), *rows], "csv", _("alerts"))


# --- counting --------------------------------------------------------------------------------


def _tallies(periods: Sequence[Period]) -> dict[str, Tally]:
    rows = list(_alerts(periods))
    closes = list(Round.objects.filter(opened_at__isnull=False).order_by("closes_at")
                  .values_list("closes_at", flat=True))  # fmt: skip
    again = _opened_by_subject(rows)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        _count(row, tallies[row["rule"]])
        tallies[row["rule"]].back += _came_back(row, again[_key(row)], closes)
    return tallies


def _alerts(periods: Sequence[Period]) -> Any:
    """One row a thing to handle: what joined another alert is not counted beside it."""
    rows = Alert.objects.filter(opened_round__period__in=periods, merged_into__isnull=True)
    by_people = Q(moves__actor__isnull=False)
    decided = by_people & Q(moves__kind__in=(Kind.DECIDED, Kind.CLOSED))
    counted = rows.annotate(
        taken=Count("moves", filter=Q(moves__kind=Kind.DECIDED)),
        put_off=Count("moves", filter=Q(moves__kind=Kind.POSTPONED)),
        decided_at=Min("moves__at", filter=decided),
    )
    return counted.order_by("opened_at", "pk").values(
        "rule", "person", "client", "mission", "unit", "opened_at", "opened_round__closes_at",
        "managers_from", "closed_at", "closed_by", "closing_code", "taken", "put_off",
        "decided_at",
    )  # fmt: skip


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("rule", "person", "client", "mission", "unit"))


def _opened_by_subject(
    rows: Sequence[dict[str, Any]],
) -> dict[tuple[Any, ...], list[tuple[datetime, datetime]]]:
    """When alerts of one rule and subject opened, and the close they were found at."""
    found = defaultdict(list)
    for row in rows:
        found[_key(row)].append((row["opened_at"], row["opened_round__closes_at"]))
    return found


def _count(row: dict[str, Any], tally: Tally) -> None:
    tally.opened += 1
    tally.taken += bool(row["taken"])
    tally.postponed += bool(row["put_off"])
    tally.closed += row["closed_by"] is not None
    tally.gone += row["closing_code"] == CAUSE_GONE
    if row["decided_at"] is not None:
        tally.waits.append(max(row["decided_at"] - row["managers_from"], timedelta(0)))


def _came_back(
    row: dict[str, Any], same: Sequence[tuple[datetime, datetime]], closes: Sequence[datetime]
) -> bool:
    """Another one opened within three rounds of its close; where somebody had closed it, it
    cannot before these are over, and may at the next."""
    closed_at = row["closed_at"]
    found = next((close for opened, close in same if closed_at and opened > closed_at), None)
    if found is None:
        return False
    rounds = bisect_right(closes, found) - bisect_right(closes, closed_at)
    return rounds <= PEACE + (row["closed_by"] is not None)


# --- as it is told ---------------------------------------------------------------------------


def _cells(tally: Tally, about_people: bool) -> list[str]:
    counts = (tally.opened, tally.taken, tally.postponed, tally.closed, tally.gone, tally.back)
    least = FEWEST if about_people else 1
    waits = [wait / timedelta(days=1) for wait in tally.waits]
    return [
        *(_told(count, about_people) for count in counts),
        number(median(waits), 0) if len(waits) >= least else EN_DASH,
    ]


def _told(count: int, about_people: bool) -> str:
    if about_people and count < FEWEST:
        return _("fewer than %(few)s") % {"few": FEWEST}
    return number(count)
