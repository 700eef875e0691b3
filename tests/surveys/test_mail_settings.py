"""When mails leave: the firm's day and hour, units of their own, public holidays."""

from datetime import time

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from core.slots import Slot
from surveys.models import MailSettings, UnitSlot
from surveys.timetable import slots_by_unit
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
FIRM = {"weekday": "3", "at": "14:30", "country": "BE", "region": ""}


@pytest.fixture
def admin(world: World) -> Browser:
    browser = Browser()
    browser.force_login(world.administrator)
    return browser


def url(world: World | None = None) -> str:
    if world is None:
        return reverse("surveys:mail_settings")
    return reverse("surveys:unit_slot", args=(world.unit.pk,))


def test_tuesday_at_ten_and_french_holidays_before_anybody_chose(admin: Browser) -> None:
    form = admin.get(url()).context["form"]
    assert form.initial == {"weekday": 1, "at": time(10), "country": "FR", "region": ""}
    assert not MailSettings.objects.exists()


def test_the_firms_own_with_its_audit_line(admin: Browser) -> None:
    assert admin.post(url(), FIRM).status_code == 302
    kept = MailSettings.current()
    assert (kept.slot, kept.country) == (Slot(3, time(14, 30)), "BE")
    [line] = AuditEntry.objects.filter(object_kind="mails")
    assert set(line.changes) == {"weekday", "at", "country"}
    # The same again writes nothing more.
    admin.post(url(), FIRM)
    assert AuditEntry.objects.filter(object_kind="mails").count() == 1
    page = admin.get(url()).content.decode()
    assert "jeudi, 14" in page
    assert 'value="14:30"' in page


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"weekday": "0", "at": "09:00"}, "at", "lundi matin"),
        ({"weekday": "4", "at": "14:00"}, "at", "vendredi"),
        ({"weekday": "5"}, "weekday", "5"),
        ({"at": "06:59"}, "at", "07:00"),
        ({"at": "18:01"}, "at", "18:00"),
        ({"at": "25:00"}, "at", ""),
        ({"country": "XX"}, "country", "XX"),
        ({"country": "FR", "region": "Alsace?"}, "region", "6AE"),
        ({"country": "MC", "region": "57"}, "region", "–"),
    ],
)
def test_what_does_not_fit_comes_back(
    admin: Browser, changes: dict[str, str], field: str, named: str
) -> None:
    page = admin.post(url(), FIRM | changes)
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert named in str(form.errors[field])
    assert form[field].value() == (FIRM | changes)[field]
    assert page.content.decode().count("<title>Erreur") == 1
    assert not MailSettings.objects.exists()


@pytest.mark.parametrize(
    ("country", "region"), [("FR", "57"), ("FR", "6AE"), ("CH", "GE"), ("", "")]
)
def test_regions_are_those_of_the_country(admin: Browser, country: str, region: str) -> None:
    assert admin.post(url(), FIRM | {"country": country, "region": region}).status_code == 302
    assert MailSettings.current().region == region


def test_a_unit_of_its_own_and_back(admin: Browser, world: World) -> None:
    below = make.unit(parent=world.unit, name="Dessous")
    assert admin.get(url(world)).context["form"].initial["weekday"] == 1
    assert admin.post(url(world), {"weekday": "2", "at": "09:00"}).status_code == 302
    slot = Slot(2, time(9))
    assert slots_by_unit() == {world.unit.pk: slot, below.pk: slot}
    admin.post(url(world), {"weekday": "3", "at": "09:00"})
    assert UnitSlot.objects.get().weekday == 3
    page = admin.get(url(world)).content.decode()
    assert 'name="drop"' in page
    assert admin.post(url(world), {"drop": "1"}).status_code == 302
    assert slots_by_unit() == {}
    actions = list(
        AuditEntry.objects.filter(object_kind="mails")
        .order_by("pk")
        .values_list("action", "object_ref")
    )
    assert actions == [("edit", "NORD"), ("edit", "NORD"), ("remove", "NORD")]
    admin.post(url(world), {"drop": "1"})
    assert AuditEntry.objects.filter(object_kind="mails").count() == 3


def test_an_hour_nobody_reads_at_is_refused_for_a_unit_too(admin: Browser, world: World) -> None:
    page = admin.post(url(world), {"weekday": "4", "at": "17:00"})
    assert list(page.context["form"].errors) == ["at"]
    assert not UnitSlot.objects.exists()


def test_a_circle_of_units_ends(world: World) -> None:
    """The forms refuse one; two files at once could leave one."""
    type(world.root).objects.filter(pk=world.root.pk).update(parent=world.unit)
    UnitSlot.objects.create(unit=world.other_unit, weekday=2, at=time(9))
    assert slots_by_unit() == {world.other_unit.pk: Slot(2, time(9))}
