"""Editing what will be asked, never what was: a frozen questionnaire is not touched.

Words that a round has asked stay as they are under their version. A new meaning is a new
version, which comes with the next period; words that were never asked are simply overwritten.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from missions.models import MissionProfile
from surveys.models import Dimension, Period, Question, Questionnaire, QuestionVersion

LANGUAGES = ("fr", "en")
STEPS = 5
# The overall score needs more than half of the core items: with fewer it would be one or two.
FEWEST_CORE = 3
CODE_LENGTH = 40
# Where an overall score stands among the dimensions of a figure.
RESERVED = frozenset({"overall"})


@dataclass(frozen=True, slots=True)
class Words:
    """Wording and five labels, worst to best, by language."""

    text: dict[str, str]
    labels: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a question is asked: its role, when, of whom, and on missions of which profile."""

    role: str
    moment: str = Question.Moment.ALWAYS.value
    audience: str = Question.Audience.MISSIONS.value
    profile: MissionProfile | None = None

    @classmethod
    def of(cls, question: Question) -> "Manner":
        return cls(question.role, question.moment, question.audience, question.profile)

    def fields(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "moment": self.moment,
            "audience": self.audience,
            "profile": self.profile,
        }

    def said(self) -> dict[str, str]:
        """As the audit log keeps it."""
        return self.fields() | {"profile": self.profile.ref if self.profile else ""}


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question to add, on a theme that exists or on a new one."""

    words: Words
    manner: "Manner"
    code: str = ""
    dimension: Dimension | None = None
    names: tuple[str, str] = ("", "")
    source: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of words. ``seen``: the token of the words that it was made from."""

    words: Words
    seen: str
    is_new_meaning: bool = True
    manner: Manner | None = None


class ChangedMeanwhileError(Exception):
    """Somebody else saved this question after the form was opened."""

    def __init__(self, stored: QuestionVersion) -> None:
        super().__init__(stored.pk)
        self.stored = stored


# --- what was asked ----------------------------------------------------------------------------


def rounds_asked() -> dict[str, dict[int, int]]:
    """In how many rounds each version was asked: question code → version → rounds."""
    asked: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in Questionnaire.objects.annotate(asked=Count("rounds")):
        for item in row.items:
            asked[item.code][item.version] += row.asked
    return {code: dict(versions) for code, versions in asked.items()}


def is_asked(version: QuestionVersion) -> bool:
    """Has a round frozen this version of the question?"""
    return version.number in rounds_asked().get(version.question.code, {})


def was_ever_asked(question: Question) -> bool:
    """Has a round frozen any version of it?"""
    return question.code in rounds_asked()


def newest(question: Question) -> QuestionVersion:
    """The last version of a question, in force or still to come."""
    return question.versions.select_related("question__dimension").latest("number")


def last_begun() -> Period | None:
    """The last period in which a round was asked."""
    return Period.objects.filter(rounds__opened_at__isnull=False).order_by("starts_on").last()


def next_period(now: datetime) -> Period | None:
    """The first period still to be asked in which nothing has been asked yet."""
    ahead = Period.objects.filter(Q(closes_at=None) | Q(closes_at__gt=now))
    begun = last_begun()
    if begun:
        ahead = ahead.filter(starts_on__gt=begun.starts_on)
    return ahead.order_by("starts_on").first()


def comes_on(now: datetime) -> date | None:
    """First day of the period in which a change of meaning comes.

    None before any period has begun: everything still counts from the beginning.
    """
    begun, coming = last_begun(), next_period(now)
    if begun is None:
        return None
    later = max(localdate(now), begun.starts_on + timedelta(days=1))
    return coming.starts_on if coming else later


def token_of(version: QuestionVersion) -> str:
    """What a form carries, to tell whether the words changed while it was open."""
    manner = Manner.of(version.question).said()
    seen = [version.pk, manner, version.text, version.labels]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:20]


# --- adding ------------------------------------------------------------------------------------


@transaction.atomic
def add_question(*, new: NewQuestion, actor: User, now: datetime) -> Question:
    """Add a question; it is asked from the next period on."""
    dimension = new.dimension or made_dimension(new.names, actor, now)
    refuse_taken(dimension)
    last = Question.objects.order_by("position").last()
    code = new.code or free_code(new.words.text["en"], Question)
    question, is_made = Question.objects.get_or_create(
        code=code,
        defaults=new.manner.fields()
        | {"dimension": dimension, "position": last.position + 1 if last else 1},
    )
    if not is_made:
        raise ValidationError({"code": _("Another question has this code.")})
    version = new_version(question, new.words, comes_on(now), source=new.source)
    changes = {"dimension": ["", dimension.code]}
    changes |= {name: ["", value] for name, value in new.manner.said().items() if value}
    changes |= differences(None, version)
    record(Act("create", "question", code, changes=changes), actor=actor, now=now)
    return question


def free_code(words: str, model: type[Question] | type[Dimension]) -> str:
    """A code made of these words that no row of the model has."""
    stem = slugify(words)[: CODE_LENGTH - 4].strip("-_") or "item"
    taken = RESERVED | set(model.objects.values_list("code", flat=True))
    candidates = (stem if place == 1 else f"{stem}-{place}" for place in range(1, len(taken) + 2))
    return next(code for code in candidates if code not in taken)


