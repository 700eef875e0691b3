"""Pages about clients as staffing data: no figure stands on them."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, can_read_figures, person_required
from clients import history, lifecycle, perms
from clients.forms import ClientFilters, ClientForm, EndForm
from clients.models import Client
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted

LIST = "clients:client_list"


@dataclass(frozen=True, slots=True)
class Row:
    """A client of the list, and what the reader may do with it."""

    client: Client
    people: int
    can_lead: bool
    can_edit: bool
    reads_answers: bool


@person_required(perms.can_see_clients)
def client_list(request: SignedInRequest) -> HttpResponse:
    """Current and ended clients, own products apart."""
    today = timezone.localdate()
    form = ClientFilters(request.GET, user=request.user)
    visible = perms.clients_visible_to(request.user)
    found = listing(request, form, form.rows(visible, today))
    page = found.page
    people = Client.objects.filter(pk__in=[client.pk for client in page]).working(today)
    led = perms.led_among(request.user, page)
    held = {client.pk for client in page if client.account_manager_id == request.user.pk}
    return render(
        request,
        "clients/list.html",
        {
            "form": form,
            "page": page,
            "notices": found.notices,
            "rows": [
                Row(
                    client,
                    people.get(client.pk, 0),
                    can_lead=client.pk in led,
                    can_edit=client.pk in led or client.pk in held,
                    reads_answers=client.pk in held and not request.user.is_administrator,
                )
                for client in page
            ],
            "has_none": not page.object_list and not visible.exists(),
            "reads_figures": can_read_figures(request.user),
            "can_create": perms.can_create_client(request.user),
            "today": today,
        },
    )


@person_required(perms.can_create_client)
def client_create(request: SignedInRequest) -> HttpResponse:
    """A new client."""
    form = ClientForm(posted(request), user=request.user)
    if accepted(
        form,
        lambda: lifecycle.create_client(
            client=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance.name})
        return redirect(LIST)
    return form_page(
        request, form, title=_("New client"), submit=_("Add this client"), back=reverse(LIST)
    )


@person_required()
def client_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its name, sector, kind, owning unit and account manager."""
    client = perms.client_to_edit_for(request.user, pk)
    title = _("Change %(name)s") % {"name": client.name}
    form = ClientForm(posted(request), instance=client, user=request.user)
    if accepted(
        form,
        lambda: lifecycle.update_client(
            client=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect(LIST)
    return form_page(request, form, title=title, submit=_("Save"), back=reverse(LIST))


@person_required()
def client_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the last day, say what it means, then do it."""
    client = perms.client_to_lead_for(request.user, pk)
    today = timezone.localdate()
    form = EndForm(posted(request), initial={"last_day": today})
    if accepted(
        form,
        lambda: lifecycle.end_client(
            client=client,
            last_day=form.cleaned_data["last_day"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The last day of %(name)s is set.") % {"name": client})
        return redirect(LIST)
    lead = _(
        "From the day after, %(name)s is no longer offered to new missions. An open path and "
        "exceptions end with it today. Nothing is erased, and it can be reopened."
    )
    return form_page(
        request,
        form,
        title=_("End %(name)s") % {"name": client.name},
        submit=_("End this client"),
        lead=lead % {"name": client.name},
        back=reverse(LIST),
    )


@require_POST
@person_required()
def client_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo an end."""
    client = perms.client_to_lead_for(request.user, pk)
    lifecycle.reopen_client(client=client, actor=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is open again.") % {"name": client.name})
    return redirect(LIST)


@person_required()
def client_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who changed what, when."""
    client = perms.client_for(request.user, pk)
    found = listing(request, None, history.entries(("client",), client.ref))
    context = {
        "client": client,
        "page": found.page,
        "notices": found.notices,
        "lines": history.tell(found.page, {"client": Client}),
    }
    return render(request, "clients/history.html", context)
