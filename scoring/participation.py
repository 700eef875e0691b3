"""Participation of a closed round: the firm's and the larger units', already rounded.

Who answered is counted here and forgotten: only the rounded share is kept (``decisions.md`` 18).
"""

from datetime import datetime

from django.db import transaction

from accounts.large_units import SMALLEST_UNIT, members_of_units, showable
from core.jobs import each, once
from scoring.maths import figures
from scoring.models import Participation
from surveys import exports
from surveys.models import Round

SMALLEST_FIRM = 5
FIRM = None


def count_participation(*, now: datetime) -> str:
    """Count every closed round that is not counted yet."""
    counted = Participation.objects.values("round")
    waiting = Round.objects.closed(now).exclude(pk__in=counted).order_by("starts_on")
    done = each(waiting, _count_once)
    return f"{len(done)} round(s) counted" if done else ""


def _count_once(asked_round: Round) -> list[Participation] | None:
    """None where another worker was first."""
    return once(
        lambda: count(asked_round=asked_round),
        done=Participation.objects.filter(round=asked_round).exists,
    )


@transaction.atomic
def count(*, asked_round: Round) -> list[Participation]:
    """Keep the shares of one round: the firm's, and the units' that may be shown."""
    found = exports.participation_of(asked_round)
    members = members_of_units(found.asked)
    shown = [FIRM, *showable(members, found.asked)]
    rows = []
    for unit in shown:
        people = found.asked if unit is FIRM else members[unit]
        enough = len(people) >= (SMALLEST_FIRM if unit is FIRM else SMALLEST_UNIT)
        share = figures.participation(len(found.answered & people), len(people)) if enough else ""
        rows.append(Participation(round=asked_round, unit_id=unit, shown=share))
    return Participation.objects.bulk_create(rows)
