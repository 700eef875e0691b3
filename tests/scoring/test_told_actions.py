"""Actions told as evidence under a word, from the ticks to the page and its file."""

import csv
import io
from datetime import timedelta
from random import Random

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from clients import charter as charters
from clients.models import CharterValue
from scoring.charter_facts import Facts, charter_facts, judged
from scoring.maths.evidence import evidence
from scoring.models import ReleasedVerdict, ReviewMembers
from scoring.publication import SystemViewer
from scoring.reviewing import release_reviews_due, withdraw
from surveys.models import ClientReview
from surveys.models.review_answers import ReviewAnswer
from tests.clients import chartered
from tests.scoring.maths.test_evidence import learnt, shown
from tests.surveys import reviews
from tests.surveys.asking import NOW
from tests.surveys.test_reviewing import at
from tests.world import World

JOB = SystemViewer("test")
NEXT = timedelta(weeks=16)


def play(
    world: World,
    people: list[User],
    seen: list[str],
    *,
    word: str = "s",
    ours: str = "",
    after: int = 0,
) -> ClientReview:
    """A whole review: all of them say the same word of the first value, and tick these places."""
    row = reviews.review(world, NOW + after * NEXT)
    reviews.answer(row, world, people, [word + "-"] * len(people), "k-")
    for person, places in zip(people, seen, strict=True):
        reviews.tick(row, world, [person], seen=places, ours=ours)
    assert release_reviews_due(now=row.round.closes_at) == "1 review(s) of clients released"
    return row


def facts(world: World, row: ClientReview) -> Facts:
    return charter_facts(viewer=JOB, at=row.round.closes_at)[world.client.pk]


def places(world: World, row: ClientReview) -> list[int]:
    return facts(world, row).seen_actions.get(reviews.values(row)[0].pk, [])


def test_more_than_half_of_those_who_judged_the_value(world: World) -> None:
    people = reviews.staffed(world, 6)
    row = play(world, people, ["01", "01", "01", "0", "", ""], ours="1")
    value = reviews.values(row)[0]
    assert facts(world, row).seen_actions == {value.pk: [0]}
    assert facts(world, row).kept_actions == {value.pk: [1]}
    first, second = judged(facts(world, row))
    assert (first.ours_actions, first.verdict_actions) == ([value.owed[1]], [value.asked[0]])
    assert (second.ours_actions, second.verdict_actions) == ([], [])


def test_an_action_may_be_seen_whatever_the_word(world: World) -> None:
    """A tick and a word bind no common count."""
    row = play(world, reviews.staffed(world, 5), ["0"] * 5, word="c")
    assert set(facts(world, row).verdicts.values()) == {"contrary"}
    assert places(world, row) == [0]


def test_a_value_withheld_is_told_without_its_actions(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people[:4], ["ss"] * 4, "kk")
    reviews.answer(row, world, people[4:], ["-s"], "-k")
    reviews.tick(row, world, people[:4], seen="01", ours="01")
    release_reviews_due(now=row.round.closes_at)
    assert (facts(world, row).seen_actions, facts(world, row).kept_actions) == ({}, {})
    assert not any(ReleasedVerdict.objects.values_list("actions", flat=True))
    kept = f" {reviews.values(row)[0].pk} "
    assert not [one for one in ReviewMembers.objects.get().polls if kept in one]


def test_a_red_line_of_which_nothing_is_told_takes_the_actions_with_the_verdict(
    world: World,
) -> None:
    """Three of five crossed; then one of them is replaced, and the line is not crossed: withheld,
    and with it what stands under the verdict. Our own side stays."""
    people = reviews.staffed(world, 6)
    first = reviews.review(world)
    reviews.answer(first, world, people[:5], ["r-", "r-", "c-", "c-", "r-"], "k-")
    reviews.tick(first, world, people[:5], seen="0", ours="0")
    release_reviews_due(now=first.round.closes_at)
    assert places(world, first) == [0]
    row = reviews.review(world, NOW + NEXT)
    reviews.answer(row, world, [*people[:4], people[5]], ["r-", "r-", "c-", "c-", "c-"], "k-")
    reviews.tick(row, world, [*people[:4], people[5]], seen="0", ours="0")
    release_reviews_due(now=row.round.closes_at)
    value = reviews.values(row)[0]
    line = ReleasedVerdict.objects.get(about__release__review=row, kind="red_line", value=value)
    assert line.word == ""
    told = facts(world, row)
    assert (told.verdicts, told.seen_actions) == ({}, {})
    assert told.kept_actions == {value.pk: [0]}
    kept = ReviewMembers.objects.latest("pk").polls
    assert not [question for question in kept if question.startswith(f"verdict {value.pk} ")]


