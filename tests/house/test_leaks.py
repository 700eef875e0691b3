"""A group one below the threshold answers with numbers of its own: nothing shows them.

Every page of every role, every file that leaves, and every table but that of the answers are
searched for these numbers, for the group's own means, and for every figure before its rounding.
"""

import json
import logging
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler

from accounts.models import User
from core.logs import JsonFormatter, PlainFormatter
from core.tables import FILE_TYPES
from operations.due import run_due
from operations.exports import TABLES
from operations.tasks import heartbeat
from operations.tasks import run_due as run_due_task
from scoring.models import Release, ReleasedComment, ReleaseMembers
from scoring.publication import Scope, SystemViewer, published
from surveys.intake import Sending, submit
from surveys.models import Round
from surveys.models.answers import CheckIn
from surveys.models.calendar import CheckInShare
from tests import make
from tests.house.planting import DAYS, Planted, logged, own_numbers
from tests.house.searching import addresses, cached, every_table, letters, queued, said, text_of
from tests.surveys.asking import open_round
from tests.world import ROLES, World

OURS = SystemViewer("test")
READERS = {"consultant", "other_consultant", "manager", "other_manager", "referent"}
PLANNERS = {"manager", "other_manager", "referent"}  # what if, on the portfolio
CHARTED = {"manager", "other_manager"}  # the load page; a client's curve takes three periods
BESIDE = frozenset({"surveys_checkin"})  # the one table that holds answers


