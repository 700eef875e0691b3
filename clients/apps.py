"""App configuration."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "clients"
