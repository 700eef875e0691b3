"""Bringing in past check-ins: rounds that were asked elsewhere, before.

An operator's act (``operations`` reads and checks the file). Rounds that are unknown are made
as closed ones, in periods of their own; the same lines again change nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import FirmSettings
from core.periods import Calendar
from surveys.calendar import frozen, item_of, settle, words_in_force
from surveys.models import Dimension, Period, Question, Round
from surveys.models.answers import CheckIn
from surveys.models.questions import Item

BATCH = 500
NOON = time(12)


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One line: what one person answered about one mission, on one dimension, in one round."""

    person_id: int
    mission_id: int
    round_on: date
    answered_on: date
    dimension: str
    value: float
    minimum: float
    maximum: float

    @property
    def raw(self) -> list[float]:
        return [self.value, self.minimum, self.maximum]

    @property
    def scaled(self) -> float:
        """On 0–100, worst to best."""
        share = (self.value - self.minimum) / (self.maximum - self.minimum)
        value = round(100 * share, 9)
        return int(value) if value.is_integer() else value


@dataclass(slots=True)
class Counts:
    """What became of the lines."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


class RoundNotPastError(ValueError):
    """A round that has not closed, and that the product itself has not opened."""


@transaction.atomic
def import_past(lines: Iterable[PastAnswer], *, rounds_per_period: int, now: datetime) -> Counts:
    """Keep past answers; a later line of the same person, mission, round and theme wins.

    Their dimensions must exist. Rounds unknown are grouped, in order, into periods of
    ``rounds_per_period``; the last of these waits until it is whole before it closes.
    """
    by_round: dict[date, list[PastAnswer]] = defaultdict(list)
    for line in lines:
        by_round[line.round_on].append(line)
    refused = not_past(by_round, now=now)
    if refused:
        raise RoundNotPastError(", ".join(day.isoformat() for day in sorted(refused)))
    _make_rounds(by_round, rounds_per_period, now)
    rounds = {row.starts_on: row for row in _known(by_round)}
    counts = Counts()
    for day, told in sorted(by_round.items()):
        codes = _questionnaire_for(rounds[day], told, now)
        for batch in _batches(_check_ins(told)):
            _keep(rounds[day], batch, codes, counts)
    return counts


def not_past(days: Iterable[date], *, now: datetime) -> set[date]:
    """First days that cannot be imported: to come, or of a round waiting to be opened."""
    wanted = set(days)
    waiting = Round.objects.filter(
        starts_on__in=wanted, opened_at__isnull=True, closes_at__gt=now
    ).values_list("starts_on", flat=True)
    return {day for day in wanted if day >= localdate(now)} - _opened(wanted) | set(waiting)


def _opened(days: set[date]) -> set[date]:
    opened = Round.objects.filter(starts_on__in=days, opened_at__isnull=False)
    return set(opened.values_list("starts_on", flat=True))


def _known(days: Iterable[date]) -> list[Round]:
    return list(
        Round.objects.filter(starts_on__in=set(days)).select_related("questionnaire", "period")
    )


# --- rounds and periods ------------------------------------------------------------------------


def _calendar(first: date) -> Calendar:
    """The firm's calendar; before it has one, its default hours."""
    firm = FirmSettings.current()
    zone = ZoneInfo(settings.TIME_ZONE)
    return firm.calendar or Calendar(
        first, 7 * firm.cadence_weeks, firm.open_days, firm.opens_at, zone
    )


def _make_rounds(days: Iterable[date], rounds_per_period: int, now: datetime) -> None:
    """Make the rounds not known yet, each in its period."""
    wanted = set(days)
    unknown = sorted(wanted - {row.starts_on for row in _known(wanted)})
    touched = {}
    for day, (opens, closes) in _windows(unknown, now).items():
        period = _period_for(day, rounds_per_period)
        period.rounds.create(starts_on=day, opens_at=opens, closes_at=closes)
        touched[period.pk] = period
    for period in touched.values():
        settle(period)


def _windows(days: list[date], now: datetime) -> dict[date, tuple[datetime, datetime]]:
    """When each of these rounds was open: over by now, and before the next one opened."""
    if not days:
        return {}
    calendar = _calendar(days[0])
    later = Round.objects.filter(starts_on__gt=days[0]).values_list("starts_on", "opens_at")
    opened = dict(later) | {day: calendar.window(day)[0] for day in days}
    order = sorted(opened)
    following = dict(pairwise(order))
    windows = {}
    for day in days:
        opens, closes = calendar.window(day)
        limit = opened[following[day]] if day in following else now
        windows[day] = (opens, min(closes, limit, now))
    return windows


