"""Who reads which load, and from when on."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balancing import compute, reading
from balancing.perms import MANAGERS_WAIT, can_read_loads
from tests import make
from tests.balancing import staffed
from tests.balancing.staffed import Staffed

pytestmark = pytest.mark.django_db


def computed(rounds: int = 2) -> tuple[Staffed, datetime]:
    made = staffed.firm(rounds)
    closed = made.last.closes_at
    compute.load_due(now=closed)
    return made, closed


def test_the_person_at_once_managers_seven_days_later() -> None:
    made, closed = computed()
    row = reading.own_load(made.loaded, closed)
    assert row is not None
    assert row.load_pass.round == made.last
    newest = reading.latest_pass(closed + MANAGERS_WAIT)
    assert newest is not None
    assert newest.round == made.last
    early = closed + MANAGERS_WAIT - timedelta(minutes=1)
    shown = reading.latest_pass(early)
    assert shown is not None
    assert shown.round == made.rounds[0]
    rows = reading.loads_for(made.manager, early)
    assert {row.load_pass.round for row in rows} == {made.rounds[0]}


def test_nothing_yet() -> None:
    made = staffed.firm(2)
    now = made.last.closes_at
    assert reading.latest_pass(now) is None
    assert reading.own_load(made.loaded, now) is None
    assert not reading.loads_for(made.manager, now).exists()
    assert reading.firm_trend(now) == []


def test_somebody_without_a_mission_has_no_line() -> None:
    _, closed = computed()
    assert reading.own_load(make.person(), closed) is None


def test_a_manager_reads_their_units_sub_units_and_reports() -> None:
    made, closed = computed()
    later = closed + MANAGERS_WAIT
    assert reading.loads_for(made.manager, later).count() == staffed.PEOPLE
    assert reading.loads_for(made.above, later).count() == staffed.PEOPLE
    assert reading.loads_for(made.above, later, made.unit.pk).count() == staffed.PEOPLE
    stranger = make.person(is_manager=True)
    assert not reading.loads_for(stranger, later).exists()
    made.people[3].manager = stranger
    made.people[3].save()
    assert [row.person for row in reading.loads_for(stranger, later)] == [made.people[3]]
    elsewhere = make.unit()
    assert not reading.loads_for(stranger, later, elsewhere.pk).exists()


@pytest.mark.parametrize("role", ["is_consultant", "is_referent", "is_administrator"])
def test_no_other_role_reads_loads(role: str) -> None:
    made, closed = computed()
    reader = make.person(**{"is_consultant": False, role: True})
    made.unit.manager = reader
    made.unit.save()
    assert not can_read_loads(reader)
    assert not reading.loads_for(reader, closed + MANAGERS_WAIT).exists()


def test_trend_has_one_point_a_published_period() -> None:
    made, closed = computed(8)
    cells: staffed.Cells = {("firm", "", "overall"): (62, 59, 65)}
    for row in (made.rounds[-2], made.rounds[-1]):
        staffed.release(row.period, cells)
    later = closed + MANAGERS_WAIT
    points = reading.firm_trend(later)
    assert [point.last_round_on for point in points] == [r.starts_on for r in made.rounds[-2:]]
    assert points[-1].compared == staffed.PEOPLE
    assert [point.starts_on for point in points] == [r.period.starts_on for r in made.rounds[-2:]]
    assert len(reading.firm_trend(later - timedelta(minutes=1))) == 1


def test_demands_of_a_round_most_demanding_first() -> None:
    _, closed = computed()
    newest = reading.latest_pass(closed, managers=False)
    assert newest is not None
    rows = list(reading.mission_demands(newest))
    assert [row.demand for row in rows] == [7.0] * 5 + [2.0] * 4
    assert [row.demanding for row in rows] == [True] * 5 + [False] * 4


def test_reading_takes_the_same_queries_for_many_people() -> None:
    made, closed = computed()
    reader = make.person(is_manager=True)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            rows = list(reading.loads_for(reader, closed + MANAGERS_WAIT))
            reading.carried(rows)
            assert all(row.person.full_name for row in rows)
        return len(found)

    made.people[0].manager = reader
    made.people[0].save()
    one = count()
    type(reader).objects.filter(unit=made.unit).update(manager=reader)
    assert count() == one
