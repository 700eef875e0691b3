"""Restrictions: written by who leads somebody, read by all concerned, lifted by who leads them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.perms import Refused
from missions import perms, restrictions
from missions.models import Restriction
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LIST = reverse("missions:restriction_list")
CREATE = reverse("missions:restriction_create")
WHY = "Ancien employeur"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def written(world: World, **rest: Any) -> Restriction:
    about = rest or {"client": world.other_client}
    row = Restriction(person=world.consultant, sentence=WHY, **about)
    return restrictions.restrict(restriction=row, by=world.manager, now=NOW)


def test_all_whom_it_concerns_read_it_and_nobody_else(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    sent = {"person": world.consultant.pk, "other": world.other_consultant.pk, "sentence": WHY}
    assert "C’est noté" in text(browser.post(CREATE, sent, follow=True))
    readers = (world.consultant, world.other_consultant, world.manager, world.other_manager)
    for reader in readers:
        browser.force_login(reader)
        page = text(browser.get(LIST))
        assert WHY in page
        assert world.manager.full_name in page
    for stranger in (world.referent, world.administrator, make.person()):
        browser.force_login(stranger)
        assert WHY not in text(browser.get(LIST))
    about = AuditEntry.objects.filter(object_kind="restriction").values_list("about", flat=True)
    assert set(about) == {world.consultant.pk, world.other_consultant.pk}


def test_only_about_people_whom_one_leads(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    sent = {
        "person": world.other_consultant.pk, "client": world.client.pk, "sentence": WHY,
    }  # fmt: skip
    page = text(browser.post(CREATE, sent))
    assert WHY in page
    assert 'aria-invalid="true"' in page
    assert not Restriction.objects.exists()


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "soit un client, soit une autre personne"),
        ({"client": "client", "other": "other_consultant"}, "soit un client, soit une autre"),
        ({"other": "consultant"}, "une autre personne que la première"),
        ({"client": "client", "until": "2026-11-24"}, "aujourd’hui ou"),
        ({"client": "client", "sentence": "deux\nlignes"}, "sur une seule ligne"),
    ],
)
def test_bad_input_is_told_beside_the_field(
    world: World, browser: Browser, about: dict[str, str], said: str
) -> None:
    browser.force_login(world.manager)
    sent = {"person": world.consultant.pk, "sentence": WHY}
    for name, value in about.items():
        found = getattr(world, value, None)
        sent[name] = found.pk if found is not None else value
    page = text(browser.post(CREATE, sent))
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not Restriction.objects.exists()


def test_the_same_twice_is_refused_either_way_round(world: World) -> None:
    written(world, other=world.other_consultant)
    for person, other in (
        (world.consultant, world.other_consultant),
        (world.other_consultant, world.consultant),
    ):
        row = Restriction(person=person, other=other, sentence=WHY)
        with pytest.raises(ValidationError):
            restrictions.restrict(restriction=row, by=world.manager, now=NOW)
    written(world)
    assert Restriction.objects.count() == 2


def test_who_leads_one_of_them_lifts_it_once(world: World, browser: Browser) -> None:
    row = written(world, other=world.other_consultant)
    browser.force_login(world.consultant)
    assert "La lever" not in text(browser.get(LIST))
    with pytest.raises(PermissionDenied):
        perms.restriction_to_lift_for(world.consultant, row.pk)
    with pytest.raises(Refused):
        perms.restriction_to_lift_for(world.referent, row.pk)
    browser.force_login(world.other_manager)
    assert "La lever" in text(browser.get(LIST))
    at = reverse("missions:restriction_lift", args=[row.pk])
    assert "elle ne vaut plus" in text(browser.post(at, follow=True))
    assert not restrictions.lift(restriction=row, by=world.manager, now=NOW)
    assert browser.post(at).status_code == 404
    row.refresh_from_db()
    assert row.lifted_by == world.other_manager
    assert restrictions.barred(NOW.date()).people == {}


def test_nobody_lifts_one_about_themselves(world: World) -> None:
    lead = make.person(is_manager=True, unit=world.unit, manager=world.manager)
    row = restrictions.restrict(
        restriction=Restriction(person=lead, client=world.client, sentence=WHY),
        by=world.manager, now=NOW,
    )  # fmt: skip
    assert not perms.can_lift(lead, row, {lead.pk})
    assert perms.can_lift(world.manager, row, {lead.pk})


def test_it_holds_until_its_day_for_both_people(world: World) -> None:
    one, two = world.consultant.pk, world.other_consultant.pk
    written(world, other=world.other_consultant, until=date(2026, 12, 31))
    written(world)
    before, after = (restrictions.barred(date(*day)) for day in ((2026, 12, 31), (2027, 1, 1)))
    assert before.people == {one: {two}, two: {one}}
    assert after.people == {}
    assert before.clients == after.clients == {one: {world.other_client.pk}}


def test_the_database_refuses_half_a_restriction(world: World) -> None:
    for about in (
        {},
        {"client": world.client, "other": world.other_consultant},
        {"other": world.consultant},
        {"client": world.client, "lifted_at": NOW},
    ):
        row = Restriction(
            person=world.consultant, sentence=WHY, made_by=world.manager, made_at=NOW, **about
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
