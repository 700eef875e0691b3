"""Health pages and error pages."""

import logging
import sys

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone

from core.models import WORKER_SILENCE, JobRun
from core.posting import typed_values

log = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


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
    """Say it in words and keep what was typed, so that one click sends it again."""
    return render(request, "403_csrf.html", {"kept": typed_values(request)}, status=403)
