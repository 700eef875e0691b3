"""Rights on check-ins: one's own, on missions one is or was on. Nobody else's, ever."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localdate

from accounts.models import User
from accounts.perms import Refused, can_configure, manager_of
from surveys.intake import is_asked, round_asking
from surveys.models import Pause, Question, Round, Sketch


def can_edit_questions(user: User) -> bool:
    """The questionnaire is the administrator's."""
    return can_configure(user)


def can_read_rounds(user: User) -> bool:
    """Rounds and periods made ahead: dates and states, never a count of answers."""
    return user.is_administrator or user.is_referent


def can_plan_rounds(user: User) -> bool:
    """The calendar, its pauses and another close are the administrator's, who reads no figure."""
    return can_configure(user)


def pause_to_edit_for(user: User, pk: int) -> Pause:
    """A pause, for who plans rounds; else 404, written down."""
    found = Pause.objects.filter(pk=pk).first()
    if found is None or not can_plan_rounds(user):
        raise Refused("pause", pk)
    return found


def round_to_close_for(user: User, pk: int) -> Round:
    """A round whose close may be moved, or could have been, by who plans; else 404."""
    found = Round.objects.select_related("period").filter(pk=pk, opened_at__isnull=False).first()
    if found is None or not can_plan_rounds(user):
        raise Refused("round", pk)
    return found


def question_to_edit(user: User, pk: int) -> Question:
    """A question of the questionnaire, for who edits it; else 404, written down."""
    found = Question.objects.select_related("dimension").filter(pk=pk).first()
    if found is None or not can_edit_questions(user):
        raise Refused("question", pk)
    return found


def sketch_to_edit(user: User, pk: int) -> Sketch:
    """A draft of the editor, for who edits the questionnaire; else 404, written down."""
    found = Sketch.objects.filter(pk=pk).first()
    if found is None or not can_edit_questions(user):
        raise Refused("question draft", pk)
    return found


def round_for(user: User, round_pk: int, mission_pk: int, *, now: datetime) -> Round:
    """The round in which this person is asked about this mission; else 404, written down.

    It may be over, or not opened: whoever calls says so in words.
    """
    found = None
    if is_asked(user, localdate(now)):
        found = round_asking(person=user, mission=mission_pk, round_pk=round_pk, now=now)
    if found is None:
        raise Refused("check-in", f"{round_pk}/{mission_pk}")
    return found


@dataclass(frozen=True, slots=True)
class Helpers:
    """Whom a check-in page names, and who may be asked to talk."""

    manager: User | None
    listed: list[User]
    referents: list[User]

    def talked_to(self) -> list[User]:
        """One's manager first, then the list kept by the referent."""
        first = [self.manager] if self.manager else []
        return first + [row for row in self.listed if row not in first]


def helpers_of(user: User, *, now: datetime) -> Helpers:
    """A person's manager, the referent's list and the referents, in one query."""
    manager = user.manager_id or getattr(manager_of(user), "pk", None)
    named = Q(pk=manager) | Q(talk_contact__isnull=False) | Q(is_referent=True)
    present = User.objects.present(localdate(now)).filter(named).exclude(pk=user.pk)
    rows = list(present.select_related("talk_contact").order_by("talk_contact__position", "pk"))
    return Helpers(
        manager=next((row for row in rows if row.pk == manager), None),
        listed=[row for row in rows if hasattr(row, "talk_contact")],
        referents=[row for row in rows if row.is_referent],
    )