def test_the_group_is_withheld_and_the_firm_is_not(planted: Planted) -> None:
    cells = published(viewer=OURS, periods=planted.periods)
    small = planted.world.client.ref
    assert all(cell.withheld for (_, scope), cell in cells.items() if scope.ref == small)
    assert {scope for _, scope in cells if scope.ref == small}
    for period in planted.periods:
        assert not cells[period, Scope("firm")].withheld
        shown = {s.ref for (p, s), c in cells.items() if s.kind == "client" and not c.withheld}
        assert len(shown) >= 2
    assert len(planted.secrets) > 60


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_any_role_shows_it(
    planted: Planted,
    role: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = queued(monkeypatch)
    browser = Browser(raise_request_exception=True)
    person = planted.world.person(role)
    if person is not None:
        browser.force_login(person)
    seen, texts = [], {}
    for url in addresses(planted, role):
        response = browser.get(url)
        assert response.status_code == 200, url
        texts[url] = text_of(response)
        assert planted.found(texts[url]) == [], url
        seen.append(url)
    assert len(seen) > 2
    assert planted.found(f"{browser.cookies}") == []
    assert planted.found(logged(caplog)) == []
    assert planted.found(letters()) == []
    assert planted.found(cached()) == []
    assert planted.found("".join(sent)) == []
    charts = [url for url in seen if 'type="application/json"' in texts[url]]
    assert bool(charts) == (role in CHARTED)
    files = [url for url in seen if "format=xlsx" in url]
    # Of two periods each: everybody's figures, and those of the world's client; one portfolio.
    of_client = READERS - {"other_consultant"}
    assert len(files) == 2 * (role in READERS) + 2 * (role in of_client) + (role in PLANNERS)


def test_no_exported_table_holds_it(planted: Planted) -> None:
    browser = Browser()
    browser.force_login(planted.world.administrator)
    for kind, file_type in product(TABLES, FILE_TYPES):
        response = browser.get(reverse("operations:export_table", args=(kind, file_type)))
        assert response.status_code == 200, kind
        assert planted.found(text_of(response)) == [], (kind, file_type)


@pytest.mark.parametrize("day", DAYS)
def test_no_command_prints_it(planted: Planted, day: date) -> None:
    lines = json.loads(said("export_release", "--period", day.isoformat()))
    small = [line for line in lines if line["ref"] == planted.world.client.ref]
    assert small
    assert all(set(line) == {"scope", "ref", "dimension", "withheld"} for line in small)
    assert all(line.get("score", 0) == int(line.get("score", 0)) for line in lines)
    assert planted.found(json.dumps(lines)) == []
    audit = said("audit_release", "--period", day.isoformat(), "--i-am-auditing")
    answers = {
        repr(value) for turn in (0, 1) for one in own_numbers(turn) for value in one.values()
    }
    assert not [value for value in answers if value in audit]


def test_answers_lie_in_one_table_alone(planted: Planted) -> None:
    browser = Browser()
    browser.force_login(planted.world.manager)
    browser.get(reverse("dashboards:overview"))
    said("audit_release", "--period", DAYS[0].isoformat(), "--i-am-auditing")
    tables = dict(every_table())
    assert planted.found(tables["surveys_checkin"])
    telling = {table: planted.found(text) for table, text in tables.items()}
    assert {table for table, found in telling.items() if found} <= BESIDE
    assert planted.found(letters()) == []


def test_no_word_of_a_comment_lies_in_the_open(planted: Planted) -> None:
    """Not in the table of answers either, nor where a release keeps what it shows."""
    assert CheckIn.objects.filter(comment__isnull=False).count() == 4 * len(DAYS)
    held = dict(every_table())
    for table, text in held.items():
        assert [word for word in planted.words if word in text] == [], table
    assert "Tout part" not in "".join(held.values())
    assert not ReleasedComment.objects.exists()


def test_no_weekly_mail_shows_it(planted: Planted) -> None:
    closes = Round.objects.latest("closes_at").closes_at
    assert run_due(now=closes + timedelta(hours=1))
    assert len(mail.outbox) >= 2
    assert planted.found(letters()) == []
    assert planted.found(dict(every_table())["followup_digest"]) == []


def test_jobs_write_nothing_of_it_to_the_log(planted: Planted) -> None:
    assert planted.found(planted.logged) == []


def test_what_was_kept_for_the_audit_holds_no_answer(planted: Planted) -> None:
    """How a release was made, and the design of its estimates."""
    made = [repr(row) for row in Release.objects.values_list("made", "asked")]
    designs = [repr(row) for row in ReleaseMembers.objects.values_list("design", flat=True)]
    assert len(made) == len(designs) == len(DAYS)
    assert planted.found(" ".join([*made, *designs])) == []


def test_the_queue_is_told_to_work_and_nothing_else(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = queued(monkeypatch)
    run_due_task.delay()
    heartbeat.delay()
    assert len(sent) == 2
    assert planted.found("".join(sent)) == []
    for message in sent:
        body, headers = json.loads(message)
        assert body[:2] == [[], {}]
        assert headers["argsrepr"] == "()"


def test_a_failed_job_tells_nothing(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = sorted(planted.secrets)[0]

    def broken(**asked: object) -> str:
        raise ValueError(secret)

    monkeypatch.setattr("operations.due.STEPS", (("scores", broken),))
    assert run_due(now=timezone.now()) == ["scores: failed (ValueError)"]
    assert planted.found(logged(caplog)) == []
    assert planted.found(dict(every_table())["core_jobrun"]) == []


def test_beat_sends_no_words() -> None:
    """A message of the queue is the name of a task and nothing else."""
    for name, job in configured.CELERY_BEAT_SCHEDULE.items():
        assert set(job) == {"task", "schedule"}, name


# --- a page that breaks ---------------------------------------------------------------------


SECRET = "43.377 Zéphyrine"


def broken_page(world: World, monkeypatch: pytest.MonkeyPatch, words: str) -> str:
    """The answer to a check-in whose keeping fails with these words."""

    def broken(**sent: object) -> None:
        kept = (sent, SECRET)  # a local variable, as a page of the fault would show it
        raise RuntimeError(words if kept else "")

    monkeypatch.setattr("surveys.views.submit", broken)
    asked = open_round(timezone.now())
    browser = Browser(raise_request_exception=False)
    browser.force_login(world.consultant)
    url = reverse("surveys:checkin", args=(asked.pk, world.mission.pk))
    answer = browser.post(url, {"q-load": "25", "share": "averages", "comment": SECRET})
    assert answer.status_code == 500
    return answer.content.decode()


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_a_broken_check_in_page_tells_nothing(
    world: World,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    formatter: logging.Formatter,
) -> None:
    """Neither the page nor the log holds what was sent, even where the fault's words do."""
    with caplog.at_level(logging.DEBUG):
        assert SECRET not in broken_page(world, monkeypatch, SECRET)
    lines = [formatter.format(record) for record in caplog.records]
    assert SECRET not in " ".join(lines)
    told = [line for line in lines if "RuntimeError" in line]
    assert told
    assert all("broken" in line for line in told)


def test_a_letter_about_a_fault_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """An operator may add Django's own letters: neither the form nor the locals are in them."""
    settings.ADMINS = [("Operator", "operator@lumen.example")]
    handler, logger = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        broken_page(world, monkeypatch, "away")
    finally:
        logger.removeHandler(handler)
    [letter] = mail.outbox
    text = f"{letter.subject} {letter.body} {letter.alternatives}"
    assert "RuntimeError" in text
    assert SECRET not in text
    assert "Zéphyrine" not in text
    assert "q-load" not in text


def test_a_page_of_figures_that_breaks_tells_nothing(
    planted: Planted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    """A fault at the gate, with a number in its locals: neither page, letter nor log has it."""
    settings.ADMINS = [("Operator", "operator@lumen.example")]
    secret = sorted(planted.secrets)[0]

    def broken(*asked: object) -> None:
        kept = (asked, secret)
        raise RuntimeError("away" if kept else "")

    monkeypatch.setattr("scoring.publication._cell", broken)
    handler, logger = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    logger.addHandler(handler)
    browser = Browser(raise_request_exception=False)
    browser.force_login(planted.world.manager)
    try:
        for name in ("overview", "figures_export"):
            answer = browser.get(reverse(f"dashboards:{name}"))
            assert answer.status_code == 500
            assert planted.found(text_of(answer)) == []
    finally:
        logger.removeHandler(handler)
    assert len(mail.outbox) == 2
    assert "RuntimeError" in letters()
    assert planted.found(letters()) == []
    assert planted.found("\n".join(JsonFormatter().format(one) for one in caplog.records)) == []


def test_a_wish_to_talk_reaches_one_person(world: World) -> None:
    now = timezone.now()
    asked = open_round(now)
    wisher = make.person(unit=world.unit, first_name="Zéphyrine", last_name="Outremer")
    mission = make.assignment(person=wisher, mission=world.mission).mission
    submit(
        person=wisher,
        mission=mission.pk,
        round_=asked,
        sending=Sending({"load": 25}, CheckInShare.TALK, world.manager.pk),
        now=now - timedelta(minutes=5),
    )
    shown = {role: "Outremer" in wishes(world.person(role), now) for role in ROLES}
    assert shown == {role: role == "manager" for role in ROLES}


def wishes(person: User | None, now: datetime) -> str:
    """All pages on which one person's wish could show."""
    browser = Browser()
    if person:
        browser.force_login(person)
    names = ("followup:wish_list", "followup:alert_list", "dashboards:overview", "dashboards:home")
    pages = [browser.get(reverse(name), follow=True) for name in names]
    return " ".join(page.content.decode() for page in pages)
