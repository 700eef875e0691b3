"""Missions, profiles and facts: what may still change, and the line each act leaves."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from missions import lifecycle
from missions.defaults import FACTS, install_facts
from missions.demand import declared_demand
from missions.models import Assignment, DemandFact, Mission, MissionProfile
from tests import make
from tests.world import World

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def fields_of(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(getattr(error.value, "message_dict", {"__all__": []}))


def line() -> AuditEntry:
    found = AuditEntry.objects.first()
    assert found is not None
    return found


def end(mission: Mission, now: datetime, day: date, with_people: bool = True) -> Mission:
    return lifecycle.end_mission(
        mission=mission, last_day=day, with_people=with_people, actor=None, now=now
    )


# --- missions --------------------------------------------------------------------------------


def test_create_keeps_the_facts_and_says_so(world: World, now: datetime) -> None:
    install_facts()
    facts = DemandFact.objects.filter(code__in=["travel", "alone"])
    mission = Mission(
        ref="N1", title="Refonte", client=world.client, profile=world.profile, starts_on=TODAY
    )
    lifecycle.create_mission(mission=mission, facts=facts, actor=world.manager, now=now)
    assert set(mission.facts.all()) == set(facts)
    assert line().changes["facts"] == ["", "alone, travel"]
    assert line().changes["client"] == ["", world.client.ref]


@pytest.mark.parametrize("field", ["client", "profile", "starts_on"])
def test_what_a_started_mission_is_about_is_fixed(world: World, now: datetime, field: str) -> None:
    changed = {
        "client": world.other_client, "profile": make.profile(), "starts_on": TODAY,
    }[field]  # fmt: skip
    setattr(world.mission, field, changed)
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=world.mission, actor=None, now=now)
    assert fields_of(error) == {field}
    assert not AuditEntry.objects.exists()


def test_before_it_starts_everything_may_change(world: World, now: datetime) -> None:
    mission = make.mission(client=world.client, starts_on=TODAY + DAY)
    mission.client, mission.starts_on = world.other_client, TODAY + 2 * DAY
    lifecycle.update_mission(mission=mission, actor=None, now=now)
    mission.refresh_from_db()
    assert mission.client == world.other_client
    mission.starts_on = TODAY - DAY
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=mission, actor=None, now=now)
    assert fields_of(error) == {"starts_on"}


def test_an_ended_mission_keeps_its_dates(world: World, now: datetime) -> None:
    world.mission.ends_on = TODAY - DAY
    world.mission.save()
    world.mission.ends_on = None
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=world.mission, actor=None, now=now)
    assert fields_of(error) == {"ends_on"}


def test_dates_that_leave_somebody_outside_are_refused(world: World, now: datetime) -> None:
    world.mission.ends_on = TODAY + DAY
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=world.mission, actor=None, now=now)
    assert fields_of(error) == {"ends_on"}
    coming = make.mission(starts_on=TODAY + DAY)
    make.assignment(mission=coming, starts_on=TODAY + DAY)
    coming.starts_on = TODAY + 3 * DAY
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=coming, actor=None, now=now)
    assert fields_of(error) == {"starts_on"}


def test_order_of_dates_and_end_of_the_client(world: World, now: datetime) -> None:
    mission = make.mission(starts_on=TODAY + 5 * DAY)
    mission.ends_on = TODAY + DAY
    with pytest.raises(ValidationError) as error:
        lifecycle.update_mission(mission=mission, actor=None, now=now)
    assert fields_of(error) == {"ends_on"}
    mission.client.ended_on = TODAY + 9 * DAY
    mission.client.save()
    for day in (None, TODAY + 10 * DAY):
        mission.ends_on = day
        with pytest.raises(ValidationError) as error:
            lifecycle.update_mission(mission=mission, actor=None, now=now)
        assert fields_of(error) == {"ends_on"}
    mission.ends_on = TODAY + 9 * DAY
    lifecycle.update_mission(mission=mission, actor=None, now=now)
    assert line().changes == {"ends_on": ["", "2026-12-04"]}


def test_nothing_changed_writes_nothing(world: World, now: datetime) -> None:
    lifecycle.update_mission(mission=world.mission, actor=None, now=now)
    assert not AuditEntry.objects.exists()


def test_end_takes_its_assignments_along(world: World, now: datetime) -> None:
    coming = make.assignment(mission=world.mission, starts_on=TODAY + 5 * DAY)
    gone = make.assignment(mission=world.mission, ends_on=date(2026, 1, 1))
    with pytest.raises(ValidationError) as error:
        end(world.mission, now, TODAY, with_people=False)
    assert fields_of(error) == {"with_people"}
    end(world.mission, now, TODAY)
    world.mission.refresh_from_db()
    world.assignment.refresh_from_db()
    gone.refresh_from_db()
    assert (world.mission.ends_on, world.assignment.ends_on) == (TODAY, TODAY)
    assert gone.ends_on == date(2026, 1, 1)
    assert not Assignment.objects.filter(pk=coming.pk).exists()
    assert {entry.action for entry in AuditEntry.objects.all()} == {"end", "edit", "remove"}


@pytest.mark.parametrize(("start", "day"), [(0, -1), (5, 4)])
def test_an_end_before_today_or_the_start_is_refused(
    world: World, now: datetime, start: int, day: int
) -> None:
    mission = make.mission(starts_on=TODAY + start * DAY)
    with pytest.raises(ValidationError) as error:
        end(mission, now, TODAY + day * DAY)
    assert fields_of(error) == {"ends_on"}


def test_an_ended_mission_is_not_ended_again(world: World, now: datetime) -> None:
    mission = make.mission(ends_on=TODAY - DAY)
    with pytest.raises(ValidationError) as error:
        end(mission, now, TODAY)
    assert fields_of(error) == {"__all__"}


def test_facts_are_kept_with_who_and_when(world: World, now: datetime) -> None:
    install_facts()
    facts = list(DemandFact.objects.filter(code__in=["on_call", "deadline"]))
    for _ in range(2):
        lifecycle.set_facts(mission=world.mission, facts=facts, actor=world.manager, now=now)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.at, entry.changes) == (
        world.manager, now, {"facts": ["", "deadline, on_call"]},
    )  # fmt: skip


# --- profiles, facts, declared demand --------------------------------------------------------


def test_profiles_are_made_changed_ended_and_reopened(db: None, now: datetime) -> None:
    profile = MissionProfile(ref="P1", name_fr="Conseil", name_en="Advice")
    lifecycle.create_profile(profile=profile, actor=None, now=now)
    profile.name_en = "Short advice"
    lifecycle.update(thing=profile, actor=None, now=now)
    assert line().changes == {"name_en": ["Advice", "Short advice"]}
    lifecycle.update(thing=profile, actor=None, now=now)
    with pytest.raises(ValidationError):
        lifecycle.end_profile(profile=profile, last_day=TODAY - DAY, actor=None, now=now)
    lifecycle.end_profile(profile=profile, last_day=TODAY, actor=None, now=now)
    assert profile not in MissionProfile.objects.current(TODAY + DAY)
    for _ in range(2):
        lifecycle.reopen_profile(profile=profile, actor=None, now=now)
    assert profile in MissionProfile.objects.current(TODAY + DAY)
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk")]
    assert actions == ["create", "edit", "end", "reopen"]


def test_points_of_a_fact_change_with_a_line(db: None, now: datetime) -> None:
    fact = make.fact(points=3)
    fact.points = 4
    lifecycle.update(thing=fact, actor=None, now=now)
    assert (line().object_kind, line().object_ref) == ("demand_fact", "on_call")
    assert line().changes == {"points": ["3", "4"]}


def test_facts_are_installed_once_and_keep_the_firms_points(db: None) -> None:
    codes = ["on_call", "travel", "on_site", "night_weekend", "alone", "deadline", "legacy"]
    assert list(DemandFact.objects.values_list("code", flat=True)) == codes
    DemandFact.objects.filter(code="alone").update(points=9)
    DemandFact.objects.filter(code="legacy").delete()
    install_facts()
    assert DemandFact.objects.count() == len(FACTS) == 7
    assert DemandFact.objects.get(code="alone").points == 9


@pytest.mark.parametrize(
    ("points", "maximum", "demand"), [(0, 10, 0), (6, 8, 7.5), (12, 8, 10), (1, 3, 3.333333)]
)
def test_declared_demand(points: int, maximum: int, demand: float) -> None:
    assert declared_demand(points, maximum) == demand


def test_points_of_missions_are_summed_in_one_query(world: World) -> None:
    install_facts()
    world.mission.facts.set(DemandFact.objects.filter(code__in=["on_call", "travel"]))
    make.assignment(mission=world.mission)
    points = {row.pk: row.points for row in Mission.objects.with_points()}
    assert points == {world.mission.pk: 5, world.other_mission.pk: 0}
