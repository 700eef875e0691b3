"""The order in which questions are asked: one list each for the fixed, the rotating, the extra.

It counts from the next round; a round already open keeps the order that it has frozen.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.audit import Act, record
from accounts.models import User
from core.moving import OvertakenError
from surveys.models import Question, Round

FIXED, ROTATING, EXTRA = "fixed", "rotating", "extra"
GROUPS = (FIXED, ROTATING, EXTRA)
# The title of each list that has an order, a sentence, and one for when it is empty.
HEADS = {
    FIXED: (
        _("Order"),
        _("Drag, or use the arrows; it counts from the next round"),
        _("No fixed question: add one."),
    ),
    ROTATING: (
        _("Rotating question"),
        _("One a round, the same for everybody; published per profile and for the firm only"),
        _("No rotating question: each round asks the fixed ones alone."),
    ),
    EXTRA: (
        _("Extra questions"),
        _("For some alone; published per profile and for the firm only"),
        _("None: add one for a profile, or for the start or the end of a mission."),
    ),
}


def group_of(question: Question) -> str:
    """The list that it stands in."""
    return question.role if question.role in GROUPS else FIXED


def in_order(group: str) -> list[Question]:
    """The questions of one list, in the order in which they are asked."""
    rows = Question.objects.kept().order_by("position", "pk")
    return [row for row in rows if group_of(row) == group]


def order_token(rows: Sequence[Question]) -> str:
    """What a page carries, to tell whether the order changed while it was open."""
    return hashlib.sha256("-".join(str(row.pk) for row in rows).encode()).hexdigest()[:20]


@transaction.atomic
def move(*, question: Question, is_up: bool, actor: User, now: datetime) -> int | None:
    """Move a question one place within its own list; at the end of it nothing moves.

    Returns its new place, from 1; None where nothing moved.
    """
    rows = _locked(question)
    here = rows.index(question) if question in rows else -1
    there = here + (-1 if is_up else 1)
    if here < 0 or not 0 <= there < len(rows):
        return None
    return _put(rows, question, there, actor, now)


@transaction.atomic
def move_to(
    *, question: Question, place: int, seen: str, actor: User, now: datetime
) -> int | None:
    """Move a question to this place of its own list, from 1.

    Raises ``OvertakenError`` where the list is not the one that was seen: the place would not
    be the one that was meant.
    """
    rows = _locked(question)
    if seen != order_token(rows):
        raise OvertakenError
    there = min(max(place, 1), len(rows)) - 1
    if question not in rows or rows.index(question) == there:
        return None
    return _put(rows, question, there, actor, now)


def _locked(question: Question) -> list[Question]:
    """Two administrators moving at once must not deal the same places twice."""
    list(Question.objects.select_for_update().values_list("pk", flat=True))
    return in_order(group_of(Question.objects.get(pk=question.pk)))


def _put(rows: list[Question], question: Question, there: int, actor: User, now: datetime) -> int:
    here = rows.index(question)
    rows.insert(there, rows.pop(here))
    _deal(rows, group_of(question))
    changes = {"position": [str(here + 1), str(there + 1)]}
    record(Act("edit", "question", question.code, changes=changes), actor=actor, now=now)
    return there + 1


def _deal(rows: list[Question], group: str) -> None:
    """Number all questions again: the lists one after the other, the retired ones last."""
    kept = [rows if one == group else in_order(one) for one in GROUPS]
    known = {row.pk for part in kept for row in part}
    retired = [row for row in Question.objects.order_by("position", "pk") if row.pk not in known]
    every = [row for part in [*kept, retired] for row in part]
    for place, row in enumerate(every, start=1):
        row.position = place
    Question.objects.bulk_update(every, ["position"])


# --- as the last round asked it ------------------------------------------------------------------


def asked_order() -> list[str]:
    """Codes of the last opened round's items, in its order."""
    last = Round.objects.filter(opened_at__isnull=False).order_by("starts_on").last()
    return [item.code for item in last.questionnaire.items] if last and last.questionnaire else []


def is_moved(rows: Sequence[Question], asked: Sequence[str]) -> bool:
    """Will those that the last round asked come in another order?"""
    planned = [row.code for row in rows if row.code in asked]
    return planned != [code for code in asked if code in planned]


@transaction.atomic
def put_back(*, actor: User, now: datetime) -> bool:
    """The fixed questions again in the order of the last round; new ones keep their places."""
    list(Question.objects.select_for_update().values_list("pk", flat=True))
    asked, rows = asked_order(), in_order(FIXED)
    if not is_moved(rows, asked):
        return False
    before = [row.code for row in rows]
    known = iter(sorted((row for row in rows if row.code in asked), key=lambda x: _at(asked, x)))
    rows = [next(known) if row.code in asked else row for row in rows]
    _deal(rows, FIXED)
    changes = {"order": [", ".join(before), ", ".join(row.code for row in rows)]}
    record(Act("edit", "questionnaire", changes=changes), actor=actor, now=now)
    return True


def _at(asked: Sequence[str], row: Question) -> int:
    return asked.index(row.code)
