"""Two variants of an invitation, compared over one round on answers alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from surveys.models.calendar import Round
from surveys.models.messages import HOURS


class MailTrial(models.Model):
    """One factor, one round; who gets which variant is worked out, and kept nowhere.

    What it found is three numbers in points, written once after the close: no count, nobody.
    """

    class Factor(models.TextChoices):
        SUBJECT = "subject", _("Subject: a question, or how long it takes")
        HOUR = "hour", _("Hour: as chosen, or another one")

    round = models.OneToOneField(Round, models.CASCADE, related_name="+")
    factor = models.CharField(_("What differs"), max_length=10, choices=Factor)
    other_at = models.TimeField(_("other hour"), null=True, blank=True, validators=HOURS)
    # Points more (or fewer) of the invited who answered, of the second variant; both ends of the
    # interval. Empty: not over, or too few were invited.
    difference = models.SmallIntegerField(null=True, blank=True)
    low = models.SmallIntegerField(null=True, blank=True)
    high = models.SmallIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-round__starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(factor="hour", other_at__isnull=False)
                | Q(factor="subject", other_at__isnull=True),
                name="one_factor_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(difference__isnull=True, low__isnull=True, high__isnull=True)
                | Q(
                    difference__isnull=False,
                    low__isnull=False,
                    high__isnull=False,
                    counted_at__isnull=False,
                ),
                name="trial_found_with_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} {self.round_id}"

    @property
    def signed(self) -> str:
        """``+3``, ``−2``."""
        return f"{self.difference:+d}".replace("-", "−") if self.difference is not None else ""

    def is_second(self, person: int) -> bool:
        """Half of the people, by chance, and the same ones whenever it is asked."""
        drawn = salted_hmac("surveys.trials", f"{self.pk}.{person}", algorithm="sha256").digest()
        return bool(drawn[0] & 1)
