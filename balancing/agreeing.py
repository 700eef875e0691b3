"""From a proposed rotation to a change of staffing: talked over, agreed by everybody, then made.

A proposal assigns nobody. Its people hear of it when the manager opens the conversation; each
says yes or no in their own time, and one no ends it. Only when all of them and the manager agree
does staffing change, all of it or nothing. Every move names the version that its author saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from balancing.models import Rotation, RotationMove, RotationNotice
from core.moving import OvertakenError
from missions.models import Assignment
from missions.staffing import Terms, assign, end_assignment

State, Answer = Rotation.State, RotationMove.Answer
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers to their own part, and the sentence beside it."""

    answer: str
    words: str = ""


@transaction.atomic
def talk(*, rotation: Rotation, starts_on: date, by: User, now: datetime) -> None:
    """Open the conversation: from here on its people see their own part, and a mail is due.

    Overtaken also where one of its people is in another conversation.
    """
    people = _locked_people(rotation)
    busy = RotationMove.objects.filter(person__in=people, rotation__state=State.TALKING)
    if busy.exclude(rotation=rotation).exists():
        raise OvertakenError
    changes = {"state": State.TALKING, "starts_on": starts_on, "talked_at": now}
    _make(rotation, [State.PROPOSED], changes)
    RotationNotice.objects.bulk_create(RotationNotice(move=move) for move in rotation.moves.all())
    for person in people:
        _write("propose", rotation, person, by, now)


@transaction.atomic
def set_aside(*, rotation: Rotation, reason: str, by: User, now: datetime) -> None:
    """Not this one: the same change is not proposed again for three rounds."""
    changes = {"state": State.SET_ASIDE, "reason": reason, "decided_by": by, "decided_at": now}
    _make(rotation, [State.PROPOSED, State.TALKING], changes)
    for person in _locked_people(rotation) if rotation.talked_at else []:
        _write("withdraw", rotation, person, by, now)


@transaction.atomic
def answer(*, move: RotationMove, said: Said, now: datetime) -> None:
    """A person's own yes or no, changeable until the manager agrees; a no ends the rotation."""
    rotation = Rotation.objects.select_for_update().get(pk=move.rotation_id)
    if rotation.state != State.TALKING:
        raise OvertakenError
    RotationMove.objects.filter(pk=move.pk).update(
        answer=said.answer, answered_at=now, words=said.words
    )
    changes: dict[str, Any] = {}
    if said.answer == Answer.NO:
        changes = {
            "state": State.REFUSED,
            "reason": said.words,
            "decided_by": move.person,
            "decided_at": now,
        }
    _make(rotation, [State.TALKING], changes)
    _write("decline" if changes else "confirm", rotation, move.person, move.person, now)


@transaction.atomic
def agree(*, rotation: Rotation, starts_on: date, by: User, now: datetime) -> None:
    """Change the staffing from that day on. Raises ValidationError where it does not allow it."""
    moves = list(rotation.moves.select_related("person", "takes"))
    if any(move.answer != Answer.YES for move in moves):
        raise OvertakenError
    changes = {
        "state": State.AGREED,
        "starts_on": starts_on,
        "decided_by": by,
        "decided_at": now,
    }
    _make(rotation, [State.TALKING], changes)
    _leave(moves, starts_on, by, now)
    for move in moves:
        if move.takes is not None:
            terms = Terms(starts_on, None, move.time)
            assign(person=move.person, mission=move.takes, terms=terms, actor=by, now=now)
        _write("confirm", rotation, move.person, by, now)


def _leave(moves: Iterable[RotationMove], starts_on: date, by: User, now: datetime) -> None:
    """End everybody's present assignment on the day before."""
    for move in moves:
        if move.leaves_id is None:
            continue
        rows = Assignment.objects.filter(person=move.person, mission=move.leaves_id)
        row = rows.during(starts_on, starts_on).select_related("mission", "person").first()
        if row is None or row.starts_on >= starts_on:
            raise ValidationError(
                _("%(name)s is no longer on the mission to be left.")
                % {"name": move.person.full_name}
            )
        end_assignment(assignment=row, last_day=starts_on - ONE_DAY, actor=by, now=now)


def _make(rotation: Rotation, allowed: Iterable[str], changes: dict[str, Any]) -> None:
    rows = Rotation.objects.filter(
        pk=rotation.pk, version=rotation.version, state__in=list(allowed)
    )
    if not rows.update(version=F("version") + 1, **changes):
        raise OvertakenError


def _locked_people(rotation: Rotation) -> list[User]:
    """Its people, one conversation at a time for each."""
    people = rotation.moves.values("person")
    return list(User.objects.select_for_update().filter(pk__in=people).order_by("pk"))


def _write(word: str, rotation: Rotation, about: User, actor: User, now: datetime) -> None:
    act = Act(word, object_kind="rotation", object_ref=str(rotation.pk), about=about)
    record(act, actor=actor, now=now)
