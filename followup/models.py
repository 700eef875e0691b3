"""What we do about it: alerts and the moves of their life."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.models import Client
from surveys.models import Round


class Alert(models.Model):
    """A fact that asks for a decision. At most one is open per rule and subject."""

    class Rule(models.TextChoices):
        PERSON_OVER_SHARE = "person_over_share", _("More than a fair share of demanding missions")
        FIRM_IMBALANCE = "firm_imbalance", _("Demanding missions shared unevenly")
        CLIENT_BELOW = "client_below", _("Client clearly below the firm")

    class State(models.TextChoices):
        OPEN = "open", _("To handle")
        TAKEN = "taken", _("Taken in hand")
        POSTPONED = "postponed", _("Postponed")
        CLOSED = "closed", _("Closed")

    rule = models.CharField(max_length=30, choices=Rule)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="alerts_about"
    )
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    firm = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    # Last round whose figures still say the same.
    seen_round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    # The person knows at once, the manager from here on (7 days later for a person).
    managers_from = models.DateTimeField()
    # The numbers that caused it: published figures and facts only.
    reason = models.JSONField(default=dict)
    # Decided: one of the proposed steps, told in the reader's language, or one's own words.
    next_step_code = models.CharField(max_length=30, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="alerts_owned", verbose_name=_("followed by"),
    )  # fmt: skip
    due_on = models.DateField(_("due on"), null=True, blank=True)
    postponed_until = models.DateField(_("postponed until"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # One sentence that the people concerned read.
    closing = models.CharField(_("closing sentence"), max_length=300, blank=True)
    # Who closed it; null where a job did, whose words come from the code.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_code = models.CharField(max_length=30, blank=True)
    # The referent sees an alert on a person from here on; null = not passed on.
    passed_on_at = models.DateTimeField(null=True, blank=True)
    # Grows with every move of its life, so that two managers at once do not clobber each other.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, client__isnull=True, firm=False)
                | Q(person__isnull=True, client__isnull=False, firm=False)
                | Q(person__isnull=True, client__isnull=True, firm=True),
                name="alert_has_one_subject",
            ),
            # NULLs are distinct, so each kind of subject has its own rule of uniqueness.
            models.UniqueConstraint(
                fields=["rule", "person"],
                condition=~Q(state="closed") & Q(person__isnull=False),
                name="one_open_alert_per_person",
            ),
            models.UniqueConstraint(
                fields=["rule", "client"],
                condition=~Q(state="closed") & Q(client__isnull=False),
                name="one_open_alert_per_client",
            ),
            models.UniqueConstraint(
                fields=["rule"],
                condition=~Q(state="closed") & Q(firm=True),
                name="one_open_alert_of_the_firm",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="alert_closed_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"


class AlertMove(models.Model):
    """One step in an alert's life, by a job (no actor) or by a person."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        UPDATED = "updated", _("Updated")
        DECIDED = "decided", _("Decided")
        POSTPONED = "postponed", _("Postponed")
        RESUMED = "resumed", _("Back on the list")
        PASSED_ON = "passed_on", _("Passed on to the referent")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=300, blank=True)
    # What a job did, or which proposed step was chosen: told in the reader's language.
    code = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.alert_id}"


class AlertPass(models.Model):
    """The alerts of one round's loads were looked at, once."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # First day of the period whose figures were read: a later release is looked at again.
    release_period_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-round__starts_on"]

    def __str__(self) -> str:
        return f"alert pass {self.round_id}"
