"""A page that shows something cannot write: the database itself refuses it."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import AuditEntry, OrgUnit
from core.guard import ReadOnlyGetMiddleware, WriteInGetError, refuse_writes
from tests import make

pytestmark = pytest.mark.django_db


def ask(method: str, view: object) -> HttpResponse:
    request: HttpRequest = getattr(RequestFactory(), method)("/")
    return ReadOnlyGetMiddleware(view)(request)  # type: ignore[arg-type]  # -- a view


def create(request: HttpRequest) -> HttpResponse:
    OrgUnit.objects.create(ref="NEW", name="New")
    return HttpResponse()


def change(request: HttpRequest) -> HttpResponse:
    OrgUnit.objects.update(name="Changed")
    return HttpResponse()


def remove(request: HttpRequest) -> HttpResponse:
    OrgUnit.objects.all().delete()
    return HttpResponse()


def add_many(request: HttpRequest) -> HttpResponse:
    rows = [OrgUnit(ref=f"N{n}", name="New") for n in range(3)]
    OrgUnit.objects.bulk_create(rows, ignore_conflicts=True)
    return HttpResponse()


@pytest.mark.parametrize("view", [create, change, remove, add_many])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_safe_request_cannot_write(method: str, view: object) -> None:
    make.unit(name="Nord")
    with pytest.raises(WriteInGetError, match="accounts_orgunit"), transaction.atomic():
        ask(method, view)
    assert [row.name for row in OrgUnit.objects.all()] == ["Nord"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_requests_write(method: str) -> None:
    assert ask(method, create).status_code == 200
    assert OrgUnit.objects.count() == 1


def test_the_guard_ends_with_the_request() -> None:
    ask("get", lambda request: HttpResponse())
    create(HttpRequest())
    assert OrgUnit.objects.count() == 1


def test_sessions_and_the_audit_log_are_let_through() -> None:
    def read(request: HttpRequest) -> HttpResponse:
        Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
        AuditEntry.objects.create(at=timezone.now(), action="refused")
        return HttpResponse()

    assert ask("get", read).status_code == 200
    assert Session.objects.exists()
    assert AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "surveys_checkin" VALUES (1)',
        "insert or replace into surveys_checkin values (1)",
        'UPDATE "surveys_checkin" SET x = 1',
        'DELETE FROM "surveys_checkin"',
        'REPLACE INTO "surveys_checkin" VALUES (1)',
        'ALTER TABLE "surveys_checkin" ADD x int',
        'DROP TABLE "surveys_checkin"',
        'CREATE TABLE "surveys_checkin" (x int)',
        "TRUNCATE surveys_checkin",
        "  \n TRUNCATE TABLE surveys_checkin",
    ],
)
def test_every_way_of_writing_is_seen(sql: str) -> None:
    with pytest.raises(WriteInGetError, match="surveys_checkin"):
        refuse_writes(lambda *asked: None, sql, None, False, {})


@pytest.mark.parametrize(
    "sql", ["SELECT 1", "SAVEPOINT x", 'SELECT * FROM "surveys_checkin"', "PRAGMA foreign_keys"]
)
def test_reading_passes(sql: str) -> None:
    assert refuse_writes(lambda *asked: asked[0], sql, None, False, {}) == sql


def test_every_page_stands_behind_it(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the product's own chain: a view that writes breaks at its first statement."""

    def careless(now: object) -> bool:
        OrgUnit.objects.create(ref="NEW", name="New")
        return True

    monkeypatch.setattr("core.models.JobRun.alive", careless)
    with pytest.raises(WriteInGetError):
        browser.get("/readyz")
    assert connection.execute_wrappers == []
