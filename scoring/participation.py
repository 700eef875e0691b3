"""Participation of a closed round: the firm's and the larger units', already rounded.

Who answered is counted here and forgotten: only the rounded share is kept (``decisions.md`` 18).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import OrgUnit, User
from core.jobs import each, once
from scoring.maths import figures
from scoring.models import Participation
from surveys import exports
from surveys.models import Round

SMALLEST_UNIT = 10
SMALLEST_FIRM = 5
FIRM = None

People = frozenset[int]


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


def members_of_units(people: People) -> dict[int, People]:
    """People of each unit, its sub-units included."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    members: dict[int, set[int]] = {unit: set() for unit in parents}
    homes = User.objects.filter(pk__in=people, unit__isnull=False).values_list("pk", "unit_id")
    for person, home in homes:
        unit: int | None = home
        while unit is not None:
            members[unit].add(person)
            unit = parents[unit]
    return {unit: frozenset(some) for unit, some in members.items()}


def showable(members: Mapping[int, People], firm: People) -> list[int]:
    """Units of ten people or more whose remainder in every unit shown above is 0 or ten or more.

    The largest first, ties by id. What is left of the firm, or of a shown unit, once all shown
    units inside it are taken away, is nobody or at least ten people, so that no difference of
    shares speaks of fewer.
    """
    shown: list[int] = []
    for unit in sorted(members, key=lambda one: (-len(members[one]), one)):
        if len(members[unit]) < SMALLEST_UNIT:
            break
        inside = [members[one] for one in (*shown, unit)]
        if all(_rest_is_safe(whole, inside) for whole in (firm, *inside)):
            shown.append(unit)
    return shown


def _rest_is_safe(whole: People, parts: list[People]) -> bool:
    within = [part for part in parts if part < whole]
    rest = len(whole) - len(frozenset().union(*within))
    return not within or rest == 0 or rest >= SMALLEST_UNIT
