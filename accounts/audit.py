"""Writing to the audit log. Its own short statement, so that it also serves a GET."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import AuditEntry, User

MAX_KIND, MAX_REF = 40, 80


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


def refused(actor: User, *, kind: str, ref: object, now: datetime) -> AuditEntry:
    """Append the line of a refused access: who, what, when, never any content.

    Raising ``accounts.perms.Refused`` from a look-up is enough: the middleware calls this.
    """
    act = Act("refused", object_kind=kind[:MAX_KIND], object_ref=str(ref)[:MAX_REF])
    return record(act, actor=actor, now=now)


def changed_fields(form: forms.BaseForm) -> dict[str, list[str]]:
    """Old and new value of each changed field, as text; objects by their reference."""
    return {
        name: [
            _text(form.fields[name], form.get_initial_for_field(form.fields[name], name)),
            _text(form.fields[name], form.cleaned_data.get(name)),
        ]
        for name in form.changed_data
    }


def _text(form_field: forms.Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(form_field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(_object_ref(form_field, item) for item in value))
    if isinstance(form_field, forms.ModelChoiceField):
        return _object_ref(form_field, value)
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(sorted(str(item) for item in value))
    return str(value)


def _object_ref(form_field: Any, value: Any) -> str:
    """A ModelForm's initial holds a primary key, its cleaned data the object."""
    model = form_field.queryset.model
    if not isinstance(value, model):
        value = model.objects.filter(pk=value).first() or value
    return str(getattr(value, "ref", getattr(value, "pk", value)))
