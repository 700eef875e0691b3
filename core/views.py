"""Health pages and error pages."""

import logging
import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import WORKER_SILENCE, JobRun
from core.posting import typed_values
from core.wording import language

log = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to install the product as an app; no service worker keeps a page."""
    icons = [
        {"src": static(f"icons/{name}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        | ({"purpose": "maskable"} if name.startswith("maskable") else {})
        for name, side in (("app-192", 192), ("app-512", 512), ("maskable-512", 512))
    ]
    told = {
        "name": settings.PRODUCT_NAME,
        "short_name": settings.PRODUCT_NAME,
        "lang": language(),
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f5",
        "theme_color": "#faf8f5",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and worker are all there; 503 names what is missing."""
    missing = _missing()
    answer = {"ready": not missing, "missing": missing}
    response = JsonResponse(answer, status=503 if missing else 200)
    # Asked again and again while things start: no error of ours, and no line in the log.
    # Django's own mark, so that a deployment's probes do not fill the log.
    setattr(response, "_has_been_logged", True)  # noqa: B010 -- a private name that stubs hide
    return response


def _missing() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations"]
        alive = JobRun.alive(timezone.now() - WORKER_SILENCE)
    except DatabaseError:
        return ["database"]
    return [] if alive else ["worker"]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without a context: a fault in a context processor must not hide the page."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return render(None, "500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away: say that nothing was saved, and keep what was typed for a retry."""
    context = {
        "kept": typed_values(request) if request.method == "POST" else [],
        "is_post": request.method == "POST",
        "csrf_token": get_token(request),
    }
    return render(None, "503.html", context, status=503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say it in words and keep what was typed, so that one click sends it again.

    A script that keeps a draft gets a sentence and no new token: its answer may come after the
    page's own, and would make that page's token void.
    """
    is_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    if is_script and "HX-Request" not in request.headers:
        said = _("This page has been open too long: what you chose stays in this tab.")
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=403)
    return render(request, "403_csrf.html", {"kept": typed_values(request)}, status=403)
