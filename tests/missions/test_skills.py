"""Skills: the firm's list, what people say of themselves, and what missions ask for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from missions import skills
from missions.models import MissionSkill, PersonSkill, Skill
from missions.skills import Held
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def network() -> Skill:
    return Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks")


@pytest.fixture
def python() -> Skill:
    return Skill.objects.create(code="python", name_fr="Python", name_en="Python")


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def at(name: str, *args: int) -> str:
    return reverse(f"missions:{name}", args=args)


# --- the firm's list -------------------------------------------------------------------------


def test_an_administrator_keeps_the_list(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    assert "Pas encore de compétence" in text(browser.get(at("skill_list")))
    sent = {"code": "Network", "name_fr": "Réseaux", "name_en": "Networks"}
    assert "Réseaux : c’est ajouté" in text(browser.post(at("skill_create"), sent, follow=True))
    skill = Skill.objects.get(code="network")
    again = text(browser.post(at("skill_create"), sent))
    assert "Ce code est pris" in again
    browser.post(at("skill_edit", skill.pk), {"name_fr": "Réseau", "name_en": "Network"})
    skill.refresh_from_db()
    assert (skill.name_fr, skill.code) == ("Réseau", "network")
    for _ in range(2):
        browser.post(at("skill_retire", skill.pk))
    assert "Retirées, et plus demandées" in text(browser.get(at("skill_list")))
    for _ in range(2):
        browser.post(at("skill_bring_back", skill.pk))
    assert "Retirées" not in text(browser.get(at("skill_list")))
    lines = AuditEntry.objects.filter(object_kind="skill", object_ref="network").order_by("pk")
    assert list(lines.values_list("action", flat=True)) == ["create", "edit", "end", "reopen"]


def test_what_does_not_exist_is_refused_to_an_administrator_too(
    world: World, browser: Browser
) -> None:
    browser.force_login(world.administrator)
    for name in ("skill_retire", "skill_bring_back", "skill_edit"):
        assert browser.post(at(name, 10**9)).status_code == 404


def test_renaming_to_the_same_name_leaves_no_line(network: Skill) -> None:
    skills.rename_skill(skill=network, actor=None, now=NOW)
    assert not AuditEntry.objects.exists()


# --- people ----------------------------------------------------------------------------------


def say(person: User, *, shared: bool = False, **held: Held) -> None:
    ids = dict(Skill.objects.values_list("code", "pk"))
    skills.say(
        person=person, held={ids[code]: one for code, one in held.items()}, shared=shared,
        by=person, now=NOW,
    )  # fmt: skip


def test_one_says_what_one_can_do(
    world: World, browser: Browser, network: Skill, python: Skill
) -> None:
    browser.force_login(world.consultant)
    form = text(browser.get(at("skills_own")))
    assert "Réseaux" in form
    assert "1 · avec de l’aide" in form
    sent = {"level-network": "3", "wish-network": "less", "level-python": ""}
    assert "sont gardées" in text(browser.post(at("skills_own"), sent, follow=True))
    row = PersonSkill.objects.get()
    assert (row.skill, row.level, row.wish, row.shared) == (network, 3, "less", False)
    assert "pour moi seul" in text(browser.get(at("skill_list")))
    # Left out is taken back.
    browser.post(at("skills_own"), {"level-python": "1", "shared": "on"})
    row = PersonSkill.objects.get()
    assert (row.skill, row.level, row.wish, row.shared) == (python, 1, "", True)


def test_a_wish_needs_a_level_and_what_was_typed_comes_back(
    world: World, browser: Browser, network: Skill, python: Skill
) -> None:
    browser.force_login(world.consultant)
    sent = {"level-network": "", "wish-network": "more", "level-python": "2", "shared": "on"}
    page = text(browser.post(at("skills_own"), sent))
    assert "Choisissez aussi un niveau" in page
    assert '<option value="more" selected>' in page
    assert '<option value="2" selected>' in page
    assert not PersonSkill.objects.exists()
    page = text(browser.post(at("skills_own"), {"level-network": "5"}))
    assert 'aria-invalid="true"' in page


def test_the_log_tells_levels_and_never_wishes(
    world: World, network: Skill, python: Skill
) -> None:
    say(world.consultant, network=Held(3, "less"), python=Held(1))
    say(world.consultant, network=Held(3, "more"), python=Held(1), shared=True)
    line = AuditEntry.objects.get()
    assert (line.about, line.changes) == (
        world.consultant, {"skills": ["", "network:3, python:1"]},
    )  # fmt: skip


def test_managers_read_levels_of_their_people_and_shared_wishes(
    world: World, browser: Browser, network: Skill
) -> None:
    say(world.consultant, network=Held(4, "less"))
    browser.force_login(world.manager)
    page = text(browser.get(at("skills_team")))
    assert f"{world.consultant.full_name}" in page
    assert "Réseaux 4" in page
    assert "· moins" not in page
    assert world.other_consultant.full_name not in page
    say(world.consultant, shared=True, network=Held(4, "less"))
    assert "Réseaux 4 · moins" in text(browser.get(at("skills_team")))
    browser.force_login(world.other_manager)
    assert "Réseaux 4" not in text(browser.get(at("skills_team")))


def test_the_team_is_narrowed_by_skill_and_level(
    world: World, browser: Browser, network: Skill, python: Skill
) -> None:
    say(world.consultant, network=Held(2))
    browser.force_login(world.manager)
    name = world.consultant.full_name
    for query, found in (
        ({"skill": network.pk}, True),
        ({"skill": network.pk, "level": "2"}, True),
        ({"skill": network.pk, "level": "3"}, False),
        ({"skill": python.pk}, False),
        ({"level": "1"}, True),
        ({"level": "x"}, True),
    ):
        assert (name in text(browser.get(at("skills_team"), query))) is found, query
    assert "ne dit l’avoir" in text(browser.get(at("skills_team"), {"skill": python.pk}))


def test_queries_do_not_grow_with_the_team(world: World, browser: Browser, network: Skill) -> None:
    browser.force_login(world.manager)
    counts = []
    for _ in range(3):
        say(make.person(unit=world.unit), network=Held(2))
        with CaptureQueriesContext(connection) as queries:
            browser.get(at("skills_team"))
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_who_leads_nobody_is_told_so(world: World, browser: Browser) -> None:
    browser.force_login(make.person(is_consultant=False, is_manager=True))
    assert "Personne à montrer" in text(browser.get(at("skills_team")))


def test_retired_skills_count_no_more(world: World, network: Skill) -> None:
    say(world.consultant, shared=True, network=Held(4, "more"))
    skills.ask_for(mission=world.mission, levels={network.pk: 2}, actor=None, now=NOW)
    people, missions = [world.consultant.pk], [world.mission.pk]
    assert skills.levels_of(people) == {people[0]: {network.pk: 4}}
    assert skills.shared_wishes(people) == {(people[0], network.pk): "more"}
    assert skills.asked_by(missions) == {missions[0]: {network.pk: 2}}
    skills.retire_skill(skill=network, actor=None, now=NOW)
    assert skills.levels_of(people) == skills.shared_wishes(people) == {}
    assert skills.asked_by(missions) == {}
    # What people and missions said stays.
    say(world.consultant)
    assert PersonSkill.objects.count() == MissionSkill.objects.count() == 1


@pytest.mark.parametrize("level", [0, 5])
def test_the_database_knows_no_other_level(world: World, network: Skill, level: int) -> None:
    for made in (
        PersonSkill(person=world.consultant, skill=network, level=level),
        MissionSkill(mission=world.mission, skill=network, level=level),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()


# --- missions --------------------------------------------------------------------------------


def test_a_mission_asks_for_skills_and_everybody_on_it_reads_them(
    world: World, browser: Browser, network: Skill, python: Skill
) -> None:
    browser.force_login(world.manager)
    page = at("mission_detail", world.mission.pk)
    assert "aucune : chacun peut être sollicité" in text(browser.get(page))
    sent = {"level-network": "2", "level-python": ""}
    browser.post(at("mission_skills", world.mission.pk), sent)
    browser.force_login(world.consultant)
    assert "Réseaux, niveau 2" in text(browser.get(page))
    line = AuditEntry.objects.get(object_kind="mission")
    assert line.changes == {"skills": ["", "network:2"]}
    browser.force_login(world.manager)
    assert "network:2" in text(browser.get(at("mission_history", world.mission.pk)))
    browser.post(at("mission_skills", world.mission.pk), sent)
    assert AuditEntry.objects.filter(object_kind="mission").count() == 1
    browser.post(at("mission_skills", world.mission.pk), {})
    assert not MissionSkill.objects.exists()
