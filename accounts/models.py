"""Who: people, units, the firm's settings, the audit log."""

from datetime import date, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.wording import ACTIONS, FIELDS, KINDS
from core.outgoing import UNREACHABLE
from core.periods import FRIDAY, Calendar
from core.search import FoldedField, containing


class OrgUnit(models.Model):
    """An agency or a team of the firm, in a tree. Ended, never deleted."""

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_units",
    )
    # A units file may name a manager whom the people file brings later.
    pending_manager_ref = models.CharField(max_length=40, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")), name="unit_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """People by their place in time and by role."""

    def present(self, day: date) -> "UserQuerySet":
        """Employed on that day."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            is_active=True,
        )

    def reachable(self) -> "UserQuerySet":
        """Whose address has not given mails back for good."""
        return self.exclude(UNREACHABLE)

    def consultants(self) -> "UserQuerySet":
        return self.filter(is_consultant=True)

    def named(self, text: str) -> "UserQuerySet":
        """Whose name or reference holds these words, whatever their accents and case."""
        return self.filter(containing("search", text))


class UserManager(BaseUserManager["User"]):
    """Creation with a case-folded e-mail."""

    def create_user(
        self, *, ref: str, email: str, password: str | None = None, **rest: Any
    ) -> "User":
        user = self.model(ref=ref, email=email, **rest)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, *, ref: str, email: str, password: str | None = None, **rest: Any
    ) -> "User":
        return self.create_user(
            ref=ref, email=email, password=password, is_staff=True, is_superuser=True, **rest
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").casefold())


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the firm. Four roles as booleans; scope (units, clients) is apart."""

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    first_name = models.CharField(_("first name"), max_length=120)
    last_name = models.CharField(_("last name"), max_length=120)
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("unit"),
    )
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports",
        verbose_name=_("manager"),
    )  # fmt: skip
    is_consultant = models.BooleanField(_("consultant"), default=False)
    is_manager = models.BooleanField(_("manager"), default=False)
    is_referent = models.BooleanField(_("well-being referent"), default=False)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris")
    weekly_digest = models.BooleanField(
        _("weekly e-mail on what to handle"), default=True,
        help_text=_("Never more than one a week, and none when there is nothing."),
    )  # fmt: skip
    # Stopped by their reader alone, and written down nowhere else (``accounts.stopping``).
    checkin_mails = models.BooleanField(
        _("e-mail when there is a check-in to do"), default=True,
        help_text=_("One when a round opens, one reminder a week later, none once answered."),
    )  # fmt: skip
    rotation_mails = models.BooleanField(_("e-mail about a rotation to talk over"), default=True)
    # ``core.outgoing``: told to nobody but on the page "E-mails".
    refused_email = models.EmailField(max_length=254, default="", blank=True, editable=False)
    starts_on = models.DateField(_("arrival"), null=True, blank=True)
    ends_on = models.DateField(_("departure"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    search = FoldedField(sources=("first_name", "last_name", "ref"))
    # Part of what a session is checked against: adding one ends them all.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["ref", "first_name", "last_name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering: ClassVar = ["last_name", "first_name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="email_unique_whatever_its_case"),
            models.CheckConstraint(
                condition=Q(is_administrator=False) | Q(is_manager=False, is_referent=False),
                name="administrator_reads_no_figure",
                violation_error_message=_(
                    "An administrator cannot also be a manager or a referent."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="person_leaves_after_arriving",
            ),
            models.CheckConstraint(
                condition=~Q(manager=models.F("pk")), name="nobody_manages_self"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.casefold()
        super().save(*args, **kwargs)

    def may_sign_in(self, day: date) -> bool:
        """Neither disabled nor gone. Somebody who has not arrived yet may prepare."""
        return self.is_active and (self.ends_on is None or self.ends_on >= day)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}.{self.sessions_ended}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper()


# As ``date.weekday`` counts them: no mail at the week-end.
WORKING_DAYS = [(number, name) for number, name in WEEKDAYS.items() if number <= FRIDAY]


class FirmSettings(models.Model):
    """The firm's own choices: one row."""

    name = models.CharField(_("firm's name"), max_length=120, default="")
    consulted_on = models.DateField(
        _("date of the staff council's consultation"), null=True, blank=True
    )
    first_round_on = models.DateField(_("first day of the first round"), null=True, blank=True)
    cadence_weeks = models.PositiveSmallIntegerField(
        _("weeks between two rounds"),
        default=4, validators=[MinValueValidator(1), MaxValueValidator(13)],
    )  # fmt: skip
    open_days = models.PositiveSmallIntegerField(
        _("days a round stays open"),
        default=14, validators=[MinValueValidator(2), MaxValueValidator(90)],
    )  # fmt: skip
    opens_at = models.TimeField(_("hour of opening"), default=time(10, 0))
    rounds_per_period = models.PositiveSmallIntegerField(
        _("rounds in a period"),
        default=3, validators=[MinValueValidator(1), MaxValueValidator(13)],
    )  # fmt: skip
    anonymity_threshold = models.PositiveSmallIntegerField(
        _("people needed for a figure"), default=5, validators=[MinValueValidator(5)]
    )
    demand_maximum = models.PositiveSmallIntegerField(
        _("points of the most demanding mission"), default=10, validators=[MinValueValidator(1)]
    )
    participation_floor = models.PositiveSmallIntegerField(
        _("participation under which an alert opens, in percent"),
        default=50, validators=[MinValueValidator(30), MaxValueValidator(90)],
    )  # fmt: skip
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the managers’ weekly e-mail"), choices=WORKING_DAYS, default=1
    )
    digest_at = models.TimeField(
        _("hour of the managers’ weekly e-mail"), default=time(11, 0),
        validators=[MinValueValidator(time(6)), MaxValueValidator(time(19))],
    )  # fmt: skip
    help_email = models.EmailField(
        _("e-mail for help"), blank=True,
        help_text=_("Shown at the foot of every page."),
    )  # fmt: skip
    privacy_email = models.EmailField(
        _("e-mail of the data protection officer"), blank=True,
        help_text=_("Shown on the page “Who sees what”."),
    )  # fmt: skip
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="one_firm"),
            models.CheckConstraint(
                condition=Q(anonymity_threshold__gte=5), name="threshold_never_under_five"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "FirmSettings":
        """The one row, or its defaults before the firm is set up."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def calendar(self) -> Calendar | None:
        """The firm's calendar, or None while no first round is chosen."""
        if self.first_round_on is None:
            return None
        return Calendar(
            first_round_on=self.first_round_on,
            cadence_days=7 * self.cadence_weeks,
            open_days=self.open_days,
            opens_at=self.opens_at,
            zone=ZoneInfo(settings.TIME_ZONE),
        )


class ThresholdChangeQuerySet(models.QuerySet["ThresholdChange"]):
    """Changes by where they stand."""

    def waiting(self) -> "ThresholdChangeQuerySet":
        """Proposed, and not decided: at most one."""
        return self.filter(state=ThresholdChange.State.PROPOSED)

    def confirmed(self) -> "ThresholdChangeQuerySet":
        """In force, the newest first."""
        return self.filter(state=ThresholdChange.State.CONFIRMED).order_by("-decided_at", "-pk")


class ThresholdChange(models.Model):
    """A raise of the people needed for a figure: one person proposes, another one confirms."""

    HIGHEST = 50  # beyond it hardly any firm would have a figure left, for good

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a decision")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    before = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField(_("people needed for a figure"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ThresholdChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="proposed"),
                name="one_threshold_change_waits",
            ),
            models.CheckConstraint(
                condition=Q(before__gte=5, people__gt=models.F("before"), people__lte=50),
                name="threshold_only_rises",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (
                    ~Q(state="proposed")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="threshold_change_is_open_or_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=models.F("proposed_by")),
                name="threshold_takes_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"threshold {self.before} → {self.people} {self.state}"


class TalkContact(models.Model):
    """Somebody one may ask to talk to. The list is kept by the referent."""

    person = models.OneToOneField(User, models.CASCADE, related_name="talk_contact")
    title_fr = models.CharField(_("role, in French"), max_length=80)
    title_en = models.CharField(_("role, in English"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.person)


class AuditEntry(models.Model):
    """Who did or read what, when. Append-only; never an answer, never a typed value."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="audit_acts"
    )
    action = models.CharField(max_length=60)
    # The person whom the act concerns, who can read the line.
    about = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="audit_lines"
    )
    object_kind = models.CharField(max_length=40, blank=True)
    object_ref = models.CharField(max_length=80, blank=True)
    # Names of changed fields with old and new value, of configuration and staffing only.
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["object_kind", "object_ref", "-at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_ref}"

    @property
    def action_word(self) -> str:
        return str(ACTIONS.get(self.action, self.action))

    @property
    def kind_word(self) -> str:
        return str(KINDS.get(self.object_kind, self.object_kind))

    @property
    def change_lines(self) -> list[tuple[str, str, str]]:
        """Name, old and new value of each changed field."""
        return [(str(FIELDS.get(name, name)), *values) for name, values in self.changes.items()]
