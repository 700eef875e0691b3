"""PRIVATE to this app: what a contact answered. Nothing outside ``surveys`` imports it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from surveys.models.satisfaction import Asking


class Opinion(models.Model):
    """One contact's answers in one survey: topic → 0, 25, 50, 75 or 100; a skipped one is absent.

    ``former``: what stood before each change, oldest first, as ``[moment, answers]``.
    """

    asking = models.OneToOneField(Asking, models.PROTECT, related_name="+")
    # Whom the form named when this was sent: nobody else reads it with its name, whoever holds the
    # account later.
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answers = models.JSONField(default=dict)
    former = models.JSONField(default=list)
    # Sealed (``surveys.comments``); only the last one is kept.
    comment = models.BinaryField(null=True, blank=True)
    sent_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"opinion {self.pk}"
