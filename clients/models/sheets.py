"""A client judged against the charter by the few people who work there, together on one sheet."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.charter import Charter, CharterValue
from clients.models.portfolio import Client
from clients.models.prospects import Seen


class ClientSheetQuerySet(models.QuerySet["ClientSheet"]):
    def standing(self) -> "ClientSheetQuerySet":
        """Those that count: not withdrawn."""
        return self.filter(withdrawn_at=None)


class ClientSheet(models.Model):
    """One sheet. It does not change: a new one takes its place, and it can still be read.

    One that is withdrawn stays as a row, without its texts, and counts no more.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="sheets")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="+")
    # The referent, who held the pen. Who was at the table stands nowhere.
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ClientSheetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="sheet_is_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk}"


class SheetLine(models.Model):
    """One value on a sheet: what we owe, kept or not, and what we saw of the client's side."""

    class Ours(models.TextChoices):
        KEPT = "kept", _("kept")
        NOT_KEPT = "not_kept", _("not kept")
        UNKNOWN = "unknown", _("cannot say yet")

    sheet = models.ForeignKey(ClientSheet, models.CASCADE, related_name="lines")
    value = models.ForeignKey(CharterValue, models.PROTECT, related_name="+")
    ours = models.CharField(max_length=10, choices=Ours)
    ours_evidence = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=10, choices=Seen.Verdict)
    evidence = models.CharField(max_length=300, blank=True)
    red_line = models.BooleanField(default=False)
    # Both evidences were erased: in time, or because the sheet was withdrawn.
    texts_gone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["value__position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "value"], name="one_line_a_value_and_sheet"),
            models.CheckConstraint(
                condition=(Q(verdict="not_seen") & Q(red_line=False))
                | ~Q(evidence="")
                | Q(texts_gone=True),
                name="line_has_its_evidence",
            ),
            models.CheckConstraint(
                condition=Q(ours="unknown") | ~Q(ours_evidence="") | Q(texts_gone=True),
                name="line_has_our_evidence",
            ),
            models.CheckConstraint(
                condition=Q(texts_gone=False) | Q(evidence="", ours_evidence=""),
                name="texts_that_are_gone_are_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"
