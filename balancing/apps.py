"""App configuration."""

from django.apps import AppConfig


class BalancingConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "balancing"
