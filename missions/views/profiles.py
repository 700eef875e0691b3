"""Mission profiles: what the work is like, whoever the client."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, can_configure, person_required
from clients.forms import EndForm
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import lifecycle, perms
from missions.forms import ProfileForm
from missions.models import MissionProfile


@person_required(perms.can_see_profiles)
def profile_list(request: SignedInRequest) -> HttpResponse:
    """Every profile, with the missions of it that run today."""
    today = timezone.localdate()
    running = Q(missions__starts_on__lte=today) & (
        Q(missions__ends_on__isnull=True) | Q(missions__ends_on__gte=today)
    )
    rows = MissionProfile.objects.annotate(running=Count("missions", filter=running))
    found = listing(request, None, rows.order_by("name_fr", "pk"))
    context = {
        "page": found.page,
        "notices": found.notices,
        "can_configure": can_configure(request.user),
        "today": today,
    }
    return render(request, "missions/profiles.html", context)


@person_required(can_configure)
def profile_create(request: SignedInRequest) -> HttpResponse:
    """A new kind of mission."""
    form = ProfileForm(posted(request))
    if accepted(
        form,
        lambda: lifecycle.create_profile(
            profile=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("missions:profile_list")
    return form_page(
        request,
        form,
        title=_("New profile"),
        submit=_("Add this profile"),
        back=reverse("missions:profile_list"),
    )


@person_required()
def profile_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its names in both languages."""
    profile = perms.profile_to_edit_for(request.user, pk)
    title = _("Change %(name)s") % {"name": profile}
    form = ProfileForm(posted(request), instance=profile)
    if accepted(
        form,
        lambda: lifecycle.update(thing=form.instance, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect("missions:profile_list")
    back = reverse("missions:profile_list")
    return form_page(request, form, title=title, submit=_("Save"), back=back)


@person_required()
def profile_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """No longer offered to new missions."""
    profile = perms.profile_to_edit_for(request.user, pk)
    form = EndForm(posted(request), initial={"last_day": timezone.localdate()})
    if accepted(
        form,
        lambda: lifecycle.end_profile(
            profile=profile,
            last_day=form.cleaned_data["last_day"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The last day of %(name)s is set.") % {"name": profile})
        return redirect("missions:profile_list")
    return form_page(
        request,
        form,
        title=_("End %(name)s") % {"name": profile},
        submit=_("End this profile"),
        back=reverse("missions:profile_list"),
        lead=_("It is no longer offered to new missions; those that run keep it."),
    )


@require_POST
@person_required()
def profile_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo an end."""
    profile = perms.profile_to_edit_for(request.user, pk)
    lifecycle.reopen_profile(profile=profile, actor=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is open again.") % {"name": profile})
    return redirect("missions:profile_list")
