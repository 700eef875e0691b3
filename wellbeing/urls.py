"""All addresses of the product."""

from django.contrib import admin
from django.urls import include, path

from core import views as core_views

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler429 = "accounts.views.session.too_many_requests"
handler500 = "core.views.server_error"

urlpatterns = [
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("manifest.webmanifest", core_views.manifest, name="manifest"),
    path("", include("dashboards.urls")),
    path("", include("followup.urls")),
    path("", include("surveys.urls")),
    path("", include("missions.urls")),
    path("", include("clients.urls")),
    path("", include("accounts.urls")),
    path("", include("operations.urls")),
    path("admin/", admin.site.urls),
]
