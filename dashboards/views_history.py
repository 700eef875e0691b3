"""One's own history, and what one may do with it: take it along, erase it, take no part."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.perms import manager_of, person_required, signed_in
from core.posting import posted
from dashboards import own_file
from dashboards.forms_own import ANSWERS, CSV, EraseForm, OwnFileForm
from dashboards.mirror import mirror_of
from dashboards.own_change import gone_down
from dashboards.own_curve import own_curve
from dashboards.own_load import own_load_line
from surveys import leaving, own

PER_PAGE = 12
FILES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
FORM = ["GET", "HEAD", "POST"]


@never_cache
@person_required()
def history(request: HttpRequest) -> HttpResponse:
    """One's own check-ins and curve, and exactly what managers see of the same missions."""
    person, now = signed_in(request), timezone.now()
    check_ins = own.history(person=person, now=now)
    page: Page[own.OwnCheckIn] = Paginator(check_ins, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "total": len(check_ins),
        "curve": own_curve(check_ins),
        "own": own_load_line(person, now),
        "gone_down": gone_down(check_ins, now),
        "talk_to": manager_of(person),
        "mirror": mirror_of(person, now),
        "has_left": leaving.has_left(person),
    }
    return render(request, "dashboards/history.html", context)


@never_cache
@require_safe
@person_required()
def history_export(request: HttpRequest) -> HttpResponse:
    """One's own answers, complete, as a file."""
    person, now = signed_in(request), timezone.now()
    form = OwnFileForm(request.GET)
    kind = (form.cleaned_data["format"] if form.is_valid() else "") or "json"
    make = own_file.as_csv if kind == CSV else own_file.as_json
    response = HttpResponse(make(person, now), content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="check-ins.{kind}"'
    return response


@never_cache
@require_http_methods(FORM)
@person_required()
def history_erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; erase on the second click."""
    person = signed_in(request)
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["what"] == ANSWERS:
            own.erase_all(person=person)
            messages.success(request, _("Your answers are erased."))
        else:
            own.erase_comments(person=person)
            messages.success(request, _("Your comments are erased."))
        return redirect("dashboards:history")
    return render(request, "dashboards/history_erase.html", {"form": form})


@never_cache
@require_http_methods(FORM)
@person_required()
def history_leave(request: HttpRequest) -> HttpResponse:
    """Take no part in the check-ins for now. No line in the log: nobody is to see it."""
    person = signed_in(request)
    if request.method == "POST":
        leaving.leave(person=person, now=timezone.now())
        messages.success(request, _("You are asked nothing any more. You can come back any time."))
        return redirect("dashboards:history")
    return render(request, "dashboards/history_leave.html", {})


@require_POST
@person_required()
def history_return(request: HttpRequest) -> HttpResponse:
    """Take part again."""
    leaving.come_back(person=signed_in(request))
    messages.success(request, _("Welcome back: you are asked again from now on."))
    return redirect("dashboards:home")
