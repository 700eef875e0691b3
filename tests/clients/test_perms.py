"""Who may see, change, end and add clients: one list of who may, one of who may not."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.perms import Refused
from clients import perms
from clients.models import Client
from tests import make
from tests.world import World

EVERYBODY = (
    "consultant", "other_consultant", "manager", "other_manager", "referent", "administrator",
)  # fmt: skip


def who(world: World, allowed: object) -> set[str]:
    return {role for role in EVERYBODY if allowed(world.person(role))}  # type: ignore[operator]  # -- every role but anonymous is a person


def test_the_list_is_for_those_who_read_staffing(world: World) -> None:
    staff = {"manager", "other_manager", "referent", "administrator"}
    assert who(world, perms.reads_staffing) == staff
    assert who(world, perms.can_see_clients) == staff


def test_creating(world: World) -> None:
    makers = {"manager", "other_manager", "administrator"}
    assert who(world, perms.can_create_client) == makers
    without_unit = make.person(is_manager=True)
    assert not perms.can_create_client(without_unit)


def test_leading_and_editing(world: World) -> None:
    leaders = {"manager", "administrator"}
    assert who(world, lambda user: perms.can_lead_client(user, world.client)) == leaders
    assert who(world, lambda user: perms.can_edit_client(user, world.client)) == leaders


def test_a_manager_leads_the_clients_of_sub_units(world: World) -> None:
    below = make.unit(parent=world.unit)
    client = make.client(unit=below)
    assert perms.can_lead_client(world.manager, client)
    assert not perms.can_lead_client(world.other_manager, client)


def test_an_account_manager_edits_their_client_and_does_not_end_it(world: World) -> None:
    world.client.account_manager = world.consultant
    world.client.save()
    assert perms.can_see_clients(world.consultant)
    assert perms.can_edit_client(world.consultant, world.client)
    assert not perms.can_lead_client(world.consultant, world.client)
    assert list(perms.clients_visible_to(world.consultant)) == [world.client]
    assert perms.client_to_edit_for(world.consultant, world.client.pk) == world.client
    with pytest.raises(PermissionDenied):
        perms.client_to_lead_for(world.consultant, world.client.pk)


def test_lists_of_rights_agree_with_the_sentences(world: World) -> None:
    clients = list(Client.objects.all())
    for role in EVERYBODY:
        user = world.person(role)
        assert user is not None
        edit = {row.pk for row in clients if perms.can_edit_client(user, row)}
        lead = {row.pk for row in clients if perms.can_lead_client(user, row)}
        assert set(perms.clients_editable_by(user).values_list("pk", flat=True)) == edit
        assert perms.led_among(user, clients) == lead


def test_owning_units_are_ones_own_and_open(world: World) -> None:
    world.other_unit.ended_on = "2026-01-01"
    world.other_unit.save()
    assert set(perms.owning_units_for(world.administrator)) == {world.root, world.unit}
    assert set(perms.owning_units_for(world.manager)) == {world.unit}
    assert set(perms.owning_units_for(world.referent)) == set()


def test_not_mine_and_not_there_are_the_same(world: World) -> None:
    for pk in (world.client.pk, 999_999):
        with pytest.raises(Refused):
            perms.client_for(world.consultant, pk)
    with pytest.raises(PermissionDenied):
        perms.client_to_edit_for(world.referent, world.client.pk)
    assert perms.client_to_lead_for(world.manager, world.client.pk) == world.client
