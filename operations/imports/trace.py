"""What an import leaves in the audit log: one line a file, and one for each changed row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.audit import Act, record
from accounts.models import AuditEntry, User
from missions.models import Absence, Assignment, PersonSkill, Skill
from operations.imports.outcome import Outcome
from operations.imports.upsert import BATCH, Change, Plan, stored_by

KINDS = {
    "units": "unit",
    "people": "person",
    "clients": "client",
    "contacts": "contact",
    "profiles": "profile",
    "skills": "skill",
    "levels": "skills",
    "missions": "mission",
    "assignments": "assignment",
    "absences": "absence",
    "revenue": "revenue",
}


def note_file(outcome: Outcome, *, actor: User | None, now: datetime) -> None:
    """Somebody brought in a file of this kind, with these counts."""
    counts = {name: ["", str(count)] for name, count in outcome.counts.items()}
    act = Act("import", object_kind="import", object_ref=outcome.kind, changes=counts)
    record(act, actor=actor, now=now)


def note_changes(plan: Plan, *, kind: str, actor: User | None, now: datetime) -> None:
    """Old and new values of each changed row, which the person concerned can read.

    Of clients' contacts, people of another firm, no name or address goes into the log.
    """
    words = _Words(plan.model, plan.changed)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=now,
                actor=actor,
                action="edit",
                object_kind=KINDS[kind],
                object_ref=_ref_of(change.row),
                about_id=_person_of(change.row),
                changes={} if kind == "contacts" else words.of(change),
            )
            for change in plan.changed
        ],
        batch_size=BATCH,
    )


def _ref_of(row: Any) -> str:
    """Staffing is filed under its mission, absences and levels under their person."""
    if isinstance(row, Assignment):
        return row.mission.ref
    if isinstance(row, Skill):
        return row.code
    return row.person.ref if isinstance(row, Absence | PersonSkill) else str(row.ref)


def _person_of(row: Any) -> int | None:
    return row.pk if isinstance(row, User) else getattr(row, "person_id", None)


class _Words:
    """The text of old and new values; a row pointed to is named, not numbered."""

    def __init__(self, model: type[Model], changes: Iterable[Change]) -> None:
        columns = model._meta.concrete_fields  # noqa: SLF001 -- documented by Django
        self.columns: dict[str, Any] = {column.attname: column for column in columns}
        self.names: dict[str, dict[int, str]] = {}
        for name in {name for change in changes for name in change.before}:
            column = self.columns.get(name)
            if column is not None and column.related_model:
                ids = {value for change in changes for value in _both(change, name) if value}
                rows = stored_by(column.related_model, "pk", ids)
                self.names[name] = {row.pk: str(row) for row in rows}

    def of(self, change: Change) -> dict[str, list[str]]:
        return {
            self.columns[name].name if name in self.columns else name: [
                self._text(name, value) for value in _both(change, name)
            ]
            for name in change.before
        }

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, frozenset):
            return ", ".join(sorted(value))
        return "" if value is None else self.names.get(name, {}).get(value, str(value))


def _both(change: Change, name: str) -> list[Any]:
    """The old and the new value; what is not a column of the row brings both."""
    old = change.before[name]
    return old if isinstance(old, list) else [old, getattr(change.row, name)]
