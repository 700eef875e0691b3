"""The only model of the bottom floor: what each background job did."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

HEARTBEAT = "heartbeat"
# A worker silent for longer than this is taken for dead.
WORKER_SILENCE = timedelta(seconds=30)


class JobRun(models.Model):
    """One run of one job. It keeps the error's class and place, never a value."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    summary = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["name", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @classmethod
    def beat(cls, now: datetime) -> None:
        """Keep the worker's sign of life: one row, overwritten."""
        kept = cls.objects.filter(name=HEARTBEAT).update(finished_at=now)
        if not kept:
            cls.objects.create(
                name=HEARTBEAT, started_at=now, finished_at=now, state=cls.State.DONE
            )

    @classmethod
    def alive(cls, since: datetime) -> bool:
        """Has the worker done something lately (not only: does its process live)?"""
        return cls.objects.filter(name=HEARTBEAT, finished_at__gte=since).exists()
