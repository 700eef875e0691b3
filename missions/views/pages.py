"""What the pages of this floor share: a form that may be refused, and rows as they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from core.wording import full_day, percent
from missions import perms
from missions.models import Assignment, FactContest, Mission
from missions.staffing import Terms, overload

MOST_CONTESTS = 20


@dataclass(frozen=True, slots=True)
class Placing:
    """Somebody on a mission, and whether the reader may change it."""

    row: Assignment
    can_edit: bool


@dataclass(frozen=True, slots=True)
class Team:
    """Who is, will be and was on a mission."""

    now: list[Placing]
    coming: list[Placing]
    past: list[Placing]


def team_of(rows: Iterable[Assignment], editable: set[int], today: date) -> Team:
    """Sort assignments by their place in time; what is past has nothing to change."""
    team = Team([], [], [])
    for row in rows:
        if row.has_ended(today):
            team.past.append(Placing(row, can_edit=False))
        else:
            group = team.now if row.has_started(today) else team.coming
            group.append(Placing(row, can_edit=row.pk in editable))
    return team


@dataclass(frozen=True, slots=True)
class Contested:
    """A contested fact as the reader may see it; ``name`` is empty for a colleague."""

    row: FactContest
    name: str
    can_answer: bool
    can_withdraw: bool


def contested_facts(user: User, mission: Mission, *, can_edit: bool) -> list[Contested]:
    """The newest ones of a mission."""
    rows = perms.contests_of(user, mission).select_related("fact", "person", "answered_by")
    return [
        Contested(
            row,
            row.person.full_name if can_edit or row.person_id == user.pk else "",
            can_answer=row.is_open and can_edit,
            can_withdraw=row.is_open and row.person_id == user.pk,
        )
        for row in rows[:MOST_CONTESTS]
    ]


def warn_of(request: HttpRequest, person: User, terms: Terms) -> None:
    """Say that somebody is on more than their time. It is allowed, and worth knowing."""
    found = overload(person, terms)
    if found is None:
        return
    words = {
        "name": person.full_name,
        "share": percent(found.share),
        "first": full_day(found.first),
    }
    if found.last is None:
        text = _("%(name)s is on %(share)s of their time from %(first)s.")
    else:
        text = _("%(name)s is on %(share)s of their time from %(first)s to %(last)s.")
        words["last"] = full_day(found.last)
    messages.warning(request, text % words)
