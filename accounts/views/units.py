"""Pages on units."""

from typing import cast

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import perms
from accounts.audit import changed_fields
from accounts.forms import UnitEndForm, UnitForm
from accounts.models import OrgUnit, User
from accounts.units import end_unit, save_unit, tree


@perms.person_required(perms.can_read_people)
def unit_list(request: HttpRequest) -> HttpResponse:
    reader = perms.signed_in(request)
    units = list(perms.units_visible_to(reader).select_related("manager"))
    present = User.objects.present(timezone.localdate()).exclude(unit=None)
    counts = present.order_by().values_list("unit_id").annotate(Count("pk"))
    return render(
        request,
        "accounts/unit_list.html",
        {"branches": tree(units, dict(counts)), "can_edit": perms.can_configure(reader)},
    )


@perms.person_required(perms.can_configure)
def unit_create(request: HttpRequest) -> HttpResponse:
    return _unit_form(request, OrgUnit())


@perms.person_required()
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _unit_form(request, perms.unit_to_edit(perms.signed_in(request), pk))


def _unit_form(request: HttpRequest, unit: OrgUnit) -> HttpResponse:
    title = unit.name
    form = UnitForm(request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        save_unit(
            unit=cast(OrgUnit, form.save(commit=False)),
            changes=changed_fields(form),
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:unit_list")
    return render(request, "accounts/unit_form.html", {"form": form, "unit": unit, "title": title})


@perms.person_required()
def unit_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the last day, or take it back."""
    unit = perms.unit_to_edit(perms.signed_in(request), pk)
    today = timezone.localdate()
    initial = {"last_day": unit.ended_on or today}
    form = UnitEndForm(request.POST or None, unit=unit, today=today, initial=initial)
    undo = request.method == "POST" and "undo" in request.POST
    if undo or (request.method == "POST" and form.is_valid()):
        end_unit(
            unit=unit,
            last_day=None if undo else form.cleaned_data["last_day"],
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:unit_list")
    return render(request, "accounts/unit_end.html", {"form": form, "unit": unit})
