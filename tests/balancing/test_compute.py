"""Loads of closed rounds: what counts, what is frozen, and doing it twice."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from balancing import compute
from balancing.models import Load, LoadPass, MissionDemand
from missions.models import Absence, Assignment
from scoring.models import Release
from tests import make, simulated
from tests.balancing import staffed

pytestmark = pytest.mark.django_db


def rows_of(model: Any) -> list[dict[str, Any]]:
    """All rows without their ids and without the moment they were made."""
    hidden = ("id", "load_pass_id", "made_at")
    rows = model.objects.order_by("pk").values()
    return [{key: value for key, value in row.items() if key not in hidden} for row in rows]


def run(rounds: list[Any]) -> str:
    return compute.load_due(now=rounds[-1].closes_at + timedelta(hours=1))


def test_nothing_is_due_before_a_close() -> None:
    made = staffed.firm(2)
    assert compute.load_due(now=made.rounds[0].closes_at - timedelta(hours=1)) == ""
    assert compute.load_due(now=made.rounds[0].closes_at) == "1 round(s) of loads computed"
    assert LoadPass.objects.get().round == made.rounds[0]


def test_a_round_that_never_opened_has_no_load() -> None:
    made = staffed.firm(2)
    type(made.last).objects.filter(pk=made.last.pk).update(opened_at=None)
    assert run(made.rounds) == "1 round(s) of loads computed"


def test_twice_leaves_equal_rows() -> None:
    made = staffed.firm(4)
    run(made.rounds)
    first = [rows_of(model) for model in (LoadPass, Load, MissionDemand)]
    assert run(made.rounds) == ""
    assert [rows_of(model) for model in (LoadPass, Load, MissionDemand)] == first
    LoadPass.objects.all().delete()
    run(made.rounds)
    assert [rows_of(model) for model in (LoadPass, Load, MissionDemand)] == first


def test_one_by_one_or_at_once_is_the_same() -> None:
    made = staffed.firm(6)
    for row in made.rounds:
        compute.load_due(now=row.closes_at)
    first = [rows_of(model) for model in (LoadPass, Load, MissionDemand)]
    LoadPass.objects.all().delete()
    run(made.rounds)
    assert [rows_of(model) for model in (LoadPass, Load, MissionDemand)] == first


def test_killed_while_it_writes_leaves_nothing_and_recovers() -> None:
    made = staffed.firm(2)
    with (
        mock.patch.object(compute, "_plain", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(made.rounds)
    assert not LoadPass.objects.exists()
    assert not MissionDemand.objects.exists()
    assert run(made.rounds) == "2 round(s) of loads computed"


def test_another_worker_was_first() -> None:
    made = staffed.firm(2)
    find = compute._find

    def overtaken(past: Any, figures: Any) -> Any:
        found = find(past, figures)
        make_pass(past.round)
        return found

    with mock.patch.object(compute, "_find", overtaken):
        assert run(made.rounds) == ""
    assert LoadPass.objects.count() == 2
    assert not Load.objects.exists()


def make_pass(round_: Any) -> LoadPass:
    return LoadPass.objects.create(round=round_, formula_version=1, made_at=round_.closes_at)


def test_another_fault_is_not_hidden() -> None:
    made = staffed.firm(2)
    with (
        mock.patch.object(compute, "insert_rows", side_effect=IntegrityError),
        pytest.raises(IntegrityError),
    ):
        run(made.rounds)


def test_a_firm_without_staffing_is_done_too() -> None:
    make.firm()
    make.round_()
    asked = make.round_(make.date(2026, 12, 8))
    assert compute.load_due(now=asked.closes_at) == "2 round(s) of loads computed"
    newest = LoadPass.objects.first()
    assert newest is not None
    assert (newest.threshold, newest.compared, newest.indices) == (None, 0, {})
    # Somebody is staffed later: the empty rounds before know no threshold.
    later = make.round_(make.date(2027, 1, 5))
    make.assignment(starts_on=make.date(2026, 11, 10))
    compute.load_due(now=later.closes_at)
    assert Load.objects.get().demanding_rounds == 0


# --- what counts -----------------------------------------------------------------------------


def test_days_of_share_absence_and_employment() -> None:
    make.firm()
    asked = make.round_()  # from Tuesday 10 November, four weeks: 20 working days
    mission = make.mission()
    half = make.assignment(mission=mission, share=50).person
    away = make.assignment(mission=mission).person
    first = asked.starts_on
    for start, end in ((0, 6), (2, 8)):  # two absences that overlap: 7 working days in all
        Absence.objects.create(
            person=away, starts_on=first + timedelta(start), ends_on=first + timedelta(end)
        )
    arrived = make.assignment(mission=mission).person
    User.objects.filter(pk=arrived.pk).update(starts_on=first + timedelta(days=14))
    compute.load_due(now=asked.closes_at)
    days = {row.person: row.detail[0]["days"] for row in Load.objects.all()}
    assert days == {half: 10.0, away: 13.0, arrived: 10.0}
    assert MissionDemand.objects.get().days == 33.0


def test_the_round_reaches_the_next_ones_first_day() -> None:
    make.firm(cadence_weeks=4)
    asked = make.round_()
    make.round_(asked.starts_on + timedelta(days=14), opened_at=None)
    make.assignment()
    compute.load_due(now=asked.closes_at)
    assert Load.objects.get().detail[0]["days"] == 10.0


def test_a_long_pause_belongs_to_no_round() -> None:
    make.firm()
    asked = make.round_()
    make.round_(asked.starts_on + timedelta(days=400), opened_at=None)
    make.assignment()
    compute.load_due(now=asked.closes_at)
    assert Load.objects.get().detail[0]["days"] == 13 * 5


def test_people_who_left_have_no_row_and_whose_leave_fills_the_round_have() -> None:
    make.firm()
    before = make.round_()
    asked = make.round_(before.starts_on + timedelta(days=28))
    mission = make.mission()
    gone, disabled, away = (make.assignment(mission=mission).person for _ in range(3))
    User.objects.filter(pk=gone.pk).update(ends_on=asked.starts_on - timedelta(days=1))
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    Absence.objects.create(
        person=away, starts_on=asked.starts_on, ends_on=asked.starts_on + timedelta(days=60)
    )
    compute.load_due(now=asked.closes_at)
    newest = Load.objects.filter(load_pass__round=asked)
    assert [row.person for row in newest] == [away]
    assert newest.get().exposed_rounds == 1


def test_an_absence_of_somebody_without_a_mission() -> None:
    make.firm()
    asked = make.round_()
    Absence.objects.create(
        person=make.person(), starts_on=asked.starts_on, ends_on=asked.starts_on
    )
    make.assignment()
    compute.load_due(now=asked.closes_at)
    assert Load.objects.count() == 1


def test_compared_after_six_rounds() -> None:
    made = staffed.firm(6)
    run(made.rounds)
    compared = LoadPass.objects.order_by("round__starts_on").values_list("compared", flat=True)
    assert list(compared) == [0, 0, 0, 0, 0, staffed.PEOPLE]
    fresh = Load.objects.filter(load_pass__compared=0).first()
    assert fresh is not None
    assert (fresh.zone_low, fresh.zone_high, fresh.upper95) == (None, None, None)


def test_the_planted_overload_is_found() -> None:
    made = staffed.firm(12)
    run(made.rounds)
    newest = LoadPass.objects.order_by("-round__starts_on")[0]
    over = Load.objects.filter(load_pass=newest, over_share=True)
    assert [row.person for row in over] == [made.loaded]
    row = over.get()
    assert row.above_zone
    assert row.two_in_a_row
    assert (row.share, row.demanding_rounds, row.exposed_rounds) == (100.0, 12, 12)
    assert row.zone_high is not None
    assert row.zone_high < 100
    assert {item["mission"] for item in row.detail} <= {one.pk for one in made.hard}
    assert sum(item["days"] for item in row.detail) == 240.0


def test_thirteen_rounds_and_no_more() -> None:
    made = staffed.firm(14)
    run(made.rounds)
    assert max(Load.objects.values_list("exposed_rounds", flat=True)) == 13


# --- demand ----------------------------------------------------------------------------------


def lived_firm(figures: dict[tuple[str, str, str], tuple[int, int, int] | None]) -> Any:
    """Two rounds; the first one's period is published with these figures."""
    make.firm(demand_maximum=10)
    first = staffed._round(make.date(2026, 10, 13))
    second = staffed._round(make.date(2026, 11, 10))
    unit = make.unit()
    profile = make.profile(ref="PROF")
    missions = {}
    for ref in ("A", "B"):
        mission = make.mission(client=make.client(ref=ref, unit=unit), profile=profile)
        mission.facts.add(make.fact("on_call", points=8))
        missions[ref] = mission
        make.assignment(mission=mission)
    staffed.release(first.period, figures)
    compute.load_due(now=second.closes_at)
    return first, second, missions


