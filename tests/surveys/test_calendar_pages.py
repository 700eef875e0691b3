"""The pages of the calendar: the year, its settings, pauses, and another close."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import AuditEntry, FirmSettings
from surveys import planned
from surveys.calendar import make_ahead, open_due
from surveys.forms_calendar import CalendarForm
from surveys.models import ClosingChange, MailSettings, Pause, Period, Round
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
TYPED = {
    "first_round_on": "2025-01-07",
    "cadence_weeks": 4,
    "open_days": 14,
    "opens_at": "10:00",
    "rounds_per_period": 3,
}
YEAR = reverse("surveys:calendar_year")
EDIT = reverse("surveys:calendar_edit")
ROUNDS = reverse("surveys:round_list")


@pytest.fixture
def admin(world: World, browser: Browser) -> Browser:
    """The firm's rounds run: one opened two days ago."""
    first = localdate() - timedelta(days=2)
    make.firm(first_round_on=first, consulted_on=first)
    make_ahead(now=timezone.now())
    open_due(now=timezone.now())
    browser.force_login(world.administrator)
    return browser


def in_language(world: World, language: str) -> None:
    world.administrator.language = language
    world.administrator.save()


def form(people: int = 40, closed_rounds: int = 0, **typed: Any) -> CalendarForm:
    return CalendarForm(
        TYPED | typed,
        instance=FirmSettings.objects.get(pk=1),
        today=date(2026, 11, 25),
        people=people,
        closed_rounds=closed_rounds,
    )


# --- settings --------------------------------------------------------------------------------


@pytest.mark.parametrize(("weeks", "days", "good"), [(4, 27, True), (4, 28, False), (1, 6, True)])
def test_round_closes_before_the_next_opens(weeks: int, days: int, good: bool) -> None:
    make.firm()
    checked = form(cadence_weeks=weeks, open_days=days, rounds_per_period=12)
    assert checked.is_valid() is good
    assert ("open_days" in checked.errors) is not good


@pytest.mark.parametrize(
    ("rounds", "people", "closed", "good"),
    [
        (2, 199, 6, False),
        (2, 200, 5, False),
        (1, 200, 6, True),
        (1, 40, 0, False),
        (4, 40, 0, True),
    ],
)
def test_short_periods_need_people_and_history(
    rounds: int, people: int, closed: int, good: bool
) -> None:
    make.firm()
    checked = form(people, closed, rounds_per_period=rounds)
    assert checked.is_valid() is good
    assert ("rounds_per_period" in checked.errors) is not good


def test_length_and_cadence_that_were_there_before_are_left_alone() -> None:
    make.firm(rounds_per_period=1, cadence_weeks=3, first_round_on=date(2025, 1, 4))
    same = {"rounds_per_period": 1, "cadence_weeks": 3, "first_round_on": "2025-01-04"}
    assert form(**same, open_days=10).is_valid()
    # Once it has chosen another one, three weeks are not offered any more.
    make.firm(cadence_weeks=4)
    assert "cadence_weeks" in form(cadence_weeks=3).errors


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_round_on", "2027-01-09"),
        ("first_round_on", "9999-12-31"),
        ("first_round_on", "31/02/2027"),
        ("cadence_weeks", "3"),
        ("cadence_weeks", "0"),
        ("cadence_weeks", "\u0661"),
        ("cadence_weeks", ""),
        ("open_days", "1"),
        ("open_days", "1e1"),
        ("open_days", "999999999999999999999"),
        ("opens_at", "05:59"),
        ("opens_at", "19:01"),
        ("opens_at", "25:00"),
        ("opens_at", ""),
        ("rounds_per_period", "0"),
        ("rounds_per_period", "-3"),
    ],
)
def test_bad_input_calendar(admin: Browser, name: str, value: str) -> None:
    before = FirmSettings.objects.values().get()
    page = admin.post(EDIT, TYPED | {name: value})
    assert page.status_code == 200
    assert name in page.context["form"].errors
    text = page.content.decode()
    assert 'role="alert"' in text
    assert f"id_{name}" in text
    assert FirmSettings.objects.values().get() == before


def test_a_change_is_kept_audited_and_counts_from_the_next_period(
    admin: Browser, world: World
) -> None:
    rounds = list(Period.objects.earliest("pk").rounds.values_list("starts_on", flat=True))
    day = FirmSettings.current().first_round_on.isoformat()
    typed = TYPED | {"first_round_on": day, "cadence_weeks": 2, "open_days": 7} | {
        "rounds_per_period": 6, "opens_at": "09:30",
    }  # fmt: skip
    if FirmSettings.current().first_round_on.weekday() > 4:
        typed["first_round_on"] = day  # unchanged: left alone
    assert admin.post(EDIT, typed).status_code == 302
    firm = FirmSettings.current()
    assert (firm.cadence_weeks, firm.open_days, firm.opens_at) == (2, 7, time(9, 30))
    line = AuditEntry.objects.get(object_kind="settings")
    assert (line.actor, line.changes["cadence_weeks"]) == (world.administrator, ["4", "2"])
    first, second = Period.objects.order_by("starts_on")[:2]
    assert list(first.rounds.values_list("starts_on", flat=True)) == rounds
    assert second.rounds.count() == 6


