"""A group one below the threshold answers with numbers of its own: nothing shows them.

Every page of every role, every file that leaves, and every table but that of the answers are
searched for these numbers, for the group's own means, and for every figure before its rounding.
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import product
from statistics import fmean
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler
from openpyxl import load_workbook

from accounts.models import User
from clients.models import Client
from core.logs import JsonFormatter, PlainFormatter
from missions.models import Assignment
from operations.due import STEPS, run_due
from operations.exports import FILE_TYPES, TABLES
from scoring.compute import score_due
from scoring.models import Score
from scoring.publication import Scope, SystemViewer, published
from surveys.intake import Sending, submit
from surveys.models import Round
from surveys.models.answers import CheckIn
from surveys.models.calendar import CheckInShare
from tests import make
from tests.surveys.asking import open_round
from tests.test_matrix import all_rows
from tests.world import ROLES, World

CODES = ("load", "relation", "meaning")
DAYS = (date(2026, 2, 3), date(2026, 3, 3))
OURS = SystemViewer("test")
BESIDE = frozenset({"surveys_checkin"})  # the one table that holds answers


@dataclass
class Planted:
    """A released firm, and every text that must appear nowhere."""

    world: World
    periods: list[int]
    secrets: set[str] = field(default_factory=set)

    def found(self, text: str) -> list[str]:
        return sorted(self.pattern.findall(text))

    def keep(self, value: float) -> None:
        """The number as it may be printed: point or comma, cut or rounded to three places."""
        texts = {f"{value:.3f}", f"{int(value * 1000) / 1000:.3f}"}
        self.secrets |= texts | {text.replace(".", ",") for text in texts}

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(rf"(?<![\d.,]){re.escape(one)}" for one in self.secrets))


def staff(client: Client, count: int) -> list[User]:
    mission = client.missions.first() or make.mission(client=client)
    people = [make.person(unit=client.unit) for _ in range(count)]
    for person in people:
        make.assignment(person=person, mission=mission)
    return people


def answer(people: list[User], asked: Round, values: list[dict[str, float]]) -> None:
    for person, one in zip(people, values, strict=True):
        mission = Assignment.objects.get(person=person).mission
        raw = {code: [value, 0, 100] for code, value in one.items()}
        CheckIn.objects.create(
            person=person, mission=mission, round=asked, answers=one, raw=raw,
            sent_at=asked.opens_at,
        )  # fmt: skip


def spread(count: int) -> list[dict[str, float]]:
    """Ordinary answers of a group."""
    return [
        {code: 25 * ((place + turn) % 5) for turn, code in enumerate(CODES)}
        for place in range(count)
    ]


def own_numbers(turn: int) -> list[dict[str, float]]:
    """Four people's answers: no other number of the firm looks like them."""
    firsts = (31.123, 43.377, 57.741, 68.219)
    return [
        {code: first + 2 * place + turn + 0.011 * place for place, code in enumerate(CODES)}
        for first in firsts
    ]


def round_on(day: date) -> Round:
    period = make.period(day, round_count=1, last_round_on=day)
    row = make.round_(day, period=period, questionnaire=make.questionnaire(CODES))
    period.closes_at = row.closes_at
    period.save()
    return row


def keep_all(made: "Planted", numbers: list[dict[str, float]]) -> None:
    """Each answer, each person's overall, and the group's means."""
    for code in CODES:
        values = [one[code] for one in numbers]
        for value in [*values, fmean(values)]:
            made.keep(value)
    wholes = [fmean(one.values()) for one in numbers]
    for value in [*wholes, fmean(wholes)]:
        made.keep(value)


@pytest.fixture
def planted(world: World) -> Planted:
    """Two released periods; four people answered at the world's client, one too few."""
    big = make.client(unit=world.unit, name="Orsel")
    middle = make.client(unit=world.unit, name="Tavia")
    groups = [(staff(client, n), n) for client, n in ((big, 12), (middle, 7))]
    groups.append((staff(world.other_client, 9), 9))
    four = staff(world.client, 4)
    made = Planted(world, [])
    asked = [round_on(day) for day in DAYS]
    for turn, row in enumerate(asked):
        for people, count in groups:
            answer(people, row, spread(count))
        numbers = own_numbers(turn)
        answer(four, row, numbers)
        keep_all(made, numbers)
    for row in asked:
        made.periods.append(row.period_id)
        score_due(now=row.closes_at)
        for value in Score.objects.exclude(estimate=None).values_list("estimate", flat=True):
            if value % 0.5:
                made.keep(value)
        for _name, step in STEPS[2:]:  # the calendar is made already
            step(now=row.closes_at)
    return made


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


def text_of(response: Any) -> str:
    """What a reader of the answer can see, the cells of a workbook included."""
    body = response.getvalue() if response.streaming else response.content
    head = f"{dict(response.items())} {response.cookies}"
    if "spreadsheet" not in response.headers.get("Content-Type", ""):
        return f"{head} {body.decode()}"
    book = load_workbook(BytesIO(body))
    return f"{head} {[list(sheet.values) for sheet in book.worksheets]}"


def addresses(planted: Planted, role: str) -> Iterator[str]:
    """Every page that this role may see, with each period; what a row makes goes again."""
    for row in all_rows():
        if row.method != "get" or row.expected(role) != 200:
            continue
        mark = transaction.savepoint()
        url = reverse(row.name, kwargs=row.args(planted.world))
        yield url
        if row.name.startswith("dashboards:"):
            yield from (f"{url}?period={day}" for day in DAYS)
        transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_any_role_shows_it(
    planted: Planted, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = Browser(raise_request_exception=True)
    person = planted.world.person(role)
    if person is not None:
        browser.force_login(person)
    seen = []
    for url in addresses(planted, role):
        response = browser.get(url)
        assert response.status_code == 200, url
        assert planted.found(text_of(response)) == [], url
        seen.append(url)
    assert len(seen) > 2
    assert planted.found(f"{browser.cookies}") == []
    assert planted.found(caplog.text) == []


def test_no_exported_table_holds_it(planted: Planted) -> None:
    browser = Browser()
    browser.force_login(planted.world.administrator)
    for kind, file_type in product(TABLES, FILE_TYPES):
        response = browser.get(reverse("operations:export_table", args=(kind, file_type)))
        assert response.status_code == 200, kind
        assert planted.found(text_of(response)) == [], (kind, file_type)


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


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


def every_table() -> Iterator[tuple[str, str]]:
    """All that the database holds, libraries' tables and cache included."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- names that the database itself gave
            yield table, repr(cursor.fetchall())
    yield "sessions", repr([row.get_decoded() for row in Session.objects.all()])


def test_answers_lie_in_one_table_alone(planted: Planted) -> None:
    browser = Browser()
    browser.force_login(planted.world.manager)
    browser.get(reverse("dashboards:overview"))
    said("audit_release", "--period", DAYS[0].isoformat(), "--i-am-auditing")
    tables = dict(every_table())
    assert planted.found(tables["surveys_checkin"])
    telling = {table: planted.found(text) for table, text in tables.items()}
    assert {table for table, found in telling.items() if found} <= BESIDE
    letters = [f"{letter.subject} {letter.body} {letter.extra_headers}" for letter in mail.outbox]
    assert planted.found(" ".join(letters)) == []


def test_a_failed_job_tells_nothing(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = sorted(planted.secrets)[0]

    def broken(**asked: object) -> str:
        raise ValueError(secret)

    monkeypatch.setattr("operations.due.STEPS", (("scores", broken),))
    assert run_due(now=timezone.now()) == ["scores: failed (ValueError)"]
    assert planted.found(caplog.text) == []
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
