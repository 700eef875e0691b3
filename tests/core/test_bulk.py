"""Rows put in at once are those that the ORM would have put in, on either database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from balancing.models import Load, LoadPass
from core.bulk import insert_rows
from core.models import JobRun
from tests import make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
JOB = ("name", "started_at", "finished_at", "state", "summary", "error")
LOAD = (
    "load_pass_id", "person_id", "load", "upper95", "share", "demanding_rounds",
    "exposed_rounds", "two_in_a_row", "compared", "above_zone", "over_share", "detail",
)  # fmt: skip


def job(text: str) -> tuple[Any, ...]:
    return (text, NOW, None, "done", text, text)


@pytest.mark.parametrize("text", ["", "é ’\t", "a\nb\r\\N", "\\.", "NULL", "%s, '); --"])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    insert_rows(JobRun, JOB, [job(text)])
    kept = JobRun.objects.get()
    assert (kept.name, kept.summary, kept.error) == (text, text, text)
    assert (kept.started_at, kept.finished_at) == (NOW, None)


def test_numbers_truths_and_json_come_back_as_they_were() -> None:
    made = LoadPass.objects.create(round=make.round_(), formula_version=1, made_at=NOW)
    person = make.person()
    third = 1 / 3
    row = (made.pk, person.pk, third, None, 100.0, 6, 13, True, False, True, False)
    insert_rows(Load, LOAD, [(*row, '[{"mission": 7, "days": 12.35}]')])
    kept = Load.objects.get()
    assert (kept.load, kept.upper95, kept.share) == (third, None, 100.0)
    assert (kept.two_in_a_row, kept.compared, kept.above_zone) == (True, False, True)
    assert kept.detail == [{"mission": 7, "days": 12.35}]
    assert Load.objects.filter(detail__0__mission=7, over_share=False).exists()


def test_rows_are_taken_one_by_one_in_one_query() -> None:
    with CaptureQueriesContext(connection) as found:
        insert_rows(JobRun, JOB, (job(f"{number}") for number in range(2_500)))
    assert len(found) == 1
    assert JobRun.objects.count() == 2_500


def test_no_row_is_no_error() -> None:
    insert_rows(JobRun, JOB, [])
    assert not JobRun.objects.exists()


def test_a_fault_of_the_rows_leaves_none() -> None:
    def until_it_dies() -> Iterator[tuple[Any, ...]]:
        yield job("first")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        insert_rows(JobRun, JOB, until_it_dies())
    assert not JobRun.objects.exists()


def test_a_refusal_of_the_database_is_djangos() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(JobRun, JOB, [job("first"), ("second", None, None, "done", "", "")])
    assert not JobRun.objects.exists()
