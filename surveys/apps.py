"""App configuration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """See docs/architecture.md for what lives on this floor."""

    name = "surveys"
