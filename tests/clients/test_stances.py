"""Stances on clients: their author's until shared, then for rotations alone."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from balancing.eligibility import Abilities
from balancing.scenarios import fit
from clients import stances
from clients.models import Client, SectorWish, Stance
from clients.stances import Said, willing
from tests import make
from tests.world import World

LIST = reverse("clients:stance_list")
TEAM = reverse("clients:stance_team")
DAY = date(2026, 11, 25)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def as_(browser: Browser, person: User) -> Browser:
    browser.force_login(person)
    return browser


def say(world: World, now: datetime, client: Client | None = None, **said: Any) -> Stance:
    return stances.say(
        person=world.consultant, client=client or world.client, said=Said(**said), now=now
    )


def is_able(world: World) -> bool:
    people, missions = [world.consultant.pk], [world.mission.pk]
    abilities = Abilities.of(people, missions, DAY, DAY)
    found = fit(abilities, people[0], missions[0])
    assert found.is_able == abilities.is_able(people[0], missions[0])
    assert found.is_unwilling == (not found.is_able)
    return found.is_able


@pytest.mark.parametrize("shared", [False, True], ids=["kept", "shared"])
@pytest.mark.parametrize(
    ("said", "able"),
    [
        ({"word": "share"}, True),
        ({"word": "live_with"}, True),
        ({"word": "discuss"}, True),
        ({"word": "against"}, False),
        ({"wish": "for"}, True),
        ({"wish": "against"}, False),
        ({"word": "against", "wish": "for"}, False),
    ],
    ids=["share", "live with", "discuss", "against", "for", "rather not", "both"],
)
def test_only_what_is_shared_keeps_somebody_from_a_client(
    world: World, now: datetime, said: dict[str, str], able: bool, shared: bool
) -> None:
    say(world, now, shared=shared, **said)
    assert is_able(world) == (able or not shared)


def test_taken_back_it_holds_no_more(world: World, now: datetime) -> None:
    say(world, now, word="against", shared=True)
    assert not is_able(world)
    say(world, now, word="against", shared=False)
    assert is_able(world)
    assert stances.forget(person=world.consultant, client=world.client)
    assert not stances.forget(person=world.consultant, client=world.client)


def test_a_sector_counts_for_its_clients_where_nothing_is_said_of_them(
    world: World, now: datetime
) -> None:
    Client.objects.update(sector="Banque")
    elsewhere = make.client(sector="Santé")
    stances.wish_for_sector(
        person=world.consultant, sector="Banque", wish="against", shared=True, now=now
    )
    assert not is_able(world)
    assert willing([world.consultant.pk]).avoids == {
        world.consultant.pk: {world.client.pk, world.other_client.pk}
    }
    say(world, now, wish="for", shared=True)
    assert is_able(world)
    assert willing([world.consultant.pk]).likes == {
        world.consultant.pk: {world.client.pk: world.client.name}
    }
    stances.wish_for_sector(
        person=world.consultant, sector="Santé", wish="for", shared=True, now=now
    )
    assert elsewhere.pk in willing([world.consultant.pk]).likes[world.consultant.pk]
    assert willing([world.other_consultant.pk]) == stances.Willing()
    SectorWish.objects.update(shared=False)
    assert willing([world.consultant.pk]).avoids == {}


def test_a_stance_says_something(world: World, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        say(world, now)


# --- pages -----------------------------------------------------------------------------------


def test_a_person_says_shares_and_takes_back(world: World, browser: Browser) -> None:
    as_(browser, world.consultant)
    assert "Rien n’est à dire" in text(browser.get(LIST))
    there = reverse("clients:stance_edit", args=[world.client.pk])
    assert browser.get(LIST, {"client": world.client.pk}).headers["Location"] == there
    assert "<title>Erreur" in text(browser.get(LIST, {"client": "999999"}))
    assert set(browser.post(there, {}).context["form"].errors) == {"word"}
    sent = {"word": "against", "wish": "", "sentence": "<b>Tabac</b>", "shared": "on"}
    assert browser.post(there, sent).status_code == 302
    said = text(browser.get(LIST))
    assert "&lt;b&gt;Tabac" in said
    row = Stance.objects.get()
    assert row.shared
    assert browser.post(reverse("clients:stance_forget", args=[row.pk])).status_code == 302
    assert not Stance.objects.exists()


def test_a_wish_about_a_sector(world: World, browser: Browser) -> None:
    Client.objects.filter(pk=world.client.pk).update(sector="Banque")
    as_(browser, world.consultant)
    there = reverse("clients:sector_wish")
    assert set(browser.post(there, {"sector": "Tabac"}).context["form"].errors) == {
        "sector", "wish",
    }  # fmt: skip
    assert browser.post(there, {"sector": "Banque", "wish": "for"}).status_code == 302
    row = SectorWish.objects.get()
    assert not row.shared
    assert "Banque" in text(browser.get(LIST))
    assert browser.post(reverse("clients:sector_forget", args=[row.pk])).status_code == 302
    assert not SectorWish.objects.exists()


def test_managers_read_what_their_people_share_and_nothing_else(
    world: World, browser: Browser
) -> None:
    now = timezone.now()
    say(world, now, word="against", sentence="Partagé", shared=True)
    say(world, now, client=world.other_client, word="discuss", sentence="Secret")
    stances.wish_for_sector(
        person=world.consultant, sector="Armement", wish="against", shared=False, now=now
    )
    stances.wish_for_sector(
        person=world.consultant, sector="Musées", wish="for", shared=True, now=now
    )
    mine = text(as_(browser, world.manager).get(TEAM))
    assert "Partagé" in mine
    assert "Musées" in mine
    assert "Secret" not in mine
    assert "Armement" not in mine
    assert "Rien n’est partagé" in text(as_(browser, world.other_manager).get(TEAM))
    for row in (Stance.objects.first(), SectorWish.objects.first()):
        assert row is not None
        name = "stance_forget" if isinstance(row, Stance) else "sector_forget"
        there = reverse(f"clients:{name}", args=[row.pk])
        assert as_(browser, world.other_consultant).post(there).status_code == 404


def test_no_line_of_the_log_tells_a_stance(world: World, browser: Browser) -> None:
    before = AuditEntry.objects.count()
    as_(browser, world.consultant)
    there = reverse("clients:stance_edit", args=[world.client.pk])
    assert browser.post(there, {"word": "against", "shared": "on"}).status_code == 302
    assert AuditEntry.objects.count() == before


def test_own_products_and_ended_clients_are_not_asked_about(
    world: World, browser: Browser
) -> None:
    own = make.client(kind=Client.Kind.INTERNAL)
    gone = make.client(ended_on=date(2025, 1, 1))
    as_(browser, world.consultant)
    for row in (own, gone):
        assert browser.get(reverse("clients:stance_edit", args=[row.pk])).status_code == 404
