"""The calendar as it will be: the next twelve months, and a change that does not count yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from accounts.firm import CALENDAR, save_settings
from accounts.models import FirmSettings, User
from accounts.wording import FIELDS
from core import periods, wording
from core.free_days import is_holiday
from core.moving import OvertakenError
from surveys.calendar import MADE_WITH, begun_by, plan, to_come, with_pauses
from surveys.models import MailSettings, Period, Round

AHEAD = timedelta(weeks=53)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    """What is left of a period, and when its figures are made."""

    first: date
    rounds: list[Round]

    @property
    def last(self) -> date:
        return self.rounds[-1].starts_on

    @property
    def closes_at(self) -> datetime:
        return self.rounds[-1].closes_at


@dataclass(frozen=True, slots=True)
class PlannedPause:
    """A pause of the next twelve months."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Year:
    """The next twelve months."""

    periods: list[PlannedPeriod]
    pauses: list[PlannedPause]
    # Of the firm's public holidays, those on which a round would open.
    holidays: frozenset[date]

    @property
    def round_count(self) -> int:
        return sum(len(period.rounds) for period in self.periods)


def year(*, now: datetime, firm: FirmSettings, pauses: Sequence[periods.Pause]) -> Year:
    """By these settings and pauses, whether they are stored or only looked at."""
    found = list(_periods(now, firm, tuple(pauses)))
    keeps = MailSettings.current()
    days = {row.starts_on for period in found for row in period.rounds}
    return Year(
        periods=found,
        holidays=frozenset(day for day in days if is_holiday(day, keeps.country, keeps.region)),
        pauses=sorted(_pauses(localdate(now), pauses), key=lambda one: one.first),
    )


def _periods(
    now: datetime, firm: FirmSettings, pauses: tuple[periods.Pause, ...]
) -> Iterator[PlannedPeriod]:
    calendar = with_pauses(firm.calendar, pauses)
    if calendar is None:
        return
    begun, last = begun_by(now), None
    if begun is not None:
        rounds = _rounds_of(begun, pauses, now)
        last = rounds[-1] if rounds else None
        left = [row for row in rounds if row.closes_at > now]
        if left:
            yield PlannedPeriod(begun.starts_on, left)
    for shape in plan(now, calendar, last, firm.rounds_per_period, AHEAD):
        rounds = [
            Round(starts_on=day, opens_at=opens, closes_at=closes) for day, opens, closes in shape
        ]
        yield PlannedPeriod(rounds[0].starts_on, rounds)


def _rounds_of(begun: Period, pauses: tuple[periods.Pause, ...], now: datetime) -> list[Round]:
    coming = begun.rounds.to_come(now).values("pk")
    settled = begun.rounds.exclude(pk__in=coming).order_by("starts_on")
    return [*settled, *to_come(begun, pauses, now)]


def _pauses(today: date, pauses: Sequence[periods.Pause]) -> Iterator[PlannedPause]:
    """Each one that has a day in the next twelve months, a yearly one as often as it comes."""
    for pause in pauses:
        years = range(today.year - 1, today.year + 2) if pause.yearly else [pause.first.year]
        for one in years:
            first, last = pause.in_year(one)
            if one >= pause.first.year and last >= today and first <= today + YEAR:
                yield PlannedPause(first, last)


# --- a change that does not count yet --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """The firm's settings say something else than the period in progress keeps until its end."""

    # Name of each setting, as it is kept and as it will be.
    changes: dict[str, tuple[object, object]]
    # First day of the next period, from which it counts; None while that is not made.
    counts_from: date | None

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What changes, as it is kept, and as it will be: in words."""
        return [
            (str(FIELDS[name]), _words(before), _words(after))
            for name, (before, after) in self.changes.items()
        ]


def _words(value: object) -> str:
    return wording.clock(value) if isinstance(value, time) else str(value)


def waiting(*, now: datetime) -> Waiting | None:
    """What has been changed and does not count yet."""
    begun = begun_by(now)
    if begun is None or begun.cadence_weeks is None:
        return None
    firm = FirmSettings.current()
    both = {name: (getattr(begun, name), getattr(firm, name)) for name in MADE_WITH}
    changes = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    following = Period.objects.filter(starts_on__gt=begun.starts_on).order_by("starts_on").first()
    counts_from = following.starts_on if following else None
    return Waiting(changes, counts_from) if changes else None


@transaction.atomic
def take_back(*, actor: User, now: datetime) -> None:
    """The settings as the period in progress keeps them; `OvertakenError` where none waits."""
    found = waiting(now=now)
    if found is None:
        raise OvertakenError
    firm = FirmSettings.objects.select_for_update().get(pk=1)
    changes = {}
    for name, (before, after) in found.changes.items():
        setattr(firm, name, before)
        changes[name] = [str(after), str(before)]
    save_settings(firm=firm, changes=changes, actor=actor, now=now, fields=CALENDAR)
