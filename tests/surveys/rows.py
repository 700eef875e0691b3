"""Rights on the check-in pages (one's own, on one's own missions), questions and rounds."""

from typing import Any

from django.utils import timezone

from surveys.models import Question
from tests.matrix import Row
from tests.surveys.asking import open_round
from tests.world import World


def own_check_in(world: World) -> dict[str, Any]:
    """The consultant's, in a round open now."""
    return {"round_pk": open_round(timezone.now()).pk, "mission_pk": world.mission.pk}


def a_question(world: World) -> dict[str, Any]:
    return {"pk": Question.objects.get(code="travel").pk}


ROWS = [
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
    Row("surveys:question_list", 403, administrator=200),
    Row("surveys:question_create", 403, administrator=200),
    Row("surveys:question_preview", 403, administrator=200),
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
]
