"""App configuration."""

from django.apps import AppConfig


class MissionsConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "missions"
