"""What everybody may know: their own settings, the lines about them, and who sees what."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import perms
from accounts.audit import Act, changed_fields, record
from accounts.forms import ProfileForm
from accounts.models import FirmSettings, TalkContact
from accounts.stopping import UNTOLD
from accounts.threshold import profile_need
from core.listing import FilterForm, listing


@perms.person_required()
def profile_edit(request: HttpRequest) -> HttpResponse:
    person = perms.signed_in(request)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        changes = {
            name: change for name, change in changed_fields(form).items() if name not in UNTOLD
        }
        if changes:
            act = Act("edit", "person", person.ref, about=person, changes=changes)
            record(act, actor=person, now=timezone.now())
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        return redirect("accounts:profile_edit")
    return render(request, "accounts/profile_edit.html", {"form": form, "person": person})


@perms.person_required()
def audit_own(request: HttpRequest) -> HttpResponse:
    """Lines about oneself: who did what, when."""
    person = perms.signed_in(request)
    lines = perms.audit_on(person).select_related("actor", "about")
    return render(
        request,
        "accounts/audit_own.html",
        {
            "found": listing(request, FilterForm(request.GET), lines),
            "person": person,
        },
    )


@perms.person_required(perms.can_read_audit)
def audit_list(request: HttpRequest) -> HttpResponse:
    """Lines about others: metadata for a referent, the configuration for an administrator."""
    reader = perms.signed_in(request)
    lines = perms.audit_visible_to(reader).select_related("actor", "about")
    return render(
        request,
        "accounts/audit_list.html",
        {
            "found": listing(request, FilterForm(request.GET), lines),
            "with_changes": perms.can_read_changes(reader),
        },
    )


@perms.person_required()
def who_sees_what(request: HttpRequest) -> HttpResponse:
    firm = FirmSettings.current()
    return render(
        request,
        "accounts/who_sees_what.html",
        {
            "firm": firm,
            "contacts": TalkContact.objects.select_related("person"),
            "profile_people": profile_need(firm.anonymity_threshold),
        },
    )
