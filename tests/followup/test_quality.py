"""How alerts fare: counts, for the administrator."""

import csv
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry, User
from clients.models import Client
from core.tables import MARK
from followup.models import Alert, AlertMove
from followup.quality import PERIODS, headers, quality
from surveys.models import Round
from tests import make
from tests.followup.rows import REASON, alert
from tests.world import World

pytestmark = pytest.mark.django_db
Rule, State, Kind = Alert.Rule, Alert.State, AlertMove.Kind
FIRST = date(2026, 1, 13)
CADENCE = timedelta(days=28)
NO_NUMBER = "–"


class Story:
    """Rounds and what became of alerts in them."""

    def __init__(self, world: World, rounds: int = 10) -> None:
        self.manager = world.manager
        self.rounds = [self._round(FIRST + n * CADENCE) for n in range(rounds)]

    def _round(self, day: date) -> Round:
        return make.round_(day, period=make.period(day, round_count=1))

    def opened(self, at: int, rule: str = Rule.CLIENT_BELOW, **values: Any) -> Alert:
        """An alert found at the close of that round."""
        round_ = self.rounds[at]
        if rule == Rule.PERSON_OVER_SHARE:
            values.setdefault("person", make.person())
            values["reason"] = REASON
        else:
            values.setdefault("client", make.client())
        closes = round_.closes_at
        defaults = {"opened_at": closes, "managers_from": closes, "opened_round": round_}
        return alert(**defaults | {"rule": rule} | values)

    def move(self, one: Alert, kind: str, days: float, **rest: Any) -> None:
        AlertMove.objects.create(
            alert=one, kind=kind, at=one.managers_from + timedelta(days=days),
            actor=self.manager, **rest,
        )  # fmt: skip

    def closed(self, one: Alert, at: datetime, *, by: User | None = None) -> Alert:
        """By a person with a sentence, or by the job."""
        Alert.objects.filter(pk=one.pk).update(
            state=State.CLOSED, closed_at=at, closed_by=by,
            closing_code="" if by else "cause_gone",
        )  # fmt: skip
        if by:
            days = (at - one.managers_from) / timedelta(days=1)
            self.move(one, Kind.CLOSED, days, text="Vu.")
        return Alert.objects.get(pk=one.pk)


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def cells(rule: str = Rule.CLIENT_BELOW) -> list[str]:
    """Opened, taken, postponed, closed by people, by itself, came back, days."""
    with translation.override("en"):
        lines = {line.rule: line.cells for line in quality().lines}
        return lines[str(Rule(rule).label)]


def test_a_line_a_rule(story: Story) -> None:
    found = quality()
    assert len(found.lines) == len(Rule)
    assert all(len(line.cells) + 1 == len(headers()) for line in found.lines)
    assert cells() == ["0", "0", "0", "0", "0", "0", NO_NUMBER]


def test_before_the_first_round(world: World) -> None:
    found = quality()
    assert (found.since, found.periods) == (None, 0)
    assert cells() == ["0"] * 6 + [NO_NUMBER]


def test_the_last_four_periods(story: Story) -> None:
    for at in range(10):
        story.opened(at)
    found = quality()
    assert (found.periods, found.since) == (PERIODS, FIRST + 6 * CADENCE)
    assert cells()[0] == "4"


def test_a_period_that_was_not_asked_does_not_count(story: Story) -> None:
    make.period(FIRST + 10 * CADENCE)
    story.opened(6)
    assert cells()[0] == "1"


def test_what_became_of_them(story: Story) -> None:
    by = story.manager
    taken, put_off, closed, gone, _waiting = (story.opened(8) for _ in range(5))
    story.move(taken, Kind.DECIDED, 2, code="team")
    story.move(taken, Kind.DECIDED, 9, code="client")
    story.move(put_off, Kind.POSTPONED, 1, text="Congés")
    story.move(put_off, Kind.POSTPONED, 3, text="Congés")
    story.closed(closed, story.rounds[8].closes_at + timedelta(days=6), by=by)
    story.closed(gone, story.rounds[9].closes_at)
    assert cells() == ["5", "1", "1", "1", "1", "0", "4"]


def test_days_count_from_where_managers_could_see_it(story: Story) -> None:
    """Half of 0, 3 and 10 lie above 3; a job's move is no decision."""
    for days in (3, 10, -2):
        story.move(story.opened(8), Kind.DECIDED, days)
    job = story.opened(8)
    AlertMove.objects.create(alert=job, kind=Kind.CLOSED, at=job.opened_at + timedelta(days=90))
    assert cells()[-1] == "3"


