"""One's own preference about a mission."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, manager_of, person_required
from core.posting import posted
from missions import perms, preferences
from missions.forms import PreferenceForm
from missions.models import Preference
from missions.preferences import Said


@person_required()
def preference_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stay or move, by when, in one's own words, and whether managers may read it."""
    mission = perms.mission_to_prefer_for(request.user, pk, today=timezone.localdate())
    row = Preference.objects.filter(person=request.user, mission=mission).first()
    form = PreferenceForm(posted(request), instance=row, today=timezone.localdate())
    if form.is_valid():
        data = form.cleaned_data
        said = Said(data["kind"], data["by"], data["sentence"], data["shared"])
        preferences.say(person=request.user, mission=mission, said=said, now=timezone.now())
        done = _("Kept, and shared with your managers.") if said.shared else _("Kept for you.")
        messages.success(request, done)
        return redirect("missions:mission_detail", pk)
    context = {
        "form": form,
        "mission": mission,
        "row": row,
        "manager": manager_of(request.user),
        "back": reverse("missions:mission_detail", args=[pk]),
    }
    return render(request, "missions/preference.html", context)


@require_POST
@person_required()
def preference_forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back."""
    mission = perms.mission_for(request.user, pk)
    if preferences.forget(person=request.user, mission=mission):
        messages.success(request, _("Taken back: nobody reads it any more."))
    return redirect("missions:mission_detail", pk)
