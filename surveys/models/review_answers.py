"""PRIVATE to this app: how one person judged a client. Nothing outside ``surveys`` imports it."""

from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import models

from clients.models import Client
from surveys.models.reviews import ClientReview

T = TypeVar("T")


def by_id(stored: dict[str, T]) -> dict[int, T]:
    """As it is read: by id of a value."""
    return {int(value): one for value, one in stored.items()}


class ReviewAnswer(models.Model):
    """One person's answers about one client in one review; by value of the charter (its id, as
    text), a value that was skipped being absent.

    ``verdicts``: seen, not_seen or contrary; ``ours``: kept or not_kept; ``red_lines``: values
    whose red line they saw crossed. ``seen_actions`` and ``kept_actions``: places of the typical
    actions that they ticked, of what we ask and of what we owe. Each of these with a word on its
    value.
    """

    # Found through the unique constraint, which begins with it: no index of its own.
    review = models.ForeignKey(ClientReview, models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdicts = models.JSONField(default=dict)
    ours = models.JSONField(default=dict)
    red_lines = models.JSONField(default=list)
    seen_actions = models.JSONField(default=dict)
    kept_actions = models.JSONField(default=dict)
    sent_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "client", "person"], name="one_review_answer_a_client"
            )
        ]

    def __str__(self) -> str:
        return f"review answer {self.pk}"
