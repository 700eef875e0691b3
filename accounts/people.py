"""Arrivals, changes and departures of people, each with its audit line."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.audit import Act, record
from accounts.hierarchy import find_cycle
from accounts.models import User

# A session opened with other rights, or for another address, may not go on.
ENDS_SESSIONS = frozenset(
    {
        "is_consultant",
        "is_manager",
        "is_referent",
        "is_administrator",
        "is_active",
        "email",
    }
)


@transaction.atomic
def create_person(*, person: User, actor: User | None, now: datetime) -> User:
    """Store a new person, without a password: they choose theirs by "password forgotten"."""
    person.set_unusable_password()
    person.save()
    record(Act("create", "person", person.ref, about=person), actor=actor, now=now)
    return person


@transaction.atomic
def change_person(
    *, person: User, changes: dict[str, Any], actor: User | None, now: datetime
) -> User:
    """Store a changed person. Other rights or another address end their sessions."""
    person.save()
    if ENDS_SESSIONS & changes.keys():
        end_sessions(person)
    if changes:
        act = Act("edit", "person", person.ref, about=person, changes=changes)
        record(act, actor=actor, now=now)
    return person


@transaction.atomic
def end_person(*, person: User, last_day: date | None, actor: User | None, now: datetime) -> User:
    """Note a person's last day, or take it back with None. Nothing of theirs is deleted.

    Sessions end with the last day: every request looks at it.
    """
    before, person.ends_on = person.ends_on, last_day
    person.save(update_fields=["ends_on"])
    action = "reopen" if last_day is None else "end"
    changes = {"ends_on": [str(before or ""), str(last_day or "")]}
    record(Act(action, "person", person.ref, about=person, changes=changes), actor=actor, now=now)
    return person


def end_sessions(person: User) -> None:
    """Every open session of this person ends with its next request."""
    User.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
    person.refresh_from_db(fields=["sessions_ended"])


def is_last_administrator(person: User, day: date) -> bool:
    """Would nobody be left to set up the product without this person?"""
    others = User.objects.present(day).filter(is_administrator=True).exclude(pk=person.pk)
    return person.is_administrator and not others.exists()


def managers_cycle(person: User, manager: User | None) -> list[str]:
    """References of the cycle that this manager would close, or an empty list.

    >>> managers_cycle(User(ref="A"), None)
    []
    """
    above: dict[str, str | None] = {person.ref: manager.ref if manager else None}
    while manager is not None and manager.ref not in above:
        # The person's old manager must not hide the new one.
        above[manager.ref] = manager.manager.ref if manager.manager else None
        manager = manager.manager
    return find_cycle(above)
