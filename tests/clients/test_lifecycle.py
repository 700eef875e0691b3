"""Clients are added, changed, ended and reopened, each time with a line in the audit log."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from clients import lifecycle
from clients.models import Client
from tests import make
from tests.clients import chartered
from tests.world import World

TODAY = date(2026, 11, 25)


def last_line() -> AuditEntry:
    line = AuditEntry.objects.first()
    assert line is not None
    return line


def test_create_says_what_was_filled_in(world: World, now: datetime) -> None:
    client = Client(ref="K1", name="Coop Verdane", unit=world.unit)
    lifecycle.create_client(client=client, actor=world.manager, now=now)
    line = last_line()
    assert (line.action, line.object_kind, line.object_ref) == ("create", "client", "K1")
    assert (line.actor, line.at) == (world.manager, now)
    assert line.changes == {
        "ref": ["", "K1"],
        "name": ["", "Coop Verdane"],
        "kind": ["", "external"],
        "unit": ["", "NORD"],
    }


def test_update_keeps_only_what_changed(world: World, now: datetime) -> None:
    world.client.name, world.client.unit = "Autre", world.other_unit
    lifecycle.update_client(client=world.client, actor=None, now=now)
    assert last_line().changes["unit"] == ["NORD", "SUD"]
    assert set(last_line().changes) == {"name", "unit"}
    found = Client.objects.matching("autre")
    assert list(found) == [world.client]


def test_update_without_a_change_writes_nothing(world: World, now: datetime) -> None:
    lifecycle.update_client(client=world.client, actor=None, now=now)
    assert not AuditEntry.objects.exists()


def test_end_is_refused_while_missions_run_and_names_them(world: World, now: datetime) -> None:
    with pytest.raises(ValidationError) as refusal:
        lifecycle.end_client(client=world.client, last_day=TODAY, actor=None, now=now)
    assert world.mission.title in str(refusal.value)
    world.client.refresh_from_db()
    assert world.client.ended_on is None
    assert not AuditEntry.objects.exists()


def test_end_names_five_missions_and_counts_them_all(world: World, now: datetime) -> None:
    for _ in range(6):
        make.mission(client=world.client)
    with pytest.raises(ValidationError, match=r"7 mission.*, …"):
        lifecycle.end_client(client=world.client, last_day=TODAY, actor=None, now=now)


def test_end_then_reopen(world: World, now: datetime) -> None:
    world.mission.ends_on = TODAY
    world.mission.save()
    lifecycle.end_client(client=world.client, last_day=TODAY, actor=world.manager, now=now)
    assert last_line().changes == {"ended_on": ["", "2026-11-25"]}
    assert world.client in Client.objects.current(TODAY)
    assert world.client in Client.objects.ended(date(2026, 11, 26))
    lifecycle.reopen_client(client=world.client, actor=world.manager, now=now)
    assert last_line().action == "reopen"
    assert world.client in Client.objects.current(date(2026, 11, 26))


def test_its_path_and_exceptions_end_with_it(world: World, now: datetime) -> None:
    world.mission.ends_on = TODAY
    world.mission.save()
    path = chartered.path_of(world.manager, client=world.client)
    kept = chartered.path_of(world.manager, client=world.other_client)
    exception = chartered.excepted(world.client, world.manager)
    lifecycle.end_client(client=world.client, last_day=TODAY, actor=world.manager, now=now)
    for row in (path, kept, exception):
        row.refresh_from_db()
    assert (path.state, path.ended_at, path.outcome) == ("over", now, "")
    assert kept.is_open
    assert exception.closed_at == now
    ended = set(AuditEntry.objects.filter(action="end").values_list("object_kind", flat=True))
    assert ended == {"client", "path", "charter_exception"}


def test_end_in_the_past_is_refused(world: World, now: datetime) -> None:
    with pytest.raises(ValidationError) as refusal:
        lifecycle.end_client(client=world.client, last_day=date(2026, 11, 24), actor=None, now=now)
    assert set(refusal.value.message_dict) == {"last_day"}


def test_reopening_what_is_open_is_harmless(world: World, now: datetime) -> None:
    lifecycle.reopen_client(client=world.client, actor=None, now=now)
    assert not AuditEntry.objects.exists()


def test_people_working_are_counted_once_and_only_while_there(world: World) -> None:
    second = make.mission(client=world.client)
    make.assignment(person=world.consultant, mission=second)
    make.assignment(mission=second, ends_on=date(2026, 11, 24))
    make.assignment(mission=second, starts_on=date(2026, 11, 26))
    make.assignment(mission=second, person=make.person(is_active=False))
    assert Client.objects.all().working(TODAY) == {world.client.pk: 1, world.other_client.pk: 1}
    make.assignment(mission=second, ends_on=TODAY)
    assert Client.objects.all().working(TODAY)[world.client.pk] == 2
