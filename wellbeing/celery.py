"""The Celery application. Tasks are found in each app's ``tasks.py`` (``shared_task``)."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellbeing.settings")

app = Celery("wellbeing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def show_life(**details: object) -> None:
    """At once, and with it what fell due meanwhile: beat's own first tick comes only after a
    whole interval."""
    app.send_task("operations.tasks.heartbeat")
    app.send_task("operations.tasks.run_due")