@pytest.mark.parametrize("again", [["0"] * 5, [""] * 5, ["0", "0", "", "", ""]])
def test_one_took_anothers_place_and_what_was_told_stands(world: World, again: list[str]) -> None:
    """Whatever is ticked now: both what was told, and what was not."""
    people = reviews.staffed(world, 6)
    first = play(world, people[:5], ["0", "0", "1", "1", "0"])
    assert places(world, first) == [0]
    row = play(world, [*people[:4], people[5]], again, after=1)
    assert places(world, row) == [0]


def test_three_reviews_later_it_is_asked_anew(world: World) -> None:
    people = reviews.staffed(world, 6)
    play(world, people[:5], ["0"] * 5)
    told = [places(world, play(world, people[1:], [""] * 5, after=turn)) for turn in range(1, 5)]
    assert told == [[0], [0], [0], []]


def test_a_new_version_or_a_letter_put_right_hides_nothing(world: World) -> None:
    """The action is the same question where one of its two texts is, under any value."""
    people = reviews.staffed(world, 6)
    play(world, people[:5], ["0"] * 5)
    again = chartered.published(world.referent, now=NOW + NEXT)
    value, other = charters.chosen(again)
    french, english = value.asked_fr.splitlines(), value.asked_en.splitlines()
    CharterValue.objects.filter(pk=other.pk).update(
        asked_fr=f"Autre\n{french[0]}.", asked_en=f"Other\n{english[0]}", position=0
    )
    CharterValue.objects.filter(pk=value.pk).update(asked_fr="Un", asked_en="One")
    row = play(world, [*people[:4], people[5]], [""] * 5, after=1)
    assert reviews.values(row)[0] == other
    assert places(world, row) == [1]


def test_read_by_those_who_read_the_client_and_by_nobody_else(world: World) -> None:
    row = play(world, reviews.staffed(world, 5), ["0"] * 5)
    for role in ("consultant", "manager", "referent"):
        told = charter_facts(viewer=world.person(role), at=row.round.closes_at)
        assert told[world.client.pk].seen_actions
    for role in ("other_consultant", "administrator"):
        assert world.client.pk not in charter_facts(
            viewer=world.person(role), at=row.round.closes_at
        )


def test_what_is_out_does_not_move_when_answers_do(world: World) -> None:
    row = play(world, reviews.staffed(world, 5), ["0"] * 5)
    ReviewAnswer.objects.all().delete()
    assert places(world, row) == [0]


def test_on_the_page_and_in_the_file(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.update(language="en")
    row = play(world, reviews.staffed(world, 5), ["1"] * 5, ours="0")
    value = reviews.values(row)[0]
    asked, owed = value.asked_actions[1].english, value.owed_actions[0].english
    at(monkeypatch, row.round.closes_at)
    browser.force_login(world.consultant)
    shown_to = browser.get(reverse("dashboards:client", args=[world.client.pk])).content.decode()
    for text in (asked, owed, "more than half of those who judged it"):
        assert shown_to.count(text) == 1
    assert value.asked_actions[0].english not in shown_to
    file = browser.get(reverse("dashboards:client_export", args=[world.client.pk]))
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    told = [(line["Section"], line["Topic"], line["In words"]) for line in rows]
    assert ("What we owe", owed, "kept, say more than half") in told
    assert ("What the client does", asked, "seen, say more than half") in told
    assert sum("say more than half" in words for _section, _topic, words in told) == 2


@pytest.mark.parametrize("seed", range(4))
def test_whoever_comes_and_goes_the_release_says_what_the_rule_says(
    world: World, seed: int
) -> None:
    """Four reviews of a small team that changes, to what readers see: the same as the rule that is
    held against every way in which people may have ticked, and so nobody is told."""
    rng = Random(seed)
    team = reviews.staffed(world, 7)
    ticking = {person.pk for person in team if rng.random() < 0.6}
    teams, seen = [], []
    for number in range(4):
        there = rng.sample(team, rng.choice((5, 5, 6)))
        ticks = ["0" if person.pk in ticking else "" for person in there]
        row = play(world, there, ticks, after=number)
        teams.append(frozenset(str(person.pk) for person in there))
        seen.append(places(world, row) == [0])
    assert tuple(seen) == shown(evidence, teams, frozenset(map(str, ticking)))
    assert learnt(evidence, teams) == set()


def test_a_withdrawn_review_takes_along_what_it_lent_to_the_next(world: World) -> None:
    """Somebody was replaced, so what was told of the action before stood under the next word."""
    people = reviews.staffed(world, 6)
    first = play(world, people[:5], ["0", "0", "", "", "0"])
    second = play(world, [*people[:4], people[5]], ["0", "0", "", "", ""], after=1)
    assert (places(world, first), places(world, second)) == ([0], [0])
    withdraw(round_on=first.round.starts_on, reason="x", now=second.round.closes_at)
    assert places(world, second) == []
    assert set(facts(world, second).verdicts.values()) == {"seen"}
