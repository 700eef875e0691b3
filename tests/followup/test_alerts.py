"""The jobs' side of alerts: opened, renewed, brought back, closed, never doubled."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import IntegrityError
from django.utils.timezone import localdate

from balancing.models import LoadPass
from followup import alerts, decisions
from followup.models import Alert, AlertMove, AlertPass
from scoring.models import Release
from tests import make
from tests.balancing import staffed
from tests.followup.raised import below, client_below, overloaded, run

pytestmark = pytest.mark.django_db
State = Alert.State


def kinds(alert: Alert) -> list[str]:
    return list(alert.moves.order_by("pk").values_list("kind", flat=True))


# --- a person --------------------------------------------------------------------------------


def test_a_planted_overload_raises_one_alert_with_its_reasons() -> None:
    made, alert = overloaded()
    closed = made.last.closes_at
    assert Alert.objects.filter(rule=Alert.Rule.PERSON_OVER_SHARE).get() == alert
    assert (alert.state, alert.opened_at, alert.opened_round) == (State.OPEN, closed, made.last)
    assert alert.managers_from == closed + timedelta(days=7)
    reason = alert.reason
    assert (reason["share"], reason["demanding_rounds"], reason["rounds"]) == (100, 12, 12)
    assert reason["two_in_a_row"]
    assert reason["above_zone"]
    assert {one["mission"] for one in reason["missions"]} <= {one.pk for one in made.hard}
    assert kinds(alert) == ["opened"]
    assert str(alert) == f"person_over_share {alert.pk}"


def test_twice_changes_nothing() -> None:
    made, alert = overloaded()
    before = list(Alert.objects.order_by("pk").values()), AlertMove.objects.count()
    assert run(made.last.closes_at) == ""
    assert (list(Alert.objects.order_by("pk").values()), AlertMove.objects.count()) == before
    # A round looked at again finds the alert open, and leaves it alone.
    AlertPass.objects.get(round=made.last).delete()
    assert alerts.alert_due(now=made.last.closes_at) == ""
    assert Alert.objects.get(person=made.loaded).opened_at == alert.opened_at


def test_renewed_while_it_lasts_then_closed_when_the_cause_has_gone() -> None:
    made, alert = overloaded()
    made.carry(2, overload=True)
    assert "renewed" in run(made.last.closes_at)
    alert.refresh_from_db()
    assert (alert.seen_round, alert.opened_round) == (made.last, made.rounds[-3])
    assert alert.reason["rounds"] == 13
    made.carry(6, overload=False)
    run(made.last.closes_at)
    alert.refresh_from_db()
    assert alert.state == State.CLOSED
    assert (alert.closed_by, alert.closing_code) == (None, alerts.CAUSE_GONE)
    assert alert.closed_at == made.last.closes_at
    assert kinds(alert)[-1] == "closed"
    assert not Alert.objects.exclude(state=State.CLOSED).filter(person=made.loaded).exists()


def test_closed_by_a_manager_it_leaves_them_in_peace_for_three_rounds() -> None:
    made, alert = overloaded()
    now = made.last.closes_at + timedelta(days=8)
    decisions.close(alert=alert, sentence="Vu ensemble.", by=made.manager, now=now)
    made.carry(4, overload=True)
    for row in made.rounds[-4:-1]:
        run(row.closes_at)
        assert Alert.objects.get(person=made.loaded).state == State.CLOSED
    run(made.last.closes_at)
    newest = Alert.objects.filter(person=made.loaded).exclude(state=State.CLOSED).get()
    assert newest.opened_round == made.last


def test_closed_by_the_job_it_may_open_at_the_next_round() -> None:
    made, alert = overloaded()
    Alert.objects.filter(pk=alert.pk).update(
        state=State.CLOSED, closed_at=made.last.closes_at, closing_code=alerts.CAUSE_GONE
    )
    made.carry(2, overload=True)
    run(made.rounds[-2].closes_at)
    assert Alert.objects.filter(person=made.loaded).exclude(state=State.CLOSED).exists()


def test_a_young_firm_is_left_in_peace_too() -> None:
    made, alert = client_below()
    now = made.last.closes_at
    decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=now)
    made.carry(2, overload=True)
    run(made.rounds[-2].closes_at)
    assert Alert.objects.get(client=alert.client).state == State.CLOSED


def test_postponed_it_comes_back_on_its_day() -> None:
    made, alert = overloaded()
    now = made.last.closes_at
    day = localdate(now) + timedelta(days=3)
    decisions.postpone(alert=alert, until=day, why="", by=made.manager, now=now)
    assert run(now + timedelta(days=2)) == ""
    assert run(now + timedelta(days=3)) == "1 brought back"
    alert.refresh_from_db()
    assert (alert.state, alert.postponed_until) == (State.OPEN, None)
    assert kinds(alert) == ["opened", "postponed", "resumed"]


def test_brought_back_once_by_two_workers() -> None:
    made, alert = overloaded()
    now = made.last.closes_at
    alert = decisions.postpone(alert=alert, until=localdate(now), why="", by=made.manager, now=now)
    assert alerts._resume(alert, now) == 1
    assert alerts._resume(alert, now) == 0


# --- the firm --------------------------------------------------------------------------------


def test_the_firm_two_rounds_running() -> None:
    made = staffed.firm(2)
    for row in made.rounds:
        run(row.closes_at)
    assert not Alert.objects.filter(firm=True).exists()
    LoadPass.objects.update(indices={"gini": {"value": 0.2, "reference": 0.1, "beyond": True}})
    AlertPass.objects.all().delete()
    alerts.alert_due(now=made.last.closes_at)
    alert = Alert.objects.get(firm=True)
    assert alert.opened_round == made.last
    assert alert.managers_from == made.last.closes_at
    assert alert.reason["index"] == 0.2


# --- a client --------------------------------------------------------------------------------


def test_a_client_below_with_published_figures_only() -> None:
    made, alert = client_below()
    assert alert.managers_from == made.last.closes_at == alert.opened_at
    assert alert.reason["period"] == made.rounds[0].period_id
    assert [one["dimension"] for one in alert.reason["figures"]] == ["overall", "load"]
    assert alert.reason["figures"][0] == {
        "dimension": "overall", "score": 45, "low": 35, "high": 55, "level": 2, "band": "8-12",
        "firm": 62,
    }  # fmt: skip


def test_figures_that_come_out_late_still_open_it() -> None:
    made = staffed.firm(2)
    client = made.hard[0].client
    run(made.last.closes_at)
    staffed.release(made.last.period, below(client.ref))
    assert run(made.last.closes_at + timedelta(hours=1)) == "1 opened"
    assert run(made.last.closes_at + timedelta(hours=2)) == ""
    alert = Alert.objects.get(client=client)
    Release.objects.update(state=Release.State.WITHDRAWN)
    assert run(made.last.closes_at + timedelta(hours=3)) == "1 closed"
    alert.refresh_from_db()
    assert alert.closing_code == alerts.CAUSE_GONE


def test_late_figures_are_looked_at_by_one_worker() -> None:
    made = staffed.firm(2)
    run(made.last.closes_at)
    staffed.release(made.last.period, below(made.hard[0].client.ref))
    newest = AlertPass.objects.order_by("-round__starts_on")[0]

    def overtaken(*args: object) -> object:
        AlertPass.objects.filter(pk=newest.pk).update(release_period_on=date(2020, 1, 1))
        return made_by(*args)

    made_by = alerts.released_by
    with mock.patch.object(alerts, "released_by", overtaken):
        assert alerts.alert_due(now=made.last.closes_at) == ""


def test_an_ended_client_has_no_alert() -> None:
    made, alert = client_below()
    assert alert.client is not None
    alert.client.ended_on = localdate(made.last.closes_at)
    alert.client.save()
    made.carry(2, overload=True)
    run(made.last.closes_at)
    alert.refresh_from_db()
    assert alert.state == State.CLOSED


# --- races -----------------------------------------------------------------------------------


def test_another_worker_looked_first() -> None:
    made = staffed.firm(2)
    run(made.last.closes_at)
    loads = LoadPass.objects.select_related("round")[0]
    with mock.patch.object(alerts, "_apply") as applied:
        assert not alerts._look(alerts.Looked(loads, None), made.last.closes_at)
    assert not applied.called


def test_another_fault_is_not_hidden() -> None:
    made = staffed.firm(2)
    with (
        mock.patch.object(AlertPass.objects, "create", side_effect=IntegrityError),
        pytest.raises(IntegrityError),
    ):
        run(made.last.closes_at)


def test_opened_by_another_worker_at_the_same_time() -> None:
    made, alert = overloaded()
    moment = alerts.Moment(made.last, made.last.closes_at)
    finding = alerts.Finding({}, person=made.loaded.pk)
    assert alerts._open(alert.rule, finding, moment) == 0
    assert Alert.objects.filter(person=made.loaded).count() == 1
    with (
        mock.patch.object(Alert.objects, "create", side_effect=IntegrityError),
        pytest.raises(IntegrityError),
    ):
        alerts._open(alert.rule, alerts.Finding({}, person=make.person().pk), moment)


def test_a_close_by_a_manager_meanwhile_stands() -> None:
    made, alert = overloaded()
    now = made.last.closes_at
    moment = alerts.Moment(made.last, now)
    decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=now)
    assert alerts._close(alert, moment) == 0
    assert alerts._renew(alert, alerts.Finding({"share": 1}, person=made.loaded.pk), moment) == 0
    alert.refresh_from_db()
    assert (alert.closing, alert.closing_code) == ("Vu.", "")


def test_killed_between_two_rounds_recovers() -> None:
    made = staffed.firm(12)
    seen = alerts._look
    calls = []

    def once(*args: object) -> object:
        calls.append(args)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return seen(*args)  # type: ignore[arg-type]  # -- the rule's own arguments

    with mock.patch.object(alerts, "_look", once), pytest.raises(KeyboardInterrupt):
        run(made.last.closes_at)
    run(made.last.closes_at)
    assert AlertPass.objects.count() == 12
    assert Alert.objects.filter(person=made.loaded).count() == 1


def test_rows_say_what_they_are() -> None:
    _made, alert = overloaded()
    move = alert.moves.get()
    done = AlertPass.objects.all()[0]
    assert str(move) == f"opened {alert.pk}"
    assert str(done) == f"alert pass {done.round_id}"


def test_nothing_to_look_at() -> None:
    assert alerts.alert_due(now=make.round_().closes_at) == ""
