"""The staffing pages of clients, as a browser meets them."""

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from clients.models import Client
from tests import make
from tests.world import World

LIST = reverse("clients:client_list")
NEW = reverse("clients:client_create")


@pytest.fixture
def boss(world: World, browser: Browser) -> Browser:
    """The administrator's browser."""
    browser.force_login(world.administrator)
    return browser


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def typed(world: World, **rest: str) -> dict[str, str]:
    values = {
        "ref": "K1", "name": "Coop Verdane", "kind": "external", "sector": "Agro",
        "unit": str(world.unit.pk), "account_manager": "",
    }  # fmt: skip
    return values | rest


def named(name: str, **rest: Any) -> Client:
    return make.client(name=name, **rest)


# --- the list --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_firm_without_clients_is_not_told_to_search_better(browser: Browser) -> None:
    browser.force_login(make.person(is_consultant=False, is_administrator=True, language="en"))
    said = text(browser.get(LIST))
    assert "No client yet" in said
    assert f'class="btn" href="{NEW}"' in said
    make.client(name="Orsel")
    assert "No client yet" not in text(browser.get(LIST, {"q": "Verdane"}))


def test_a_consultant_who_holds_an_account_finds_its_answers(
    world: World, browser: Browser
) -> None:
    """Who never worked there has no page of that client to start from."""
    answers = reverse("dashboards:client_answers", args=[world.other_client.pk])
    Client.objects.filter(pk=world.other_client.pk).update(account_manager=world.consultant)
    browser.force_login(world.consultant)
    assert LIST in text(browser.get(reverse("dashboards:home")))
    assert answers in text(browser.get(LIST))
    assert browser.get(answers).status_code == 200
    browser.force_login(world.manager)
    assert answers not in text(browser.get(LIST))
    browser.force_login(world.other_consultant)
    assert LIST not in text(browser.get(reverse("dashboards:home")))


def test_internal_products_stand_apart_below(world: World, boss: Browser) -> None:
    named("Alpha produit", kind=Client.Kind.INTERNAL)
    groups = [row.client.kind for row in boss.get(LIST).context["rows"]]
    assert groups == ["external", "external", "internal"]


@pytest.mark.parametrize("state", ["current", "ended", "all"])
def test_ended_clients_are_shown_on_demand(world: World, boss: Browser, state: str) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    gone = named("Partie", ended_on=yesterday)
    shown = {row.client for row in boss.get(LIST, {"state": state}).context["rows"]}
    here = {world.client, world.other_client}
    assert shown == {"current": here, "ended": {gone}, "all": here | {gone}}[state]


def test_the_number_of_people_there_today_is_shown(world: World, boss: Browser) -> None:
    rows = {row.client: row.people for row in boss.get(LIST).context["rows"]}
    assert rows[world.client] == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["guessan", "N'GUESSAN-KOUAME", "N’Guessan", "kouamé n'g"])
def test_search_finds_whatever_the_accents(
    world: World, boss: Browser, asked: str, form: str
) -> None:
    found = named(unicodedata.normalize(form, "N'Guessan-Kouamé"))
    for typed_as in ("NFC", "NFD"):
        rows = boss.get(LIST, {"q": unicodedata.normalize(typed_as, asked)}).context["rows"]
        assert [row.client for row in rows] == [found]


def test_a_manager_filters_by_their_own_units(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    rows = browser.get(LIST, {"unit": world.unit.pk}).context["rows"]
    assert [row.client for row in rows] == [world.client]


@pytest.mark.parametrize("unit", ["not mine", "not there"])
def test_a_unit_that_is_not_mine_is_404_with_one_line(
    world: World, browser: Browser, unit: str
) -> None:
    browser.force_login(world.manager)
    pk = world.other_unit.pk if unit == "not mine" else 999_999
    assert browser.get(LIST, {"unit": pk}).status_code == 404
    line = AuditEntry.objects.get()
    assert (line.actor, line.object_kind, line.object_ref) == (world.manager, "unit", str(pk))


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "password"},
        {"sort": "client__missions__person__user__password"},
        {"sort": "\x00"},
        {"state": "a.b"},
        {"unit": "abc"},
        {"q": "x" * 500},
        {"q": "a\x00b"},
        {"page": "0"},
        {"page": "9" * 20},
        {"page": "two"},
    ],
)
def test_what_makes_no_sense_is_ignored_and_said(
    world: World, boss: Browser, query: dict[str, str]
) -> None:
    response = boss.get(LIST, query)
    assert len(response.context["notices"]) == 1
    assert response.context["notices"][0] in text(response)
    assert [row.client for row in response.context["rows"]] == [world.client, world.other_client]


@pytest.mark.parametrize("sort", ["name", "-name", "sector", "unit", "manager"])
def test_every_order_of_the_list(world: World, boss: Browser, sort: str) -> None:
    rows = boss.get(LIST, {"sort": sort}).context["rows"]
    names = [row.client.name for row in rows]
    assert names == sorted(names, reverse=sort == "-name")


def test_queries_do_not_grow_with_the_list(world: World, browser: Browser) -> None:
    Client.objects.update(ended_on=timezone.localdate() - timedelta(days=1))
    browser.force_login(world.manager)
    counts = []
    for n in range(3):
        client = named(f"Maison {n}", account_manager=make.person(), unit=make.unit())
        make.assignment(mission=make.mission(client=client))
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get(LIST))
        assert f"Maison {n}" in page
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20


