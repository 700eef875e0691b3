"""The menu of each role."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Filled in by the dashboards floor."""
    return {}
