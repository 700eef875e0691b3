"""Start-up of the project itself."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class WellbeingConfig(AppConfig):
    """The project's own application: no models, only the admin site's name."""

    name = "wellbeing"
    verbose_name = "Symétrie"


class OperatorsAdminConfig(SimpleAdminConfig):
    """Load the admin modules of the product alone, never those of its libraries: theirs show
    e-mail addresses and groups, which nobody keeps here."""

    def ready(self) -> None:
        super().ready()
        for config in apps.get_app_configs():
            own = "." not in config.name and config.name not in {"allauth", "django_htmx"}
            if own and config.module and module_has_submodule(config.module, "admin"):
                import_module(f"{config.name}.admin")
