"""The table of points, which everybody reads: its facts, its versions, and changing it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, can_configure, person_required
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import lifecycle, perms, points
from missions.demand import declared_demand
from missions.forms import BY_DEMAND
from missions.forms_facts import FactForm, NewFactForm, NewPointsForm, PointsForm
from missions.models import DemandFact, Mission, PointsVersion

MOST_VERSIONS = 50
LIST = "missions:fact_list"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the table as it is read back: what it changed, and all that stood in it."""

    row: PointsVersion
    changed: list[tuple[str, points.Change]]
    table: list[tuple[str, int]]


@person_required()
def fact_list(request: SignedInRequest) -> HttpResponse:
    """Points of each fact, what they make of every mission, and every version of the table: all
    for everybody. A mission's own page, with who is on it, is for those who may see it."""
    maximum = FirmSettings.current().demand_maximum
    missions = Mission.objects.current(timezone.localdate()).with_points()
    rows = missions.select_related("client").prefetch_related("facts").order_by(*BY_DEMAND)
    found = listing(request, None, rows)
    facts = list(DemandFact.objects.all())
    visible = perms.missions_visible_to(request.user)
    opened = visible.filter(pk__in=[row.pk for row in found.page])
    context = {
        "facts": [fact for fact in facts if fact.counts],
        "retired": [fact for fact in facts if not fact.counts],
        "maximum": maximum,
        "page": found.page,
        "notices": found.notices,
        "rows": [(row, declared_demand(row.points, maximum)) for row in found.page],
        "opened": set(opened.values_list("pk", flat=True)),
        "can_configure": can_configure(request.user),
        "can_preview": perms.can_discuss_points(request.user),
        "versions": _versions({fact.code: fact.name for fact in facts}),
    }
    return render(request, "missions/facts.html", context)


def _versions(names: dict[str, str]) -> list[Version]:
    """Each version, newest first, with the names of its facts, which are never deleted."""
    rows = list(PointsVersion.objects.select_related("made_by")[:MOST_VERSIONS])
    maximum = _("points that make a demand of 10")
    return [
        Version(
            row,
            [(names.get(one.code, maximum), one) for one in changed],
            [(names[code], row.points[code]) for code in names if code in row.points],
        )
        for row, changed in zip(rows, points.changes(rows), strict=True)
    ]


@person_required(can_configure)
def points_edit(request: SignedInRequest) -> HttpResponse:
    """What was tried, once more in words, then saved. Trying is a page of the floor above."""
    form = NewPointsForm(
        posted(request) if request.method == "POST" else request.GET or None,
        facts=list(DemandFact.objects.current()),
        maximum=FirmSettings.current().demand_maximum,
    )
    if request.method == "POST" and accepted(form, lambda: _save(request, form)):
        messages.success(request, _("Saved: loads to come count with these points."))
        return redirect(LIST)
    context = {
        "form": form,
        "changes": form.differences if form.is_bound and form.is_valid() else [],
        "query": urlencode([(row.name, row.value()) for row in form.visible_fields()]),
    }
    return render(request, "missions/points.html", context)


def _save(request: SignedInRequest, form: NewPointsForm) -> None:
    given, maximum = form.table
    lifecycle.set_points(
        points=given,
        maximum=maximum,
        seen=form.cleaned_data["seen"],
        actor=request.user,
        now=timezone.now(),
    )


@person_required(can_configure)
def fact_create(request: SignedInRequest) -> HttpResponse:
    """A fact of the firm's own."""
    form = NewFactForm(posted(request))
    if accepted(
        form,
        lambda: lifecycle.create_fact(fact=form.instance, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect(LIST)
    return form_page(
        request,
        form,
        title=_("New fact"),
        submit=_("Add this fact"),
        back=reverse(LIST),
        lead=_("Something that can be looked up, such as a rota: not how it feels."),
    )


@person_required()
def fact_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its names in both languages. Its points change with those of the others."""
    fact = perms.fact_to_edit_for(request.user, pk)
    title = _("Change %(name)s") % {"name": fact}
    form = FactForm(posted(request), instance=fact)
    if accepted(
        form,
        lambda: lifecycle.update(thing=form.instance, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect(LIST)
    return form_page(request, form, title=title, submit=_("Save"), back=reverse(LIST))


@person_required()
def fact_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """It counts no more from now on."""
    fact = perms.fact_to_edit_for(request.user, pk)
    form = Form(posted(request))
    if accepted(
        form,
        lambda: lifecycle.retire_fact(fact=fact, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("%(name)s counts no more.") % {"name": fact})
        return redirect(LIST)
    return render(
        request,
        "missions/fact_retire.html",
        {"fact": fact, "name": PointsForm.name_of(fact)},
    )


@require_POST
@person_required()
def fact_bring_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo it."""
    fact = perms.fact_to_edit_for(request.user, pk)
    lifecycle.bring_fact_back(fact=fact, actor=request.user, now=timezone.now())
    messages.success(request, _("%(name)s counts again.") % {"name": fact})
    return redirect(LIST)
