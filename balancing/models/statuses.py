"""The status of each client at the end of a period, and the firm's rule that gave it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Charter, Client, Result
from surveys.models import ClientReview, Period

PERCENT = (MinValueValidator(1), MaxValueValidator(100))


class StatusRule(models.Model):
    """A version of the rule, and the aim. Written, never edited; it counts from the next figures.

    Before the first one the product's own percents count, and there is no aim.
    """

    number = models.PositiveIntegerField(unique=True)
    virtuous_from = models.PositiveSmallIntegerField(
        _("virtuous from, in percent of the values judged"), validators=PERCENT
    )
    at_risk_under = models.PositiveSmallIntegerField(
        _("at risk under, in percent of the values judged"), validators=PERCENT
    )
    target = models.PositiveSmallIntegerField(
        _("aim, in percent of our days"), validators=PERCENT, null=True, blank=True
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at_risk_under__lte=F("virtuous_from"))
                & Q(at_risk_under__gte=1, virtuous_from__lte=100),
                name="status_rule_percents_in_order",
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__gte=1, target__lte=100),
                name="status_rule_aim_is_a_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"status rule {self.number}"


class StatusPass(models.Model):
    """The statuses of one published period as a whole: done once, frozen like a release."""

    period = models.OneToOneField(Period, models.PROTECT, related_name="+")
    # Null = the product's own percents.
    rule = models.ForeignKey(
        StatusRule, models.PROTECT, null=True, blank=True, related_name="passes"
    )
    # Version of the calculation, whatever the firm's percents.
    formula_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    # Person-days of the period with clients, by the reference of the mission's profile.
    profile_days = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-period__starts_on"]

    def __str__(self) -> str:
        return f"status pass {self.period_id}"


class ClientStatus(models.Model):
    """What a client was in a period: a word with its reasons, never a number."""

    status_pass = models.ForeignKey(StatusPass, models.CASCADE, related_name="statuses")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=Result)
    # Codes of ``balancing.maths.status``, the one that decided first.
    reasons = models.JSONField(default=list)
    # Person-days that were staffed there in the period.
    days = models.FloatField(default=0)
    # Of the charter's values: how many it has, were judged, were seen.
    values = models.PositiveSmallIntegerField(default=0)
    judged = models.PositiveSmallIntegerField(default=0)
    seen = models.PositiveSmallIntegerField(default=0)
    # On which version it was judged, and in which review; null = nobody has, or on a joint sheet.
    charter = models.ForeignKey(Charter, models.PROTECT, null=True, blank=True, related_name="+")
    review = models.ForeignKey(
        ClientReview, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-days", "client"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["status_pass", "client"], name="one_status_per_client_and_period"
            ),
            models.CheckConstraint(
                condition=Q(seen__lte=F("judged")) & Q(judged__lte=F("values")) & Q(days__gte=0),
                name="client_status_counts_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"status {self.client_id}"
