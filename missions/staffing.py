"""Who works on what: putting people on missions, and reading it by day.

Past dates are not edited: a started assignment keeps its first day, and a new share of time
is a new row from today on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from clients.history import differences, first_values
from clients.models import Client
from missions.models import Assignment, AssignmentQuerySet, Mission, MissionQuerySet

FULL_TIME = 100
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """Dates and share of an assignment; ``ends_on`` is its last day, None if open."""

    starts_on: date
    ends_on: date | None
    share: int


@dataclass(frozen=True, slots=True)
class Overload:
    """Days on which a person's shares add up to more than their time."""

    share: int
    first: date
    last: date | None


# --- reading ---------------------------------------------------------------------------------


def people_at_client(client: Client, day: date) -> int:
    """How many people work there that day: staffing, never how many answered."""
    return Client.objects.filter(pk=client.pk).working(day).get(client.pk, 0)


def current_assignments(person: User, day: date) -> AssignmentQuerySet:
    """What a person works on that day, with mission, client and profile."""
    rows = Assignment.objects.filter(person=person).during(day, day)
    return rows.select_related("mission__client", "mission__profile")


def missions_of(person: User, first: date, last: date) -> MissionQuerySet:
    """Missions on which the person works at least one day of the closed interval."""
    rows = Assignment.objects.filter(person=person).during(first, last)
    return Mission.objects.filter(pk__in=rows.values("mission"))


def overload(person: User, terms: Terms) -> Overload | None:
    """The highest total of shares above 100 % within these dates, where there is one."""
    last = terms.ends_on or date.max
    rows = list(Assignment.objects.filter(person=person).during(terms.starts_on, last))
    days = sorted({max(row.starts_on, terms.starts_on) for row in rows})
    peak = max(days, key=lambda day: _total(rows, day), default=None)
    if peak is None or _total(rows, peak) <= FULL_TIME:
        return None
    return Overload(_total(rows, peak), peak, _last_day_of(rows, peak))


def _total(rows: Iterable[Assignment], day: date) -> int:
    return sum(row.share for row in rows if row.starts_on <= day and not row.has_ended(day))


def _last_day_of(rows: Iterable[Assignment], peak: date) -> date | None:
    """Until when nothing changes after that day."""
    ends = [row.ends_on for row in rows if row.ends_on and row.ends_on >= peak]
    starts = [row.starts_on - ONE_DAY for row in rows if row.starts_on > peak]
    return min(ends + starts, default=None)


# --- changing --------------------------------------------------------------------------------


def assign(
    *, person: User, mission: Mission, terms: Terms, actor: User | None, now: datetime
) -> Assignment:
    """Put a person on a mission. An open end on a mission that ends is the mission's."""
    row = Assignment(
        person=person,
        mission=mission,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on or mission.ends_on,
        share=terms.share,
    )
    with transaction.atomic():
        _lock(person)
        _refuse_before_today({"ends_on": row.ends_on}, localdate(now))
        _check(row)
        row.save(force_insert=True)
        _write("create", row, first_values(row), actor, now)
    return row


def reshape(
    *, assignment: Assignment, terms: Terms, actor: User | None, now: datetime
) -> Assignment:
    """Change dates or share. A new share of a started assignment is a new row from today."""
    today = localdate(now)
    with transaction.atomic():
        row = _locked(assignment)
        refuse_frozen(row, terms, today)
        if row.starts_on < today and terms.share != row.share:
            return _split(row, terms, actor, now)
        before = Assignment.objects.get(pk=row.pk)
        row.starts_on, row.share = terms.starts_on, terms.share
        row.ends_on = terms.ends_on or row.mission.ends_on
        _check(row)
        _keep(before, row, actor, now)
    return row


def end_assignment(
    *, assignment: Assignment, last_day: date, actor: User | None, now: datetime
) -> Assignment:
    """Give it a last day: today or later, within the mission."""
    terms = Terms(assignment.starts_on, last_day, assignment.share)
    return reshape(assignment=assignment, terms=terms, actor=actor, now=now)


