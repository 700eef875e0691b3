"""The real data set from its file to the figures: who is released, who is withheld, and why."""

import csv
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest

from balancing.models import LoadPass
from clients.models import Client
from operations import due
from operations.imports.formats import FORMATS
from operations.imports.outcome import Options
from operations.imports.run import import_file
from scoring.models import Release, ReleasedCell
from scoring.publication import OVERALL, Scope, SystemViewer, figure, published, published_periods
from surveys.models import Round
from tests import make
from tools import univbct

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]
OPTIONS = Options(create_dimensions=True, rounds_per_period=1)
Counts = dict[tuple[date, str], set[str]]


@pytest.fixture
def released(reference_data: Path, tmp_path: Path, now: datetime) -> Counts:
    """Everything imported and every close replayed; returns who had an overall score where."""
    make.firm(first_round_on=univbct.FIRST_ROUND)
    source = reference_data / "univbct.csv"
    univbct.main([str(source), str(tmp_path)])
    for kind in (kind for kind in FORMATS if (tmp_path / f"{kind}.csv").exists()):
        assert import_file(kind, tmp_path / f"{kind}.csv", now=now, options=OPTIONS).ok, kind
    for closes_at in Round.objects.filter(closes_at__lte=now).values_list("closes_at", flat=True):
        due.run_due(now=closes_at)
    return people_with_overall(source)


def people_with_overall(source: Path) -> Counts:
    """Counted straight from the file: two of the three measures make an overall score."""
    found: Counts = defaultdict(set)
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if sum(bool(row[name].strip()) for name in univbct.MEASURES) >= 2:
                day = univbct.FIRST_ROUND + univbct.APART * int(row["time"])
                found[day, row["unit"]].add(row["person"])
    return found


def test_real_data_from_file_to_figures(released: Counts) -> None:
    periods = published_periods()
    assert [p.starts_on for p in reversed(periods)] == [
        univbct.FIRST_ROUND + univbct.APART * time for time in range(3)
    ]
    assert [p.first for p in periods] == [False, False, True]
    cells = published(viewer=SystemViewer("test"), periods=[p.id for p in periods])
    for period in periods:
        causes = dict(
            ReleasedCell.objects.filter(
                release__period=period.id, kind="client", dimension=OVERALL
            ).values_list("ref", "cause")
        )
        assert len(causes) == 43
        for client in Client.objects.all():
            people = len(released[period.starts_on, client.ref])
            cell = figure(cells, period.id, Scope("client", client.ref))
            # Why: fewer than five people; or five and more, but joined to the others so that
            # what is left of the brigade still holds five, or the audit objected.
            small = {"people", "no_answers"}
            expected = small if people < 5 else {"", "remainder", "one_end", "audit"}
            assert causes[client.ref] in expected, (period.starts_on, client.ref, people)
            assert cell.withheld == bool(causes[client.ref])
            if not cell.withheld:
                lowest, _, highest = cell.band.partition("-")
                assert int(lowest.rstrip("+")) <= people
                assert not highest or people <= int(highest)
        shown = [ref for ref, cause in causes.items() if not cause]
        assert len(shown) >= 20
        left = [
            people
            for (day, unit), people in released.items()
            if day == period.starts_on and unit not in shown
        ]
        assert len(set().union(*left)) >= 5 or not left


def test_real_data_tells_the_audit_that_nobody_is_determined(released: Counts) -> None:
    for release in Release.objects.all():
        assert release.state == Release.State.PUBLISHED
        how = "rank and linear programs, all dimensions jointly"
        assert release.made["audit"]["how"] == how
        # One answer a person in the first period: what cannot be told apart is named.
    first = Release.objects.get(first=True)
    assert "mission" in first.made["dimensions"][OVERALL]["dropped"]


def test_real_data_gives_loads_without_false_alarms(released: Counts) -> None:
    """Nobody has a demanding mission more than others: one mission each, no declared fact."""
    passes = LoadPass.objects.all()
    assert len(passes) == 3
    assert not any(one.loads.filter(over_share=True).exists() for one in passes)
