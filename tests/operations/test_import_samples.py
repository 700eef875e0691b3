"""The sample files that the documentation shows are imported as they are."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import OrgUnit, User
from clients.models import Client, ClientRevenue, Contact
from missions.defaults import install_facts
from missions.models import Absence, Assignment, Mission, MissionProfile
from operations.imports.formats import FORMATS
from operations.imports.outcome import Outcome
from operations.imports.run import import_file
from surveys.defaults import install_questions
from tests import make

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


@pytest.fixture(autouse=True)
def _questions_and_facts(db: None) -> None:
    """What a fresh installation has."""
    install_facts()
    install_questions()


def bring_all(now: datetime) -> dict[str, Outcome]:
    return {kind: import_file(kind, SAMPLES / f"{kind}.csv", now=now) for kind in FORMATS}


def test_samples_come_in_and_a_second_time_changes_nothing(now: datetime) -> None:
    make.firm()
    for kind, outcome in bring_all(now).items():
        assert (outcome.errors, outcome.changed, outcome.unchanged) == ([], 0, 0), kind
        assert outcome.created == len((SAMPLES / f"{kind}.csv").read_text().splitlines()) - 1
    for kind, outcome in bring_all(now).items():
        assert (outcome.errors, outcome.created, outcome.changed) == ([], 0, 0), kind


def test_samples_are_stored_as_written(now: datetime) -> None:
    make.firm()
    bring_all(now)
    yao = User.objects.get(ref="P005")
    assert (yao.last_name, yao.unit.ref, yao.manager.ref) == ("N'Guessan-Kouamé", "SUD", "P003")
    assert (yao.is_consultant, yao.is_manager, str(yao.ends_on)) == (True, False, "2027-01-31")
    assert not yao.has_usable_password()
    assert OrgUnit.objects.get(ref="NORD").manager.ref == "P002"
    assert OrgUnit.objects.get(ref="NORD").parent.ref == "DIR"
    client = Client.objects.get(ref="C02")
    assert (client.name, client.unit.ref, client.account_manager.ref) == (
        "Noël & Fils", "SUD", "P003",
    )  # fmt: skip
    assert list(Client.objects.matching("noel")) == [client]
    said = list(Contact.objects.values_list("client__ref", "name", "language"))
    assert said == [("C01", "Hélène Vasseur", "fr"), ("C01", "Tom Baker", "en")]
    mission = Mission.objects.get(ref="M001")
    assert set(mission.facts.values_list("code", flat=True)) == {"on_call", "night_weekend"}
    assert (mission.client.ref, mission.profile.ref) == ("C01", "RUN")
    assert MissionProfile.objects.get(ref="RUN").name_en == "Operations"
    assert Assignment.objects.get(person__ref="P004", mission__ref="M001").share == 80
    assert Absence.objects.count() == 2
    paid = ClientRevenue.objects.order_by("client__ref", "month").values_list("amount", flat=True)
    assert [str(amount) for amount in paid] == ["48200.00", "51350.50", "0.00"]


def test_command_prints_exactly_the_four_keys() -> None:
    out = StringIO()
    call_command("import_data", "profiles", SAMPLES / "profiles.csv", format="json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "created": 2, "changed": 0, "unchanged": 0, "errors": [],
    }  # fmt: skip
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("import_data", "clients", SAMPLES / "clients.csv", format="json", stdout=out)
    said = json.loads(out.getvalue())
    assert stopped.value.code == 1
    assert said["created"] == 0
    assert {(error["line"], error["column"]) for error in said["errors"]} >= {(2, "unit")}
    assert set(said["errors"][0]) == {"line", "column", "message"}
    assert not Client.objects.exists()


def test_dry_run_counts_and_writes_nothing() -> None:
    out = StringIO()
    call_command("import_data", "units", SAMPLES / "units.csv", dry_run=True, stdout=out,
                 stderr=StringIO())  # fmt: skip
    assert "3" in out.getvalue()
    assert not OrgUnit.objects.exists()
