"""Tables taken out: what is in them, what never is, and that they come back the same."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry
from clients.models import Client
from core.tables import FILE_TYPES
from missions.defaults import install_facts
from missions.models import DemandFact
from operations.exports import TABLES, export
from operations.imports.formats import FORMATS
from operations.imports.run import import_file
from operations.imports.source import Source
from tests import make
from tests.world import World

NASTY = ["=cmd|' /C calc'!A0", "'=1+1", "+33 1", "-2", "@x", "'t Hooft", 'Noël; & "Fils", SA']


def taken_out(kind: str, file_type: str, now: datetime) -> bytes:
    return export(kind, file_type, actor=None, now=now)


@pytest.mark.parametrize("file_type", FILE_TYPES)
def test_bad_input_E01_formulas_are_text_and_come_back(
    world: World, now: datetime, file_type: str
) -> None:
    for name in NASTY:
        make.client(name=name, unit=world.unit)
    content = taken_out("clients", file_type, now)
    if file_type == "csv":
        assert not any(
            cell.lstrip('"')[:1] in "=+-@" for cell in content.decode().split(",") if cell
        )
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
        assert kinds == {"s"}
    again = import_file("clients", Source(f"c.{file_type}", io.BytesIO(content)), now=now)
    assert (again.errors, again.created, again.changed) == ([], 0, 0)
    assert set(NASTY) <= set(Client.objects.values_list("name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("file_type", FILE_TYPES)
@pytest.mark.parametrize("kind", TABLES)
def test_bad_input_E02_empty_table_explains_itself(
    kind: str, file_type: str, now: datetime
) -> None:
    content = taken_out(kind, file_type, now)
    if file_type == "csv":
        header, sentence = content.decode("utf-8-sig").splitlines()
    else:
        book = load_workbook(io.BytesIO(content))
        assert len(book.worksheets) == 1
        rows = [[cell for cell in row if cell] for row in book.active.iter_rows(values_only=True)]
        header, sentence = ",".join(rows[0]), rows[1][0]
    assert header == ",".join(FORMATS[kind].names)
    assert len(sentence) > 20
    # Brought back as it is, it says what it is too.
    again = import_file(kind, Source(f"t.{file_type}", io.BytesIO(content)), now=now)
    assert [problem.line for problem in again.errors] == [1]


def test_bad_input_E03_role_withdrawn(
    world: World, browser: Browser, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    address = reverse("operations:export_table", args=["people", "csv"])
    browser.force_login(world.administrator)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert list(tmp_path.rglob("*")) == []  # made on the fly, kept nowhere
    world.administrator.is_administrator = False
    world.administrator.is_consultant = True
    world.administrator.save()
    assert browser.get(address).status_code == 404
    assert AuditEntry.objects.filter(action="refused", object_kind="export").count() == 1


@pytest.mark.parametrize("file_type", FILE_TYPES)
def test_every_table_comes_back_unchanged(world: World, now: datetime, file_type: str) -> None:
    install_facts()
    world.mission.facts.set(DemandFact.objects.filter(code__in=["travel", "alone"]))
    for kind in TABLES:
        content = taken_out(kind, file_type, now)
        lines = len(list(TABLES[kind]()))
        again = import_file(kind, Source(f"t.{file_type}", io.BytesIO(content)), now=now)
        if lines:
            assert again.errors == [], kind
            assert again.counts == {"created": 0, "changed": 0, "unchanged": lines}, kind


def test_a_retired_fact_neither_leaves_nor_is_asked_for_nor_is_lost(
    world: World, now: datetime
) -> None:
    install_facts()
    facts = DemandFact.objects.filter(code__in=["travel", "alone"])
    world.mission.facts.set(facts)
    DemandFact.objects.filter(code="alone").update(retired_on=now.date())
    content = taken_out("missions", "csv", now)
    assert b"travel" in content
    assert b"alone" not in content
    again = import_file("missions", Source("t.csv", io.BytesIO(content)), now=now)
    assert (again.errors, again.changed) == ([], 0)
    other = import_file(
        "missions", Source("t.csv", io.BytesIO(content.replace(b"travel", b"legacy"))), now=now
    )
    assert (other.errors, other.changed) == ([], 1)
    assert {row.code for row in world.mission.facts.all()} == {"legacy", "alone"}
    refused = import_file(
        "missions", Source("t.csv", io.BytesIO(content.replace(b"travel", b"alone"))), now=now
    )
    (problem,) = refused.errors
    assert problem.column == "demand"


def test_export_is_written_down(world: World, now: datetime) -> None:
    export("people", "csv", actor=world.administrator, now=now)
    entry = AuditEntry.objects.get(action="export")
    assert (entry.actor, entry.object_ref) == (world.administrator, "people")


def test_check_ins_have_no_export() -> None:
    assert set(TABLES) == set(FORMATS) - {"checkins"}


def test_number_of_queries_does_not_grow(
    world: World, now: datetime, django_assert_num_queries: object
) -> None:
    for _more in range(3):
        make.assignment(mission=make.mission(client=world.client), person=world.consultant)
    with django_assert_num_queries(4):  # missions, their facts and skills, the audit line
        export("missions", "csv", actor=None, now=now)
    with django_assert_num_queries(2):
        export("assignments", "csv", actor=None, now=now)
