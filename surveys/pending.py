"""What has been changed and does not count yet, each with what undoes it.

A new version, a new question, a retirement and a change of role or theme count from the next
period; a correction of words and a move, from the next round. Once a round has frozen them there
is nothing left to undo here: what was asked stays as it was asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import User
from surveys import ordering
from surveys.editing import (
    Words,
    differences,
    discard_draft,
    last_begun,
    newest,
    rounds_asked,
)
from surveys.models import Period, Question, QuestionVersion, Round
from surveys.models.questions import Item
from surveys.retiring import remove, restore, retire

VERSION, CORRECTION, ADDED, RECAST = "version", "correction", "added", "recast"
RETIRED, BACK, ORDER = "retired", "back", "order"
Said = dict[tuple[str, int], Item]


@dataclass(frozen=True, slots=True)
class Pending:
    """One change that does not count yet.

    ``question``: None for the order of the fixed ones. ``comes_on``: first day of the period it
    comes with; None = with the next round.
    """

    kind: str
    question: Question | None
    words: QuestionVersion | None
    comes_on: date | None


# --- corrections ---------------------------------------------------------------------------------


def asked_words() -> Said:
    """The words in which each version was asked last, by question code and version."""
    rounds = Round.objects.filter(questionnaire__isnull=False).select_related("questionnaire")
    said: Said = {}
    seen: set[int] = set()
    for row in rounds.order_by("-starts_on"):
        if row.questionnaire is None or row.questionnaire.pk in seen:
            continue
        seen.add(row.questionnaire.pk)
        for item in row.questionnaire.items:
            said.setdefault((item.code, item.version), item)
    return said


def is_corrected(words: QuestionVersion, said: Said) -> bool:
    """Was this version asked last in other words than it has now?"""
    item = said.get((words.question.code, words.number))
    return item is not None and bool(differences(words, item))


@transaction.atomic
def undo_correction(*, question: Question, actor: User, now: datetime) -> bool:
    """Give a version the words back in which it was asked last."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    stored = newest(question)
    item = asked_words().get((question.code, stored.number))
    changes = differences(stored, Words(item.text, item.labels)) if item else {}
    if item is None or not changes:
        return False
    stored.text, stored.labels = item.text, item.labels
    stored.save(update_fields=["text", "labels"])
    record(Act("edit", "question", question.code, changes=changes), actor=actor, now=now)
    return True


# --- all of them ---------------------------------------------------------------------------------


def pending() -> list[Pending]:
    """Every change that no round has frozen, in the order of the questions.

    Empty before the first round: until then the questionnaire is simply being written.
    """
    begun = last_begun()
    if begun is None:
        return []
    asked, said = rounds_asked(), asked_words()
    rows = Question.objects.select_related("dimension", "replaces__dimension")
    found = [
        change
        for row in rows.prefetch_related("versions").order_by("position", "pk")
        for change in _of(row, set(asked.get(row.code, {})), said, begun)
    ]
    is_moved = ordering.is_moved(ordering.in_order(ordering.FIXED), ordering.asked_order())
    return [*found, *([Pending(ORDER, None, None, None)] if is_moved else [])]


def _of(row: Question, asked: set[int], said: Said, begun: Period) -> list[Pending]:
    words = max(row.versions.all(), key=lambda version: version.number)
    words.question = row
    found = []
    if words.starts_on and words.starts_on > begun.starts_on:
        kind = VERSION if asked else RECAST if row.replaces else ADDED
        # One that was retired before its first round is no change to come.
        found += [Pending(kind, row, words, words.starts_on)] if row.is_kept else []
    elif is_corrected(words, said):
        found.append(Pending(CORRECTION, row, words, None))
    return found + _leaving(row, words, begun)


def _leaving(row: Question, words: QuestionVersion, begun: Period) -> list[Pending]:
    """It leaves, or comes back, with a period still to come."""
    if row.resumes_on and row.resumes_on > begun.starts_on:
        return [Pending(BACK, row, words, row.resumes_on)]
    is_leaving = not row.is_kept and row.retired_on and row.retired_on > begun.starts_on
    # One that another takes the place of comes back when that is undone.
    if not is_leaving or any(one.is_kept for one in row.successors.all()):
        return []
    return [Pending(RETIRED, row, words, row.retired_on)]


def undo(*, kind: str, question: Question | None, actor: User, now: datetime) -> bool:
    """Undo one of them; False where a round has asked it meanwhile, or somebody undid it first.

    May raise ``ValidationError``, where what else has changed stands in the way.
    """
    if kind == ORDER:
        return ordering.put_back(actor=actor, now=now)
    row = question.pk if question else None
    if not any(one.kind == kind and one.question and one.question.pk == row for one in pending()):
        return False
    verb = UNDONE_BY[kind]
    verb(question=question, actor=actor, now=now)
    return True


UNDONE_BY: dict[str, Callable[..., object]] = {
    VERSION: discard_draft,
    CORRECTION: undo_correction,
    ADDED: remove,
    RECAST: remove,
    RETIRED: restore,
    BACK: retire,
}
