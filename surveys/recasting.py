"""Another role, theme or audience for a question that was asked: another question takes its place.

Its answers belong to what it was, and what it was made the overall score. So the question that was
asked is retired as it is, and one with the same words and another code comes with the next period:
curves break there, the overall score has another composition from there on, and until then the
change can be undone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from surveys.editing import (
    ChangedMeanwhileError,
    Manner,
    Words,
    comes_on,
    free_code,
    made_dimension,
    new_version,
    newest,
    refuse_taken,
    refuse_too_few_core,
    token_of,
    was_ever_asked,
)
from surveys.models import Dimension, Question
from surveys.retiring import leave


@dataclass(frozen=True, slots=True)
class Recast:
    """How it is asked from the next period on. ``seen``: the token of what the form showed."""

    manner: Manner
    seen: str
    dimension: Dimension | None = None
    names: tuple[str, str] = ("", "")


@transaction.atomic
def recast(*, question: Question, wanted: Recast, actor: User, now: datetime) -> Question:
    """Retire it, and let one with the same words take its place from the next period on."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    words = newest(question)
    if wanted.seen != token_of(words):
        raise ChangedMeanwhileError(words)
    dimension = wanted.dimension or made_dimension(wanted.names, actor, now)
    _refuse(question, wanted, dimension)
    made = Question.objects.create(
        code=free_code(question.code, Question),
        dimension=dimension,
        position=question.position,
        replaces=question,
        **wanted.manner.fields(),
    )
    said = Words(words.text, words.labels)
    new_version(made, said, comes_on(now), source=words.source)
    leave(question, actor, now)
    changes = _changes(question, made)
    record(Act("recast", "question", question.code, changes=changes), actor=actor, now=now)
    return made


def _refuse(question: Question, wanted: Recast, dimension: Dimension) -> None:
    is_same = wanted.manner == Manner.of(question) and dimension == question.dimension
    if is_same or not was_ever_asked(question):
        raise ValidationError(_("Nothing would change for figures: change it on its own page."))
    if not question.is_kept:
        raise ValidationError(_("This question is retired: put it back first."))
    refuse_taken(dimension, but=question.pk)
    if wanted.manner.role != Question.Role.CORE:
        refuse_too_few_core(question)


def _changes(before: Question, after: Question) -> dict[str, list[str]]:
    said = [Manner.of(row).said() | {"theme": row.dimension.code} for row in (before, after)]
    changed = {name: [said[0][name], said[1][name]] for name in said[0]}
    return {"code": [before.code, after.code]} | {
        name: values for name, values in changed.items() if values[0] != values[1]
    }
