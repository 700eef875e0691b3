"""The standing mission: made once, hidden from the firm's own lists, nobody assigned to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import OrgUnit
from clients.models import Client
from missions.models import Assignment, Mission, MissionProfile
from missions.standing import (
    REF,
    between_missions,
    make_standing,
    people_beside,
    standing_mission,
)
from operations.exports import TABLES
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
DAY = NOW.date()


def test_it_is_made_once_when_there_is_a_unit() -> None:
    assert make_standing(now=NOW) == ""
    assert standing_mission() is None
    root = make.unit()
    make.unit(parent=root)
    assert make_standing(now=NOW) == "standing mission made"
    found = standing_mission()
    assert found
    assert (found.client.unit, found.starts_on, found.ends_on) == (root, DAY, None)
    assert found.client.is_standing
    assert found.profile.is_standing
    assert make_standing(now=NOW + timedelta(days=1)) == ""
    assert Mission.everything.count() == 1


def test_there_is_only_one(world: World) -> None:
    make_standing(now=NOW)
    for model, values in (
        (Client, {"name": "x", "unit": world.root}),
        (MissionProfile, {"name_fr": "x", "name_en": "x"}),
        (Mission, {"client": world.client, "profile": world.profile, "starts_on": DAY}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.everything.create(ref="other", is_standing=True, **values)


def test_the_firm_sees_it_nowhere_among_its_own(world: World, browser: Browser) -> None:
    before = (Client.objects.count(), MissionProfile.objects.count(), Mission.objects.count())
    make_standing(now=NOW)
    assert before == (
        Client.objects.count(), MissionProfile.objects.count(), Mission.objects.count(),
    )  # fmt: skip
    for kind in ("clients", "profiles", "missions", "assignments"):
        assert not any(REF.strip() in str(row) for row in TABLES[kind]())
    standing = standing_mission()
    browser.force_login(world.administrator)
    for name in ("clients:client_list", "missions:mission_list", "missions:profile_list",
                 "missions:mission_create", "clients:client_create"):  # fmt: skip
        text = browser.get(reverse(name)).content.decode()
        assert REF.strip() not in text
        assert "Entre deux missions" not in text
    for name, pk in (
        ("clients:client_edit", standing.client_id),
        ("missions:mission_detail", standing.pk),
        ("missions:mission_edit", standing.pk),
        ("missions:profile_edit", standing.profile_id),
        ("dashboards:client", standing.client_id),
    ):
        for reader in (world.administrator, world.manager, world.referent, world.consultant):
            browser.force_login(reader)
            assert browser.get(reverse(name, args=[pk])).status_code in (403, 404)


def test_its_reference_cannot_be_typed(world: World, browser: Browser) -> None:
    """Blanks around a reference fall away, so the firm may even use the same word."""
    make_standing(now=NOW)
    browser.force_login(world.administrator)
    typed = {"ref": REF, "name_fr": "Autre", "name_en": "Other"}
    assert browser.post(reverse("missions:profile_create"), typed).status_code == 302
    assert MissionProfile.objects.filter(ref=REF.strip()).exists()
    assert MissionProfile.everything.get(is_standing=True).ref == REF


def test_nobody_can_be_assigned_to_it(world: World, browser: Browser) -> None:
    """Loads, seats and rotations are read from assignments, so none of them ever has it."""
    make_standing(now=NOW)
    page = reverse("missions:assignment_create", args=[standing_mission().pk])
    typed = {"person": world.consultant.pk, "starts_on": "2026-11-11", "share": "100"}
    for reader in (world.administrator, world.manager):
        browser.force_login(reader)
        assert browser.get(page).status_code == 404
        assert browser.post(page, typed).status_code == 404
    assert not Assignment.objects.filter(mission__is_standing=True).exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_names_are_in_the_readers_language(world: World, language: str) -> None:
    make_standing(now=NOW)
    standing = standing_mission()
    with translation.override(language):
        said = {"fr": "Entre deux missions", "en": "Between two missions"}[language]
        assert (standing.client.label, standing.profile.name) == (said, said)
        assert str(standing) == standing.label != world.mission.label
        assert str(world.client) == world.client.name


# --- who is between two missions -------------------------------------------------------------


def there(first: date = DAY, last: date = DAY + timedelta(days=14)) -> set[int]:
    return set(between_missions(first=first, last=last).values_list("pk", flat=True))


def test_who_has_no_assignment_that_day() -> None:
    free, busy, ended, coming = (make.person() for _ in range(4))
    make.assignment(person=busy)
    make.assignment(person=ended, ends_on=DAY - timedelta(days=1))
    make.assignment(person=coming, starts_on=DAY + timedelta(days=1))
    assert there() == {free.pk, ended.pk, coming.pk}


def test_half_a_mission_is_a_mission() -> None:
    part_time = make.person()
    make.assignment(person=part_time, share=40)
    inside = make.person()
    own = make.mission(client=make.client(kind="internal"))
    make.assignment(person=inside, mission=own)
    assert there() == set()


def test_who_is_not_there_is_not_between() -> None:
    make.person(starts_on=DAY + timedelta(days=1))
    make.person(ends_on=DAY - timedelta(days=1))
    make.person(is_consultant=False, is_manager=True)
    make.person(is_active=False)
    away, back = make.person(), make.person()
    for person, last in ((away, 14), (back, 13)):
        person.absences.create(starts_on=DAY, ends_on=DAY + timedelta(days=last))
    assert there() == {back.pk}


def test_how_many_there_are_today(world: World) -> None:
    make_standing(now=NOW)
    assert OrgUnit.objects.exists()
    before = people_beside(standing_mission(), DAY)
    make.person()
    assert people_beside(standing_mission(), DAY) == before + 1
    today = timezone.localdate()
    assert people_beside(world.mission, today) == 1
