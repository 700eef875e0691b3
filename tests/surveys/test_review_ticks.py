"""Ticking the typical actions of a value in a review of clients."""

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser

from clients.models import CharterValue
from dashboards import own_file
from surveys import own
from surveys.models import ClientReview
from surveys.models.review_answers import ReviewAnswer
from surveys.retention import forget_due
from tests.surveys import reviews
from tests.surveys.asking import NOW
from tests.surveys.test_reviewing import at, page, text
from tests.world import World

Sent = dict[str, str | list[str]]


@pytest.fixture
def row(world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> ClientReview:
    """A review that is open, and somebody of the client signed in."""
    reviews.staffed(world, 5)
    found = reviews.review(world)
    at(monkeypatch)
    browser.force_login(world.consultant)
    return found


def test_ticked_sent_and_changed_until_the_close(
    world: World, browser: Browser, row: ClientReview
) -> None:
    first, second = reviews.values(row)
    shown = text(browser.get(page(row, world.client)))
    for value in (first, second):
        for action in (*value.asked_actions, *value.owed_actions):
            assert shown.count(action.french) == 1
    sent: Sent = {
        f"ours_{first.pk}": "kept", f"kept_{first.pk}": ["1"],
        f"verdict_{second.pk}": "contrary", f"seen_{second.pk}": ["1", "0"],
    }  # fmt: skip
    for _twice in range(2):
        assert browser.post(page(row, world.client), sent).status_code == 302
    answer = ReviewAnswer.objects.get()
    assert answer.kept_actions == {str(first.pk): [1]}
    assert answer.seen_actions == {str(second.pk): [1, 0]}
    again = text(browser.get(page(row, world.client)))
    for name, place in (("kept", 1), ("seen", 0), ("seen", 1)):
        value = first if name == "kept" else second
        assert f'value="{place}" id="id_{name}_{value.pk}_{place}" checked' in again
    assert again.count("checked") == 5
    sent[f"seen_{second.pk}"] = ["0"]
    del sent[f"kept_{first.pk}"]
    browser.post(page(row, world.client), sent)
    answer.refresh_from_db()
    assert (answer.kept_actions, answer.seen_actions) == ({}, {str(second.pk): [0]})
    browser.post(page(row, world.client), {})
    assert not ReviewAnswer.objects.exists()


@pytest.mark.parametrize(("word", "ticks"), [("ours", "kept"), ("verdict", "seen")])
def test_a_tick_without_a_word_would_count_for_nothing_and_comes_back(
    world: World, browser: Browser, row: ClientReview, word: str, ticks: str
) -> None:
    first, second = reviews.values(row)
    sent: Sent = {f"{ticks}_{first.pk}": ["1"], f"{word}_{second.pk}": "kept"}
    sent[f"verdict_{second.pk}"] = "seen"
    back = browser.post(page(row, world.client), sent)
    assert set(back.context["form"].errors) == {f"{word}_{first.pk}"}
    shown = text(back)
    assert "Choisissez aussi un mot" in shown
    assert f'id="id_{ticks}_{first.pk}_1" checked' in shown
    assert f'id="id_verdict_{second.pk}_0" value="seen" checked' in shown
    assert not ReviewAnswer.objects.exists()


@pytest.mark.parametrize("place", ["2", "-1", "0.5", "\x00", "x" * 10_000, ""])
def test_an_action_that_is_none_of_this_value_is_refused_and_the_rest_kept(
    world: World, browser: Browser, row: ClientReview, place: str
) -> None:
    first, _second = reviews.values(row)
    sent: Sent = {f"verdict_{first.pk}": "seen", f"seen_{first.pk}": ["0", place]}
    back = browser.post(page(row, world.client), sent)
    assert set(back.context["form"].errors) == {f"seen_{first.pk}"}
    shown = text(back)
    assert f'href="#id_seen_{first.pk}_0"' in shown
    assert f'aria-describedby="id_seen_{first.pk}_error"' in shown
    assert f'id="id_seen_{first.pk}_0" aria-invalid="true" checked' in shown
    assert f'id="id_verdict_{first.pk}_0" value="seen" checked' in shown
    assert not ReviewAnswer.objects.exists()


def test_an_action_of_another_version_is_not_asked(
    world: World, browser: Browser, row: ClientReview
) -> None:
    """The version that was in force at the opening is asked, whatever comes after."""
    first = reviews.values(row)[0]
    other = CharterValue.objects.exclude(charter=row.charter).first()
    number = other.pk if other else first.pk + 10_000
    sent: Sent = {f"verdict_{first.pk}": "seen", f"seen_{number}": ["0"]}
    assert browser.post(page(row, world.client), sent).status_code == 302
    assert ReviewAnswer.objects.get().seen_actions == {}


def test_where_the_languages_do_not_say_as_many_nothing_is_ticked(
    world: World, browser: Browser, row: ClientReview
) -> None:
    """An action is known by its place, which must be the same in both."""
    first = reviews.values(row)[0]
    CharterValue.objects.filter(pk=first.pk).update(asked_en="One alone")
    shown = text(browser.get(page(row, world.client)))
    assert f"seen_{first.pk}" not in shown
    assert f"kept_{first.pk}" in shown
    assert f"<li>{first.asked[0]}</li>" in shown


def test_ones_own_ticks_are_in_ones_file_and_go_with_the_answers(
    world: World, row: ClientReview
) -> None:
    people = [world.consultant]
    reviews.answer(row, world, people, ["s-"], "k-")
    reviews.tick(row, world, people, seen="1", ours="01")
    first = reviews.values(row)[0]
    [told] = json.loads(own_file.as_json(world.consultant, NOW))["reviews_of_clients"]
    assert told["actions_seen"] == [first.asked[1]]
    assert told["actions_kept"] == first.owed
    table = own_file.as_csv(world.consultant, NOW).decode()
    assert f"Ce que fait le client,{first.asked[1]},vu," in table
    assert table.count(",tenu,") == 3
    forget_due(now=row.round.closes_at + timedelta(days=732))
    assert own.reviews_of(person=world.consultant) == []
