"""Units: a tree that a file may describe in any order."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from operations.imports.outcome import Desk, Line
from operations.imports.trees import refuse_rings
from operations.imports.upsert import Draft, Plan, by_ref, link, present


def plan_units(lines: list[Line], desk: Desk) -> Plan:
    """Units, their parents and their managers; a manager not yet known is kept for later."""
    stored = {unit.ref: unit for unit in OrgUnit.objects.select_related("parent")}
    above = {unit.ref: unit.parent.ref if unit.parent else None for unit in stored.values()}
    refuse_rings(lines, "parent", above, desk)
    rows = {line["ref"]: OrgUnit(ref=line["ref"]) for line in lines if line.get("ref")} | stored
    people = by_ref(User, (line["manager"] for line in lines if line.get("manager")))
    plan = Plan(OrgUnit)
    for line in lines:
        draft = Draft(line, present(line, "name"))
        link(draft, "parent", rows, desk)
        kept = stored.get(line.get("ref"))
        if "manager" in line.values:
            draft.values |= _manager(line, kept, people, desk)
        if desk.accepts(line):
            plan.add(draft, rows[line["ref"]])
    return plan


def _manager(
    line: Line, stored: OrgUnit | None, people: Mapping[str, User], desk: Desk
) -> dict[str, Any]:
    """The manager, or the reference kept until the people file brings them.

    A manager already in place stays until then: better a former one than none.
    """
    ref = line["manager"]
    if ref is None:
        return {"manager_id": None, "pending_manager_ref": ""}
    person = people.get(ref)
    if person is None:
        desk.warn(line, "manager", _("This person is not known yet: kept until a people file."))
        former = stored.manager_id if stored else None
        return {"manager_id": former, "pending_manager_ref": ref}
    if not person.is_manager:
        desk.warn(line, "manager", _("This person does not have the role of manager."))
    return {"manager_id": person.pk, "pending_manager_ref": ""}
