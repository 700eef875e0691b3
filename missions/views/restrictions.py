"""Who is not to be sent where, or with whom: for the people concerned and who leads them."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import perms, restrictions
from missions.forms_skills import RestrictionForm
from missions.models import Restriction

LIST = "missions:restriction_list"


@dataclass(frozen=True, slots=True)
class Shown:
    """A restriction, and whether the reader may lift it."""

    row: Restriction
    can_lift: bool


@person_required()
def restriction_list(request: SignedInRequest) -> HttpResponse:
    """Those that hold, about oneself and about the people whom one leads."""
    holding = perms.restrictions_visible_to(request.user).holding(timezone.localdate())
    rows = holding.select_related("person", "other", "client", "made_by")
    found = listing(request, None, rows.order_by("-made_at", "-pk"))
    led = set(perms.managed_people(request.user).values_list("pk", flat=True))
    context = {
        "page": found.page,
        "notices": found.notices,
        "rows": [Shown(row, perms.can_lift(request.user, row, led)) for row in found.page],
        "can_restrict": perms.can_restrict(request.user),
    }
    return render(request, "missions/restrictions.html", context)


@person_required(perms.can_restrict)
def restriction_create(request: SignedInRequest) -> HttpResponse:
    """A new one about somebody whom one leads."""
    form = RestrictionForm(
        posted(request),
        people=perms.managed_people(request.user).filter(is_consultant=True),
        today=timezone.localdate(),
    )
    if accepted(
        form,
        lambda: restrictions.restrict(
            restriction=form.instance, by=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Written down: the people concerned read it."))
        return redirect(LIST)
    return form_page(
        request,
        form,
        title=_("New restriction"),
        submit=_("Write it down"),
        back=reverse(LIST),
        lead=_(
            "Rotations and searches for a mission heed it. All whom it concerns read it, or it "
            "would not be fair."
        ),
    )


@require_POST
@person_required()
def restriction_lift(request: SignedInRequest, pk: int) -> HttpResponse:
    """It holds no more."""
    row = perms.restriction_to_lift_for(request.user, pk)
    if restrictions.lift(restriction=row, by=request.user, now=timezone.now()):
        messages.success(request, _("Lifted: it holds no more."))
    return redirect(LIST)
