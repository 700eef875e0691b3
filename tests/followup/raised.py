"""An alert of each rule, as the jobs raise them."""

from datetime import datetime

from balancing import compute
from followup import alerts
from followup.models import Alert, AlertPass
from tests.balancing import staffed
from tests.balancing.staffed import Staffed

BELOW: staffed.Cells = {
    ("firm", "", "overall"): (62, 59, 65),
    ("firm", "", "load"): (55, 52, 58),
    ("firm", "", "meaning"): (60, 57, 63),
}


def below(ref: str) -> staffed.Cells:
    """Figures in which this client is clearly below the firm, in all and on its load."""
    return BELOW | {
        ("client", ref, "overall"): (45, 35, 55),
        ("client", ref, "load"): (35, 25, 45),
        ("client", ref, "meaning"): (60, 50, 70),
    }


def run(now: datetime) -> str:
    """Loads, then alerts, as ``run_due`` does it."""
    compute.load_due(now=now)
    return alerts.alert_due(now=now)


def overloaded(rounds: int = 12) -> tuple[Staffed, Alert]:
    """A firm in which one person carries too much, and the alert that the last round raised."""
    made = staffed.firm(rounds)
    now = made.last.closes_at
    compute.load_due(now=now)
    for row in made.rounds[:-1]:
        AlertPass.objects.create(round=row, made_at=row.closes_at)
    alerts.alert_due(now=now)
    return made, Alert.objects.get(person=made.loaded)


def client_below() -> tuple[Staffed, Alert]:
    """A firm with a client clearly below it, and the alert about it."""
    made = staffed.firm(2)
    client = made.hard[0].client
    staffed.release(made.rounds[0].period, below(client.ref))
    run(made.last.closes_at)
    return made, Alert.objects.get(client=client)
