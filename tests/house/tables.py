"""Every row of every table of the product, to compare before and after."""

from typing import Any

from django.apps import apps
from django.db import models

OURS = (
    "core", "accounts", "clients", "missions", "surveys", "scoring", "balancing", "followup",
    "dashboards", "operations", "wellbeing",
)  # fmt: skip
Rows = dict[str, list[dict[str, Any]]]


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def rows(*, but: tuple[str, ...] = ("core.JobRun",), keys: bool = True) -> Rows:
    """All rows by table, in the order of their keys; ``keys=False`` leaves out the ids."""
    return {
        model._meta.label: [
            row if keys else _without_ids(model, row)
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in our_models()
        if model._meta.label not in but
    }


def _without_ids(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    ids = {
        field.attname
        for field in model._meta.concrete_fields
        if field.primary_key or field.is_relation
    }
    return {name: value for name, value in row.items() if name not in ids}
