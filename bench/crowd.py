"""Many check-ins, made by the database itself, and what they take on its disk."""

import time
from pathlib import Path

from django.db import connection

from accounts.models import User
from bench.figures import Figure
from missions.models import Mission
from surveys.models import Round
from surveys.models.answers import CheckIn

PART = "storage"
TABLE = "surveys_checkin"
DATABASES = {
    "postgresql": {"object": "jsonb_build_object", "tile": "25 * floor(5 * random())::int"},
    "sqlite": {"object": "json_object", "tile": "25 * (abs(random()) % 5)"},
}
# Everybody about these missions in this round: as many check-ins as there are pairs.
CROSS = """
    INSERT INTO {table}
    (person_id, mission_id, round_id, answers, share, comment_shown, sent_at)
    SELECT person.id, mission.id, round.id, {object}({items}), 'averages', false, round.opens_at
    FROM accounts_user person, missions_mission mission, surveys_round round
    WHERE round.id = %s AND mission.id BETWEEN %s AND %s AND person.is_consultant
    ON CONFLICT DO NOTHING"""


def stored() -> int:
    return CheckIn.objects.count()


def shrink(count: int) -> None:
    """Leave so many check-ins."""
    kept = CheckIn.objects.order_by("pk").values_list("pk", flat=True)[count : count + 1]
    for first_gone in kept:
        _execute(f"DELETE FROM {TABLE} WHERE id >= %s", [first_gone])  # noqa: S608 -- names of ours
    tidy()


def grow(count: int, *, seconds: float) -> None:
    """Fill up to so many check-ins, over the closed rounds, for as long as one may wait."""
    began = time.monotonic()
    rounds = list(Round.objects.filter(opened_at__isnull=False).order_by("-starts_on")[1:])
    missions = list(Mission.objects.order_by("pk").values_list("pk", flat=True))
    people = User.objects.consultants().count()
    # A slice of missions that makes some hundred thousand rows or, in a small firm, all of them.
    width = max(1, 100_000 // people)
    for start in range(0, len(missions), width):
        ends = (missions[start], missions[min(start + width, len(missions)) - 1])
        for row in rounds:
            missing = count - stored()
            if missing <= 0 or time.monotonic() - began > seconds:
                return
            _cross(row, ends, most=missing // people + 1)


def _cross(row: Round, ends: tuple[int, int], most: int) -> None:
    words = DATABASES[connection.vendor]
    codes = [item.code for item in row.questionnaire.items] if row.questionnaire else []
    items = ", ".join(f"'{code}', {words['tile']}" for code in codes)
    text = CROSS.format(table=TABLE, object=words["object"], items=items)
    first, last = ends
    _execute(text, [row.pk, first, min(last, first + most - 1)])


def tidy() -> None:
    """Let the database count what it holds, as it does by itself sooner or later."""
    _execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE", [])


def disk() -> list[Figure]:
    """Bytes of a check-in, indexes included."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s)", [TABLE])
            size = cursor.fetchone()[0]
        note = f"{stored()} rows"
    else:
        size = Path(connection.get_connection_params()["database"]).stat().st_size
        note = f"{stored()} rows; the whole SQLite file"
    return [
        Figure(PART, "disk of a check-in, indexes included", size / stored(), "B", 300, note=note)
    ]


def _execute(text: str, params: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
