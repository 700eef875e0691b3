"""Rights on the check-in pages (one's own, on one's own missions), questions and rounds."""

from datetime import date
from typing import Any

from django.utils import timezone

from clients.models import Charter
from surveys import links
from surveys.client_links import token_of
from surveys.models import Asking, ClientReview, ClientSurvey, Pause, Question, Sketch
from surveys.reviewing import open_review
from tests import make
from tests.clients import chartered
from tests.matrix import Row
from tests.surveys.asking import open_round
from tests.surveys.opinions import contact
from tests.world import World


def own_check_in(world: World) -> dict[str, Any]:
    """The consultant's, in a round open now."""
    return {"round_pk": open_round(timezone.now()).pk, "mission_pk": world.mission.pk}


def a_question(world: World) -> dict[str, Any]:
    return {"pk": Question.objects.get(code="travel").pk}


def own_link(world: World) -> dict[str, Any]:
    """The consultant's own, whoever opens it: it asks for nobody's session."""
    row = open_round(timezone.now())
    return {"token": links.token_of(world.consultant, row, world.mission.pk)}


def a_unit(world: World) -> dict[str, Any]:
    return {"pk": world.unit.pk}


def a_pause(world: World) -> dict[str, Any]:
    days = {"starts_on": date(2026, 8, 1), "ends_on": date(2026, 8, 31), "yearly": True}
    return {"pk": Pause.objects.get_or_create(**days)[0].pk}


def an_open_round(world: World) -> dict[str, Any]:
    return {"pk": open_round(timezone.now()).pk}


def a_client_link(world: World) -> dict[str, Any]:
    """Whoever holds it is whoever was asked: no role counts."""
    now = timezone.now()
    row = open_round(now)
    made = Asking.objects.create(
        survey=ClientSurvey.objects.create(
            round=row, opened_at=row.opens_at, most=3, head_start_days=7
        ),
        contact=contact(world.client),
    )
    return {"token": token_of(made)}


def own_review(world: World) -> dict[str, Any]:
    """A client where enough people work, the consultant among them, in a review open now."""
    client = make.client()
    mission = make.mission(client=client)
    make.assignment(person=world.consultant, mission=mission)
    for _ in range(4):
        make.assignment(mission=mission)
    if Charter.objects.newest() is None:
        chartered.published(world.referent, now=timezone.now())
    row = open_round(timezone.now())
    open_review(round_=row, now=timezone.now())
    return {"review_pk": ClientReview.objects.get(round=row).pk, "client_pk": client.pk}


ANYBODY = {"anonymous": 200}


def a_sketch(world: World) -> dict[str, Any]:
    values = {"typed": {}, "kept_by": world.administrator, "kept_at": timezone.now()}
    return {"pk": Sketch.objects.create(**values).pk}


