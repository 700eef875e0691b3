"""What the demo's managers decided on the way, through the same verbs as on the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from followup import decisions
from followup.models import Alert

CLOSING = (
    "Plus d’astreinte seul le week-end : une deuxième personne est prévue depuis le mois dernier."
)


def after_round(number: int, *, now: datetime) -> None:
    """Play the act of that round, if there is one and its alert is there."""
    act = ACTS.get(number)
    if act is not None:
        act(now + timedelta(days=2))


def _take_orsel(now: datetime) -> None:
    _take("ORSEL", "client", "helene", now)


def _close_orsel(now: datetime) -> None:
    for alert in _open("ORSEL"):
        decisions.close(alert=alert, sentence=CLOSING, by=User.objects.get(ref="helene"), now=now)


def _take_ferrotis(now: datetime) -> None:
    _take("FERROTIS", "team", "camille", now)


def _take(client: str, step: str, owner: str, now: datetime) -> None:
    person = User.objects.get(ref=owner)
    decision = decisions.Decision(
        next_step_code=step, next_step="", owner=person, due_on=(now + timedelta(days=42)).date()
    )
    for alert in _open(client):
        decisions.take(alert=alert, decision=decision, by=person, now=now)


def _open(client: str) -> list[Alert]:
    rows = Alert.objects.filter(rule=Alert.Rule.CLIENT_BELOW, client__ref=client)
    return list(rows.exclude(state=Alert.State.CLOSED))


ACTS: dict[int, Callable[[datetime], None]] = {
    16: _take_orsel,
    20: _close_orsel,
    24: _take_ferrotis,
}
