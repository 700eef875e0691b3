"""What other points would have done to past loads, before anybody changes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import FirmSettings
from accounts.perms import can_configure, person_required, signed_in
from balancing.maths.indices import Index
from balancing.preview import Preview, preview
from core.wording import number
from dashboards.perms import can_read_missions
from dashboards.rotation_cards import gap_text
from missions.forms_facts import PointsForm
from missions.models import DemandFact, Mission
from missions.perms import can_discuss_points
from missions.points import newest_number

INDICES = {
    "max_to_mean": _("Largest load over the mean (1: all alike)"),
    "top_tenth": _("Part of the demanding days carried by the tenth that carries most"),
    "gini": _("Unevenness of loads, by Gini (0: all alike)"),
    "jain": _("Evenness of loads, by Jain (1: all alike)"),
}


@dataclass(frozen=True, slots=True)
class IndexLine:
    """An index of the firm before and after, each beside what random deals would not pass."""

    name: str
    before: str
    after: str
    reference_before: str
    reference_after: str


@never_cache
@require_safe
@person_required(can_discuss_points)
def points_preview(request: HttpRequest) -> HttpResponse:
    """Counts and the firm's indices for everybody who may look; names of missions for those who
    read figures."""
    reader = signed_in(request)
    facts = list(DemandFact.objects.current())
    maximum = FirmSettings.current().demand_maximum
    form = PointsForm(request.GET or None, facts=facts, maximum=maximum)
    context: dict[str, Any] = {"form": form, "is_asked": form.is_bound and form.is_valid()}
    if context["is_asked"]:
        today = {row.pk: row.points for row in facts}, maximum
        found = preview(now=timezone.now(), today=today, changed=form.table)
        context |= {
            "found": found,
            "changes": form.differences,
            "save_url": _save_url(form) if can_configure(reader) else "",
        }
        if found is not None:
            context |= _told(found, may_read=can_read_missions(reader))
    return render(request, "dashboards/points_preview.html", context)


def _save_url(form: PointsForm) -> str:
    """The page that saves what was tried, against the version that it was tried against."""
    typed = {field.name: form.cleaned_data[field.name] for field in form.visible_fields()}
    return f"{reverse('missions:points_edit')}?{urlencode(typed | {'seen': newest_number()})}"


def _told(found: Preview, *, may_read: bool) -> dict[str, Any]:
    names = _names([*found.becoming, *found.ceasing]) if may_read else {}
    return {
        "gap": gap_text(found.gap),
        "indices": list(_indices(found)),
        "becoming": [names[pk] for pk in found.becoming if pk in names],
        "ceasing": [names[pk] for pk in found.ceasing if pk in names],
    }


def _indices(found: Preview) -> Iterator[IndexLine]:
    before, after = found.indices
    if before is None or after is None:
        return
    for code, name in INDICES.items():
        was: Index = getattr(before, code)
        becomes: Index = getattr(after, code)
        values = (was.value, becomes.value, was.reference, becomes.reference)
        yield IndexLine(str(name), *(number(value, 2) for value in values))


def _names(missions: list[int]) -> dict[int, str]:
    rows = Mission.objects.select_related("client").in_bulk(missions)
    return {pk: f"{row.client.name}, {row.title}" for pk, row in rows.items()}
