"""First contact: prospects, how they stand against the charter, and exceptions to it."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.charter import Charter, CharterValue
from clients.models.portfolio import Client


class Result(models.TextChoices):
    """What a stated rule makes of a screening: a word, never a number."""

    VIRTUOUS = "virtuous", _("Virtuous")
    ON_THE_WAY = "on_the_way", _("On the way")
    AT_RISK = "at_risk", _("At risk")
    TOO_EARLY = "too_early", _("Too early to say")


class Prospect(models.Model):
    """Somebody who may become a client. Decided on, never deleted."""

    class Source(models.TextChoices):
        COLLEAGUE = "colleague", _("a colleague")
        CLIENT = "client", _("a client or former client")
        TENDER = "tender", _("a call for tenders")
        CAME = "came", _("they came to us")
        SOUGHT = "sought", _("we went to them")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("Being met")
        ACCEPTED = "accepted", _("Became a client")
        REFUSED = "refused", _("Refused by us")
        LOST = "lost", _("Went no further")

    name = models.CharField(_("name"), max_length=120)
    sector = models.CharField(_("sector"), max_length=80, blank=True)
    source = models.CharField(_("how they came to us"), max_length=10, choices=Source)
    source_words = models.CharField(_("in a word"), max_length=120, blank=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    met_at = models.DateTimeField()
    # That of the latest screening; empty before the first.
    result = models.CharField(max_length=10, choices=Result, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("why, in one sentence"), max_length=300, blank=True)
    client = models.OneToOneField(
        Client, models.PROTECT, null=True, blank=True, related_name="prospect"
    )

    class Meta:
        ordering: ClassVar = ["-met_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | (
                    ~Q(state="open")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="prospect_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", client__isnull=False)
                | (~Q(state="accepted") & Q(client=None)),
                name="prospect_accepted_is_a_client",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Screening(models.Model):
    """A prospect against one version of the charter, by whoever met them. It does not change."""

    prospect = models.ForeignKey(Prospect, models.PROTECT, related_name="screenings")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    result = models.CharField(max_length=10, choices=Result)
    rule_version = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"screening {self.pk}"


class Seen(models.Model):
    """One value in one screening, with its evidence."""

    class Verdict(models.TextChoices):
        SEEN = "seen", _("seen")
        NOT_SEEN = "not_seen", _("not seen yet")
        CONTRARY = "contrary", _("contrary")

    screening = models.ForeignKey(Screening, models.CASCADE, related_name="lines")
    value = models.ForeignKey(CharterValue, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    evidence = models.CharField(max_length=300, blank=True)
    red_line = models.BooleanField(default=False)
    # Why a line that the screening before found crossed is crossed no more.
    changed = models.CharField(max_length=300, blank=True)
    # Both sentences were erased in time; what was found stays.
    texts_gone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["value__position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["screening", "value"], name="one_verdict_a_value_and_screening"
            ),
            models.CheckConstraint(
                condition=(Q(verdict="not_seen") & Q(red_line=False))
                | ~Q(evidence="")
                | Q(texts_gone=True),
                name="verdict_has_its_evidence",
            ),
            models.CheckConstraint(
                condition=Q(texts_gone=False) | Q(evidence="", changed=""),
                name="sentences_that_are_gone_are_empty",
            ),
            models.CheckConstraint(
                condition=Q(red_line=False) | Q(changed=""),
                name="red_line_is_crossed_or_has_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class CharterExceptionQuerySet(models.QuerySet["CharterException"]):
    """Exceptions by where they stand."""

    def running(self) -> "CharterExceptionQuerySet":
        return self.filter(closed_at__isnull=True)

    def overdue(self, day: date) -> "CharterExceptionQuerySet":
        """Their day to look again has passed."""
        return self.running().filter(look_again_on__lt=day)


class CharterException(models.Model):
    """A written decision to go on with a client all the same, by a named person, until a day."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="exceptions")
    prospect = models.ForeignKey(
        Prospect, models.PROTECT, null=True, blank=True, related_name="exceptions"
    )
    sentence = models.CharField(_("why we go on all the same"), max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    look_again_on = models.DateField(_("day to look again"))
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CharterExceptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"exception {self.pk}"

    def is_overdue(self, day: date) -> bool:
        return self.closed_at is None and self.look_again_on < day


class ExceptionLook(models.Model):
    """Somebody looked at an exception again: it goes on until another day, or it is over."""

    exception = models.ForeignKey(CharterException, models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sentence = models.CharField(_("what you found"), max_length=300)
    until = models.DateField(_("day to look again"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"look {self.pk}"
