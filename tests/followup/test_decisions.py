"""What people do about an alert, and two of them at once."""

from datetime import date, datetime, timedelta

import pytest

from core.moving import OvertakenError
from followup import decisions
from followup.decisions import Decision
from followup.models import Alert
from tests.balancing.staffed import Staffed
from tests.followup.raised import overloaded, run

pytestmark = pytest.mark.django_db
State = Alert.State
DAY = date(2026, 12, 11)


@pytest.fixture
def raised() -> tuple[Staffed, Alert]:
    return overloaded()


def moment(made: Staffed) -> datetime:
    return made.last.closes_at + timedelta(days=8)


def test_a_life(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    now, by = moment(made), made.manager
    decision = Decision("talk", "", by, DAY)
    alert = decisions.take(alert=alert, decision=decision, by=by, now=now)
    assert (alert.state, alert.owner, alert.due_on) == (State.TAKEN, by, DAY)
    alert = decisions.postpone(alert=alert, until=DAY, why="Congés", by=by, now=now)
    assert (alert.state, alert.postponed_until) == (State.POSTPONED, DAY)
    alert = decisions.pass_on(alert=alert, by=by, now=now)
    assert alert.passed_on_at == now
    alert = decisions.close(alert=alert, sentence="Astreinte à deux.", by=by, now=now)
    assert (alert.state, alert.closed_by, alert.postponed_until) == (State.CLOSED, by, None)
    alert = decisions.reopen(alert=alert, by=by, now=now)
    assert (alert.state, alert.closed_at, alert.closing) == (State.TAKEN, None, "")
    moves = alert.moves.order_by("pk")
    told = list(moves.values_list("kind", "text", "code", "actor"))
    assert told == [
        ("opened", "", "", None),
        ("decided", "", "talk", by.pk),
        ("postponed", "Congés", "", by.pk),
        ("passed_on", "", "", by.pk),
        ("closed", "Astreinte à deux.", "", by.pk),
        ("reopened", "", "", by.pk),
    ]
    kept = moves.values_list("kind", "owner", "due_on").filter(due_on__isnull=False)
    assert list(kept) == [("decided", by.pk, DAY), ("postponed", None, DAY)]


def test_the_second_of_two_is_told(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    now = moment(made)
    same = Alert.objects.get(pk=alert.pk)
    decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=now)
    with pytest.raises(OvertakenError):
        decisions.postpone(alert=same, until=DAY, why="", by=made.above, now=now)
    same.refresh_from_db()
    assert (same.state, same.closing) == (State.CLOSED, "Vu.")
    with pytest.raises(OvertakenError):
        decisions.take(
            alert=same, decision=Decision("talk", "", made.above, DAY), by=made.above, now=now
        )


def test_passed_on_once(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    alert = decisions.pass_on(alert=alert, by=made.manager, now=moment(made))
    with pytest.raises(OvertakenError):
        decisions.pass_on(alert=alert, by=made.manager, now=moment(made))


def test_what_a_job_closed_is_not_reopened(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    made.carry(8, overload=False)
    run(made.last.closes_at)
    alert.refresh_from_db()
    assert alert.state == State.CLOSED
    with pytest.raises(OvertakenError):
        decisions.reopen(alert=alert, by=made.manager, now=moment(made))


def test_not_reopened_beside_a_newer_one(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    alert = decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=moment(made))
    made.carry(4, overload=True)
    run(made.last.closes_at)
    assert Alert.objects.filter(person=made.loaded).exclude(state=State.CLOSED).exists()
    with pytest.raises(OvertakenError):
        decisions.reopen(alert=alert, by=made.manager, now=moment(made))
    alert.refresh_from_db()
    assert alert.state == State.CLOSED


def test_reopened_without_an_owner_it_is_to_handle(raised: tuple[Staffed, Alert]) -> None:
    made, alert = raised
    alert = decisions.close(alert=alert, sentence="Vu.", by=made.manager, now=moment(made))
    assert decisions.reopen(alert=alert, by=made.manager, now=moment(made)).state == State.OPEN
