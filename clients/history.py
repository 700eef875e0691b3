"""What the audit log says about an object: who changed what, and when, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from core.wording import full_day

ACTS = {
    "create": gettext_lazy("Added"),
    "end": gettext_lazy("End decided"),
    "reopen": gettext_lazy("Reopened"),
    "remove": gettext_lazy("Cancelled before it started"),
    "import": gettext_lazy("Imported"),
    "contest": gettext_lazy("A fact contested"),
    "confirm": gettext_lazy("Corrected after a contest"),
    "decline": gettext_lazy("Kept after a contest"),
    "withdraw": gettext_lazy("Contest taken back"),
}
CHANGED = gettext_lazy("Changed")
Names = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, as shown."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    at: datetime
    who: str
    what: str
    about: str
    changes: list[Change]


def differences(before: Model, after: Model) -> dict[str, list[str]]:
    """Old and new text of each column that differs, but for what the product fills in."""
    return {
        column.name: [as_text(getattr(row, column.name)) for row in (before, after)]
        for column in _typed(after)
        if getattr(before, column.attname) != getattr(after, column.attname)
    }


def first_values(row: Model) -> dict[str, list[str]]:
    """The same for a row that is new."""
    texts = {column.name: as_text(getattr(row, column.name)) for column in _typed(row)}
    return {name: ["", text] for name, text in texts.items() if text}


def as_text(value: Any) -> str:
    """Dates in ISO, rows by their reference, nothing as nothing."""
    return "" if value is None else str(getattr(value, "ref", value))


def entries(kinds: tuple[str, ...], ref: str) -> QuerySet[AuditEntry]:
    """The log's lines on one object, the latest first."""
    lines = AuditEntry.objects.filter(object_kind__in=kinds, object_ref=ref)
    return lines.select_related("actor", "about")


def tell(lines: Iterable[AuditEntry], models: Mapping[str, type[Model]]) -> list[Line]:
    """Lines of the log in words; ``models`` gives the model of each kind of object."""
    kept = list(lines)
    names = {kind: _names(model, kept) for kind, model in models.items()}
    return [_line(entry, models[entry.object_kind], names[entry.object_kind]) for entry in kept]


def _line(entry: AuditEntry, model: type[Model], names: Names) -> Line:
    return Line(
        at=entry.at,
        who=entry.actor.full_name if entry.actor else _("The software"),
        what=str(ACTS.get(entry.action, CHANGED)),
        about=entry.about.full_name if entry.about else "",
        changes=[_change(model, name, pair, names) for name, pair in entry.changes.items()],
    )


def _change(model: type[Model], name: str, values: list[str], names: Names) -> Change:
    column = next((column for column in _columns(model) if column.name == name), None)
    if column is None:
        return Change(name, *values)
    before, after = (_shown(column, value, names.get(name, {})) for value in values)
    label = str(column.verbose_name)
    return Change(label[:1].upper() + label[1:], before, after)


def _shown(column: Any, value: str, names: Mapping[str, str]) -> str:
    if isinstance(column, DateField) and value:
        return full_day(date.fromisoformat(value))
    if column.many_to_many:
        return ", ".join(names.get(code, code) for code in value.split(", ") if code)
    return str(names.get(value) or dict(column.flatchoices).get(value, value))


def _typed(row: Model) -> list[Any]:
    """Columns that somebody fills in."""
    return [
        column
        for column in _columns(row)
        if column.editable
        and column.concrete
        and not column.many_to_many
        and not column.primary_key
    ]


def _columns(model: Model | type[Model]) -> list[Any]:
    meta = model._meta  # noqa: SLF001 -- Django documents it for reading a model's fields
    return [*meta.concrete_fields, *meta.many_to_many]


def _names(model: type[Model], lines: list[AuditEntry]) -> Names:
    """For each relation that the lines mention: the names behind its references."""
    found = {}
    for column in _columns(model):
        said = [text for entry in lines for text in entry.changes.get(column.name, [])]
        if column.related_model is not None and any(said):
            key = "code" if column.many_to_many else "ref"
            refs = set(said) if key == "ref" else set(", ".join(said).split(", "))
            rows = column.related_model.objects.filter(**{f"{key}__in": refs})
            found[column.name] = {getattr(row, key): str(row) for row in rows}
    return found