# --- the form --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["O'Brien", "N'Guessan-Kouamé", "李", "X", "é" * 120, "e\u0301tude"]
)
def test_names_are_kept_as_typed(world: World, boss: Browser, name: str) -> None:
    assert boss.post(NEW, typed(world, name=name)).status_code == 302
    assert Client.objects.get(ref="K1").name == name
    line = AuditEntry.objects.get(object_kind="client")
    assert (line.action, line.actor) == ("create", world.administrator)


def test_a_reference_that_is_taken_is_said_in_plain_words(world: World, boss: Browser) -> None:
    said = text(boss.post(NEW, typed(world, ref=world.client.ref)))
    assert "Cette référence est déjà prise" in said
    assert "Coop Verdane" in said


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\u202eb", "a\x07b", "a\u2028b"])
def test_control_characters_are_refused_beside_the_field(
    world: World, boss: Browser, name: str
) -> None:
    response = boss.post(NEW, typed(world, name=name))
    assert set(response.context["form"].errors) == {"name"}
    page = text(response)
    assert 'value="Agro"' in page
    assert "<title>Err" in page
    assert not Client.objects.filter(ref="K1").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "   "), ("name", "x" * 121), ("ref", "x" * 41), ("kind", "other"),
        ("unit", "999999"), ("account_manager", "999999"), ("unit", ""),
    ],
)  # fmt: skip
def test_an_error_keeps_everything_typed(
    world: World, boss: Browser, field: str, value: str
) -> None:
    response = boss.post(NEW, typed(world, **{field: value}))
    assert set(response.context["form"].errors) == {field}
    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == typed(world, **{field: value})


def test_a_reference_is_unique(world: World, boss: Browser) -> None:
    response = boss.post(NEW, typed(world, ref=world.client.ref))
    assert set(response.context["form"].errors) == {"ref"}


def test_what_looks_like_a_template_is_text(world: World, boss: Browser) -> None:
    name = "{{ settings.SECRET_KEY }}{% debug %}${7*7}<b>"
    boss.post(NEW, typed(world, name=name))
    assert Client.objects.get(ref="K1").name == name
    shown = text(boss.get(LIST))
    assert "{{ settings.SECRET_KEY }}{% debug %}${7*7}&lt;b&gt;" in shown


def test_a_manager_gives_clients_to_their_own_units_only(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    response = browser.post(NEW, typed(world, unit=str(world.other_unit.pk)))
    assert set(response.context["form"].errors) == {"unit"}
    assert browser.post(NEW, typed(world)).status_code == 302


def test_an_administrator_holds_no_account(world: World, boss: Browser) -> None:
    response = boss.post(NEW, typed(world, account_manager=str(world.administrator.pk)))
    assert set(response.context["form"].errors) == {"account_manager"}


def test_an_account_manager_changes_the_name_not_the_unit(world: World, browser: Browser) -> None:
    world.client.account_manager = world.consultant
    world.client.save()
    browser.force_login(world.consultant)
    sent = typed(
        world,
        unit=str(world.other_unit.pk),
        account_manager=str(world.consultant.pk),
        ref="OTHER",
    )
    url = reverse("clients:client_edit", args=[world.client.pk])
    assert browser.post(url, sent).status_code == 302
    ref = world.client.ref
    world.client.refresh_from_db()
    assert (world.client.name, world.client.unit) == ("Coop Verdane", world.unit)
    assert world.client.ref == ref


# --- ending, history -------------------------------------------------------------------------


def test_end_names_the_missions_then_ends_then_reopens(world: World, boss: Browser) -> None:
    url = reverse("clients:client_end", args=[world.client.pk])
    today = timezone.localdate()
    page = text(boss.post(url, {"last_day": today.isoformat()}))
    assert world.mission.title in page
    world.mission.ends_on = today
    world.mission.save()
    assert boss.post(url, {"last_day": today.isoformat()}).status_code == 302
    world.client.refresh_from_db()
    assert world.client.ended_on == today
    boss.post(reverse("clients:client_reopen", args=[world.client.pk]))
    world.client.refresh_from_db()
    assert world.client.ended_on is None


@pytest.mark.parametrize("day", ["", "hier", "2026-02-30", "1700-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_said(world: World, boss: Browser, day: str) -> None:
    url = reverse("clients:client_end", args=[world.client.pk])
    response = boss.post(url, {"last_day": day})
    assert set(response.context["form"].errors) == {"last_day"}
    assert f'value="{day}"' in text(response) or not day


def test_history_tells_who_changed_what_in_words(world: World, boss: Browser) -> None:
    edit = reverse("clients:client_edit", args=[world.client.pk])
    boss.post(edit, typed(world, kind="internal", unit=str(world.other_unit.pk)))
    boss.post(edit, typed(world, kind="internal", unit=str(world.other_unit.pk)))
    response = boss.get(reverse("clients:client_history", args=[world.client.pk]))
    (line,) = response.context["lines"]
    assert line.who == world.administrator.full_name
    changes = {change.after: change.before for change in line.changes}
    assert changes["Sud"] == "Nord"
    assert changes["Coop Verdane"].startswith("Client ")
    assert "Sud" in text(response)


def test_queries_do_not_grow_with_the_history(world: World, boss: Browser) -> None:
    edit = reverse("clients:client_edit", args=[world.client.pk])
    counts = []
    for n in range(3):
        unit = world.unit if n % 2 else world.other_unit
        boss.post(edit, typed(world, name=f"Nom {n}", unit=str(unit.pk)))
        with CaptureQueriesContext(connection) as queries:
            page = text(boss.get(reverse("clients:client_history", args=[world.client.pk])))
        assert f"Nom {n}" in page
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20
