"""Whom the product asks at clients, when, and the one reminder."""

import doctest
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from clients.models import Client
from core.wording import NBSP
from missions.models import Assignment
from surveys import asking, opinions
from surveys.models import Asking, AskingMail, ClientSurvey, SatisfactionPlan
from tests import make
from tests.surveys.asking import NOW, closed_round, open_round
from tests.surveys.opinions import asked, contact, survey
from tests.world import World

DAY = timedelta(days=1)
Kind, State = AskingMail.Kind, AskingMail.State


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(asking).failed == 0


def test_a_survey_opens_with_a_round_and_once(world: World) -> None:
    contact(world.client)
    assert asking.ask_due(now=NOW) == ""
    row = open_round()
    assert asking.ask_due(now=NOW) == "1 contact(s) of clients asked"
    assert asking.ask_due(now=NOW) == ""
    made = ClientSurvey.objects.get()
    assert (made.round, made.most, made.head_start_days) == (row, 3, 7)
    mails = AskingMail.objects.values_list("kind", "state")
    assert list(mails) == [(Kind.FIRST, State.WAITING)]


def test_four_months_lie_between_two_surveys(world: World) -> None:
    contact(world.client)
    first = closed_round((NOW - timedelta(weeks=15)).date())
    ClientSurvey.objects.create(round=first, opened_at=first.opens_at, most=3, head_start_days=7)
    open_round()
    assert asking.ask_due(now=NOW) == ""
    SatisfactionPlan.objects.create(pk=1, months=3)
    assert asking.ask_due(now=NOW) == "1 contact(s) of clients asked"


def test_no_survey_where_the_plan_says_so_or_nobody_can_be_asked(world: World) -> None:
    open_round()
    assert asking.ask_due(now=NOW) == ""
    contact(world.client)
    SatisfactionPlan.objects.create(pk=1, months=0)
    assert asking.ask_due(now=NOW) == ""
    assert not ClientSurvey.objects.exists()


def test_late_in_a_round_no_survey_opens(world: World) -> None:
    """Clients would be left with a few days; the next round will do."""
    contact(world.client)
    row = open_round()
    late = row.opens_at + (row.closes_at - row.opens_at) / 2
    assert asking.ask_due(now=late) == ""
    assert asking.ask_due(now=late - timedelta(minutes=1)) != ""


def test_only_declared_contacts_of_external_clients_with_somebody_there(world: World) -> None:
    here = contact(world.client)
    contact(world.client, left_out_because="Nouveau.")
    contact(world.client, declined_at=NOW)
    contact(world.client, ended_on=NOW.date())
    contact(make.client())
    inside = make.client(kind=Client.Kind.INTERNAL)
    make.assignment(mission=make.mission(client=inside))
    contact(inside)
    Assignment.objects.filter(mission=world.other_mission).update(ends_on=NOW.date() - DAY)
    contact(world.other_client)
    survey()
    assert [row.contact for row in Asking.objects.all()] == [here]


def test_the_draw_keeps_the_number_and_moves_from_round_to_round(world: World) -> None:
    everybody = {contact(world.client).pk for _ in range(8)}
    draws = [
        frozenset(row.pk for row in asking.draw(day=NOW.date(), most=3, seed=str(number)))
        for number in range(40)
    ]
    assert all(len(drawn) == 3 for drawn in draws)
    assert frozenset().union(*draws) == everybody
    assert len(set(draws)) > 10
    again = asking.draw(day=NOW.date(), most=3, seed="0")
    assert frozenset(row.pk for row in again) == draws[0]


def test_one_reminder_a_week_after_the_first_message(world: World) -> None:
    row = asked(world.client)
    answered = contact(world.client)
    other = Asking.objects.create(survey=row.survey, contact=answered)
    AskingMail.objects.create(asking=other, kind=Kind.FIRST)
    assert asking.ask_due(now=NOW + 8 * DAY) == ""  # the first has not left
    AskingMail.objects.update(state=State.SENT, finished_at=NOW)
    opinions.submit(asking=other, answers={"overall": 75}, now=NOW)
    assert asking.ask_due(now=NOW + 7 * DAY - timedelta(minutes=1)) == ""
    assert asking.ask_due(now=NOW + 7 * DAY) == "1 reminder(s) to clients"
    assert asking.ask_due(now=NOW + 8 * DAY) == ""
    assert AskingMail.objects.get(kind=Kind.REMINDER).asking == row


def test_nobody_is_reminded_of_a_survey_that_is_over(world: World) -> None:
    asked(world.client)
    AskingMail.objects.update(state=State.SENT, finished_at=NOW)
    assert asking.ask_due(now=NOW + 14 * DAY) == ""


def test_the_administrator_plans_and_sees_rates_once_known(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.force_login(world.administrator)
    page = reverse("surveys:satisfaction_plan")
    assert "Pas encore d’enquête" in browser.get(page).content.decode()
    typed = {"months": "6", "most": "2", "head_start_days": "10"}
    assert browser.post(page, typed).status_code == 302
    plan = SatisfactionPlan.current()
    assert (plan.months, plan.most, plan.head_start_days) == (6, 2, 10)
    assert AuditEntry.objects.get().changes["months"] == ["4", "6"]
    browser.post(page, typed)
    assert AuditEntry.objects.count() == 1
    assert "200" in browser.post(page, typed | {"most": "200"}).content.decode()
    row = asked(world.client)
    contact(world.client)
    opinions.submit(asking=row, answers={"overall": 75}, now=NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    assert "une fois terminée" in browser.get(page).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + 20 * DAY)
    browser.force_login(world.administrator)
    assert f"100{NBSP}%" in browser.get(page).content.decode()
    assert str(row.survey) == f"client survey {row.survey.round_id}"
    assert str(row) == f"asking {row.pk}"
    assert str(row.mails.get()) == f"first mail of asking {row.pk}"
    assert str(plan) == "every 6 months"


def test_what_is_asked_about_begins_with_the_survey_before(world: World) -> None:
    contact(world.client)
    first = closed_round(date(2026, 7, 7))
    ClientSurvey.objects.create(round=first, opened_at=first.opens_at, most=3, head_start_days=7)
    assert asking.last_survey_before(survey()) == date(2026, 7, 7)
    assert asking.last_survey_before(ClientSurvey.objects.get(round=first)) is None
