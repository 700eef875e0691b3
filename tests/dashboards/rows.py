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


def client(world: World) -> dict[str, int]:
    return {"pk": world.client.pk}


def profile(world: World) -> dict[str, int]:
    return {"pk": world.profile.pk}


READ_ALL = {"manager": 200, "other_manager": 200, "referent": 200}

ROWS = [
    # Those of whom nothing is asked land on their own work.
    Row("dashboards:home", 302, consultant=200, other_consultant=200),
    Row("dashboards:thanks", 404, args=sent_check_in, consultant=200),
    Row("dashboards:history", 200),
    Row("dashboards:overview", 403, **READ_ALL),
    Row("dashboards:client_list", 403, **READ_ALL),
    # The consultant is there, the other one is not; an administrator reads no figure.
    Row("dashboards:client", 403, client, **READ_ALL, consultant=200, other_consultant=404),
    Row("dashboards:profile_list", 200, administrator=403),
    Row("dashboards:profile", 200, profile, administrator=403),
    Row("dashboards:firm", 200, administrator=403),
    Row("dashboards:load", 403, manager=200, other_manager=200),
    Row("dashboards:load_own", 200),
]
