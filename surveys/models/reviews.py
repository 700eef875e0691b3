"""Asking our people to judge their clients on the charter: how often, and of which clients. What
they answered is in ``review_answers``, private to this app."""

from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Charter, Client
from surveys.models.calendar import Round


class ReviewPlan(models.Model):
    """How often the firm's people judge their clients: one row."""

    months = models.PositiveSmallIntegerField(
        _("months between two reviews of clients"),
        default=4, validators=[MaxValueValidator(24)],
    )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_review_plan")
        ]

    def __str__(self) -> str:
        return f"every {self.months} months"

    @classmethod
    def current(cls) -> "ReviewPlan":
        """The one row, or its defaults."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ClientReview(models.Model):
    """One review of the clients at which enough people work; it opens and closes with a round.

    It keeps the version of the charter that was in force when it opened.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="client_review")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # Set once its answers are about to be counted: from then on none is kept.
    counted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["round__starts_on"]

    def __str__(self) -> str:
        return f"client review {self.round_id}"

    def is_open(self, now: datetime) -> bool:
        return self.opened_at <= now < self.round.closes_at


class ReviewedClient(models.Model):
    """A client at which enough people worked when a review opened."""

    review = models.ForeignKey(ClientReview, models.PROTECT, related_name="reviewed")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "client"], name="reviewed_once_a_review")
        ]

    def __str__(self) -> str:
        return f"reviewed client {self.pk}"
