"""The administrator's page on two variants of an invitation, compared over one round."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.perms import can_configure, person_required, signed_in
from surveys import trials
from surveys.forms_mails import TrialForm
from surveys.models import MailTrial

CANCEL = "cancel"
SHOWN = 12


@person_required(can_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_trial(request: HttpRequest) -> HttpResponse:
    """What is compared now, what can be in the next round, and what was found."""
    actor, now = signed_in(request), timezone.now()
    waiting, coming = trials.planned(now), trials.next_round(now)
    if request.method == "POST" and CANCEL in request.POST:
        if waiting is not None:
            trials.cancel(trial=waiting, actor=actor, now=now)
        return redirect("surveys:mail_trial")
    can_plan = waiting is None and coming is not None and trials.are_enough(now)
    trial = MailTrial(round=coming) if coming else MailTrial()
    form = TrialForm(request.POST or None, instance=trial)
    if request.method == "POST" and can_plan and form.is_valid():
        trials.plan(trial=cast(MailTrial, form.save(commit=False)), actor=actor, now=now)
        messages.success(request, _("Saved."))
        return redirect("surveys:mail_trial")
    context = {
        "form": form,
        "can_plan": can_plan,
        "waiting": waiting,
        "coming": coming,
        "fewest": trials.FEWEST,
        "found": MailTrial.objects.filter(counted_at__isnull=False).select_related("round")[
            :SHOWN
        ],
    }
    return render(request, "surveys/mail_trial.html", context)
