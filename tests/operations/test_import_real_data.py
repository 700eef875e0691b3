"""The real data set, brought in by its converter and the command line's importer."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from accounts.models import User
from clients.models import Client
from missions.models import MissionProfile
from operations.imports.formats import FORMATS
from operations.imports.outcome import Options
from operations.imports.run import import_file
from surveys.models import Period, Round
from surveys.models.answers import CheckIn
from tests import make
from tools import univbct

pytestmark = pytest.mark.django_db
OPTIONS = Options(create_dimensions=True, rounds_per_period=1)


def test_every_answer_of_the_real_data_is_stored(
    reference_data: Path, tmp_path: Path, now: datetime
) -> None:
    make.firm()
    source = reference_data / "univbct.csv"
    assert univbct.main([str(source), str(tmp_path)]) == 0
    files = [kind for kind in FORMATS if (tmp_path / f"{kind}.csv").exists()]
    for kind in files:
        outcome = import_file(kind, tmp_path / f"{kind}.csv", now=now, options=OPTIONS)
        assert (outcome.errors, outcome.warnings) == ([], []), kind
    with source.open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    told = sum(bool(record[name].strip()) for record in records for name in univbct.MEASURES)
    assert outcome.created == told == 4191
    assert sum(len(row.answers) for row in CheckIn.objects.all()) == told
    assert (User.objects.count(), Client.objects.count()) == (495, 43)
    assert MissionProfile.objects.count() == 16
    assert (Period.objects.count(), Round.objects.count()) == (3, 3)
    again = import_file("checkins", tmp_path / "checkins.csv", now=now, options=OPTIONS)
    assert (again.created, again.changed, again.unchanged) == (0, 0, told)


def test_converter_is_deterministic_and_skips_empty_cells(tmp_path: Path) -> None:
    source = tmp_path / "univbct.csv"
    source.write_text(
        "person,battalion,company,unit,time,job_satisfaction,commitment,readiness\n"
        "7,1022,HHC,1022-HHC,0,   1.666667,,       2.75\n"
        "7,1022,HHC,1022-HHC,2,,,\n",
        encoding="utf-8",
    )
    univbct.main([str(source), str(tmp_path / "a")])
    univbct.main([str(source), str(tmp_path / "b")])
    for kind in ("people", "missions", "checkins"):
        name = f"{kind}.csv"
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / "checkins.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "P0007,P0007-1022-HHC,2025-01-07,2025-01-07,job_satisfaction,1.666667,1,5",
        "P0007,P0007-1022-HHC,2025-01-07,2025-01-07,readiness,2.75,1,5",
    ]
