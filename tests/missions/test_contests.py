"""A fact contested by somebody on the mission, answered by those who keep the facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.perms import Refused
from missions import contests, perms
from missions.defaults import install_facts
from missions.models import Assignment, DemandFact, FactContest
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def facts(world: World) -> dict[str, DemandFact]:
    install_facts()
    found = {row.code: row for row in DemandFact.objects.all()}
    world.mission.facts.set([found["travel"]])
    return found


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def contest(world: World, fact: DemandFact, sentence: str = "Une semaine sur quatre") -> Any:
    return contests.contest(
        mission=world.mission, fact=fact, sentence=sentence, by=world.consultant, now=NOW
    )


def test_from_the_contest_to_corrected_facts(
    world: World, facts: dict[str, DemandFact], browser: Browser
) -> None:
    browser.force_login(world.consultant)
    page = reverse("missions:mission_detail", args=[world.mission.pk])
    form = reverse("missions:contest_create", args=[world.mission.pk])
    assert form in text(browser.get(page))
    asked = text(browser.get(form))
    assert "Déclaré, et faux ici" in asked
    assert "Manquant ici" in asked
    sent = {"fact": facts["on_call"].pk, "sentence": "Une semaine sur quatre"}
    assert browser.post(form, sent).status_code == 302
    row = FactContest.objects.get()
    assert (row.declared, row.person, row.is_open) == (False, world.consultant, True)
    assert contests.contested([world.mission.pk, world.other_mission.pk]) == {world.mission.pk}

    browser.force_login(world.manager)
    answer = reverse("missions:contest_answer", args=[row.pk])
    assert answer in text(browser.get(page))
    assert "Une semaine sur quatre" in text(browser.get(answer))
    sent = {"correct": "yes", "answer": "Vu avec le client, merci"}
    assert browser.post(answer, sent).status_code == 302
    assert set(world.mission.facts.all()) == {facts["travel"], facts["on_call"]}
    assert contests.contested([world.mission.pk]) == set()
    browser.force_login(world.consultant)
    seen = text(browser.get(page))
    assert "Vu avec le client, merci" in seen
    assert "Corrigé" in seen
    words = [entry.action for entry in AuditEntry.objects.filter(about=world.consultant)]
    assert words == ["confirm", "contest"]


def test_a_declared_fact_said_untrue_is_taken_away(
    world: World, facts: dict[str, DemandFact]
) -> None:
    row = contest(world, facts["travel"])
    assert row.declared
    contests.correct(contest=row, answer="Exact", by=world.manager, now=NOW)
    assert not world.mission.facts.exists()


def test_kept_facts_stay_and_say_why(
    world: World, facts: dict[str, DemandFact], browser: Browser
) -> None:
    row = contest(world, facts["travel"])
    browser.force_login(world.manager)
    answer = reverse("missions:contest_answer", args=[row.pk])
    assert "ce champ est obligatoire" in text(browser.post(answer, {"correct": "no"})).lower()
    late = {"correct": "no", "answer": "Trois allers-retours par mois"}
    assert browser.post(answer, late).status_code == 302
    assert list(world.mission.facts.all()) == [facts["travel"]]
    again = text(browser.post(answer, late))
    assert "entre-temps" in again
    assert "Trois allers-retours par mois" in again
    row.refresh_from_db()
    assert (row.state, row.answered_by) == ("kept", world.manager)
    assert str(row) == f"contest {row.pk}"


def test_a_fact_is_contested_once_at_a_time(
    world: World, facts: dict[str, DemandFact], browser: Browser
) -> None:
    row = contest(world, facts["on_call"])
    browser.force_login(world.consultant)
    form = reverse("missions:contest_create", args=[world.mission.pk])
    sent = {"fact": facts["on_call"].pk, "sentence": "Encore"}
    page = text(browser.post(form, sent))
    assert "déjà contesté" in page
    assert "Encore" in page
    withdraw = reverse("missions:contest_withdraw", args=[row.pk])
    assert "Retiré" in text(browser.post(withdraw, follow=True))
    assert browser.post(withdraw).status_code == 302
    assert browser.post(form, sent).status_code == 302
    assert FactContest.objects.filter(state="open").count() == 1
    with pytest.raises(ValidationError):
        contests.withdraw(contest=row, by=world.consultant, now=NOW)


@pytest.mark.parametrize(
    "change", [{"fact": ""}, {"fact": "999"}, {"sentence": ""}, {"sentence": "x" * 301},
               {"sentence": "deux\nlignes"}],
)  # fmt: skip
def test_a_contest_that_says_too_little_or_too_much_is_refused(
    world: World, facts: dict[str, DemandFact], browser: Browser, change: dict[str, str]
) -> None:
    browser.force_login(world.consultant)
    form = reverse("missions:contest_create", args=[world.mission.pk])
    sent = {"fact": str(facts["on_call"].pk), "sentence": "Une semaine sur quatre"} | change
    page = browser.post(form, sent)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not FactContest.objects.exists()


def test_colleagues_read_a_colleague_and_not_what_was_withdrawn(
    world: World, facts: dict[str, DemandFact], browser: Browser
) -> None:
    row = contest(world, facts["on_call"])
    other = contest(world, facts["alone"], "Retirée plus tard")
    contests.withdraw(contest=other, by=world.consultant, now=NOW)
    colleague = make.person(unit=world.unit, first_name="Zoé")
    make.assignment(person=colleague, mission=world.mission)
    page = reverse("missions:mission_detail", args=[world.mission.pk])
    browser.force_login(colleague)
    seen = text(browser.get(page))
    assert "un ou une collègue" in seen
    assert f"{world.consultant.full_name}, 25 novembre" not in seen
    assert "Retirée plus tard" not in seen
    browser.force_login(world.manager)
    assert f"{world.consultant.full_name}, 25 novembre" in text(browser.get(page))
    with pytest.raises(PermissionDenied):
        perms.contest_to_answer_for(colleague, row.pk)
    with pytest.raises(PermissionDenied):
        perms.contest_to_withdraw_for(colleague, row.pk)
    with pytest.raises(Refused):
        perms.contest_to_answer_for(world.other_consultant, row.pk)


def test_who_left_lately_may_still_contest(world: World, facts: dict[str, DemandFact]) -> None:
    today = NOW.date()
    rows = Assignment.objects.filter(person=world.consultant, mission=world.mission)
    for weeks, may in ((13, True), (14, False)):
        rows.update(ends_on=today - timedelta(weeks=weeks))
        assert perms.can_contest(world.consultant, world.mission.assignments.all(), today) is may
    rows.update(ends_on=None)
    assert perms.mission_to_contest_for(world.consultant, world.mission.pk, today=today)
    with pytest.raises(PermissionDenied):
        perms.mission_to_contest_for(world.manager, world.mission.pk, today=today)


def test_the_history_tells_who_contested_to_those_who_answer_alone(
    world: World, facts: dict[str, DemandFact], browser: Browser
) -> None:
    """A colleague reads what changed of the mission: a contest changed nothing, and its author
    stands in no line of theirs."""
    contests.keep(
        contest=contest(world, facts["on_call"]), answer="Non", by=world.manager, now=NOW
    )
    contests.correct(
        contest=contest(world, facts["travel"]), answer="Oui", by=world.manager, now=NOW
    )
    colleague = make.person(unit=world.unit, first_name="Zoé")
    make.assignment(person=colleague, mission=world.mission)
    page = reverse("missions:mission_history", args=[world.mission.pk])
    browser.force_login(colleague)
    assert world.consultant.full_name not in text(browser.get(page))
    (line,) = browser.get(page).context["lines"]
    assert (line.who, line.changes[0].after) == (world.manager.full_name, "")
    browser.force_login(world.manager)
    said = [
        (line.what, line.changes[0].before, line.changes[0].after)
        for line in browser.get(page).context["lines"]
    ]
    travel, on_call = facts["travel"].name, facts["on_call"].name
    assert said == [
        ("Correction après contestation", travel, ""),
        ("Modification", travel, ""),
        ("Fait contesté", travel, ""),
        ("Maintien après contestation", "", on_call),
        ("Fait contesté", "", on_call),
    ]
    browser.force_login(world.other_manager)
    assert world.consultant.full_name not in text(browser.get(page))
