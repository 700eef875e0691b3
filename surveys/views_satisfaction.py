"""Surveys of clients, for the administrator: the plan, and when who was asked. No answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import changed_fields
from accounts.perms import SignedInRequest, can_configure, person_required
from core.posting import accepted, posted
from surveys import asking
from surveys.forms_satisfaction import PlanForm
from surveys.models import SatisfactionPlan
from surveys.plans import save_plan


@person_required(can_configure)
def satisfaction_plan(request: SignedInRequest) -> HttpResponse:
    """How often, how many, and the surveys so far with their response rate."""
    now = timezone.now()
    form = PlanForm(posted(request), instance=SatisfactionPlan.current())
    if accepted(
        form,
        lambda: save_plan(
            plan=form.instance, changes=changed_fields(form), actor=request.user, now=now
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("surveys:satisfaction_plan")
    context: dict[str, Any] = {"form": form, "surveys": asking.told(now=now)}
    return render(request, "surveys/satisfaction_plan.html", context)
