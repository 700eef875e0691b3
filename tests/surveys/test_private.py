"""Answers stay in their room: no name exported, no way back, no admin, no log line."""

import logging

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

import surveys.models
from core.logs import JsonFormatter
from surveys.models import answers, opinions, review_answers
from surveys.models.answers import CheckIn
from tests.surveys.asking import NOW, open_round
from tests.world import World

ROOMS = (answers.__name__, opinions.__name__, review_answers.__name__)
PRIVATE = [model for model in apps.get_models() if model.__module__ in ROOMS]


def test_the_package_exports_no_name_of_an_answer() -> None:
    names = {model.__name__ for model in PRIVATE}
    assert names >= {"CheckIn", "Opinion", "ReviewAnswer"}
    assert not names & set(dir(surveys.models))
    assert set(surveys.models.__all__) == {
        "ClosingChange",
        "Asking",
        "AskingMail",
        "ClientReview",
        "ClientSurvey",
        "Dimension",
        "MailSettings",
        "MailTrial",
        "Message",
        "Pause",
        "Period",
        "Question",
        "QuestionVersion",
        "Questionnaire",
        "ReviewPlan",
        "ReviewedClient",
        "Round",
        "SatisfactionPlan",
        "Sketch",
        "UnitSlot",
    }


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model.__name__)
def test_no_row_leads_back_to_an_answer(model: type) -> None:
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete:
            assert field.remote_field.hidden, field.name


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model.__name__)
def test_no_answer_is_in_the_admin(model: type) -> None:
    assert not admin.site.is_registered(model)


def test_its_text_says_nothing(db: None) -> None:
    row = CheckIn(pk=7, answers={"load": 25})
    assert str(row) == "check-in 7"
    assert repr(row) == "<CheckIn: check-in 7>"


PLANTED = "100000000000000000007"


@pytest.mark.django_db
@pytest.mark.parametrize("breaks", [False, True], ids=["kept", "database away"])
def test_a_planted_answer_reaches_no_log(
    world: World,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    breaks: bool,
) -> None:
    """Sent rightly, sent wrongly, sent signed out, and sent while the database is away."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    browser = Browser(raise_request_exception=False)
    browser.force_login(world.consultant)
    url = reverse("surveys:checkin", args=(open_round().pk, world.mission.pk))
    wrong = {"q-load": PLANTED, "comment": PLANTED, "share": "averages"}

    def away(**asked: object) -> None:
        raise OperationalError(PLANTED)

    with caplog.at_level(logging.DEBUG):
        if breaks:
            monkeypatch.setattr("surveys.views.submit", away)
            wrong["q-load"] = "25"
            assert browser.post(url, wrong).status_code == 503
        else:
            assert browser.post(url, wrong).status_code == 200
            browser.logout()
            assert browser.post(url, wrong).status_code == 403
    assert caplog.records or not breaks
    assert not [row for row in caplog.records if PLANTED in JsonFormatter().format(row)]
