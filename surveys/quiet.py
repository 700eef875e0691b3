"""Who has left three rounds in a row unanswered gets a shorter mail, and a rest now and then.

Worked out when a mail leaves, from what was asked and answered; stored nowhere, shown to nobody.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from missions.models import Absence, Assignment
from missions.standing import standing_mission
from surveys.models import Round
from surveys.models.answers import CheckIn

THREE = 3
SATURDAY = 5
Spell = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Quiet:
    """How many rounds in a row somebody has left unanswered, of those that asked them."""

    rounds: int = 0

    @property
    def is_long(self) -> bool:
        return self.rounds >= THREE

    @property
    def rests(self) -> bool:
        """Two rounds with a shorter mail, then one without any, and again.

        >>> [Quiet(rounds).rests for rounds in range(9)]
        [False, False, False, False, False, True, False, False, True]
        """
        return self.is_long and self.rounds % THREE == THREE - 1


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed round: its first day, and those of its days on which people work."""

    first: date
    days: list[date]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was: on missions, away, or, since ``between``, on none and asked all the
    same."""

    held: list[Spell]
    away: list[Spell]
    between: date | None

    def was_asked(self, row: Closed) -> bool:
        """Leave is no silence: a round that was all leave asked nothing."""
        days = [day for day in row.days if not _within(day, self.away)]
        if self.between is not None and self.between <= row.first:
            return bool(days)
        return any(_within(day, self.held) for day in days)


def quiet_of(people: Collection[int], *, now: datetime) -> dict[int, Quiet]:
    """By person; six statements, however many people."""
    answered = _last_answered(people)
    closed = [
        Closed(first, _working_days(first, localdate(closes)))
        for first, closes in Round.objects.closed(now)
        .order_by("-starts_on")
        .values_list("starts_on", "closes_at")
    ]
    held = _spells(Assignment.objects.filter(person__in=people))
    away = _spells(Absence.objects.filter(person__in=people))
    between = _between(people)
    return {
        pk: Quiet(_streak(closed, Place(held[pk], away[pk], between.get(pk)), answered.get(pk)))
        for pk in people
    }


def _last_answered(people: Collection[int]) -> dict[int, date]:
    """First day of the last round in which each person sent anything."""
    rows = CheckIn.objects.filter(person__in=people).order_by("round__starts_on")
    return dict(rows.values_list("person_id", "round__starts_on"))


def _spells(rows: QuerySet[Assignment] | QuerySet[Absence]) -> dict[int, list[Spell]]:
    found: dict[int, list[Spell]] = defaultdict(list)
    for pk, first, last in rows.order_by("pk").values_list("person_id", "starts_on", "ends_on"):
        found[pk].append((first, last))
    return found


def _between(people: Collection[int]) -> dict[int, date]:
    """Since when each would have been asked, had they been between two missions."""
    standing = standing_mission()
    if standing is None:
        return {}
    rows = User.objects.filter(pk__in=people).values_list("pk", "starts_on")
    return {pk: max(standing.starts_on, first or standing.starts_on) for pk, first in rows}


def _streak(closed: list[Closed], place: Place, answered: date | None) -> int:
    """Rounds since the last answer in which somebody was asked anything."""
    since = [one for one in closed if answered is None or one.first > answered]
    return sum(place.was_asked(one) for one in since)


def _working_days(first: date, last: date) -> list[date]:
    """From Monday to Friday: leave is often declared without the weekend that follows it."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def _within(day: date, spells: list[Spell]) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in spells)
