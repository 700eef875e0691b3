"""What a period asked: where two of them asked something else under one name."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from surveys import versions
from surveys.models import Period, Questionnaire
from surveys.versions import OVERALL, asked_in, changed, comparable, cuts
from tests import make

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 6)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def item(
    code: str, version: int = 1, role: str = "core", dimension: str = "", labels: int = 5
) -> dict[str, object]:
    words = [str(place) for place in range(labels)]
    return {
        "code": code, "dimension": dimension or code, "role": role, "version": version,
        "text": {"fr": "?", "en": "?"}, "labels": {"fr": words, "en": words},
    }  # fmt: skip


def period(number: int, *rounds: Iterable[dict[str, object]]) -> Period:
    """A period whose rounds asked these items."""
    day = FIRST + timedelta(weeks=12 * number)
    made = make.period(day, round_count=len(rounds))
    for place, items in enumerate(rounds):
        frozen = Questionnaire.objects.create(
            digest=f"{number}-{place}", content=list(items), created_at=MOMENT
        )
        make.round_(day + timedelta(weeks=4 * place), period=made, questionnaire=frozen)
    return made


def asked(number: int, *rounds: Iterable[dict[str, object]]) -> versions.Asked:
    return asked_in(period(number, *rounds))


def test_the_same_questions_in_another_order_are_the_same() -> None:
    one = asked(0, [item("load"), item("relation")])
    two = asked(1, [item("relation"), item("load")])
    assert all(comparable(one, two, name) for name in ("load", "relation", OVERALL))


def test_a_new_version_breaks_its_theme_and_the_overall_and_no_other() -> None:
    one = asked(0, [item("load"), item("relation")])
    two = asked(1, [item("load", version=2), item("relation")])
    assert changed(one, two, "load")
    assert changed(one, two, OVERALL)
    assert comparable(one, two, "relation")


def test_another_core_question_breaks_the_overall_alone() -> None:
    one = asked(0, [item("load"), item("relation")])
    two = asked(1, [item("load"), item("relation"), item("meaning")])
    assert changed(one, two, OVERALL)
    assert comparable(one, two, "load")
    assert not changed(one, two, "meaning")  # it was not asked before


def test_what_is_apart_from_the_core_does_not_touch_the_overall() -> None:
    one = asked(0, [item("load"), item("feeling", role="outcome")])
    two = asked(1, [item("load"), item("feeling", version=2, role="outcome")])
    assert comparable(one, two, OVERALL)
    assert changed(one, two, "feeling")


def test_another_number_of_labels_is_another_question() -> None:
    assert changed(asked(0, [item("load", labels=0)]), asked(1, [item("load")]), "load")


def test_a_change_within_a_period_leaves_it_alone_on_both_sides() -> None:
    one = asked(0, [item("load")], [item("load")])
    mixed = asked(1, [item("load")], [item("load", version=2)])
    assert changed(one, mixed, "load")
    assert changed(mixed, asked(2, [item("load", version=2)]), "load")
    assert not comparable(mixed, mixed, "load")


def test_a_rotating_question_waits_for_its_turn() -> None:
    turn = [item("load"), item("growth", role="rotating")]
    one, none, two = asked(0, turn, [item("load")]), asked(1, [item("load")]), asked(2, turn)
    assert "growth" not in none
    assert cuts([one, none, two], "growth") == [False, False, False]
    other = asked(3, [item("load"), item("growth", version=2, role="rotating")])
    assert cuts([one, none, two, other], "growth") == [False, False, False, True]
    assert cuts([one, none, two, other], OVERALL) == [False] * 4


def test_a_round_that_asked_nothing_does_not_count() -> None:
    made = period(0, [item("load")])
    made.rounds.create(
        starts_on=FIRST + timedelta(weeks=8),
        opens_at=datetime(2026, 3, 3, tzinfo=UTC),
        closes_at=datetime(2026, 3, 17, tzinfo=UTC),
    )
    assert asked_in(made) == {"load": [[["load", 1, 5]]], OVERALL: [[["load", 1, 5]]]}
    assert asked_in(make.period(FIRST + timedelta(weeks=30))) == {}
