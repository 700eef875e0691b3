"""Missions: list, page, history, and making, changing and ending them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, can_read_figures, person_required
from clients.history import entries, tell
from clients.perms import clients_editable_by, reads_staffing
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import lifecycle, perms, staffing
from missions.demand import declared_demand
from missions.forms import (
    EndMissionForm,
    MissionFilters,
    MissionForm,
    NewMissionForm,
)
from missions.forms_facts import FactsForm
from missions.models import Assignment, Mission
from missions.views.pages import contested_facts, team_of

# A contest is told with the mission's own words for its facts.
HISTORY = {"mission": Mission, "assignment": Assignment, "contest": Mission}


@person_required()
def mission_list(request: SignedInRequest) -> HttpResponse:
    """Every mission for those who read staffing; one's own for the others."""
    today = timezone.localdate()
    visible = perms.missions_visible_to(request.user)
    form = MissionFilters(request.GET, missions=visible)
    found = listing(request, form, form.rows(today))
    page = found.page
    people = Assignment.objects.filter(mission__in=list(page)).people_by_mission(today)
    maximum = FirmSettings.current().demand_maximum
    rows = [
        (mission, people.get(mission.pk, 0), declared_demand(mission.points, maximum))
        for mission in page
    ]
    context = {
        "form": form,
        "page": page,
        "notices": found.notices,
        "rows": rows,
        "has_none": not rows and not visible.exists(),
        "can_create": perms.can_create_mission(request.user),
        "reads_staffing": reads_staffing(request.user),
    }
    return render(request, "missions/list.html", context)


@person_required()
def mission_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Place, dates, declared demand, and who is on it."""
    mission = perms.mission_for(request.user, pk)
    today = timezone.localdate()
    people = list(mission.assignments.select_related("person").order_by("starts_on", "pk"))
    facts = list(mission.facts.current())
    points = sum(fact.points for fact in facts)
    maximum = FirmSettings.current().demand_maximum
    can_edit = perms.can_edit_mission(request.user, mission)
    context = {
        "mission": mission,
        "facts": facts,
        "contests": contested_facts(request.user, mission, can_edit=can_edit),
        "can_prefer": perms.can_prefer(request.user, people, today),
        "own_preference": mission.preferences.filter(person=request.user).first(),
        "shared_preferences": perms.shared_preferences(request.user, mission),
        "can_contest": perms.can_contest(request.user, people, today),
        "points": points,
        "maximum": maximum,
        "demand": declared_demand(points, maximum),
        "asked": mission.asked.filter(skill__retired_on=None).select_related("skill"),
        "team": team_of(people, perms.editable_among(request.user, mission, people), today),
        "sees_shares": perms.sees_shares(request.user),
        "can_edit": can_edit,
        "can_staff": perms.can_staff(request.user, mission) and not mission.has_ended(today),
        "has_ended": mission.has_ended(today),
        "reads_figures": can_read_figures(request.user),
    }
    return render(request, "missions/detail.html", context)


@person_required()
def mission_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who changed what; who was assigned when, and who contested a fact, for those who may know.

    Everybody on the mission reads the contests themselves on its page, without their authors.
    """
    mission = perms.mission_for(request.user, pk)
    kinds = perms.history_of(request.user, mission)
    found = listing(request, None, entries(kinds, mission.ref))
    context = {
        "mission": mission,
        "page": found.page,
        "notices": found.notices,
        "lines": tell(found.page, HISTORY),
    }
    return render(request, "missions/history.html", context)


@person_required(perms.can_create_mission)
def mission_create(request: SignedInRequest) -> HttpResponse:
    """A new mission with its declared demand."""
    form = NewMissionForm(
        posted(request),
        clients=clients_editable_by(request.user),
        today=timezone.localdate(),
    )
    if accepted(
        form,
        lambda: lifecycle.create_mission(
            mission=form.instance,
            facts=form.cleaned_data["facts"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance.title})
        return redirect("missions:mission_detail", form.instance.pk)
    return form_page(
        request,
        form,
        title=_("New mission"),
        submit=_("Add this mission"),
        back=reverse("missions:mission_list"),
    )


@person_required()
def mission_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Title, place and dates; client and profile until it starts."""
    mission = perms.mission_to_edit_for(request.user, pk)
    title = _("Change %(name)s") % {"name": mission.title}
    form = MissionForm(
        posted(request),
        instance=mission,
        clients=clients_editable_by(request.user),
        today=timezone.localdate(),
    )
    if accepted(
        form,
        lambda: lifecycle.update_mission(
            mission=form.instance, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("missions:mission_detail", pk)
    return form_page(
        request,
        form,
        title=title,
        submit=_("Save"),
        back=reverse("missions:mission_detail", args=[pk]),
    )


@person_required()
def mission_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the last day, name who would outlive it, then end both."""
    mission = perms.mission_to_edit_for(request.user, pk)
    today = timezone.localdate()
    form = EndMissionForm(posted(request), initial={"ends_on": mission.ends_on or today})
    if accepted(
        form,
        lambda: lifecycle.end_mission(
            mission=mission,
            last_day=form.cleaned_data["ends_on"],
            with_people=form.cleaned_data["with_people"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The last day of the mission is set."))
        return redirect("missions:mission_detail", pk)
    people = [row.person.full_name for row in staffing.ending_after(mission, today)]
    lead = _("Nobody is assigned after today.")
    if people:
        lead = _("Assigned after today: %(people)s.") % {"people": ", ".join(people)}
    return form_page(
        request,
        form,
        title=_("End %(name)s") % {"name": mission.title},
        submit=_("End this mission"),
        back=reverse("missions:mission_detail", args=[pk]),
        lead=lead,
    )


@person_required()
def mission_facts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which of the agreed facts hold."""
    mission = perms.mission_to_edit_for(request.user, pk)
    form = FactsForm(posted(request), initial={"facts": mission.facts.current()})
    if accepted(
        form,
        lambda: lifecycle.set_facts(
            mission=mission,
            facts=form.cleaned_data["facts"],
            actor=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("missions:mission_detail", pk)
    return form_page(
        request,
        form,
        title=_("Declared demand of %(name)s") % {"name": mission.title},
        submit=_("Save"),
        back=reverse("missions:mission_detail", args=[pk]),
        lead=_("Every change is kept with its author and its date; whoever is on it can read it."),
    )
