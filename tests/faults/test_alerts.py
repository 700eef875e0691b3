"""Alerts and the weekly mail: workers killed on their way, and several at once."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from balancing import compute
from core.moving import OvertakenError
from followup import alerts, decisions, merging
from followup.models import Alert, AlertMove, AlertPass, Digest
from missions.models import Mission
from operations import mails
from scoring.models import Decline
from tests.balancing import staffed
from tests.balancing.staffed import Staffed
from tests.faults.conftest import Together
from tests.faults.test_killed import Killed, dying
from tests.followup.raised import below
from tests.house.tables import rows

# The moment after each of these writes, by the manager's method that does it.
POINTS = {
    "pass begun": (AlertPass, "create"),
    "alerts opened": (Alert, "bulk_create"),
    "their journal": (AlertMove, "bulk_create"),
    "alerts joined": (Alert, "bulk_update"),
}
OPEN, CLOSED = Alert.State.OPEN, Alert.State.CLOSED


def firm() -> Staffed:
    """A client below and declining, and a demanding mission that goes on without anybody."""
    made = staffed.firm(2)
    client = made.hard[0].client
    staffed.release(made.rounds[0].period, below(client.ref))
    Decline.objects.create(round=made.rounds[0], ref=client.ref)
    Mission.objects.filter(pk=made.hard[0].pk).update(ends_on=None)
    compute.load_due(now=made.last.closes_at)
    return made


def kept() -> dict[str, Any]:
    """What must be the same whoever worked: alerts and their journals, without their keys."""
    return {
        "alerts": sorted(Alert.objects.values_list("rule", "state", "merged_into__rule")),
        "moves": Counter(AlertMove.objects.values_list("alert__rule", "kind")),
        "passes": AlertPass.objects.count(),
    }


EXPECTED = {
    "alerts": [
        ("client_below", "open", None),
        ("client_declining", "open", "client_below"),
        ("nobody_left", "open", None),
    ],
    "moves": {
        ("client_below", "opened"): 1,
        ("client_below", "joined"): 1,
        ("client_declining", "opened"): 1,
        ("client_declining", "merged"): 1,
        ("nobody_left", "opened"): 1,
    },
    "passes": 2,
}


@pytest.mark.django_db
@pytest.mark.parametrize("point", POINTS)
def test_killed_there_and_run_again(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = firm()
    model, method = POINTS[point]
    with monkeypatch.context() as patch:
        patch.setattr(model.objects, method, dying(getattr(model.objects, method)))
        with pytest.raises(Killed):
            alerts.alert_due(now=made.last.closes_at)
    # Half of it is nothing: the round was not looked at, and no alert is without its journal.
    assert not Alert.objects.filter(moves__isnull=True).exists()
    alerts.alert_due(now=made.last.closes_at)
    assert kept() == EXPECTED
    before = rows()
    assert alerts.alert_due(now=made.last.closes_at) == ""
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["hand_over", "parted"])
def test_killed_while_closing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first reason has gone: closing it and handing over is one thing, or nothing."""
    made = firm()
    alerts.alert_due(now=made.last.closes_at)
    made.carry(2, overload=False)
    staffed.release(made.last.period, {("firm", "", "overall"): (62, 59, 65)})
    compute.load_due(now=made.last.closes_at)
    with monkeypatch.context() as patch:
        patch.setattr(merging, name, dying(getattr(merging, name)))
        with pytest.raises(Killed):
            alerts.alert_due(now=made.last.closes_at)
    assert Alert.objects.filter(rule=Alert.Rule.CLIENT_BELOW, state=OPEN).count() == 1
    alerts.alert_due(now=made.last.closes_at)
    states = dict(Alert.objects.values_list("rule", "state"))
    assert states["client_below"] == CLOSED
    assert states["client_declining"] == OPEN
    assert not Alert.objects.exclude(merged_into=None).exclude(state=CLOSED).exists()


def test_three_workers_at_once_open_what_one_opens(together: Together) -> None:
    made = firm()
    work = lambda: alerts.alert_due(now=made.last.closes_at)  # noqa: E731 -- the same piece, three times
    together([work, work, work])
    [found] = together([kept])
    assert found == EXPECTED


def test_three_workers_and_a_manager_at_once(together: Together) -> None:
    """The next day, somebody is assigned at last; the manager closes it at the same moment."""
    made = firm()
    alerts.alert_due(now=made.last.closes_at)
    Mission.objects.filter(pk=made.hard[0].pk).update(ends_on=made.last.closes_at.date())
    later = made.last.closes_at + timedelta(days=1)
    alert = Alert.objects.get(rule=Alert.Rule.NOBODY_LEFT)

    def close() -> str:
        try:
            decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=later)
        except OvertakenError:
            return "overtaken"
        return "closed"

    work = lambda: alerts.alert_due(now=later)  # noqa: E731 -- the same piece, three times
    said = together([work, close, work, work])
    [(closed, moves)] = together([lambda: _end_of(alert)])
    assert moves == 1
    assert (closed.closing, closed.closing_code) == (
        ("Vu.", "") if said[1] == "closed" else ("", "cause_gone")
    )


def _end_of(alert: Alert) -> tuple[Alert, int]:
    closings = AlertMove.objects.filter(alert=alert, kind=AlertMove.Kind.CLOSED)
    return Alert.objects.get(pk=alert.pk), closings.count()


def tuesday_at_eleven(made: Staffed) -> datetime:
    """An hour after the close."""
    return made.last.closes_at + timedelta(hours=1)


def test_three_workers_at_once_send_each_mail_once(together: Together) -> None:
    made = firm()
    alerts.alert_due(now=made.last.closes_at)
    now = tuesday_at_eleven(made)
    work = lambda: mails.send_due(now=now)  # noqa: E731 -- the same piece, three times
    together([work, work, work])
    assert Counter(one.to[0] for one in mail.outbox) == {
        made.manager.email: 1, made.above.email: 1,
    }  # fmt: skip
    [states] = together([lambda: list(Digest.objects.values_list("state", flat=True))])
    assert states == [Digest.State.SENT] * 2


@pytest.mark.django_db
def test_killed_once_the_mails_rows_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    made = firm()
    alerts.alert_due(now=made.last.closes_at)
    now = tuesday_at_eleven(made)
    with monkeypatch.context() as patch:
        patch.setattr(Digest.objects, "bulk_create", dying(Digest.objects.bulk_create))
        with pytest.raises(Killed):
            mails.send_due(now=now)
    assert mails.send_due(now=now) == "2 weekly mail(s) sent"
    assert mails.send_due(now=now + timedelta(hours=1)) == ""
    assert len(mail.outbox) == 2
