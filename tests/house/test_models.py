"""Tables obey the stairs, and private ones have no way back."""

from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import models
from django.db.models import Field

import accounts.models
import scoring.models
from surveys.models import answers, opinions, review_answers
from tests.house.tables import OURS, our_models

FLOORS = {app: floor for floor, app in enumerate(OURS)}
# Read by their own app alone; what leaves goes through its doors and its gate.
ROOMS = {room.__name__ for room in (answers, opinions, review_answers, scoring.models)}
PRIVATE = [model for model in our_models() if model.__module__ in ROOMS]
RELATIONS = [
    field
    for model in our_models()
    for field in model._meta.get_fields()
    if field.is_relation and field.concrete
]


def name(field: Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def test_there_is_something_to_look_at() -> None:
    assert len(RELATIONS) > 20
    assert {model.__name__ for model in PRIVATE} >= {"CheckIn", "Score", "ReleasedCell"}


@pytest.mark.parametrize("field", RELATIONS, ids=name)
def test_a_foreign_key_goes_down_the_stairs(field: Field) -> None:
    target = field.related_model._meta.app_label
    # The library's own groups and permissions hang below everything.
    below = FLOORS.get(target, -1)
    assert below <= FLOORS[field.model._meta.app_label], f"{name(field)} climbs to {target}"


def test_only_the_person_leans_on_a_library() -> None:
    outside = {
        field.model for field in RELATIONS if field.related_model._meta.app_label not in OURS
    }
    assert outside <= {accounts.models.User}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_no_key_leads_anywhere(model: type[models.Model]) -> None:
    """A generic key would climb the stairs unseen."""
    assert not model._meta.private_fields


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model._meta.label)
def test_nothing_leads_back_to_a_private_row(model: type[models.Model]) -> None:
    relations = [field for field in model._meta.get_fields() if field.is_relation]
    back = [field.name for field in relations if field.concrete and not field.remote_field.hidden]
    assert back == []


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model._meta.label)
def test_no_private_table_is_in_the_admin(model: type[models.Model]) -> None:
    assert not admin.site.is_registered(model)


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model._meta.label)
def test_the_text_of_a_private_row_tells_its_key_alone(model: type[models.Model]) -> None:
    telling = (
        "answers", "raw", "estimate", "score", "low", "high", "shown", "design", "made",
        "verdicts", "ours", "red_lines", "seen_actions", "kept_actions", "word", "actions",
        "people", "polls",
    )  # fmt: skip
    planted = {
        field.attname: 37.123
        for field in model._meta.concrete_fields
        if field.name in telling and not field.is_relation
    }
    assert "37.123" not in f"{model(**planted)} {model(**planted)!r}"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert "No changes detected" in said.getvalue()
