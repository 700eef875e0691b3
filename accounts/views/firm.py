"""Pages on the firm's settings and on the people one may ask to talk to."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import perms
from accounts.audit import changed_fields
from accounts.firm import remove_talk_contact, save_settings, save_talk_contact
from accounts.forms import FirmForm, TalkContactForm
from accounts.models import FirmSettings, TalkContact
from accounts.threshold import waiting


@perms.person_required(perms.can_configure)
def settings_edit(request: HttpRequest) -> HttpResponse:
    form = FirmForm(
        request.POST or None, instance=FirmSettings.current(), today=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        save_settings(
            firm=cast(FirmSettings, form.save(commit=False)),
            changes=changed_fields(form),
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:settings_edit")
    return render(request, "accounts/settings_edit.html", {"form": form, "waiting": waiting()})


@perms.person_required(perms.can_keep_talk_contacts)
def talk_contact_list(request: HttpRequest) -> HttpResponse:
    contacts = TalkContact.objects.select_related("person")
    return render(request, "accounts/talk_contact_list.html", {"contacts": contacts})


@perms.person_required(perms.can_keep_talk_contacts)
def talk_contact_create(request: HttpRequest) -> HttpResponse:
    return _talk_contact_form(request, TalkContact())


@perms.person_required(perms.can_keep_talk_contacts)
def talk_contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _talk_contact_form(request, perms.talk_contact_for(perms.signed_in(request), pk))


def _talk_contact_form(request: HttpRequest, contact: TalkContact) -> HttpResponse:
    title = str(contact.person) if contact.pk else ""
    form = TalkContactForm(request.POST or None, instance=contact, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        save_talk_contact(
            contact=cast(TalkContact, form.save(commit=False)),
            changes=changed_fields(form),
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:talk_contact_list")
    return render(request, "accounts/talk_contact_form.html", {"form": form, "title": title})


@require_POST
@perms.person_required(perms.can_keep_talk_contacts)
def talk_contact_remove(request: HttpRequest, pk: int) -> HttpResponse:
    reader = perms.signed_in(request)
    contact = perms.talk_contact_for(reader, pk)
    remove_talk_contact(contact=contact, actor=reader, now=timezone.now())
    name = {"name": contact.person.full_name}
    messages.success(request, _("%(name)s is no longer on the list.") % name)
    return redirect("accounts:talk_contact_list")
