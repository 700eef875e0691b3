"""The charter as it is read: in the house, by everybody, and through a personal link."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guessing import may_guess_again
from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, person_required
from clients import charter as charters
from clients import charter_links
from clients import perms_charter as perms
from clients.forms_charter import AcknowledgeForm, LinkForm
from clients.models import Acknowledgement, Charter, CharterLink, Objection
from clients.perms_prospects import can_meet_prospects
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted

LINKS = "clients:charter_link_list"
WAIT_SECONDS = 60


@person_required()
def charter(request: SignedInRequest) -> HttpResponse:
    """The version in force, what is being chosen, and the versions before."""
    return _version(request, Charter.objects.newest())


@person_required()
def charter_version(request: SignedInRequest, number: int) -> HttpResponse:
    """A version as it was published; older ones stay readable."""
    return _version(request, perms.charter_for(number))


def _version(request: SignedInRequest, row: Charter | None) -> HttpResponse:
    published = list(Charter.objects.published())
    objections = Objection.objects.filter(value__charter=row).select_related("value")
    context = {
        "charter": row,
        "is_newest": bool(row and published and row == published[0]),
        "values": charters.chosen(row) if row else [],
        "objections": objections if row else [],
        "counted": list(row.proposals.order_by("-marks", "position", "pk")) if row else [],
        "versions": published,
        "live": Charter.objects.live(),
        "today": timezone.localdate(),
        "can_lead": perms.can_lead_charter(request.user),
        "can_meet": can_meet_prospects(request.user),
        "can_send": perms.can_send_charter(request.user),
        "public_url": request.build_absolute_uri(reverse("clients:charter_public")),
        "firm": FirmSettings.current().name,
    }
    return render(request, "clients/charter.html", context)


@require_POST
@person_required(perms.can_lead_charter)
def charter_public_switch(request: SignedInRequest) -> HttpResponse:
    """Open the public page, or close it."""
    newest = Charter.objects.newest()
    if newest is None:
        raise Http404
    public = request.POST.get("public") == "yes"
    charters.set_public(charter=newest, public=public, by=request.user, now=timezone.now())
    said = _("The charter is public now.") if public else _("The charter is public no more.")
    messages.success(request, said)
    return redirect("clients:charter")


# --- outside the house -----------------------------------------------------------------------


@require_safe
def charter_public(request: HttpRequest) -> HttpResponse:
    """For anybody, where the referent opened it; else there is no such page."""
    newest = Charter.objects.newest()
    if newest is None or not newest.is_public:
        raise Http404
    with translation.override(_language(request, translation.get_language() or "fr")):
        return _outside(request, newest, {"is_public": True, "form": None})


@csrf_exempt  # The signed token is the right to post: the page works without a cookie.
@require_http_methods(["GET", "HEAD", "POST"])
def charter_link(request: HttpRequest, token: str) -> HttpResponse:
    """For the recipient of a personal link, who may acknowledge the version that they read."""
    link = charter_links.link_of(token)
    newest = Charter.objects.newest()
    if link is None and not may_guess_again(request):
        return render(request, "429.html", {"wait_seconds": WAIT_SECONDS}, status=429)
    if link is None or newest is None:
        # The same page whether the link ever existed or not.
        unknown = _frame() | {"is_unknown": True}
        return _private(render(request, "clients/charter_ended.html", unknown, status=404))
    with translation.override(_language(request, link.language)):
        if not link.is_open(timezone.localdate()):
            return _private(render(request, "clients/charter_ended.html", _frame(), status=410))
        return _private(_read_by_link(request, link, newest))


def _read_by_link(request: HttpRequest, link: CharterLink, newest: Charter) -> HttpResponse:
    form = AcknowledgeForm(posted(request), initial={"number": newest.number})
    read = form.cleaned_data["number"] if form.is_valid() else None
    if read == newest.number:
        name = form.cleaned_data["name"]
        charter_links.acknowledge(link=link, charter=newest, name=name, now=timezone.now())
        return redirect(f"{request.path}?language={translation.get_language()}")
    if read is not None:
        typed = form.cleaned_data["name"]
        form = AcknowledgeForm(initial={"number": newest.number, "name": typed})
    context = {
        "is_public": False,
        "link": link,
        "form": form,
        "done": Acknowledgement.objects.filter(link=link, charter=newest).first(),
        "renewed": read is not None,
    }
    return _outside(request, newest, context)


def _outside(request: HttpRequest, row: Charter, context: dict[str, object]) -> HttpResponse:
    shown = {"charter": row, "values": charters.chosen(row)}
    return render(request, "clients/charter_outside.html", _frame() | shown | context)


def _frame() -> dict[str, object]:
    """What a page outside the house says of the firm; nobody's menu stands on it."""
    firm = FirmSettings.current()
    return {"firm": firm.name, "help_email": firm.help_email, "person_name": ""}


def _language(request: HttpRequest, otherwise: str) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else otherwise


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the token: no copy of the page, and no other site learns it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# --- links -----------------------------------------------------------------------------------


@person_required(perms.can_send_charter)
def charter_link_list(request: SignedInRequest) -> HttpResponse:
    """Personal links, with their address, and who acknowledged what."""
    rows = perms.charter_links_visible_to(request.user).select_related("client", "made_by")
    found = listing(request, None, rows.prefetch_related("acknowledgements__charter"))
    today = timezone.localdate()
    context = {
        "page": found.page,
        "notices": found.notices,
        "rows": [(row, row.is_open(today), _address(request, row)) for row in found.page],
        "newest": Charter.objects.newest(),
    }
    return render(request, "clients/charter_links.html", context)


def _address(request: HttpRequest, row: CharterLink) -> str:
    path = reverse("clients:charter_link", args=[charter_links.token_of(row)])
    return request.build_absolute_uri(path)


@person_required(perms.can_send_charter)
def charter_link_create(request: SignedInRequest) -> HttpResponse:
    """A link for one recipient; its address stands in the list."""
    today = timezone.localdate()
    form = LinkForm(posted(request), user=request.user, today=today)
    if accepted(
        form,
        lambda: charter_links.make_link(link=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("The link is ready: copy its address from the list."))
        return redirect(LINKS)
    return form_page(
        request,
        form,
        title=_("New personal link"),
        submit=_("Make the link"),
        back=reverse(LINKS),
        lead=_(
            "Whoever has it reads the charter without signing in, for 13 weeks, and may "
            "acknowledge each version once."
        ),
    )


@require_POST
@person_required()
def charter_link_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """It opens nothing any more."""
    link = perms.charter_link_for(request.user, pk)
    if charter_links.end_link(link=link, by=request.user, now=timezone.now()):
        messages.success(request, _("The link opens nothing any more."))
    return redirect(LINKS)
