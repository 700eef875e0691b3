"""Jobs and pages that happen twice, or many at once, leave the rows of one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import OrgUnit
from balancing import planning
from balancing.models import Rotation, RotationNotice, RotationRun
from core.models import JobRun
from followup.models import AlertPass
from operations import mails_rotations
from operations.due import run_due
from scoring import compute, participation, release
from scoring.models import Participation, Release, ReleasedCell, Score, Scoring
from surveys.models import Period, Round
from surveys.models.answers import CheckIn
from tests import make, simulated
from tests.faults.conftest import Together
from tests.house.tables import rows
from tests.operations.talked import NOON, Talk
from tests.simulated import Simulated
from tests.surveys.asking import open_round

MOMENT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AT_ONCE = 20


def small_firm() -> Simulated:
    return simulated.firm(people=24, clients=3, periods=2, rounds=2)


def failed() -> list[str]:
    return list(JobRun.objects.filter(state=JobRun.State.FAILED).values_list("name", flat=True))


@pytest.mark.django_db
def test_every_job_twice_leaves_equal_rows() -> None:
    made = small_firm()
    said = run_due(now=made.after)
    assert [line.split(":")[0] for line in said] == [
        "rounds made ahead",
        "participation",
        "scores",
        "releases",
        "points",
        "loads",
    ]
    assert AlertPass.objects.count() == len(made.rounds)
    before = rows(but=())
    assert run_due(now=made.after) == []
    assert rows(but=()) == before


@pytest.mark.django_db
def test_an_opened_round_stays_as_it_was() -> None:
    made = small_firm()
    run_due(now=made.after)
    coming = Round.objects.filter(opened_at=None).earliest("starts_on")
    assert run_due(now=coming.opens_at) == [f"rounds opened: round {coming.starts_on} opened"]
    before = rows(but=())
    assert run_due(now=coming.opens_at) == []
    assert rows(but=()) == before


def test_two_workers_at_once_leave_the_rows_of_one(together: Together) -> None:
    made = small_firm()
    work = lambda: run_due(now=made.after)  # noqa: E731 -- the same piece, several times
    together([work, work, work])
    [(trouble, found)] = together([lambda: (failed(), rows())])
    assert trouble == []
    [again] = together([work])
    assert again == []
    assert found["scoring.Scoring"] == found["scoring.Score"] == []
    assert len(found["scoring.Release"]) == 2
    assert len(found["balancing.LoadPass"]) == len(found["followup.AlertPass"]) == 4
    assert len(found["surveys.Period"]) > 2


def test_three_workers_answer_a_question_about_rotations_once(together: Together) -> None:
    made = small_firm()
    run_due(now=made.after)
    now = made.after + timedelta(days=8)
    manager = make.person(is_manager=True, is_consultant=False)
    OrgUnit.objects.filter(parent=None).update(manager=manager)
    wish = planning.Wish(
        rounds=6, moves=6, together=2, starts_on=(now + timedelta(days=40)).date()
    )
    planning.ask(wish=wish, by=manager, now=now)
    work = lambda: planning.plan_due(now=now)  # noqa: E731 -- the same piece, several times
    said = together([work, work, work])
    assert sorted(said) == ["", "", "1 rotation plan(s) made"]
    [(runs, numbers)] = together(
        [
            lambda: (
                list(RotationRun.objects.values_list("state", "finished_at")),
                list(Rotation.objects.values_list("number", flat=True)),
            )
        ]
    )
    assert runs == [("done", now)]
    assert len(set(numbers)) == len(numbers)


def test_three_workers_tell_of_a_conversation_once(together: Together) -> None:
    talk = Talk()
    work = lambda: mails_rotations.send_due(now=NOON)  # noqa: E731 -- the same piece, several times
    together([work, work, work])
    assert sorted(one.to[0] for one in mail.outbox) == sorted(one.email for one in talk.people)
    [states] = together([lambda: list(RotationNotice.objects.values_list("state", flat=True))])
    assert states == ["sent", "sent"]


@pytest.mark.django_db
def test_several_workers_leave_what_one_leaves() -> None:
    """Two that find the same due: the second sees what the first did, and goes on."""
    made = small_firm()
    period, asked = made.periods[0], made.rounds[0]
    assert compute.score(period=period, now=made.after)
    assert not compute.score(period=period, now=made.after)
    assert participation._count_once(asked)
    assert not participation._count_once(asked)
    stale, seen = Scoring.objects.get(period=period), Scoring.objects.get(period=period)
    assert release.release(scoring=seen, now=made.after) is not None
    stale.design = _nothing()
    before = rows()
    assert release.release(scoring=stale, now=made.after) is None
    # Late: scored while another worker scored and released.
    assert not compute.score(period=period, now=made.after)
    assert rows() == before
    assert not Score.objects.exists()


def _nothing() -> dict[str, object]:
    return {"parts": [], "core": [], "cells": [], "dimensions": {}}


@pytest.mark.django_db
def test_another_broken_constraint_is_not_taken_for_another_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = small_firm()
    monkeypatch.setattr(compute, "FORMULA_VERSION", None)
    with pytest.raises(IntegrityError):
        compute.score_due(now=made.after)
    assert not Scoring.objects.exists()
    assert not Release.objects.exists()
    assert not ReleasedCell.objects.exists()


@pytest.mark.django_db
def test_a_step_back_of_the_clock_changes_nothing() -> None:
    made = small_firm()
    run_due(now=made.after)
    before = rows()
    for minutes in (10, 59, 70):  # the last: before the close
        assert run_due(now=made.after - timedelta(minutes=minutes)) == []
    assert rows() == before
    assert Participation.objects.filter(unit=None).count() == len(made.rounds)
    assert not Period.objects.filter(closes_at=None).exists()


def test_the_same_check_in_sent_many_times_at_once_is_one_row(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MOMENT)
    make.firm()
    person = make.person()
    mission = make.assignment(person=person).mission
    url = reverse("surveys:checkin", args=(open_round(MOMENT).pk, mission.pk))
    browsers = [Browser() for _ in range(AT_ONCE)]
    for browser in browsers:
        browser.force_login(person)

    def send(browser: Browser, value: int) -> int:
        return int(browser.post(url, {"q-load": value, "share": "averages"}).status_code)

    pieces = [
        lambda browser=browser, place=place: send(browser, 25 * (place % 5))  # type: ignore[misc]  # -- bound at once
        for place, browser in enumerate(browsers)
    ]
    assert together(pieces) == [302] * AT_ONCE
    [kept] = together([lambda: list(CheckIn.objects.values_list("person", "answers"))])
    assert len(kept) == 1
    assert kept[0][0] == person.pk
    assert kept[0][1]["load"] in {0, 25, 50, 75, 100}
