"""Past check-ins: what may come in, and what is never repeated."""

import io
import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from operations.imports.outcome import Options, Outcome
from operations.imports.run import import_file
from operations.imports.source import Source
from surveys.models import Dimension, Period, Round
from surveys.models.answers import CheckIn
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "person,mission,round,answered_on,dimension,value,min,max\n"
SECRET = "4.8765"


@pytest.fixture(autouse=True)
def _firm() -> None:
    make.firm()
    make.assignment(person=make.person(ref="P1"), mission=make.mission(ref="M1"))
    Dimension.objects.get_or_create(code="load", defaults={"name_fr": "C", "name_en": "L"})


def bring(body: str, now: datetime, **options: object) -> Outcome:
    stream = io.BytesIO((HEAD + body).encode())
    return import_file("checkins", Source("c.csv", stream), now=now, options=Options(**options))


def line(**rest: str) -> str:
    values = {
        "person": "P1", "mission": "M1", "round": "2026-02-03", "answered_on": "2026-02-05",
        "dimension": "load", "value": "2", "min": "1", "max": "5",
    } | rest  # fmt: skip
    return ",".join(values.values()) + "\n"


def test_scale_is_kept_and_converted(now: datetime) -> None:
    outcome = bring(
        line()
        + line(round="2026-03-03", answered_on="2026-03-03", value="7.5", min="10", max="0"),
        now,
    )
    assert outcome.counts == {"created": 2, "changed": 0, "unchanged": 0}
    first, second = CheckIn.objects.order_by("round__starts_on")
    (code,) = first.answers
    assert (first.answers[code], first.raw[code]) == (25, [2, 1, 5])
    assert second.answers == {code: 25}


def test_again_and_corrected(now: datetime) -> None:
    bring(line(), now)
    assert bring(line(), now).counts == {"created": 0, "changed": 0, "unchanged": 1}
    assert bring(line(value="3"), now).counts == {"created": 0, "changed": 1, "unchanged": 0}
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"person": SECRET}, "person"),
        ({"mission": SECRET}, "mission"),
        ({"round": SECRET}, "round"),
        ({"round": "2027-02-02", "answered_on": "2027-02-02"}, "round"),
        ({"answered_on": "2026-02-02"}, "answered_on"),
        ({"answered_on": "2026-03-04"}, "answered_on"),
        ({"dimension": SECRET}, "dimension"),
        ({"value": SECRET + "9"}, "value"),
        ({"value": f"={SECRET}"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "1e3"}, "value"),
        ({"value": ""}, "value"),
        ({"min": SECRET, "max": SECRET}, "max"),
    ],
)
def test_errors_name_line_and_column_never_the_value(
    change: dict[str, str], column: str, now: datetime
) -> None:
    if change.get("value") == SECRET + "9":
        change = change | {"max": "4"}
    outcome = bring(line(round="2026-01-06", answered_on="2026-01-06") + line(**change), now)
    assert [(problem.line, problem.column) for problem in outcome.errors] == [(3, column)]
    told = json.dumps(outcome.as_json()) + str(outcome.warnings) + str(outcome.lines)
    assert SECRET not in told
    assert outcome.counts == {"created": 0, "changed": 0, "unchanged": 0}
    assert not CheckIn.objects.exists()
    assert not Round.objects.exists()


def test_same_answer_twice_in_one_file(now: datetime) -> None:
    outcome = bring(line() + line(value="3"), now)
    assert [(problem.line, problem.column) for problem in outcome.errors] == [(3, "person")]


def test_new_dimension_on_demand_alone(now: datetime) -> None:
    assert bring(line(dimension="mood"), now).errors
    outcome = bring(line(dimension="mood"), now, create_dimensions=True)
    assert outcome.created == 1
    assert Dimension.objects.get(code="mood").name_en == "mood"


def test_dry_run_counts_and_leaves_nothing(now: datetime) -> None:
    outcome = bring(line(dimension="mood"), now, create_dimensions=True, dry_run=True)
    assert outcome.counts == {"created": 1, "changed": 0, "unchanged": 0}
    assert not CheckIn.objects.exists()
    assert not Round.objects.exists()
    assert not Dimension.objects.filter(code="mood").exists()


def test_rounds_make_periods_of_the_size_asked_for(now: datetime) -> None:
    days = ("2026-01-06", "2026-02-03", "2026-03-03")
    bring("".join(line(round=day, answered_on=day) for day in days), now, rounds_per_period=1)
    assert Period.objects.count() == 3
    assert Round.objects.get(starts_on=date(2026, 2, 3)).closes_at <= now


def test_unassigned_person_is_warned_of_once(now: datetime) -> None:
    make.person(ref="P2")
    body = line(person="P2") + line(person="P2", round="2026-03-03", answered_on="2026-03-03")
    outcome = bring(body, now)
    assert outcome.errors == []
    assert [(warning.line, warning.column) for warning in outcome.warnings] == [(2, "mission")]


def test_command_brings_check_ins_in(tmp_path: Path) -> None:
    path = tmp_path / "checkins.csv"
    path.write_text(HEAD + line() + line(dimension="mood"), encoding="utf-8")
    out = StringIO()
    call_command(
        "import_data", "checkins", path, create_dimensions=True, format="json", stdout=out
    )
    assert json.loads(out.getvalue())["created"] == 2
    assert set(json.loads(out.getvalue())) == {"created", "changed", "unchanged", "errors"}
