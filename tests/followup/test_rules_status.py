"""The alert on a client whose status has become “at risk”."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from balancing.models import LoadPass, StatusPass
from followup import alerts, decisions, reading, texts, withdrawal
from followup.causes import Finding, Looked
from followup.models import Alert, AlertMove, AlertPass
from followup.reconciling import CAUSE_GONE, Moment, reconcile
from followup.rules_charter import ClientAtRisk
from scoring import jobs
from surveys.models import Period, Round
from tests.balancing.portfolio import kept, period_out
from tests.followup.rows import alert
from tests.world import World

DAY = date(2026, 12, 2)
MADE = datetime(2026, 12, 1, tzinfo=UTC)  # by `kept`
pytestmark = pytest.mark.django_db
Rule, State = Alert.Rule, Alert.State


def found(day: date = DAY) -> list[Finding]:
    return ClientAtRisk().findings(Looked(LoadPass(), None, day))


def statuses(world: World, place: int, result: str, *reasons: str) -> Period:
    """The status of the world's client with the figures of one more period."""
    period = period_out(place)
    kept(period, {world.client: (result, 9.0)}, **{world.client.ref: list(reasons)})
    return period


@pytest.mark.parametrize("before", ["virtuous", "on_the_way", "too_early"])
def test_what_has_become_at_risk_raises_one(world: World, before: str) -> None:
    statuses(world, 0, before, "seen")
    newest = statuses(world, 1, "at_risk", "no_path", "some_missing")
    [one] = found()
    assert (one.client, one.opens) == (world.client.pk, True)
    assert one.reason == {
        "period": newest.pk, "before": before, "reasons": ["no_path", "some_missing"],
    }  # fmt: skip


def test_nothing_is_found_without_statuses_or_where_it_is_not_at_risk(world: World) -> None:
    assert found() == []
    statuses(world, 0, "at_risk", "no_path")
    statuses(world, 1, "on_the_way", "some_missing", "path")
    assert found() == []


@pytest.mark.parametrize(
    ("before", "now", "opens"),
    [
        ((), ("no_path",), False),
        ((), ("red_line",), True),
        ((), ("red_line_screening",), True),
        (("no_path",), ("few_seen",), False),
        (("few_seen",), ("red_line",), True),
        (("red_line",), ("red_line",), False),
        (("red_line",), ("few_seen",), False),
    ],
)
def test_at_risk_from_the_start_or_still_is_news_by_a_red_line_alone(
    world: World, before: tuple[str, ...], now: tuple[str, ...], opens: bool
) -> None:
    if before:
        statuses(world, 0, "at_risk", *before)
    statuses(world, 1, "at_risk", *now)
    assert [one.opens for one in found()] == [opens]


def test_statuses_made_later_and_clients_of_the_past_are_left_out(world: World) -> None:
    statuses(world, 0, "virtuous", "seen")
    statuses(world, 1, "at_risk", "few_seen")
    assert found(MADE.date() - timedelta(days=1)) == []
    world.client.ended_on = DAY - timedelta(days=1)
    world.client.save()
    assert found() == []


def test_whoever_closed_it_has_done_with_the_figures_of_then(world: World) -> None:
    statuses(world, 0, "virtuous", "seen")
    statuses(world, 1, "at_risk", "few_seen")
    row = alert(rule=Rule.CLIENT_AT_RISK, client=world.client, reason=found()[0].reason)
    later = MADE + timedelta(hours=1)
    decisions.close(alert=row, sentence="Vu avec eux.", by=world.manager, now=later)
    assert [one.opens for one in found()] == [False]
    StatusPass.objects.filter(made_at=MADE).update(made_at=later + timedelta(hours=1))
    assert [one.opens for one in found()] == [True]


class Days:
    """Days going by after the close of one round, as the jobs see them."""

    def __init__(self, world: World) -> None:
        self.now = MADE + timedelta(days=1)
        self.round = Round.objects.order_by("-starts_on")[0]
        LoadPass.objects.create(
            round=self.round, made_at=self.now, formula_version=1, points_version=1,
            compared=0, above_zone=0, indices={},
        )  # fmt: skip
        AlertPass.objects.create(
            round=self.round, made_at=self.now, staffing_on=DAY - timedelta(days=1)
        )

    def next(self) -> str:
        said = alerts.alert_due(now=self.now)
        self.now += timedelta(days=1)
        return said


