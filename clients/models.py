"""For whom: the firm's clients."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from core.search import FoldedField, containing


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients by their place in time."""

    def current(self, day: date) -> "ClientQuerySet":
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))

    def ended(self, day: date) -> "ClientQuerySet":
        return self.filter(ended_on__lt=day)

    def matching(self, text: str) -> "ClientQuerySet":
        """Those whose reference, name or sector holds every word, whatever the accents."""
        return self.filter(containing("search", text))

    def working(self, day: date) -> dict[int, int]:
        """How many people work at each client that day: a fact of staffing.

        Missions live above; their tables are reached by name, never imported.
        """
        there = (
            Q(missions__assignments__starts_on__lte=day)
            & (
                Q(missions__assignments__ends_on__isnull=True)
                | Q(missions__assignments__ends_on__gte=day)
            )
            & Q(missions__assignments__person__is_active=True)
        )
        counted = self.filter(there).order_by().values("pk")
        people = Count("missions__assignments__person", distinct=True)
        return dict(counted.annotate(people=people).values_list("pk", "people"))


class Client(models.Model):
    """A client of the firm, or one of its own products. Ended, never deleted."""

    class Kind(models.TextChoices):
        EXTERNAL = "external", _("Client")
        INTERNAL = "internal", _("Own product")

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sector = models.CharField(_("sector"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EXTERNAL)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="clients", verbose_name=_("owning unit")
    )
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="accounts_held", verbose_name=_("account manager"),
    )  # fmt: skip
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    search = FoldedField(sources=("ref", "name", "sector"))

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