def demand_of(round_: Any, mission: Any) -> MissionDemand:
    return MissionDemand.objects.get(load_pass__round=round_, mission=mission)


def test_half_declared_half_lived_from_published_figures() -> None:
    figures = {
        ("firm", "", "overall"): (62, 59, 65),
        ("client", "A", "overall"): (50, 40, 60),
        ("profile", "PROF", "overall"): (45, 40, 55),
        ("client", "A", "load"): (35, 25, 45),
    }
    first, second, missions = lived_firm(figures)
    row = demand_of(second, missions["A"])
    assert (row.declared, row.lived, row.demand) == (8.0, 6.7, 7.35)
    # The withheld client counts as the firm's: 100 − 45.
    assert demand_of(second, missions["B"]).lived == 5.5
    # A round reads what had closed by its own close, its own period included.
    assert demand_of(first, missions["A"]).lived == 6.7
    assert LoadPass.objects.get(round=second).release_period_on == first.starts_on


def test_declared_alone_where_nothing_is_published() -> None:
    figures = {("firm", "", "overall"): (62, 59, 65), ("client", "A", "overall"): None}
    _, second, missions = lived_firm(figures)
    row = demand_of(second, missions["A"])
    assert (row.lived, row.demand) == (None, 8.0)


@pytest.mark.parametrize("withheld", ["A", "B"])
def test_two_withheld_clients_give_the_same_demand(withheld: str) -> None:
    """One withheld by a cell, the other absent: nothing tells them apart, nor do the loads."""
    figures: dict[tuple[str, str, str], tuple[int, int, int] | None] = {
        ("firm", "", "overall"): (62, 59, 65),
        ("profile", "PROF", "overall"): (45, 40, 55),
        ("client", withheld, "overall"): None,
    }
    _, second, missions = lived_firm(figures)
    a, b = (demand_of(second, missions[ref]) for ref in ("A", "B"))
    assert (a.declared, a.lived, a.demand, a.demanding) == (
        b.declared, b.lived, b.demand, b.demanding,
    )  # fmt: skip
    hidden = ("id", "person_id", "detail", "load_pass_id")
    one, other = (
        {key: value for key, value in row.items() if key not in hidden}
        for row in Load.objects.filter(load_pass__round=second).values()
    )
    assert one == other