def test_the_year_can_be_looked_at_before_it_is_saved(admin: Browser) -> None:
    before = FirmSettings.objects.values().get()
    rounds = list(Round.objects.values())
    day = FirmSettings.current().first_round_on.isoformat()
    typed = TYPED | {"first_round_on": day, "cadence_weeks": 1, "open_days": 5}
    page = admin.post(EDIT, typed | {"rounds_per_period": 12, "look": "1"})
    assert page.status_code == 200
    # Twelve weeks at the old cadence, then every week.
    assert page.context["year"].round_count > 40
    assert FirmSettings.objects.values().get() == before
    assert list(Round.objects.values()) == rounds
    assert 'value="5"' in page.content.decode()


# --- a change that does not count yet --------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_waiting_change_is_shown_and_taken_back(
    admin: Browser, world: World, language: str
) -> None:
    in_language(world, language)
    before = list(Round.objects.values_list("starts_on", "opens_at", "closes_at"))
    make.firm(
        cadence_weeks=2,
        open_days=7,
        opens_at=time(9),
        rounds_per_period=6,
        first_round_on=FirmSettings.current().first_round_on,
    )
    make_ahead(now=timezone.now())
    for address in (ROUNDS, YEAR):
        page = admin.get(address)
        waits = page.context["waiting"]
        assert list(waits.changes) == [
            "cadence_weeks", "open_days", "opens_at", "rounds_per_period",
        ]  # fmt: skip
        assert waits.counts_from == Period.objects.order_by("starts_on")[1].starts_on
        assert reverse("surveys:calendar_take_back") in page.content.decode()
    assert admin.post(reverse("surveys:calendar_take_back")).status_code == 302
    assert planned.waiting(now=timezone.now()) is None
    assert list(Round.objects.values_list("starts_on", "opens_at", "closes_at")) == before
    assert AuditEntry.objects.filter(object_kind="settings").count() == 1
    # Twice is harmless.
    page = admin.post(reverse("surveys:calendar_take_back"), follow=True)
    assert list(page.context["messages"])[-1].level_tag == "warning"


def test_nothing_waits_before_the_first_period_or_where_the_calendar_is_unknown() -> None:
    make.firm(cadence_weeks=2)
    assert planned.waiting(now=timezone.now()) is None
    make.period(localdate() - timedelta(days=1))
    assert planned.waiting(now=timezone.now()) is None


# --- the year --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_year_shows_what_will_be_made(admin: Browser, world: World, language: str) -> None:
    in_language(world, language)
    start = localdate() + timedelta(days=100)
    Pause.objects.create(starts_on=start, ends_on=start + timedelta(days=30), yearly=True)
    make_ahead(now=timezone.now())
    page = admin.get(YEAR)
    year = page.context["year"]
    shown = [row.starts_on for period in year.periods for row in period.rounds]
    made = list(Round.objects.values_list("starts_on", flat=True))
    assert shown[: len(made)] == made
    assert shown[-1] > localdate() + timedelta(days=300)
    assert [(one.first, one.last) for one in year.pauses] == [(start, start + timedelta(days=30))]
    assert f'<html lang="{language}">' in page.content.decode()


def test_a_round_on_a_public_holiday_is_marked(world: World, browser: Browser) -> None:
    """It opens all the same; mails leave on the next working day."""
    make.firm(first_round_on=date(2026, 7, 14))
    browser.force_login(world.administrator)
    with time_machine.travel(datetime(2026, 6, 1, 8, tzinfo=UTC), tick=False):
        year = browser.get(YEAR).context["year"]
        assert year.holidays == {date(2026, 7, 14)}
        MailSettings.objects.create(pk=1, country="")
        assert browser.get(YEAR).context["year"].holidays == frozenset()


def test_a_year_without_a_first_round(world: World, browser: Browser) -> None:
    make.firm(first_round_on=None)
    browser.force_login(world.administrator)
    page = browser.get(YEAR)
    assert page.context["year"].periods == []
    assert EDIT in page.content.decode()
    look = browser.post(EDIT, TYPED | {"first_round_on": "", "look": "1"})
    assert look.context["year"].periods == []


def test_a_referent_reads_the_calendar_and_changes_nothing(admin: Browser, world: World) -> None:
    Pause.objects.create(starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 31))
    admin.force_login(world.referent)
    text = admin.get(YEAR).content.decode()
    for name in ("calendar_edit", "pause_create"):
        assert reverse(f"surveys:{name}") not in text
    assert "/remove/" not in text


