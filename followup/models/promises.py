"""What the firm promises its people, ideas for it, and how often each promise was kept; and the
talks that somebody wished for, which one of the promises is about."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from core.wording import percent
from missions.models import in_language
from surveys.models import Period, Round

MOST = 7


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises by where they stand."""

    def current(self) -> "PromiseQuerySet":
        return self.filter(retired_on__isnull=True)


class Promise(models.Model):
    """One sentence to our people, tied to something that the product counts already.

    What is counted never changes: another measure, term or goal is another promise.
    """

    class Measure(models.TextChoices):
        LOAD_FAIR = "load_fair", _("Nobody above their zone of chance")
        NOT_TWICE = "not_twice", _("Not two demanding missions in a row")
        ROTATION = "rotation", _("A rotation talked over after an alert")
        TALK = "talk", _("“I would like to talk” taken up")
        ALERT = "alert", _("An alert decided on")
        DONE = "done", _("An action done by its day")
        CONTEST = "contest", _("A contested fact answered")
        FIGURES = "figures", _("Figures published")

    class Goal(models.IntegerChoices):
        HALF = 50, "50 %"
        SIXTY = 60, "60 %"
        SEVENTY = 70, "70 %"
        EIGHTY = 80, "80 %"
        NINETY = 90, "90 %"

    # At most seven stand at once: each has one of seven places.
    place = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    text_fr = models.CharField(_("in French"), max_length=200)
    text_en = models.CharField(_("in English"), max_length=200)
    measure = models.CharField(_("what is counted"), max_length=10, choices=Measure)
    # Days, or rounds for a rotation; null where the measure has no term.
    within = models.PositiveSmallIntegerField(
        _("within"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    goal = models.PositiveSmallIntegerField(_("kept at least"), choices=Goal, default=Goal.EIGHTY)
    starts_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place"], condition=Q(retired_on=None), name="one_promise_a_place"
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST), name="seven_promises_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"

    @property
    def text(self) -> str:
        return in_language(self.text_fr, self.text_en)


class PromiseIdea(models.Model):
    """A promise that somebody of the firm would like; answered by a referent."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ADOPTED = "adopted", _("Became a promise")
        DECLINED = "declined", _("Not for now")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    author = models.ForeignKey(User, models.PROTECT, related_name="promise_ideas")
    # Their name stands beside it for the referents; for everybody else it never does.
    named = models.BooleanField(_("referents may see my name"), default=False)
    sentence = models.CharField(_("in one sentence"), max_length=200)
    made_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # One sentence that everybody reads.
    answer = models.CharField(_("your answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"], answered_by=None)
                | (
                    Q(state__in=["adopted", "declined"], answered_by__isnull=False) & ~Q(answer="")
                ),
                name="promise_idea_is_open_or_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"promise idea {self.pk}"


class PromiseKept(models.Model):
    """How often a promise was kept in a period: a share rounded as participation is, or nothing.

    Only the rounded share is stored: whom it is about is counted and forgotten.
    """

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="kept")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    # Null = the firm.
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="+")
    # "90+", "under_30" or a number in percent; empty = too few cases.
    shown = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["-period__starts_on", "unit__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["promise", "period", "unit"], condition=Q(unit__isnull=False),
                name="one_kept_share_per_unit",
            ),
            models.UniqueConstraint(
                fields=["promise", "period"], condition=Q(unit__isnull=True),
                name="one_kept_share_of_the_firm",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"kept {self.promise_id}"

    @property
    def is_enough(self) -> bool:
        """At least the promise's goal, as shown."""
        if self.shown in {"", "under_30"}:
            return False
        return int(self.shown.rstrip("+")) >= self.promise.goal

    @property
    def in_words(self) -> str:
        """The share as it is told."""
        if not self.shown:
            return gettext("too few cases to tell")
        if self.shown == "90+":
            return gettext("%(share)s and more") % {"share": percent(90)}
        if self.shown == "under_30":
            return gettext("under %(share)s") % {"share": percent(30)}
        return percent(int(self.shown))


class Talk(models.Model):
    """The person who was asked says that they have talked; whoever asked may say "not yet"."""

    person = models.ForeignKey(User, models.PROTECT, related_name="talks_wished")
    listener = models.ForeignKey(User, models.PROTECT, related_name="talks_held")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    talked_at = models.DateTimeField()
    denied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-talked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "listener", "round"], name="one_talk_a_wish")
        ]

    def __str__(self) -> str:
        return f"talk {self.pk}"
