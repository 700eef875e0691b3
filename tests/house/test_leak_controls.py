"""Each search of ``test_leaks`` can fail: a number put there on purpose is found."""

import logging
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import AuditEntry
from core.models import JobRun
from core.tables import FILE_TYPES
from scoring.models import Release, ReleasedCell, ReleaseMembers
from tests.house.planting import Planted, logged
from tests.house.searching import cached, every_table, letters, queued, text_of


@pytest.fixture
def secret(planted: Planted) -> str:
    return next(one for one in sorted(planted.secrets) if "." in one)


def tables(planted: Planted) -> set[str]:
    return {table for table, text in every_table() if planted.found(text)}


def test_a_page_and_a_cookie(planted: Planted, secret: str) -> None:
    assert planted.found(text_of(HttpResponse(f"<td>{secret}</td>"))) == [secret]
    cookie = HttpResponse()
    cookie.set_cookie("kept", secret)
    assert planted.found(text_of(cookie)) == [secret]


def test_a_chart(planted: Planted, secret: str) -> None:
    script = f'<script id="trend" type="application/json">{{"y": [60, {secret}91]}}</script>'
    assert planted.found(text_of(HttpResponse(script))) == [secret]


def test_a_workbook(planted: Planted, secret: str) -> None:
    book = Workbook()
    book.create_sheet("second").append(["text", float(secret)])
    file = BytesIO()
    book.save(file)
    answer = HttpResponse(file.getvalue(), content_type=FILE_TYPES["xlsx"])
    assert len(planted.found(text_of(answer))) == 1


def test_a_letter(planted: Planted, secret: str) -> None:
    mail.EmailMultiAlternatives(secret, "", to=["a@lumen.example"]).send()
    assert planted.found(letters()) == [secret]
    mail.outbox.clear()
    letter = mail.EmailMultiAlternatives("a", "b", to=["a@lumen.example"])
    letter.attach_alternative(f"<p>{secret}</p>", "text/html")
    letter.send()
    assert planted.found(letters()) == [secret]


def test_the_log(planted: Planted, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("scoring").debug("estimate %s", secret)
    assert secret in planted.found(logged(caplog))


def test_the_queue(planted: Planted, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = queued(monkeypatch)
    current_app.send_task("operations.tasks.heartbeat", args=[secret])
    assert secret in planted.found("".join(sent))


def test_the_cache(planted: Planted, secret: str) -> None:
    cache.set("page", {"figures": [float(secret)]})
    assert len(planted.found(cached())) == 1
    cache.delete("page")
    cache.set(f"figure-{secret}", 1)
    assert planted.found(cached()) == [secret]
    cache.clear()


def test_a_session(planted: Planted, secret: str) -> None:
    browser = Browser()
    browser.force_login(planted.world.manager)
    session: Any = browser.session
    session["figure"] = secret
    session.save()
    assert "sessions" in tables(planted)


def test_tables(planted: Planted, secret: str) -> None:
    before = tables(planted)
    now = timezone.now()
    JobRun.objects.create(name="scores", started_at=now, summary=secret)
    AuditEntry.objects.create(at=now + timedelta(1), action="export", changes={"a": secret})
    row = Release.objects.all()[0]
    Release.objects.filter(pk=row.pk).update(made={"mean": float(secret)})
    ReleaseMembers.objects.filter(release=row).update(design={"values": [secret]})
    ReleasedCell.objects.filter(release=row).update(cause=secret)
    assert before == {"surveys_checkin"}
    assert tables(planted) - before == {
        "core_jobrun", "accounts_auditentry", "scoring_release", "scoring_releasemembers",
        "scoring_releasedcell",
    }  # fmt: skip


def test_a_clock_is_no_number_of_anybodys(planted: Planted, secret: str) -> None:
    """A log line written at that very second was found once; a value behind a colon still is."""
    assert planted.found(f'{{"at": "2026-11-26T18:01:{secret}Z"}}') == []
    assert planted.found(f'{{"load":{secret}}} load: {secret}') == [secret, secret]
