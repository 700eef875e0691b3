"""Invitations and reminders as rows, and when they leave.

A row says that a mail is due to somebody about a round, never whether they have answered: rows of
reminders are made for everybody invited, and go once the round is closed.
"""

from datetime import date, time
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from core.free_days import is_holiday
from core.periods import FRIDAY
from core.slots import Slot
from surveys.models.calendar import Round

# As ``date.weekday`` counts them: no mail at the week-end.
WORKING_DAYS = [(number, name) for number, name in WEEKDAYS.items() if number <= FRIDAY]
HOURS = [MinValueValidator(time(7)), MaxValueValidator(time(18))]


class Message(models.Model):
    """One mail to one person about one round: the invitation, or the one reminder."""

    class Rank(models.IntegerChoices):
        INVITATION = 0, _("Invitation")
        REMINDER = 1, _("Reminder")

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # Not needed, or no longer possible: no cause is kept.
        DROPPED = "dropped"
        # For good, by the mail server.
        REFUSED = "refused"

    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(choices=Rank)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # A worker has it in hand since then; one that dies lets go after a while.
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "round", "rank"], name="one_mail_per_person_round_and_rank"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | (~Q(state="waiting") & Q(finished_at__isnull=False)),
                name="mail_finished_with_its_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="mails_due", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"mail {self.rank} {self.person_id} {self.round_id}"


class MailSettings(models.Model):
    """When the firm's mails leave, and whose holidays it keeps: one row."""

    weekday = models.PositiveSmallIntegerField(_("day"), choices=WORKING_DAYS, default=1)
    at = models.TimeField(_("hour"), default=time(10), validators=HOURS)
    country = models.CharField(_("public holidays of"), max_length=2, default="FR", blank=True)
    region = models.CharField(_("region"), max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="one_mail_settings")
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.at:%H:%M}"

    @classmethod
    def current(cls) -> "MailSettings":
        """The one row, or Tuesday at ten before anybody chose."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def slot(self) -> Slot:
        return Slot(self.weekday, self.at)

    def is_holiday(self, day: date) -> bool:
        """A public holiday where the firm is."""
        return is_holiday(day, self.country, self.region)


class UnitSlot(models.Model):
    """A unit whose mails leave at another day and hour, sub-units included."""

    unit = models.OneToOneField(OrgUnit, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WORKING_DAYS)
    at = models.TimeField(_("hour"), validators=HOURS)

    class Meta:
        ordering: ClassVar = ["unit"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.weekday} {self.at:%H:%M}"

    @property
    def slot(self) -> Slot:
        return Slot(self.weekday, self.at)
