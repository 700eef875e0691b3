"""Tables out, in the very columns that imports read. Never a check-in, never a figure."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.audit import Act, record
from accounts.models import OrgUnit, User
from clients.models import Client
from missions.models import Absence, Assignment, Mission, MissionProfile
from operations.imports.cells import escape
from operations.imports.formats import FORMATS, roles_of
from operations.imports.lines import NOTE

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Excel takes a CSV file without this mark for Windows-1252.
MARK = "\ufeff"
Values = Iterator[tuple[Any, ...]]


def export(
    kind: str, file_type: str, *, actor: User | None, now: datetime, empty: str = ""
) -> bytes:
    """A whole table as a file; an empty one says so under its header.

    ``kind`` is one of ``TABLES``, ``file_type`` one of ``FILE_TYPES``.
    """
    rows = [[escape(as_text(value)) for value in row] for row in TABLES[kind]()]
    act = Act("export", object_kind="export", object_ref=kind, changes=_count(rows))
    record(act, actor=actor, now=now)
    if not rows:
        rows = [[NOTE + (empty or _("There is nothing of this kind yet."))]]
    table = [list(FORMATS[kind].names), *rows]
    return as_csv(table, mark=MARK) if file_type == "csv" else as_xlsx(table, kind)


def _count(rows: list[list[str]]) -> dict[str, list[str]]:
    return {"lines": ["", str(len(rows))]}


def as_csv(table: list[list[str]], *, mark: str = "") -> bytes:
    """Comma-separated UTF-8 text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return (mark + text.getvalue()).encode()


def as_xlsx(table: list[list[str]], title: str) -> bytes:
    """One sheet of text cells; nothing in it is computed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in table:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


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


def profiles() -> Values:
    rows = MissionProfile.objects.order_by("ref")
    yield from rows.values_list("ref", "name_fr", "name_en")


def missions() -> Values:
    rows = Mission.objects.select_related("client", "profile").prefetch_related("facts")
    for row in rows.order_by("ref"):
        facts = [fact.code for fact in row.facts.all()]
        yield (
            row.ref, row.client.ref, row.profile.ref, row.title, row.place,
            row.starts_on, row.ends_on, facts,
        )  # fmt: skip


def assignments() -> Values:
    rows = Assignment.objects.order_by("person__ref", "starts_on", "mission__ref")
    yield from rows.values_list("person__ref", "mission__ref", "starts_on", "ends_on", "share")


def absences() -> Values:
    rows = Absence.objects.order_by("person__ref", "starts_on")
    yield from rows.values_list("person__ref", "starts_on", "ends_on")


def _ref(row: OrgUnit | User | None) -> str:
    return row.ref if row else ""


TABLES: dict[str, Callable[[], Values]] = {
    "units": units,
    "people": people,
    "clients": clients,
    "profiles": profiles,
    "missions": missions,
    "assignments": assignments,
    "absences": absences,
}
