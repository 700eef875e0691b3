"""Turn ``univbct.csv`` into files that ``manage.py import_data`` reads.

The data: ratings of 495 people in 43 units (battalion and company) at three times, on three
measures from 1 to 5 (Bliese & Ployhart 2002, Organizational Research Methods 5:362-387). Here a
unit is a client, its battalion the profile, each person has one mission at each unit they were
in, and each time is a round, twelve weeks apart, to be imported as a period of its own.

    python tools/univbct.py univbct.csv FOLDER

writes ``units``, ``people``, ``clients``, ``profiles``, ``missions``, ``assignments`` and
``checkins``, each a ``.csv`` file, to be imported in that order; the last with
``--create-dimensions --rounds-per-period 1``. An empty cell is no answer: it gives no line.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

MEASURES = ("job_satisfaction", "commitment", "readiness")
# Rounds of twelve weeks in the past, on Tuesdays; whoever reads this, they are over.
FIRST_ROUND = date(2025, 1, 7)
APART = timedelta(weeks=12)
OWNER = "BCT"
Record = dict[str, str]
Table = list[tuple[str, ...]]


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("Usage: python tools/univbct.py univbct.csv FOLDER\n")
        return 2
    source, folder = Path(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    with source.open(newline="", encoding="utf-8") as file:
        records = [record for record in csv.DictReader(file) if record["unit"].strip()]
    for kind, table in tables(records).items():
        write(folder / f"{kind}.csv", table)
        sys.stdout.write(f"{kind}: {len(table) - 1} lines\n")
    return 0


def tables(records: list[Record]) -> dict[str, Table]:
    """Every file, its header first, in the order of import."""
    return {
        "units": [("ref", "name"), (OWNER, "Brigade")],
        "people": [
            ("ref", "email", "first_name", "last_name", "unit", "roles"),
            *(
                (ref, f"{ref.lower()}@bct.example", "Person", ref, OWNER, "consultant")
                for ref in unique(person_ref(record) for record in records)
            ),
        ],
        "clients": [
            ("ref", "name", "kind", "unit"),
            *(
                (unit, f"Unit {unit}", "external", OWNER)
                for unit in unique(record["unit"] for record in records)
            ),
        ],
        "profiles": [
            ("ref", "name_fr", "name_en"),
            *(
                (profile, f"Bataillon {profile}", f"Battalion {profile}")
                for profile in unique(record["battalion"] for record in records)
            ),
        ],
        "missions": [("ref", "client", "profile", "title", "starts_on"), *missions(records)],
        "assignments": [("person", "mission", "starts_on", "share"), *assignments(records)],
        "checkins": [
            ("person", "mission", "round", "answered_on", "dimension", "value", "min", "max"),
            *answers(records),
        ],
    }


def missions(records: list[Record]) -> Iterator[tuple[str, ...]]:
    """One for each person at each unit."""
    stays = {mission_ref(record): record for record in records}
    for ref in sorted(stays):
        record = stays[ref]
        title = f"Person {record['person']} at unit {record['unit']}"
        yield ref, record["unit"], record["battalion"], title, FIRST_ROUND.isoformat()


def assignments(records: list[Record]) -> Iterator[tuple[str, ...]]:
    stays = {mission_ref(record): person_ref(record) for record in records}
    for ref in sorted(stays):
        yield stays[ref], ref, FIRST_ROUND.isoformat(), "100"


def answers(records: list[Record]) -> Iterator[tuple[str, ...]]:
    """One line for each rating given, on its own scale."""
    for record in records:
        day = (FIRST_ROUND + int(record["time"]) * APART).isoformat()
        for measure in MEASURES:
            value = record[measure].strip()
            if value:
                yield (
                    person_ref(record), mission_ref(record), day, day, measure, value, "1", "5",
                )  # fmt: skip


def person_ref(record: Record) -> str:
    return f"P{int(record['person']):04d}"


def mission_ref(record: Record) -> str:
    return f"{person_ref(record)}-{record['unit']}"


def unique(values: Iterable[str]) -> list[str]:
    return sorted(set(values))


def write(path: Path, table: Table) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
