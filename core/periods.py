"""Arithmetic of the firm's one calendar: rounds and periods. Pure functions of dates.

A *round* is one asking; a *period* a whole number of rounds (``decisions.md`` 1).
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
# A year and a half of pauses one after the other is a mistake: a bound to every search for a day.
WEEKS_SEARCHED = 78


@dataclass(frozen=True, slots=True)
class Pause:
    """Days, the last one included, on which no round opens; the same ones each year if yearly."""

    first: date
    last: date
    yearly: bool = False

    def covers(self, day: date) -> bool:
        """
        >>> august = Pause(date(2026, 8, 1), date(2026, 8, 31), yearly=True)
        >>> [august.covers(date(year, 8, 31)) for year in (2025, 2026, 2027)]
        [False, True, True]
        """
        return any(first <= day <= last for first, last in self._near(day.year))

    def in_year(self, year: int) -> tuple[date, date]:
        """First and last day of the one that begins in that year.

        >>> turn = Pause(date(2026, 12, 21), date(2027, 1, 3), yearly=True)
        >>> [str(day) for day in turn.in_year(2027)]
        ['2027-12-21', '2028-01-03']
        """
        return _same_day(self.first, year), _same_day(self.last, year + self._over())

    def _over(self) -> int:
        """1 where it goes on over the end of the year."""
        return self.last.year - self.first.year

    def _near(self, year: int) -> list[tuple[date, date]]:
        if not self.yearly:
            return [(self.first, self.last)]
        return [self.in_year(one) for one in (year - 1, year) if one >= self.first.year]


def _same_day(day: date, year: int) -> date:
    """That day of another year; 29 February is the 28th where there is none."""
    is_missing = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28) if is_missing else day.replace(year=year)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The firm's settings that shape its calendar.

    ``cadence_days`` between two rounds; a round stays open ``open_days``, never longer than
    the cadence less a day. A round that would open in a pause waits for the same day of the
    first week after it, and the following ones go on from there.
    """

    first_round_on: date
    cadence_days: int
    open_days: int
    opens_at: time
    zone: ZoneInfo
    pauses: tuple[Pause, ...] = ()

    def is_paused(self, day: date) -> bool:
        return any(pause.covers(day) for pause in self.pauses)

    def free(self, day: date) -> date:
        """That day, or the same day of the first week that is no pause.

        >>> august = Pause(date(2026, 8, 1), date(2026, 8, 31))
        >>> c = Calendar(date(2026, 1, 6), 28, 14, time(10), ZoneInfo("UTC"), (august,))
        >>> str(c.free(date(2026, 8, 18))), str(c.free(date(2026, 7, 21)))
        ('2026-09-01', '2026-07-21')
        """
        weeks = (day + n * WEEK for n in range(WEEKS_SEARCHED))
        return next((one for one in weeks if not self.is_paused(one)), day + WEEKS_SEARCHED * WEEK)

    def following(self, day: date) -> date:
        """First day of the round after the one of that day."""
        return self.free(day + timedelta(days=self.cadence_days))

    def longest(self, starts_on: date) -> datetime:
        """The latest moment at which the round of that first day may close."""
        last = starts_on + timedelta(days=self.cadence_days - 1)
        return datetime.combine(last, self.opens_at, self.zone)

    def window(self, starts_on: date) -> tuple[datetime, datetime]:
        """Moments at which the round of that first day opens and closes.

        Local wall-clock time, so a change to summer time does not move the hour.

        >>> paris = Calendar(date(2026, 3, 17), 28, 14, time(10), ZoneInfo("Europe/Paris"))
        >>> [moment.isoformat() for moment in paris.window(date(2026, 3, 17))]
        ['2026-03-17T10:00:00+01:00', '2026-03-31T10:00:00+02:00']
        """
        days = min(self.open_days, self.cadence_days - 1)
        opens = datetime.combine(starts_on, self.opens_at, self.zone)
        closes = datetime.combine(starts_on + timedelta(days=days), self.opens_at, self.zone)
        return opens, closes

    def round_starts(self, *, after: date | None, until: date) -> list[date]:
        """First days of the rounds later than ``after`` (all when None), up to ``until``.

        Continues at the cadence from ``after`` when that is a later round than the first,
        so a change of cadence keeps what was already made.

        >>> c = Calendar(date(2026, 1, 6), 28, 14, time(10), ZoneInfo("UTC"))
        >>> c.round_starts(after=date(2026, 1, 6), until=date(2026, 3, 3))
        [datetime.date(2026, 2, 3), datetime.date(2026, 3, 3)]
        """
        day = self.free(self.first_round_on)
        if after is not None and after >= day:
            day = self.following(after)
        starts = []
        while day <= until:
            starts.append(day)
            day = self.following(day)
        return starts


FRIDAY = 4
EVENING = time(20)
# The day itself and the next working days, for whoever is on leave and for a server that is down.
DAYS_TRIED = 4


@dataclass(frozen=True, slots=True)
class Weekly:
    """A mail that leaves once a week: on which day (0 = Monday), from which hour on."""

    weekday: int
    at: time

    def day(self, now: datetime, zone: ZoneInfo) -> date | None:
        """The day of the week whose mail may leave now; None where none may.

        On that day or one of the three working days after it, never at night or at a week-end,
        by the clock on the reader's wall.

        >>> tuesdays, paris = Weekly(1, time(11)), ZoneInfo("Europe/Paris")
        >>> hours = [datetime(2026, 11, day, 12, tzinfo=paris) for day in (23, 24, 25, 27, 28)]
        >>> [str(tuesdays.day(hour, paris)) for hour in hours]
        ['None', '2026-11-24', '2026-11-24', '2026-11-24', 'None']
        >>> tuesdays.day(datetime(2026, 11, 24, 10, 59, tzinfo=paris), paris)
        """
        local = now.astimezone(zone)
        today = local.date()
        if today.weekday() > FRIDAY or not self.at <= local.time() < EVENING:
            return None
        ago = (today.weekday() - self.weekday) % 7
        first = today - timedelta(days=ago)
        passed = [(first + timedelta(days=n)).weekday() <= FRIDAY for n in range(ago)]
        return first if sum(passed) < DAYS_TRIED else None
