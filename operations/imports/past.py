"""Past check-ins: read line by line, never repeated, never counted by anything but lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import FirmSettings, User
from missions.models import Assignment, Mission
from operations.imports.formats import CHECKINS
from operations.imports.lines import read_lines
from operations.imports.outcome import Desk, Line
from operations.imports.source import Source, rows_of
from surveys.models import Dimension
from surveys.past import PastAnswer, import_past, not_past

CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}", re.ASCII)
Spans = list[tuple[date, date]]


def import_check_ins(source: Source, desk: Desk) -> tuple[int, int, int]:
    """Created, changed and unchanged answers; all is taken back on an error or a dry run."""
    firm = FirmSettings.current()
    known = Known.load(firm)
    counts = import_past(
        _answers(source, known, desk),
        rounds_per_period=desk.options.rounds_per_period or firm.rounds_per_period,
        now=desk.now,
    )
    if desk.errors or desk.options.dry_run:
        transaction.set_rollback(True)
    return counts.created, counts.changed, counts.unchanged


@dataclass(slots=True)
class Known:
    """What the lines may name, loaded once."""

    people: dict[str, int]
    missions: dict[str, int]
    dimensions: set[str]
    spans: dict[tuple[int, int], Spans]
    cadence: timedelta
    told: set[tuple[int, int]] = field(default_factory=set)
    _past: dict[date, bool] = field(default_factory=dict)

    @classmethod
    def load(cls, firm: FirmSettings) -> "Known":
        spans: dict[tuple[int, int], Spans] = {}
        rows = Assignment.objects.order_by("pk")
        for person, mission, first, last in rows.values_list(
            "person_id", "mission_id", "starts_on", "ends_on"
        ):
            spans.setdefault((person, mission), []).append((first, last or date.max))
        return cls(
            people=dict(User.objects.order_by("pk").values_list("ref", "pk")),
            missions=dict(Mission.objects.order_by("pk").values_list("ref", "pk")),
            dimensions=set(Dimension.objects.order_by("pk").values_list("code", flat=True)),
            spans=spans,
            cadence=timedelta(weeks=firm.cadence_weeks),
        )

    def is_past(self, day: date, now: datetime) -> bool:
        """May answers of this round be brought in? Asked once for a round."""
        if day not in self._past:
            self._past[day] = not not_past([day], now=now)
        return self._past[day]


def _answers(source: Source, known: Known, desk: Desk) -> Iterator[PastAnswer]:
    """The answers of the lines without error; the others are written down by line and column."""
    for line in read_lines(rows_of(source, desk), CHECKINS, desk):
        if line.faulty:
            continue
        _check_refs(line, known, desk)
        _check_dates(line, known, desk)
        _check_scale(line, desk)
        _check_dimension(line, known, desk)
        if desk.accepts(line):
            answer = _answer(line, known)
            _warn_unassigned(line, answer, known, desk)
            yield answer


def _check_refs(line: Line, known: Known, desk: Desk) -> None:
    if line["person"] not in known.people:
        desk.error(line, "person", _("This person is not known. Import people first."))
    if line["mission"] not in known.missions:
        desk.error(line, "mission", _("This mission is not known. Import missions first."))


def _check_dates(line: Line, known: Known, desk: Desk) -> None:
    """Rounds that are over, and answers given while they ran."""
    if not known.is_past(line["round"], desk.now):
        desk.error(line, "round", _("Only rounds that are over can be imported."))
    elif not line["round"] <= line["answered_on"] < line["round"] + known.cadence:
        message = _("A day between the first day of the round and the next round is expected.")
        desk.error(line, "answered_on", message)
    elif line["answered_on"] > desk.today:
        desk.error(line, "answered_on", _("This day has not come yet."))


def _check_scale(line: Line, desk: Desk) -> None:
    worst, best = line["min"], line["max"]
    if worst == best:
        desk.error(line, "max", _("The best value is expected to differ from the worst."))
    elif not min(worst, best) <= line["value"] <= max(worst, best):
        desk.error(line, "value", _("A value between the worst and the best is expected."))


def _check_dimension(line: Line, known: Known, desk: Desk) -> None:
    code = line["dimension"]
    if code in known.dimensions:
        return
    if not desk.options.create_dimensions:
        message = _("This dimension is not known. Add --create-dimensions to make new ones.")
        desk.error(line, "dimension", message)
    elif not CODE.fullmatch(code):
        message = _("A code of letters, digits, hyphens and underscores is expected.")
        desk.error(line, "dimension", message)
    else:
        last = Dimension.objects.order_by("position").last()
        position = last.position + 1 if last else 1
        Dimension.objects.create(code=code, name_fr=code, name_en=code, position=position)
        known.dimensions.add(code)


def _answer(line: Line, known: Known) -> PastAnswer:
    return PastAnswer(
        person_id=known.people[line["person"]],
        mission_id=known.missions[line["mission"]],
        round_on=line["round"],
        answered_on=line["answered_on"],
        dimension=line["dimension"],
        value=line["value"],
        minimum=line["min"],
        maximum=line["max"],
    )


def _warn_unassigned(line: Line, answer: PastAnswer, known: Known, desk: Desk) -> None:
    """Once for a person and a mission: they may have been staffed elsewhere at the time."""
    pair = (answer.person_id, answer.mission_id)
    if pair in known.told:
        return
    spans = known.spans.get(pair, [])
    if not any(first <= answer.answered_on <= last for first, last in spans):
        known.told.add(pair)
        desk.warn(line, "mission", _("The person was not assigned to this mission that day."))
