"""What a client pays, month by month, as the firm's books have it."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.portfolio import Client


class ClientRevenue(models.Model):
    """The revenue of one client in one month, in the firm's currency.

    Without a row, or without an amount, it is unknown; 0 is known, and is nothing.
    """

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="revenue", verbose_name=_("client")
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip

    class Meta:
        ordering: ClassVar = ["client", "month"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "month"], name="one_revenue_per_client_and_month"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="revenue_month_is_its_first_day"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="revenue_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"revenue {self.pk}"

    @property
    def ref(self) -> str:
        """How the audit log names it: the client and the month, « C01/2026-01 »."""
        return f"{self.client.ref}/{month_text(self.month)}"


def month_text(month: date) -> str:
    """« 2026-01 »."""
    return f"{month:%Y-%m}"
