"""Writing to the audit log. Its own short transaction, so that it also serves a GET."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import AuditEntry, User


@dataclass(frozen=True, slots=True)
class Act:
    """What happened: an action on an object, and the person it concerns."""

    action: str
    object_kind: str = ""
    object_ref: str = ""
    about: User | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def record(act: Act, *, actor: User | None, now: datetime) -> AuditEntry:
    """Append one line."""
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        action=act.action,
        object_kind=act.object_kind,
        object_ref=act.object_ref,
        about=act.about,
        changes=act.changes,
    )


def changed_fields(form: Any) -> dict[str, list[str]]:
    """Old and new value of each changed field of a ModelForm, as text."""
    return {
        name: [_text(form.initial.get(name)), _text(form.cleaned_data.get(name))]
        for name in form.changed_data
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(sorted(str(getattr(item, "pk", item)) for item in value))
    return str(getattr(value, "pk", value))
