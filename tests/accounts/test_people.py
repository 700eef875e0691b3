"""People: finding, adding, changing, ending; cycles; the last administrator; sessions."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.people import is_last_administrator, managers_cycle
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db


def fields(person: User, **rest: Any) -> dict[str, Any]:
    """What the form of a person posts."""
    data = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "unit": person.unit_id or "",
        "manager": person.manager_id or "",
        "language": person.language,
        "starts_on": "",
    }
    flags = ("is_consultant", "is_manager", "is_referent", "is_administrator", "is_active")
    data |= {name: "on" for name in flags if getattr(person, name)}
    data |= rest
    return {name: value for name, value in data.items() if value is not None}


def found(browser: Browser, **query: Any) -> set[str]:
    page = browser.get(reverse("accounts:person_list"), query)
    assert page.status_code == 200
    return {person.ref for person in page.context["found"].page}


NAMES = [
    ("O'Brien", "o’brien"),
    ("N'Guessan-Kouamé", "n'guessan kouame"),
    ("N'Guessan-Kouamé", "KOUAMÉ"),
    ("李", "李"),
    ("É", "e"),
    ("L" * 120, "l" * 60),
    ("Zoé", "Zoe\u0301"),
    ("Zoe\u0301", "Zoé"),
    ("Œuvrard", "oeuvrard"),
]


@pytest.mark.parametrize(("name", "typed"), NAMES)
def test_bad_input_N02_names_as_typed_and_found(
    world: World, browser: Browser, name: str, typed: str
) -> None:
    browser.force_login(world.administrator)
    data = fields(make.person(), ref="NEW", email="new@lumen.example", first_name=name)
    assert browser.post(reverse("accounts:person_create"), data).status_code == 302
    assert User.objects.get(ref="NEW").first_name == name
    assert "NEW" in found(browser, q=typed)


def test_search_words_follow_a_bulk_insert() -> None:
    User.objects.bulk_create(
        [User(ref="B1", email="b1@lumen.example", first_name="Hélène", last_name="Noël")]
    )
    assert User.objects.named("helene NOEL").get().ref == "B1"
    assert not User.objects.named("helene durand").exists()


def test_search_takes_no_wildcard() -> None:
    make.person(last_name="Cent%")
    make.person(last_name="Centime")
    assert User.objects.named("cent%").count() == 1


def test_filters(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    gone = make.person(ends_on=timezone.localdate() - timedelta(days=1))
    assert found(browser, role="is_referent") == {world.referent.ref}
    assert found(browser, unit=world.unit.pk) == {world.consultant.ref}
    assert gone.ref not in found(browser)
    assert gone.ref in found(browser, gone="on")
    assert found(browser, q=world.consultant.ref, role="is_manager") == set()


def test_list_shows_one_s_own_people_alone(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    assert found(browser) == {world.manager.ref, world.consultant.ref}
    assert found(browser, q="Jean") == set()
    assert "facultatif" not in browser.get(reverse("accounts:person_list")).content.decode()


def test_bad_input_D03_unit_that_is_not_mine(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    url = reverse("accounts:person_list")
    assert browser.get(url, {"unit": world.other_unit.pk}).status_code == 404
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == (world.manager, "refused")
    assert (entry.object_kind, entry.object_ref) == ("unit", str(world.other_unit.pk))


@pytest.mark.parametrize("page", ["0", "99999999999999999999", "-1", "abc", ""])
def test_bad_input_D05_page_that_does_not_exist(world: World, browser: Browser, page: str) -> None:
    browser.force_login(world.administrator)
    answer = browser.get(reverse("accounts:person_list"), {"page": page})
    assert answer.status_code == 200
    assert answer.context["found"].page.number == 1
    assert answer.context["found"].notices


@pytest.mark.parametrize("query", [{"role": "password"}, {"unit": "x"}, {"q": "a\x00b"}])
def test_unreadable_filter_is_left_aside(
    world: World, browser: Browser, query: dict[str, str]
) -> None:
    browser.force_login(world.administrator)
    answer = browser.get(reverse("accounts:person_list"), query)
    assert answer.status_code == 200
    assert answer.context["found"].notices
    assert len(answer.context["found"].page) == User.objects.count()


def test_object_out_of_range_is_not_found(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    assert browser.get("/people/99999999999999999999999/").status_code == 404
    assert browser.get("/people/?unit=99999999999999999999999").status_code == 404


def test_new_person_has_no_password(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_create")
    User.objects.update(language="en")
    assert "No password is set here" in browser.get(url).content.decode()
    data = fields(make.person(), ref="NEW", email="New@Lumen.example", unit=world.unit.pk)
    browser.post(url, data)
    person = User.objects.get(ref="NEW")
    assert person.email == "new@lumen.example"
    assert not person.has_usable_password()
    entry = AuditEntry.objects.get(action="create")
    assert (entry.actor, entry.about, entry.object_ref) == (world.administrator, person, "NEW")


def test_email_is_unique_whatever_its_case(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    data = fields(make.person(), ref="NEW", email=world.consultant.email.upper())
    page = browser.post(reverse("accounts:person_create"), data)
    assert "email" in page.context["form"].errors
    assert not User.objects.filter(ref="NEW").exists()
    # What was typed comes back, and the title says that something is wrong.
    assert world.consultant.email.upper() in page.content.decode()


def test_change_is_audited_with_old_and_new(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    data = fields(world.consultant, unit=world.other_unit.pk, last_name="Morel")
    browser.post(reverse("accounts:person_edit", args=[world.consultant.pk]), data)
    entry = AuditEntry.objects.get(action="edit")
    before = world.consultant.last_name
    assert entry.changes == {"unit": ["NORD", "SUD"], "last_name": [before, "Morel"]}
    assert entry.about == world.consultant


def test_nothing_changed_leaves_no_line(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.consultant.pk])
    assert browser.post(url, fields(world.consultant)).status_code == 302
    assert not AuditEntry.objects.exists()


def test_reference_does_not_change(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.consultant.pk])
    browser.post(url, fields(world.consultant, ref="OTHER", is_superuser="on", is_staff="on"))
    after = User.objects.get(pk=world.consultant.pk)
    assert (after.ref, after.is_superuser, after.is_staff) == (
        world.consultant.ref, False, False,
    )  # fmt: skip


def test_role_withdrawn_ends_sessions_and_acts_at_once(world: World) -> None:
    managers, administrators = Browser(), Browser()
    managers.force_login(world.manager)
    administrators.force_login(world.administrator)
    assert managers.get(reverse("accounts:person_list")).status_code == 200
    url = reverse("accounts:person_edit", args=[world.manager.pk])
    data = fields(world.manager, is_manager=None, is_consultant="on")
    assert administrators.post(url, data).status_code == 302
    assert managers.get(reverse("accounts:person_list")).status_code == 302
    managers.force_login(User.objects.get(pk=world.manager.pk))
    assert managers.get(reverse("accounts:person_list")).status_code == 403


def test_another_name_ends_no_session(world: World) -> None:
    theirs, administrators = Browser(), Browser()
    theirs.force_login(world.consultant)
    administrators.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.consultant.pk])
    administrators.post(url, fields(world.consultant, last_name="Morel"))
    assert theirs.get(reverse("accounts:profile_edit")).status_code == 200


def test_administrator_reads_no_figure(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    for role in ("is_manager", "is_referent"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.person(is_administrator=True, **{role: True})
        url = reverse("accounts:person_edit", args=[world.consultant.pk])
        data = fields(world.consultant, is_administrator="on", **{role: "on"})
        page = browser.post(url, data)
        assert page.status_code == 200
        assert page.context["form"].non_field_errors()


def test_last_administrator_stays(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.administrator.pk])
    for data in ({"is_administrator": None}, {"is_active": None}):
        page = browser.post(url, fields(world.administrator, **data))
        assert page.context["form"].non_field_errors()
    end = reverse("accounts:person_end", args=[world.administrator.pk])
    assert browser.post(end, {"last_day": "2030-01-01"}).context["form"].errors
    make.person(is_administrator=True)
    assert browser.post(url, fields(world.administrator, is_administrator=None)).status_code == 302
    assert not is_last_administrator(world.consultant, timezone.localdate())


def test_managers_may_not_go_round(world: World, browser: Browser) -> None:
    top = make.person(is_manager=True)
    middle = make.person(is_manager=True, manager=top)
    low = make.person(is_manager=True, manager=middle)
    assert managers_cycle(top, low) == [top.ref, low.ref, middle.ref]
    assert managers_cycle(low, top) == []
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[top.pk])
    page = browser.post(url, fields(top, manager=low.pk))
    assert low.ref in page.context["form"].errors["manager"][0]
    assert User.objects.get(pk=top.pk).manager is None


def test_nobody_manages_themself(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.manager.pk])
    page = browser.post(url, fields(world.manager, manager=world.manager.pk))
    assert "manager" in page.context["form"].errors


def test_departure_and_its_undoing(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_end", args=[world.consultant.pk])
    assert browser.get(url).status_code == 200
    assert User.objects.get(pk=world.consultant.pk).ends_on is None
    browser.post(url, {"last_day": "2026-12-31"})
    assert User.objects.get(pk=world.consultant.pk).ends_on == date(2026, 12, 31)
    browser.post(url, {"undo": "1"})
    assert User.objects.get(pk=world.consultant.pk).ends_on is None
    assert list(AuditEntry.objects.values_list("action", "changes")) == [
        ("reopen", {"ends_on": ["2026-12-31", ""]}),
        ("end", {"ends_on": ["", "2026-12-31"]}),
    ]


def test_nobody_leaves_before_arriving(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    person = make.person(starts_on=date(2026, 1, 5))
    url = reverse("accounts:person_end", args=[person.pk])
    page = browser.post(url, {"last_day": "2026-01-04"})
    assert "last_day" in page.context["form"].errors


def test_refused_line_break_in_a_name(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    url = reverse("accounts:person_edit", args=[world.consultant.pk])
    page = browser.post(url, fields(world.consultant, last_name="Morel\nBcc: x@y.example"))
    assert "last_name" in page.context["form"].errors


@pytest.mark.parametrize("page", ["accounts:person_list", "accounts:unit_list"])
def test_queries_do_not_grow_with_the_rows(world: World, page: str) -> None:
    browser = Browser()
    browser.force_login(world.administrator)
    one = queries(browser, page)
    for _ in range(3):
        make.person(
            unit=make.unit(parent=world.unit, manager=world.manager), manager=world.manager
        )
    assert queries(browser, page) == one


def queries(browser: Browser, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(reverse(page)).status_code == 200
    return len(seen)


def test_validation_names_the_person_s_own_field() -> None:
    with pytest.raises(ValidationError, match="language"):
        make.person(language="xx").full_clean()
