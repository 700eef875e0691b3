"""Who works on a mission: putting people on it, changing and ending that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.perms import SignedInRequest, person_required
from core.pages import form_page
from core.posting import accepted, posted
from missions import perms, staffing
from missions.forms import AssignForm, EndAssignmentForm, ReshapeForm
from missions.models import Assignment
from missions.views.pages import warn_of


@person_required()
def assignment_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put somebody on a mission."""
    mission = perms.mission_to_staff_for(request.user, pk)
    today = timezone.localdate()
    form = AssignForm(
        posted(request),
        people=perms.assignable_people(request.user, mission.client),
        today=today,
        initial={"starts_on": max(today, mission.starts_on), "ends_on": mission.ends_on},
    )
    if accepted(
        form,
        lambda: staffing.assign(
            person=form.cleaned_data["person"],
            mission=mission,
            terms=form.terms(),
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(
            request, _("%(name)s is on the mission.") % {"name": form.cleaned_data["person"]}
        )
        warn_of(request, form.cleaned_data["person"], form.terms())
        return redirect("missions:mission_detail", pk)
    return form_page(
        request,
        form,
        title=_("Assign somebody to %(name)s") % {"name": mission.title},
        submit=_("Assign"),
        back=reverse("missions:mission_detail", args=[pk]),
    )


@person_required()
def assignment_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Dates and share, as far as they are not past."""
    row = perms.assignment_to_edit_for(request.user, pk)
    form = ReshapeForm(posted(request), instance=row, today=timezone.localdate())
    if accepted(
        form,
        lambda: staffing.reshape(
            assignment=row, terms=form.terms(), actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        warn_of(request, row.person, form.terms())
        return redirect("missions:mission_detail", row.mission_id)
    words = {"person": row.person, "mission": row.mission}
    return form_page(
        request,
        form,
        title=_("%(person)s on %(mission)s") % words,
        submit=_("Save"),
        back=reverse("missions:mission_detail", args=[row.mission_id]),
    )


@person_required()
def assignment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """A last day; an assignment that has not started is cancelled instead."""
    row = perms.assignment_to_edit_for(request.user, pk)
    today = timezone.localdate()
    form = EndAssignmentForm(posted(request), initial={"ends_on": row.ends_on or today})
    if not row.has_started(today):
        return _cancel(request, row, form)
    if accepted(
        form,
        lambda: staffing.end_assignment(
            assignment=row,
            last_day=form.cleaned_data["ends_on"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The last day is set."))
        return redirect("missions:mission_detail", row.mission_id)
    return _end_page(request, row, form)


def _cancel(request: SignedInRequest, row: Assignment, form: EndAssignmentForm) -> HttpResponse:
    if request.method == "POST":
        staffing.cancel_assignment(assignment=row, actor=request.user, now=timezone.now())
        messages.success(request, _("The assignment is cancelled."))
        return redirect("missions:mission_detail", row.mission_id)
    del form.fields["ends_on"]
    return _end_page(request, row, form)


def _end_page(request: SignedInRequest, row: Assignment, form: EndAssignmentForm) -> HttpResponse:
    words = {"person": row.person, "mission": row.mission}
    started = "ends_on" in form.fields
    return form_page(
        request,
        form,
        title=_("End the assignment of %(person)s to %(mission)s") % words
        if started
        else _("Cancel the assignment of %(person)s to %(mission)s") % words,
        submit=_("End this assignment") if started else _("Cancel this assignment"),
        back=reverse("missions:mission_detail", args=[row.mission_id]),
        lead="" if started else _("It has not started, so nothing of it is kept but this act."),
    )
