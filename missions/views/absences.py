"""Absences: one's own, and one's people's. Dates only, no reason."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.perms import SignedInRequest, people_visible_to, person_required
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import absences, perms
from missions.forms import AbsenceFilters, AbsenceForm


@person_required()
def absence_list(request: SignedInRequest) -> HttpResponse:
    """The nearest first; past ones on demand."""
    today = timezone.localdate()
    people = people_visible_to(request.user)
    form = AbsenceFilters(request.GET, people=people)
    rows = form.rows(perms.absences_visible_to(request.user), today).select_related("person")
    found = listing(request, form, rows)
    page = found.page
    kept = perms.people_of_absences(request.user)
    editable = kept.filter(pk__in=[row.person_id for row in page]).values_list("pk", flat=True)
    context = {
        "form": form,
        "page": page,
        "notices": found.notices,
        "editable": set(editable),
        "today": today,
        "of_others": people.count() > 1,
    }
    return render(request, "missions/absences.html", context)


@person_required()
def absence_create(request: SignedInRequest) -> HttpResponse:
    """First and last day."""
    form = AbsenceForm(
        posted(request),
        people=perms.people_of_absences(request.user),
        today=timezone.localdate(),
        initial={"person": request.user},
    )
    if accepted(
        form,
        lambda: absences.add_absence(
            absence=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("The absence is noted."))
        return redirect("missions:absence_list")
    return _page(request, form, _("New absence"))


@person_required()
def absence_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Days that have not come yet."""
    absence = perms.absence_to_edit_for(request.user, pk)
    form = AbsenceForm(
        posted(request),
        instance=absence,
        people=perms.people_of_absences(request.user),
        today=timezone.localdate(),
    )
    if accepted(
        form,
        lambda: absences.change_absence(
            absence=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("missions:absence_list")
    return _page(request, form, _("Absence of %(name)s") % {"name": absence.person})


@person_required()
def absence_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Only before it begins."""
    absence = perms.absence_to_edit_for(request.user, pk)
    form = Form(posted(request))
    if accepted(
        form,
        lambda: absences.remove_absence(absence=absence, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("The absence is removed."))
        return redirect("missions:absence_list")
    return form_page(
        request,
        form,
        title=_("Remove the absence of %(name)s") % {"name": absence.person},
        submit=_("Remove this absence"),
        back=reverse("missions:absence_list"),
    )


def _page(request: SignedInRequest, form: AbsenceForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        submit=_("Save"),
        back=reverse("missions:absence_list"),
        lead=_("Dates only: no reason is asked or kept."),
    )