def cancel_assignment(*, assignment: Assignment, actor: User | None, now: datetime) -> None:
    """Take away an assignment that has not started."""
    with transaction.atomic():
        row = _locked(assignment)
        if row.has_started(localdate(now)):
            raise ValidationError(_("This assignment has started: give it a last day instead."))
        _write("remove", row, {}, actor, now)
        row.delete()


def frozen_fields(row: Assignment, today: date) -> set[str]:
    """Fields that are past, and so fixed."""
    frozen = {"starts_on"} if row.has_started(today) else set()
    return frozen | ({"ends_on", "share"} if row.has_ended(today) else set())


def refuse_frozen(row: Assignment, terms: Terms, today: date) -> None:
    """Raise errors by field where the new terms would rewrite the past."""
    wanted = {name: getattr(terms, name) for name in ("starts_on", "ends_on", "share")}
    changed = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    past = frozen_fields(row, today) & set(changed)
    if past:
        raise ValidationError(dict.fromkeys(past, _("Past dates are not edited.")))
    days = {name: day for name, day in changed.items() if name != "share"}
    _refuse_before_today(days, today)


def _refuse_before_today(days: dict[str, date | None], today: date) -> None:
    early = [name for name, day in days.items() if day is not None and day < today]
    if early:
        raise ValidationError(dict.fromkeys(early, _("Choose today or a later day.")))


def _lock(person: User) -> None:
    """One change at a time for a person."""
    User.objects.select_for_update().get(pk=person.pk)


def _locked(row: Assignment) -> Assignment:
    """The stored row, read again behind the lock."""
    _lock(row.person)
    return Assignment.objects.select_related("mission", "person").get(pk=row.pk)


def _check(row: Assignment) -> None:
    """The assignment's own dates, the mission's, the person's, and no twin of the row."""
    mission = row.mission
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    if row.starts_on < mission.starts_on:
        raise ValidationError({"starts_on": _("The mission starts later than that.")})
    if mission.ends_on and (row.ends_on is None or row.ends_on > mission.ends_on):
        raise ValidationError({"ends_on": _("The mission ends earlier than that.")})
    if row.person.ends_on and row.starts_on > row.person.ends_on:
        raise ValidationError({"starts_on": _("This person has left by then.")})
    twins = Assignment.objects.filter(person=row.person, mission=mission).exclude(pk=row.pk)
    if twins.during(row.starts_on, row.ends_on or date.max).exists():
        raise ValidationError(_("This person is already on this mission during these days."))


def _split(row: Assignment, terms: Terms, actor: User | None, now: datetime) -> Assignment:
    """Close the row yesterday, and go on from today with the new share."""
    today = localdate(now)
    before = Assignment.objects.get(pk=row.pk)
    row.ends_on = today - ONE_DAY
    _keep(before, row, actor, now)
    rest = Terms(today, terms.ends_on, terms.share)
    return assign(person=row.person, mission=row.mission, terms=rest, actor=actor, now=now)


def _keep(before: Assignment, row: Assignment, actor: User | None, now: datetime) -> None:
    changes = differences(before, row)
    if changes:
        row.save(update_fields=list(changes))
        _write("edit", row, changes, actor, now)


def _write(
    word: str, row: Assignment, changes: dict[str, list[str]], actor: User | None, now: datetime
) -> None:
    act = Act(
        word,
        object_kind="assignment",
        object_ref=row.mission.ref,
        about=row.person,
        changes=changes,
    )
    record(act, actor=actor, now=now)


def ending_after(mission: Mission, day: date) -> QuerySet[Assignment]:
    """Assignments of the mission that would outlive it."""
    rows = Assignment.objects.filter(mission=mission).during(day + ONE_DAY, date.max)
    return rows.select_related("person")
