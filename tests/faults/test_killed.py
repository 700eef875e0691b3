"""A worker killed at any of these points, then run again, leaves what an unharmed one leaves."""

from typing import Any

import pytest

from balancing import compute
from balancing.models import Load, LoadPass, MissionDemand
from core.bulk import insert_rows
from followup.models import AlertMove, AlertPass
from operations.due import run_due
from scoring.maths import posterior, reml
from scoring.models import (
    Decline,
    Participation,
    Release,
    ReleasedCell,
    ReleaseMembers,
    Score,
    Scoring,
    VarianceFit,
    WarningPass,
)
from surveys.models import Period, Round
from tests import simulated
from tests.house.tables import rows

# The moment after each of these writes, by the manager's method that does it (or `core.bulk`'s).
POINTS = {
    "periods made ahead": (Period, "create"),
    "their rounds": (Round, "bulk_create"),
    "shares counted": (Participation, "bulk_create"),
    "scoring begun": (Scoring, "create"),
    "scores kept": (Score, "bulk_create"),
    "release begun": (Release, "create"),
    "cells frozen": (ReleasedCell, "bulk_create"),
    "members kept": (ReleaseMembers, "create"),
    "warning pass begun": (WarningPass, "create"),
    "load pass begun": (LoadPass, "create"),
    "demands kept": (MissionDemand, "insert_rows"),
    "loads kept": (Load, "insert_rows"),
    "alert pass begun": (AlertPass, "create"),
}


class Killed(BaseException):
    """As the machine does it: nothing in the product may catch this."""


def dying(write: Any) -> Any:
    """The write happens, and then the worker is no more."""

    def call(*args: Any, **kwargs: Any) -> Any:
        write(*args, **kwargs)
        raise Killed

    return call


def kill(patch: pytest.MonkeyPatch, model: Any, method: str) -> None:
    """Let the worker die once these rows are written."""
    if method != "insert_rows":
        patch.setattr(model.objects, method, dying(getattr(model.objects, method)))
        return

    def call(into: Any, *args: Any) -> None:
        insert_rows(into, *args)
        if into is model:
            raise Killed

    patch.setattr(compute, method, call)


def firm() -> simulated.Simulated:
    return simulated.firm(people=16, clients=2, periods=2, rounds=1)


@pytest.mark.django_db
@pytest.mark.parametrize("point", POINTS)
def test_killed_there_and_run_again(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = firm()
    model, method = POINTS[point]
    with monkeypatch.context() as patch:
        kill(patch, model, method)
        with pytest.raises(Killed):
            run_due(now=made.after)
    assert not model.objects.filter(pk__in=_begun(model)).exists()
    run_due(now=made.after)
    assert not Scoring.objects.exists()
    assert Release.objects.count() == 2
    assert ReleaseMembers.objects.count() == 2
    assert WarningPass.objects.count() == 2
    assert LoadPass.objects.count() == AlertPass.objects.count() == 2
    assert Participation.objects.filter(unit=None).count() == 2
    assert AlertMove.objects.count() == _opened()
    before = rows()
    assert run_due(now=made.after) == []
    assert rows() == before


def _begun(model: Any) -> list[int]:
    """Half-made rows: those of the step that was killed. Their transaction went with it."""
    if model in (Period, Round):
        return list(model.objects.filter(closes_at=None).values_list("pk", flat=True))
    return list(model.objects.values_list("pk", flat=True))


def _opened() -> int:
    return AlertMove.objects.filter(kind=AlertMove.Kind.OPENED).count()


@pytest.mark.django_db
def test_the_rows_are_those_of_a_worker_that_was_not_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same firm, killed at every point in turn, against one run without a death."""
    made = firm()
    for model, method in POINTS.values():
        with monkeypatch.context() as patch:
            kill(patch, model, method)
            with pytest.raises(Killed):
                run_due(now=made.after)
    run_due(now=made.after)
    harmed = rows(keys=False)
    _forget()
    run_due(now=made.after)
    unharmed = rows(keys=False)
    assert harmed == unharmed


def _forget() -> None:
    for model in (
        AlertMove, AlertPass, Load, LoadPass, Decline, WarningPass, ReleaseMembers, ReleasedCell,
        Release, Participation,
    ):  # fmt: skip
        model.objects.all().delete()


@pytest.mark.django_db
def test_a_fit_goes_on_where_a_killed_worker_had_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large firm each dimension takes minutes: what was found is not sought again."""
    made = firm()
    monkeypatch.setattr(posterior, "ENOUGH_CLIENTS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(
            VarianceFit.objects, "update_or_create", dying(VarianceFit.objects.update_or_create)
        )
        with pytest.raises(Killed):
            run_due(now=made.after)
    assert not Scoring.objects.exists()
    kept = VarianceFit.objects.get()
    assert kept.theta
    started, estimate = [], reml.estimate

    def watched(*args: Any, start: Any = None, **kwargs: Any) -> reml.Fit:
        started.append(start)
        return estimate(*args, start=start, **kwargs)

    monkeypatch.setattr(reml, "estimate", watched)
    run_due(now=made.after)
    assert kept.theta in started
    assert not VarianceFit.objects.exists()
    assert Release.objects.count() == 2
