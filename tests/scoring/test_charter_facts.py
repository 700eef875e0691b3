"""Charter facts of clients: the newest known at a time, for those who may read them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients import charter as charters
from clients import sheets
from scoring.charter_facts import Facts, charter_facts, judged
from scoring.publication import SystemViewer
from tests import make
from tests.clients import chartered
from tests.world import World

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
JOB = SystemViewer("test")


def test_a_sheet_is_told_value_by_value(world: World) -> None:
    row = chartered.sheet(world.client, world.referent, "srn", now=NOW)
    first, second, third = (value.pk for value in charters.chosen(row.charter))
    assert charter_facts(viewer=JOB, at=NOW) == {
        world.client.pk: Facts(
            client=world.client.pk,
            judged_at=NOW,
            source="sheet",
            charter=row.charter_id,
            verdicts={first: "seen", second: "contrary", third: "not_seen"},
            ours={first: "kept"},
            red_lines=(second,),
        )
    }


def test_the_newest_known_then_is_told(world: World) -> None:
    chartered.sheet(world.client, world.referent, "ss", now=NOW)
    chartered.sheet(world.client, world.referent, "cc", now=NOW + timedelta(weeks=17))
    before = NOW - timedelta(minutes=1)
    assert charter_facts(viewer=JOB, at=before) == {}
    told = charter_facts(viewer=JOB, at=NOW + timedelta(weeks=16))
    assert set(told[world.client.pk].verdicts.values()) == {"seen"}
    told = charter_facts(viewer=JOB, at=NOW + timedelta(weeks=17))
    assert set(told[world.client.pk].verdicts.values()) == {"contrary"}


def test_a_withdrawn_sheet_is_told_at_no_time_and_the_one_before_is(world: World) -> None:
    first = chartered.sheet(world.client, world.referent, "ss", now=NOW)
    later = NOW + timedelta(weeks=17)
    second = chartered.sheet(world.client, world.referent, "cc", now=later)
    sheets.withdraw_sheet(sheet=second, by=world.referent, now=later + timedelta(days=1))
    for moment in (later, later + timedelta(days=2)):
        told = charter_facts(viewer=JOB, at=moment)[world.client.pk]
        assert (told.judged_at, set(told.verdicts.values())) == (NOW, {"seen"})
    sheets.withdraw_sheet(sheet=first, by=world.referent, now=later + timedelta(days=1))
    assert charter_facts(viewer=JOB, at=later + timedelta(days=2)) == {}


def test_read_like_the_figures_of_a_client(world: World) -> None:
    for client in (world.client, world.other_client):
        chartered.sheet(client, world.referent, "ss", now=NOW)
    readable = {
        role: {
            client
            for client in (world.client, world.other_client)
            if client.pk in charter_facts(viewer=world.person(role), at=NOW)
        }
        for role in ("consultant", "other_consultant", "manager", "referent", "administrator")
    }
    both = {world.client, world.other_client}
    assert readable == {
        "consultant": {world.client},
        "other_consultant": {world.other_client},
        "manager": both,
        "referent": both,
        "administrator": set(),
    }
    # Somebody who is to come reads nothing of the client yet.
    tomorrow = timezone.localdate() + timedelta(days=1)
    world.assignment.starts_on, world.assignment.ends_on = tomorrow, None
    world.assignment.save()
    assert charter_facts(viewer=world.consultant, at=NOW) == {}
    assert charter_facts(viewer=world.referent, at=NOW, clients=[]) == {}
    only = charter_facts(viewer=world.referent, at=NOW, clients=[world.other_client.pk])
    assert set(only) == {world.other_client.pk}


@pytest.mark.parametrize("clients", [1, 3])
def test_three_queries_whatever_the_number_of_clients(world: World, clients: int) -> None:
    for _ in range(clients):
        client = make.client()
        make.assignment(mission=make.mission(client=client))
        chartered.sheet(client, world.referent, "ss", now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert len(charter_facts(viewer=JOB, at=NOW)) == clients
    assert len(queries) == 3


def test_in_words_for_a_page_what_is_not_known_is_empty(world: World) -> None:
    chartered.sheet(world.client, world.referent, "srn", now=NOW)
    facts = charter_facts(viewer=JOB, at=NOW)[world.client.pk]
    shown = judged(facts)
    assert [(one.ours, one.ours_label) for one in shown] == [("kept", "tenu"), ("", ""), ("", "")]
    assert [one.verdict_label for one in shown] == ["vu", "contraire", "pas encore vu"]
    assert [one.red_line for one in shown] == [False, True, False]
    assert [one.value.position for one in shown] == [1, 2, 3]
