"""How alerts fare, for the administrator: a page and a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.perms import person_required, signed_in
from core.tables import attachment
from followup import perms
from followup.quality import FEWEST, export, headers, quality


@require_safe
@person_required(perms.can_read_quality)
def quality_page(request: HttpRequest) -> HttpResponse:
    """Rule by rule: opened, acted on, put off, closed, and what came back."""
    context = {"quality": quality(), "headers": headers(), "few": FEWEST}
    return render(request, "followup/quality.html", context)


@require_safe
@person_required(perms.can_read_quality)
def quality_export(request: HttpRequest) -> HttpResponse:
    """The same as a CSV file; it is written down."""
    content = export(viewer=signed_in(request), now=timezone.now())
    return attachment(content, "csv", f"{_('alerts')}.csv")
