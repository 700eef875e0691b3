"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, Any]:
    """The product's name and whether this is the demo firm."""
    return {"product_name": settings.PRODUCT_NAME, "demo_mode": settings.DEMO}
