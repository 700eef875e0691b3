"""Rotations that would help: a manager's question, what was found, and who was told."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from missions.models import Mission


class RotationRun(models.Model):
    """A manager's question, which rotations would help; a job answers it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the worker")
        RUNNING = "running", _("Being worked out")
        DONE = "done", _("Worked out")
        CANCELLED = "cancelled", _("Stopped")

    class Outcome(models.TextChoices):
        FOUND = "found", _("Rotations found")
        NOTHING = "nothing", _("No rotation would help")
        NO_LOADS = "no_loads", _("No loads to compare yet")
        NOBODY = "nobody", _("Nobody who could move")

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # Rounds ahead at which loads are compared, and people who may leave their mission.
    rounds = models.PositiveSmallIntegerField(
        _("rounds ahead"), validators=[MinValueValidator(2), MaxValueValidator(12)]
    )
    moves = models.PositiveSmallIntegerField(
        _("people who may leave their mission, at most"), validators=[MinValueValidator(1)]
    )
    together = models.PositiveSmallIntegerField(
        _("of these in one proposal"), default=2, validators=[MinValueValidator(1)]
    )
    starts_on = models.DateField(_("changes from"))
    locked = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("who stays")
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # When the worker that does it took it.
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Plans looked at so far, each better than the one before.
    plans = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_rotation_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"rotation run {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}


class Rotation(models.Model):
    """People who would change missions with each other: something to talk about, no more."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        TALKING = "talking", _("Being talked over")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")
        SET_ASIDE = "set_aside", _("Put aside")

    run = models.ForeignKey(RotationRun, models.PROTECT, related_name="rotations")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    starts_on = models.DateField(_("changes from"))
    # By how much the firm's Gini index would change, relatively: −0.31 is 31 % less.
    gap = models.FloatField()
    above_without = models.PositiveIntegerField()
    above_with = models.PositiveIntegerField()
    overlap_days = models.PositiveSmallIntegerField()
    caution = models.CharField(max_length=30)
    # When its people were told of it; null = they have not heard.
    talked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Why it was set aside, or what the person who refused wants known.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["run", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="rotation_numbers_in_a_run")
        ]

    def __str__(self) -> str:
        return f"rotation {self.pk}"


class RotationMove(models.Model):
    """One person's part of a rotation. Shares are percents of days on demanding missions."""

    class Answer(models.TextChoices):
        YES = "yes", _("Agrees")
        NO = "no", _("Would rather not")

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="moves")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="rotation_moves"
    )
    leaves = models.ForeignKey(Mission, models.PROTECT, null=True, blank=True, related_name="+")
    takes = models.ForeignKey(Mission, models.PROTECT, null=True, blank=True, related_name="+")
    time = models.PositiveSmallIntegerField(_("share of time, in percent"))
    share_now = models.FloatField()
    share_without = models.FloatField()
    share_with = models.FloatField()
    # Codes, each with what it needs to be told.
    reasons = models.JSONField(default=list)
    answer = models.CharField(max_length=3, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(_("in your words"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-share_now", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rotation", "person"], name="one_move_per_person_and_rotation"
            ),
            models.CheckConstraint(
                condition=Q(leaves__isnull=False) | Q(takes__isnull=False),
                name="a_move_leaves_or_takes",
            ),
        ]

    def __str__(self) -> str:
        return f"rotation move {self.pk}"


class RotationNotice(models.Model):
    """Somebody in an opened conversation is to hear of it by mail: once, whatever comes of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # Looked at, and there was nothing left to say.
        OVER = "over"
        # For good, by the mail server.
        REFUSED = "refused"

    move = models.OneToOneField(RotationMove, models.CASCADE, related_name="notice")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # A worker has it in hand since then; one that dies lets go after a while.
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | (~Q(state="waiting") & Q(finished_at__isnull=False)),
                name="rotation_notice_finished_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"rotation notice {self.move_id}"
