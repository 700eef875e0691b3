"""The pages of missions, as a browser meets them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from missions.defaults import install_facts
from missions.models import Absence, Assignment, DemandFact, Mission, MissionProfile
from tests import make
from tests.world import World

# Said where an end is entered: no later round makes up for it.
TOO_LATE = "une fois ce tour clos, elles ne sont posées à personne"
DAY = timedelta(days=1)
LIST = reverse("missions:mission_list")
NEW = reverse("missions:mission_create")
ABSENCES = reverse("missions:absence_list")


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def boss(world: World, browser: Browser) -> Browser:
    browser.force_login(world.administrator)
    return browser


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def at(name: str, row: Any) -> str:
    return reverse(f"missions:{name}", args=[row.pk])


def shown(response: Any) -> set[Mission]:
    return {row[0] for row in response.context["rows"]}


def errors(response: Any) -> set[str]:
    assert response.status_code == 200
    assert "<title>Err" in text(response)
    return set(response.context["form"].errors)


def typed(world: World, **rest: Any) -> dict[str, Any]:
    values = {
        "ref": "N1", "title": "Refonte", "client": str(world.client.pk),
        "profile": str(world.profile.pk), "place": "Lyon", "starts_on": "2027-01-04",
        "ends_on": "",
    }  # fmt: skip
    return values | rest


# --- the list --------------------------------------------------------------------------------


def test_a_consultant_sees_their_own_missions(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    response = browser.get(LIST)
    assert shown(response) == {world.mission}
    offered = response.context["form"].fields["client"].queryset
    assert list(offered) == [world.client]


@pytest.mark.django_db
def test_a_firm_without_missions_is_not_told_to_search_better(browser: Browser) -> None:
    person = make.person(is_consultant=False, is_administrator=True, language="en")
    browser.force_login(person)
    assert "No mission yet" in text(browser.get(LIST))
    make.mission()
    assert "No mission yet" not in text(browser.get(LIST, {"q": "Verdane"}))


def test_filters(world: World, boss: Browser, today: date) -> None:
    coming = make.mission(client=world.client, starts_on=today + DAY, place="Évry")
    ended = make.mission(client=world.client, profile=world.profile, ends_on=today - DAY)
    here = {world.mission, world.other_mission}
    assert shown(boss.get(LIST)) == here
    assert shown(boss.get(LIST, {"state": "upcoming"})) == {coming}
    assert shown(boss.get(LIST, {"state": "ended"})) == {ended}
    assert shown(boss.get(LIST, {"state": "all", "q": "evry"})) == {coming}
    assert shown(boss.get(LIST, {"q": world.client.name})) == {world.mission}
    assert shown(boss.get(LIST, {"client": world.client.pk})) == {world.mission}
    assert shown(boss.get(LIST, {"profile": coming.profile.pk, "state": "all"})) == {coming}


@pytest.mark.parametrize("sort", ["client", "title", "profile", "-demand", "-start"])
def test_orders_and_declared_demand(world: World, boss: Browser, sort: str) -> None:
    install_facts()
    world.mission.facts.set(DemandFact.objects.filter(code__in=["on_call", "alone"]))
    response = boss.get(LIST, {"sort": sort})
    demand = {mission: demand for mission, _people, demand in response.context["rows"]}
    assert demand == {world.mission: 5.0, world.other_mission: 0.0}
    if sort == "-demand":
        assert next(iter(demand)) == world.mission


@pytest.mark.parametrize(
    "query", [{"sort": "a.b"}, {"client": "x"}, {"profile": "0"}, {"state": "x"}, {"page": "0"}]
)
def test_what_makes_no_sense_is_ignored_and_said(
    world: World, boss: Browser, query: dict[str, str]
) -> None:
    response = boss.get(LIST, query)
    assert len(response.context["notices"]) == 1
    assert shown(response) == {world.mission, world.other_mission}


def test_queries_do_not_grow_with_the_lists(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    pages = [LIST, reverse("missions:fact_list"), reverse("missions:profile_list"), ABSENCES]
    counts: dict[str, list[int]] = {page: [] for page in pages}
    for n in range(3):
        mission = make.mission(
            title=f"Titre {n}", profile=make.profile(name_fr=f"Titre {n}", name_en=f"Titre {n}")
        )
        person = make.person(last_name=f"Titre {n}", unit=world.unit)
        make.assignment(mission=mission, person=person)
        Absence.objects.create(person=person, starts_on=date(2090, 1, 2), ends_on=date(2090, 1, 3))
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert f"Titre {n}" in text(browser.get(page))
            counts[page].append(len(queries))
    for page, found in counts.items():
        assert found[0] == found[2] <= 20, page


# --- one mission -----------------------------------------------------------------------------


def test_who_was_is_and_will_be_there(world: World, boss: Browser, today: date) -> None:
    past = make.assignment(mission=world.mission, ends_on=today - DAY)
    coming = make.assignment(mission=world.mission, starts_on=today + DAY)
    team = boss.get(at("mission_detail", world.mission)).context["team"]
    groups = (team.now, team.coming, team.past)
    rows = [[placing.row for placing in group] for group in groups]
    assert rows == [[world.assignment], [coming], [past]]
    assert not team.past[0].can_edit
    assert team.now[0].can_edit


def test_colleagues_do_not_read_shares(world: World, browser: Browser) -> None:
    Assignment.objects.filter(pk=world.assignment.pk).update(share=73)
    make.assignment(person=world.other_consultant, mission=world.mission)
    browser.force_login(world.other_consultant)
    assert "· 73" not in text(browser.get(at("mission_detail", world.mission)))
    browser.force_login(world.manager)
    assert "· 73" in text(browser.get(at("mission_detail", world.mission)))


def test_queries_do_not_grow_with_the_team(world: World, browser: Browser) -> None:
    browser.force_login(world.other_manager)
    counts = []
    for n in range(3):
        person = make.person(last_name=f"Equipe {n}", unit=world.other_unit)
        make.assignment(mission=world.mission, person=person)
        with CaptureQueriesContext(connection) as queries:
            assert f"Equipe {n}" in text(browser.get(at("mission_detail", world.mission)))
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 21


def test_create_with_facts_then_history(world: World, browser: Browser) -> None:
    install_facts()
    fact = DemandFact.objects.get(code="legacy")
    browser.force_login(world.manager)
    response = browser.post(NEW, typed(world, facts=[fact.pk], title="{{ 7|add:7 }}<i>"))
    mission = Mission.objects.get(ref="N1")
    assert response.url == at("mission_detail", mission)  # type: ignore[attr-defined]  # -- a redirect
    page = text(browser.get(response.url))  # type: ignore[attr-defined]  # -- a redirect
    assert "{{ 7|add:7 }}&lt;i&gt;" in page
    assert fact.name_fr in page
    (line,) = browser.get(at("mission_history", mission)).context["lines"]
    after = {change.after for change in line.changes}
    assert {fact.name_fr, world.client.name, world.profile.name_fr} <= after


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a\nb"), ("title", ""), ("place", "a\x00b"), ("client", "999999"),
        ("profile", ""), ("starts_on", "demain"), ("starts_on", "0001-01-01"),
        ("ends_on", "2027-01-03"), ("ref", "é" * 41), ("facts", ["999999"]),
    ],
)  # fmt: skip
def test_an_error_keeps_everything_typed(
    world: World, boss: Browser, field: str, value: Any
) -> None:
    sent = typed(world, facts=[]) | {field: value}
    response = boss.post(NEW, sent)
    assert errors(response) == {field}
    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == sent
    assert not Mission.objects.filter(ref="N1").exists()


def test_a_manager_makes_missions_for_their_own_clients(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    sent = typed(world, client=str(world.other_client.pk))
    assert errors(browser.post(NEW, sent)) == {"client"}


def test_ended_clients_and_profiles_are_not_offered(
    world: World, boss: Browser, today: date
) -> None:
    world.client.ended_on = world.profile.ended_on = today - DAY
    world.client.save()
    world.profile.save()
    assert errors(boss.post(NEW, typed(world))) == {"client", "profile"}


@pytest.mark.parametrize("field", ["client", "profile", "starts_on"])
def test_a_started_mission_refuses_a_stale_form_and_says_why(
    world: World, boss: Browser, field: str
) -> None:
    changed = {
        "client": str(world.other_client.pk),
        "profile": str(make.profile().pk),
        "starts_on": "2027-02-01",
    }
    sent = typed(world, ref=world.mission.ref, starts_on="2025-01-06")
    response = boss.post(at("mission_edit", world.mission), sent | {field: changed[field]})
    assert errors(response) == {field}
    assert boss.post(at("mission_edit", world.mission), sent).status_code == 302
    world.mission.refresh_from_db()
    assert (world.mission.title, world.mission.client) == ("Refonte", world.client)


def test_the_end_of_a_mission_names_who_is_on_it(world: World, boss: Browser, today: date) -> None:
    url = at("mission_end", world.mission)
    assert world.consultant.full_name in text(boss.get(url))
    assert TOO_LATE in text(boss.get(url))
    assert errors(boss.post(url, {"ends_on": today.isoformat()})) == {"with_people"}
    sent = {"ends_on": today.isoformat(), "with_people": "on"}
    assert boss.post(url, sent).status_code == 302
    world.assignment.refresh_from_db()
    assert world.assignment.ends_on == today
    assert world.consultant.full_name not in text(boss.get(url))


def test_facts_are_edited_on_the_mission(world: World, browser: Browser) -> None:
    install_facts()
    fact = DemandFact.objects.get(code="travel")
    browser.force_login(world.manager)
    url = at("mission_facts", world.mission)
    assert "2 points" in text(browser.get(url))
    assert errors(browser.post(url, {"facts": ["999999"]})) == {"facts"}
    assert browser.post(url, {"facts": [fact.pk]}).status_code == 302
    assert list(world.mission.facts.all()) == [fact]
    browser.force_login(world.consultant)
    (line,) = browser.get(at("mission_history", world.mission)).context["lines"]
    assert (line.who, line.changes[0].after) == (world.manager.full_name, fact.name_fr)


def test_who_is_on_a_mission_does_not_read_staffing_in_its_history(
    world: World, browser: Browser, today: date
) -> None:
    make.assignment(mission=world.mission, person=world.other_consultant)
    browser.force_login(world.manager)
    assign = at("assignment_create", world.mission)
    person = make.person()
    sent = {"person": person.pk, "starts_on": today.isoformat(), "share": "20"}
    assert browser.post(assign, sent).status_code == 302
    (line,) = browser.get(at("mission_history", world.mission)).context["lines"]
    assert line.about == person.full_name
    browser.force_login(world.other_consultant)
    assert browser.get(at("mission_history", world.mission)).context["lines"] == []


# --- assignments -----------------------------------------------------------------------------


def test_more_than_full_time_is_said_and_allowed(
    world: World, browser: Browser, today: date
) -> None:
    browser.force_login(world.manager)
    sent = {"person": world.consultant.pk, "starts_on": today.isoformat(), "share": "50"}
    other = make.mission(client=world.client)
    response = browser.post(at("assignment_create", other), sent)
    assert response.status_code == 302
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("150" in message for message in said)
    last = {"ends_on": (today + 9 * DAY).isoformat()}
    third = make.mission(client=world.client)
    response = browser.post(at("assignment_create", third), sent | last)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("200" in message for message in said)


def test_within_full_time_nothing_is_said(world: World, browser: Browser, today: date) -> None:
    browser.force_login(world.manager)
    sent = {"person": make.person().pk, "starts_on": today.isoformat(), "share": "100"}
    response = browser.post(at("assignment_create", world.mission), sent)
    assert len(list(get_messages(response.wsgi_request))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share", "0"), ("share", "101"), ("share", "mi-temps"), ("starts_on", ""),
        ("ends_on", "2027-01-03"), ("person", ""), ("person", "999999"),
    ],
)  # fmt: skip
def test_errors_of_an_assignment_stand_beside_their_field(
    world: World, browser: Browser, field: str, value: str
) -> None:
    browser.force_login(world.manager)
    sent = {
        "person": str(make.person().pk),
        "starts_on": "2027-01-04",
        "ends_on": "",
        "share": "50",
    }
    response = browser.post(at("assignment_create", world.mission), sent | {field: value})
    assert errors(response) == {field}
    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == sent | {field: value}


def test_the_same_person_twice_is_refused_in_words(
    world: World, browser: Browser, today: date
) -> None:
    browser.force_login(world.manager)
    sent = {"person": world.consultant.pk, "starts_on": today.isoformat(), "share": "50"}
    assert errors(browser.post(at("assignment_create", world.mission), sent)) == {"__all__"}
    assert Assignment.objects.filter(person=world.consultant).count() == 1


def test_another_managers_people_are_not_offered(
    world: World, browser: Browser, today: date
) -> None:
    browser.force_login(world.other_manager)
    sent = {"person": make.person().pk, "starts_on": today.isoformat(), "share": "50"}
    assert errors(browser.post(at("assignment_create", world.mission), sent)) == {"person"}


def test_a_share_changed_midway_makes_a_new_row(
    world: World, browser: Browser, today: date
) -> None:
    browser.force_login(world.manager)
    sent = {"starts_on": "2025-01-06", "ends_on": "", "share": "60"}
    assert browser.post(at("assignment_edit", world.assignment), sent).status_code == 302
    rows = Assignment.objects.filter(person=world.consultant).order_by("starts_on")
    assert [(row.starts_on, row.ends_on, row.share) for row in rows] == [
        (date(2025, 1, 6), today - DAY, 100),
        (today, None, 60),
    ]


def test_a_past_start_is_not_edited(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    sent = {"starts_on": "2025-02-03", "ends_on": "", "share": "100"}
    assert errors(browser.post(at("assignment_edit", world.assignment), sent)) == {"starts_on"}


def test_end_gives_a_last_day_or_cancels(world: World, browser: Browser, today: date) -> None:
    browser.force_login(world.manager)
    url = at("assignment_end", world.assignment)
    assert TOO_LATE in text(browser.get(url))
    assert TOO_LATE in text(browser.get(at("assignment_edit", world.assignment)))
    yesterday = {"ends_on": (today - DAY).isoformat()}
    assert errors(browser.post(url, yesterday)) == {"ends_on"}
    assert browser.post(url, {"ends_on": today.isoformat()}).status_code == 302
    coming = make.assignment(mission=world.mission, starts_on=today + DAY)
    assert 'name="ends_on"' not in text(browser.get(at("assignment_end", coming)))
    assert browser.post(at("assignment_end", coming)).status_code == 302
    assert not Assignment.objects.filter(pk=coming.pk).exists()
    assert AuditEntry.objects.filter(object_kind="assignment").count() == 2


# --- profiles and facts ----------------------------------------------------------------------


def test_profiles(world: World, boss: Browser, today: date) -> None:
    sent = {"ref": "P1", "name_fr": "Régie longue", "name_en": "Long contract"}
    new = reverse("missions:profile_create")
    assert errors(boss.post(new, sent | {"name_en": "a\nb"})) == {"name_en"}
    assert boss.post(new, sent).status_code == 302
    profile = MissionProfile.objects.get(ref="P1")
    edit = at("profile_edit", profile)
    assert errors(boss.post(edit, sent | {"name_fr": ""})) == {"name_fr"}
    assert boss.post(edit, sent | {"name_fr": "Régie", "ref": "X"}).status_code == 302
    end = at("profile_end", profile)
    assert errors(boss.post(end, {"last_day": (today - DAY).isoformat()})) == {"last_day"}
    assert boss.post(end, {"last_day": today.isoformat()}).status_code == 302
    profile.refresh_from_db()
    assert (profile.ref, profile.name_fr, profile.ended_on) == ("P1", "Régie", today)
    page = text(boss.get(reverse("missions:profile_list")))
    assert at("profile_reopen", profile) in page
    boss.post(at("profile_reopen", profile))
    profile.refresh_from_db()
    assert profile.ended_on is None


def test_facts_show_their_points_and_the_firms_maximum(world: World, boss: Browser) -> None:
    install_facts()
    world.mission.facts.set(DemandFact.objects.all())
    response = boss.get(reverse("missions:fact_list"))
    assert [row[1] for row in response.context["rows"]] == [10.0, 0.0]


# --- absences --------------------------------------------------------------------------------


def test_ones_own_absence_from_entry_to_removal(
    world: World, browser: Browser, today: date
) -> None:
    browser.force_login(world.consultant)
    new = reverse("missions:absence_create")
    sent = {
        "person": str(world.consultant.pk),
        "starts_on": (today + DAY).isoformat(),
        "ends_on": (today + 3 * DAY).isoformat(),
    }
    assert errors(browser.post(new, sent | {"person": world.manager.pk})) == {"person"}
    assert errors(browser.post(new, sent | {"ends_on": today.isoformat()})) == {"ends_on"}
    assert browser.post(new, sent).status_code == 302
    assert browser.post(new, sent).status_code == 200
    absence = Absence.objects.get()
    sent["ends_on"] = (today + 5 * DAY).isoformat()
    assert browser.post(at("absence_edit", absence), sent).status_code == 302
    assert at("absence_delete", absence) in text(browser.get(ABSENCES))
    assert browser.post(at("absence_delete", absence)).status_code == 302
    assert not Absence.objects.exists()
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk")]
    assert actions == ["create", "edit", "remove"]


def test_a_begun_absence_is_not_removed(world: World, browser: Browser, today: date) -> None:
    absence = Absence.objects.create(
        person=world.consultant, starts_on=today - DAY, ends_on=today + DAY
    )
    browser.force_login(world.consultant)
    assert errors(browser.post(at("absence_delete", absence))) == {"__all__"}
    stale = {"starts_on": today.isoformat(), "ends_on": (today + DAY).isoformat()}
    assert errors(browser.post(at("absence_edit", absence), stale)) == {"starts_on"}
    assert Absence.objects.get() == absence


def test_filters_of_absences(world: World, browser: Browser, today: date) -> None:
    def away(person: Any, first: int, last: int) -> Absence:
        return Absence.objects.create(
            person=person, starts_on=today + first * DAY, ends_on=today + last * DAY
        )

    past, coming = away(world.consultant, -9, -5), away(world.consultant, 1, 2)
    away(world.other_consultant, 1, 2)
    own = away(world.manager, 3, 4)
    browser.force_login(world.manager)

    def listed(**query: Any) -> list[Absence]:
        return list(browser.get(ABSENCES, query).context["page"])

    assert listed() == [coming, own]
    assert listed(state="past") == [past]
    assert listed(state="all", person=world.consultant.pk) == [coming, past]
    assert listed(person=world.other_consultant.pk) == [coming, own]
