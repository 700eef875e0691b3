"""What a page asks for at once instead of waiting for the next beat."""

from celery import shared_task
from django.utils import timezone

from balancing import planning


@shared_task
def plan_rotations() -> None:
    """Work out every run that waits."""
    planning.plan_due(now=timezone.now())
