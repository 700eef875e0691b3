"""Arithmetic of the firm's one calendar: rounds and periods. Pure functions of dates.

A *round* is one asking; a *period* a whole number of rounds (``decisions.md`` 1).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Calendar:
    """The firm's settings that shape its calendar.

    ``cadence_days`` between two rounds; a round stays open ``open_days``, never longer than
    the cadence less a day.
    """

    first_round_on: date
    cadence_days: int
    open_days: int
    opens_at: time
    zone: ZoneInfo

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
        day = self.first_round_on
        if after is not None and after >= day:
            day = after + timedelta(days=self.cadence_days)
        starts = []
        while day <= until:
            starts.append(day)
            day += timedelta(days=self.cadence_days)
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
