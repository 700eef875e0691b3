"""Rights on the reading pages."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from balancing.models import Rotation, RotationMove, RotationRun, StatusRule
from balancing.statuses import status_due
from scoring.models import Release
from scoring.publication import published_periods
from tests import make
from tests.clients.rows import a_path
from tests.dashboards.planned import planned
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


def held_client(world: World) -> dict[str, int]:
    """The manager holds its account."""
    return {"pk": world.client.pk}


def profile(world: World) -> dict[str, int]:
    return {"pk": world.profile.pk}


def released(world: World) -> dict[str, Any]:
    """A period whose figures are out: without one there is no file."""
    period = make.period(date(2026, 6, 2), last_round_on=date(2026, 7, 28))
    moment = datetime(2026, 8, 25, 10, tzinfo=UTC)
    Release.objects.create(period=period, published_at=moment, formula_version=1)
    return {}


def a_status_rule(world: World) -> dict[str, int]:
    """Written by the referent."""
    row = StatusRule.objects.create(
        number=1, virtuous_from=80, at_risk_under=60, target=50, author=world.referent,
        written_at=timezone.now(),
    )  # fmt: skip
    return {"pk": row.pk}


def mission(world: World) -> dict[str, int]:
    return {"pk": world.mission.pk}


def rotation(world: World, state: str = "proposed") -> Rotation:
    """Asked for by the manager, about their consultant alone."""
    moment = timezone.now()
    run = RotationRun.objects.create(
        asked_by=world.manager, asked_at=moment, rounds=6, moves=2,
        starts_on=date(2090, 1, 2), state="done", outcome="found",
    )  # fmt: skip
    row = Rotation.objects.create(
        run=run, number=1, state=state, starts_on=date(2090, 1, 2), gap=-0.2,
        above_without=2, above_with=1, overlap_days=10, caution="overlap",
        talked_at=None if state == "proposed" else moment,
    )  # fmt: skip
    RotationMove.objects.create(
        rotation=row, person=world.consultant, leaves=world.mission, takes=world.other_mission,
        time=100, share_now=77, share_without=77, share_with=54,
    )  # fmt: skip
    return row


def a_rotation(world: World) -> dict[str, int]:
    return {"pk": rotation(world).pk}


def a_rotation_talked_over(world: World) -> dict[str, int]:
    return {"pk": rotation(world, "talking").pk}


def a_run(world: World) -> dict[str, int]:
    return {"pk": rotation(world).run_id}


def own_part(world: World) -> dict[str, int]:
    return {"pk": rotation(world, "talking").moves.get().pk}


def own_part_unheard(world: World) -> dict[str, int]:
    return {"pk": rotation(world).moves.get().pk}


def a_portfolio(world: World) -> dict[str, Any]:
    """Statuses kept with the newest figures; where nothing is out yet, with some."""
    if published_periods(limit=1):
        status_due(now=timezone.now())
    else:
        planned(world)
    return {}


READ_ALL = {"manager": 200, "other_manager": 200, "referent": 200}
MANAGERS = {"manager": 200, "other_manager": 200}
MOVES = ("talk", "set_aside", "agree")

ROWS = [
    # Those of whom nothing is asked land on their own work.
    Row("dashboards:home", 302, consultant=200, other_consultant=200),
    Row("dashboards:thanks", 404, args=sent_check_in, consultant=200),
    Row("dashboards:history", 200),
    Row("dashboards:history_export", 200),
    Row("dashboards:history_erase", 200),
    Row("dashboards:history_erase", 200, method="post"),
    Row("dashboards:history_leave", 200),
    Row("dashboards:history_leave", 302, method="post"),
    Row("dashboards:history_return", 302, method="post"),
    Row("dashboards:overview", 403, **READ_ALL),
    Row("dashboards:client_list", 403, **READ_ALL),
    # The consultant is there, the other one is not; an administrator reads no figure.
    Row("dashboards:client", 403, client, **READ_ALL, consultant=200, other_consultant=404),
    Row("dashboards:client_export", 403, client, **READ_ALL, consultant=200, other_consultant=404),
    Row("dashboards:firm_comments", 403, **READ_ALL),
    Row("dashboards:client_comments", 403, client, **READ_ALL),
    Row("dashboards:profile_comments", 403, profile, **READ_ALL),
    # The account manager's alone.
    Row("dashboards:client_answers", 404, held_client, manager=200),
    Row("dashboards:symmetry", 403, **READ_ALL),
    Row("dashboards:profile_list", 200, administrator=403),
    Row("dashboards:profile", 200, profile, administrator=403),
    Row("dashboards:firm", 200, administrator=403),
    Row("dashboards:figures_export", 200, released, administrator=403),
    Row("dashboards:how_made", 200),
    Row("dashboards:enough", 200, administrator=403),
    Row("dashboards:enough_export", 200, released, administrator=403),
    Row("dashboards:status_rule", 403, referent=200),
    Row("dashboards:status_rule", 403, method="post", referent=200),
    Row("dashboards:status_rule_undo", 405, a_status_rule, anonymous=405),
    Row("dashboards:status_rule_undo", 403, a_status_rule, method="post", referent=302),
    Row("dashboards:load", 403, manager=200, other_manager=200),
    Row("dashboards:load_own", 200),
    Row("dashboards:points_preview", 403, **MANAGERS, administrator=200),
    Row("dashboards:scenario", 403, **MANAGERS),
    Row("dashboards:who_could", 403, mission, **MANAGERS),
    Row("dashboards:rotation_list", 403, **MANAGERS),
    Row("dashboards:rotation_list", 403, method="post", **MANAGERS),
    # Theirs who asked: to another manager it does not exist.
    Row("dashboards:rotation_run", 403, a_run, manager=200, other_manager=404),
    Row("dashboards:rotation_run_stop", 405, a_run, anonymous=405),
    Row("dashboards:rotation_run_stop", 403, a_run, method="post", manager=302,
        other_manager=404),
    Row("dashboards:rotation_detail", 403, a_rotation, manager=200, other_manager=404),
    Row("dashboards:rotation_detail", 403, a_rotation_talked_over, manager=200,
        other_manager=404),
    *(Row(f"dashboards:rotation_{move}", 405, a_rotation, anonymous=405) for move in MOVES),
    *(Row(f"dashboards:rotation_{move}", 403, a_rotation, method="post", manager=200,
          other_manager=404) for move in MOVES),
    # One's own part, once the conversation is open; nobody else's, not even the manager's.
    Row("dashboards:rotation_own", 404, own_part, consultant=200),
    Row("dashboards:rotation_own", 404, own_part_unheard),
    Row("dashboards:rotation_own", 404, own_part, method="post", consultant=200),
    # Who reads every client's figure plans; consultants and administrators do not.
    Row("dashboards:portfolio", 403, a_portfolio, **READ_ALL),
    Row("dashboards:portfolio_export", 403, a_portfolio, **READ_ALL),
    Row("dashboards:exceptions", 200),
    Row("dashboards:path", 200, a_path, other_consultant=404, administrator=403),
]  # fmt: skip
