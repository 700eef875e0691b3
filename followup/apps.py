"""App configuration."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "followup"
