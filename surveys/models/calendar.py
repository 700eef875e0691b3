"""When: rounds and the periods they belong to. Rows made ahead by a job."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(round_count__gte=1), name="period_has_a_round")
        ]

    def __str__(self) -> str:
        return self.starts_on.isoformat()


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by where they stand."""

    def open(self, now: datetime) -> "RoundQuerySet":
        """Opened by the job, and the clock still inside the window."""
        return self.filter(opened_at__isnull=False, opens_at__lte=now, closes_at__gt=now)

    def closed(self, now: datetime) -> "RoundQuerySet":
        """Asked once, and over."""
        return self.filter(opened_at__isnull=False, closes_at__lte=now)


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

    def is_open(self, now: datetime) -> bool:
        return self.opened_at is not None and self.opens_at <= now < self.closes_at


class CheckInShare(models.TextChoices):
    """The two ways of sharing a check-in (``decisions.md`` 17)."""

    AVERAGES = "averages", _("Only in averages")
    TALK = "talk", _("I would like to talk")
