"""One's own stance on clients and sectors, and what the people whom one leads share."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required
from clients import perms_stances as perms
from clients import stances
from clients.forms_stances import ClientChoiceForm, SectorWishForm, StanceForm
from clients.models import SectorWish, Stance
from clients.stances import Said
from core.pages import form_page
from core.posting import posted

LIST = "clients:stance_list"


@person_required(perms.can_say_stances)
def stance_list(request: SignedInRequest) -> HttpResponse:
    """What one says, for oneself or shared; ``client`` in the address leads to its form."""
    clients = perms.clients_to_stand_on(timezone.localdate())
    form = ClientChoiceForm(request.GET if "client" in request.GET else None, clients=clients)
    if form.is_bound and form.is_valid():
        return redirect("clients:stance_edit", form.cleaned_data["client"].pk)
    context = {
        "form": form,
        "stances": Stance.objects.filter(person=request.user).select_related("client"),
        "wishes": SectorWish.objects.filter(person=request.user),
    }
    return render(request, "clients/stances.html", context)


@person_required()
def stance_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where one stands on a client, and whether managers may read it."""
    client = perms.client_to_stand_on_for(request.user, pk, day=timezone.localdate())
    row = Stance.objects.filter(person=request.user, client=client).first()
    form = StanceForm(posted(request), instance=row)
    if form.is_valid():
        data = form.cleaned_data
        said = Said(data["word"], data["wish"], data["sentence"], data["shared"])
        stances.say(person=request.user, client=client, said=said, now=timezone.now())
        _thank(request, shared=said.shared)
        return redirect(LIST)
    return form_page(
        request,
        form,
        title=client.name,
        submit=_("Keep"),
        back=reverse(LIST),
        lead=_(
            "What this client does and stands for, not how it is to work there. It is yours until "
            "you share it. Shared, no rotation takes you to a client that goes against your "
            "values, or where you would rather not work; no figure ever reads it."
        ),
    )


@require_POST
@person_required()
def stance_forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back."""
    row = perms.own_stance_for(request.user, pk)
    stances.forget(person=request.user, client=row.client)
    messages.success(request, _("Taken back: nobody reads it any more."))
    return redirect(LIST)


@person_required(perms.can_say_stances)
def sector_wish(request: SignedInRequest) -> HttpResponse:
    """For or against a sector."""
    rows = perms.clients_to_stand_on(timezone.localdate()).exclude(sector="")
    sectors = rows.order_by("sector").values_list("sector", flat=True).distinct()
    form = SectorWishForm(posted(request), sectors=list(sectors))
    if form.is_valid():
        data = form.cleaned_data
        stances.wish_for_sector(person=request.user, now=timezone.now(), **data)
        _thank(request, shared=data["shared"])
        return redirect(LIST)
    return form_page(
        request,
        form,
        title=_("A sector"),
        submit=_("Keep"),
        back=reverse(LIST),
        lead=_("It is yours until you share it. What you say of one client goes before."),
    )


@require_POST
@person_required()
def sector_forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back."""
    stances.forget_sector(wish=perms.own_sector_wish_for(request.user, pk))
    messages.success(request, _("Taken back: nobody reads it any more."))
    return redirect(LIST)


@person_required(perms.can_read_stances)
def stance_team(request: SignedInRequest) -> HttpResponse:
    """What the people whom one leads share."""
    shared, wishes = perms.shared_with(request.user)
    order = ("person__last_name", "person__first_name", "pk")
    context = {"stances": shared.order_by(*order), "wishes": wishes.order_by(*order)}
    return render(request, "clients/stances_team.html", context)


def _thank(request: SignedInRequest, *, shared: bool) -> None:
    said = _("Kept, and shared with your managers.") if shared else _("Kept for you.")
    messages.success(request, said)
