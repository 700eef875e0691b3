"""PRIVATE to this app: scores before the gate, and releases. Read them through ``publication``."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from clients.models import CharterValue, Client
from surveys.models import ClientReview, ClientSurvey, Period, Round


class ScopeKind(models.TextChoices):
    """What a figure is about (``decisions.md`` 10)."""

    FIRM = "firm", _("Firm")
    UNIT = "unit", _("Unit")
    CLIENT = "client", _("Client")
    POOL = "pool", _("Other clients")
    PROFILE = "profile", _("Mission profile")


class Scoring(models.Model):
    """A closed period's estimates, waiting for their audit and release; gone after it."""

    period = models.OneToOneField(Period, models.PROTECT, related_name="+")
    formula_version = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField()
    first = models.BooleanField(default=False)
    # How the figures were estimated and chosen: variances, dropped terms, causes.
    made = models.JSONField(default=dict)
    # Who is in which cell, and what each estimate is made of; no answer.
    design = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["period"]

    def __str__(self) -> str:
        return f"scoring {self.period_id}"


class Score(models.Model):
    """An estimate before the gate: unrounded, read by the release of its period alone.

    A cell of the family without a figure keeps its cause instead.
    """

    scoring = models.ForeignKey(Scoring, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ScopeKind)
    ref = models.CharField(max_length=40, blank=True)
    dimension = models.CharField(max_length=40)
    estimate = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    cause = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["scoring", "kind", "ref", "dimension"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scoring", "kind", "ref", "dimension"], name="one_score_per_group"
            )
        ]

    def __str__(self) -> str:
        return f"score {self.kind} {self.ref} {self.dimension}"


class Release(models.Model):
    """The figures of a period, made public once. A revision can only withdraw them."""

    class State(models.TextChoices):
        PUBLISHED = "published", _("Published")
        WITHHELD = "withheld", _("Withheld")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    period = models.OneToOneField(Period, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)
    formula_version = models.PositiveSmallIntegerField()
    first = models.BooleanField(default=False)
    # Which versions of the questions each figure rests on: see surveys/versions.py.
    asked = models.JSONField(default=dict)
    # How it was made: counts merged or withheld with causes, audit result. Audit only.
    made = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-period__starts_on"]

    def __str__(self) -> str:
        return f"release {self.period_id} {self.state}"


class ReleasedCell(models.Model):
    """One frozen figure, as it can be shown, or the fact that it is withheld."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ScopeKind)
    ref = models.CharField(max_length=40, blank=True)
    dimension = models.CharField(max_length=40)
    withheld = models.BooleanField(default=False)
    cause = models.CharField(max_length=40, blank=True)
    band = models.CharField(max_length=6, blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    low = models.SmallIntegerField(null=True, blank=True)
    high = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["release", "kind", "ref", "dimension"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "kind", "ref", "dimension"], name="one_figure_per_cell"
            ),
            models.CheckConstraint(
                condition=Q(withheld=True, score=None, low=None, high=None, band="")
                | Q(
                    withheld=False,
                    score__isnull=False,
                    low__lte=models.F("score"),
                    high__gte=models.F("score"),
                ),
                name="a_cell_is_a_figure_or_withheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.dimension}"


class ReleaseMembers(models.Model):
    """Who is in which cell, as keyed pseudonyms, for four periods. Read by the audit alone."""

    release = models.OneToOneField(Release, models.CASCADE, related_name="+")
    # The design of the estimates without a single answer: see scoring/compute.py.
    design = models.JSONField()

    class Meta:
        verbose_name_plural = "release members"

    def __str__(self) -> str:
        return f"members {self.release_id}"


class ReleasedComment(models.Model):
    """A comment that a release shows, in its one place; frozen with it. The words stay sealed in
    their check-in: erasing that takes them away here too, and nothing is ever added."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ScopeKind)
    ref = models.CharField(max_length=40, blank=True)
    # Drawn at random at the release.
    place = models.PositiveIntegerField()
    check_in = models.ForeignKey("surveys.CheckIn", models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["release", "kind", "ref", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "check_in"], name="a_comment_is_shown_in_one_place"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["release", "kind", "ref", "place"])]

    def __str__(self) -> str:
        return f"comment {self.release_id} {self.kind} {self.ref}"


