"""Questions for some: which of a round's items one check-in asks, and where they are published."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys.exports import answers_of, dimensions_of
from surveys.intake import asked
from surveys.models import Questionnaire
from surveys.models.questions import Item
from surveys.occasions import Occasion, items_asked, items_for
from tests import make
from tests.surveys.asking import NOW, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db

WORDS = {"text": {"fr": "?", "en": "?"}, "labels": {"fr": [], "en": []}, "version": 1}


def item(code: str, **rest: str) -> Item:
    return Item(code, **({"dimension": code, "role": "extra"} | WORDS | rest))  # type: ignore[arg-type]  # -- words are the same for all


ITEMS = [
    item("load", role="core"),
    item("support", role="core", audience="everyone"),
    item("bench", audience="between"),
    item("arrival", moment="start"),
    item("leaving", moment="end"),
    item("oncall", profile="RUN"),
]


@pytest.mark.parametrize(
    ("occasion", "expected"),
    [
        (Occasion("BUILD"), ["load", "support"]),
        (Occasion("RUN"), ["load", "support", "oncall"]),
        (Occasion("BUILD", frozenset({"start"})), ["load", "support", "arrival"]),
        (Occasion("BUILD", frozenset({"end"})), ["load", "support", "leaving"]),
        (Occasion("", is_between=True), ["support", "bench"]),
        (Occasion("RUN", frozenset({"start", "end"}), is_between=True), ["support", "bench"]),
    ],
    ids=["plain", "profile", "start", "end", "between", "between-wins"],
)
def test_each_is_asked_what_makes_sense_where_they_are(
    occasion: Occasion, expected: list[str]
) -> None:
    assert [one.code for one in items_for(ITEMS, occasion)] == expected


@time_machine.travel(NOW, tick=False)
def test_a_question_for_a_profile_is_on_the_forms_of_that_profile_alone(world: World) -> None:
    make.question("oncall", role="extra", profile=world.profile, position=90)
    other = make.profile()
    make.question("travel-2", role="extra", profile=other, position=91)
    row = open_round()
    browser = Browser()
    browser.force_login(world.consultant)
    page = browser.get(reverse("surveys:checkin", args=[row.pk, world.mission.pk]))
    text = page.content.decode()
    assert 'name="q-oncall"' in text
    assert "travel-2" not in text
    (line,) = asked(person=world.consultant, now=NOW)
    assert line.question_count == 8
    sent = {"q-oncall": "25", "q-travel-2": "100", "share": "averages"}
    browser.post(reverse("surveys:checkin", args=[row.pk, world.mission.pk]), sent)
    (block,) = answers_of(row.period)
    assert block.values["oncall"].tolist() == [25]
    assert "nan" in str(block.values["travel-2"].tolist())


def test_the_items_of_a_round_for_everybody_cost_no_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = open_round()
    with django_assert_num_queries(0):
        assert len(items_asked(row, world.mission.pk)) == 7


def test_what_is_for_some_is_published_by_profile_and_for_the_firm_only(world: World) -> None:
    make.question("oncall", role="extra", profile=world.profile, position=90)
    row = open_round()
    send(world.consultant, world.mission, row, oncall=25, load=50)
    names, narrow = dimensions_of(row.period)
    assert "oncall" in names
    assert narrow == {"growth", "oncall"}


def test_what_is_as_usual_leaves_the_frozen_content_as_it_was(world: World) -> None:
    """Rounds that ask the same share one questionnaire, before and after there were occasions."""
    open_round()
    content = Questionnaire.objects.get().content
    assert {frozenset(row) for row in content} == {
        frozenset({"code", "dimension", "role", "version", "text", "labels"}),
        frozenset({"code", "dimension", "role", "version", "text", "labels", "audience"}),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "core", "moment": "start"},
        {"role": "rotating", "moment": "end"},
        {"role": "outcome", "audience": "between"},
        {"role": "extra", "audience": "between", "moment": "end"},
    ],
    ids=["core-at-start", "rotating-at-end", "outcome-between", "between-at-end"],
)
def test_the_database_refuses_a_mean_of_people_asked_differently(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.question("odd", **wrong)


def test_the_database_refuses_a_core_question_for_one_profile(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.question("odd", role="core", profile=world.profile)
