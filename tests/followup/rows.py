"""Rights on alerts."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from followup.models import Alert
from surveys.models import Round
from tests import make
from tests.matrix import Row
from tests.world import World

REASON = {
    "share": 77, "zone": [8, 54], "above_zone": True, "rounds": 13, "demanding_rounds": 10,
    "two_in_a_row": True, "load": 44.6, "upper95": 37.9, "missions": [],
}  # fmt: skip
FIGURES = {
    "period": 0,
    "figures": [
        {"dimension": "overall", "score": 50, "low": 40, "high": 60, "level": 2, "band": "8-12",
         "firm": 62}
    ],
}  # fmt: skip


def alert(**values: Any) -> Alert:
    """An alert opened long enough ago for the managers to read it, unless said otherwise."""
    round_ = Round.objects.first() or make.round_()
    opened = timezone.now() - timedelta(days=10)
    defaults = {
        "rule": Alert.Rule.PERSON_OVER_SHARE,
        "opened_at": opened,
        "opened_round": round_,
        "seen_round": round_,
        "managers_from": opened + timedelta(days=7),
        "reason": REASON,
    }
    return Alert.objects.create(**defaults | values)


def about_a_person(world: World) -> dict[str, int]:
    return {"pk": alert(person=world.consultant).pk}


def about_a_person_since_today(world: World) -> dict[str, int]:
    soon = timezone.now() + timedelta(days=6)
    return {"pk": alert(person=world.consultant, managers_from=soon).pk}


def passed_on(world: World) -> dict[str, int]:
    return {"pk": alert(person=world.consultant, passed_on_at=timezone.now()).pk}


def about_a_client(world: World) -> dict[str, int]:
    rule = Alert.Rule.CLIENT_BELOW
    return {"pk": alert(rule=rule, client=world.client, reason=FIGURES).pk}


def about_the_firm(world: World) -> dict[str, int]:
    reason = {"index": 0.2, "reference": 0.1, "above_zone": 3, "compared": 40}
    return {"pk": alert(rule=Alert.Rule.FIRM_IMBALANCE, firm=True, reason=reason).pk}


MOVES = ("take", "postpone", "close", "reopen", "pass_on")
# An empty form comes back to those who may act; those who may only look get 403.
PERSON = {"consultant": 403, "manager": 200}
CLIENT = {"manager": 200, "other_manager": 403, "referent": 200}
FIRM = {"manager": 403, "other_manager": 403, "referent": 403}

ROWS = [
    Row("followup:alert_list", 200, administrator=403),
    Row("followup:wish_list", 200),
    Row("followup:alert_detail", 404, about_a_person, consultant=200, manager=200),
    Row("followup:alert_detail", 404, about_a_person_since_today, consultant=200),
    Row("followup:alert_detail", 404, passed_on, consultant=200, manager=200, referent=200),
    Row("followup:alert_detail", 404, about_a_client, manager=200, other_manager=200,
        referent=200),
    Row("followup:alert_detail", 404, about_the_firm, manager=200, other_manager=200,
        referent=200),
    *(Row(f"followup:alert_{move}", 405, about_a_person, anonymous=405) for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, about_a_person, method="post", **PERSON)
      for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, about_a_person_since_today, method="post",
          consultant=403) for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, passed_on, method="post", **PERSON, referent=200)
      for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, about_a_client, method="post", **CLIENT)
      for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, about_the_firm, method="post", **FIRM)
      for move in MOVES),
]  # fmt: skip
