"""Taking no part for a while: asked for nothing, and nobody can see it."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, User
from surveys.exports import participation_of
from surveys.intake import asked
from surveys.leaving import come_back, has_left, leave, without_those_who_left
from surveys.models.answers import CheckIn, Draft
from tests.surveys.asking import NOW, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


def test_who_left_is_asked_nothing_until_they_come_back(world: World) -> None:
    row = open_round()
    for _twice in range(2):
        leave(person=world.consultant, now=NOW)
    assert has_left(world.consultant)
    assert asked(person=world.consultant, now=NOW) == []
    assert asked(person=world.other_consultant, now=NOW)
    come_back(person=world.consultant)
    assert not has_left(world.consultant)
    assert [line.round for line in asked(person=world.consultant, now=NOW)] == [row]


def test_who_left_finds_no_form_but_for_what_they_sent(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the address, which an old mail or a bookmark may hold."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    row, person = open_round(), world.consultant
    browser.force_login(person)
    address = reverse("surveys:checkin", args=[row.pk, world.mission.pk])
    sent = {"q-load": "25", "share": "averages"}
    leave(person=person, now=NOW)
    resume = reverse("surveys:checkin_resume", args=[row.pk, world.mission.pk])
    for answer in (browser.get(address), browser.post(address, sent), browser.post(resume, sent)):
        assert (answer.status_code, answer["Location"]) == (302, reverse("dashboards:home"))
    assert not CheckIn.objects.exists()
    assert Draft.objects.filter(person=person).count() == 1
    home = browser.get(reverse("dashboards:home")).content.decode()
    assert "n’a pas été envoyé" in home
    come_back(person=person)
    browser.post(address, sent)
    leave(person=person, now=NOW)
    assert browser.get(address).status_code == 200
    browser.post(address, sent | {"q-load": "50"})
    assert CheckIn.objects.get().answers == {"load": 50}
    assert not AuditEntry.objects.filter(actor=person).exists()


def test_nothing_is_sent_to_who_left(world: World) -> None:
    leave(person=world.consultant, now=NOW)
    left = set(without_those_who_left(User.objects.all()))
    assert set(User.objects.all()) - left == {world.consultant}


def test_nobody_can_see_it(world: World) -> None:
    """Who left counts among those asked, as before, and no line is written."""
    row = open_round()
    before = participation_of(row)
    leave(person=world.consultant, now=NOW)
    assert participation_of(row) == before
    assert world.consultant.pk in before.asked
    assert not AuditEntry.objects.exists()
