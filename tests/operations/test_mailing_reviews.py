"""A review of clients is told of in the mail about the check-in of its round, and in no other."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from clients import charter as charters
from clients.models import Client
from surveys import leaving
from surveys.models import ClientReview
from surveys.reviewing import Judged, open_review, submit
from tests import make
from tests.clients import chartered
from tests.surveys.inviting import OPENS, WEEK, Inviting, inviting

__all__ = ["inviting"]
pytestmark = pytest.mark.django_db
NEED = 5


def team(inviting: Inviting, people: list[User] | None = None) -> Client:
    """As many people as a review needs, at one client more."""
    mission = make.mission()
    for person in people or [inviting.person(missions=0, language="en") for _ in range(NEED)]:
        make.assignment(person=person, mission=mission)
    return mission.client


def opened(inviting: Inviting) -> ClientReview:
    chartered.published(make.person(is_referent=True, is_consultant=False), now=OPENS)
    assert open_review(round_=inviting.round, now=OPENS)
    return ClientReview.objects.get()


def told(letter: Any) -> list[bool]:
    """In the text, in the page?"""
    [(page, _kind)] = letter.alternatives
    with translation.override("en"):
        return ["keep to our charter" in one for one in (letter.body, page)]


def by_address(letters: list[Any]) -> dict[str, Any]:
    return {letter.to[0]: letter for letter in letters}


def judge(review: ClientReview, client: Client, person: User) -> None:
    value = charters.chosen(review.charter)[0]
    submit(review=review, client=client, person=person,
           judged=Judged({value.pk: "seen"}), now=OPENS)  # fmt: skip


def test_one_line_and_a_link_to_who_has_a_client_to_judge(inviting: Inviting) -> None:
    client = team(inviting)
    elsewhere = inviting.person(language="en")
    review = opened(inviting)
    found = by_address(inviting.at())
    assert len(found) == NEED + 1
    url = reverse("surveys:client_review", args=[review.pk, client.pk])
    for person in inviting.people[:NEED]:
        letter = found[person.email]
        assert told(letter) == [True, True]
        page = letter.alternatives[0][0]
        assert letter.body.count(url) == page.count(url) == 1
        assert len(page.encode()) < 5000
    assert told(found[elsewhere.email]) == [False, False]
    assert "/reviews/" not in found[elsewhere.email].body


def test_several_clients_are_one_line_that_leads_home(inviting: Inviting) -> None:
    client = team(inviting)
    team(inviting, inviting.people)
    review = opened(inviting)
    letter = by_address(inviting.at())[inviting.people[0].email]
    assert told(letter) == [True, True]
    assert "2 clients" in letter.body
    assert letter.body.count("keep to our charter") == 1
    assert reverse("surveys:client_review", args=[review.pk, client.pk]) not in letter.body


def test_a_reminder_tells_who_has_not_judged_and_nobody_else(inviting: Inviting) -> None:
    client = team(inviting)
    review = opened(inviting)
    inviting.at()
    judge(review, client, inviting.people[0])
    found = by_address(inviting.at(WEEK))
    assert [told(found[person.email])[0] for person in inviting.people] == [False] + [True] * 4


def test_without_a_review_or_in_another_round_nothing_is_told(inviting: Inviting) -> None:
    team(inviting)
    [*letters] = inviting.at()
    assert not any(told(letter)[0] for letter in letters)


def test_who_takes_no_part_is_told_nothing(inviting: Inviting) -> None:
    team(inviting)
    opened(inviting)
    gone = inviting.people[0]
    leaving.leave(person=gone, now=OPENS)
    assert gone.email not in by_address(inviting.at())


def test_in_french_too(inviting: Inviting) -> None:
    team(inviting)
    opened(inviting)
    User.objects.filter(pk=inviting.people[0].pk).update(language="fr")
    letter = by_address(inviting.at())[inviting.people[0].email]
    for text in (letter.body, letter.alternatives[0][0]):
        assert "tenons notre charte" in text
