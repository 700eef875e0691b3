"""No sequence of edits changes a row that has answers, whoever does what in which order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from missions.models import Mission
from surveys import editing, ordering, pending, retiring
from surveys.calendar import make_ahead, open_due
from surveys.editing import Edit, Manner, NewQuestion, Words
from surveys.exports import answers_of
from surveys.models import Dimension, Period, Question, Questionnaire, QuestionVersion, Round
from surveys.models.answers import CheckIn
from surveys.recasting import Recast, recast
from tests import make
from tests.surveys.asking import NOW, send
from tests.world import World

pytestmark = pytest.mark.django_db

PLACE = st.integers(0, 11)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["reword", "correct", "move", "place", "retire", "restore", "remove", "discard",
             "recast", "undo", "add", "round", "round"]
        ),
        PLACE,
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Firm:
    """An administrator who edits at random, a consultant who answers every round."""

    def __init__(self, actor: User, person: User, mission: Mission) -> None:
        self.actor, self.person, self.mission = actor, person, mission
        self.now = NOW
        self.made = 0
        make.firm(first_round_on=NOW.date() - timedelta(days=1))
        self.round(0, 0)

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    def words(self, salt: int) -> Words:
        said = f"{salt} {self.made}"
        labels = [f"{place} {said}" for place in range(editing.STEPS)]
        return Words({"fr": said, "en": said}, {"fr": labels, "en": labels})

    def one(self, place: int) -> Question:
        rows = list(Question.objects.order_by("pk"))
        return rows[place % len(rows)]

    def reword(self, place: int, salt: int, *, is_new_meaning: bool = True) -> None:
        self.made += 1
        row = self.one(place)
        seen = editing.token_of(editing.newest(row))
        edit = Edit(self.words(salt), seen, is_new_meaning=is_new_meaning)
        editing.reword(question=row, edit=edit, **self.by)

    def correct(self, place: int, salt: int) -> None:
        self.reword(place, salt, is_new_meaning=False)

    def move(self, place: int, salt: int) -> None:
        ordering.move(question=self.one(place), is_up=salt % 2 == 0, **self.by)

    def place(self, place: int, salt: int) -> None:
        row = self.one(place)
        seen = ordering.order_token(ordering.in_order(ordering.group_of(row)))
        ordering.move_to(question=row, place=salt, seen=seen, **self.by)

    def retire(self, place: int, _salt: int) -> None:
        retiring.retire(question=self.one(place), **self.by)

    def restore(self, place: int, _salt: int) -> None:
        retiring.restore(question=self.one(place), **self.by)

    def remove(self, place: int, _salt: int) -> None:
        retiring.remove(question=self.one(place), **self.by)

    def discard(self, place: int, _salt: int) -> None:
        editing.discard_draft(question=self.one(place), **self.by)

    def recast(self, place: int, salt: int) -> None:
        row = self.one(place)
        role = ("core", "outcome", "rotating", "extra")[salt % 4]
        wanted = Recast(
            Manner(role, audience=row.audience if row.audience != "between" else "missions"),
            editing.token_of(editing.newest(row)),
            row.dimension if salt < 7 else None,
            (f"Thème {self.made}", f"Theme {self.made}"),
        )
        self.made += 1
        recast(question=row, wanted=wanted, **self.by)

    def undo(self, place: int, _salt: int) -> None:
        changes = pending.pending()
        if changes:
            chosen = changes[place % len(changes)]
            pending.undo(kind=chosen.kind, question=chosen.question, **self.by)

    def add(self, _place: int, salt: int) -> None:
        self.made += 1
        names = (f"Nouveau {self.made}", f"New {self.made}")
        role = ("core", "rotating", "extra")[salt % 3]
        new = NewQuestion(self.words(salt), Manner(role), names=names)
        editing.add_question(new=new, **self.by)

    def round(self, _place: int, _salt: int) -> None:
        """Time goes on to the next round, which is asked and answered."""
        make_ahead(now=self.now)
        row = Round.objects.filter(opened_at=None, closes_at__gt=self.now).earliest("starts_on")
        self.now = max(self.now, row.opens_at)
        open_due(now=self.now)
        row.refresh_from_db()
        assert row.questionnaire is not None
        answers = {item.code: 25 for item in row.questionnaire.items}
        send(self.person, self.mission, row, **answers)
        self.now += timedelta(days=1)


def kept(since: datetime) -> dict[str, Any]:
    """Everything that people answered, and what it was asked with."""
    rounds = Round.objects.filter(opened_at__lt=since)
    return {
        "questionnaires": list(Questionnaire.objects.filter(rounds__in=rounds).values()),
        "rounds": list(rounds.order_by("pk").values("pk", "questionnaire", "opened_at")),
        "answers": list(CheckIn.objects.filter(round__in=rounds).order_by("pk").values()),
    }


def figures(periods: list[int]) -> list[list[dict[str, list[float]]]]:
    """What scoring is given of these periods."""
    return [
        [
            {name: values.tolist() for name, values in sorted(block.values.items())}
            for block in answers_of(period)
        ]
        for period in Period.objects.filter(pk__in=periods).order_by("pk")
    ]


def closed(now: datetime) -> list[int]:
    begun = Period.objects.filter(rounds__opened_at__lt=now).order_by("-starts_on")
    return sorted(set(begun.values_list("pk", flat=True)))[:-1]


def check_what_was_asked_is_there() -> None:
    """Every question and version that a round asked can still be read, under its theme."""
    for row in Questionnaire.objects.filter(rounds__opened_at__isnull=False).distinct():
        for item in row.items:
            question = Question.objects.get(code=item.code)
            assert question.dimension.code == item.dimension
            assert question.role == item.role
            version = QuestionVersion.objects.get(question=question, number=item.version)
            assert len(version.labels["fr"]) == len(item.labels["fr"])


def check_what_is_planned_holds() -> None:
    """Enough core questions, one a theme, each with words in both languages."""
    rows = list(Question.objects.kept().prefetch_related("versions"))
    core = [row for row in rows if row.role == Question.Role.CORE]
    assert len(core) >= editing.FEWEST_CORE
    assert len({row.dimension_id for row in rows}) == len(rows)
    assert all(set(one.text) == {"fr", "en"} for row in rows for one in row.versions.all())


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_sequence_of_edits_changes_what_has_answers(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    with rolled_back():
        firm = Firm(world.administrator, world.consultant, world.mission)
        for name, place, salt in steps:
            since = firm.now
            before, done = kept(since), closed(since)
            told = figures(done)
            act: Callable[[int, int], None] = getattr(firm, name)
            try:
                with transaction.atomic():
                    act(place, salt)
            except ValidationError:
                pass
            assert kept(since) == before
            assert figures(done) == told
            check_what_was_asked_is_there()
            check_what_is_planned_holds()
        assert Dimension.objects.count() >= 10
