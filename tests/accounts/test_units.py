"""The tree of units."""

from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, OrgUnit
from accounts.units import parents_cycle, tree
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db


def test_tree_of_what_one_sees(world: World) -> None:
    (top,) = tree([world.root, world.unit, world.other_unit], {world.unit.pk: 3})
    assert [branch.unit for branch in top.children] == [world.unit, world.other_unit]
    assert [branch.people for branch in top.children] == [3, 0]
    # A manager who does not see the root starts at their own unit.
    assert [branch.unit for branch in tree([world.unit], {})] == [world.unit]


def test_page_shows_the_whole_tree_once(world: World, browser: Browser) -> None:
    browser.force_login(world.referent)
    page = browser.get(reverse("accounts:unit_list")).content.decode()
    for unit in OrgUnit.objects.all():
        assert page.count(f"<strong>{unit.name}</strong>") == 1


def test_create_and_edit(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    data = {"ref": "EST", "name": "Est", "parent": world.root.pk, "manager": world.manager.pk}
    assert browser.post(reverse("accounts:unit_create"), data).status_code == 302
    unit = OrgUnit.objects.get(ref="EST")
    assert (unit.parent, unit.manager) == (world.root, world.manager)
    browser.post(reverse("accounts:unit_edit", args=[unit.pk]), data | {"name": "Grand Est"})
    assert list(AuditEntry.objects.values_list("action", "object_ref", "changes")) == [
        ("edit", "EST", {"name": ["Est", "Grand Est"]}),
        ("create", "EST", {}),
    ]


def test_units_may_not_go_round(world: World, browser: Browser) -> None:
    assert parents_cycle(world.root, world.unit) == ["ROOT", "NORD"]
    assert parents_cycle(world.unit, world.other_unit) == []
    browser.force_login(world.administrator)
    data = {"name": "Direction", "parent": world.unit.pk, "manager": ""}
    page = browser.post(reverse("accounts:unit_edit", args=[world.root.pk]), data)
    assert "NORD" in page.context["form"].errors["parent"][0]
    assert OrgUnit.objects.get(pk=world.root.pk).parent is None


def test_unit_with_people_or_sub_units_does_not_end(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    for unit in (world.root, world.unit):
        page = browser.post(
            reverse("accounts:unit_end", args=[unit.pk]), {"last_day": "2026-11-30"}
        )
        assert page.context["form"].non_field_errors()
    assert not OrgUnit.objects.exclude(ended_on=None).exists()


def test_end_and_reopen(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    empty = make.unit(parent=world.root)
    url = reverse("accounts:unit_end", args=[empty.pk])
    browser.post(url, {"last_day": "2026-11-30"})
    assert OrgUnit.objects.get(pk=empty.pk).ended_on == date(2026, 11, 30)
    assert browser.get(url).status_code == 200
    browser.post(url, {"undo": "1"})
    assert OrgUnit.objects.get(pk=empty.pk).ended_on is None
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"end", "reopen"}
