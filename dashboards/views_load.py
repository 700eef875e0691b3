"""The load page: who carries demanding missions, beside what chance would give."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import OrgUnit, User
from accounts.perms import person_required, signed_in, unit_for, units_visible_to
from balancing import reading
from balancing.models import Load, LoadPass
from balancing.perms import can_read_loads
from core.listing import FilterForm, listing
from dashboards import rotation_cards
from dashboards.charts_load import load_figure, load_svg
from dashboards.load_trend import trend
from dashboards.own_load import lines, own_load_line
from followup import texts
from followup.rules import INDEX

# The first look: this many people, or all those above their zone.
FIRST_PEOPLE = 12
FIRST_MISSIONS = 12
MOST_PEOPLE = 50
MOST_MISSIONS = 200


class LoadFilter(FilterForm):
    """Narrow to a unit of one's own; show everybody."""

    unit = forms.IntegerField(required=False, min_value=1)
    all = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, already checked."""

    viewer: User
    now: datetime
    unit: OrgUnit | None
    everybody: bool
    form: LoadFilter


@require_safe
@person_required(can_read_loads)
def load(request: HttpRequest) -> HttpResponse:
    """The people of one's units and one's reports, most loaded first."""
    asked = _asked(request)
    newest = reading.latest_pass(asked.now)
    rotations = list(reading.open_rotations(asked.viewer))
    context: dict[str, Any] = {
        "newest": newest,
        "units": units_visible_to(asked.viewer),
        "unit": asked.unit,
        "everybody": asked.everybody,
        "rotations": rotation_cards.cards(rotations),
    }
    if newest is not None:
        context |= _people(request, asked) | trend(asked.now, rotations) | _missions(newest, asked)
        context["rounds"] = _rounds_text(newest)
        context["unevenness"] = _unevenness(newest)
    return render(request, "dashboards/load.html", context)


@require_safe
@person_required()
def load_own(request: HttpRequest) -> HttpResponse:
    """One's own line, whoever one is: at once."""
    line = own_load_line(signed_in(request), timezone.now())
    return render(request, "dashboards/load_own.html", {"own": line})


def _asked(request: HttpRequest) -> Asked:
    viewer = signed_in(request)
    form = LoadFilter(request.GET)
    form.is_valid()
    pk = form.kept("unit")
    unit = unit_for(viewer, pk) if pk else None
    return Asked(viewer, timezone.now(), unit, bool(form.kept("all")), form)


# --- people ----------------------------------------------------------------------------------


def _people(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    rows = reading.loads_for(asked.viewer, asked.now, asked.unit.pk if asked.unit else None)
    counts = rows.aggregate(
        total=Count("pk"),
        above=Count("pk", filter=Q(above_zone=True)),
        compared=Count("pk", filter=Q(compared=True)),
    )
    found = listing(request, asked.form, rows)
    page = found.page if asked.everybody else None
    people = lines(page if page is not None else _first(rows, counts["above"]))
    dots = [line.dot for line in people]
    title = above_title(counts["above"], counts["compared"])
    return {
        "title": title,
        "counts": counts,
        "people": people,
        "page": page,
        "notices": found.notices,
        "drawing": load_svg(dots, title) if dots else "",
        "figure": load_figure(dots),
    }


def _first(rows: QuerySet[Load], above: int) -> QuerySet[Load]:
    return rows[: min(max(FIRST_PEOPLE, above), MOST_PEOPLE)]


def above_title(above: int, compared: int) -> str:
    """The finding, as a sentence."""
    if not compared:
        return _("Zones of chance come after six rounds")
    if not above:
        return _("Nobody above the zone of chance")
    return ngettext(
        "%(count)s person above the zone of chance",
        "%(count)s people above the zone of chance",
        above,
    ) % {"count": above}


def _rounds_text(newest: LoadPass) -> str:
    rounds = newest.loads.order_by("-exposed_rounds").values_list("exposed_rounds", flat=True)
    count = rounds.first() or 0
    return ngettext("last round", "%(count)s last rounds", count) % {"count": count}


def _unevenness(newest: LoadPass) -> str:
    index = newest.indices.get(INDEX)
    return texts.unevenness(index["value"], index["reference"]) if index else ""


# --- missions --------------------------------------------------------------------------------


def _missions(newest: LoadPass, asked: Asked) -> dict[str, Any]:
    rows = reading.mission_demands(newest)
    limit = MOST_MISSIONS if asked.everybody else FIRST_MISSIONS
    return {"demands": rows[:limit], "demands_cut": rows.count() > limit}
