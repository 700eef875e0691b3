"""Asking clients: how often and whom, one survey at a time. What they answered is in
``opinions``, private to this app."""

from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from surveys.models.calendar import Round


class SatisfactionPlan(models.Model):
    """The firm's choices about asking its clients: one row."""

    months = models.PositiveSmallIntegerField(
        _("months between two surveys of clients"),
        default=4, validators=[MaxValueValidator(24)],
    )  # fmt: skip
    most = models.PositiveSmallIntegerField(
        _("contacts asked at a client, at most"),
        default=3, validators=[MinValueValidator(1), MaxValueValidator(20)],
    )  # fmt: skip
    head_start_days = models.PositiveSmallIntegerField(
        _("days during which a team of one or two reads the result first"),
        default=7, validators=[MinValueValidator(1), MaxValueValidator(28)],
    )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_satisfaction_plan")
        ]

    def __str__(self) -> str:
        return f"every {self.months} months"

    @classmethod
    def current(cls) -> "SatisfactionPlan":
        """The one row, or its defaults."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ClientSurvey(models.Model):
    """One asking of all clients with an active mission; it opens and closes with a round.

    It keeps the choices that were in force when it opened.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="client_survey")
    opened_at = models.DateTimeField()
    most = models.PositiveSmallIntegerField()
    head_start_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["round__starts_on"]

    def __str__(self) -> str:
        return f"client survey {self.round_id}"

    def is_open(self, now: datetime) -> bool:
        return self.opened_at <= now < self.round.closes_at


class Asking(models.Model):
    """One contact, drawn by the product, in one survey. Their link carries its number, signed."""

    survey = models.ForeignKey(ClientSurvey, models.PROTECT, related_name="askings")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="askings")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "contact"], name="asked_once_a_survey")
        ]

    def __str__(self) -> str:
        return f"asking {self.pk}"


class AskingMail(models.Model):
    """A mail to somebody asked: the row is the message, ``operations`` sends it."""

    class Kind(models.TextChoices):
        FIRST = "first"
        REMINDER = "reminder"
        # Asked for on the page of a link that is over: goes to the declared address alone.
        AGAIN = "again"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        OVER = "over"
        REFUSED = "refused"

    asking = models.ForeignKey(Asking, models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asking", "kind"], name="one_mail_of_a_kind")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="client_mails_to_send",
                condition=models.Q(state="waiting"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} mail of asking {self.asking_id}"
