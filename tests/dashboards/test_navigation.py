"""The menu: each role has its pages, roles add up, and strangers cost nothing."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils.translation import override

from accounts.models import User
from dashboards.navigation import menu, navigation, role_of, tabs
from tests import make
from tests.matrix import Row
from tests.test_matrix import all_rows
from tests.world import ROLES, World


def request_of(address: str, user: User | AnonymousUser) -> object:
    request = RequestFactory().get(address)
    request.user = user
    request.resolver_match = resolve(address)
    return request


def links(groups: object) -> list[str]:
    return [item.url for group in groups for item in group["items"]]


@pytest.mark.parametrize("role", ROLES[1:])
def test_everything_in_a_persons_menu_opens_for_them(world: World, role: str) -> None:
    person = world.person(role)
    assert person is not None
    request = request_of("/", person)
    found = links(menu(request, person)) or [item.url for item in tabs(request, person)]
    expected = {row.name: row for row in all_rows() if row.method == "get"}
    for address in found:
        row: Row = expected[resolve(address).view_name]
        assert row.expected(role) in (200, 302), address


def test_consultants_have_tabs_and_no_side_bar(world: World) -> None:
    found = navigation(request_of("/history/", world.consultant))
    assert not found["navigation"]
    assert [item.url for item in found["tabs"] if item.current] == [reverse("dashboards:history")]
    assert reverse("dashboards:firm") in [item.url for item in found["tabs"]]


def test_roles_add_up(world: World) -> None:
    both = make.person(is_manager=True, is_consultant=True, is_referent=True)
    found = links(menu(request_of("/", both), both))
    for name in ("dashboards:overview", "dashboards:history", "accounts:talk_contact_list"):
        assert reverse(name) in found
    # Whoever reads all figures has them in the overview.
    assert reverse("dashboards:firm") not in found
    assert len(found) - len(set(found)) <= 1


def test_an_administrator_configures_and_reads_no_figure(world: World) -> None:
    request = request_of("/settings/", world.administrator)
    found = links(menu(request, world.administrator))
    assert reverse("surveys:question_list") in found
    for name in ("overview", "firm", "client_list", "profile_list", "load"):
        assert reverse(f"dashboards:{name}") not in found


def test_what_everybody_reads_stands_once_in_every_menu(world: World) -> None:
    """The administrator has neither the pages of figures nor those of first contact."""
    request = request_of("/settings/", world.administrator)
    found = links(menu(request, world.administrator))
    for name in ("followup:promise_list", "dashboards:exceptions"):
        assert found.count(reverse(name)) == 1
    steering = links(menu(request_of("/", world.manager), world.manager))
    assert steering.count(reverse("followup:promise_list")) == 1
    assert reverse("dashboards:exceptions") not in steering


def test_the_page_of_a_client_lights_up_clients(world: World) -> None:
    address = reverse("dashboards:client", kwargs={"pk": 1})
    groups = menu(request_of(address, world.manager), world.manager)
    current = [item.url for group in groups for item in group["items"] if item.current]
    assert current == [reverse("dashboards:client_list")]


def test_a_page_that_knows_how_much_is_to_handle_is_not_asked_again(world: World) -> None:
    request = request_of("/overview/", world.manager)
    with CaptureQueriesContext(connection) as captured:
        groups = menu(request, world.manager, count=7)
    assert not captured.captured_queries
    counts = {item.url: item.count for group in groups for item in group["items"]}
    assert counts.pop(reverse("followup:alert_list")) == 7
    assert not any(counts.values())


def test_nothing_is_looked_up_before_it_is_shown(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        navigation(request_of("/", AnonymousUser()))
        navigation(request_of("/", world.manager))
    assert not captured.captured_queries


def test_a_strangers_page_has_neither_menu_nor_name(db: None) -> None:
    found = navigation(request_of("/", AnonymousUser()))
    assert set(found) == {
        "firm_name", "help_email", "people_needed", "comment_people", "profile_people",
        "threshold_news",
    }  # fmt: skip


def test_roles_are_told_in_words(db: None) -> None:
    person = make.person(is_manager=True, is_referent=True, is_consultant=False)
    with override("en"):
        assert role_of(person, "Lumen") == "Manager, well-being referent · Lumen"
        assert role_of(make.person(), "") == "Consultant"


def test_the_frame_names_the_firm_and_its_help(world: World) -> None:
    make.firm(name="Atelier Lumen", help_email="aide@lumen.example")
    found = navigation(request_of("/", world.consultant))
    assert str(found["firm_name"]) == "Atelier Lumen"
    assert str(found["help_email"]) == "aide@lumen.example"
    assert "Atelier Lumen" in str(found["person_role"])
