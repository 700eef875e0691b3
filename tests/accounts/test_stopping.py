"""A kind of mail is stopped by its reader: one click in the mail, or their settings."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.stopping import CHECK_IN, KINDS, ROTATION, WEEKLY, token_of
from tests import make
from tests.house.tables import rows
from tests.world import World

pytestmark = pytest.mark.django_db


def url(person: User, kind: str) -> str:
    return reverse("accounts:mail_stop", kwargs={"token": token_of(person, kind)})


@pytest.fixture
def person() -> User:
    make.firm()
    return make.person(is_manager=True)


def wanted(person: User) -> set[str]:
    person.refresh_from_db()
    return {kind for kind, name in KINDS.items() if getattr(person, name)}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_click_of_a_mail_program(person: User, kind: str) -> None:
    """RFC 8058: a POST with that body, without cookies, from a server nobody knows."""
    browser = Browser(enforce_csrf_checks=True)
    for _ in range(2):
        answer = browser.post(url(person, kind), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies
    assert wanted(person) == set(KINDS) - {kind}


def test_looking_stops_nothing(person: User) -> None:
    before = rows()
    for _ in range(3):
        assert Browser().get(url(person, CHECK_IN)).status_code == 200
        assert Browser().head(url(person, CHECK_IN)).status_code == 200
    assert rows() == before
    assert wanted(person) == set(KINDS)


def test_the_page_asks_stops_and_takes_it_back(person: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    address = url(person, CHECK_IN)
    page = browser.get(address).content.decode()
    assert re.search(r"<h1>Ne plus recevoir ces e-mails.\?</h1>", page)
    assert "Vous ne recevez plus" in browser.post(address).content.decode()
    assert wanted(person) == {ROTATION, WEEKLY}
    assert "Vous recevez de nouveau" in browser.post(address, {"again": "1"}).content.decode()
    assert wanted(person) == set(KINDS)


def test_it_names_nobody(person: User) -> None:
    page = Browser().get(url(person, CHECK_IN)).content.decode()
    for word in (person.first_name, person.last_name, person.email):
        assert word not in page


def test_a_changed_link_stops_nothing(person: User) -> None:
    for token in ("x", token_of(person, CHECK_IN)[:-2], token_of(person, "another kind")):
        address = reverse("accounts:mail_stop", kwargs={"token": token})
        assert Browser().post(address).status_code == 404
    assert wanted(person) == set(KINDS)


def test_who_has_gone_from_the_table_stops_nothing(person: User) -> None:
    address = url(person, CHECK_IN)
    User.objects.filter(pk=person.pk).delete()
    assert Browser().post(address).status_code == 404


def test_ones_own_settings_say_the_same_and_nobody_is_told(world: World) -> None:
    browser, person = Browser(), world.consultant
    browser.force_login(person)
    address = reverse("accounts:profile_edit")
    form = browser.get(address).context["form"]
    assert "checkin_mails" in form.fields
    assert "weekly_digest" not in form.fields
    sent = {"language": "fr", "time_zone": "Europe/Paris", "rotation_mails": "on"}
    assert browser.post(address, sent).status_code == 302
    assert wanted(person) == {ROTATION, WEEKLY}
    assert not AuditEntry.objects.filter(object_kind="person").exists()
    browser.post(address, sent | {"language": "en", "checkin_mails": "on"})
    [line] = AuditEntry.objects.filter(object_kind="person")
    assert set(line.changes) == {"language"}


def test_administrators_find_it_nowhere(world: World) -> None:
    User.objects.filter(pk=world.consultant.pk).update(checkin_mails=False)
    browser = Browser()
    browser.force_login(world.administrator)
    for name in ("accounts:person_detail", "accounts:person_edit"):
        page = browser.get(reverse(name, args=(world.consultant.pk,))).content.decode()
        assert "checkin_mails" not in page
        assert "e-mail quand il y a un point" not in page
