"""Missions that go on while nobody is assigned any more, or will soon not be."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from balancing.models import LoadPass, MissionDemand
from followup import decisions, texts
from followup.causes import Looked
from followup.models import Alert
from followup.rules_staffing import AHEAD, FORGOTTEN, GRACE, NobodyLeft, PastEnd, last_days
from missions.models import Mission, PersonSkill, Skill
from tests import make
from tests.followup.rows import alert

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def loads() -> LoadPass:
    asked = make.round_(date(2026, 11, 10))
    return LoadPass.objects.create(round=asked, formula_version=1, made_at=asked.closes_at)


def staffed(last: date | None, **mission: Any) -> Mission:
    """A mission with one assignment that ends then."""
    made = make.mission(**mission)
    make.assignment(mission=made, ends_on=last)
    return made


def demanding(loads: LoadPass, mission: Mission, **rest: Any) -> Mission:
    values = {"declared": 9, "demand": 9, "demanding": True, "days": 20} | rest
    MissionDemand.objects.create(load_pass=loads, mission=mission, **values)
    return mission


def found(rule: PastEnd | NobodyLeft, loads: LoadPass, day: date = DAY) -> dict[int | None, Any]:
    return {one.mission: one.reason for one in rule.findings(Looked(loads, None, day))}


# --- the last day ----------------------------------------------------------------------------


def test_the_last_day_is_that_of_the_last_assignment() -> None:
    mission = staffed(DAY - timedelta(days=40))
    make.assignment(mission=mission, ends_on=DAY + timedelta(days=3))
    make.assignment(mission=mission, ends_on=DAY - timedelta(days=3))
    assert last_days(DAY) == {mission.pk: DAY + timedelta(days=3)}


def test_an_open_end_is_no_end() -> None:
    mission = staffed(DAY)
    make.assignment(mission=mission, ends_on=None)
    assert last_days(DAY) == {}


def test_who_stays_for_longer_than_one_looks_ahead_has_no_end_to_tell() -> None:
    for_longer, until_then, until_leaving = (staffed(DAY) for _ in range(3))
    make.assignment(mission=for_longer, ends_on=DAY + AHEAD + ONE_DAY)
    make.assignment(mission=until_then, ends_on=DAY + AHEAD)
    leaving = make.person(ends_on=DAY + AHEAD)
    make.assignment(mission=until_leaving, person=leaving, ends_on=None)
    assert last_days(DAY) == dict.fromkeys([until_then.pk, until_leaving.pk], DAY + AHEAD)


def test_who_leaves_the_firm_leaves_the_mission() -> None:
    mission = make.mission()
    leaving = make.person(ends_on=DAY + timedelta(days=9))
    make.assignment(mission=mission, person=leaving, ends_on=None)
    assert last_days(DAY) == {mission.pk: DAY + timedelta(days=9)}
    make.assignment(mission=mission, person=make.person(), ends_on=DAY + timedelta(days=12))
    assert last_days(DAY) == {mission.pk: DAY + timedelta(days=12)}


@pytest.mark.parametrize(
    ("starts", "ends", "goes_on"),
    [
        (date(2025, 1, 6), None, True),
        (date(2025, 1, 6), DAY + timedelta(days=11), True),
        # It ends with its last assignment, it has ended, it has not begun, nobody ever came.
        (date(2025, 1, 6), DAY + timedelta(days=10), False),
        (date(2025, 1, 6), DAY - ONE_DAY, False),
        (DAY + ONE_DAY, None, False),
    ],
)
def test_only_a_mission_that_goes_on(starts: date, ends: date | None, goes_on: bool) -> None:
    staffed(DAY + timedelta(days=10), starts_on=starts, ends_on=ends)
    make.mission()
    assert bool(last_days(DAY)) is goes_on


def test_one_query_for_many() -> None:
    for _ in range(3):
        staffed(DAY)
    with CaptureQueriesContext(connection) as captured:
        assert len(last_days(DAY)) == 3
    assert len(captured) == 1


# --- past the planned end --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "raised"),
    [
        (DAY - GRACE - ONE_DAY, True),
        (DAY - GRACE, False),
        (DAY + ONE_DAY, False),
        (None, False),
    ],
)
def test_past_its_planned_end_once_a_week_has_gone_by(
    loads: LoadPass, last: date | None, raised: bool
) -> None:
    mission = staffed(last)
    reason = {mission.pk: {"ended_on": str(last)}} if raised else {}
    assert found(PastEnd(), loads) == reason


def test_somebody_planned_for_later_is_enough(loads: LoadPass) -> None:
    mission = staffed(DAY - timedelta(days=30))
    make.assignment(mission=mission, starts_on=DAY + timedelta(days=30))
    assert found(PastEnd(), loads) == {}


def test_an_old_line_keeps_an_alert_open_and_opens_none(loads: LoadPass) -> None:
    staffed(DAY - FORGOTTEN)
    staffed(DAY - FORGOTTEN - ONE_DAY)
    findings = PastEnd().findings(Looked(loads, None, DAY))
    assert [one.opens for one in findings] == [True, False]


def test_what_somebody_closed_waits_for_another_end(loads: LoadPass) -> None:
    mission = staffed(DAY - timedelta(days=20))
    one = alert(
        rule=Alert.Rule.PAST_END, mission=mission, reason={"ended_on": "2026-11-04"}
    )  # fmt: skip
    at = datetime.combine(DAY, datetime.min.time(), loads.made_at.tzinfo)
    manager = make.person(is_manager=True)
    decisions.close(alert=one, sentence="Fin convenue en janvier.", by=manager, now=at)
    assert found(PastEnd(), loads, DAY + timedelta(days=200)) == {}
    last = DAY + timedelta(days=100)
    make.assignment(mission=mission, starts_on=DAY + timedelta(days=50), ends_on=last)
    later = last + GRACE + ONE_DAY
    assert found(PastEnd(), loads, later) == {mission.pk: {"ended_on": str(last)}}


# --- nobody left -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "raised"),
    [
        (DAY - GRACE - ONE_DAY, False),  # from here on it is past its end
        (DAY - GRACE, True),
        (DAY, True),
        (DAY + AHEAD, True),
        (DAY + AHEAD + ONE_DAY, False),
        (None, False),
    ],
)
def test_nobody_left_within_eight_weeks(loads: LoadPass, last: date | None, raised: bool) -> None:
    mission = demanding(loads, staffed(last))
    assert found(NobodyLeft(), loads) == ({mission.pk: {"until": str(last)}} if raised else {})


@pytest.mark.parametrize("changes", [{"demanding": False}, {"days": 0}])
def test_only_a_demanding_mission_that_was_staffed(
    loads: LoadPass, changes: dict[str, Any]
) -> None:
    demanding(loads, staffed(DAY), **changes)
    assert found(NobodyLeft(), loads) == {}


def test_the_demand_of_the_newest_round_counts(loads: LoadPass) -> None:
    mission = staffed(DAY)
    asked = make.round_(date(2026, 10, 13))
    before = LoadPass.objects.create(round=asked, formula_version=1, made_at=asked.closes_at)
    demanding(before, mission)
    assert found(NobodyLeft(), loads) == {}


def test_somebody_later_and_a_mission_that_ends_are_no_cause(loads: LoadPass) -> None:
    relieved = demanding(loads, staffed(DAY))
    make.assignment(mission=relieved, starts_on=DAY + timedelta(days=90))
    demanding(loads, staffed(DAY, ends_on=DAY))
    assert found(NobodyLeft(), loads) == {}


def test_a_day_belongs_to_one_of_the_two_rules(loads: LoadPass) -> None:
    """From eight weeks before the last day on, there is never a day without either, nor both."""
    mission = demanding(loads, staffed(DAY))
    for days in range(-56, 100):
        day = DAY + timedelta(days=days)
        left, past = found(NobodyLeft(), loads, day), found(PastEnd(), loads, day)
        assert bool(left) + bool(past) == 1, day
        assert set(left | past) == {mission.pk}


# --- who could follow ------------------------------------------------------------------------


def able_to(skill: Skill, level: int = 2, **person: Any) -> User:
    made = make.person(**person)
    PersonSkill.objects.create(person=made, skill=skill, level=level)
    return made


@pytest.fixture
def network() -> Skill:
    return Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks")


def asking(loads: LoadPass, skill: Skill) -> Mission:
    """A demanding mission whose last assignment ends in a week, and what it asks for."""
    mission = demanding(loads, staffed(DAY + timedelta(days=7)))
    mission.asked.create(skill=skill, level=2)
    return mission


def alone(loads: LoadPass, mission: Mission) -> bool:
    return found(NobodyLeft(), loads)[mission.pk].get("nobody_able", False)


def test_nobody_able_is_said_once_skills_are_known(loads: LoadPass, network: Skill) -> None:
    mission = asking(loads, network)
    # Nobody has said anything: nothing is known, so nothing is said.
    assert not alone(loads, mission)
    able_to(network, level=1)
    # Whoever else there is has said nothing, and is not ruled out.
    assert not alone(loads, mission)
    User.objects.filter(skills=None).update(is_active=False)
    assert alone(loads, mission)
    able_to(network)
    assert not alone(loads, mission)


@pytest.mark.parametrize(
    ("starts", "ends", "is_free"),
    [
        (-30, 7, True),
        (-30, 8, False),
        (8, 20, False),
        (9, None, True),
        (-30, None, False),
    ],
)
def test_able_and_free_the_day_after(
    loads: LoadPass, network: Skill, starts: int, ends: int | None, is_free: bool
) -> None:
    mission = asking(loads, network)
    person = able_to(network)
    User.objects.exclude(pk=person.pk).update(is_active=False)
    make.assignment(
        person=person, mission=make.mission(), starts_on=DAY + timedelta(days=starts),
        ends_on=None if ends is None else DAY + timedelta(days=ends),
    )  # fmt: skip
    assert alone(loads, mission) is not is_free


def test_who_leaves_by_then_is_nobody_to_follow(loads: LoadPass, network: Skill) -> None:
    mission = asking(loads, network)
    person = able_to(network, ends_on=DAY + timedelta(days=7))
    User.objects.exclude(pk=person.pk).update(is_active=False)
    assert alone(loads, mission)
    User.objects.filter(pk=person.pk).update(ends_on=DAY + timedelta(days=8))
    assert not alone(loads, mission)


def test_it_is_told_in_the_alert(loads: LoadPass) -> None:
    mission = demanding(loads, staffed(DAY + timedelta(days=7)))
    row = Alert(rule=Alert.Rule.NOBODY_LEFT, mission=mission, reason={"until": "2026-12-01"})
    assert "compétences" not in texts.LINES[row.rule](row)
    row.reason["nobody_able"] = True
    assert "compétences demandées n’est libre" in texts.LINES[row.rule](row)
