"""Stay or move: private until shared, and used by rotations only then."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from missions import perms, preferences
from missions.models import Assignment, Preference
from missions.preferences import Said
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
SENTENCE = "Après deux ans d’astreinte"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def page_of(world: World) -> str:
    return reverse("missions:mission_detail", args=[world.mission.pk])


def form_of(world: World) -> str:
    return reverse("missions:preference_edit", args=[world.mission.pk])


def test_it_is_ones_own_until_it_is_shared(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    assert form_of(world) in text(browser.get(page_of(world)))
    asked = text(browser.get(form_of(world)))
    assert world.manager.full_name in asked
    sent = {"kind": "move", "by": "2027-03-01", "sentence": SENTENCE}
    assert "Gardée pour vous" in text(browser.post(form_of(world), sent, follow=True))
    seen = text(browser.get(page_of(world)))
    assert SENTENCE in seen
    assert "pour moi seul" in seen
    browser.force_login(world.manager)
    assert SENTENCE not in text(browser.get(page_of(world)))
    browser.force_login(world.consultant)
    shared = browser.post(form_of(world), sent | {"shared": "on"}, follow=True)
    assert "partagée avec vos responsables" in text(shared)
    assert Preference.objects.count() == 1
    browser.force_login(world.manager)
    seen = text(browser.get(page_of(world)))
    assert SENTENCE in seen
    assert "avant le 1er mars 2027" in seen or "avant le 1 mars 2027" in seen
    assert not AuditEntry.objects.filter(about=world.consultant).exists()


def test_nobody_else_reads_what_is_shared(world: World, browser: Browser) -> None:
    said = Said("stay", None, SENTENCE, shared=True)
    preferences.say(person=world.consultant, mission=world.mission, said=said, now=NOW)
    colleague = make.person(unit=world.unit)
    make.assignment(person=colleague, mission=world.mission)
    for reader in (colleague, world.other_manager, world.referent, world.administrator):
        browser.force_login(reader)
        assert SENTENCE not in text(browser.get(page_of(world)))
    assert list(perms.shared_preferences(world.manager, world.mission)) == [
        Preference.objects.get()
    ]


def test_taking_it_back_hides_it_at_once(world: World, browser: Browser) -> None:
    said = Said("stay", None, SENTENCE, shared=True)
    row = preferences.say(person=world.consultant, mission=world.mission, said=said, now=NOW)
    assert str(row) == f"preference {row.pk}"
    assert preferences.shared_by([world.consultant.pk]) == {
        (world.consultant.pk, world.mission.pk): row
    }
    browser.force_login(world.consultant)
    assert "Retirer" in text(browser.get(form_of(world)))
    forget = reverse("missions:preference_forget", args=[world.mission.pk])
    assert "plus personne ne la lit" in text(browser.post(forget, follow=True))
    assert browser.post(forget).status_code == 302
    assert not preferences.forget(person=world.consultant, mission=world.mission)
    browser.force_login(world.manager)
    assert SENTENCE not in text(browser.get(page_of(world)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "leave"}, "kind"),
        ({"by": "2026-11-25"}, "by"),
        ({"by": "demain"}, "by"),
        ({"kind": "stay"}, "by"),
        ({"sentence": "x" * 301}, "sentence"),
        ({"sentence": "deux\nlignes"}, "sentence"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    world: World, browser: Browser, change: dict[str, str], field: str
) -> None:
    browser.force_login(world.consultant)
    sent = {"kind": "move", "by": "2027-03-01", "sentence": SENTENCE} | change
    page = browser.post(form_of(world), sent)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Preference.objects.exists()


def test_whoever_is_not_on_it_has_no_preference_about_it(world: World, browser: Browser) -> None:
    today = NOW.date()
    Assignment.objects.filter(person=world.consultant).update(ends_on=today - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        perms.mission_to_prefer_for(world.consultant, world.mission.pk, today=today)
    Assignment.objects.filter(person=world.consultant).update(ends_on=None)
    assert perms.mission_to_prefer_for(world.consultant, world.mission.pk, today=today)
    assert date(2026, 11, 25) == today


def test_somebody_without_a_manager_reads_who_would(world: World, browser: Browser) -> None:
    world.root.manager = None
    world.root.save()
    world.unit.manager = None
    world.unit.save()
    world.consultant.manager = None
    world.consultant.save()
    browser.force_login(world.consultant)
    assert "Vos responsables la lisent" in text(browser.get(form_of(world)))
