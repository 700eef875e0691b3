"""Releasing a review: words of more than half, frozen, that tell nothing about one person."""

from datetime import timedelta
from random import Random

import pytest

from accounts.models import AuditEntry, FirmSettings, User
from clients import charter as charters
from clients.models import Charter, CharterValue
from scoring.charter_facts import (
    Facts,
    charter_facts,
    released_reviews,
    taken_back,
    withdrawn_reviews,
)
from scoring.maths.majority import Poll
from scoring.models import ReleasedReview, ReleasedVerdict, ReviewMembers, ReviewRelease
from scoring.publication import SystemViewer
from scoring.reviewing import release, release_reviews_due, withdraw
from surveys.models import ClientReview
from surveys.models.review_answers import ReviewAnswer
from tests import make
from tests.clients import chartered
from tests.scoring.maths.test_majority import brute
from tests.scoring.pseudonyms import pseudonyms
from tests.surveys import reviews
from tests.surveys.asking import NOW
from tests.world import World

JOB = SystemViewer("test")
OVER = NOW + timedelta(days=13)
NEXT = timedelta(weeks=16)
VERDICTS = ("seen", "not_seen", "contrary")
KEPT = (ReleasedReview, ReleasedVerdict, ReviewMembers)
NAMES = ("review release", "released review", "released verdict", "review members")


def told(world: World, now: object = OVER) -> Facts | None:
    return charter_facts(viewer=JOB, at=now).get(world.client.pk)  # type: ignore[arg-type]  # -- a moment


def words(world: World, kind: str = "verdict") -> list[str]:
    """Of the newest release, value by value; empty where withheld."""
    newest = ReleasedReview.objects.filter(client=world.client).latest("pk")
    rows = ReleasedVerdict.objects.filter(about=newest, kind=kind)
    return list(rows.order_by("value__position").values_list("word", flat=True))


def play(
    world: World, people: list[User], letters: list[str], ours: str = "", *, after: int = 0
) -> ClientReview:
    """A whole review: opened, answered, over, released."""
    row = reviews.review(world, NOW + after * NEXT)
    reviews.answer(row, world, people, letters, ours)
    assert release_reviews_due(now=row.round.closes_at) == "1 review(s) of clients released"
    return row


def test_it_is_released_once_and_only_when_it_is_over(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["ss"] * 5)
    assert release_reviews_due(now=OVER - timedelta(minutes=1)) == ""
    assert release_reviews_due(now=OVER) == "1 review(s) of clients released"
    assert release_reviews_due(now=OVER) == ""
    assert release(review=row, now=OVER) is None
    ReviewAnswer.objects.update(verdicts={})
    assert words(world) == ["seen", "seen"]
    said = [str(made.objects.order_by("pk")[0]) for made in (ReviewRelease, *KEPT)]
    ids = [row.pk, *(made.objects.order_by("pk")[0].pk for made in KEPT)]
    assert said == [f"{name} {pk}" for name, pk in zip(NAMES, ids, strict=True)]


def test_the_word_is_what_more_than_half_said(world: World) -> None:
    people = reviews.staffed(world, 6)
    row = play(world, people, ["sc", "sc", "sc", "sc", "nr", "cs"], "kb")
    first, second = (value.pk for value in reviews.values(row))
    assert told(world, row.round.closes_at) == Facts(
        client=world.client.pk,
        judged_at=row.round.closes_at,
        source="review",
        charter=row.charter_id,
        verdicts={first: "seen", second: "contrary"},
        ours={first: "kept", second: "not_kept"},
        red_lines=(),
        review=row.pk,
    )


def test_half_is_not_more_than_half(world: World) -> None:
    people = reviews.staffed(world, 6)
    play(world, people, ["ss", "ss", "ss", "cc", "cc", "cc"])
    assert words(world) == ["not_seen", "not_seen"]


