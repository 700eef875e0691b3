"""The jobs' side of alerts: opened, renewed, brought back, closed, never doubled."""

from collections import Counter
from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from balancing import compute
from balancing.models import Load, LoadPass, MissionDemand
from clients.models import Client
from followup import alerts, decisions, reconciling
from followup.causes import Finding, at_close
from followup.models import Alert, AlertMove, AlertPass
from scoring.models import Release, ReleasedCell
from surveys.models import Period, Round
from tests import make
from tests.balancing import staffed
from tests.followup.raised import below, client_below, overloaded, run

pytestmark = pytest.mark.django_db
State = Alert.State
SUBJECT_OF = {
    Alert.Rule.PERSON_OVER_SHARE: "person",
    Alert.Rule.CLIENT_BELOW: "client",
    Alert.Rule.CLIENT_DECLINING: "client",
    Alert.Rule.PAST_END: "mission",
    Alert.Rule.NOBODY_LEFT: "mission",
    Alert.Rule.LOW_PARTICIPATION: "unit",
}
# Statements of a pass over one rule, savepoints included.
OPENING, CHANGING, CLOSING = 9, 9, 10


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
    assert (alert.closed_by, alert.closing_code) == (None, reconciling.CAUSE_GONE)
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
        state=State.CLOSED, closed_at=made.last.closes_at, closing_code=reconciling.CAUSE_GONE
    )
    made.carry(2, overload=True)
    run(made.rounds[-2].closes_at)
    assert Alert.objects.filter(person=made.loaded).exclude(state=State.CLOSED).exists()


@pytest.mark.parametrize("rule", Alert.Rule)
def test_every_rule_leaves_in_peace_for_three_rounds(rule: str) -> None:
    """Whatever its subject: closed by somebody, it opens again at the fourth round."""
    kind = SUBJECT_OF.get(rule, "firm")
    subject = {} if kind == "firm" else {kind: getattr(make, kind)().pk}
    rounds = [make.round_(date(2026, 1, 13) + n * timedelta(days=28)) for n in range(6)]
    found = {rule: [Finding({"n": 1}, **subject)]}

    def opened(at: int) -> int:
        moment = reconciling.Moment(rounds[at], rounds[at].closes_at)
        return reconciling.reconcile(found, moment)["opened"]

    assert opened(1) == 1
    now = rounds[1].closes_at + timedelta(days=3)
    decisions.close(alert=Alert.objects.get(), sentence="Vu.", by=make.person(), now=now)
    assert [opened(at) for at in range(1, 6)] == [0, 0, 0, 0, 1]


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
    assert alerts._bring_back(now) == 1
    assert alerts._bring_back(now) == 0
    assert kinds(alert)[-1] == "resumed"


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
    said = run(made.last.closes_at + timedelta(hours=3))
    assert said == "1 closed, 1 freed of what was withdrawn"
    alert.refresh_from_db()
    assert alert.closing_code == reconciling.CAUSE_GONE


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
        assert not alerts._look(at_close(loads, None), made.last.closes_at)
    assert not applied.called


def test_another_fault_is_not_hidden() -> None:
    made = staffed.firm(2)
    with (
        mock.patch.object(AlertPass.objects, "create", side_effect=IntegrityError),
        pytest.raises(IntegrityError),
    ):
        run(made.last.closes_at)


def test_opened_by_another_worker_at_the_same_time() -> None:
    """It committed after we had looked at what is open: theirs stands, ours is not opened."""
    made, alert = overloaded()
    moment = reconciling.Moment(made.last, made.last.closes_at)
    other = make.person()
    fresh = [(alert.rule, Finding({}, person=one)) for one in (made.loaded.pk, other.pk)]
    assert reconciling._open(fresh, moment) == 1
    assert Alert.objects.filter(person=made.loaded).get() == alert
    assert kinds(alert) == ["opened"]
    assert kinds(Alert.objects.get(person=other)) == ["opened"]


def test_a_finding_that_the_database_refuses_is_a_fault() -> None:
    made, alert = overloaded()
    moment = reconciling.Moment(made.last, made.last.closes_at)
    about_two = Finding({}, person=make.person().pk, client=make.client().pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        reconciling._open([(alert.rule, about_two)], moment)


def test_a_close_by_a_manager_meanwhile_stands() -> None:
    made, alert = overloaded()
    now = made.last.closes_at
    moment = reconciling.Moment(made.last, now)
    decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=now)
    assert reconciling._close([alert], moment) == 0
    found = {alert.rule: [Finding({"share": 1}, person=made.loaded.pk)]}
    assert not sum(reconciling.reconcile(found, moment).values())
    alert.refresh_from_db()
    assert (alert.closing, alert.closing_code) == ("Vu.", "")


@pytest.mark.parametrize("findings", [1, 3, 30])
def test_as_many_queries_whatever_the_findings(findings: int) -> None:
    """All opened, then all changed, then all closed: the same few statements each time."""
    rule = Alert.Rule.CLIENT_BELOW
    last = make.round_()
    clients = [make.client() for _ in range(findings)]

    def queries(number: int, some: list[Client]) -> int:
        found = {rule: [Finding({"figures": [], "n": number}, client=one.pk) for one in some]}
        moment = reconciling.Moment(last, last.closes_at + timedelta(hours=number))
        with CaptureQueriesContext(connection) as captured:
            reconciling.reconcile(found, moment)
        return len(captured)

    assert queries(1, clients) == OPENING
    assert Alert.objects.filter(state=State.OPEN).count() == findings
    assert queries(2, clients) == CHANGING
    assert AlertMove.objects.filter(kind=AlertMove.Kind.UPDATED).count() == findings
    assert queries(3, []) == CLOSING
    assert not Alert.objects.exclude(state=State.CLOSED).exists()
    assert AlertMove.objects.count() == 3 * findings


def test_a_whole_pass_takes_as_many_queries_for_thirty_clients() -> None:
    asked = []
    for count in (1, 3, 30):
        made = staffed.firm(2)
        staffed.release(
            made.rounds[0].period,
            {key: cell for _ in range(count) for key, cell in below(make.client().ref).items()},
        )
        compute.load_due(now=made.last.closes_at)
        with CaptureQueriesContext(connection) as captured:
            assert alerts.alert_due(now=made.last.closes_at) == f"{count} opened"
        asked.append(len(captured))
        for model in (AlertMove, Alert, AlertPass, ReleasedCell, Release, Load, MissionDemand,
                      LoadPass, Round, Period):  # fmt: skip
            model.objects.all().delete()
    assert asked[0] == asked[1] == asked[2]


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


def test_staffing_is_looked_at_by_one_worker_a_day() -> None:
    made = staffed.firm(2)
    now = made.last.closes_at
    run(now)
    newest = AlertPass.objects.order_by("-round__starts_on")[0]
    assert newest.staffing_on == localdate(now)
    with mock.patch.object(alerts, "_apply", return_value=Counter()) as applied:
        for later in (now, now - timedelta(days=1), now + timedelta(days=1)):
            alerts._look_at_staffing(newest, later)
        # Another worker, which saw the row as it was before.
        assert not alerts._look_at_staffing(newest, now + timedelta(days=1))
    assert applied.call_count == 1
