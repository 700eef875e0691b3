"""Jobs and pages that happen twice, or many at once, leave the rows of one."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, OrgUnit
from balancing import planning
from balancing.models import Rotation, RotationNotice, RotationRun
from clients import choosing, sheets
from clients.models import CharterValue
from core.models import JobRun
from followup import promises
from followup.models import AlertPass, Promise, PromiseKept
from operations import mailing, mails_clients, mails_rotations
from operations.due import run_due
from scoring import compute, participation, release
from scoring.jobs import release_reviews_due, score_clients_due, withdraw_review
from scoring.models import (
    ClientOpinion,
    Participation,
    Release,
    ReleasedCell,
    ReleasedReview,
    Score,
    Scoring,
)
from surveys import asking, retention, review_answers, reviewing
from surveys.intake import Outcome
from surveys.models import AskingMail, Message, Period, ReviewedClient, Round
from surveys.models.answers import CheckIn
from surveys.models.review_answers import ReviewAnswer
from tests import make, simulated
from tests.clients import chartered
from tests.faults.conftest import Together
from tests.house.tables import rows
from tests.operations.talked import NOON, Talk
from tests.simulated import Simulated
from tests.surveys import reviews
from tests.surveys.asking import NOW, open_round
from tests.surveys.opinions import contact, survey
from tests.world import build_world

MOMENT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AT_ONCE = 20
FIRST_DAY = date(2024, 1, 1)


def small_firm() -> Simulated:
    return simulated.firm(people=24, clients=3, periods=2, rounds=2)


def failed() -> list[str]:
    return list(JobRun.objects.filter(state=JobRun.State.FAILED).values_list("name", flat=True))


@pytest.mark.django_db
def test_every_job_twice_leaves_equal_rows() -> None:
    made = small_firm()
    said = run_due(now=made.after)
    assert [line.split(":")[0] for line in said] == [
        "standing mission",
        "rounds made ahead",
        "participation",
        "scores",
        "releases",
        "points",
        "client statuses",
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
    # Nobody is on a mission by then: the invitations are about the time between two.
    assert run_due(now=coming.opens_at) == [
        f"rounds opened: round {coming.starts_on} opened",
        "invitations: invitations sent",
    ]
    # The reminders are made once the invitations have left.
    run_due(now=coming.opens_at)
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
    assert len(found["balancing.StatusPass"]) == 2
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


def test_three_workers_count_marks_once(together: Together) -> None:
    row = chartered.choosing_now(make.person(is_referent=True), now=MOMENT)
    values = [value.pk for value in row.proposals.all()][: row.places]
    for _each in range(3):
        choosing.mark(charter=row, values=values, by=make.person(), now=MOMENT)
    work = lambda: choosing.count_due(now=MOMENT + timedelta(weeks=2))  # noqa: E731 -- the same piece, several times
    assert sorted(together([work, work, work])) == ["", "", "3 people marked"]
    counts = lambda: list(CharterValue.objects.values_list("marks", flat=True))  # noqa: E731 -- read on a line of its own
    assert together([counts]) == [[3, 3, 0]]
    assert together([work]) == [""]


def test_three_workers_count_a_promise_once(together: Together) -> None:
    made = small_firm()
    run_due(now=made.after)
    words = {"text_fr": "Oui.", "text_en": "Yes."}
    for place, measure in enumerate(("load_fair", "figures"), start=1):
        Promise.objects.create(
            place=place, measure=measure, within=2, starts_on=FIRST_DAY, **words
        )
    work = lambda: promises.count_due(now=made.after)  # noqa: E731 -- the same piece, several times
    assert "" in together([work, work, work])
    [kept] = together([lambda: list(PromiseKept.objects.values_list("promise__measure", "unit"))])
    assert sorted(kept) == [("figures", None), ("load_fair", None)]


def test_three_workers_ask_and_write_to_a_client_once(together: Together) -> None:
    world = build_world()
    contact(world.client)
    open_round()
    work = lambda: (asking.ask_due(now=NOW), mails_clients.send_due(now=NOW))  # noqa: E731 -- the same piece, several times
    together([work, work, work])
    together([work])
    [found] = together(
        [lambda: list(AskingMail.objects.values_list("kind", "state", "asking__survey__most"))]
    )
    assert found == [("first", "sent", 3)]
    assert len(mail.outbox) == 1


def test_three_workers_score_a_survey_of_clients_once(together: Together) -> None:
    world = build_world()
    contact(world.client)
    over = survey().round.closes_at
    work = lambda: score_clients_due(now=over)  # noqa: E731 -- the same piece, several times
    said = together([work, work, work])
    assert sorted(said) == ["", "", "1 survey(s) of clients scored"]
    [found] = together([lambda: list(ClientOpinion.objects.values_list("ref", "asked"))])
    assert found == [("", 1), (world.client.ref, 1)]


def test_three_workers_open_a_review_of_clients_once(together: Together) -> None:
    world = build_world()
    reviews.staffed(world, 5)
    chartered.published(world.referent, now=NOW)
    open_round()
    work = lambda: reviewing.open_due(now=NOW)  # noqa: E731 -- the same piece, several times
    assert sorted(together([work, work, work])) == ["", "", "review of 1 client(s) opened"]
    [found] = together([lambda: list(ReviewedClient.objects.values_list("client", flat=True))])
    assert found == [world.client.pk]


def test_three_workers_release_a_review_of_clients_once(together: Together) -> None:
    world = build_world()
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["ss"] * 5)
    over = row.round.closes_at
    work = lambda: release_reviews_due(now=over)  # noqa: E731 -- the same piece, several times
    assert sorted(together([work, work, work])) == ["", "", "1 review(s) of clients released"]
    [found] = together([lambda: list(ReleasedReview.objects.values_list("client", "says"))])
    assert found == [(world.client.pk, True)]


def test_what_is_sent_while_a_review_is_counted_is_counted_or_refused(
    together: Together,
) -> None:
    """The sending has begun before the close; who counts comes in between, as a worker would."""
    world = build_world()
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    over = row.round.closes_at
    submit = partial(
        reviewing.submit,
        review=row,
        client=world.client,
        judged=reviews.judged(row, "sc"),
        now=over - timedelta(microseconds=1),
    )

    def count() -> set[int]:
        review_answers.take_no_more(review=row, now=over)
        return {said.person for said in review_answers.said_in(row)}

    sent = [partial(submit, person=person) for person in people]
    *outcomes, counted = together([*sent, count])
    [kept] = together([lambda: set(ReviewAnswer.objects.values_list("person", flat=True))])
    accepted = {
        person.pk
        for person, outcome in zip(people, outcomes, strict=True)
        if outcome == Outcome.KEPT
    }
    assert counted == kept == accepted


def test_three_operators_withdraw_a_review_of_clients_once(together: Together) -> None:
    world = build_world()
    reviews.staffed(world, 5)
    row = reviews.review(world)
    release_reviews_due(now=row.round.closes_at)
    day, now = row.round.starts_on, row.round.closes_at
    work = lambda: withdraw_review(round_on=day, reason="x", now=now)  # noqa: E731 -- the same piece, several times
    assert sorted(together([work, work, work])) == [False, False, True]
    [found] = together([lambda: AuditEntry.objects.filter(action="withdraw").count()])
    assert found == 1


def test_three_referents_withdraw_a_sheet_once(together: Together) -> None:
    world = build_world()
    row = chartered.sheet(world.client, world.referent, "sc", now=NOW)
    work = lambda: sheets.withdraw_sheet(sheet=row, by=world.referent, now=NOW)  # noqa: E731 -- the same piece, several times
    assert sorted(together([work, work, work])) == [False, False, True]
    [found] = together([lambda: AuditEntry.objects.filter(action="withdraw").count()])
    assert found == 1


def test_three_workers_invite_once(together: Together) -> None:
    """At the same moment, rows still to be made."""
    make.firm()
    open_round(MOMENT + timedelta(days=1))
    tuesday_at_ten = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    people = [make.assignment().person for _ in range(5)]
    work = lambda: mailing.send_due(now=tuesday_at_ten)  # noqa: E731 -- the same piece, several times
    together([work, work, work])
    assert sorted(one.to[0] for one in mail.outbox) == sorted(one.email for one in people)
    [states] = together([lambda: list(Message.objects.filter(rank=0).values_list("state"))])
    assert states == [("sent",)] * 5
    [again] = together([work])
    assert again == ""


@pytest.mark.django_db
def test_what_is_old_is_forgotten_once() -> None:
    made = small_firm()
    few = make.assignment(starts_on=FIRST_DAY).mission.client
    chartered.sheet(few, make.person(is_referent=True), "sc", now=made.after)
    later = made.after + retention.CHECK_INS + timedelta(minutes=1)
    said = retention.forget_due(now=later)
    assert said == "check-ins, evidence on joint sheets past their time forgotten"
    before = rows(but=())
    assert retention.forget_due(now=later) == ""
    assert rows(but=()) == before


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
    run_due(now=made.after - timedelta(minutes=70))
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