def test_a_red_line_is_crossed_where_more_than_half_saw_it(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = play(world, people, ["rs", "rs", "rs", "cs", "ss"])
    value = reviews.values(row)[0]
    assert value.red_line
    facts = told(world)
    assert facts is not None
    assert facts.red_lines == (value.pk,)
    assert words(world, "red_line")[0] == "crossed"


def test_a_value_without_a_red_line_says_nothing_of_one(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world, places=3)
    reviews.answer(row, world, people, ["ssc"] * 5)
    release_reviews_due(now=OVER)
    assert [bool(value.red_line) for value in reviews.values(row)] == [True, True, False]
    assert words(world) == ["seen", "seen", "contrary"]
    assert words(world, "red_line") == ["not_crossed", "not_crossed"]


def test_a_value_that_too_few_answered_is_withheld_and_the_others_are_not(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = play(world, people, ["s-", "ss", "ss", "ss", "ss"], "k-")
    assert words(world) == ["seen", ""]
    assert words(world, "ours") == ["kept", ""]
    facts = told(world)
    assert facts is not None
    assert set(facts.verdicts) == {reviews.values(row)[0].pk}


def test_too_few_answers_are_not_known_and_what_was_known_stands(world: World) -> None:
    people = reviews.staffed(world, 4)
    sheet = chartered.sheet(world.client, world.referent, "sc", now=NOW)
    make.assignment(mission=world.mission)
    play(world, people, ["cc"] * 4)
    assert words(world) == ["", ""]
    facts = told(world)
    assert facts is not None
    assert (facts.source, facts.judged_at) == ("sheet", sheet.written_at)
    assert not ReleasedReview.objects.get().says
    assert ReviewMembers.objects.get().people == []


def test_the_threshold_of_the_firm_holds(world: World) -> None:
    people = reviews.staffed(world, 7)
    row = reviews.review(world)
    FirmSettings.objects.update(anonymity_threshold=8)
    reviews.answer(row, world, people, ["ss"] * 7)
    release_reviews_due(now=OVER)
    assert words(world) == ["", ""]


def test_the_newest_of_sheet_and_review_is_told(world: World) -> None:
    people = reviews.staffed(world, 4)
    chartered.sheet(world.client, world.referent, "cc", now=NOW - timedelta(days=1))
    people.append(make.assignment(mission=world.mission).person)
    row = play(world, people, ["ss"] * 5)
    facts = told(world, row.round.closes_at)
    assert facts is not None
    assert facts.source == "review"
    before = told(world, row.round.closes_at - timedelta(minutes=1))
    assert before is not None
    assert before.source == "sheet"
    world.mission.assignments.filter(person=people[4]).update(ends_on=NOW.date())
    chartered.sheet(world.client, world.referent, "nn", now=NOW + NEXT)
    facts = told(world, NOW + NEXT)
    assert facts is not None
    assert facts.source == "sheet"


def test_somebody_who_took_anothers_place_is_not_told_by_the_word(world: World) -> None:
    """Three of five contrary, then two of five with one person replaced: the naive words would
    say what both answered. The value that kept its word stays out."""
    people = reviews.staffed(world, 6)
    play(world, people[:5], ["cs", "cs", "ss", "ss", "cs"])
    assert words(world) == ["contrary", "seen"]
    row = play(world, [*people[:4], people[5]], ["cs", "cs", "ss", "ss", "ss"], after=1)
    assert words(world) == ["", "seen"]
    withheld = ReleasedVerdict.objects.get(about__release__review=row, kind="verdict", word="")
    few = {"pk": 1, "about_id": withheld.about_id, "value": withheld.value, "kind": "verdict"}
    assert withheld.word == ReleasedVerdict(**few).word
    facts = told(world, row.round.closes_at)
    assert facts is not None
    assert set(facts.verdicts.values()) == {"seen"}


def test_a_new_version_of_the_charter_does_not_hide_the_earlier_word(world: World) -> None:
    """The same value in two versions is the same question."""
    people = reviews.staffed(world, 6)
    play(world, people[:5], ["cs", "cs", "ss", "ss", "cs"])
    first = Charter.objects.newest()
    again = chartered.published(world.referent, now=NOW + NEXT)
    assert first is not None
    assert again.pk != first.pk
    assert [one.name for one in charters.chosen(again)] == [
        one.name for one in charters.chosen(first)
    ]
    play(world, [*people[:4], people[5]], ["cs", "cs", "ss", "ss", "ss"], after=1)
    assert words(world) == ["", "seen"]


def test_nor_does_a_name_put_right_in_one_language(world: World) -> None:
    people = reviews.staffed(world, 6)
    play(world, people[:5], ["cs", "cs", "ss", "ss", "cs"])
    again = chartered.published(world.referent, now=NOW + NEXT)
    value = charters.chosen(again)[0]
    CharterValue.objects.filter(pk=value.pk).update(name_fr=f"Le {value.name_fr}")
    play(world, [*people[:4], people[5]], ["cs", "cs", "ss", "ss", "ss"], after=1)
    assert words(world) == ["", "seen"]


def test_a_red_line_of_which_nothing_is_told_does_not_read_as_not_crossed(world: World) -> None:
    play(world, reviews.staffed(world, 5), ["ss"] * 5)
    first, second = charters.chosen(Charter.objects.get())[:2]
    assert first.red_line
    ReleasedVerdict.objects.filter(kind="red_line", value=first).update(word="")
    facts = told(world)
    assert facts is not None
    assert facts.verdicts == {second.pk: "seen"}


def test_pseudonyms_go_with_the_answers_even_if_no_review_follows(world: World) -> None:
    row = play(world, reviews.staffed(world, 5), ["ss"] * 5)
    closed = row.round.closes_at
    release_reviews_due(now=closed + timedelta(days=730))
    assert ReviewMembers.objects.exists()
    release_reviews_due(now=closed + timedelta(days=732))
    assert not ReviewMembers.objects.exists()
    assert words(world) == ["seen", "seen"]


def test_who_answered_is_kept_under_pseudonyms_for_three_reviews(world: World) -> None:
    people = reviews.staffed(world, 5)
    for number in range(4):
        play(world, people, ["s-"] * 5, after=number)
    kept = ReviewMembers.objects.order_by("pk")
    assert len(kept) == 3
    assert {pseudonyms(people)[one] for one in kept[0].people} == {one.pk for one in people}
    assert list(kept[0].polls.values()) == [[0, "11111"], *[[1, "11111"]] * 3]
    assert ReviewRelease.objects.count() == 4


def test_no_count_is_kept_with_a_word(world: World) -> None:
    people = reviews.staffed(world, 6)
    play(world, people, ["sc", "ss", "ss", "sc", "ns", "cc"], "kb")
    stored = [field.name for field in ReleasedVerdict._meta.concrete_fields]
    assert stored == ["id", "about", "value", "kind", "word", "actions"]


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_stay_as_many_whatever_the_number_of_clients(
    world: World, clients: int, django_assert_num_queries: object
) -> None:
    charter = chartered.published(world.referent, now=NOW)
    assert charter
    for _ in range(clients):
        mission = make.mission()
        for _ in range(5):
            make.assignment(mission=mission)
    row = reviews.review(world)
    for one in row.reviewed.select_related("client"):
        for assignment in one.client.missions.get().assignments.all():
            ReviewAnswer.objects.create(
                review=row, client=one.client, person=assignment.person,
                verdicts={str(reviews.values(row)[0].pk): "seen"}, sent_at=NOW,
            )  # fmt: skip
    release_reviews_due(now=OVER)
    with django_assert_num_queries(4):  # type: ignore[operator]  # -- a fixture; no sheet, no lines
        assert len(charter_facts(viewer=JOB, at=OVER)) == clients


@pytest.mark.parametrize("seed", range(6))
def test_whoever_comes_and_goes_no_published_word_tells_anybody(world: World, seed: int) -> None:
    """Four reviews of a small team that changes, through the same code as everything: what is out
    is given to an attacker who knows who answered, that nobody changed their mind, and one answer.
    """
    rng = Random(seed)
    team = reviews.staffed(world, 7)
    mind = {person.pk: rng.choice("snc") for person in team}
    polls: list[Poll] = []
    for number in range(4):
        there = rng.sample(team, rng.choice((5, 5, 6)))
        play(world, there, [mind[person.pk] + "-" for person in there], after=number)
        word = words(world)[0]
        if word:
            polls.append(Poll(frozenset(str(one.pk) for one in there), VERDICTS.index(word)))
    assert polls
    assert brute(polls, 3) is True


# --- taken back ------------------------------------------------------------------------------


def take_back(row: ClientReview, reason: str = "Mauvaise liste.") -> bool:
    day = row.round.starts_on
    return withdraw(round_on=day, reason=reason, now=row.round.closes_at + timedelta(days=3))


def test_what_was_known_before_stands_again_once_a_review_is_withdrawn(world: World) -> None:
    people = reviews.staffed(world, 5)
    first, second = (
        play(world, people, [letters] * 5, after=after)
        for after, letters in enumerate(("ss", "cc"))
    )
    later = second.round.closes_at + timedelta(days=9)
    assert [one.round_on for one in released_reviews()] == [
        second.round.starts_on, first.round.starts_on,
    ]  # fmt: skip
    assert take_back(second)
    assert not take_back(second)
    assert not withdraw(round_on=NOW.date(), reason="x", now=NOW)
    facts = told(world, later)
    assert facts is not None
    assert (facts.review, set(facts.verdicts.values())) == (first.pk, {"seen"})
    assert withdrawn_reviews() == [second.pk]
    assert [(one.round_on, one.clients) for one in released_reviews()] == [
        (first.round.starts_on, 1)
    ]
    assert taken_back(viewer=world.manager, client=world.client.pk) == second.round.closes_at
    assert taken_back(viewer=make.person(), client=world.client.pk) is None
    [line] = AuditEntry.objects.filter(action="withdraw")
    assert (line.object_kind, line.object_ref) == ("client_review", str(second.round.starts_on))
    assert "Mauvaise" not in str(line.changes)
    # It is over and was released: nothing releases it again.
    assert release_reviews_due(now=later) == ""
    assert take_back(first)
    assert told(world, later) is None


def test_a_word_that_was_read_is_told_to_the_audit_though_it_was_withdrawn(world: World) -> None:
    """The same two reviews as above in which somebody took another's place: had the first word
    been forgotten, the second would be published and tell what two people answered."""
    people = reviews.staffed(world, 6)
    first = play(world, people[:5], ["cs", "cs", "ss", "ss", "cs"])
    assert words(world)[0] == "contrary"
    take_back(first)
    play(world, [*people[:4], people[5]], ["cs", "cs", "ss", "ss", "ss"], after=1)
    assert words(world) == ["", "seen"]
