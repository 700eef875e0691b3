"""Assignments: dated rows whose past is not edited; and reading staffing by day."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from missions import staffing
from missions.models import Assignment
from missions.staffing import Terms
from tests import make
from tests.world import World

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def fields_of(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(getattr(error.value, "message_dict", {"__all__": []}))


def reshape(row: Assignment, now: datetime, **rest: object) -> Assignment:
    terms = {"starts_on": row.starts_on, "ends_on": row.ends_on, "share": row.share} | rest
    return staffing.reshape(assignment=row, terms=Terms(**terms), actor=None, now=now)  # type: ignore[arg-type]  # -- values of a test's table


def assign(world: World, now: datetime, *terms: object) -> Assignment:
    return staffing.assign(
        person=world.other_consultant,
        mission=world.mission,
        terms=Terms(*terms),  # type: ignore[arg-type]  # -- values of a test's table
        actor=world.manager,
        now=now,
    )


# --- reading ---------------------------------------------------------------------------------


def test_people_at_a_client_are_counted_once(world: World) -> None:
    make.assignment(person=world.consultant, mission=make.mission(client=world.client))
    make.assignment(mission=world.mission, starts_on=TODAY + DAY)
    assert staffing.people_at_client(world.client, TODAY) == 1
    assert staffing.people_at_client(world.client, TODAY + DAY) == 2
    assert staffing.people_at_client(make.client(), TODAY) == 0


def test_current_assignments_and_missions_of_an_interval(world: World) -> None:
    before = make.assignment(
        person=world.consultant, starts_on=date(2025, 1, 6), ends_on=date(2025, 2, 1)
    )
    assert list(staffing.current_assignments(world.consultant, TODAY)) == [world.assignment]
    assert list(staffing.missions_of(world.consultant, TODAY, TODAY)) == [world.mission]
    both = staffing.missions_of(world.consultant, date(2025, 2, 1), TODAY)
    assert set(both) == {world.mission, before.mission}
    assert before.mission not in staffing.missions_of(world.consultant, date(2025, 2, 2), TODAY)


@pytest.mark.parametrize(
    ("share", "starts", "ends", "expected"),
    [
        (50, "2026-11-25", None, (150, "2026-11-25", None)),
        (50, "2026-11-25", "2026-12-31", (150, "2026-11-25", "2026-12-31")),
        (30, "2027-01-01", "2027-02-01", (130, "2027-01-01", "2027-02-01")),
    ],
)
def test_overload_names_the_highest_total_and_its_days(
    world: World, share: int, starts: str, ends: str | None, expected: tuple[int, str, str | None]
) -> None:
    terms = Terms(date.fromisoformat(starts), ends and date.fromisoformat(ends), share)  # type: ignore[arg-type]  # -- values of a test's table
    make.assignment(
        person=world.consultant, starts_on=terms.starts_on, ends_on=terms.ends_on, share=share
    )
    found = staffing.overload(world.consultant, terms)
    assert found is not None
    last = found.last.isoformat() if found.last else None
    assert (found.share, found.first.isoformat(), last) == expected


def test_no_overload_at_a_hundred_percent_nor_outside_the_dates(world: World) -> None:
    person = make.person()
    make.assignment(person=person, share=60)
    make.assignment(person=person, share=40, ends_on=TODAY)
    assert staffing.overload(person, Terms(TODAY, None, 40)) is None
    make.assignment(person=person, share=50, starts_on=TODAY + 10 * DAY)
    assert staffing.overload(person, Terms(TODAY, TODAY + 9 * DAY, 40)) is None
    found = staffing.overload(person, Terms(TODAY, None, 40))
    assert found is not None
    assert (found.share, found.first) == (110, TODAY + 10 * DAY)
    assert staffing.overload(make.person(), Terms(TODAY, None, 40)) is None


def test_an_overload_ends_where_another_assignment_starts(world: World) -> None:
    person = make.person()
    make.assignment(person=person, share=80)
    make.assignment(person=person, share=60, starts_on=TODAY)
    make.assignment(person=person, share=10, starts_on=TODAY - 5 * DAY, ends_on=TODAY)
    found = staffing.overload(person, Terms(TODAY - 9 * DAY, None, 60))
    assert found == staffing.Overload(150, TODAY, TODAY)


# --- assigning -------------------------------------------------------------------------------


def test_assign_writes_the_row_and_tells_the_person(world: World, now: datetime) -> None:
    row = assign(world, now, TODAY, None, 60)
    assert (row.starts_on, row.ends_on, row.share) == (TODAY, None, 60)
    line = AuditEntry.objects.get()
    assert (line.action, line.object_kind, line.object_ref, line.about, line.actor) == (
        "create", "assignment", world.mission.ref, world.other_consultant, world.manager,
    )  # fmt: skip
    assert line.changes["share"] == ["", "60"]


def test_an_open_end_takes_the_missions(world: World, now: datetime) -> None:
    world.mission.ends_on = date(2027, 1, 1)
    world.mission.save()
    assert assign(world, now, TODAY, None, 60).ends_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (TODAY, TODAY - DAY, "ends_on"),
        (date(2026, 1, 1), date(2026, 2, 1), "ends_on"),
        (date(2025, 1, 5), None, "starts_on"),
        (TODAY, date(2027, 6, 2), "ends_on"),
        (date(2026, 12, 2), None, "starts_on"),
        (TODAY + 5 * DAY, TODAY + DAY, "ends_on"),
    ],
)
def test_dates_out_of_place_are_refused(
    world: World, now: datetime, starts: date, ends: date | None, field: str
) -> None:
    world.mission.ends_on = date(2027, 6, 1)
    world.mission.save()
    world.other_consultant.ends_on = date(2026, 12, 1)
    world.other_consultant.save()
    with pytest.raises(ValidationError) as error:
        assign(world, now, starts, ends, 100)
    assert fields_of(error) == {field}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "clashes"),
    [
        (TODAY, None, True),
        (TODAY - 9 * DAY, TODAY + DAY, True),
        (TODAY + 11 * DAY, None, False),
        (TODAY - 9 * DAY, TODAY, False),
    ],
)
def test_the_same_person_is_not_twice_on_a_mission(
    world: World, now: datetime, starts: date, ends: date | None, clashes: bool
) -> None:
    make.assignment(
        person=world.other_consultant,
        mission=world.mission,
        starts_on=TODAY + DAY,
        ends_on=TODAY + 10 * DAY,
    )
    if clashes:
        with pytest.raises(ValidationError) as error:
            assign(world, now, starts, ends, 50)
        assert fields_of(error) == {"__all__"}
    else:
        assert assign(world, now, starts, ends, 50).pk


# --- changing --------------------------------------------------------------------------------


def test_the_start_of_a_started_assignment_is_fixed(world: World, now: datetime) -> None:
    with pytest.raises(ValidationError) as error:
        reshape(world.assignment, now, starts_on=TODAY)
    assert fields_of(error) == {"starts_on"}


def test_an_ended_assignment_is_fixed_altogether(world: World, now: datetime) -> None:
    world.assignment.ends_on = TODAY - DAY
    world.assignment.save()
    for changed in ({"ends_on": None}, {"share": 50}, {"ends_on": TODAY}):
        with pytest.raises(ValidationError) as error:
            reshape(world.assignment, now, **changed)
        assert fields_of(error) == set(changed)


def test_an_end_cannot_move_before_today(world: World, now: datetime) -> None:
    with pytest.raises(ValidationError) as error:
        reshape(world.assignment, now, ends_on=TODAY - DAY)
    assert fields_of(error) == {"ends_on"}
    assert reshape(world.assignment, now, ends_on=TODAY).ends_on == TODAY
    assert AuditEntry.objects.get().changes == {"ends_on": ["", "2026-11-25"]}


def test_a_new_share_leaves_the_past_as_it_was(world: World, now: datetime) -> None:
    fresh = reshape(world.assignment, now, share=60, ends_on=date(2027, 1, 1))
    world.assignment.refresh_from_db()
    assert (world.assignment.share, world.assignment.ends_on) == (100, TODAY - DAY)
    assert (fresh.starts_on, fresh.ends_on, fresh.share) == (TODAY, date(2027, 1, 1), 60)
    assert fresh.pk != world.assignment.pk
    assert [line.action for line in AuditEntry.objects.order_by("pk")] == ["edit", "create"]


def test_an_assignment_to_come_changes_in_place(world: World, now: datetime) -> None:
    row = make.assignment(mission=world.mission, starts_on=TODAY + DAY)
    fresh = reshape(row, now, share=40, starts_on=TODAY + 2 * DAY)
    assert (fresh.pk, fresh.share, fresh.starts_on) == (row.pk, 40, TODAY + 2 * DAY)
    with pytest.raises(ValidationError) as error:
        reshape(fresh, now, starts_on=TODAY - DAY)
    assert fields_of(error) == {"starts_on"}


def test_one_that_starts_today_changes_its_share_in_place(world: World, now: datetime) -> None:
    row = make.assignment(mission=world.mission, starts_on=TODAY)
    assert reshape(row, now, share=40).pk == row.pk


def test_nothing_changed_writes_nothing(world: World, now: datetime) -> None:
    reshape(world.assignment, now)
    assert not AuditEntry.objects.exists()


def test_cancelling_is_for_what_has_not_started(world: World, now: datetime) -> None:
    with pytest.raises(ValidationError):
        staffing.cancel_assignment(assignment=world.assignment, actor=None, now=now)
    row = make.assignment(mission=world.mission, starts_on=TODAY + DAY)
    staffing.cancel_assignment(assignment=row, actor=None, now=now)
    assert not Assignment.objects.filter(pk=row.pk).exists()
    assert AuditEntry.objects.get().about == row.person
