"""Health pages and error pages."""

import logging
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from core.models import JobRun

log = logging.getLogger(__name__)
WORKER_SILENCE = timedelta(seconds=30)


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and worker are all there; 503 names what is missing."""
    missing = _missing()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


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
    return render(None, "500.html", status=500)  # type: ignore[arg-type] -- render() accepts None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say it in words and keep what was typed, so that one click sends it again."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "password"}
        for value in values
    ]
    return render(request, "403_csrf.html", {"kept": kept}, status=403)
