"""Which items of a round one check-in asks: those that make sense where the person is.

A round freezes every item; a question for one profile, for the start or the end of a mission, or
for the time between two missions is in it too, and is shown to those whom it concerns alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import FirmSettings, User
from missions.models import Assignment, Mission
from surveys.models import Question, Round
from surveys.models.questions import Item

ALWAYS = Question.Moment.ALWAYS.value
BETWEEN = Question.Audience.BETWEEN.value
MISSIONS = Question.Audience.MISSIONS.value
# How long one has been on a mission before one is asked how it began.
SETTLED = timedelta(weeks=2)
Span = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where somebody is when they are asked.

    ``profile``: reference of the mission's. ``moments``: ``start``, ``end``, when the round falls
    on them. ``is_between``: on no mission at present.
    """

    profile: str = ""
    moments: frozenset[str] = frozenset()
    is_between: bool = False

    def asks(self, item: Item) -> bool:
        """Does this item make sense here?

        >>> words = {"text": {}, "labels": {}, "version": 1, "dimension": "load", "role": "extra"}
        >>> Occasion("run").asks(Item("oncall", **words, profile="run"))
        True
        >>> Occasion("build").asks(Item("oncall", **words, profile="run"))
        False
        """
        if self.is_between:
            return item.audience != MISSIONS and item.moment == ALWAYS and not item.profile
        is_now = item.moment == ALWAYS or item.moment in self.moments
        return is_now and item.audience != BETWEEN and item.profile in {"", self.profile}


def items_for(items: Iterable[Item], occasion: Occasion) -> list[Item]:
    """The items of a round that one check-in asks, in order."""
    return [item for item in items if occasion.asks(item)]


def asked_on(row: Round, mission: Mission, person: User | int | None = None) -> list[Item]:
    """The items that this round asks of somebody on a mission, in order; without somebody, those
    of everybody there. Whether a moment of theirs falls in it costs queries only where some item
    is about one."""
    items = row.questionnaire.items if row.questionnaire else []
    moments: frozenset[str] = frozenset()
    if person is not None and any(item.moment != ALWAYS for item in items):
        moments = moments_of(row, person, mission)
    is_between = mission.is_standing
    profile = "" if is_between else mission.profile.ref
    return items_for(items, Occasion(profile, moments, is_between))


def items_asked(row: Round, mission: int, person: User | int | None = None) -> list[Item]:
    """The same, of a mission that has not been read yet, in a round of ``intake.rounds_asking``.

    Costs a query only where some items are not for everybody.
    """
    items = row.questionnaire.items if row.questionnaire else []
    # Said by ``rounds_asking`` of a round looked for on behalf of somebody on no mission.
    asks_between = getattr(row, "asks_between", False)
    if not asks_between and all(Occasion().asks(item) for item in items):
        return items
    rows = Mission.everything.select_related("profile")
    return asked_on(row, rows.get(pk=mission), person)


# --- moments ---------------------------------------------------------------------------------


def moments_of(row: Round, person: User | int, mission: Mission) -> frozenset[str]:
    """Which moments of somebody's time on a mission fall in this round."""
    held = Assignment.objects.filter(person=person, mission=mission)
    spans = list(held.values_list("starts_on", "ends_on"))
    opened = Round.objects.filter(starts_on__lt=row.starts_on, opened_at__isnull=False)
    before = opened.order_by("-starts_on").values_list("starts_on", flat=True).first()
    later = Round.objects.filter(starts_on__gt=row.starts_on).order_by("starts_on")
    after = later.values_list("starts_on", flat=True).first()
    cadence = timedelta(weeks=FirmSettings.current().cadence_weeks)
    around = (before or row.starts_on - cadence, after or row.starts_on + cadence)
    return moments(spans, row.starts_on, around)


def moments(spans: Sequence[Span], on: date, around: tuple[date, date]) -> frozenset[str]:
    """Of one person on one mission: is the round of that first day the one that asks about the
    start, the end?

    The start: two weeks have passed by that day, and had not by the round before. The end: it is
    known, and comes before the next round begins. ``spans``: first and last day of each
    assignment, None while it is open; ``around``: first days of the rounds before and after.

    >>> rounds = (date(2026, 3, 3), date(2026, 4, 28))
    >>> sorted(moments([(date(2026, 3, 2), None)], date(2026, 3, 31), rounds))
    ['start']
    >>> sorted(moments([(date(2025, 3, 2), date(2026, 4, 20))], date(2026, 3, 31), rounds))
    ['end']
    """
    before, after = around
    found = set()
    if spans and before < min(first for first, _last in spans) + SETTLED <= on:
        found.add(Question.Moment.START.value)
    lasts = [last for _first, last in spans if last is not None]
    if lasts and len(lasts) == len(spans) and on <= max(lasts) < after:
        found.add(Question.Moment.END.value)
    return frozenset(found)
