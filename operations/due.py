"""Everything that is due, in order. Celery's beat and ``manage.py run_due`` both come here.

Each step finds its own work in the database and is safe to repeat, to kill and to run twice at
once: the row it writes, unique by a constraint, is what says "done" (docs/architecture.md).
"""

from collections.abc import Callable
from datetime import datetime

from balancing import compute as balancing_compute
from balancing import planning, statuses
from clients import choosing
from core.jobs import run_job
from followup import alerts, promises
from missions import points, standing
from operations import mailing, mails, mails_clients, mails_rotations
from scoring import jobs as scoring_jobs
from surveys import asking, calendar, retention, reviewing, trials

Step = tuple[str, Callable[..., str]]

STEPS: tuple[Step, ...] = (
    ("standing mission", standing.make_standing),
    ("rounds made ahead", calendar.make_ahead),
    ("rounds opened", calendar.open_due),
    ("clients asked", asking.ask_due),
    ("reviews opened", reviewing.open_due),
    ("participation", scoring_jobs.count_participation),
    ("scores", scoring_jobs.score_due),
    ("releases", scoring_jobs.release_due),
    ("declines", scoring_jobs.warn_due),
    ("client figures", scoring_jobs.score_clients_due),
    ("reviews", scoring_jobs.release_reviews_due),
    ("points", points.keep_version),
    ("charter", choosing.count_due),
    ("client statuses", statuses.status_due),
    ("loads", balancing_compute.load_due),
    ("alerts", alerts.alert_due),
    ("rotations", planning.plan_due),
    ("promises", promises.count_due),
    ("invitations", mailing.send_due),
    ("mail comparisons", trials.count_due),
    ("rotation mails", mails_rotations.send_due),
    ("weekly mails", mails.send_due),
    # After the figures that rest on them.
    ("old answers", retention.forget_due),
    ("client mails", mails_clients.send_due),
)


def run_due(*, now: datetime) -> list[str]:
    """Do every step; one that fails is kept for the administrator and the others go on."""
    said = []
    for name, work in STEPS:
        try:
            summary = run_job(name, lambda work=work: work(now=now), now=now)  # type: ignore[misc]  # -- bound at once
        except Exception as error:  # noqa: BLE001 -- kept by run_job; one step must not stop the others
            said.append(f"{name}: failed ({type(error).__name__})")
            continue
        if summary:
            said.append(f"{name}: {summary}")
    return said