def made_dimension(names: tuple[str, str], actor: User, now: datetime) -> Dimension:
    """A theme of these names; the one just made, when the same form comes twice."""
    french, english = names
    made = Dimension.objects.filter(name_fr=french, name_en=english).first()
    if made is not None:
        return made
    last = Dimension.objects.order_by("position").last()
    dimension = Dimension.objects.create(
        code=free_code(english, Dimension),
        name_fr=french,
        name_en=english,
        position=last.position + 1 if last else 1,
    )
    changes = {"name_fr": ["", french], "name_en": ["", english]}
    record(Act("create", "dimension", dimension.code, changes=changes), actor=actor, now=now)
    return dimension


def refuse_taken(dimension: Dimension, *, but: int = 0) -> None:
    """One question a theme at a time: a second one would hide the answers to the first."""
    Dimension.objects.select_for_update().get(pk=dimension.pk)
    if Question.objects.kept().filter(dimension=dimension).exclude(pk=but).exists():
        raise ValidationError(
            {"dimension": _("Another question asks about this theme: retire it first.")}
        )


def new_version(
    question: Question,
    words: Words,
    starts_on: date | None,
    *,
    after: int = 0,
    source: str = "",
) -> QuestionVersion:
    """The next number, also after what an import has asked under this code."""
    frozen = rounds_asked().get(question.code, {})
    return QuestionVersion.objects.create(
        question=question,
        number=1 + max([after, *frozen]),
        text=words.text,
        labels=words.labels,
        starts_on=starts_on,
        source=source,
    )


# --- rewording ---------------------------------------------------------------------------------


@transaction.atomic
def reword(*, question: Question, edit: Edit, actor: User, now: datetime) -> QuestionVersion:
    """Change the words of a question; the log keeps the old ones beside the new.

    A new meaning is a new version, which comes with the next period; old answers stay with
    the old one. A correction of form, or of words never asked, changes the version itself.
    Raises ``ChangedMeanwhileError`` when somebody else saved other words in the meantime.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    stored = newest(question)
    changes = differences(stored, edit.words) | _manner_differences(question, edit.manner)
    if not changes:
        return stored
    if edit.seen != token_of(stored):
        raise ChangedMeanwhileError(stored)
    _change_manner(question, edit.manner)
    kept = _written(stored, edit, now)
    if kept.number != stored.number:
        changes["version"] = [str(stored.number), str(kept.number)]
    record(Act("edit", "question", question.code, changes=changes), actor=actor, now=now)
    return kept


def _written(stored: QuestionVersion, edit: Edit, now: datetime) -> QuestionVersion:
    """The version that holds the new words: a new one, or the stored one corrected."""
    words = edit.words
    if edit.is_new_meaning and is_asked(stored):
        return new_version(
            stored.question, words, comes_on(now), after=stored.number, source=stored.source
        )
    stored.text, stored.labels = words.text, words.labels
    stored.save(update_fields=["text", "labels"])
    return stored


def _manner_differences(question: Question, manner: Manner | None) -> dict[str, list[str]]:
    before = Manner.of(question).said()
    after = manner.said() if manner else before
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def _change_manner(question: Question, manner: Manner | None) -> None:
    """Only while it was never asked: afterwards its figures would change their meaning."""
    if manner is None or manner == Manner.of(question):
        return
    if was_ever_asked(question):
        raise ValidationError({"role": _("A question that was asked keeps its role.")})
    if manner.role != question.role:
        refuse_too_few_core(question)
    for name, value in manner.fields().items():
        setattr(question, name, value)
    question.save(update_fields=[*manner.fields()])


def differences(stored: QuestionVersion | None, words: Any) -> dict[str, list[str]]:
    """Old and new value of each text that changes, as the audit log keeps them."""
    before = _lines(stored.text, stored.labels) if stored else {}
    after = _lines(words.text, words.labels)
    return {
        name: [before.get(name, ""), text]
        for name, text in after.items()
        if text != before.get(name, "")
    }


def _lines(text: Mapping[str, str], labels: Mapping[str, list[str]]) -> dict[str, str]:
    lines = {f"text_{language}": text.get(language, "") for language in LANGUAGES}
    return lines | {
        f"labels_{language}": " · ".join(labels.get(language, [])) for language in LANGUAGES
    }


@transaction.atomic
def discard_draft(*, question: Question, actor: User, now: datetime) -> bool:
    """Give up a new version that no round has asked: the one before stays in force."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    draft = newest(question)
    if is_asked(draft) or question.versions.count() == 1:
        return False
    draft.delete()
    number = str(newest(question).number)
    changes = {"version": [str(draft.number), number]}
    record(Act("edit", "question", question.code, changes=changes), actor=actor, now=now)
    return True


# --- what must stay --------------------------------------------------------------------------


def refuse_too_few_core(leaving: Question) -> None:
    """Locks the core questions, so that two of them cannot leave at once."""
    core = Question.objects.kept().filter(role=Question.Role.CORE)
    left = {row.pk for row in core.select_for_update()} - {leaving.pk}
    is_leaving = leaving.role == Question.Role.CORE and leaving.is_kept
    if is_leaving and len(left) < FEWEST_CORE:
        raise ValidationError(
            _(
                "At least %(fewest)s core questions must stay: the overall score is their mean. "
                "Add another one first."
            )
            % {"fewest": FEWEST_CORE}
        )


# --- reviewing ---------------------------------------------------------------------------------


def note_review(*, actor: User, now: datetime) -> None:
    """Write down that somebody has read the whole questionnaire, in both languages."""
    record(Act("review", "questionnaire"), actor=actor, now=now)
