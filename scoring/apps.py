"""App configuration."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "scoring"
