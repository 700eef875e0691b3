"""The values charter: proposed and marked by everybody, published by the referent, version by
version, and shown to clients."""

from datetime import date
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models.portfolio import Client
from core import wording
from core.search import fold

# Few on purpose: nobody lives by twenty values.
MOST_VALUES = 7
LEAST_PLACES = 1


def spoken(french: str, english: str) -> str:
    """The text in the reader's language; the other one while it is the only one."""
    return (french or english) if wording.language() == "fr" else (english or french)


class Action(NamedTuple):
    """A typical action of a value, in both languages."""

    french: str
    english: str

    @property
    def words(self) -> str:
        return spoken(self.french, self.english)


def actions(french: str, english: str) -> list[Action]:
    """One a line, known by its place; none where the languages do not say as many, since nobody
    could tell which is which."""
    said = french.splitlines(), english.splitlines()
    if len(said[0]) != len(said[1]):
        return []
    return [Action(*pair) for pair in zip(*said, strict=True)]


class CharterQuerySet(models.QuerySet["Charter"]):
    """Versions by where they stand."""

    def published(self) -> "CharterQuerySet":
        """The newest first."""
        return self.filter(state=Charter.State.PUBLISHED).order_by("-number")

    def newest(self) -> "Charter | None":
        """The version in force."""
        return self.published().first()

    def choosing(self, day: date) -> "Charter | None":
        """The one in which one can propose and mark on that day."""
        return self.filter(state=Charter.State.CHOOSING, closes_on__gte=day).first()

    def live(self) -> "Charter | None":
        """The one that is being chosen or written."""
        return self.filter(is_live=True).first()


class Charter(models.Model):
    """One version. Chosen together until its day, then written, then published for good."""

    class State(models.TextChoices):
        CHOOSING = "choosing", _("Being chosen")
        WRITING = "writing", _("Being written")
        PUBLISHED = "published", _("Published")
        DROPPED = "dropped", _("Given up")

    state = models.CharField(max_length=10, choices=State, default=State.CHOOSING)
    # Chosen or written now: at most one is.
    is_live = models.BooleanField(default=True)
    places = models.PositiveSmallIntegerField(_("how many values there will be"))
    closes_on = models.DateField(_("last day to propose and mark"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # How many people marked something; written at the count, when the marks themselves go.
    people = models.PositiveIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Whether its page opens without signing in, while it is the newest.
    is_public = models.BooleanField(default=False)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_live"], condition=Q(is_live=True), name="one_charter_at_work"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("choosing", "writing"), is_live=True)
                | Q(state__in=("published", "dropped"), is_live=False),
                name="charter_at_work_is_chosen_or_written",
            ),
            models.CheckConstraint(
                condition=Q(places__gte=LEAST_PLACES, places__lte=MOST_VALUES),
                name="charter_has_one_to_seven_values",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="published", number__isnull=False, published_by__isnull=False,
                    published_at__isnull=False,
                )
                | (
                    ~Q(state="published")
                    & Q(number=None, published_by=None, published_at=None, is_public=False)
                ),
                name="charter_published_with_its_number",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"charter {self.number or self.pk}"

    def is_open(self, day: date) -> bool:
        """Can one propose and mark on that day?"""
        return self.state == self.State.CHOOSING and day <= self.closes_on

    @property
    def is_writing(self) -> bool:
        return self.state == self.State.WRITING


class CharterValue(models.Model):
    """A value: proposed for a version, and one of it once chosen. Actions stand one a line."""

    charter = models.ForeignKey(Charter, models.PROTECT, related_name="proposals")
    name_fr = models.CharField(_("name in French"), max_length=80, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    asked_fr = models.TextField(_("what we ask of a client, in French"), blank=True)
    asked_en = models.TextField(_("what we ask of a client, in English"), blank=True)
    owed_fr = models.TextField(_("what we owe a client, in French"), blank=True)
    owed_en = models.TextField(_("what we owe a client, in English"), blank=True)
    red_line_fr = models.CharField(_("red line, in French"), max_length=200, blank=True)
    red_line_en = models.CharField(_("red line, in English"), max_length=200, blank=True)
    # Nobody where it comes from the starter bank or from the version before.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    marks = models.PositiveIntegerField(null=True, blank=True)
    chosen = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name_fr="") | ~Q(name_en=""), name="charter_value_has_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return spoken(self.name_fr, self.name_en)

    @property
    def known_by(self) -> list[str]:
        """What makes it the same value in every version: its names, without case or accents."""
        names = {"fr": fold(self.name_fr), "en": fold(self.name_en)}
        return [f"{language} {name}" for language, name in names.items() if name]

    @property
    def asked(self) -> list[str]:
        return spoken(self.asked_fr, self.asked_en).splitlines()

    @property
    def owed(self) -> list[str]:
        return spoken(self.owed_fr, self.owed_en).splitlines()

    @property
    def asked_actions(self) -> list[Action]:
        return actions(self.asked_fr, self.asked_en)

    @property
    def owed_actions(self) -> list[Action]:
        return actions(self.owed_fr, self.owed_en)

    @property
    def red_line(self) -> str:
        return spoken(self.red_line_fr, self.red_line_en)

    @property
    def is_complete(self) -> bool:
        """Said in both languages: name, each action of both sides, and the red line or none."""
        said = (self.name_fr, self.name_en, self.asked_actions, self.owed_actions)
        return all(said) and bool(self.red_line_fr) == bool(self.red_line_en)


class Mark(models.Model):
    """Somebody would like that value. Nobody but its author reads it; it goes at the count."""

    value = models.ForeignKey(CharterValue, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["value", "person"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["value", "person"], name="one_mark_a_person")
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Objection(models.Model):
    """« Against, because… »: read by everybody without a name, kept, and answered."""

    value = models.ForeignKey(CharterValue, models.CASCADE, related_name="objections")
    # While one chooses, so that they can take it back; nobody afterwards.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sentence = models.CharField(_("against, because…"), max_length=300)
    made_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["value", "person"], name="one_objection_a_person"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="objection_is_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class CharterLink(models.Model):
    """A personal link that shows the charter to a client or a prospect. Ended, never deleted."""

    recipient = models.CharField(_("for whom"), max_length=120)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="charter_links",
        verbose_name=_("client"),
    )  # fmt: skip
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until = models.DateField(_("last day of the link"))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"charter link {self.pk}"

    @property
    def label(self) -> str:
        """For whom, as long as it is known (``clients.charter_links``)."""
        return self.recipient or gettext("Former contact")

    def is_open(self, day: date) -> bool:
        return self.ended_at is None and day <= self.until


class Acknowledgement(models.Model):
    """The recipient of a link has read a version and says so: once a version."""

    link = models.ForeignKey(CharterLink, models.PROTECT, related_name="acknowledgements")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="acknowledgements")
    name = models.CharField(_("your name"), max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link", "charter"], name="one_acknowledgement_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"

    @property
    def label(self) -> str:
        """Their name, as long as it is known (``clients.charter_links``)."""
        return self.name or gettext("Former contact")
