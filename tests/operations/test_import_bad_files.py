"""The bad inputs of the import door, one test each, and the rules of each kind of file."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from openpyxl import Workbook

from accounts.models import AuditEntry, OrgUnit, User
from clients.models import Client
from missions.defaults import install_facts
from missions.models import Absence, Assignment, Mission
from operations.imports.outcome import Options, Outcome
from operations.imports.preview import faulty_table
from operations.imports.run import import_file
from operations.imports.source import Source
from tests import make

pytestmark = pytest.mark.django_db
DRY = Options(dry_run=True)


@pytest.fixture
def brought(now: datetime) -> Any:
    """Bring a text in as a file of that kind."""

    def bring(kind: str, content: str | bytes, name: str = "file.csv", **rest: Any) -> Outcome:
        data = content.encode() if isinstance(content, str) else content
        return import_file(kind, Source(name, io.BytesIO(data)), now=now, **rest)

    return bring


def problems(outcome: Outcome) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in outcome.errors]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- I01 to I08 ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_bad_input_I01_encodings_and_separators(
    brought: Any, encoding: str, separator: str
) -> None:
    make.unit(ref="N")
    rows = [["ref", "name", "unit"], ["C1", "Noël & Fils, Hélène", "N"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    outcome = brought("clients", text.getvalue().encode(encoding))
    assert outcome.errors == []
    assert Client.objects.get().name == "Noël & Fils, Hélène"
    assert bool(outcome.warnings) == (encoding == "cp1252")


def bomb() -> bytes:
    """Two million cells in a few hundred kilobytes."""
    file = io.BytesIO(workbook(["ref", "name"]))
    row = b"<row>" + b'<c t="inlineStr"><is><t>x</t></is></c>' * 1000 + b"</row>"
    body = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    body += b"<sheetData>" + row * 2000 + b"</sheetData></worksheet>"
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, body if "sheet1" in part else old.read(part))
    return made.getvalue()


def test_bad_input_I02_workbook_that_unpacks_to_a_giant(brought: Any) -> None:
    file = bomb()
    assert len(file) < 5_000_000
    tracemalloc.start()
    started = monotonic()
    outcome = brought("units", file, "units.xlsx")
    spent, (_now, peak) = monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "200000" in outcome.errors[0].message
    assert "50" in outcome.errors[0].message
    assert spent < 2
    assert peak < 100_000_000


def test_bad_input_I02_too_many_cells(brought: Any) -> None:
    """Under every limit of size, and still too many cells: a far row and a far column."""
    book = Workbook()
    book.active["A1"] = "ref"
    book.active["A1048576"] = "x"
    file = io.BytesIO()
    book.save(file)
    outcome = brought("units", file.getvalue(), "units.xlsx")
    assert outcome.created == 0
    assert problems(outcome) != []


FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+1", "-2+3", "@SUM(A1)", "\tleading tab"]


@pytest.mark.parametrize("file_type", ["csv", "xlsx"])
def test_bad_input_I03_formulas_stay_text(brought: Any, file_type: str) -> None:
    rows: list[list[object]] = [["ref", "name"]]
    rows += [[f"U{place}", formula] for place, formula in enumerate(FORMULAS)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode() if file_type == "csv" else workbook(*rows)
    outcome = brought("units", content, f"units.{file_type}")
    assert outcome.errors == []
    assert [problem.line for problem in outcome.warnings] == [2, 3, 4, 5, 6]
    assert list(OrgUnit.objects.order_by("ref").values_list("name", flat=True)) == FORMULAS


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 100, "people.xlsx"),
        (b"ref,email\n", "people.xlsx"),
        (workbook(["ref", "name"], ["A", "B"]), "units.csv"),
        (b"", "units.csv"),
        (b"ref,name\n", "units.csv"),
        (b"ref,name\r\n\r\n", "units.csv"),
        (workbook(["ref", "name"]), "units.xlsx"),
        (b"%PDF-1.7 ...", "units.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "units.xls"),
        (b"PK\x03\x04 and then nothing", "units.xlsx"),
        (b"ref,name\nA,\x00\x00\n", "units.csv"),
        (b'ref,name\nA,"never closed\n', "units.csv"),
    ],
)
def test_bad_input_I04_one_sentence_for_what_is_not_a_table(
    brought: Any, content: bytes, name: str
) -> None:
    outcome = brought("units", content, name)
    assert len(outcome.errors) == 1
    assert outcome.errors[0].message.endswith(".")
    assert not OrgUnit.objects.exists()
    assert not AuditEntry.objects.exists()


def test_bad_input_I04_another_office_document(brought: Any) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert problems(brought("units", file.getvalue(), "units.ods")) == [(1, "")]


def test_bad_input_I04_entities_in_a_workbook_are_not_expanded(brought: Any) -> None:
    file = io.BytesIO(workbook(["ref", "name"], ["A", "B"]))
    made = io.BytesIO()
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            new.writestr(part, evil if "sheet1" in part else old.read(part))
    outcome = brought("units", made.getvalue(), "units.xlsx")
    assert len(outcome.errors) == 1


def test_bad_input_I05_one_bad_line_in_ten_thousand(brought: Any) -> None:
    make.unit(ref="N")
    lines = [f"C{place},Client {place},N" for place in range(2, 10_002)]
    lines[4_316] = "C4318,Client 4318,NOWHERE"
    started = monotonic()
    outcome = brought("clients", "ref,name,unit\n" + "\n".join(lines) + "\n")
    assert monotonic() - started < 10
    assert problems(outcome) == [(4_318, "unit")]
    assert "NOWHERE" in outcome.errors[0].message
    assert not Client.objects.exists()
    assert (outcome.created, outcome.changed) == (0, 0)
    table = faulty_table(outcome)
    assert table[0] == ["ref", "name", "unit", "error"]
    assert [row[:3] for row in table[1:]] == [["C4318", "Client 4318", "NOWHERE"]]
    make.unit(ref="NOWHERE")
    again = io.StringIO()
    csv.writer(again).writerows(table)
    assert brought("clients", again.getvalue()).created == 1


def test_bad_input_I06_same_file_twice(brought: Any) -> None:
    file = "ref,name,parent\nA,Un,\nB,Deux,A\n"
    assert brought("units", file).counts == {"created": 2, "changed": 0, "unchanged": 0}
    lines = AuditEntry.objects.exclude(action="import").count()
    assert brought("units", file).counts == {"created": 0, "changed": 0, "unchanged": 2}
    assert OrgUnit.objects.count() == 2
    assert AuditEntry.objects.exclude(action="import").count() == lines == 0


def test_bad_input_I07_rings_are_refused_by_line(brought: Any) -> None:
    head = "ref,email,first_name,last_name,manager\n"
    a, b = "A,a@x.example,A,A,", "B,b@x.example,B,B,"
    brought("people", f"{head}{a}\n{b}A\n")
    outcome = brought("people", f"{head}{a}B\n{b}A\n")
    assert problems(outcome) == [(2, "manager"), (3, "manager")]
    assert "2" in outcome.errors[0].message
    assert "3" in outcome.errors[0].message
    assert problems(brought("people", f"{head}{a}A\n")) == [(2, "manager")]
    # One line closes the ring over what is stored.
    assert problems(brought("people", f"{head}{a}B\n")) == [(2, "manager")]
    assert User.objects.get(ref="B").manager.ref == "A"
    assert User.objects.get(ref="A").manager is None
    assert problems(brought("units", "ref,name,parent\nX,X,Y\nY,Y,X\n")) == [
        (2, "parent"),
        (3, "parent"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2026",
        "2026-13-01",
        "2026-02-30",
        "01/02/03",
        "45678",
        "2026-1-1",
        "\u0662\u0660\u0662\u0666-01-01",
    ],
)
def test_bad_input_I08_dates(brought: Any, written: str) -> None:
    make.person(ref="P")
    outcome = brought(
        "absences",
        f"person,starts_on,ends_on\nP,{written},2026-12-31\nP,2026-01-05,2026-01-06\n",
        options=DRY,
    )
    assert problems(outcome) == [(2, "starts_on")]
    assert "2026-01-31" in outcome.errors[0].message
    assert outcome.created == 1
    assert not Absence.objects.exists()


def test_bad_input_I08_end_before_start_and_excel_dates(brought: Any) -> None:
    make.person(ref="P")
    head: list[object] = ["person", "starts_on", "ends_on"]
    backwards = brought("absences", "person,starts_on,ends_on\nP,2026-01-06,2026-01-05\n")
    assert problems(backwards) == [(2, "ends_on")]
    serial = brought("absences", workbook(head, ["P", 45678, "2026-12-31"]), "a.xlsx")
    assert problems(serial) == [(2, "starts_on")]
    cells = workbook(head, ["P", date(2026, 1, 5), datetime(2026, 1, 9)])  # noqa: DTZ001 -- a cell has no zone
    assert brought("absences", cells, "a.xlsx").errors == []
    assert Absence.objects.get().ends_on == date(2026, 1, 9)


def test_bad_input_N02_names(brought: Any) -> None:
    names = ["O'Brien", "N'Guessan-Kouamé", "李", "A", "x" * 120, "'t Hooft"]
    lines = [f"P{n},p{n}@x.example,Jo,{name}" for n, name in enumerate(names)]
    head = "ref,email,first_name,last_name\n"
    assert brought("people", head + "\n".join(lines)).errors == []
    assert list(User.objects.order_by("ref").values_list("last_name", flat=True)) == names
    decomposed = head + "P1,p1@x.example,Jo,N'Guessan-Kouame\u0301\n"
    assert brought("people", decomposed).unchanged == 1
    too_long = brought("people", head + f"P9,p9@x.example,Jo,{'x' * 121}\n")
    assert problems(too_long) == [(2, "last_name")]
    assert "120" in too_long.errors[0].message


# --- columns and cells -----------------------------------------------------------------------


def test_columns_are_named_when_missing_unknown_or_doubled(brought: Any) -> None:
    missing = brought("units", "ref,parent\nA,\n")
    assert problems(missing) == [(1, "name")]
    unknown = brought("units", "ref,name,salary\nA,B,C\n")
    assert problems(unknown) == [(1, "salary")]
    assert "salary" in unknown.errors[0].message
    assert problems(brought("units", "ref,name,name\nA,B,C\n")) == [(1, "name")]


def test_lines_longer_or_shorter_than_the_header(brought: Any) -> None:
    outcome = brought("units", "ref,name,parent\nA,B,,D\nB,C\n")
    assert problems(outcome) == [(2, ""), (3, "")]


def test_line_number_counts_lines_inside_quotation_marks(brought: Any) -> None:
    outcome = brought("units", 'ref,name\nA,"two\nlines"\n,B\n')
    assert problems(outcome) == [(2, "name"), (4, "ref")]


def test_two_lines_about_the_same_thing(brought: Any) -> None:
    outcome = brought("units", "ref,name\nA,B\nA,C\n")
    assert problems(outcome) == [(3, "ref")]
    assert "2" in outcome.errors[0].message


def test_absent_column_keeps_and_empty_cell_clears(brought: Any) -> None:
    unit = make.unit(ref="N")
    client = make.client(
        ref="C", name="Old", sector="Bank", unit=unit, account_manager=make.person()
    )
    assert brought("clients", "ref,name,unit\nC,New,N\n").changed == 1
    client.refresh_from_db()
    assert (client.name, client.sector) == ("New", "Bank")
    assert client.account_manager is not None
    assert client in Client.objects.matching("new")
    brought("clients", "ref,name,unit,sector,account_manager\nC,New,N,,\n")
    client.refresh_from_db()
    assert (client.sector, client.account_manager) == ("", None)


# --- rules of each kind ----------------------------------------------------------------------


def test_manager_of_a_unit_may_come_with_the_people(brought: Any) -> None:
    units = "ref,name,manager\nN,Nord,P1\n"
    outcome = brought("units", units)
    assert (outcome.errors, len(outcome.warnings)) == ([], 1)
    unit = OrgUnit.objects.get()
    assert (unit.manager, unit.pending_manager_ref) == (None, "P1")
    assert brought("units", units).unchanged == 1
    brought("people", "ref,email,first_name,last_name,roles\nP1,p@x.example,A,B,manager\n")
    unit.refresh_from_db()
    assert (unit.manager.ref, unit.pending_manager_ref) == ("P1", "")
    assert brought("units", units).unchanged == 1


PEOPLE = "ref,email,first_name,last_name,roles\n"


def test_administrator_reads_no_figure(brought: Any) -> None:
    assert problems(brought("people", f"{PEOPLE}A,a@x.example,A,B,administrator;manager\n")) == [
        (2, "roles")
    ]
    assert problems(brought("people", f"{PEOPLE}A,a@x.example,A,B,boss\n")) == [(2, "roles")]


def test_last_administrator_stays(brought: Any) -> None:
    make.person(ref="A", email="a@x.example", is_consultant=False, is_administrator=True)
    assert problems(brought("people", f"{PEOPLE}A,a@x.example,A,B,consultant\n")) == [(2, "roles")]
    heir = f"{PEOPLE}A,a@x.example,A,B,consultant\nB,b@x.example,B,B,administrator\n"
    assert brought("people", heir).errors == []


def test_addresses_are_unique_and_can_change_hands(brought: Any) -> None:
    make.person(ref="A", email="a@x.example")
    make.person(ref="B", email="b@x.example")
    taken = brought("people", "ref,email,first_name,last_name\nC,A@X.EXAMPLE,C,C\n")
    assert problems(taken) == [(2, "email")]
    twice = "ref,email,first_name,last_name\nC,c@x.example,C,C\nD,C@x.example,D,D\n"
    assert problems(brought("people", twice)) == [(3, "email")]
    swap = "ref,email,first_name,last_name\nA,b@x.example,A,A\nB,a@x.example,B,B\n"
    assert brought("people", swap).errors == []
    assert User.objects.get(ref="A").email == "b@x.example"
    assert User.objects.get(ref="B").email == "a@x.example"


def test_other_rights_end_sessions_and_are_written_down(brought: Any) -> None:
    person = make.person(ref="A", email="a@x.example", first_name="A", last_name="B")
    brought("people", f"{PEOPLE}A,a@x.example,A,B,referent\n")
    person.refresh_from_db()
    assert (person.is_referent, person.sessions_ended) == (True, 1)
    entry = AuditEntry.objects.get(about=person)
    assert entry.changes["is_referent"] == ["False", "True"]
    assert person.has_usable_password()


def test_started_mission_keeps_client_profile_and_start(brought: Any, now: datetime) -> None:
    install_facts()
    row = make.mission(ref="M", starts_on=date(2026, 1, 5))
    other = make.client(ref="OTHER")
    head = "ref,client,profile,title,starts_on,demand\n"
    moved = brought("missions", f"{head}M,OTHER,{row.profile.ref},T,2026-01-05,\n")
    assert problems(moved) == [(2, "client")]
    later = brought("missions", f"{head}M,{row.client.ref},{row.profile.ref},T,2026-02-05,\n")
    assert problems(later) == [(2, "starts_on")]
    Mission.objects.update(starts_on=date(2027, 1, 4))
    facts = f"{head}M,OTHER,{row.profile.ref},T,2027-01-04,on_call;legacy\n"
    assert brought("missions", facts).errors == []
    row.refresh_from_db()
    assert row.client == other
    assert set(row.facts.values_list("code", flat=True)) == {"on_call", "legacy"}
    assert brought("missions", facts).unchanged == 1
    unknown = brought("missions", facts.replace("legacy", "boredom"))
    assert problems(unknown) == [(2, "demand")]


def test_mission_that_ends_takes_its_assignments_along(brought: Any) -> None:
    row = make.mission(ref="M", starts_on=date(2026, 1, 5))
    held = make.assignment(mission=row, starts_on=date(2026, 1, 5))
    head = "ref,client,profile,title,starts_on,ends_on\n"
    line = f"M,{row.client.ref},{row.profile.ref},{row.title},2026-01-05,2026-12-31\n"
    outcome = brought("missions", head + line)
    assert (outcome.errors, len(outcome.warnings)) == ([], 1)
    held.refresh_from_db()
    assert held.ends_on == date(2026, 12, 31)
    make.assignment(mission=row, starts_on=date(2026, 12, 1))
    early = brought("missions", head + line.replace("2026-12-31", "2026-11-30"))
    assert problems(early) == [(2, "ends_on")]


ASSIGNMENTS = "person,mission,starts_on,ends_on,share\n"


def test_ended_assignment_is_not_rewritten(brought: Any) -> None:
    row = make.assignment(
        person=make.person(ref="P"),
        mission=make.mission(ref="M"),
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 6, 30),
    )
    same = f"{ASSIGNMENTS}P,M,2026-01-05,2026-06-30,100\n"
    assert brought("assignments", same).unchanged == 1
    longer = brought("assignments", same.replace("06-30", "12-31").replace("100", "50"))
    assert problems(longer) == [(2, "ends_on"), (2, "share")]
    row.refresh_from_db()
    assert row.ends_on == date(2026, 6, 30)


def test_assignments_stay_within_their_mission_and_apart(brought: Any) -> None:
    make.person(ref="P")
    make.mission(ref="M", starts_on=date(2026, 1, 5), ends_on=date(2026, 12, 31))
    outside = f"{ASSIGNMENTS}P,M,2025-12-01,,100\nP,M,2026-02-02,2027-01-01,100\n"
    assert problems(brought("assignments", outside)) == [(2, "starts_on"), (3, "ends_on")]
    apart = f"{ASSIGNMENTS}P,M,2026-01-05,2026-03-31,100\nP,M,2026-03-31,,100\n"
    assert problems(brought("assignments", apart)) == [(3, "starts_on")]
    for share in ("0", "101", "50%", "0.5", "x"):
        wrong = brought("assignments", f"{ASSIGNMENTS}P,M,2026-01-05,,{share}\n")
        assert problems(wrong) == [(2, "share")], share
    assert not Assignment.objects.exists()


def test_open_assignment_takes_the_end_of_its_mission(brought: Any) -> None:
    make.person(ref="P")
    make.mission(ref="M", starts_on=date(2026, 1, 5), ends_on=date(2026, 12, 31))
    file = f"{ASSIGNMENTS}P,M,2026-01-05,,100\n"
    assert brought("assignments", file).created == 1
    assert Assignment.objects.get().ends_on == date(2026, 12, 31)
    assert brought("assignments", file).unchanged == 1


def test_more_than_full_time_is_warned_of(brought: Any) -> None:
    make.person(ref="P")
    make.mission(ref="M")
    make.mission(ref="N")
    outcome = brought("assignments", f"{ASSIGNMENTS}P,M,2026-01-05,,80\nP,N,2026-02-02,,40\n")
    assert outcome.errors == []
    assert [(w.line, w.column) for w in outcome.warnings] == [(3, "share")]
    assert "120" in outcome.warnings[0].message


def test_absences_do_not_overlap(brought: Any) -> None:
    make.person(ref="P")
    head = "person,starts_on,ends_on\n"
    outcome = brought("absences", f"{head}P,2026-12-01,2026-12-05\nP,2026-12-05,2026-12-08\n")
    assert problems(outcome) == [(3, "starts_on")]


def test_path_is_read_from_disk(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "units.csv"
    path.write_text("ref,name\nA,B\n", encoding="utf-8")
    assert import_file("units", path, now=now).created == 1
    with pytest.raises(FileNotFoundError):
        import_file("units", tmp_path / "none.csv", now=now)
