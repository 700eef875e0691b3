"""Rights on pages of figures, as sentences."""

from datetime import datetime

import pytest

from accounts.models import User
from accounts.perms import Refused
from clients.models import Client
from dashboards import perms
from dashboards.client_page import story
from followup.models import Alert
from tests import make
from tests.world import World


@pytest.mark.parametrize("role", ["manager", "other_manager", "referent", "consultant"])
def test_who_reads_a_client(world: World, role: str) -> None:
    person = world.person(role)
    assert person is not None
    assert perms.client_for(person, world.client.pk) == world.client


@pytest.mark.parametrize("role", ["other_consultant", "administrator"])
def test_who_does_not(world: World, role: str) -> None:
    person = world.person(role)
    assert person is not None
    with pytest.raises(Refused):
        perms.client_for(person, world.client.pk)


@pytest.mark.parametrize("role", ["manager", "other_manager", "referent"])
def test_amounts_are_read_by_those_who_read_every_figure(world: World, role: str) -> None:
    person = world.person(role)
    assert person is not None
    assert perms.can_read_amounts(person)


@pytest.mark.parametrize("role", ["consultant", "other_consultant", "administrator"])
def test_nobody_else_reads_an_amount(world: World, role: str) -> None:
    person = world.person(role)
    assert person is not None
    assert not perms.can_read_amounts(person)


def test_a_former_client_stays_readable(world: World) -> None:
    world.assignment.ends_on = world.assignment.starts_on
    world.assignment.save()
    assert perms.client_for(world.consultant, world.client.pk) == world.client


def test_what_does_not_exist_is_refused_like_what_is_not_theirs(world: World) -> None:
    for look_up in (perms.client_for, perms.profile_for):
        with pytest.raises(Refused):
            look_up(world.manager, 10**9)


def test_a_profile_is_everybodys_but_an_administrators(world: World) -> None:
    assert perms.profile_for(world.other_consultant, world.profile.pk) == world.profile
    with pytest.raises(Refused):
        perms.profile_for(world.administrator, world.profile.pk)


def test_an_open_alert_is_offered_to_those_who_read_it(world: World, now: datetime) -> None:
    asked = make.round_()
    alert = Alert.objects.create(
        rule=Alert.Rule.CLIENT_BELOW,
        client=world.client,
        opened_at=now,
        opened_round=asked,
        seen_round=asked,
        managers_from=now,
        reason={"withdrawn": True},
    )

    def told(person: User, client: Client) -> tuple[list[int], list[int], int]:
        found = story(person, client, now, {})
        closed = [one.card.pk for one in found.closed]
        return [card.pk for card in found.open], closed, len(found.said)

    assert told(world.manager, world.client) == ([alert.pk], [], 0)
    assert told(world.manager, world.other_client) == ([], [], 0)
    assert told(world.consultant, world.client) == ([], [], 0)
    Alert.objects.update(
        state=Alert.State.CLOSED, closed_at=now, closing="Fait.", closed_by=world.manager
    )
    assert told(world.manager, world.client) == ([], [alert.pk], 0)
    # Whoever works there reads the sentence, and nothing else of the alert.
    assert told(world.consultant, world.client) == ([], [], 1)
    assert told(world.consultant, world.other_client) == ([], [], 0)


def test_a_consultant_who_manages_an_account_is_not_led_to_change_it_here(world: World) -> None:
    world.client.account_manager = world.consultant
    assert not perms.can_edit_client(world.consultant, world.client)
    assert perms.can_edit_client(world.manager, world.client)
