"""Staffing as arrays: who worked how many days on which mission, in each round of a window.

A round's *stretch* of days runs from its first day to the day before the next round's first day
(the firm's cadence for the last one). It is longer than the two weeks in which the round can be
answered, so that the stretches of a firm's rounds follow each other without a gap. Staffing of
the days still to come counts as planned; a later round reads what became of it. Working days
are Monday to Friday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

from accounts.models import User
from balancing.maths.window import Bools, Floats, Integers, sum_by
from missions.models import Absence, Assignment, AssignmentQuerySet, Mission
from surveys.models import Round

# The longest cadence that a firm can choose: a longer pause between rounds belongs to none.
LONGEST = timedelta(weeks=13)
FRIDAY = 5
# Days of a window by person and day, the largest table there is: 13 rounds of 13 weeks fit.
Counts = npt.NDArray[np.int16]
# Ordinals of "no first day" and "no last day".
ALWAYS, FOREVER = 0, date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of one round, both ends in it."""

    first: date
    last: date


def stretches(
    rounds: Sequence[Round], *, following: date | None, cadence: timedelta
) -> list[Stretch]:
    """The days of rounds in their order; ``following`` is the next round's first day, if made."""
    starts = [row.starts_on for row in rounds]
    ends = [*starts[1:], following or starts[-1] + cadence]
    return [
        Stretch(first, min(end, first + LONGEST) - timedelta(days=1))
        for first, end in zip(starts, ends, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Staffing:
    """Rows (n,) of person, mission and round, by their place in ``people`` and ``missions``.

    people, missions  ids, ascending
    days              exposure of each row: worked days × share of time, above 0
    present           (people, rounds) with the firm in the last round, and worked a day
    here              (people,) with the firm in the last round
    working_days      (rounds,) at full time
    """

    people: Integers
    missions: Integers
    person: Integers
    mission: Integers
    round: Integers
    days: Floats
    present: Bools
    here: Bools
    working_days: Floats

    @cached_property
    def mission_days(self) -> Floats:
        """Person-days of each mission in the last round, shape (missions,)."""
        last = self.round == self.working_days.size - 1
        return sum_by(self.mission[last], self.days[last], self.missions.size)


def staffing(of: Sequence[Stretch]) -> Staffing:
    """Everything that was staffed in these stretches, in three queries."""
    first, last = of[0].first, of[-1].last
    spells = Assignment.objects.during(first, last)
    rows = _spells(spells)
    people = _people(spells)
    diary = _Diary(of)
    worked = diary.worked(people, first, last)
    person = np.searchsorted(people[:, 0], rows[:, 0])
    missions, mission = np.unique(rows[:, 1], return_inverse=True)
    days = diary.days(worked, person, rows)
    spell, at = np.nonzero(days > 0)
    here = _is_here(people, of[-1])
    return Staffing(
        people=people[:, 0],
        missions=missions,
        person=person[spell],
        mission=mission.ravel()[spell],
        round=at,
        days=days[spell, at],
        present=diary.present(worked) & here[:, None],
        here=here,
        working_days=np.maximum(diary.size, 1).astype(np.float64),
    )


def running(missions: Integers, of: Sequence[Stretch]) -> Floats:
    """Part (0-1) of the working days of each stretch on which missions (ids, ascending) run,
    shape (missions, stretches)."""
    rows = Mission.objects.filter(pk__in=missions.tolist()).order_by("pk")
    found = rows.values_list("starts_on", "ends_on").iterator()
    dates = _table(((start.toordinal(), _ordinal(end)) for start, end in found), columns=2)
    first, last = dates[:, :1], dates[:, 1:]
    parts = [_weekdays(stretch) for stretch in of]
    inside = [((first <= days) & (days <= last)).sum(axis=1) / max(days.size, 1) for days in parts]
    return np.stack(inside, axis=1)


class _Diary:
    """Working days of all stretches one after another, each known by its place."""

    def __init__(self, of: Sequence[Stretch]) -> None:
        parts = [_weekdays(stretch) for stretch in of]
        self.size = np.array([part.size for part in parts])
        self.day = np.concatenate(parts)
        self.end = np.cumsum(self.size)
        self.start = self.end - self.size

    def worked(self, people: Integers, first: date, last: date) -> Counts:
        """Days worked before each place, (people, places + 1): leave and other firms left out."""
        here = (self.day >= people[:, 1, None]) & (self.day <= people[:, 2, None])
        away = Absence.objects.filter(starts_on__lte=last, ends_on__gte=first)
        place = {pk: at for at, pk in enumerate(people[:, 0].tolist())}
        columns = ("person_id", "starts_on", "ends_on")
        for person, start, end in away.values_list(*columns).iterator():
            if person in place:
                here[place[person], self._span(start.toordinal(), end.toordinal())] = False
        counts = np.zeros((len(people), self.day.size + 1), dtype=np.int16)
        np.cumsum(here, axis=1, out=counts[:, 1:], dtype=np.int16)
        return counts

    def days(self, worked: Counts, person: Integers, rows: Integers) -> Floats:
        """Exposure of each assignment in each round, (assignments, rounds)."""
        left = np.searchsorted(self.day, rows[:, 2], "left")
        right = np.searchsorted(self.day, rows[:, 3], "right")
        result = np.zeros((len(rows), self.size.size))
        for at, (start, end) in enumerate(zip(self.start, self.end, strict=True)):
            low, high = np.clip(left, start, end), np.clip(right, start, end)
            result[:, at] = worked[person, high] - worked[person, low]
        return np.asarray(result * rows[:, 4, None] / 100)

    def present(self, worked: Counts) -> Bools:
        return np.asarray(worked[:, self.end] > worked[:, self.start])

    def _span(self, first: int, last: int) -> slice:
        left, right = np.searchsorted(self.day, [first, last + 1])
        return slice(int(left), int(right))


def _weekdays(stretch: Stretch) -> Integers:
    days = np.arange(stretch.first.toordinal(), stretch.last.toordinal() + 1)
    # Day 1 of the calendar was a Monday.
    return days[(days + 6) % 7 < FRIDAY]


def _spells(spells: AssignmentQuerySet) -> Integers:
    """Person, mission, first day, last day and share of each assignment, (n, 5)."""
    columns = ("person_id", "mission_id", "starts_on", "ends_on", "share")
    found = spells.order_by("pk").values_list(*columns).iterator()
    return _table(
        (
            (person, mission, start.toordinal(), _ordinal(end), share)
            for person, mission, start, end, share in found
        ),
        columns=5,
    )


def _people(spells: AssignmentQuerySet) -> Integers:
    """Id, arrival, departure and whether the account is active, by id, (people, 4)."""
    there = User.objects.filter(pk__in=spells.order_by().values("person")).order_by("pk")
    found = there.values_list("pk", "starts_on", "ends_on", "is_active").iterator()
    return _table(
        (
            (pk, start.toordinal() if start else ALWAYS, _ordinal(end), active)
            for pk, start, end, active in found
        ),
        columns=4,
    )


def _is_here(people: Integers, stretch: Stretch) -> Bools:
    first, last = stretch.first.toordinal(), stretch.last.toordinal()
    return np.asarray((people[:, 3] == 1) & (people[:, 1] <= last) & (people[:, 2] >= first))


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else FOREVER


def _table(rows: Iterable[tuple[int, ...]], *, columns: int) -> Integers:
    """Rows as they come: a list of them would take ten times the room."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, columns)
