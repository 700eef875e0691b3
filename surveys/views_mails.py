"""The administrator's page on when mails leave."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.audit import changed_fields
from accounts.models import OrgUnit
from accounts.perms import can_configure, person_required, signed_in, unit_to_edit
from surveys.forms_mails import MailSettingsForm, SlotForm
from surveys.mail_settings import drop_unit_slot, save_mail_settings, save_unit_slot
from surveys.models import MailSettings, UnitSlot
from surveys.timetable import slots_by_unit

DROP = "drop"


@person_required(can_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_settings(request: HttpRequest) -> HttpResponse:
    """The firm's day and hour, its holidays, and each unit with what holds there."""
    form = MailSettingsForm(request.POST or None, instance=MailSettings.current())
    if request.method == "POST" and form.is_valid():
        save_mail_settings(
            kept=cast(MailSettings, form.save(commit=False)),
            changes=changed_fields(form),
            actor=signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("surveys:mail_settings")
    return render(request, "surveys/mail_settings.html", {"form": form, "units": _units()})


def _units() -> list[dict[str, object]]:
    """Each open unit, when its mails leave, and whether that is its own choice."""
    firm = MailSettings.current().slot
    found, own = slots_by_unit(), set(UnitSlot.objects.values_list("unit_id", flat=True))
    units = OrgUnit.objects.filter(ended_on=None).order_by("name", "pk")
    return [
        {
            "unit": unit,
            "day": WEEKDAYS[(slot := found.get(unit.pk, firm)).weekday],
            "at": slot.at,
            "is_own": unit.pk in own,
        }
        for unit in units
    ]


@person_required(can_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_slot(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's own day and hour, or back to those above."""
    actor, now = signed_in(request), timezone.now()
    unit = unit_to_edit(actor, pk)
    if request.method == "POST" and DROP in request.POST:
        drop_unit_slot(unit=unit, actor=actor, now=now)
        messages.success(request, _("Saved."))
        return redirect("surveys:mail_settings")
    own = UnitSlot.objects.filter(unit=unit).first()
    above = slots_by_unit().get(unit.pk, MailSettings.current().slot)
    kept = own or UnitSlot(unit=unit, weekday=above.weekday, at=above.at)
    form = SlotForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        save_unit_slot(
            slot=cast(UnitSlot, form.save(commit=False)),
            changes=changed_fields(form),
            actor=actor,
            now=now,
        )
        messages.success(request, _("Saved."))
        return redirect("surveys:mail_settings")
    context = {"form": form, "unit": unit, "is_own": own is not None}
    return render(request, "surveys/unit_slot.html", context)
