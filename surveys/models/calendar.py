"""When: rounds and the periods they belong to. Rows made ahead by a job."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import periods
from surveys.models.questions import Questionnaire


class PeriodQuerySet(models.QuerySet["Period"]):
    """Periods by where they stand."""

    def closed(self, now: datetime) -> "PeriodQuerySet":
        """All rounds made, and the last of them closed."""
        return self.filter(closes_at__isnull=False, closes_at__lte=now)


class Period(models.Model):
    """A whole number of rounds whose figures come out together."""

    starts_on = models.DateField(unique=True)
    round_count = models.PositiveSmallIntegerField()
    # First day and close of its last round; known once all its rounds are made.
    last_round_on = models.DateField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    # The firm's calendar when it was made: what a change of it leaves alone. Unknown of a period
    # that an import has made.
    cadence_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    open_days = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_at = models.TimeField(null=True, blank=True)
    rounds_per_period = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(round_count__gte=1), name="period_has_a_round")
        ]

    def __str__(self) -> str:
        return self.starts_on.isoformat()

    def calendar(self, pauses: tuple[periods.Pause, ...]) -> periods.Calendar | None:
        """The calendar that its rounds follow; None where it is unknown."""
        if self.cadence_weeks is None or self.open_days is None or self.opens_at is None:
            return None
        return periods.Calendar(
            first_round_on=self.starts_on,
            cadence_days=7 * self.cadence_weeks,
            open_days=self.open_days,
            opens_at=self.opens_at,
            zone=ZoneInfo(settings.TIME_ZONE),
            pauses=pauses,
        )


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by where they stand."""

    def open(self, now: datetime) -> "RoundQuerySet":
        """Opened by the job, and the clock still inside the window."""
        return self.filter(opened_at__isnull=False, opens_at__lte=now, closes_at__gt=now)

    def closed(self, now: datetime) -> "RoundQuerySet":
        """Asked once, and over."""
        return self.filter(opened_at__isnull=False, closes_at__lte=now)

    def to_come(self, now: datetime) -> "RoundQuerySet":
        """Not due yet."""
        return self.filter(opened_at__isnull=True, opens_at__gt=now)


class Round(models.Model):
    """One asking. Opens and closes once; no catch-up, no late answers."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="rounds")
    starts_on = models.DateField(unique=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, null=True, blank=True, related_name="rounds"
    )
    # Set by the opening job; a round that never opened asks nothing.
    opened_at = models.DateTimeField(null=True, blank=True)
    # No column: ``round_asking`` says it of a person, in the one query of a sending.
    is_aside = False

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(questionnaire__isnull=False),
                name="open_round_has_its_questionnaire",
            ),
        ]

    def __str__(self) -> str:
        return self.starts_on.isoformat()

    def is_early(self, now: datetime) -> bool:
        """In its first half: what opens later leaves too little time to answer."""
        return now - self.opens_at < self.closes_at - now

    def is_open(self, now: datetime) -> bool:
        return self.opened_at is not None and self.opens_at <= now < self.closes_at


class Pause(models.Model):
    """Days on which no round opens, such as August; the same ones each year if yearly."""

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    yearly = models.BooleanField(_("every year"), default=False)

    class Meta:
        ordering: ClassVar = ["starts_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["starts_on"], name="one_pause_from_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="pause_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"pause {self.starts_on}"

    @property
    def days(self) -> periods.Pause:
        """The same as plain arithmetic."""
        return periods.Pause(self.starts_on, self.ends_on, self.yearly)


class ClosingChange(models.Model):
    """An open round closes earlier or later than planned: who said so, when and why."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="closing_changes")
    before = models.DateTimeField()
    after = models.DateTimeField(_("new close"))
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Taken back: it closes as it would have without that one, and needs no other reason.
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(before__gt=F("made_at"), after__gt=F("made_at"))
                & ~Q(before=F("after")),
                name="a_close_moves_before_it_comes",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(undoes__isnull=False),
                name="a_close_moves_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"closing change {self.pk}"

    @property
    def is_earlier(self) -> bool:
        return self.after < self.before


class CheckInShare(models.TextChoices):
    """The two ways of sharing a check-in (``decisions.md`` 17)."""

    AVERAGES = "averages", _("Only in averages")
    TALK = "talk", _("I would like to talk")
