"""The way in: what is left before people are invited."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import FirmSettings
from accounts.perms import can_configure, person_required
from operations.first_steps import steps


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
    }
    return render(request, "operations/first_steps.html", context)
