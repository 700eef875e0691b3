"""Door for ``scoring`` alone: answers as columns of numbers, streamed, never a model instance."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField, Func, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.timezone import localdate
from numpy.typing import NDArray

from accounts.models import User
from missions.models import Assignment
from missions.standing import between_missions
from surveys.intake import asks_between
from surveys.models.answers import CheckIn
from surveys.models.calendar import Period, Round

OVERALL = "overall"
ROWS_AT_ONCE = 20_000
IDS = ("person_id", "mission__client_id", "mission__profile_id", "round_id")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Form = tuple[tuple[str, str, bool], ...]  # code, dimension, is it core: of each item asked


@dataclass(frozen=True, slots=True)
class Block:
    """Check-ins with an answer, side by side: every array has an entry (N) for each.

    ``values``: 0–100 by dimension and for ``overall``, NaN where there is none. ``core``: by
    core dimension, was it answered? A check-in's overall score is the plain mean of its core
    items where more than half of them are there.
    """

    person: Ints
    client: Ints
    profile: Ints
    round: Ints
    values: dict[str, Floats]
    core: dict[str, Bools]


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


def answers_of(period: Period) -> Iterator[Block]:
    """The check-ins of a period's rounds, on missions."""
    return _stream(Round.objects.filter(period=period))


def answers_between(period: Period) -> Iterator[Block]:
    """Those of people between two missions, who are at no client."""
    return _stream(Round.objects.filter(period=period), is_standing=True)


def answers_before(period: Period) -> Iterator[Block]:
    """The check-ins of all earlier periods, on missions."""
    return _stream(Round.objects.filter(period__starts_on__lt=period.starts_on))


def answers_until(last: Round) -> Iterator[Block]:
    """The check-ins of all rounds up to this one, on missions."""
    return _stream(Round.objects.filter(starts_on__lte=last.starts_on))


def dimensions_of(period: Period) -> tuple[list[str], frozenset[str]]:
    """Dimensions asked in the period, and those which are published per profile and firm only."""
    asked: dict[str, bool] = {}
    rounds = Round.objects.filter(period=period, questionnaire__isnull=False)
    for row in rounds.select_related("questionnaire"):
        assert row.questionnaire is not None  # noqa: S101 -- filtered above; for the type checker
        for item in row.questionnaire.items:
            asked[item.dimension] = asked.get(item.dimension, True) and item.is_narrow
    return list(asked), frozenset(name for name, is_narrow in asked.items() if is_narrow)


def participation_of(asked_round: Round) -> Asked:
    """Who was asked in a round, and who answered at least once.

    Asked: employed consultants with an assignment overlapping the round's window, and those on
    none when it began.
    """
    first, last = asked_round.starts_on, localdate(asked_round.closes_at)
    staffed = Assignment.objects.during(first, last).filter(person__is_consultant=True)
    there = staffed.filter(
        Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=first),
        Q(person__starts_on__isnull=True) | Q(person__starts_on__lte=last),
    ).values_list("person_id", flat=True)
    between: QuerySet[User, int] | tuple[()] = ()
    if asks_between(asked_round):
        between = between_missions(first=first, last=last).values_list("pk", flat=True)
    # A wish to talk without any answer is no answer.
    sent = CheckIn.objects.filter(round=asked_round).exclude(answers={})
    answered = sent.values_list("person_id", flat=True)
    return Asked(frozenset(there) | frozenset(between) | frozenset(answered), frozenset(answered))


# --- the stream ----------------------------------------------------------------------------------


class _Said(Func):
    """What the column of answers holds under a code, as a number; NULL where it was skipped."""

    output_field = FloatField()

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        # Django would call float() for each one; NumPy does all of them at once.
        return []

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        number = "(%(expressions)s)::double precision"
        return self.as_sql(compiler, connection, None, number, " ->> ", **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        # The path is quoted: a code may begin with a digit or hold a hyphen.
        path = "JSON_EXTRACT(%(expressions)s || '\"')"
        return self.as_sql(compiler, connection, None, path, ", '$.\"' || ", **context)


def _stream(rounds: QuerySet[Round], *, is_standing: bool = False) -> Iterator[Block]:
    """Block by block, in no order: one query for all the rounds that asked the same items."""
    alike: dict[Form, list[int]] = defaultdict(list)
    asked = rounds.filter(questionnaire__isnull=False).select_related("questionnaire")
    for row in asked.order_by("pk"):
        assert row.questionnaire is not None  # noqa: S101 -- filtered above; for the type checker
        form = tuple((one.code, one.dimension, one.is_core) for one in row.questionnaire.items)
        alike[form].append(row.pk)
    for form, ids in alike.items():
        codes = list(dict.fromkeys(code for code, _, _ in form))
        said = (_Said("answers", Value(code)) for code in codes)
        found = CheckIn.objects.filter(round__in=ids, mission__is_standing=is_standing)
        rows = found.order_by().values_list(*IDS, *said)
        stream = rows.iterator(chunk_size=ROWS_AT_ONCE)
        while chunk := list(islice(stream, ROWS_AT_ONCE)):
            yield _block(chunk, form, codes)


def _block(rows: Sequence[tuple[Any, ...]], form: Form, codes: Sequence[str]) -> Block:
    # All as floats at once, ids too: those are exact up to 2⁵³. None becomes NaN.
    columns = np.array(rows, dtype=np.float64).T
    # A wish to talk alone, or answers to what was not asked, are no answer.
    answered = ~np.isnan(columns[len(IDS) :]).all(axis=0)
    columns = np.compress(answered, columns, axis=1)
    person, client, profile, round_ = columns[: len(IDS)].astype(np.int64)
    said = dict(zip(codes, columns[len(IDS) :], strict=True))
    values, core = _by_dimension(said, form)
    values[OVERALL] = _overall([said[code] for code, _, is_core in form if is_core], len(person))
    return Block(person, client, profile, round_, values, core)


def _by_dimension(
    said: Mapping[str, Floats], form: Form
) -> tuple[dict[str, Floats], dict[str, Bools]]:
    values: dict[str, Floats] = {}
    core: dict[str, Bools] = {}
    for code, dimension, is_core in form:
        there = ~np.isnan(said[code])
        before = values.get(dimension, said[code])
        values[dimension] = np.where(there, said[code], before)
        if is_core:
            core[dimension] = core.get(dimension, there) | there
    return values, core


def _overall(core: Sequence[Floats], size: int) -> Floats:
    """``overall`` of many check-ins at once, added up in the same order; NaN = unknown."""
    total, present = np.zeros(size), np.zeros(size)
    for said in core:
        there = ~np.isnan(said)
        total += np.where(there, said, 0.0)
        present += there
    whole = np.full(size, np.nan)
    np.divide(total, present, out=whole, where=2 * present > len(core))
    return whole
