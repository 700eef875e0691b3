"""Who is able to take which mission, and what becomes of it in rotations and searches."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from balancing import eligibility
from balancing.eligibility import Abilities
from balancing.models import Rotation
from balancing.outlook import outlook
from balancing.scenarios import fit
from clients import stances
from clients.stances import Said
from missions import restrictions, skills
from missions.models import Mission, Restriction, Skill
from missions.skills import Held
from tests import make
from tests.balancing.test_planning import Firm
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def firm() -> Firm:
    return Firm()


@pytest.fixture
def network() -> Skill:
    return Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks")


def seen(world: World) -> Abilities:
    people = [world.consultant.pk, world.other_consultant.pk]
    return Abilities.of(people, [world.mission.pk, world.other_mission.pk], DAY, DAY)


def held(person: User, skill: Skill, level: int, wish: str = "", *, shared: bool = False) -> None:
    said = {skill.pk: Held(level, wish)}
    skills.say(person=person, held=said, shared=shared, by=person, now=NOW)


def asks(mission: Mission, skill: Skill, level: int = 2) -> None:
    skills.ask_for(mission=mission, levels={skill.pk: level}, actor=None, now=NOW)


def restrict(firm_or_world: Any, **about: Any) -> None:
    row = Restriction(sentence="Une raison", **about)
    restrictions.restrict(restriction=row, by=firm_or_world.manager, now=NOW)


# --- one person and one mission --------------------------------------------------------------


def test_who_has_said_nothing_is_not_ruled_out(world: World, network: Skill) -> None:
    asks(world.other_mission, network)
    found = seen(world)
    assert found.is_able(world.consultant.pk, world.other_mission.pk)
    told = fit(found, world.consultant.pk, world.other_mission.pk)
    assert (told.is_able, told.is_known) == (True, False)
    # A mission that asks for nothing needs nothing to be known.
    assert fit(found, world.consultant.pk, world.mission.pk).is_known


@pytest.mark.parametrize(("level", "able"), [(1, False), (2, True), (3, True)])
def test_the_level_asked_for_is_enough(
    world: World, network: Skill, level: int, able: bool
) -> None:
    asks(world.other_mission, network)
    held(world.consultant, network, level)
    found = seen(world)
    assert found.is_able(world.consultant.pk, world.other_mission.pk) is able
    told = fit(found, world.consultant.pk, world.other_mission.pk)
    assert told.lacks == ([] if able else [network.pk])
    assert (told.is_able, told.is_known) == (able, True)


def test_another_skill_does_not_stand_in(world: World, network: Skill) -> None:
    other = Skill.objects.create(code="data", name_fr="Données", name_en="Data")
    asks(world.other_mission, network, 1)
    held(world.consultant, other, 4)
    assert not seen(world).is_able(world.consultant.pk, world.other_mission.pk)


@pytest.mark.parametrize(
    ("wish", "shared", "able"),
    [("less", True, False), ("less", False, True), ("more", True, True), ("more", False, True)],
)
def test_a_wish_counts_once_it_is_shared(
    world: World, network: Skill, wish: str, shared: bool, able: bool
) -> None:
    asks(world.other_mission, network)
    held(world.consultant, network, 4, wish, shared=shared)
    told = fit(seen(world), world.consultant.pk, world.other_mission.pk)
    assert told.is_able is able
    assert told.wants == ([network.pk] if (wish, shared) == ("more", True) else [])
    assert told.spares == ([network.pk] if (wish, shared) == ("less", True) else [])


def test_a_restriction_rules_out_a_client_or_a_mission_with_somebody(world: World) -> None:
    person, other = world.consultant.pk, world.other_consultant.pk
    restrict(world, person=world.consultant, client=world.other_client)
    assert not seen(world).is_able(person, world.other_mission.pk)
    assert fit(seen(world), person, world.other_mission.pk).is_barred
    assert seen(world).is_able(other, world.mission.pk)
    restrict(world, person=world.other_consultant, other=world.consultant)
    assert not seen(world).is_able(other, world.mission.pk)
    Restriction.objects.update(lifted_at=NOW, lifted_by=world.manager)
    assert seen(world).is_able(person, world.other_mission.pk)


def test_two_who_are_kept_apart_do_not_take_one_mission(world: World) -> None:
    one, two, three = world.consultant.pk, world.other_consultant.pk, world.manager.pk
    restrict(world, person=world.consultant, other=world.other_consultant)
    found, mission = seen(world), world.mission.pk
    assert found.are_apart([(one, mission), (two, mission)])
    assert not found.are_apart([(one, mission), (two, world.other_mission.pk)])
    assert not found.are_apart([(one, mission), (three, mission)])
    assert not found.are_apart([(one, None), (two, None)])


def test_the_same_queries_for_many(world: World, network: Skill) -> None:
    counts = []
    for _ in range(2):
        for _more in range(4):
            held(make.person(), network, 2)
            asks(make.mission(), network)
        people = list(User.objects.values_list("pk", flat=True))
        missions = list(Mission.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            Abilities.of(people, missions, DAY, DAY)
        counts.append(len(captured))
    assert counts[0] == counts[1] == 8


# --- rotations -------------------------------------------------------------------------------


def table(firm: Firm, people: list[User]) -> Any:
    look = outlook(firm.now, rounds=6)
    assert look is not None
    ids = [row.pk for row in people]
    found = Abilities.of(ids, look.missions.tolist(), firm.coming, look.until)
    return look, eligibility.able(look, ids, found)


def test_the_table_agrees_with_each_of_its_cells(firm: Firm, network: Skill) -> None:
    people = list(firm.made.people)
    for place, mission in enumerate(firm.made.hard):
        asks(mission, network, 1 + place % 4)
    for place, person in enumerate(people[:12]):
        held(person, network, 1 + place % 4, "less" if place % 3 else "", shared=True)
    restrict(firm, person=people[0], client=firm.made.easy[0].client)
    restrict(firm, person=people[1], other=people[2])
    look, found = table(firm, people)
    abilities = Abilities.of(
        [row.pk for row in people], look.missions.tolist(), firm.coming, look.until
    )
    for person in people:
        for mission in look.missions.tolist():
            cell = found[look.person(person.pk), look.mission(mission)]
            assert cell == abilities.is_able(person.pk, mission)
    assert not found.all()


def moves(firm: Firm) -> set[tuple[int, int | None]]:
    """Who would take what, in everything that is proposed."""
    run = firm.plan()
    return {
        (move.person_id, move.takes_id)
        for rotation in run.rotations.all()
        for move in rotation.moves.all()
    }


def test_nobody_is_proposed_for_what_they_cannot_do(firm: Firm, network: Skill) -> None:
    takers = {person for person, takes in moves(firm) if takes == firm.made.hard[0].pk}
    assert takers
    Rotation.objects.all().delete()
    for mission in firm.made.hard:
        asks(mission, network)
    other = Skill.objects.create(code="data", name_fr="Données", name_en="Data")
    for person in firm.made.people:
        held(person, other if person.pk in takers else network, 3)
    hard = {mission.pk for mission in firm.made.hard}
    assert not {(person, takes) for person, takes in moves(firm) if takes in hard} & {
        (person, mission) for person in takers for mission in hard
    }


def test_reasons_tell_what_skills_have_to_do_with_it(firm: Firm, network: Skill) -> None:
    for mission in (*firm.made.hard, *firm.made.easy):
        asks(mission, network, 1)
    loaded = firm.made.loaded
    known = firm.made.people[: len(firm.made.people) // 2]
    for person in known:
        wish = "" if person == loaded else "more"
        held(person, network, 2, wish, shared=True)
    rotations = firm.plan().rotations.all()
    said = {
        (move.person_id in {row.pk for row in known}, code, *names)
        for rotation in rotations
        for move in rotation.moves.exclude(takes=None)
        for code, *names in move.reasons
        if code.startswith(("skills", "wants"))
    }
    assert said
    assert said <= {
        (True, "skills", "Réseaux", "Networks"),
        (True, "wants_more", "Réseaux", "Networks"),
        (False, "skills_unknown", "Réseaux", "Networks"),
    }


def test_less_of_what_the_mission_asks_is_a_reason_to_leave_it(firm: Firm, network: Skill) -> None:
    asks(firm.made.hard[0], network, 1)
    held(firm.made.loaded, network, 3, "less", shared=True)
    told = [
        move.reasons
        for rotation in firm.plan().rotations.all()
        for move in rotation.moves.filter(person=firm.made.loaded)
    ]
    assert told
    assert ["wants_less", "Réseaux", "Networks"] in told[0]


def test_two_kept_apart_are_not_sent_to_one_mission(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert firm.plan().rotations.exists()
    Rotation.objects.all().delete()
    monkeypatch.setattr(Abilities, "are_apart", lambda self, takers: bool(list(takers)))
    run = firm.plan()
    assert not run.rotations.exists()
    assert run.outcome == "nothing"


def stand(firm: Firm, pairs: set[tuple[int, int]], wish: str, *, shared: bool = True) -> None:
    """These people (ids) say that of the clients of these missions (ids)."""
    for person, mission in pairs:
        stances.say(
            person=User.objects.get(pk=person),
            client=Mission.objects.get(pk=mission).client,
            said=Said(wish=wish, shared=shared),
            now=NOW,
        )


def taken(firm: Firm) -> set[tuple[int, int]]:
    """Who would take which mission; who would pause is left out."""
    return {(person, takes) for person, takes in moves(firm) if takes is not None}


def test_nobody_is_sent_to_a_client_against_their_values(firm: Firm) -> None:
    first = taken(firm)
    clients = dict(Mission.objects.values_list("pk", "client"))
    assert first
    stand(firm, first, "against", shared=False)
    assert taken(firm) == first
    stand(firm, first, "against")
    assert not {(person, clients[takes]) for person, takes in taken(firm)} & {
        (person, clients[takes]) for person, takes in first
    }


def test_a_client_one_would_like_is_a_reason(firm: Firm) -> None:
    first = taken(firm)
    stand(firm, first, "for")
    told = {
        (move.person_id, code, names[0])
        for rotation in firm.plan().rotations.all()
        for move in rotation.moves.exclude(takes=None)
        for code, *names in move.reasons
        if code == "wants_client"
    }
    clients = dict(Mission.objects.values_list("pk", "client__name"))
    assert told
    assert told <= {(person, "wants_client", clients[takes]) for person, takes in first}
