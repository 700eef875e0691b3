"""Who may see and change missions, staffing, profiles, facts and absences."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.perms import Refused, can_manage_person
from missions import perms
from missions.models import Absence, Assignment
from tests import make
from tests.world import World

EVERYBODY = (
    "consultant", "other_consultant", "manager", "other_manager", "referent", "administrator",
)  # fmt: skip


def who(world: World, allowed: object) -> set[str]:
    return {role for role in EVERYBODY if allowed(world.person(role))}  # type: ignore[operator]  # -- every role but anonymous is a person


def test_missions_are_seen_by_staff_and_by_who_is_on_them(world: World) -> None:
    staff = {"manager", "other_manager", "referent", "administrator"}
    seen = who(world, lambda user: world.mission in perms.missions_visible_to(user))
    assert seen == staff | {"consultant"}
    assert who(world, perms.can_see_profiles) == staff
    assert who(world, perms.sees_shares) == staff


def test_somebody_formerly_on_a_mission_still_sees_it(world: World) -> None:
    Assignment.objects.filter(person=world.consultant).update(ends_on=date(2025, 3, 1))
    assert perms.mission_for(world.consultant, world.mission.pk) == world.mission
    with pytest.raises(Refused):
        perms.mission_for(world.other_consultant, world.mission.pk)


def test_a_mission_is_edited_by_who_edits_its_client(world: World) -> None:
    editors = {"manager", "administrator"}
    assert who(world, lambda user: perms.can_edit_mission(user, world.mission)) == editors
    with pytest.raises(PermissionDenied):
        perms.mission_to_edit_for(world.referent, world.mission.pk)
    assert perms.mission_to_edit_for(world.manager, world.mission.pk) == world.mission


def test_creating_missions(world: World) -> None:
    makers = {"manager", "other_manager", "administrator"}
    assert who(world, perms.can_create_mission) == makers
    world.client.account_manager = world.other_consultant
    world.client.save()
    assert perms.can_create_mission(world.other_consultant)
    assert world.mission in perms.missions_visible_to(world.other_consultant)


def test_who_may_be_put_on_a_mission(world: World) -> None:
    everybody = set(User.objects.filter(is_consultant=True))
    people = {
        role: set(perms.assignable_people(user, world.client))
        for role in EVERYBODY
        if (user := world.person(role)) is not None
    }
    assert people == {
        "consultant": set(),
        "other_consultant": set(),
        "manager": everybody,
        "other_manager": {world.other_consultant},
        "referent": set(),
        "administrator": everybody,
    }
    assert who(world, lambda user: perms.can_staff(user, world.mission)) == {
        "manager", "other_manager", "administrator",
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        perms.mission_to_staff_for(world.consultant, world.mission.pk)
    assert perms.mission_to_staff_for(world.other_manager, world.mission.pk) == world.mission


def test_an_assignment_is_changed_by_the_clients_and_the_persons_managers(world: World) -> None:
    visiting = make.assignment(person=world.other_consultant, mission=world.mission)
    for role in EVERYBODY:
        user = world.person(role)
        assert user is not None
        rows = [world.assignment, visiting]
        may = {row.pk for row in rows if perms.can_edit_assignment(user, row)}
        assert perms.editable_among(user, world.mission, rows) == may
    assert perms.assignment_to_edit_for(world.other_manager, visiting.pk) == visiting
    with pytest.raises(PermissionDenied):
        perms.assignment_to_edit_for(world.other_manager, world.assignment.pk)
    stranger = make.person()
    for pk in (world.assignment.pk, 999_999):
        with pytest.raises(Refused):
            perms.assignment_to_edit_for(stranger, pk)


def test_managed_people_are_those_of_the_sentence(world: World) -> None:
    world.referent.is_manager = True
    world.referent.save()
    for role in EVERYBODY:
        user = world.person(role)
        assert user is not None
        people = {person for person in User.objects.all() if can_manage_person(user, person)}
        assert set(perms.managed_people(user)) == people
        kept = {person for person in User.objects.all() if perms.can_keep_absences(user, person)}
        assert set(perms.people_of_absences(user)) == kept


def test_absences(world: World) -> None:
    days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 2)}
    absence = Absence.objects.create(person=world.consultant, **days)
    seen = who(world, lambda user: absence in perms.absences_visible_to(user))
    assert seen == {"consultant", "manager", "referent", "administrator"}
    assert perms.absence_to_edit_for(world.consultant, absence.pk) == absence
    with pytest.raises(PermissionDenied):
        perms.absence_to_edit_for(world.referent, absence.pk)
    for pk in (absence.pk, 999_999):
        with pytest.raises(Refused):
            perms.absence_to_edit_for(world.other_manager, pk)


def test_profiles_are_configuration(world: World) -> None:
    look_up, pk = perms.profile_to_edit_for, world.profile.pk
    assert look_up(world.administrator, pk).pk == pk
    with pytest.raises(PermissionDenied):
        look_up(world.manager, pk)
    with pytest.raises(Refused):
        look_up(world.consultant, pk)
    with pytest.raises(Refused):
        look_up(world.administrator, 999_999)


def test_facts_are_read_by_everybody_and_set_by_the_administrator(world: World) -> None:
    fact = make.fact()
    assert who(world, perms.can_discuss_points) == {"manager", "other_manager", "administrator"}
    assert perms.fact_to_edit_for(world.administrator, fact.pk) == fact
    for reader in (world.manager, world.referent, world.consultant):
        with pytest.raises(PermissionDenied):
            perms.fact_to_edit_for(reader, fact.pk)
    with pytest.raises(Refused):
        perms.fact_to_edit_for(world.administrator, 999_999)


def test_whose_history_of_a_mission_tells_what(world: World) -> None:
    kinds = {
        role: set(perms.history_of(user, world.mission))
        for role in EVERYBODY
        if (user := world.person(role)) is not None
    }
    assert kinds == {
        "consultant": {"mission"},
        "other_consultant": {"mission"},
        "manager": {"mission", "assignment", "contest"},
        "other_manager": {"mission", "assignment"},
        "referent": {"mission", "assignment"},
        "administrator": {"mission", "assignment", "contest"},
    }
