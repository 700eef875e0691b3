"""What beat asks for: no argument, no result. The work is found in the database."""

import logging

from celery import shared_task
from django.utils import timezone

from core.models import JobRun
from operations import due

log = logging.getLogger(__name__)


@shared_task
def heartbeat() -> None:
    """Show that the worker works."""
    JobRun.beat(timezone.now())


@shared_task
def run_due() -> None:
    """Everything due now."""
    for line in due.run_due(now=timezone.now()):
        log.info("%s", line)
