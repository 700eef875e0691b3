"""Running a job so that an administrator can see what it did, or why it failed."""

import logging
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import DatabaseError, IntegrityError, transaction

from core.models import JobRun

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Made = TypeVar("Made")


def place_of(error: BaseException) -> str:
    """Class of the error and the lines it passed through.

    Never its message or its locals: both may hold an answer.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return "\n".join([type(error).__name__, *lines[-12:]])


def run_job(name: str, work: Callable[[], str], *, now: datetime) -> str:
    """Run ``work`` and keep a row about it; a failure is recorded, then raised again.

    ``work`` holds its own transactions, one for each thing it does, so that a failure undoes
    that thing alone and no lock is kept for longer. It returns one sentence of summary; an empty
    one means that nothing was due, and then no row is kept: the list shows what happened.
    """
    try:
        summary = work()
    except Exception as error:
        log.error("job %s failed: %s", name, type(error).__name__)
        _keep(name, now, JobRun.State.FAILED, error=place_of(error))
        raise
    if summary:
        _keep(name, now, JobRun.State.DONE, summary=summary)
    return summary


def once(work: Callable[[], Made], *, done: Callable[[], bool]) -> Made | None:
    """Do ``work`` in a transaction of its own; None where another worker has done it first.

    Two workers may find the same thing due; the unique row that says "done" stops the second,
    and ``done`` tells that from any other broken constraint.
    """
    try:
        with transaction.atomic():
            return work()
    except IntegrityError:
        if done():
            return None
        raise


def each(items: Iterable[Item], work: Callable[[Item], Made | None]) -> list[Made]:
    """Do every item, whatever becomes of the others; the first failure is raised at the end.

    What another worker had done already (None) is left out.
    """
    made, failures = [], []
    for item in items:
        try:
            one = work(item)
        except Exception as error:  # noqa: BLE001 -- raised below, once the others had their turn
            failures.append(error)
            continue
        if one is not None:
            made.append(one)
    if failures:
        raise failures[0]
    return made


def _keep(name: str, now: datetime, state: str, *, summary: str = "", error: str = "") -> None:
    try:
        JobRun.objects.create(
            name=name,
            started_at=now,
            finished_at=now,
            state=state,
            summary=summary[:300],
            error=error,
        )
    except DatabaseError:
        log.exception("job %s: its outcome could not be kept", name)
