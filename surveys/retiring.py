"""Asking a question no more, and asking it again. What was asked is never deleted."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from surveys.editing import (
    comes_on,
    last_begun,
    next_period,
    refuse_taken,
    refuse_too_few_core,
    was_ever_asked,
)
from surveys.models import Question


@transaction.atomic
def retire(*, question: Question, actor: User, now: datetime) -> Question:
    """Ask it no more from the next period on; what was answered and published stays."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if not question.is_kept:
        return question
    refuse_too_few_core(question)
    return leave(question, actor, now)


def leave(question: Question, actor: User, now: datetime) -> Question:
    """Write down the day from which it is asked no more.

    One that was to be asked again, and has not been yet, stays retired since it was.
    """
    before = [str(question.retired_on or ""), str(question.resumes_on or "")]
    if question.resumes_on is None or not _is_ahead(question.resumes_on):
        question.retired_on = _leaves_on(now)
    question.resumes_on = None
    question.save(update_fields=["retired_on", "resumes_on"])
    changes = {"retired_on": [before[0], str(question.retired_on)]}
    if before[1]:
        changes["resumes_on"] = [before[1], ""]
    record(Act("end", "question", question.code, changes=changes), actor=actor, now=now)
    return question


def _leaves_on(now: datetime) -> date:
    """First day on which it is asked no more: at once, while nothing has been asked at all."""
    coming = next_period(now)
    at_once = min(localdate(now), coming.starts_on if coming else localdate(now))
    return comes_on(now) or at_once


def _is_ahead(day: date) -> bool:
    """Has no round been asked in the period that begins that day, nor after?"""
    begun = last_begun()
    return begun is None or day > begun.starts_on


@transaction.atomic
def restore(*, question: Question, actor: User, now: datetime) -> Question:
    """Take the retirement back. One that the period in progress does not ask comes with the next:
    figures of one period rest on the same questions from its first round to its last."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.is_kept or question.retired_on is None:
        return question
    if question.successors.kept().exists():
        raise ValidationError(_("Another question takes its place: undo that change instead."))
    refuse_taken(question.dimension)
    comes = comes_on(now)
    if comes and not _is_ahead(question.retired_on):
        question.resumes_on = comes
        changes = {"resumes_on": ["", comes.isoformat()]}
    else:
        changes = {"retired_on": [question.retired_on.isoformat(), ""]}
        question.retired_on = None
    question.save(update_fields=["retired_on", "resumes_on"])
    record(Act("reopen", "question", question.code, changes=changes), actor=actor, now=now)
    return question


@transaction.atomic
def remove(*, question: Question, actor: User, now: datetime) -> None:
    """Delete a question that was never asked; one that was can only be retired.

    The one whose place it was to take is asked on.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    if was_ever_asked(question):
        raise ValidationError(
            _(
                "This question has been asked: it cannot be deleted, or its answers would lose "
                "their meaning. Retire it from the next period on instead."
            )
        )
    former = question.replaces
    if former is None or former.role != Question.Role.CORE:
        refuse_too_few_core(question)
    question.versions.all().delete()
    question.delete()
    record(Act("remove", "question", question.code), actor=actor, now=now)
    if former is not None:
        restore(question=former, actor=actor, now=now)