def test_it_opens_lasts_and_closes_by_itself_with_the_days(world: World) -> None:
    statuses(world, 0, "virtuous", "seen")
    statuses(world, 1, "at_risk", "few_seen")
    days = Days(world)
    days.next()
    days.next()
    row = Alert.objects.get(rule=Rule.CLIENT_AT_RISK)
    assert (row.client, row.state) == (world.client, State.OPEN)
    statuses(world, 2, "at_risk", "few_seen")
    days.next()
    row.refresh_from_db()
    assert (row.reason["before"], row.state) == ("at_risk", State.OPEN)
    statuses(world, 3, "on_the_way", "some_missing", "path")
    days.next()
    row.refresh_from_db()
    assert (row.state, row.closing_code) == (State.CLOSED, CAUSE_GONE)
    assert Alert.objects.filter(rule=Rule.CLIENT_AT_RISK).count() == 1


def test_a_withdrawn_period_takes_its_reasons_and_then_the_alert_with_it(world: World) -> None:
    statuses(world, 0, "virtuous", "seen")
    newest = statuses(world, 1, "at_risk", "few_seen")
    days = Days(world)
    days.next()
    jobs.withdraw(period=newest.starts_on, reason="Erreur.", now=days.now)
    assert withdrawal.forget_withdrawn(now=days.now) == 1
    assert withdrawal.forget_withdrawn(now=days.now) == 0
    row = Alert.objects.get(rule=Rule.CLIENT_AT_RISK)
    assert row.reason == {"period": newest.pk, "withdrawn": True}
    with translation.override("en"):
        said = f"{texts.title(row)} {texts.line(row, {})}"
    assert "withdrawn" in said
    assert "few" not in said
    assert len(texts.steps([row])) == 3
    days.next()
    row.refresh_from_db()
    assert (row.state, row.closing_code) == (State.CLOSED, CAUSE_GONE)


@pytest.mark.parametrize(
    ("reasons", "steps"),
    [
        (["red_line"], ["red_line", "judge"]),
        (["red_line_screening"], ["red_line", "judge"]),
        (["few_seen"], ["open_path", "judge"]),
        (["no_path", "some_missing"], ["open_path"]),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_words_and_the_steps_that_answer_its_reasons(
    world: World, reasons: list[str], steps: list[str], language: str
) -> None:
    row = alert(rule=Rule.CLIENT_AT_RISK, client=world.client,
                reason={"period": 0, "before": "virtuous", "reasons": reasons})  # fmt: skip
    assert list(texts.steps([row])) == steps
    with translation.override(language):
        lines = set()
        for before in ("virtuous", "at_risk", ""):
            row.reason["before"] = before
            lines.add(texts.line(row, {}))
        assert world.client.name in texts.title(row)
    assert len(lines) == 3


def both(world: World, *rules: str) -> dict[str, list[Finding]]:
    reasons = {
        Rule.CLIENT_AT_RISK: {"period": 0, "before": "", "reasons": ["no_path"]},
        Rule.STALE_PATH: {"meeting": "", "moved": "2026-09-01"},
        Rule.CLIENT_DECLINING: {"round_on": "2026-10-13"},
    }
    return {
        rule: [Finding(reason, client=world.client.pk)] if rule in rules else []
        for rule, reason in reasons.items()
    }


def test_it_is_one_thing_to_handle_with_what_else_is_said_of_the_client(world: World) -> None:
    statuses(world, 0, "virtuous", "seen")
    moment = Moment(Round.objects.all()[0], timezone.now())
    reconcile(both(world, *both(world)), moment)
    [card] = reading.to_handle(world.manager, timezone.now())
    assert len(card.more) == 2
    lead = Alert.objects.get(pk=card.pk)
    decision = decisions.Decision("open_path", "", world.manager, DAY)
    decisions.take(alert=lead, decision=decision, by=world.manager, now=moment.now)
    gone = [rule for rule in both(world) if rule != lead.rule]
    reconcile(both(world, *gone), moment)
    heirs = Alert.objects.filter(rule__in=gone)
    [heir] = [row for row in heirs if row.merged_into is None]
    assert (heir.state, heir.owner, heir.next_step_code) == (
        State.TAKEN, world.manager, "open_path",
    )  # fmt: skip
    # The other follows it at once: never two cards, not even for a pass.
    assert heirs.exclude(pk=heir.pk).get().merged_into == heir
    carried = AlertMove.objects.filter(kind=AlertMove.Kind.CARRIES_ON)
    assert [move.alert for move in carried] == [heir]


def test_its_page_leads_to_where_the_path_and_the_charter_are(
    world: World, browser: Browser
) -> None:
    row = alert(rule=Rule.CLIENT_AT_RISK, client=world.client,
                reason={"period": 0, "before": "virtuous", "reasons": ["no_path"]})  # fmt: skip
    browser.force_login(world.manager)
    page = browser.get(reverse("followup:alert_detail", args=[row.pk])).content.decode()
    assert reverse("dashboards:client", args=[world.client.pk]) in page
    assert 'value="open_path"' in page
    assert 'value="red_line"' not in page
