"""Rights on the reading pages."""

from typing import Any

from django.utils import timezone

from tests.matrix import Row
from tests.surveys.asking import open_round, send
from tests.world import World


def sent_check_in(world: World) -> dict[str, Any]:
    """The consultant's, sent in a round open now."""
    asked = open_round(timezone.now())
    send(world.consultant, world.mission, asked, load=50)
    return {"round_pk": asked.pk, "mission_pk": world.mission.pk}


ROWS = [
    # Those of whom nothing is asked land on their own work.
    Row("dashboards:home", 302, consultant=200, other_consultant=200),
    Row("dashboards:thanks", 404, args=sent_check_in, consultant=200),
    Row("dashboards:history", 200),
    Row("dashboards:load", 403, manager=200, other_manager=200),
    Row("dashboards:load_own", 200),
]
