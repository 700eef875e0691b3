"""Rights on alerts."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from followup.models import Alert, Promise, PromiseIdea, Talk
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
FEW_ANSWERS = {
    "floor": 50,
    "rounds": [{"on": "2026-11-10", "shown": "40"}, {"on": "2026-10-13", "shown": "under_30"}],
}

DRIFT = {
    "piles_up": True, "exceptions": 3, "before": 1, "rises": False, "contrary": 0,
    "contrary_before": 0, "bench": 15,
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


def about_a_decline(world: World) -> dict[str, int]:
    rule, reason = Alert.Rule.CLIENT_DECLINING, {"round_on": "2026-10-13"}
    return {"pk": alert(rule=rule, client=world.client, reason=reason).pk}


def about_the_firm(world: World) -> dict[str, int]:
    reason = {"index": 0.2, "reference": 0.1, "above_zone": 3, "compared": 40}
    return {"pk": alert(rule=Alert.Rule.FIRM_IMBALANCE, firm=True, reason=reason).pk}


def about_a_mission(world: World) -> dict[str, int]:
    rule, reason = Alert.Rule.NOBODY_LEFT, {"until": "2026-12-11"}
    return {"pk": alert(rule=rule, mission=world.mission, reason=reason).pk}


def about_few_answers_of_a_unit(world: World) -> dict[str, int]:
    rule = Alert.Rule.LOW_PARTICIPATION
    return {"pk": alert(rule=rule, unit=world.unit, reason=FEW_ANSWERS).pk}


def about_few_answers_of_the_firm(world: World) -> dict[str, int]:
    rule = Alert.Rule.LOW_PARTICIPATION
    return {"pk": alert(rule=rule, firm=True, reason=FEW_ANSWERS).pk}


def joined_by_another(world: World) -> dict[str, int]:
    """The one that is handled together with the one on the same client."""
    lead = about_a_client(world)["pk"]
    joined = about_a_decline(world)
    Alert.objects.filter(**joined).update(merged_into=lead)
    return joined


def promise(_world: World) -> dict[str, int]:
    words = {"text_fr": "Nous tenons.", "text_en": "We keep it."}
    day = date(2026, 11, 2)
    row = Promise.objects.create(place=1, measure="load_fair", starts_on=day, **words)
    return {"pk": row.pk}


def idea(world: World) -> dict[str, int]:
    sentence, day = "Un jour de repos après une astreinte.", date(2026, 11, 2)
    row = PromiseIdea.objects.create(author=world.consultant, sentence=sentence, made_on=day)
    return {"pk": row.pk}


def wish(world: World) -> dict[str, int]:
    """Of nobody: reading it needs somebody who wished."""
    round_ = Round.objects.first() or make.round_()
    return {"person": world.consultant.pk, "round_pk": round_.pk}


def talk(world: World) -> dict[str, int]:
    round_ = Round.objects.first() or make.round_()
    people = {"person": world.consultant, "listener": world.referent}
    return {"pk": Talk.objects.create(round=round_, talked_at=timezone.now(), **people).pk}


MOVES = ("take", "postpone", "close", "reopen", "pass_on")
# An empty form comes back to those who may act; those who may only look get 403.
PERSON = {"consultant": 403, "manager": 200}
CLIENT = {"manager": 200, "other_manager": 403, "referent": 200}
FIRM = {"manager": 403, "other_manager": 403, "referent": 403}
MISSION = {"manager": 200, "other_manager": 403, "referent": 403}
READERS = {"manager": 200, "other_manager": 200, "referent": 200}
# Those who read them all, and those who may act on them.
OTHERS = (
    (about_a_mission, MISSION),
    (about_few_answers_of_a_unit, CLIENT),
    (about_few_answers_of_the_firm, FIRM | {"referent": 200}),
)

ROWS = [
    Row("followup:alert_list", 200, administrator=403),
    Row("followup:wish_list", 200),
    Row("followup:wish_talked", 404, wish, method="post"),
    Row("followup:wish_again", 404, wish, method="post"),
    Row("followup:wish_talked", 405, wish, anonymous=405),
    Row("followup:wish_again", 405, wish, anonymous=405),
    Row("followup:talk_deny", 404, talk, method="post", consultant=302),
    Row("followup:talk_deny", 405, talk, anonymous=405),
    Row("followup:promise_list", 200),
    Row("followup:promise_export", 200),
    Row("followup:promise_create", 403, referent=200),
    Row("followup:promise_edit", 403, promise, referent=200),
    Row("followup:promise_retire", 403, promise, method="post", referent=302),
    Row("followup:promise_retire", 405, promise, anonymous=405),
    Row("followup:idea_create", 200),
    Row("followup:idea_answer", 403, idea, referent=200),
    Row("followup:idea_withdraw", 404, idea, method="post", consultant=302),
    Row("followup:idea_withdraw", 405, idea, anonymous=405),
    Row("followup:quality", 403, administrator=200),
    Row("followup:quality_export", 403, administrator=200),
    *(Row("followup:alert_detail", 404, args, **READERS) for args, _actors in OTHERS),
    *(Row(f"followup:alert_{move}", 404, args, method="post", **actors)
      for move in MOVES for args, actors in OTHERS),
    # Its page is that of the one that leads, and so are its moves.
    Row("followup:alert_detail", 404, joined_by_another, manager=302, other_manager=302,
        referent=302),
    *(Row(f"followup:alert_{move}", 404, joined_by_another, method="post", **CLIENT)
      for move in MOVES),
    Row("followup:alert_detail", 404, about_a_person, consultant=200, manager=200),
    Row("followup:alert_detail", 404, about_a_person_since_today, consultant=200),
    Row("followup:alert_detail", 404, passed_on, consultant=200, manager=200, referent=200),
    Row("followup:alert_detail", 404, about_a_client, manager=200, other_manager=200,
        referent=200),
    Row("followup:alert_detail", 404, about_a_decline, manager=200, other_manager=200,
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
    *(Row(f"followup:alert_{move}", 404, about_a_decline, method="post", **CLIENT)
      for move in MOVES),
    *(Row(f"followup:alert_{move}", 404, about_the_firm, method="post", **FIRM)
      for move in MOVES),
]  # fmt: skip
