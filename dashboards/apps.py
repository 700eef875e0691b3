"""App configuration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "dashboards"
