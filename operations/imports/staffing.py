"""Assignments and absences: dated rows, whose past is not edited."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.wording import percent
from missions.models import Absence, Assignment, Mission
from operations.imports.outcome import Desk, Line
from operations.imports.upsert import (
    Draft,
    Plan,
    by_ref,
    check_order,
    present,
    stored_by,
    unknown_message,
)

FULL = 100
Dated = Assignment | Absence


class Standing:
    """What will stand once the file is in: stored rows, and those of the file by line."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows: dict[Hashable, Any] = {row.pk: row for row in rows}
        self.lines: dict[int, Line] = {}

    def put(self, row: Any, line: Line) -> None:
        self.rows[row.pk or f"line {line.number}"] = row
        self.lines[id(row)] = line

    def grouped(self, *names: str) -> list[list[Any]]:
        """Rows that share these attributes, by first day; only where the file has a say."""
        groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        said = set()
        for row in self.rows.values():
            key = tuple(getattr(row, name) for name in names)
            groups[key].append(row)
            if id(row) in self.lines:
                said.add(key)
        return [
            sorted(groups[key], key=lambda row: row.starts_on) for key in groups if key in said
        ]

    def refuse_overlaps(self, groups: list[list[Any]], message: str, desk: Desk) -> None:
        for group in groups:
            for former, latter in pairwise(group):
                line = self.lines.get(id(latter)) or self.lines.get(id(former))
                if line is not None and latter.starts_on <= last_day(former):
                    desk.error(line, "starts_on", message)


def last_day(row: Dated) -> date:
    return row.ends_on or date.max


# --- assignments ------------------------------------------------------------------------------


def plan_assignments(lines: list[Line], desk: Desk) -> Plan:
    """Who is on which mission, from when, for which share."""
    people = by_ref(User, (line["person"] for line in lines if line.get("person")))
    missions = by_ref(Mission, (line["mission"] for line in lines if line.get("mission")))
    held = list(stored_by(Assignment, "person_id", [row.pk for row in people.values()]))
    stored = {(row.person_id, row.mission_id, row.starts_on): row for row in held}
    standing = Standing(held)
    plan = Plan(Assignment)
    for line in lines:
        person = _known(line, "person", people, desk)
        mission = _known(line, "mission", missions, desk)
        check_order(line, None, desk)
        if person is None or mission is None or not desk.accepts(line):
            continue
        row = stored.get((person.pk, mission.pk, line["starts_on"])) or Assignment(
            person=person, mission=mission, starts_on=line["starts_on"]
        )
        draft = Draft(line, _terms(line, mission))
        _check_past(draft, row, desk)
        _check_within(draft, person, mission, desk)
        if desk.accepts(line):
            standing.put(plan.add(draft, row), line)
    message = _("This person is already on this mission during these days.")
    standing.refuse_overlaps(standing.grouped("person_id", "mission_id"), message, desk)
    _warn_over_full(standing, desk)
    return plan


def _terms(line: Line, mission: Mission) -> dict[str, Any]:
    """End and share; an open end on a mission that ends is the mission's."""
    terms = present(line, "ends_on", "share")
    if "ends_on" in terms and terms["ends_on"] is None:
        terms["ends_on"] = mission.ends_on
    return terms


def _check_within(draft: Draft, person: User, mission: Mission, desk: Desk) -> None:
    """The mission's dates, and the person's."""
    line = draft.line
    first, last = line["starts_on"], draft.values.get("ends_on")
    if first < mission.starts_on:
        desk.error(line, "starts_on", _("The mission starts later than that."))
    if mission.ends_on and first > mission.ends_on:
        desk.error(line, "starts_on", _("The mission ends earlier than that."))
    elif mission.ends_on and last and last > mission.ends_on:
        desk.error(line, "ends_on", _("The mission ends earlier than that."))
    if person.ends_on and first > person.ends_on:
        desk.error(line, "starts_on", _("This person has left by then."))


def _warn_over_full(standing: Standing, desk: Desk) -> None:
    """More than all of somebody's time is warned of, not forbidden."""
    for held in standing.grouped("person_id"):
        for row in held:
            line = standing.lines.get(id(row))
            # A sum of shares can only rise on the first day of a row.
            day = row.starts_on
            total = sum(o.share for o in held if o.starts_on <= day <= last_day(o))
            if line is not None and total > FULL:
                message = _("With this, %(total)s of the person’s time is assigned.")
                desk.warn(line, "share", message % {"total": percent(total)})


# --- absences ---------------------------------------------------------------------------------


def plan_absences(lines: list[Line], desk: Desk) -> Plan:
    """Days on which somebody does not work."""
    people = by_ref(User, (line["person"] for line in lines if line.get("person")))
    held = list(stored_by(Absence, "person_id", [row.pk for row in people.values()]))
    stored = {(row.person_id, row.starts_on): row for row in held}
    standing = Standing(held)
    plan = Plan(Absence)
    for line in lines:
        person = _known(line, "person", people, desk)
        check_order(line, None, desk)
        if person is None or not desk.accepts(line):
            continue
        row = stored.get((person.pk, line["starts_on"])) or Absence(
            person=person, starts_on=line["starts_on"]
        )
        draft = Draft(line, present(line, "ends_on"))
        _check_past(draft, row, desk)
        if desk.accepts(line):
            standing.put(plan.add(draft, row), line)
    message = _("Another absence covers some of these days already.")
    standing.refuse_overlaps(standing.grouped("person_id"), message, desk)
    return plan


# --- both -------------------------------------------------------------------------------------


def _known(line: Line, column: str, rows: dict[str, Any], desk: Desk) -> Any:
    ref = line.get(column)
    if ref is not None and ref not in rows:
        desk.error(line, column, unknown_message(ref))
    return rows.get(ref)


def _check_past(draft: Draft, row: Dated, desk: Desk) -> None:
    """What has ended stays as it was; the file may still say the same about it."""
    if not row.pk or not row.has_ended(desk.today):
        return
    for column, value in draft.values.items():
        if value != getattr(row, column):
            desk.error(draft.line, column, _("This is over, and past dates are not edited."))
