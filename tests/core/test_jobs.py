"""Jobs leave a row that says what they did, or where they failed: never a value."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import OrgUnit
from core.jobs import each, once, place_of, run_job
from core.models import HEARTBEAT, JobRun
from tests import make

pytestmark = pytest.mark.django_db
SECRET = "43.377"


@transaction.atomic
def broken() -> str:
    """A piece of work in a transaction of its own, as the steps of a job are."""
    make.unit(ref="LOST")
    answer = SECRET
    raise ValueError(answer)


def test_a_job_that_did_something_says_what(now: datetime) -> None:
    assert run_job("scores", lambda: "1 period(s) scored", now=now) == "1 period(s) scored"
    row = JobRun.objects.get()
    assert (row.name, row.state, row.summary, row.error) == (
        "scores",
        JobRun.State.DONE,
        "1 period(s) scored",
        "",
    )
    assert row.started_at == now
    assert str(row) == "scores done"


def test_a_job_with_nothing_to_do_leaves_no_row(now: datetime) -> None:
    assert run_job("scores", str, now=now) == ""
    assert not JobRun.objects.exists()


def test_a_failed_job_tells_the_place_alone(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ValueError, match=SECRET):
        run_job("scores", broken, now=now)
    row = JobRun.objects.get()
    assert row.state == JobRun.State.FAILED
    assert row.error.startswith("ValueError\n")
    assert "test_jobs.py" in row.error
    assert "broken" in row.error
    assert SECRET not in row.error + row.summary + caplog.text


def test_a_killed_worker_leaves_neither_work_nor_row(now: datetime) -> None:
    @transaction.atomic
    def killed() -> str:
        make.unit()
        raise SystemExit

    with pytest.raises(SystemExit):
        run_job("scores", killed, now=now)
    assert not OrgUnit.objects.exists()
    assert not JobRun.objects.exists()


def test_a_database_that_goes_away_does_not_hide_the_fault(
    now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(**row: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(JobRun.objects, "create", away)
    with pytest.raises(ValueError, match=SECRET):
        run_job("scores", broken, now=now)
    assert "its outcome could not be kept" in caplog.text


def test_a_long_way_is_cut_to_its_end() -> None:
    def down(depth: int) -> None:
        if depth:
            down(depth - 1)
        raise KeyError

    with pytest.raises(KeyError) as found:
        down(30)
    assert len(place_of(found.value).splitlines()) == 13


def test_work_is_done_once() -> None:
    def work() -> OrgUnit:
        return make.unit(ref="ONE")

    is_there = OrgUnit.objects.filter(ref="ONE").exists
    assert once(work, done=is_there) is not None
    assert once(work, done=is_there) is None
    assert OrgUnit.objects.count() == 1


def test_another_fault_is_not_taken_for_another_worker() -> None:
    make.unit(ref="ONE")
    with pytest.raises(IntegrityError):
        once(lambda: make.unit(ref="ONE"), done=lambda: False)


def test_one_row_tells_that_the_worker_lives(now: datetime) -> None:
    assert not JobRun.alive(now)
    JobRun.beat(now - timedelta(minutes=5))
    assert not JobRun.alive(now - timedelta(seconds=30))
    JobRun.beat(now)
    assert JobRun.alive(now - timedelta(seconds=30))
    assert JobRun.objects.filter(name=HEARTBEAT).count() == 1


def test_each_item_has_its_turn_whatever_becomes_of_the_others() -> None:
    done = []

    def work(item: int) -> int | None:
        if item == 2:
            raise LookupError("second")
        done.append(item)
        return item if item != 3 else None

    with pytest.raises(LookupError, match="second"):
        each([1, 2, 3, 4], work)
    assert done == [1, 3, 4]
    assert each([1, 3, 4], work) == [1, 4]
