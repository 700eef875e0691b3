"""Keeping what is half written: one language, some of the answers. Nothing of it is ever asked.

Publishing is another act (``surveys/editing.py``) and takes whole words alone: a draft is what one
leaves for a colleague to translate, or for tomorrow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.moving import OvertakenError
from surveys.editing import LANGUAGES, STEPS
from surveys.models import Question, Sketch


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed, by field. ``seen``: the token of the draft that the form showed, if any."""

    typed: Mapping[str, str]
    seen: str = ""


@transaction.atomic
def keep(
    *, sketch: Sketch | None, question: Question | None, written: Written, actor: User,
    now: datetime,
) -> Sketch:  # fmt: skip
    """Keep what was typed, in the place of the draft that it was made from.

    Raises ``OvertakenError`` where somebody kept another one meanwhile.
    """
    if question is not None:
        # Two first drafts of one question at once: the second finds the first.
        Question.objects.select_for_update().get(pk=question.pk)
        sketch = Sketch.objects.filter(question=question).first()
    elif sketch is not None:
        sketch = Sketch.objects.select_for_update().filter(pk=sketch.pk).first()
    if sketch is not None and sketch.seen != written.seen:
        raise OvertakenError
    row = sketch or Sketch(question=question)
    row.typed, row.kept_by, row.kept_at = dict(written.typed), actor, now
    row.save()
    return row


def missing(typed: Mapping[str, str]) -> list[str]:
    """Languages in which the wording or one of the five answers is not written yet.

    >>> missing({"text_fr": "Votre rythme est…"})
    ['fr', 'en']
    """
    return [language for language in LANGUAGES if not _is_whole(typed, language)]


def _is_whole(typed: Mapping[str, str], language: str) -> bool:
    answers = [f"label_{language}_{place}" for place in range(1, STEPS + 1)]
    return all(typed.get(name) for name in (f"text_{language}", *answers))


def title_of(sketch: Sketch, language: str) -> str:
    """Its wording in that language, else in the other; empty where there is none."""
    said = [sketch.typed.get(f"text_{one}", "") for one in (language, *LANGUAGES)]
    return next((text for text in said if text), "")
