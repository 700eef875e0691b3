"""How these figures are made: one page for everybody, administrators too, without a figure."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import FirmSettings, User
from accounts.perms import person_required
from dashboards import drawing_explained, explained


@require_safe
@person_required()
def how_made(request: HttpRequest) -> HttpResponse:
    """In plain words, with the numbers that the code goes by."""
    present = User.objects.present(timezone.localdate())
    referents = list(present.filter(is_referent=True))
    drawing = drawing_explained.intervals(explained.drawn(), explained.FIRM_DRAWN)
    context = explained.context(FirmSettings.current(), referents) | {"drawing": drawing}
    return render(request, "dashboards/explained.html", context)