ROWS = [
    Row("surveys:link", 200, args=own_link, anonymous=200),
    Row("surveys:link", 404, args=lambda world: {"token": "not-a-token"}, anonymous=404),
    Row("surveys:link", 405, args=own_link, method="post", anonymous=405),
    # Without its token a form is nobody's.
    Row("surveys:link_send", 404, method="post", anonymous=404),
    Row("surveys:link_send", 405, anonymous=405),
    Row("surveys:mail_settings", 403, administrator=200),
    Row("surveys:mail_trial", 403, administrator=200),
    # Too few people to compare anything: the page says so.
    Row("surveys:mail_trial", 403, method="post", administrator=200),
    Row("surveys:unit_slot", 403, args=a_unit, administrator=200),
    Row("surveys:unit_slot", 403, args=a_unit, method="post", administrator=200),
    Row("surveys:client_review", 404, args=own_review, consultant=200),
    # Nothing was answered: back to home, which says so.
    Row("surveys:client_review", 404, args=own_review, method="post", consultant=302),
    Row("surveys:review_plan", 403, referent=200, administrator=200),
    # An empty form comes back with what is missing.
    Row("surveys:review_plan", 403, method="post", referent=200, administrator=200),
    Row("surveys:satisfaction_plan", 403, administrator=200),
    # An empty form comes back with what is missing.
    Row("surveys:satisfaction_plan", 403, method="post", administrator=200),
    Row("surveys:opinion", 200, args=a_client_link, **ANYBODY),
    # Nothing was answered: the form says so.
    Row("surveys:opinion", 200, args=a_client_link, method="post", **ANYBODY),
    Row("surveys:opinion_stop", 200, args=a_client_link, **ANYBODY),
    Row("surveys:opinion_stop", 302, args=a_client_link, method="post"),
    Row("surveys:opinion_again", 405, args=a_client_link, anonymous=405),
    Row("surveys:opinion_again", 200, args=a_client_link, method="post", **ANYBODY),
    Row("surveys:checkin", 404, args=own_check_in, consultant=200),
    Row("surveys:checkin", 404, args=own_check_in, method="post", anonymous=403, consultant=200),
    Row("surveys:checkin_resume", 405, args=own_check_in, anonymous=405),
    Row(
        "surveys:checkin_resume",
        404,
        args=own_check_in,
        method="post",
        anonymous=403,
        consultant=200,
    ),
    Row("surveys:draft_save", 405, args=own_check_in, anonymous=405),
    Row(
        "surveys:draft_save", 404, args=own_check_in, method="post", anonymous=403, consultant=200
    ),
    Row("surveys:draft_drop", 405, args=own_check_in, anonymous=405),
    Row("surveys:draft_drop", 404, args=own_check_in, method="post", consultant=302),
    Row("surveys:question_list", 403, administrator=200),
    Row("surveys:question_create", 403, administrator=200),
    Row("surveys:question_preview", 403, administrator=200),
    Row("surveys:question_history", 403, administrator=200),
    Row("surveys:question_bank", 403, administrator=200),
    Row("surveys:question_undo", 403, method="post", administrator=302),
    Row("surveys:sketch_drop", 403, args=a_sketch, method="post", administrator=302),
    Row("surveys:question_recast", 403, args=a_question, administrator=200),
    # An empty form comes back with what is missing.
    Row("surveys:question_recast", 403, args=a_question, method="post", administrator=200),
    Row("surveys:question_review", 403, method="post", administrator=302),
    Row("surveys:question_edit", 403, args=a_question, administrator=200),
    # An empty form comes back with what is missing.
    Row("surveys:question_edit", 403, args=a_question, method="post", administrator=200),
    Row("surveys:question_edit", 403, args=lambda world: {"pk": 10**9}, administrator=404),
    Row("surveys:question_move", 403, args=a_question, method="post", administrator=302),
    Row("surveys:question_discard", 403, args=a_question, method="post", administrator=302),
    Row("surveys:question_retire", 403, args=a_question, administrator=200),
    Row("surveys:question_retire", 403, args=a_question, method="post", administrator=302),
    Row("surveys:question_delete", 403, args=a_question, method="post", administrator=302),
    Row("surveys:question_restore", 403, args=a_question, method="post", administrator=302),
    Row("surveys:round_list", 403, referent=200, administrator=200),
    Row("surveys:calendar_year", 403, referent=200, administrator=200),
    Row("surveys:calendar_edit", 403, administrator=200),
    # An empty form comes back with what is missing.
    Row("surveys:calendar_edit", 403, method="post", administrator=200),
    Row("surveys:calendar_take_back", 403, method="post", administrator=302),
    Row("surveys:pause_create", 403, administrator=200),
    Row("surveys:pause_create", 403, method="post", administrator=200),
    Row("surveys:pause_remove", 403, args=a_pause, administrator=200),
    Row("surveys:pause_remove", 403, args=a_pause, method="post", administrator=302),
    Row("surveys:pause_remove", 403, args=lambda world: {"pk": 10**9}, administrator=404),
    Row("surveys:round_close", 403, args=an_open_round, administrator=200),
    Row("surveys:round_close", 403, args=an_open_round, method="post", administrator=200),
    Row("surveys:round_close", 403, args=lambda world: {"pk": 10**9}, administrator=404),
    Row("surveys:round_close_undo", 403, args=an_open_round, method="post", administrator=302),
]
