"""The operators' admin: two tables of configuration, to look at. Changes go through the pages,
which know the rules and write the audit log."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import FirmSettings, OrgUnit

# One way in, with its limits on attempts.
setattr(admin.site, "login", secure_admin_login(admin.site.login))  # noqa: B010 -- a method


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # -- not subscriptable at run time
    """For superusers alone, and for reading alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(OrgUnit)
class OrgUnitAdmin(ReadOnlyAdmin):
    list_display = ("ref", "name", "parent", "ended_on")
    fields = ("ref", "name", "parent", "ended_on")


@admin.register(FirmSettings)
class FirmSettingsAdmin(ReadOnlyAdmin):
    list_display = ("name", "consulted_on", "first_round_on", "anonymity_threshold")
