"""What: mission profiles, missions and their declared demand, assignments, absences."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.search import FoldedField, fold


def in_language(french: str, english: str) -> str:
    """The text of the reader's language."""
    return english if (get_language() or "fr").startswith("en") else french


class ProfileQuerySet(models.QuerySet["MissionProfile"]):
    """Profiles by their place in time."""

    def current(self, day: date) -> "ProfileQuerySet":
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))


class ListedProfiles(models.Manager["MissionProfile"]):
    """All but the product's own (``ListedClients``)."""

    def get_queryset(self) -> models.QuerySet["MissionProfile"]:
        return super().get_queryset().filter(is_standing=False)


class MissionProfile(models.Model):
    """A kind of mission: what the work is like, whoever the client. Ended, never deleted."""

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    # Made by the product for those who are on no mission (``missions/standing.py``).
    is_standing = models.BooleanField(default=False, db_default=False, editable=False)

    objects = ListedProfiles.from_queryset(ProfileQuerySet)()
    everything = ProfileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name_fr", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_standing"], condition=Q(is_standing=True), name="one_standing_profile"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_fr, self.name_en)


class FactQuerySet(models.QuerySet["DemandFact"]):
    """Facts by whether they count."""

    def current(self) -> "FactQuerySet":
        return self.filter(retired_on__isnull=True)


class DemandFact(models.Model):
    """A fact about a mission that everyone can see and agree on, with its points.

    Retired, never deleted: missions keep it, and it counts no more.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    points = models.PositiveSmallIntegerField(
        _("points"), default=1, validators=[MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True, editable=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_fr, self.name_en)

    @property
    def counts(self) -> bool:
        return self.retired_on is None


class MissionQuerySet(models.QuerySet["Mission"]):
    """Missions by their place in time."""

    def current(self, day: date) -> "MissionQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def upcoming(self, day: date) -> "MissionQuerySet":
        return self.filter(starts_on__gt=day)

    def ended(self, day: date) -> "MissionQuerySet":
        return self.filter(ends_on__lt=day)

    def outliving(self, day: date) -> "MissionQuerySet":
        """Those that would still run, or only start, after that day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def matching(self, text: str) -> "MissionQuerySet":
        """Those that hold every word, in their own text or their client's."""
        found = self
        for word in fold(text).split():
            found = found.filter(Q(search__contains=word) | Q(client__search__contains=word))
        return found

    def with_points(self) -> "MissionQuerySet":
        """With ``points``, the sum over the declared facts that count."""
        facts = DemandFact.objects.current().filter(missions=OuterRef("pk")).order_by()
        total = facts.values("missions").annotate(total=Sum("points")).values("total")
        return self.annotate(points=Coalesce(Subquery(total), 0))


class ListedMissions(models.Manager["Mission"]):
    """All but the product's own (``ListedClients``)."""

    def get_queryset(self) -> models.QuerySet["Mission"]:
        return super().get_queryset().filter(is_standing=False)


class Mission(models.Model):
    """A piece of work at a client, of one profile. Both are fixed once it has started."""

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="missions", verbose_name=_("client")
    )
    profile = models.ForeignKey(
        MissionProfile, models.PROTECT, related_name="missions", verbose_name=_("profile")
    )
    title = models.CharField(_("title"), max_length=160)
    place = models.CharField(_("place"), max_length=120, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    facts = models.ManyToManyField(
        DemandFact, blank=True, related_name="missions", verbose_name=_("declared demand")
    )
    search = FoldedField(sources=("ref", "title", "place"))
    # Made by the product for those who are on no mission (``missions/standing.py``).
    is_standing = models.BooleanField(default=False, db_default=False, editable=False)

    objects = ListedMissions.from_queryset(MissionQuerySet)()
    everything = MissionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["client__name", "title", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_standing"], condition=Q(is_standing=True), name="one_standing_mission"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="mission_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its title; in the reader's language where the product has given it."""
        return gettext("Waiting for the next one, training") if self.is_standing else self.title

    def has_started(self, day: date) -> bool:
        return self.starts_on <= day

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by their place in time."""

    def people_by_mission(self, day: date) -> dict[int, int]:
        """How many people work on each mission that day."""
        counted = self.during(day, day).order_by().values("mission")
        people = counted.annotate(people=Count("person", distinct=True))
        return dict(people.values_list("mission", "people"))

    def during(self, first: date, last: date) -> "AssignmentQuerySet":
        """Those with at least one day in the closed interval."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)


class Assignment(models.Model):
    """A person on a mission for a share of their time, between two dates."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments",
        verbose_name=_("person"),
    )  # fmt: skip
    mission = models.ForeignKey(
        Mission, models.PROTECT, related_name="assignments", verbose_name=_("mission")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of time, in percent"),
        default=100, validators=[MinValueValidator(1), MaxValueValidator(100)],
    )  # fmt: skip

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "mission", "starts_on"], name="assignment_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100), name="share_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.mission_id} {self.starts_on}"

    def has_started(self, day: date) -> bool:
        return self.starts_on <= day

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day


class Absence(models.Model):
    """Days on which a person does not work. Dates only: the reason is theirs."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences",
        verbose_name=_("person"),
    )  # fmt: skip
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        ordering: ClassVar = ["-starts_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "starts_on"], name="absence_once_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_on}"

    def has_started(self, day: date) -> bool:
        return self.starts_on <= day

    def has_ended(self, day: date) -> bool:
        return self.ends_on < day


class FactContest(models.Model):
    """A consultant says that a declared fact does not hold, or that one is missing."""

    class State(models.TextChoices):
        OPEN = "open", _("Contested")
        CORRECTED = "corrected", _("Corrected")
        KEPT = "kept", _("Kept as it was")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="contests")
    fact = models.ForeignKey(DemandFact, models.PROTECT, related_name="+", verbose_name=_("fact"))
    # Declared when it was contested, and said to be untrue; else said to be missing.
    declared = models.BooleanField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contests")
    sentence = models.CharField(_("in one sentence"), max_length=300)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # One sentence that everybody on the mission reads.
    answer = models.CharField(_("your answer"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mission", "fact"],
                condition=Q(state="open"),
                name="one_open_contest_per_fact",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None, answered_at=None)
                | (
                    ~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="contest_is_open_or_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["corrected", "kept"]) | ~Q(answer=""),
                name="answer_to_a_contest_says_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"contest {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class PointsVersion(models.Model):
    """The table of points as it stood from a moment on: every change of it makes a new one."""

    number = models.PositiveIntegerField(unique=True)
    since = models.DateTimeField()
    maximum = models.PositiveSmallIntegerField()
    # Code of each fact that counts → its points.
    points = models.JSONField()
    # Null where the software found a table that it had not kept yet, such as the first one.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"points {self.number}"


class Preference(models.Model):
    """Whether somebody would rather stay on their mission or move: theirs until they share it."""

    class Kind(models.TextChoices):
        STAY = "stay", _("I would rather stay")
        MOVE = "move", _("I would rather move")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences"
    )
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="preferences")
    kind = models.CharField(_("what you would rather do"), max_length=4, choices=Kind)
    by = models.DateField(_("by when"), null=True, blank=True)
    sentence = models.CharField(_("in your words"), max_length=300, blank=True)
    shared = models.BooleanField(_("share it with my managers"), default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["person", "mission"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "mission"], name="one_preference_per_person_and_mission"
            )
        ]

    def __str__(self) -> str:
        return f"preference {self.pk}"
