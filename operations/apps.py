"""App configuration."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "operations"