def test_joined_ones_count_once(story: Story) -> None:
    first = story.opened(8)
    other = story.opened(8, Rule.CLIENT_DECLINING, client=first.client)
    Alert.objects.filter(pk=other.pk).update(merged_into=first)
    assert cells()[0] == "1"
    assert cells(Rule.CLIENT_DECLINING)[0] == "0"


# --- closed without effect -------------------------------------------------------------------


@pytest.mark.parametrize(("again", "back"), [(4, "0"), (3, "1"), (1, "1")])
def test_closed_by_itself_and_back_within_three_rounds(
    story: Story, again: int, back: str
) -> None:
    first = story.opened(5)
    story.closed(first, story.rounds[5].closes_at)
    story.opened(5 + again, client=first.client)
    Round.objects.update(period=story.rounds[5].period)
    assert cells()[5] == back


@pytest.mark.parametrize(("again", "back"), [(4, "1"), (3, "1")])
def test_closed_by_somebody_and_back_once_the_peace_is_over(
    story: Story, again: int, back: str
) -> None:
    first = story.opened(5)
    story.closed(first, story.rounds[5].closes_at + timedelta(days=8), by=story.manager)
    story.opened(5 + again, client=first.client)
    Round.objects.update(period=story.rounds[5].period)
    assert cells()[5] == back


def test_closed_by_somebody_and_back_much_later(world: World) -> None:
    story = Story(world, rounds=12)
    first = story.opened(5)
    story.closed(first, story.rounds[5].closes_at + timedelta(days=8), by=story.manager)
    story.opened(10, client=first.client)
    Round.objects.update(period=story.rounds[5].period)
    assert cells()[5] == "0"


def test_another_subject_or_rule_is_no_return(story: Story, world: World) -> None:
    first = story.opened(7)
    story.closed(first, story.rounds[7].closes_at)
    story.opened(8)
    story.opened(8, Rule.CLIENT_DECLINING, client=first.client)
    assert cells()[5] == "0"
    story.opened(9, client=first.client)
    assert cells()[5] == "1"


# --- nobody can be counted out ---------------------------------------------------------------


@pytest.mark.parametrize(("count", "told"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5")])
def test_small_counts_about_people_are_not_told(story: Story, count: int, told: str) -> None:
    for _ in range(count):
        story.move(story.opened(8, Rule.PERSON_OVER_SHARE), Kind.DECIDED, 3)
    found = cells(Rule.PERSON_OVER_SHARE)
    assert found[:2] == [told, told]
    assert found[2:6] == ["fewer than 5"] * 4
    assert found[6] == ("3" if count == 5 else NO_NUMBER)


def test_the_page_names_nobody_and_no_client(story: Story, world: World, browser: Browser) -> None:
    client: Client = make.client(name="Banque Orsel")
    person = make.person(last_name="Zéphyrine")
    story.opened(8, client=client)
    story.opened(8, Rule.PERSON_OVER_SHARE, person=person)
    browser.force_login(world.administrator)
    for name in ("followup:quality", "followup:quality_export"):
        page = browser.get(reverse(name)).content.decode()
        assert "moins de\xa05" in page
        for secret in ("Orsel", "Zéphyrine", client.ref, person.ref, "alerts/8"):
            assert secret not in page
    assert reverse("followup:quality") in browser.get("/jobs/").content.decode()


# --- the file --------------------------------------------------------------------------------


def test_the_file_says_what_the_page_says_and_is_written_down(
    story: Story, world: World, browser: Browser
) -> None:
    story.opened(8)
    browser.force_login(world.administrator)
    response = browser.get(reverse("followup:quality_export"))
    assert response["Content-Disposition"] == 'attachment; filename="alertes.csv"'
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert text.startswith(MARK)
    with translation.override("fr"):
        expected = [headers(), *([line.rule, *line.cells] for line in quality().lines)]
    assert list(csv.reader(text.removeprefix(MARK).splitlines())) == expected
    entry = AuditEntry.objects.get(action="export")
    assert (entry.object_kind, entry.actor) == ("alert", world.administrator)


def test_as_many_queries_for_one_and_for_many(story: Story) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            quality()
        return len(captured)

    story.opened(8)
    one = count()
    for at in (6, 7, 8, 9):
        story.opened(at)
        story.opened(at, Rule.PERSON_OVER_SHARE)
    assert count() == one == 3
