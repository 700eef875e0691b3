"""PRIVATE to this app: one person's answers. Nothing outside ``surveys`` imports this file."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from missions.models import Mission
from surveys.models.calendar import CheckInShare, Round


class CheckIn(models.Model):
    """One person's answers about one mission in one round.

    ``answers``: question code → value 0–100, worst to best (an imported value may have
    decimals); a skipped item is absent. ``raw``: for imported ones only, code →
    ``[value, min, max]`` as it stood in the file.
    """

    # Found through the unique constraint, which begins with it: no index of its own.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    raw = models.JSONField(null=True, blank=True)
    share = models.CharField(max_length=10, choices=CheckInShare, default=CheckInShare.AVERAGES)
    talk_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    sent_at = models.DateTimeField()
    # Sealed (surveys/comments.py), in the same row so that one statement keeps both.
    comment = models.BinaryField(null=True, blank=True)
    # Ticked by its author: may be shown, mixed with others'.
    comment_shown = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "mission", "round"], name="one_check_in_per_round_and_mission"
            ),
            models.CheckConstraint(
                condition=Q(share=CheckInShare.AVERAGES, talk_to__isnull=True)
                | Q(share=CheckInShare.TALK, talk_to__isnull=False),
                name="a_wish_to_talk_names_somebody",
            ),
            models.CheckConstraint(
                condition=Q(comment_shown=False) | Q(comment__isnull=False),
                name="only_a_comment_can_be_shown",
            ),
        ]
        indexes: ClassVar = [
            # Few ask to talk: an index of those alone.
            models.Index(
                fields=["talk_to"], name="wishes_to_talk", condition=Q(talk_to__isnull=False)
            ),
            models.Index(
                fields=["round"], name="comments_of_a_round", condition=Q(comment__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"check-in {self.pk}"


class Draft(models.Model):
    """What somebody has chosen and not sent: one row, overwritten at each tap, gone at sending.

    ``typed``: as the form says it, right or wrong. No time of any single answer: only when the
    row was last written, which says what is newer and what is 30 days old.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict)
    comment = models.BinaryField(null=True, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "mission", "round"], name="one_draft_per_round_and_mission"
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Leaving(models.Model):
    """Somebody takes no part in the check-ins for now; nobody else can see that they do not."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"leaving {self.pk}"
