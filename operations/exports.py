"""Tables out, in the very columns that imports read. Never a check-in, never a figure."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import OrgUnit, User
from clients.models import Client, ClientRevenue, Contact, month_text
from core.tables import as_file, escape
from missions.models import Absence, Assignment, Mission, MissionProfile, PersonSkill, Skill
from operations.imports.formats import FORMATS, roles_of
from operations.imports.lines import NOTE

Values = Iterator[tuple[Any, ...]]


def export(
    kind: str, file_type: str, *, actor: User | None, now: datetime, empty: str = ""
) -> bytes:
    """A whole table as a file; an empty one says so under its header.

    ``kind`` is one of ``TABLES``, ``file_type`` one of ``core.tables.FILE_TYPES``.
    """
    rows = [[escape(as_text(value)) for value in row] for row in TABLES[kind]()]
    act = Act("export", object_kind="export", object_ref=kind, changes=_count(rows))
    record(act, actor=actor, now=now)
    if not rows:
        rows = [[NOTE + (empty or _("There is nothing of this kind yet."))]]
    return as_file([list(FORMATS[kind].names), *rows], file_type, kind)


def _count(rows: list[list[str]]) -> dict[str, list[str]]:
    return {"lines": ["", str(len(rows))]}


def as_text(value: Any) -> str:
    """A cell as imports read it: ISO dates, words separated by semicolons."""
    if value is None:
        return ""
    if isinstance(value, frozenset | list):
        return ";".join(value)
    return str(value)


# --- the tables, in the order of ``formats`` ----------------------------------------------------


def units() -> Values:
    for row in OrgUnit.objects.select_related("parent", "manager").order_by("ref"):
        manager = row.pending_manager_ref or _ref(row.manager)
        yield row.ref, row.name, _ref(row.parent), manager


def people() -> Values:
    for row in User.objects.select_related("unit", "manager").order_by("ref"):
        yield (
            row.ref, row.email, row.first_name, row.last_name, _ref(row.unit), _ref(row.manager),
            sorted(roles_of(row)), row.language, row.starts_on, row.ends_on,
        )  # fmt: skip


def clients() -> Values:
    for row in Client.objects.select_related("unit", "account_manager").order_by("ref"):
        yield (
            row.ref, row.name, row.sector, row.kind, row.unit.ref, _ref(row.account_manager),
        )  # fmt: skip


def contacts() -> Values:
    """Those who may be asked and those left out; the ended ones are of the past."""
    rows = Contact.objects.filter(ended_on__isnull=True).order_by("client__ref", "email")
    yield from rows.values_list("client__ref", "email", "name", "language")


def profiles() -> Values:
    rows = MissionProfile.objects.order_by("ref")
    yield from rows.values_list("ref", "name_fr", "name_en")


def skills() -> Values:
    yield from Skill.objects.order_by("code").values_list("code", "name_fr", "name_en")


def levels() -> Values:
    """What people can do, never what they wish."""
    rows = PersonSkill.objects.order_by("person__ref", "skill__code")
    yield from rows.values_list("person__ref", "skill__code", "level")


def missions() -> Values:
    rows = Mission.objects.select_related("client", "profile").prefetch_related(
        "facts", "asked__skill"
    )
    for row in rows.order_by("ref"):
        facts = [fact.code for fact in row.facts.all() if fact.counts]
        asked = [
            f"{one.skill.code}:{one.level}"
            for one in row.asked.all()
            if one.skill.retired_on is None
        ]
        yield (
            row.ref, row.client.ref, row.profile.ref, row.title, row.place,
            row.starts_on, row.ends_on, facts, sorted(asked),
        )  # fmt: skip


def assignments() -> Values:
    rows = Assignment.objects.order_by("person__ref", "starts_on", "mission__ref")
    yield from rows.values_list("person__ref", "mission__ref", "starts_on", "ends_on", "share")


def absences() -> Values:
    rows = Absence.objects.order_by("person__ref", "starts_on")
    yield from rows.values_list("person__ref", "starts_on", "ends_on")


def revenue() -> Values:
    """Months without an amount too: an empty cell says that they are not known."""
    rows = ClientRevenue.objects.order_by("client__ref", "month")
    for client, month, amount in rows.values_list("client__ref", "month", "amount"):
        yield client, month_text(month), amount


def _ref(row: OrgUnit | User | None) -> str:
    return row.ref if row else ""


TABLES: dict[str, Callable[[], Values]] = {
    "units": units,
    "people": people,
    "clients": clients,
    "contacts": contacts,
    "profiles": profiles,
    "skills": skills,
    "levels": levels,
    "missions": missions,
    "assignments": assignments,
    "absences": absences,
    "revenue": revenue,
}