def _period_for(day: date, rounds_per_period: int) -> Period:
    """The last period before that day if it lacks rounds or goes on after it; else a new one."""
    before = Period.objects.filter(starts_on__lte=day).order_by("-starts_on").first()
    if before is not None:
        made = before.rounds.count()
        if made < before.round_count:
            return before
        if before.rounds.filter(starts_on__gt=day).exists():
            before.round_count = made + 1
            before.save(update_fields=["round_count"])
            return before
    return Period.objects.create(starts_on=day, round_count=rounds_per_period)


def _questionnaire_for(row: Round, told: list[PastAnswer], now: datetime) -> dict[str, str]:
    """Question code by dimension, after the round's questionnaire has been given each."""
    items = list(row.questionnaire.items) if row.questionnaire else []
    asked = {item.dimension: item.code for item in items}
    missing = sorted({line.dimension for line in told} - asked.keys())
    if missing or row.opened_at is None:
        items += _items_for(missing, row.period)
        row.questionnaire = frozen(items, now=now)
        row.opened_at = row.opened_at or row.opens_at
        row.save(update_fields=["questionnaire", "opened_at"])
    return {item.dimension: item.code for item in items}


def _items_for(dimensions: list[str], period: Period) -> list[Item]:
    """One item a dimension: the question in force there, else a core item without labels."""
    # In reverse, so that the first question of a dimension is the one that stays.
    words = reversed(words_in_force(period.starts_on))
    known = {one.question.dimension.code: item_of(one) for one in words}
    rows = Dimension.objects.filter(code__in=dimensions).order_by("position", "pk")
    return [known.get(row.code) or _bare(row) for row in rows]


def _bare(dimension: Dimension) -> Item:
    return Item(
        code=dimension.code,
        dimension=dimension.code,
        role=Question.Role.CORE,
        version=1,
        text={"fr": dimension.name_fr, "en": dimension.name_en},
        labels={"fr": [], "en": []},
    )


# --- answers -----------------------------------------------------------------------------------


@dataclass(slots=True)
class PastCheckIn:
    """The lines of one person about one mission, in one round, by dimension."""

    person_id: int
    mission_id: int
    lines: dict[str, PastAnswer] = field(default_factory=dict)

    @property
    def answered_on(self) -> date:
        return max(line.answered_on for line in self.lines.values())


def _check_ins(told: list[PastAnswer]) -> list[PastCheckIn]:
    found: dict[tuple[int, int], PastCheckIn] = {}
    for line in told:
        key = (line.person_id, line.mission_id)
        found.setdefault(key, PastCheckIn(*key)).lines[line.dimension] = line
    return list(found.values())


def _batches(rows: list[PastCheckIn]) -> Iterator[list[PastCheckIn]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _keep(row: Round, batch: list[PastCheckIn], codes: dict[str, str], counts: Counts) -> None:
    """One read and one write for the whole batch; rows that say the same are left alone."""
    stored = CheckIn.objects.filter(round=row, person__in={told.person_id for told in batch})
    known = {(one.person_id, one.mission_id): one for one in stored}
    written = []
    for told in batch:
        before = known.get((told.person_id, told.mission_id))
        kept = CheckIn(
            person_id=told.person_id,
            mission_id=told.mission_id,
            round=row,
            answers=dict(before.answers) if before else {},
            raw=dict(before.raw or {}) if before else {},
            sent_at=datetime.combine(told.answered_on, NOON, ZoneInfo(settings.TIME_ZONE)),
        )
        is_moved = before is not None and localdate(before.sent_at) != told.answered_on
        if _merge(kept, told, codes, counts) or is_moved:
            written.append(kept)
    CheckIn.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["person", "mission", "round"],
        update_fields=["answers", "raw", "sent_at"],
    )


def _merge(kept: CheckIn, told: PastCheckIn, codes: dict[str, str], counts: Counts) -> bool:
    """Put these lines into the row, counting each; was there anything new?"""
    is_new = False
    raw = kept.raw or {}
    for dimension, line in told.lines.items():
        code = codes[dimension]
        if kept.answers.get(code) == line.scaled and raw.get(code) == line.raw:
            counts.unchanged += 1
            continue
        counts.created += code not in kept.answers
        counts.changed += code in kept.answers
        kept.answers[code], raw[code] = line.scaled, line.raw
        is_new = True
    kept.raw = raw
    return is_new
