"""What is asked: dimensions, questions with their versions, frozen questionnaires."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from missions.models import MissionProfile


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


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions by where they stand."""

    def kept(self) -> "QuestionQuerySet":
        """Asked on, for all that is planned: neither retired nor, once retired, left so."""
        return self.filter(Q(retired_on=None) | Q(resumes_on__isnull=False))


class Question(models.Model):
    """An item of the check-in. Its words live in its versions."""

    class Role(models.TextChoices):
        OUTCOME = "outcome", _("Outcome, reported apart")
        CORE = "core", _("Core: counts in the overall score")
        ROTATING = "rotating", _("Rotating: one a round")
        EXTRA = "extra", _("Extra: asked at some moments, or of one profile")

    class Moment(models.TextChoices):
        """When it is asked of somebody on a mission."""

        ALWAYS = "always", _("At every check-in")
        START = "start", _("At the start of a mission")
        END = "end", _("At the end of a mission")

    class Audience(models.TextChoices):
        """Whom it is asked of."""

        MISSIONS = "missions", _("On missions")
        EVERYONE = "everyone", _("On missions and between two")
        BETWEEN = "between", _("Between two missions only")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    dimension = models.ForeignKey(
        Dimension, models.PROTECT, related_name="questions", verbose_name=_("theme")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.CORE)
    moment = models.CharField(
        _("when"), max_length=10, choices=Moment, default=Moment.ALWAYS, db_default=Moment.ALWAYS
    )
    audience = models.CharField(
        _("asked of"),
        max_length=10,
        choices=Audience,
        default=Audience.MISSIONS,
        db_default=Audience.MISSIONS,
    )
    # Asked on missions of this profile alone; None = of all of them.
    profile = models.ForeignKey(
        MissionProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    # First period in which a retired one is asked again.
    resumes_on = models.DateField(_("asked again from"), null=True, blank=True)
    # The question that it stands for, in another role or on another theme; that one is retired.
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            # An overall score, an outcome or a turn in which some have no part would compare
            # people who were not asked the same.
            models.CheckConstraint(
                condition=Q(role="extra")
                | (Q(moment="always", profile=None) & ~Q(audience="between")),
                name="only_extra_questions_are_for_some",
            ),
            models.CheckConstraint(
                condition=~Q(audience="between") | Q(moment="always", profile=None),
                name="between_missions_has_no_mission",
            ),
            models.CheckConstraint(
                condition=Q(resumes_on=None) | Q(retired_on__lt=F("resumes_on")),
                name="question_resumes_after_it_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_kept(self) -> bool:
        return self.retired_on is None or self.resumes_on is not None


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
    # Code of the ready question in ``surveys/bank.py`` that it was taken from; empty = own words.
    source = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["question", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


class Sketch(models.Model):
    """What somebody has begun to write for a question, or for a new one, and not published.

    ``typed``: the fields of the form by name. No round ever reads it.
    """

    question = models.OneToOneField(
        Question, models.CASCADE, null=True, blank=True, related_name="sketch"
    )
    typed = models.JSONField()
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"sketch {self.pk}"

    @property
    def seen(self) -> str:
        """What a form carries, to tell whether somebody kept another one meanwhile."""
        return self.kept_at.isoformat()


@dataclass(frozen=True, slots=True)
class Item:
    """One frozen item of a questionnaire, ready to be shown and checked."""

    code: str
    dimension: str
    role: str
    version: int
    text: dict[str, str]
    labels: dict[str, list[str]]
    moment: str = Question.Moment.ALWAYS.value
    audience: str = Question.Audience.MISSIONS.value
    # Reference of the only profile that is asked; empty = every one.
    profile: str = ""

    def as_frozen(self) -> dict[str, Any]:
        """As a questionnaire keeps it: what is as usual is left out, so that nothing which has
        not changed gets another digest."""
        usual = {"moment": "always", "audience": "missions", "profile": ""}
        kept = asdict(self)
        return {name: value for name, value in kept.items() if value != usual.get(name)}

    @property
    def is_narrow(self) -> bool:
        """Published per profile and for the firm only: it has few answers in a round."""
        return self.is_rotating or self.is_extra

    @property
    def is_core(self) -> bool:
        return self.role == Question.Role.CORE

    @property
    def is_rotating(self) -> bool:
        return self.role == Question.Role.ROTATING

    @property
    def is_extra(self) -> bool:
        return self.role == Question.Role.EXTRA

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
