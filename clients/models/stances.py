"""Where somebody stands on a client's vision, and in which sectors they would like to work."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.portfolio import Client


class Wish(models.TextChoices):
    """To work there, or rather not."""

    FOR = "for", _("I would like to work there")
    AGAINST = "against", _("I would rather not work there")


class Stance(models.Model):
    """Its author's until they share it; never read beside a figure."""

    class Word(models.TextChoices):
        SHARE = "share", _("I share it")
        LIVE_WITH = "live_with", _("I can live with it")
        DISCUSS = "discuss", _("I would rather discuss it")
        AGAINST = "against", _("it goes against my values")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stances")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    word = models.CharField(
        _("what this client stands for, as far as I know it"), max_length=10, choices=Word,
        blank=True,
    )  # fmt: skip
    wish = models.CharField(_("my wish"), max_length=7, choices=Wish, blank=True)
    sentence = models.CharField(_("in a sentence"), max_length=200, blank=True)
    shared = models.BooleanField(_("share it with my managers"), default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["person", "client__name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "client"], name="one_stance_a_client"),
            models.CheckConstraint(
                condition=~Q(word="") | ~Q(wish=""), name="stance_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"stance {self.pk}"


class SectorWish(models.Model):
    """For or against a sector; its author's until they share it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sector_wishes"
    )
    sector = models.CharField(_("sector"), max_length=80)
    wish = models.CharField(_("my wish"), max_length=7, choices=Wish)
    shared = models.BooleanField(_("share it with my managers"), default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["person", "sector", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "sector"], name="one_wish_a_sector")
        ]

    def __str__(self) -> str:
        return f"wish {self.pk}"
