"""What the background jobs did, for the administrator: no answer, nor anything typed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.perms import can_configure, person_required
from core.listing import listing
from core.models import HEARTBEAT, WORKER_SILENCE, JobRun

FAILURES_SHOWN = 20
NAMES = {
    "standing mission": _("time between two missions"),
    "rounds made ahead": _("rounds and periods made ahead"),
    "rounds opened": _("opening of rounds"),
    "clients asked": _("surveys of clients"),
    "reviews opened": _("opening of reviews of clients"),
    "participation": _("participation"),
    "scores": _("figures"),
    "releases": _("publication"),
    "client figures": _("figures of what clients think"),
    "reviews": _("publication of reviews of clients"),
    "points": _("versions of the points"),
    "charter": _("count of the values marked"),
    "client statuses": _("statuses of clients"),
    "loads": _("loads"),
    "alerts": _("alerts"),
    "rotations": _("rotations"),
    "promises": _("promises kept"),
    "invitations": _("invitations and reminders"),
    "mail comparisons": _("comparisons of mails"),
    "rotation mails": _("mails about rotations"),
    "weekly mails": _("weekly mails"),
    "old answers": _("forgetting old answers"),
    "client mails": _("mails to clients"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """The same failure of the same job, however often: class of the error and its place."""

    name: str
    error: str
    place: str
    times: int
    since: datetime
    last: datetime


@person_required(can_configure)
def job_list(request: HttpRequest) -> HttpResponse:
    """Failures first, then the last runs, and when the worker was last heard of."""
    now = timezone.now()
    runs = JobRun.objects.exclude(name=HEARTBEAT)
    shown = listing(request, None, runs)
    heartbeat = JobRun.objects.filter(name=HEARTBEAT).first()
    heard = heartbeat.finished_at if heartbeat else None
    context = {
        "failures": failures(),
        "page": shown.page,
        "runs": [(job_name(run.name), run) for run in shown.page],
        "notices": shown.notices,
        "heard_at": heard,
        "heard_before": now - heard if heard else None,
        "is_alive": heard is not None and now - heard <= WORKER_SILENCE,
    }
    return render(request, "operations/job_list.html", context)


def job_name(name: str) -> str:
    """A job in the reader's words; one of another version keeps its own."""
    return str(NAMES.get(name, name))


def failures() -> list[Failure]:
    """The latest first; a job that fails again and again is one line."""
    failed = JobRun.objects.filter(state=JobRun.State.FAILED).order_by()
    rows = failed.values_list("name", "error").annotate(
        Count("pk"), Min("started_at"), last=Max("started_at")
    )
    return [
        Failure(job_name(name), *_split(error), times, since, last)
        for name, error, times, since, last in rows.order_by("-last", "name")[:FAILURES_SHOWN]
    ]


def _split(error: str) -> tuple[str, str]:
    """Class of the error, and the lines it passed through."""
    kind, _newline, place = error.partition("\n")
    return kind, place
