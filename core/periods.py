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