class Participation(models.Model):
    """Share of people who answered a round, already rounded for display, or withheld."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    # Null = the firm.
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="+")
    # "90+", "under_30" or a number in percent; empty = withheld.
    shown = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["round", "unit"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "unit"], condition=Q(unit__isnull=False),
                name="one_participation_per_unit",
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(unit__isnull=True),
                name="one_participation_of_the_firm",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"participation {self.round_id}"


class VarianceFit(models.Model):
    """Where the fit of a dimension had come to, in a period that is being scored.

    A worker killed on the way to a large firm's figures leaves these; the next one starts there.
    They go with the scoring. θ: ratios of standard deviations, of everybody together.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=40)
    theta = models.JSONField()

    class Meta:
        ordering: ClassVar = ["period", "dimension"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "dimension"], name="one_variance_fit_per_dimension"
            )
        ]

    def __str__(self) -> str:
        return f"variance fit {self.dimension} {self.period_id}"


class WarningPass(models.Model):
    """A closed round was looked at for clients that decline, once. No statistic is kept."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-round__starts_on"]
        verbose_name_plural = "warning passes"

    def __str__(self) -> str:
        return f"warning pass {self.round_id}"


class Decline(models.Model):
    """A published bit, frozen with its round: what is known of this client has gone down."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    ref = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["round", "ref"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "ref"], name="one_decline_per_client")
        ]

    def __str__(self) -> str:
        return f"decline {self.ref} {self.round_id}"


class ClientScoring(models.Model):
    """A survey of clients that is over has been scored, once. Never recomputed."""

    survey = models.OneToOneField(ClientSurvey, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["survey__round__starts_on"]

    def __str__(self) -> str:
        return f"client scoring {self.survey_id}"


class ClientOpinion(models.Model):
    """What one client thinks, as figures; all clients together where ``ref`` is empty.

    ``figures``: topic → [score, low, high], on the grid of 5; a topic without one is absent.
    """

    scoring = models.ForeignKey(ClientScoring, models.CASCADE, related_name="+")
    ref = models.CharField(max_length=40, blank=True)
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)
    # Until then our people there read it, and nobody else.
    managers_from = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["scoring", "ref"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scoring", "ref"], name="one_opinion_per_client"),
            models.CheckConstraint(
                condition=Q(answered__lte=models.F("asked")), name="no_more_answers_than_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"client opinion {self.pk}"


class ReviewRelease(models.Model):
    """A review of clients that is over has been released, once. Never recomputed; an operator may
    withdraw it. Its words stay for the audit: who read them knows them."""

    review = models.OneToOneField(ClientReview, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Kept for the audit, never shown.
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-review__round__starts_on"]

    def __str__(self) -> str:
        return f"review release {self.review_id}"


class ReleasedReview(models.Model):
    """One client in a released review. ``says``: at least one word is out."""

    release = models.ForeignKey(ReviewRelease, models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    says = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["release", "client"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "client"], name="one_review_per_client")
        ]

    def __str__(self) -> str:
        return f"released review {self.pk}"


class ReleasedVerdict(models.Model):
    """A frozen word of more than half of the people; none where it is withheld, whatever why.

    ``actions``: places of the value's typical actions that are told as evidence, of the side that
    the word is about; one that is not there says nothing.
    """

    class Kind(models.TextChoices):
        VERDICT = "verdict"
        OURS = "ours"
        RED_LINE = "red_line"

    about = models.ForeignKey(ReleasedReview, models.CASCADE, related_name="+")
    value = models.ForeignKey(CharterValue, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    word = models.CharField(max_length=12, blank=True)
    actions = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["about", "value", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["about", "value", "kind"], name="one_word_per_value_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"released verdict {self.pk}"


class ReviewMembers(models.Model):
    """Who answered what about one client, as keyed pseudonyms, for the audit of later reviews.

    ``polls``: question → its word, and a mark for each of ``people``: 1 where they answered. A
    question is a kind and a value, and a place where it is about an action.
    """

    about = models.OneToOneField(ReleasedReview, models.CASCADE, related_name="+")
    people = models.JSONField()
    polls = models.JSONField()

    class Meta:
        verbose_name_plural = "review members"

    def __str__(self) -> str:
        return f"review members {self.about_id}"
