"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.wording import language


def product(request: HttpRequest) -> dict[str, Any]:
    """The product's name, whether this is the demo firm, and the language in force."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "demo_mode": settings.DEMO,
        "LANGUAGE_CODE": language(),
    }
