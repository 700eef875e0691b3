"""What is asked: dimensions, questions with their versions, frozen questionnaires."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Dimension(models.Model):
    """A theme that figures are given for."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        english = (get_language() or "fr").startswith("en")
        return self.name_en if english else self.name_fr


class Question(models.Model):
    """An item of the check-in. Its words live in its versions."""

    class Role(models.TextChoices):
        OUTCOME = "outcome", _("Outcome, reported apart")
        CORE = "core", _("Core: counts in the overall score")
        ROTATING = "rotating", _("Rotating: one a round")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    dimension = models.ForeignKey(
        Dimension, models.PROTECT, related_name="questions", verbose_name=_("theme")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.CORE)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.code


class QuestionVersion(models.Model):
    """The words of a question: wording and five labels, worst to best, in each language.

    ``text`` = ``{"fr": …, "en": …}``; ``labels`` = ``{"fr": [five], "en": [five]}``.
    A new meaning is a new version; it counts from the next period to open.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.JSONField()
    labels = models.JSONField()
    # First period it may be asked in; None = from the beginning.
    starts_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["question", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """One frozen item of a questionnaire, ready to be shown and checked."""

    code: str
    dimension: str
    role: str
    version: int
    text: dict[str, str]
    labels: dict[str, list[str]]

    @property
    def is_core(self) -> bool:
        return self.role == Question.Role.CORE

    @property
    def is_rotating(self) -> bool:
        return self.role == Question.Role.ROTATING

    def words(self, language: str) -> str:
        return self.text.get(language) or self.text.get("fr", self.code)

    def choices(self, language: str) -> list[tuple[int, str]]:
        """Value (0, 25, 50, 75, 100) and label, worst to best; none for imported items."""
        labels = self.labels.get(language) or self.labels.get("fr", [])
        step = 100 // (len(labels) - 1) if len(labels) > 1 else 0
        return [(place * step, label) for place, label in enumerate(labels)]


class Questionnaire(models.Model):
    """The frozen list of items of a round. Immutable; equal contents share one row."""

    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(digest=""), name="questionnaire_has_a_digest")
        ]

    def __str__(self) -> str:
        return self.digest[:8]

    @property
    def items(self) -> list[Item]:
        """The items in the order in which they are asked."""
        rows: list[dict[str, Any]] = self.content
        return [Item(**row) for row in rows]

    @property
    def core_codes(self) -> list[str]:
        return [item.code for item in self.items if item.is_core]
