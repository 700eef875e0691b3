"""Health pages, and the pages that say what went wrong."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone

from core.models import JobRun
from tests.world import World

pytestmark = pytest.mark.django_db
KEPT = "what took long to type"


def away(*asked: object, **named: object) -> None:
    raise OperationalError


def test_the_process_answers_without_a_database(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
    assert browser.get("/healthz").json() == {"ok": True}


def test_ready_when_database_migrations_and_worker_are_there(browser: Browser) -> None:
    JobRun.beat(timezone.now())
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_a_silent_worker_is_missed(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    JobRun.beat(timezone.now() - timedelta(minutes=5))
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["worker"])
    # Whoever waits asks twice a second.
    assert caplog.records == []


def test_a_database_that_is_away_is_missed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.JobRun.alive", away)
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])


def test_a_migration_to_come_is_missed(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *asked: [1]
    )
    assert browser.get("/readyz").json()["missing"] == ["migrations"]


def test_an_unknown_address_is_a_page_of_ours(browser: Browser) -> None:
    answer = browser.get("/nowhere/")
    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()


def test_a_refused_page_is_a_page_of_ours(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    answer = browser.get("/people/")
    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()


def test_a_name_of_server_that_is_not_ours_is_refused() -> None:
    answer = Browser(raise_request_exception=False).get(
        "/healthz", headers={"host": "evil.example"}
    )
    assert answer.status_code == 400


def test_a_fault_is_a_page_without_details(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(now: object) -> bool:
        raise ValueError(KEPT)

    monkeypatch.setattr("core.models.JobRun.alive", broken)
    answer = Browser(raise_request_exception=False).get("/readyz")
    assert answer.status_code == 500
    assert KEPT not in answer.content.decode()
    assert "ValueError" not in answer.content.decode()


def test_a_database_away_keeps_what_was_typed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(raise_request_exception=False)
    browser.force_login(world.administrator)
    monkeypatch.setattr("accounts.forms.PersonForm.__init__", away)
    answer = browser.post("/people/new/", {"first_name": KEPT})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert f'name="first_name" value="{KEPT}"' in page
    assert "csrfmiddlewaretoken" in page
    shown = browser.get("/people/new/")
    assert shown.status_code == 503
    assert KEPT not in shown.content.decode()


def test_a_form_without_its_token_keeps_what_was_typed(world: World) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(world.administrator)
    answer = browser.post("/people/new/", {"first_name": KEPT})
    assert answer.status_code == 403
    assert f'name="first_name" value="{KEPT}"' in answer.content.decode()
