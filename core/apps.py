"""The bottom floor."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Calendar arithmetic, HTTP guard, job runs, template tags. Imports no other app."""

    name = "core"
