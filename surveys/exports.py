"""Door for ``scoring`` alone: plain rows of answers, streamed, never a model instance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from missions.models import Assignment
from surveys.models.answers import CheckIn
from surveys.models.calendar import Period, Round
from surveys.models.questions import Item

OVERALL = "overall"
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Answers:
    """One check-in as numbers: ids, value 0–100 by dimension (and ``overall``), core answered.

    ``core``: the core dimensions it answered; its overall score is their plain mean where more
    than half of the core items are there.
    """

    person: int
    client: int
    profile: int
    round: int
    values: dict[str, float]
    core: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Ids of those asked in a round, and of those who answered: for counting only."""

    asked: frozenset[int]
    answered: frozenset[int]


def overall(answers: Mapping[str, float], core: list[str]) -> float | None:
    """Mean of the core items present, more than half of them; None = unknown, never 0.

    >>> overall({"load": 50, "relation": 75, "feeling": 0}, ["load", "relation", "meaning"])
    62.5
    >>> overall({"load": 50}, ["load", "relation"]) is None
    True
    """
    present = [answers[code] for code in core if code in answers]
    return sum(present) / len(present) if 2 * len(present) > len(core) else None


def answers_of(period: Period) -> Iterator[Answers]:
    """The check-ins of a period's rounds."""
    return _stream(CheckIn.objects.filter(round__period=period))


def answers_before(period: Period) -> Iterator[Answers]:
    """The check-ins of all earlier periods."""
    return _stream(CheckIn.objects.filter(round__period__starts_on__lt=period.starts_on))


def dimensions_of(period: Period) -> tuple[list[str], frozenset[str]]:
    """Dimensions asked in the period, and which of them come from a rotating item."""
    asked: dict[str, bool] = {}
    rounds = Round.objects.filter(period=period, questionnaire__isnull=False)
    for row in rounds.select_related("questionnaire"):
        assert row.questionnaire is not None  # noqa: S101 -- filtered above; for the type checker
        for item in row.questionnaire.items:
            asked[item.dimension] = asked.get(item.dimension, True) and item.is_rotating
    return list(asked), frozenset(name for name, rotating in asked.items() if rotating)


def _stream(rows: QuerySet[CheckIn]) -> Iterator[Answers]:
    items = {
        row.pk: row.questionnaire.items if row.questionnaire else []
        for row in Round.objects.select_related("questionnaire")
    }
    columns = ("person_id", "mission__client_id", "mission__profile_id", "round_id", "answers")
    plain = rows.order_by("round_id", "pk").values_list(*columns)
    for person, client, profile, round_id, answers in plain.iterator(chunk_size=ROWS_AT_ONCE):
        values, core = _by_dimension(answers, items[round_id])
        if values:
            yield Answers(person, client, profile, round_id, values, core)


def _by_dimension(
    answers: dict[str, float], items: list[Item]
) -> tuple[dict[str, float], frozenset[str]]:
    values = {item.dimension: float(answers[item.code]) for item in items if item.code in answers}
    core = [item.code for item in items if item.is_core]
    whole = overall(answers, core)
    if whole is not None:
        values[OVERALL] = whole
    return values, frozenset(i.dimension for i in items if i.is_core and i.code in answers)


def participation_of(asked_round: Round) -> Asked:
    """Who was asked in a round, and who answered at least once.

    Asked: employed consultants with an assignment overlapping the round's window.
    """
    first, last = asked_round.starts_on, localdate(asked_round.closes_at)
    staffed = Assignment.objects.during(first, last).filter(person__is_consultant=True)
    there = staffed.filter(
        Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=first),
        Q(person__starts_on__isnull=True) | Q(person__starts_on__lte=last),
    ).values_list("person_id", flat=True)
    # A wish to talk without any answer is no answer.
    sent = CheckIn.objects.filter(round=asked_round).exclude(answers={})
    answered = sent.values_list("person_id", flat=True)
    return Asked(frozenset(there) | frozenset(answered), frozenset(answered))
