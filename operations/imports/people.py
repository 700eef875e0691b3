"""People: who they are, where they are, what they may do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from accounts.people import ENDS_SESSIONS
from operations.imports.formats import READING_ROLES, ROLES
from operations.imports.outcome import Desk, Line
from operations.imports.trees import refuse_rings
from operations.imports.upsert import (
    LOOK_UP,
    Draft,
    Plan,
    by_ref,
    check_order,
    known_refs,
    link,
    named_in,
    present,
    stored_by,
)

PLAIN = ("email", "first_name", "last_name", "language", "starts_on", "ends_on")


def plan_people(lines: list[Line], desk: Desk) -> Plan:
    """People with their unit, manager and roles; managers may stand anywhere in the file."""
    rows = named_in(lines, User)
    stored = {ref: row for ref, row in rows.items() if row.pk}
    managers = by_ref(User, (line["manager"] for line in lines if line.get("manager"))) | rows
    units = by_ref(OrgUnit, (line["unit"] for line in lines if line.get("unit")))
    _check(lines, stored, desk)
    plan = Plan(User)
    for line in lines:
        draft = Draft(line, present(line, *PLAIN) | _roles(line, stored))
        link(draft, "unit", units, desk)
        link(draft, "manager", managers, desk)
        if desk.accepts(line):
            row = plan.add(draft, rows[line["ref"]])
            if row.pk is None:
                row.password = make_password(None)
    plan.before.append(lambda: _free_addresses(plan))
    plan.after += [lambda: _end_sessions(plan), set_pending_managers]
    _warn_of_pending(lines, desk)
    return plan


def _check(lines: list[Line], stored: Mapping[str, User], desk: Desk) -> None:
    """The rules that concern several columns, or several people."""
    for line in lines:
        check_order(line, stored.get(line.get("ref")), desk)
        _check_roles(line, desk)
    _check_addresses(lines, desk)
    _keep_an_administrator(lines, stored, desk)
    above = dict(User.objects.order_by("pk").values_list("ref", "manager__ref"))
    refuse_rings(lines, "manager", above, desk)


def _roles(line: Line, stored: Mapping[str, User]) -> dict[str, Any]:
    """Four booleans; somebody new without the column is a consultant."""
    if "roles" in line.values:
        return {f"is_{role}": role in line["roles"] for role in ROLES}
    return {} if line.get("ref") in stored else {"is_consultant": True}


def _check_roles(line: Line, desk: Desk) -> None:
    roles = line.get("roles")
    if roles is None:
        return
    if "administrator" in roles and roles & READING_ROLES:
        message = _("An administrator cannot also be a manager or a referent.")
        desk.error(line, "roles", message)
    elif not roles:
        desk.warn(line, "roles", _("Without a role, this person is asked and shown nothing."))


def _keep_an_administrator(lines: list[Line], stored: Mapping[str, User], desk: Desk) -> None:
    """A file may not take the last administrator away: nobody could repair that on a page."""
    said = [line for line in lines if line.get("roles") is not None and line.get("ref")]
    losing = {line["ref"]: line for line in said if "administrator" not in line["roles"]}
    active = User.objects.filter(is_administrator=True, is_active=True)
    before = set(active.values_list("ref", flat=True))
    if not before or before - losing.keys() or len(losing) < len(said):
        return
    for ref in sorted(before):
        message = _("This would leave the firm without any administrator.")
        desk.error(losing[ref], "roles", message)


# --- e-mail addresses: unique, and free to move from one person to another ------------------


def _check_addresses(lines: list[Line], desk: Desk) -> None:
    new = {line["ref"]: line["email"] for line in lines if line.get("ref") and line.get("email")}
    holders = {user.email: user.ref for user in stored_by(User, "email", new.values())}
    first: dict[str, int] = {}
    for line in lines:
        address = line.get("email")
        if not address:
            continue
        if first.setdefault(address, line.number) != line.number:
            message = _("Line %(line)s already has this address.") % {"line": first[address]}
            desk.error(line, "email", message)
            continue
        holder = holders.get(address, line.get("ref"))
        if holder != line.get("ref") and new.get(holder, address) == address:
            desk.error(line, "email", _("Somebody else already has this address."))


def _free_addresses(plan: Plan) -> None:
    """Addresses that change hands are put aside, since uniqueness is checked row by row."""
    leaving = [change.row.pk for change in plan.changed if "email" in change.before]
    taken = {row.email for row in plan.created} | {
        change.row.email for change in plan.changed if "email" in change.before
    }
    for user in stored_by(User, "pk", leaving):
        if user.email in taken:
            User.objects.filter(pk=user.pk).update(email=f"moving-{user.pk}@invalid.invalid")


# --- managers of units that came before their people ------------------------------------------


def set_pending_managers() -> None:
    """Units whose manager was not known at the time get them now."""
    waiting = list(OrgUnit.objects.exclude(pending_manager_ref="").order_by("pk"))
    people = known_refs(User, (unit.pending_manager_ref for unit in waiting))
    for unit in waiting:
        if unit.pending_manager_ref in people:
            unit.manager_id = people[unit.pending_manager_ref]
            unit.pending_manager_ref = ""
            unit.save(update_fields=["manager", "pending_manager_ref"])


def _end_sessions(plan: Plan) -> None:
    """A session opened with other rights, or for another address, may not go on."""
    moved = [change.row.pk for change in plan.changed if ENDS_SESSIONS & change.before.keys()]
    for start in range(0, len(moved), LOOK_UP):
        some = User.objects.filter(pk__in=moved[start : start + LOOK_UP])
        some.update(sessions_ended=F("sessions_ended") + 1)


def _warn_of_pending(lines: Iterable[Line], desk: Desk) -> None:
    awaited = set(
        OrgUnit.objects.exclude(pending_manager_ref="").values_list(
            "pending_manager_ref", flat=True
        )
    )
    for line in lines:
        if line.get("ref") in awaited and "manager" not in (line.get("roles") or ()):
            message = _("This person manages a unit without having the role of manager.")
            desk.warn(line, "roles", message)