def test_a_round_that_is_past_keeps_its_demand() -> None:
    made = staffed.firm(2)
    run(made.rounds)
    before = demand_of(made.rounds[0], made.hard[0])
    made.hard[0].facts.clear()
    made.carry(2, overload=True)
    run(made.rounds)
    assert demand_of(made.rounds[0], made.hard[0]).demand == before.demand
    assert demand_of(made.last, made.hard[0]).demand == 0.0
    carried = Load.objects.get(load_pass__round=made.last, person=made.loaded).detail
    past = next(item for item in carried if item["mission"] == made.hard[0].pk)
    assert (past["rounds"], past["demanding"], past["demand"]) == (2, 2, before.demand)


def test_staffing_noted_late_takes_todays_demand() -> None:
    made = staffed.firm(2)
    run(made.rounds)
    late = make.mission(client=made.hard[0].client)
    late.facts.set(made.hard[0].facts.all())
    person = make.assignment(mission=late, starts_on=made.rounds[0].starts_on).person
    made.carry(2, overload=True)
    run(made.rounds)
    row = Load.objects.get(load_pass__round=made.last, person=person)
    assert (row.exposed_rounds, row.demanding_rounds) == (4, 4)


def test_a_withdrawn_release_is_read_no_more() -> None:
    figures: dict[tuple[str, str, str], tuple[int, int, int] | None] = {
        ("firm", "", "overall"): (62, 59, 65),
        ("client", "A", "overall"): (50, 40, 60),
    }
    _first, second, missions = lived_firm(figures)
    LoadPass.objects.filter(round=second).delete()
    Release.objects.update(state=Release.State.WITHDRAWN)
    compute.load_due(now=second.closes_at)
    assert demand_of(second, missions["A"]).lived is None


def test_a_simulated_firm_with_movers_and_absent_figures() -> None:
    made = simulated.firm(people=20, clients=4, periods=1)
    assert compute.load_due(now=made.after) == "3 round(s) of loads computed"
    assert Load.objects.filter(load_pass__round=made.rounds[-1]).count() == 20


# --- size ------------------------------------------------------------------------------------


def queries(number: int) -> int:
    """Queries for one more round in which so many more people are staffed."""
    asked = make.round_(make.date(2026, 1, 6) + number * staffed.CADENCE)
    mission = make.mission()
    for _ in range(number):
        Assignment.objects.create(person=make.person(), mission=mission, starts_on=asked.starts_on)
    with CaptureQueriesContext(connection) as found:
        run([asked])
    return len(found)


def test_queries_do_not_grow_with_people() -> None:
    make.firm()
    queries(1)
    assert queries(30) == queries(90) > 3


def test_a_batch_is_written_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made = staffed.firm(6)
    run(made.rounds)
    whole = rows_of(Load)
    LoadPass.objects.all().delete()
    monkeypatch.setattr(compute, "BATCH", 2)
    run(made.rounds)
    assert rows_of(Load) == whole
    assert len({row["person_id"] for row in whole}) > 2
    assert all(row["detail"] for row in whole)


def test_a_mission_that_nobody_is_on_any_more_is_forgotten() -> None:
    made = staffed.firm(2)
    run(made.rounds)
    Assignment.objects.filter(mission=made.hard[0]).delete()
    made.carry(2, overload=True)
    Assignment.objects.filter(mission=made.hard[0]).delete()
    run(made.rounds)
    assert not MissionDemand.objects.filter(
        load_pass__round=made.last, mission=made.hard[0]
    ).exists()


def test_rows_say_what_they_are_without_a_figure() -> None:
    made = staffed.firm(2)
    run(made.rounds)
    done, load, demand = (
        LoadPass.objects.all()[0],
        Load.objects.all()[0],
        MissionDemand.objects.all()[0],
    )
    assert str(done) == f"load pass {done.round_id}"
    assert str(load) == f"load {load.person_id}"
    assert str(demand) == f"demand {demand.mission_id}"
