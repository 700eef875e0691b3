"""The columns are those that scripts count on, and their limits those of the database."""

import doctest
import importlib
import pkgutil

import pytest
from django.conf import settings
from django.db.models import CharField

from accounts.models import OrgUnit, User
from clients.models import Client, Contact
from missions.defaults import FACTS
from missions.models import Mission, MissionProfile
from operations import imports
from operations.imports import cells
from operations.imports.formats import FORMATS, LANGUAGES

COLUMNS = {
    "units": "ref,name,parent,manager",
    "people": "ref,email,first_name,last_name,unit,manager,roles,language,starts_on,ends_on",
    "clients": "ref,name,sector,kind,unit,account_manager",
    "contacts": "client,email,name,language",
    "profiles": "ref,name_fr,name_en",
    "skills": "code,name_fr,name_en",
    "levels": "person,skill,level",
    "missions": "ref,client,profile,title,place,starts_on,ends_on,demand,skills",
    "assignments": "person,mission,starts_on,ends_on,share",
    "absences": "person,starts_on,ends_on",
    "revenue": "client,month,amount",
    "checkins": "person,mission,round,answered_on,dimension,value,min,max",
}
MODELS = {
    "units": OrgUnit,
    "people": User,
    "clients": Client,
    "contacts": Contact,
    "profiles": MissionProfile,
    "missions": Mission,
}
FREE_TEXT = {"name", "first_name", "last_name", "sector", "title", "place", "name_fr", "name_en"}


def test_columns_are_stable() -> None:
    assert {kind: ",".join(table.names) for kind, table in FORMATS.items()} == COLUMNS


def test_keys_are_stable() -> None:
    keys = {kind: table.key for kind, table in FORMATS.items() if table.key != ("ref",)}
    assert keys == {
        "contacts": ("client", "email"),
        "skills": ("code",),
        "levels": ("person", "skill"),
        "assignments": ("person", "mission", "starts_on"),
        "absences": ("person", "starts_on"),
        "revenue": ("client", "month"),
        "checkins": ("person", "mission", "round", "dimension"),
    }


@pytest.mark.parametrize("kind", MODELS)
def test_limits_are_those_of_the_database(kind: str) -> None:
    for column in FORMATS[kind].columns:
        if column.name in FREE_TEXT | {"ref"}:
            field = MODELS[kind]._meta.get_field(column.name)
            assert isinstance(field, CharField)
            longest = "x" * field.max_length
            assert column.read(longest) == longest
            with pytest.raises(cells.BadCellError):
                column.read(longest + "x")


def test_words_are_those_of_the_product() -> None:
    assert set(LANGUAGES) == {code for code, _name in settings.LANGUAGES}
    assert {fact.code for fact in FACTS} == {
        "on_call", "travel", "on_site", "night_weekend", "alone", "deadline", "legacy",
    }  # fmt: skip


@pytest.mark.parametrize("name", [found.name for found in pkgutil.iter_modules(imports.__path__)])
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(f"operations.imports.{name}")
    assert doctest.testmod(module).failed == 0
