"""The audit log: what it keeps, who reads it, refused accesses, one's own settings."""

from datetime import datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.audit import Act, changed_fields, record
from accounts.forms import UnitForm
from accounts.models import AuditEntry, User
from tests.world import World

pytestmark = pytest.mark.django_db


def test_refused_object_leaves_one_line(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    foreign = browser.get(reverse("accounts:person_detail", args=[world.manager.pk]))
    absent = browser.get(reverse("accounts:person_detail", args=[987654]))
    assert foreign.status_code == absent.status_code == 404
    # "Not yours" and "does not exist" are the same answer.
    assert foreign.content == absent.content
    lines = AuditEntry.objects.values_list(
        "actor", "action", "object_kind", "object_ref", "changes"
    )
    assert list(lines) == [
        (world.consultant.pk, "refused", "person", "987654", {}),
        (world.consultant.pk, "refused", "person", str(world.manager.pk), {}),
    ]


def test_refused_page_leaves_one_line(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    assert browser.post(reverse("accounts:settings_edit"), {"name": "secret"}).status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.object_kind, entry.object_ref) == ("page", "accounts:settings_edit")
    assert entry.changes == {}


def test_plain_404_and_anonymous_visitors_leave_none(world: World, browser: Browser) -> None:
    browser.get(reverse("accounts:settings_edit"))
    browser.force_login(world.consultant)
    assert browser.get("/no-such-page/").status_code == 404
    assert not AuditEntry.objects.exists()


def lines(browser: Browser, page: str) -> list[AuditEntry]:
    return list(browser.get(reverse(page)).context["found"].page)


def test_everybody_reads_the_lines_about_themself(
    world: World, browser: Browser, now: datetime
) -> None:
    about = record(
        Act("edit", "person", "P", world.consultant, {"last_name": ["Avant", "Après"]}),
        actor=world.administrator,
        now=now,
    )
    own = record(Act("refused", "person", "3"), actor=world.consultant, now=now)
    record(Act("edit", "person", "Q", world.manager), actor=world.administrator, now=now)
    browser.force_login(world.consultant)
    assert lines(browser, "accounts:audit_own") == [own, about]
    page = browser.get(reverse("accounts:audit_own")).content.decode()
    assert world.administrator.full_name in page
    assert "Avant → Après" in page


def test_referent_reads_metadata_and_administrator_configuration(
    world: World, browser: Browser, now: datetime
) -> None:
    changed = record(
        Act("edit", "client", "C1", changes={"name": ["Avant", "Après"]}),
        actor=world.manager,
        now=now,
    )
    alert = record(Act("edit", "alert", "7"), actor=world.manager, now=now)
    refusal = record(Act("refused", "client", "C2"), actor=world.manager, now=now)
    browser.force_login(world.referent)
    assert lines(browser, "accounts:audit_list") == [refusal, alert, changed]
    assert "Après" not in browser.get(reverse("accounts:audit_list")).content.decode()
    browser.force_login(world.administrator)
    assert lines(browser, "accounts:audit_list") == [changed]
    assert "Avant → Après" in browser.get(reverse("accounts:audit_list")).content.decode()


def test_software_s_own_lines_have_no_actor(world: World, browser: Browser, now: datetime) -> None:
    record(Act("import", "client", "file", world.consultant), actor=None, now=now)
    browser.force_login(world.consultant)
    assert browser.get(reverse("accounts:audit_own")).status_code == 200


def test_changes_name_objects_by_reference(world: World) -> None:
    typed = {"name": "Nord", "parent": world.other_unit.pk, "manager": ""}
    form = UnitForm(typed, instance=world.unit)
    assert form.is_valid()
    assert changed_fields(form) == {
        "parent": ["ROOT", "SUD"],
        "manager": [world.manager.ref, ""],
    }


def test_unknown_words_are_shown_as_they_are() -> None:
    entry = AuditEntry(action="boil", object_kind="egg", changes={"minutes": ["3", "4"]})
    assert (entry.action_word, entry.kind_word) == ("boil", "egg")
    assert entry.change_lines == [("minutes", "3", "4")]


@pytest.mark.parametrize("page", ["accounts:audit_own", "accounts:audit_list"])
def test_page_of_the_log_that_does_not_exist(world: World, browser: Browser, page: str) -> None:
    browser.force_login(world.administrator)
    assert browser.get(reverse(page), {"page": "0"}).context["found"].notices


def test_language_is_kept_on_the_person_and_in_the_browser(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    answer = browser.post(reverse("set_language"), {"language": "en", "next": "/profile/"})
    assert answer["Location"] == "/profile/"
    assert browser.cookies["django_language"].value == "en"
    assert User.objects.get(pk=world.consultant.pk).language == "en"
    french = {"accept-language": "fr"}
    assert '<html lang="en">' in browser.get("/profile/", headers=french).content.decode()
    # The person's choice follows them to another browser.
    elsewhere = Browser()
    elsewhere.force_login(world.consultant)
    assert '<html lang="en">' in elsewhere.get("/profile/", headers=french).content.decode()


@pytest.mark.parametrize("code", ["xx", "../../etc", "", "fr-xx-" + "a" * 600])
def test_unknown_language_changes_nothing(world: World, browser: Browser, code: str) -> None:
    browser.force_login(world.consultant)
    answer = browser.post(reverse("accounts:language_set"), {"language": code})
    assert answer.status_code == 302
    assert User.objects.get(pk=world.consultant.pk).language == "fr"


def test_language_leads_nowhere_outside(browser: Browser) -> None:
    answer = browser.post(
        reverse("set_language"), {"language": "en", "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_visitor_s_language_is_kept_in_the_browser(browser: Browser) -> None:
    browser.post(reverse("set_language"), {"language": "en"})
    assert '<html lang="en">' in browser.get(reverse("account_login")).content.decode()


def test_own_settings(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    url = reverse("accounts:profile_edit")
    browser.post(url, {"language": "en", "time_zone": "America/Martinique", "is_manager": "on"})
    person = User.objects.get(pk=world.consultant.pk)
    assert (person.language, person.time_zone) == ("en", "America/Martinique")
    assert not person.is_manager
    assert AuditEntry.objects.get().about == person
    page = browser.post(url, {"language": "en", "time_zone": "Mars/Olympus"})
    assert "time_zone" in page.context["form"].errors
