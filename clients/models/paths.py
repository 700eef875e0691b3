"""The path of a client who is on the way: what is asked, what was answered, when one meets."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from clients.models.portfolio import Client
from clients.models.prospects import Prospect

# A path is stale where nothing moves for so long; where its meeting is so long past; where nobody
# moved for so long while a request waits as long. A meeting further ahead is no meeting yet: it
# would keep a path alive for a year in which nothing is done.
QUIET = timedelta(weeks=6)
MISSED = timedelta(weeks=2)
WAITED = timedelta(weeks=13)
AHEAD = timedelta(weeks=13)


class PathQuerySet(models.QuerySet["Path"]):
    """Paths by where they stand."""

    def open(self) -> "PathQuerySet":
        return self.filter(state=Path.State.OPEN)

    def stale(self, day: date) -> "PathQuerySet":
        """Open, and nothing moves, the meeting is long past, or a request waits for too long."""
        none_soon = Q(next_meeting_on__isnull=True) | Q(next_meeting_on__gt=day + AHEAD)
        quiet = none_soon & Q(moved_at__date__lt=day - QUIET)
        asked = PathRequest.objects.waiting(day).filter(path=OuterRef("pk"))
        waits = Q(Exists(asked), moved_at__date__lt=day - WAITED)
        return self.open().filter(quiet | waits | Q(next_meeting_on__lt=day - MISSED))


class Path(models.Model):
    """Dated requests made of a client or a prospect, one path at a time for each."""

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        FINISHED = "finished", _("Finished")
        DROPPED = "dropped", _("Given up")
        # By itself, where the client is left.
        OVER = "over", _("Ended with the client")

    client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="paths")
    prospect = models.ForeignKey(
        Prospect, models.PROTECT, null=True, blank=True, related_name="paths"
    )
    decides_there = models.CharField(
        _("who decides there"), max_length=120,
        help_text=_("A function, such as “head of IT operations”."),
    )  # fmt: skip
    next_meeting_on = models.DateField(_("next meeting"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = PathQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(state="open", client__isnull=False),
                name="one_open_path_a_client",
            ),
            models.UniqueConstraint(
                fields=["prospect"], condition=Q(state="open", prospect__isnull=False),
                name="one_open_path_a_prospect",
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=False) | Q(prospect__isnull=False),
                name="path_is_somebody_s",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | (
                    ~Q(state="open")
                    & Q(ended_at__isnull=False)
                    & (Q(state="over") | ~Q(outcome=""))
                ),
                name="path_ended_with_its_outcome",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"path {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def name(self) -> str:
        """Whose path it is."""
        whose = self.client or self.prospect
        return whose.name if whose is not None else ""

    def is_stale(self, day: date) -> bool:
        """What ``PathQuerySet.stale`` says of one path."""
        if not self.is_open:
            return False
        moved, meeting = localdate(self.moved_at), self.next_meeting_on
        if (meeting is None or meeting > day + AHEAD) and moved < day - QUIET:
            return True
        if meeting is not None and meeting < day - MISSED:
            return True
        return moved < day - WAITED and any(row.waits(day) for row in self.requests.all())


class PathRequestQuerySet(models.QuerySet["PathRequest"]):
    """Requests by where they stand."""

    def waiting(self, day: date) -> "PathRequestQuerySet":
        """Without an answer for so long that the path is stale."""
        return self.filter(answer=PathRequest.Answer.WAITING, asked_on__lt=day - WAITED)


class PathRequest(models.Model):
    """Something asked of the client on a day, and the answer."""

    class Kind(models.TextChoices):
        HOURS = "hours", _("respect of hours")
        ON_CALL = "on_call", _("on-call duty paid and shared")
        CONTACT = "contact", _("a real contact")
        REMOTE = "remote", _("remote days")
        NOTICE = "notice", _("requests announced in time")
        RESPECT = "respect", _("respect in exchanges")
        LEARNING = "learning", _("time to learn")
        PAYMENT = "payment", _("payment on time")
        OTHER = "other", _("something else")

    class Answer(models.TextChoices):
        WAITING = "waiting", _("no answer yet")
        YES = "yes", _("yes")
        PARTLY = "partly", _("partly")
        NO = "no", _("no")

    path = models.ForeignKey(Path, models.CASCADE, related_name="requests")
    kind = models.CharField(_("about"), max_length=10, choices=Kind)
    sentence = models.CharField(_("what is asked, in one sentence"), max_length=200)
    asked_on = models.DateField(_("asked on"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.WAITING)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    words = models.CharField(_("in their words"), max_length=200, blank=True)

    objects = PathRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_on=None)
                | (~Q(answer="waiting") & Q(answered_on__gte=models.F("asked_on"))),
                name="request_answered_after_it_was_asked",
            )
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    def waits(self, day: date) -> bool:
        """What ``PathRequestQuerySet.waiting`` says of one request."""
        return self.answer == self.Answer.WAITING and self.asked_on < day - WAITED
