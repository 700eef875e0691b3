"""Alerts, the moves of their life, and the weekly mail about them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from clients.models import Client
from missions.models import Mission
from surveys.models import Round

# Person, client, mission, unit: one of them, or none of them for the firm.
Subject = tuple[int | None, int | None, int | None, int | None]
SUBJECTS = ("person", "client", "mission", "unit")


def _about(kind: str) -> Q:
    """About a subject of that kind and nothing else."""
    others = {f"{one}__isnull": one != kind for one in SUBJECTS}
    return Q(**others, firm=kind == "firm")


def _one_open(kind: str, name: str) -> models.UniqueConstraint:
    """NULLs are distinct, so each kind of subject has its own rule of uniqueness."""
    is_there = Q(firm=True) if kind == "firm" else Q(**{f"{kind}__isnull": False})
    fields = ["rule"] if kind == "firm" else ["rule", kind]
    return models.UniqueConstraint(
        fields=fields, condition=~Q(state="closed") & is_there, name=name
    )


class Alert(models.Model):
    """A fact that asks for a decision. At most one is open per rule and subject."""

    class Rule(models.TextChoices):
        PERSON_OVER_SHARE = "person_over_share", _("More than a fair share of demanding missions")
        FIRM_IMBALANCE = "firm_imbalance", _("Demanding missions shared unevenly")
        CLIENT_BELOW = "client_below", _("Client clearly below the firm")
        CLIENT_DECLINING = "client_declining", _("Sign of decline at a client")
        PAST_END = "past_end", _("Assignments past their planned end")
        NOBODY_LEFT = "nobody_left", _("Nobody left for a demanding mission")
        LOW_PARTICIPATION = "low_participation", _("Few people check in")
        CHARTER_DRIFT = "charter_drift", _("Exceptions to the charter pile up")
        EXCEPTION_DUE = "exception_due", _("An exception to look at again")
        STALE_PATH = "stale_path", _("A path on which nothing moves")
        CLIENT_AT_RISK = "client_at_risk", _("Client at risk")

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
    mission = models.ForeignKey(
        Mission, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="alerts")
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
    # Another one on the same subject, with which it is one thing to handle (merging.py).
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    # Grows with every move of its life, so that two managers at once do not clobber each other.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_about("person")
                | _about("client")
                | _about("mission")
                | _about("unit")
                | _about("firm"),
                name="alert_has_one_subject",
            ),
            _one_open("person", "one_open_alert_per_person"),
            _one_open("client", "one_open_alert_per_client"),
            _one_open("mission", "one_open_alert_per_mission"),
            _one_open("unit", "one_open_alert_per_unit"),
            _one_open("firm", "one_open_alert_of_the_firm"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="alert_closed_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("pk")),
                name="alert_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

    @property
    def is_joined(self) -> bool:
        """Handled together with another one, which leads."""
        return self.merged_into_id is not None and self.state != self.State.CLOSED

    @property
    def subject(self) -> Subject:
        return self.person_id, self.client_id, self.mission_id, self.unit_id


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
        JOINED = "joined", _("Another reason was added")
        PARTED = "parted", _("A reason has gone")
        MERGED = "merged", _("Handled together with another alert")
        CARRIES_ON = "carries_on", _("Goes on alone, with what was decided")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=300, blank=True)
    # What a job did, or which proposed step was chosen: told in the reader's language.
    code = models.CharField(max_length=30, blank=True)
    # What was set then: the alert's own moves on when one decides again. The owner of a decision;
    # its day, or the one on which what was postponed comes back.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)

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
    # Day on which staffing was last looked at: it changes between two closes.
    staffing_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-round__starts_on"]

    def __str__(self) -> str:
        return f"alert pass {self.round_id}"


class Digest(models.Model):
    """A manager's weekly mail: one row a person and week, whatever becomes of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # Looked at, and there was nothing to say.
        NOTHING = "nothing"
        # For good, by the mail server.
        REFUSED = "refused"

    person = models.ForeignKey(User, models.PROTECT, related_name="digests")
    # The firm's day of the week, whichever day it leaves on (the first one back from leave).
    day = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # A worker has it in hand since then; one that dies lets go after a while.
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-day", "person"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_person_and_week"),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | (~Q(state="waiting") & Q(finished_at__isnull=False)),
                name="digest_finished_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"digest {self.person_id} {self.day}"
