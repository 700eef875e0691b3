"""Pages that every floor shows alike."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, form: BaseForm, **context: Any) -> HttpResponse:
    """One form on a page; with an error beside the field it comes back with everything typed.

    ``title`` and ``submit`` are words, ``lead`` a sentence above the fields, ``back`` where
    "cancel" leads.
    """
    words = {"form": form, "lead": "", "back": "/"} | context
    return render(request, "core/form_page.html", words)
