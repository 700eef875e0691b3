"""The firm's settings, and the list of people to talk to."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.firm import save_settings
from accounts.forms import FirmForm
from accounts.models import AuditEntry, FirmSettings, TalkContact
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
TYPED = {
    "name": "Atelier Lumen",
    "consulted_on": "2025-01-06",
    "demand_maximum": 10,
    "participation_floor": 50,
    "digest_weekday": 1,
    "digest_at": "11:00",
    "help_email": "",
    "privacy_email": "",
}


def form(**typed: Any) -> FirmForm:
    return FirmForm(TYPED | typed, instance=FirmSettings.objects.get(pk=1), today=TODAY)


@pytest.fixture(autouse=True)
def _firm(db: None) -> None:
    make.firm()


def test_settings_are_kept_and_audited(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    typed = TYPED | {"name": "Lumen", "digest_at": "09:30"}
    assert browser.post(reverse("accounts:settings_edit"), typed).status_code == 302
    firm = FirmSettings.objects.get()
    assert (firm.name, firm.digest_at, firm.pk) == ("Lumen", time(9, 30), 1)
    entry = AuditEntry.objects.get()
    assert entry.changes["name"] == ["Atelier Lumen", "Lumen"]
    assert (entry.object_kind, entry.actor) == ("settings", world.administrator)


def test_the_settings_leave_the_threshold_alone(world: World, browser: Browser) -> None:
    """Two people raise it; a page opened before, and sent after, must not bring it back."""
    assert "anonymity_threshold" not in form().fields
    opened_before = FirmSettings.objects.get()
    FirmSettings.objects.update(anonymity_threshold=7)
    who = {"actor": world.administrator, "now": timezone.now()}
    save_settings(firm=opened_before, changes={"name": ["a", "b"]}, **who)
    assert FirmSettings.objects.get().anonymity_threshold == 7
    browser.force_login(world.administrator)
    sent = TYPED | {"anonymity_threshold": 9, "name": "Lumen"}
    assert browser.post(reverse("accounts:settings_edit"), sent).status_code == 302
    firm = FirmSettings.objects.get()
    assert (firm.name, firm.anonymity_threshold) == ("Lumen", 7)


def test_settings_of_a_firm_without_a_row_are_made(world: World) -> None:
    FirmSettings.objects.all().delete()
    who = {"actor": world.administrator, "now": timezone.now()}
    save_settings(firm=FirmSettings(name="Lumen"), changes={}, **who)
    assert FirmSettings.objects.get().name == "Lumen"


def test_the_threshold_is_never_under_five() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.firm(anonymity_threshold=4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("participation_floor", 29),
        ("participation_floor", 91),
        ("participation_floor", ""),
        ("participation_floor", "beaucoup"),
        ("digest_weekday", 5),
        ("digest_weekday", "mardi"),
        ("digest_at", "05:59"),
        ("digest_at", "19:01"),
        ("digest_at", "midi"),
    ],
)
def test_alerts_and_their_mail_within_limits(
    world: World, browser: Browser, name: str, value: object
) -> None:
    browser.force_login(world.administrator)
    page = browser.post(reverse("accounts:settings_edit"), TYPED | {name: value, "name": "Lu"})
    assert list(page.context["form"].errors) == [name]
    # What was typed comes back, and nothing is kept.
    assert 'value="Lu"' in page.content.decode()
    assert FirmSettings.objects.get().name == "Atelier Lumen"


def test_alerts_and_their_mail_are_kept(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    typed = TYPED | {"participation_floor": 90, "digest_weekday": 4, "digest_at": "19:00"}
    assert browser.post(reverse("accounts:settings_edit"), typed).status_code == 302
    firm = FirmSettings.objects.get()
    assert (firm.participation_floor, firm.digest_weekday) == (90, 4)
    assert firm.digest_at == time(19)


def test_consultation_has_taken_place() -> None:
    assert form(consulted_on=TODAY.isoformat()).is_valid()
    assert "consulted_on" in form(consulted_on=(TODAY + timedelta(days=1)).isoformat()).errors


def test_list_of_people_to_talk_to(world: World, browser: Browser) -> None:
    browser.force_login(world.referent)
    typed = {
        "person": world.manager.pk,
        "title_fr": "Direction",
        "title_en": "Direction",
        "position": 1,
    }
    assert browser.post(reverse("accounts:talk_contact_create"), typed).status_code == 302
    contact = TalkContact.objects.get()
    edit = reverse("accounts:talk_contact_edit", args=[contact.pk])
    assert browser.post(edit, typed | {"title_fr": "Agence"}).status_code == 302
    assert (
        browser.post(reverse("accounts:talk_contact_remove", args=[contact.pk])).status_code == 302
    )
    assert not TalkContact.objects.exists()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == [
        "remove",
        "edit",
        "create",
    ]
    assert set(AuditEntry.objects.values_list("about", flat=True)) == {world.manager.pk}


def test_who_cannot_be_talked_to(world: World, browser: Browser) -> None:
    browser.force_login(world.referent)
    gone = make.person(ends_on=timezone.localdate() - timedelta(days=1))
    for person in (gone, world.administrator):
        typed = {"person": person.pk, "title_fr": "x", "title_en": "x", "position": 0}
        page = browser.post(reverse("accounts:talk_contact_create"), typed)
        assert "person" in page.context["form"].errors


def test_who_sees_what_tells_the_threshold_and_the_help(world: World, browser: Browser) -> None:
    make.firm(anonymity_threshold=9, privacy_email="dpo@lumen.example")
    TalkContact.objects.create(
        person=world.referent, title_fr="Référente bien-être", title_en="Well-being referent"
    )
    browser.force_login(world.consultant)
    page = browser.get(reverse("accounts:who_sees_what")).content.decode()
    for words in ("9", "tel:3114", "tel:15", "mailto:dpo@lumen.example", "Référente bien-être"):
        assert words in page
