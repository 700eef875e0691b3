"""Pages of comments: those of a client, of a profile, of the firm, in one published period."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.perms import person_required, signed_in
from dashboards import perms
from dashboards.comments import comments_of
from dashboards.forms import PeriodForm
from scoring.publication import published_periods

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where comments are shown: kind and ref as the gate knows them, and the page above."""

    kind: str
    ref: str
    name: str
    url: str


@require_safe
@person_required(perms.can_read_overview)
def firm_comments(request: HttpRequest) -> HttpResponse:
    """What is shown for the whole firm: comments that neither a client nor a profile shows."""
    return _page(request, Place("firm", "", _("The firm"), reverse("dashboards:overview")))


@require_safe
@person_required(perms.can_read_overview)
def client_comments(request: HttpRequest, pk: int) -> HttpResponse:
    found = perms.client_for(signed_in(request), pk)
    return _page(request, Place("client", found.ref, found.name, _above("client", pk)))


@require_safe
@person_required(perms.can_read_overview)
def profile_comments(request: HttpRequest, pk: int) -> HttpResponse:
    found = perms.profile_for(signed_in(request), pk)
    return _page(request, Place("profile", found.ref, found.name, _above("profile", pk)))


def _above(name: str, pk: int) -> str:
    return reverse(f"dashboards:{name}", kwargs={"pk": pk})


def _page(request: HttpRequest, place: Place) -> HttpResponse:
    edition = PeriodForm(request.GET, periods=published_periods()).edition()
    reader = signed_in(request)
    found = comments_of(reader, edition, place.kind, place.ref) if edition else None
    texts = found.texts if found else ()
    context = {
        "about": place,
        "edition": edition,
        "tail": edition.tail if edition else "",
        "comments": found,
        "page": Paginator(texts, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "dashboards/comments.html", context)