@pytest.mark.parametrize("many", [1, 3])
def test_the_year_costs_the_same_queries(
    admin: Browser, many: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for place in range(many):
        start = localdate() + timedelta(days=40 + 40 * place)
        Pause.objects.create(starts_on=start, ends_on=start)
    make_ahead(now=timezone.now())
    admin.get(YEAR)
    with django_assert_num_queries(14):
        page = admin.get(YEAR)
    assert len(page.context["rows"]) == many


# --- pauses ----------------------------------------------------------------------------------


def test_a_pause_is_added_and_taken_away(admin: Browser) -> None:
    before = list(Round.objects.values_list("starts_on", flat=True))
    hit = Round.objects.order_by("starts_on")[2].starts_on
    typed = {"starts_on": hit - timedelta(days=1), "ends_on": hit + timedelta(days=1)}
    assert admin.post(reverse("surveys:pause_create"), typed).status_code == 302
    moved = list(Round.objects.values_list("starts_on", flat=True))
    assert moved[:3] == [*before[:2], hit + timedelta(weeks=1)]
    pause = Pause.objects.get()
    remove = reverse("surveys:pause_remove", args=[pause.pk])
    page = admin.get(remove)
    shown = [row.starts_on for period in page.context["year"].periods for row in period.rounds]
    assert hit in shown
    assert admin.post(remove).status_code == 302
    assert list(Round.objects.values_list("starts_on", flat=True)) == before


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2090-08-01", "2090-08-31", "starts_on"),
        ("", "2026-08-31", "starts_on"),
        ("31/02/2026", "2026-08-31", "starts_on"),
        ("2026-08-31", "0000-00-00", "ends_on"),
    ],
)
def test_bad_input_pause_on_the_page(admin: Browser, first: str, last: str, field: str) -> None:
    page = admin.post(reverse("surveys:pause_create"), {"starts_on": first, "ends_on": last})
    assert page.status_code == 200
    assert field in page.context["form"].errors
    text = page.content.decode()
    assert text.count("<title>Erreur") + text.count("<title>Error") == 1
    assert not first or f'value="{first}"' in text
    assert not Pause.objects.exists()


# --- another close ---------------------------------------------------------------------------


def close_page(row: Round) -> str:
    return reverse("surveys:round_close", args=[row.pk])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_close_is_moved_traced_and_undone(admin: Browser, world: World, language: str) -> None:
    in_language(world, language)
    row = Round.objects.open(timezone.now()).get()
    planned_at = row.closes_at
    assert close_page(row) in admin.get(ROUNDS).content.decode()
    seen = admin.get(close_page(row)).context["form"]["seen"].value()
    day = localdate(row.closes_at) + timedelta(days=3)
    typed = {"day": day.isoformat(), "reason": "<b>Grève</b>", "seen": seen}
    assert admin.post(close_page(row), typed).status_code == 302
    row.refresh_from_db()
    assert row.closes_at.date() - planned_at.date() == timedelta(days=3)
    text = admin.get(ROUNDS).content.decode()
    assert "&lt;b&gt;Grève&lt;/b&gt;" in text
    assert world.administrator.full_name in text
    undo = reverse("surveys:round_close_undo", args=[row.pk])
    assert undo in text
    assert admin.post(undo).status_code == 302
    row.refresh_from_db()
    assert row.closes_at == planned_at
    page = admin.post(undo, follow=True)
    assert list(page.context["messages"])[-1].level_tag == "warning"
    assert ClosingChange.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "2020-01-01"),
        ("day", "9999-12-31"),
        ("day", "demain"),
        ("reason", ""),
        ("reason", "x" * 301),
        ("reason", "a\nBcc: tous@example.org"),
        ("reason", "a\x00b"),
    ],
)
def test_bad_input_close_on_the_page(admin: Browser, name: str, value: str) -> None:
    row = Round.objects.open(timezone.now()).get()
    day = (localdate(row.closes_at) + timedelta(days=3)).isoformat()
    typed = {"day": day, "reason": "Grève", "seen": row.closes_at.isoformat()} | {name: value}
    page = admin.post(close_page(row), typed)
    assert page.status_code == 200
    assert name in page.context["form"].errors
    assert not ClosingChange.objects.exists()
    if name == "day":
        assert 'value="Grève"' in page.content.decode()


def test_a_page_opened_before_somebody_else_moved_it(admin: Browser) -> None:
    row = Round.objects.open(timezone.now()).get()
    stale = (row.closes_at - timedelta(days=1)).isoformat()
    day = (localdate(row.closes_at) + timedelta(days=3)).isoformat()
    page = admin.post(close_page(row), {"day": day, "reason": "Grève", "seen": stale}, follow=True)
    assert list(page.context["messages"])[-1].level_tag == "warning"
    assert not ClosingChange.objects.exists()


def test_a_closed_round_is_not_moved(admin: Browser) -> None:
    row = Round.objects.open(timezone.now()).get()
    Round.objects.filter(pk=row.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert admin.get(close_page(row)).status_code == 302
    assert close_page(row) not in admin.get(ROUNDS).content.decode()
    unopened = Round.objects.filter(opened_at=None).first()
    assert admin.get(close_page(unopened)).status_code == 404
