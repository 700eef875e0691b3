"""Start-up checks of the project itself."""

from django.apps import AppConfig


class WellbeingConfig(AppConfig):
    """The project's own application: no models, only the admin site's name."""

    name = "wellbeing"
    verbose_name = "Symétrie"
