"""The Django project. It holds no model; it loads the Celery application with Django."""

from wellbeing.celery import app as celery_app

__all__ = ["celery_app"]
