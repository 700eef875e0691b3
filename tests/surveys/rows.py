"""Rights on the check-in pages: one's own, on one's own missions."""

from typing import Any

from django.utils import timezone

from tests.matrix import Row
from tests.surveys.asking import open_round
from tests.world import World


def own_check_in(world: World) -> dict[str, Any]:
    """The consultant's, in a round open now."""
    return {"round_pk": open_round(timezone.now()).pk, "mission_pk": world.mission.pk}


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
]
