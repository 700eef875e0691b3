"""What few people agreed on, on a joint sheet, tells nothing of those who come after them."""

from datetime import timedelta

import pytest

from accounts.models import User
from clients import sheets
from clients.models import ClientSheet
from missions.models import Mission
from scoring.models import ReleasedReview, ReleasedVerdict
from scoring.reviewing import release_reviews_due
from tests import make
from tests.clients import chartered
from tests.scoring.test_reviewing import OVER, play, words
from tests.surveys import reviews
from tests.surveys.asking import NOW
from tests.world import World

DAY = timedelta(days=1)


def table(world: World, verdicts: str, *, ago: timedelta = DAY) -> list[User]:
    """Two people write a sheet; three more come the day after."""
    two = reviews.staffed(world, 2)
    chartered.sheet(world.client, world.referent, verdicts, now=NOW - ago)
    later = {"mission": world.mission, "starts_on": NOW.date()}
    return [*two, *(make.assignment(**later).person for _ in range(3))]


def test_three_who_came_are_not_told_by_a_word_that_turned(world: World) -> None:
    """Two had agreed on "seen": "contrary" of five would say it of each of the three."""
    people = table(world, "ss")
    play(world, people, ["ss", "ss", "cs", "cs", "cs"])
    assert words(world) == ["", "seen"]
    # A red line that two had not seen crossed: three more may not have either.
    assert words(world, "red_line") == ["not_crossed", "not_crossed"]


def test_nor_by_our_own_side(world: World) -> None:
    people = table(world, "sn")
    row = reviews.review(world)
    reviews.answer(row, world, people[:2], ["ss"] * 2, "kk")
    reviews.answer(row, world, people[2:], ["ss"] * 3, "bb")
    release_reviews_due(now=row.round.closes_at)
    # Of the second value the sheet did not say whether we kept it.
    assert words(world, "ours") == ["", "not_kept"]


def test_a_withdrawn_sheet_has_been_read(world: World) -> None:
    people = table(world, "ss")
    sheet = world.client.sheets.get()
    assert sheets.withdraw_sheet(sheet=sheet, by=world.referent, now=NOW)
    play(world, people, ["ss", "ss", "cs", "cs", "cs"])
    assert words(world) == ["", "seen"]


@pytest.mark.parametrize(("days", "word"), [(729, ""), (732, "contrary")])
def test_a_sheet_is_looked_at_as_long_as_answers_are_kept(
    world: World, days: int, word: str
) -> None:
    people = table(world, "ss")
    long_ago = OVER - timedelta(days=days)
    ClientSheet.objects.update(written_at=long_ago)
    Mission.objects.filter(pk=world.mission.pk).update(starts_on=long_ago.date())
    world.mission.assignments.filter(person__in=people[:2]).update(starts_on=long_ago.date())
    play(world, people, ["ss", "ss", "cs", "cs", "cs"])
    assert words(world) == [word, "seen"]


@pytest.mark.parametrize(("later", "word"), [(2, ""), (3, "contrary")])
def test_more_than_three_sheets_ago_is_not(world: World, later: int, word: str) -> None:
    people = table(world, "ss", ago=10 * DAY)
    for place in range(later):
        chartered.sheet(world.client, world.referent, "cs", now=NOW - (9 - place) * DAY)
    play(world, people, ["cs", "cs", "cs", "cs", "cs"])
    newest = ReleasedReview.objects.get()
    rows = ReleasedVerdict.objects.filter(about=newest, kind="verdict").order_by("value__position")
    assert [row.word for row in rows] == [word, "seen"]


def test_most_of_them_hide_whoever_came(world: World) -> None:
    """Four agreed and one came: that the word turned says that the four changed their minds."""
    four = reviews.staffed(world, 4)
    chartered.sheet(world.client, world.referent, "ss", now=NOW - DAY)
    later = make.assignment(mission=world.mission, starts_on=NOW.date()).person
    play(world, [*four, later], ["cs"] * 5)
    assert words(world) == ["contrary", "seen"]


def test_a_value_without_a_red_line_is_looked_at_too(world: World) -> None:
    chartered.published(world.referent, now=NOW - DAY, places=3)
    people = table(world, "sss")
    row = reviews.review(world)
    assert [bool(value.red_line) for value in reviews.values(row)] == [True, True, False]
    reviews.answer(row, world, people, ["sss", "sss", "ssc", "ssc", "ssc"])
    release_reviews_due(now=row.round.closes_at)
    assert words(world) == ["seen", "seen", ""]
    assert words(world, "red_line") == ["not_crossed", "not_crossed"]
