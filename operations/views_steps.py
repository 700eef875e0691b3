"""The way in: what is left before people are invited."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import FirmSettings, TalkContact, User
from accounts.perms import SignedInRequest, can_configure, person_required
from operations.first_steps import note_presented, steps
from surveys.calendar import next_opening


@person_required(can_configure)
def first_steps(request: HttpRequest) -> HttpResponse:
    """Each thing done or still to do; the first of these stands out."""
    found = steps(today=timezone.localdate())
    firm = FirmSettings.current()
    context = {
        "steps": found,
        "left": sum(not step.is_done for step in found),
        "next_step": next((step for step in found if not step.is_done), None),
        "firm": firm,
        "weeks": firm.rounds_per_period * firm.cadence_weeks,
        "opening": next_opening(now=timezone.now()),
    }
    return render(request, "operations/first_steps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required(can_configure)
def announcement(request: SignedInRequest) -> HttpResponse:
    """What people are told before they are invited, in both languages, with the firm's facts."""
    if request.method == "POST":
        note_presented(actor=request.user, now=timezone.now())
        messages.success(request, _("Noted: people have been told."))
        return redirect("operations:first_steps")
    present = User.objects.present(timezone.localdate())
    # A referent who stands on the list has their own words there.
    listed = TalkContact.objects.filter(person__in=present).select_related("person")
    referents = present.filter(is_referent=True).exclude(talk_contact__in=listed)
    context = {
        "firm": FirmSettings.current(),
        "languages": [code for code, _name in settings.LANGUAGES],
        "contacts": listed,
        "referents": referents,
    }
    return render(request, "operations/announcement.html", context)
