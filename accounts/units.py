"""The tree of units: making, moving and ending them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.audit import Act, record
from accounts.hierarchy import find_cycle
from accounts.models import OrgUnit, User


@dataclass(slots=True)
class Branch:
    """A unit, what is under it, and its count of people, for drawing the tree."""

    unit: OrgUnit
    people: int
    children: "list[Branch]" = field(default_factory=list)


def tree(units: list[OrgUnit], people: dict[int, int]) -> list[Branch]:
    """Branches in the order of the units; a unit whose parent is not among them is a top."""
    branches = {unit.pk: Branch(unit, people.get(unit.pk, 0)) for unit in units}
    tops: list[Branch] = []
    for unit in units:
        above = branches.get(unit.parent_id or 0)
        (above.children if above else tops).append(branches[unit.pk])
    return tops


def parents_cycle(unit: OrgUnit, parent: OrgUnit | None) -> list[str]:
    """References of the cycle that this parent would close, or an empty list."""
    above: dict[str, str | None] = dict(OrgUnit.objects.values_list("ref", "parent__ref"))
    above[unit.ref] = parent.ref if parent else None
    return find_cycle(above)


@transaction.atomic
def save_unit(
    *, unit: OrgUnit, changes: dict[str, Any], actor: User | None, now: datetime
) -> OrgUnit:
    """Store a new or changed unit."""
    action = "edit" if unit.pk else "create"
    unit.save()
    if changes or action == "create":
        kept = changes if action == "edit" else {}
        record(Act(action, "unit", unit.ref, changes=kept), actor=actor, now=now)
    return unit


@transaction.atomic
def end_unit(
    *, unit: OrgUnit, last_day: date | None, actor: User | None, now: datetime
) -> OrgUnit:
    """Note a unit's last day, or take it back with None."""
    before, unit.ended_on = unit.ended_on, last_day
    unit.save(update_fields=["ended_on"])
    action = "reopen" if last_day is None else "end"
    changes = {"ended_on": [str(before or ""), str(last_day or "")]}
    record(Act(action, "unit", unit.ref, changes=changes), actor=actor, now=now)
    return unit


def what_keeps(unit: OrgUnit, day: date) -> tuple[int, int]:
    """People present in a unit and open units under it: both must be 0 before it ends."""
    below = unit.children.filter(ended_on=None).count()
    return User.objects.present(day).filter(unit=unit).count(), below
