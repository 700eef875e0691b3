"""The regular slot of a mail: a weekday and an hour on the reader's own wall. Pure functions.

A mail never leaves at a week-end, on a day off, on a Monday morning, when people find what the
week-end left, nor on a Friday afternoon, when they finish: it is moved to the next slot that fits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from core.periods import EVENING, FRIDAY

MONDAY = 0
MORNING, NOON = time(8), time(12)
ONE_DAY = timedelta(days=1)
# Longer than any spell of days off after which a mail about a round would still make sense.
DAYS_LOOKED_AT = 100
Off = Callable[[date], bool]


def zone_of(name: str) -> ZoneInfo:
    """A person's own zone; the firm's, where the system does not know theirs."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def is_quiet(weekday: int, hour: time) -> bool:
    """Week-end, Monday morning, Friday afternoon.

    >>> is_quiet(0, time(11, 59)), is_quiet(0, time(12)), is_quiet(4, time(12)), is_quiet(5, NOON)
    (True, False, True, True)
    """
    if weekday > FRIDAY:
        return True
    return hour < NOON if weekday == MONDAY else weekday == FRIDAY and hour >= NOON


def is_by_day(local: datetime) -> bool:
    """From 8 to 20 on a working day, by the clock on the reader's wall.

    >>> [is_by_day(datetime(2026, 11, day, hour)) for day, hour in ((24, 7), (24, 8), (28, 9))]
    [False, True, False]
    """
    return local.weekday() <= FRIDAY and MORNING <= local.time() < EVENING


@dataclass(frozen=True, slots=True)
class Slot:
    """When mails leave: 0 = Monday, and an hour by the clock on the reader's wall."""

    weekday: int
    at: time

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """That hour of that day, whatever the clocks do: summer time does not move the hour.

        >>> slot = Slot(1, time(10))
        >>> slot.moment(date(2026, 10, 20), ZoneInfo("Europe/Paris")).isoformat()
        '2026-10-20T08:00:00+00:00'
        >>> slot.moment(date(2026, 10, 27), ZoneInfo("Europe/Paris")).isoformat()
        '2026-10-27T09:00:00+00:00'
        """
        return datetime.combine(day, self.at, zone).astimezone(UTC)

    def on_or_after(self, day: date) -> date:
        """The first day from that one on that is the slot's weekday.

        >>> Slot(3, time(10)).on_or_after(date(2026, 11, 24))
        datetime.date(2026, 11, 26)
        """
        return day + timedelta(days=(self.weekday - day.weekday()) % 7)

    def next(self, day: date, zone: ZoneInfo, *, after: datetime, off: Off) -> datetime | None:
        """The first moment at the slot's hour, on that day or a later one, that fits.

        Not before ``after``, not on a day off. None where no day fits for a very long time.
        """
        for number in range(DAYS_LOOKED_AT):
            tried = day + number * ONE_DAY
            if is_quiet(tried.weekday(), self.at) or off(tried):
                continue
            moment = self.moment(tried, zone)
            if moment >= after:
                return moment
        return None

    def fits(self, now: datetime, zone: ZoneInfo, *, off: Off) -> bool:
        """May a mail that is late leave now: by day, from the slot's hour on, on a day that fits?

        >>> slot, paris = Slot(1, time(10)), ZoneInfo("Europe/Paris")
        >>> hours = [datetime(2026, 11, 24, hour, tzinfo=paris) for hour in (9, 10, 19, 20)]
        >>> [slot.fits(hour, paris, off=lambda day: False) for hour in hours]
        [False, True, True, False]
        """
        local = now.astimezone(zone)
        hour = local.time()
        by_day = self.at <= hour < EVENING
        return by_day and not is_quiet(local.weekday(), hour) and not off(local.date())
