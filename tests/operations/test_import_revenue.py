"""Revenue by client: how its file is read, what it refuses, and what it leaves in the log."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import AuditEntry
from accounts.perms import audit_visible_to
from clients.models import Client, ClientRevenue
from core.tables import FILE_TYPES
from operations.exports import export
from operations.imports.outcome import Options, Outcome
from operations.imports.run import import_file
from operations.imports.source import Source
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
HEAD = "client,month,amount\n"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clients(db: None) -> None:
    make.client(ref="A")
    make.client(ref="B")
    make.client(ref="OWN", kind=Client.Kind.INTERNAL)


def brought(content: str | bytes, name: str = "r.csv", **rest: Any) -> Outcome:
    data = content.encode() if isinstance(content, str) else content
    return import_file("revenue", Source(name, io.BytesIO(data)), now=NOW, **rest)


def problems(outcome: Outcome) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in outcome.errors]


def stored() -> list[tuple[str, str, Decimal | None]]:
    rows = ClientRevenue.objects.order_by("client__ref", "month").select_related("client")
    return [(row.client.ref, row.month.isoformat(), row.amount) for row in rows]


def test_months_come_in_and_a_second_time_changes_nothing() -> None:
    content = HEAD + "A,2026-01,12500.5\nA,2026-02-01,0\nB,2026-11,99\n"
    assert brought(content).counts == {"created": 3, "changed": 0, "unchanged": 0}
    assert stored() == [
        ("A", "2026-01-01", Decimal("12500.50")),
        ("A", "2026-02-01", Decimal(0)),
        ("B", "2026-11-01", Decimal(99)),
    ]
    assert brought(content).counts == {"created": 0, "changed": 0, "unchanged": 3}


@pytest.mark.parametrize(
    "written",
    ["-1", "-0.01", "12.345", "12,50", "12 500", "12\u202f500", "12\u00a0500.00", "1'200",
     "12.500,00", "12500 €", "€5", "1e3", "NaN", "infinity", "1000000000000", "\u0661\u0662",
     "=1+1"],
)  # fmt: skip
def test_amounts_that_could_be_misread_are_refused(written: str) -> None:
    content = HEAD + f'A,2026-01,"{written}"\nB,2026-01,5\n'
    outcome = brought(content, options=Options(dry_run=True))
    assert problems(outcome) == [(2, "amount")]
    assert outcome.created == 1
    brought(content)
    assert stored() == []


@pytest.mark.parametrize("written", ["2026-13", "2026-1", "01/2026", "2026-01-02", "202601", "x"])
def test_bad_input_I08_a_month_is_written_in_one_way(written: str) -> None:
    outcome = brought(HEAD + f"A,{written},5\n")
    assert problems(outcome) == [(2, "month")]
    assert "2026-01" in outcome.errors[0].message


def test_whose_and_when() -> None:
    outcome = brought(HEAD + "X,2026-01,5\nOWN,2026-01,5\nA,2026-12,5\nA,2026-11,5\n,2026-01,5\n")
    assert problems(outcome) == [(2, "client"), (3, "client"), (4, "month"), (6, "client")]
    assert stored() == []


def test_the_same_month_twice() -> None:
    outcome = brought(HEAD + "A,2026-01,5\nA,2026-01-01,6\n")
    assert problems(outcome) == [(3, "client")]


def test_an_empty_cell_makes_a_month_unknown_again_and_a_lost_column_does_not() -> None:
    brought(HEAD + "A,2026-01,5\nA,2026-02,6\n")
    assert brought("client,month\nA,2026-01\n").counts["unchanged"] == 1
    outcome = brought(HEAD + "A,2026-01,\nB,2026-01,\n")
    assert outcome.counts == {"created": 0, "changed": 1, "unchanged": 1}
    assert stored() == [("A", "2026-01-01", None), ("A", "2026-02-01", Decimal(6))]
    assert brought(HEAD + "A,2026-01,7\n").changed == 1


def test_bad_input_I03_a_workbook_brings_dates_and_numbers() -> None:
    book = Workbook()
    book.active.append(["client", "month", "amount"])
    book.active.append(["A", date(2026, 1, 1), 12500.5])
    book.active.append(["B", "2026-01", 7])
    file = io.BytesIO()
    book.save(file)
    assert brought(file.getvalue(), "r.xlsx").errors == []
    assert [amount for _ref, _month, amount in stored()] == [Decimal("12500.50"), Decimal(7)]


@pytest.mark.parametrize("file_type", FILE_TYPES)
def test_it_goes_out_and_comes_back_the_same(file_type: str) -> None:
    brought(HEAD + "A,2026-01,12500.5\nA,2026-02,6\n")
    brought(HEAD + "A,2026-02,\n")
    content = export("revenue", file_type, actor=None, now=NOW)
    again = brought(content, f"r.{file_type}")
    assert (again.errors, again.counts) == ([], {"created": 0, "changed": 0, "unchanged": 2})


def test_each_changed_month_is_written_down(django_assert_num_queries: Any) -> None:
    months = [f"A,2026-{month:02},%s\n" for month in range(1, 10)]
    brought(HEAD + "".join(line % 5 for line in months))
    # Savepoints apart: clients, rows, the write, and the two lines of the log.
    with django_assert_num_queries(7):
        brought(HEAD + "".join(line % "7.5" for line in months))
    lines = AuditEntry.objects.filter(object_kind="revenue").order_by("object_ref")
    assert [line.object_ref for line in lines][:2] == ["A/2026-01", "A/2026-02"]
    assert lines[0].changes == {"amount": ["5.00", "7.50"]}
    brought(HEAD + "A,2026-01,\n")
    last = AuditEntry.objects.filter(object_kind="revenue").latest("pk")
    assert last.changes == {"amount": ["7.50", ""]}


def test_who_reads_the_log_of_it(world: World) -> None:
    brought(HEAD + "A,2026-01,5\n")
    brought(HEAD + "A,2026-01,6\n")
    kept = AuditEntry.objects.filter(object_kind="revenue")
    assert kept & audit_visible_to(world.administrator)
    assert not kept & audit_visible_to(world.consultant)
    assert not kept & audit_visible_to(world.manager)


def test_only_administrators_take_it_out(world: World, browser: Browser) -> None:
    address = reverse("operations:export_table", args=["revenue", "csv"])
    for person, status in (
        (world.administrator, 200), (world.manager, 404), (world.referent, 404),
        (world.consultant, 404),
    ):  # fmt: skip
        browser.force_login(person)
        assert browser.get(address).status_code == status


@pytest.mark.parametrize(
    "values", [{"month": date(2026, 1, 2)}, {"amount": Decimal("-0.01")}, {"client": "A"}]
)
def test_the_database_keeps_to_it(values: dict[str, Any]) -> None:
    first = ClientRevenue(client=Client.objects.get(ref="A"), month=date(2026, 1, 1), amount=1)
    first.save()
    wrong = {"client": "B", "month": date(2026, 1, 1), "amount": Decimal(1)} | values
    wrong["client"] = Client.objects.get(ref=wrong["client"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientRevenue.objects.create(**wrong)
