"""Pages about the people at a client who may be asked what they think of the firm's work."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required, signed_in
from clients import contacts, perms
from clients.forms import ContactForm
from clients.models import Client, Contact
from core.pages import form_page
from core.posting import accepted, posted


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a client's contacts of today: who may be drawn, and who may not, and why."""

    askable: int
    left_out: int
    declined: int


@person_required()
def contact_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom chance may draw, and who is left out for which reason."""
    client = perms.client_for(request.user, pk)
    today = timezone.localdate()
    every = list(client.contacts.all())
    declared = [row for row in every if row.is_current(today)]
    context = {
        "client": client,
        "declared": declared,
        "ended": [row for row in every if not row.is_current(today)],
        "counts": _counted(declared),
        "can_edit": perms.can_edit_client(request.user, client),
    }
    return render(request, "clients/contacts.html", context)


def _counted(declared: Sequence[Contact]) -> Counts:
    declined = sum(row.declined_at is not None for row in declared)
    wanted = [row for row in declared if not row.declined_at]
    left_out = sum(bool(row.left_out_because) for row in wanted)
    askable = sum(not row.left_out_because and not row.is_unreachable for row in wanted)
    return Counts(askable, left_out, declined)


@person_required()
def contact_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare somebody."""
    client = perms.client_to_edit_for(request.user, pk)
    return _form(request, Contact(client=client), client, _("Add this contact"))


@person_required()
def contact_edit(request: SignedInRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Their name, address and language; leave them out, with a reason, or ask them again."""
    contact = perms.contact_to_edit_for(request.user, pk, contact_pk)
    return _form(request, contact, contact.client, _("Save"))


@require_POST
@person_required()
def contact_end(request: SignedInRequest, pk: int, contact_pk: int) -> HttpResponse:
    """They are no longer there; the same button takes it back."""
    contact = perms.contact_to_edit_for(request.user, pk, contact_pk)
    now = timezone.now()
    if request.POST.get("undo"):
        contacts.reopen_contact(contact=contact, actor=request.user, now=now)
        messages.success(request, _("%(name)s may be asked again.") % {"name": contact.name})
    else:
        contacts.end_contact(contact=contact, actor=request.user, now=now)
        messages.success(request, _("%(name)s is no longer asked.") % {"name": contact.name})
    return redirect("clients:contact_list", pk)


def _form(request: HttpRequest, contact: Contact, client: Client, submit: str) -> HttpResponse:
    user = signed_in(request)
    name = contact.name
    form = ContactForm(posted(request), instance=contact)
    if accepted(
        form,
        lambda: contacts.save_contact(contact=form.instance, actor=user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect("clients:contact_list", client.pk)
    return form_page(
        request,
        form,
        title=_("Change %(name)s") % {"name": name} if contact.pk else _("New contact"),
        lead=_("At %(client)s.") % {"client": client.name},
        submit=submit,
        back=reverse("clients:contact_list", args=[client.pk]),
    )
