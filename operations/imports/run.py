"""The one entry to imports: a file in, an outcome out, everything or nothing written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from operations.imports import formats, past, people, portfolio, skills, staffing, units
from operations.imports.lines import read_lines
from operations.imports.outcome import Desk, FileRefusedError, Line, Options, Outcome
from operations.imports.source import Source, rows_of
from operations.imports.trace import note_changes, note_file
from operations.imports.upsert import Plan

Planner = Callable[[list[Line], Desk], Plan]
PLANNERS: dict[str, Planner] = {
    "units": units.plan_units,
    "people": people.plan_people,
    "clients": portfolio.plan_clients,
    "contacts": portfolio.plan_contacts,
    "profiles": portfolio.plan_profiles,
    "skills": skills.plan_skills,
    "levels": skills.plan_levels,
    "missions": portfolio.plan_missions,
    "assignments": staffing.plan_assignments,
    "absences": staffing.plan_absences,
    "revenue": portfolio.plan_revenue,
}
DEFAULTS = Options()


def import_file(
    kind: str,
    file: Path | str | Source,
    *,
    now: datetime,
    options: Options = DEFAULTS,
    actor: User | None = None,
) -> Outcome:
    """Bring a file in; ``kind`` is one of ``formats.FORMATS``.

    Nothing is written by a dry run, nor when any line is in error. Raises ``OSError`` when a
    path cannot be opened; whatever is wrong inside the file is told in the outcome.
    """
    with _opened(file) as source:
        desk = Desk(
            now=now,
            today=localdate(now),
            options=options,
            private=formats.FORMATS[kind].private,
            actor=actor,
        )
        outcome = Outcome(kind, errors=desk.errors, warnings=desk.warnings)
        try:
            with transaction.atomic():
                _run(outcome, source, desk)
        except FileRefusedError as refusal:
            desk.errors.append(refusal.problem)
        except IntegrityError:
            message = _(
                "Somebody changed the same rows meanwhile. Nothing was written: try again."
            )
            desk.error(1, "", message)
        if outcome.errors and not options.dry_run:
            outcome.created = outcome.changed = outcome.unchanged = 0
        desk.errors.sort(key=lambda problem: problem.line)
        desk.warnings.sort(key=lambda problem: problem.line)
        return outcome


@contextmanager
def _opened(file: Path | str | Source) -> Iterator[Source]:
    if isinstance(file, Source):
        yield file
        return
    with Path(file).open("rb") as stream:
        yield Source(Path(file).name, stream)


def _run(outcome: Outcome, source: Source, desk: Desk) -> None:
    if desk.private:
        counts = past.import_check_ins(source, desk)
        outcome.created, outcome.changed, outcome.unchanged = counts
    else:
        _run_plan(outcome, source, desk)
    if outcome.ok and not desk.options.dry_run:
        note_file(outcome, actor=desk.actor, now=desk.now)


def _run_plan(outcome: Outcome, source: Source, desk: Desk) -> None:
    rows = rows_of(source, desk)
    lines = list(read_lines(_keeping_header(rows, outcome), formats.FORMATS[outcome.kind], desk))
    outcome.lines = lines
    plan = PLANNERS[outcome.kind](lines, desk)
    outcome.created = len(plan.created)
    outcome.changed = len(plan.changed)
    outcome.unchanged = plan.unchanged
    if outcome.ok and not desk.options.dry_run:
        plan.write()
        note_changes(plan, kind=outcome.kind, actor=desk.actor, now=desk.now)


def _keeping_header(
    rows: Iterator[tuple[int, list[str]]], outcome: Outcome
) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        if not outcome.header:
            outcome.header = cells
        yield number, cells
