"""What the questionnaire holds, as its editor shows it. No answer and no count of answers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from surveys.calendar import asked_with, item_of, last_rotating, round_label, words_in_force
from surveys.editing import last_begun, next_period, rounds_asked
from surveys.models import Period, Question, QuestionVersion, Round
from surveys.occasions import Occasion
from surveys.ordering import GROUPS, group_of, order_token
from surveys.pending import asked_words, is_corrected

SECONDS_PER_ITEM = 4
ITEMS_IN_THIRTY_SECONDS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the editor: its newest words, and where it stands in time."""

    question: Question
    words: QuestionVersion
    rounds_asked: int
    # The period in which its newest words come, while they are not in force.
    comes_with: Period | None
    # A rotating one: the round that asks it next.
    turn: Round | None
    # A retired one: is it asked no more already?
    is_gone: bool
    # The form asks it in other words now: those come with the next round.
    is_corrected: bool

    @property
    def turn_label(self) -> str:
        return round_label(self.turn) if self.turn else ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lists of the editor."""

    fixed: list[Line]
    rotating: list[Line]
    extra: list[Line]
    retired: list[Line]
    # Of the order of each list, for who moves something in it.
    tokens: dict[str, str]

    @property
    def groups(self) -> list[tuple[str, list[Line], str]]:
        """Name, lines and token of each list that has an order."""
        return [(name, getattr(self, name), self.tokens[name]) for name in GROUPS]

    @property
    def item_count(self) -> int:
        """Items a round asks: the fixed ones, and one of those that rotate."""
        return len(self.fixed) + (1 if self.rotating else 0)

    @property
    def seconds(self) -> int:
        """About how long they take: 30 seconds for the seven it comes with."""
        if self.item_count <= ITEMS_IN_THIRTY_SECONDS:
            return 30
        return SECONDS_PER_ITEM * self.item_count


def lines(*, now: datetime) -> Lines:
    """Every question with its newest version, in order; the retired ones apart."""
    asked, coming, begun = rounds_asked(), turns(now=now), last_begun()
    rows = Question.objects.select_related("dimension", "profile").prefetch_related("versions")
    said = asked_words()
    periods = list(Period.objects.filter(starts_on__gt=begun.starts_on)) if begun else []
    made = [
        Line(
            question=row,
            words=_newest(row),
            rounds_asked=sum(asked.get(row.code, {}).values()),
            comes_with=_period_of(_newest(row), begun, periods),
            turn=coming.get(row.code),
            is_gone=_is_over(row.retired_on, begun),
            is_corrected=is_corrected(_newest(row), said),
        )
        for row in rows.order_by("position", "pk")
    ]
    kept = [line for line in made if line.question.is_kept]
    lists = {name: [one for one in kept if group_of(one.question) == name] for name in GROUPS}
    return Lines(
        **lists,
        retired=[line for line in made if not line.question.is_kept],
        tokens={name: order_token([one.question for one in lists[name]]) for name in GROUPS},
    )


def _newest(question: Question) -> QuestionVersion:
    """The last of the versions that came with the question."""
    return max(question.versions.all(), key=lambda version: version.number)


def _period_of(
    words: QuestionVersion, begun: Period | None, periods: list[Period]
) -> Period | None:
    """The period in which words that are still to come will be asked."""
    if words.starts_on is None or begun is None or words.starts_on <= begun.starts_on:
        return None
    return next((period for period in periods if period.starts_on >= words.starts_on), None)


def _is_over(day: date | None, begun: Period | None) -> bool:
    return day is not None and (begun is None or day <= begun.starts_on)


def turns(*, now: datetime) -> dict[str, Round]:
    """The round that asks each rotating question next, the one open now included.

    Follows what the opening of a round does, over the rounds made ahead.
    """
    rounds = Round.objects.filter(closes_at__gt=now).select_related("period", "questionnaire")
    words: dict[date, list[QuestionVersion]] = {}
    last = last_rotating()
    found: dict[str, Round] = {}
    for row in rounds.order_by("starts_on"):
        if row.questionnaire is None:
            day = row.period.starts_on
            if day not in words:
                words[day] = words_in_force(day)
            turning = [one.question for one in asked_with(words[day], last)]
            last = next((one for one in turning if one.role == Question.Role.ROTATING), last)
            codes = [last.code] if last else []
        else:
            codes = [item.code for item in row.questionnaire.items if item.is_rotating]
        for code in codes:
            found.setdefault(code, row)
    return found


def next_words(*, now: datetime, occasion: Occasion | None = None) -> list[QuestionVersion]:
    """What the next period will ask first: each fixed question, and one that rotates.

    With an occasion, only what makes sense there.
    """
    coming, begun = next_period(now), last_begun()
    day = localdate(now)
    if coming:
        day = coming.starts_on
    elif begun:
        day = max(day, begun.starts_on)
    words = asked_with(words_in_force(day), last_rotating())
    return [one for one in words if occasion is None or occasion.asks(item_of(one))]


@dataclass(frozen=True, slots=True)
class Step:
    """One version in the timeline of a question."""

    version: QuestionVersion
    period: Period | None
    rounds_asked: int


def timeline(question: Question) -> list[Step]:
    """Versions, the newest first, with the first period in which each could be asked."""
    asked = rounds_asked().get(question.code, {})
    periods = list(Period.objects.order_by("starts_on"))
    return [
        Step(
            version=version,
            period=_first_from(version.starts_on, periods),
            rounds_asked=asked.get(version.number, 0),
        )
        for version in question.versions.order_by("-number")
    ]


def _first_from(day: date | None, periods: list[Period]) -> Period | None:
    return next((one for one in periods if day is not None and one.starts_on >= day), None)
