"""When mails leave, and whose public holidays are kept."""

from datetime import time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.free_days import countries, regions
from core.slots import is_quiet
from surveys.models import MailSettings, MailTrial, UnitSlot

HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
OWN_CLOCK = _("By each person’s own clock, from 7:00 to 18:00.")
NOT_THEN = _("Not on a Monday morning nor on a Friday afternoon: few would read it.")
# Where the library names countries in English alone; others keep that name.
NAMES = {
    "BE": _("Belgium"), "CA": _("Canada"), "CH": _("Switzerland"), "DE": _("Germany"),
    "ES": _("Spain"), "FR": _("France"), "GB": _("United Kingdom"), "IT": _("Italy"),
    "LU": _("Luxembourg"), "MA": _("Morocco"), "MC": _("Monaco"), "NL": _("Netherlands"),
    "PT": _("Portugal"), "TN": _("Tunisia"), "US": _("United States"),
}  # fmt: skip


def named_countries() -> list[tuple[str, Any]]:
    """Those with a name in both languages first."""
    known = dict(countries())
    first = sorted(((code, name) for code, name in NAMES.items()), key=lambda one: str(one[1]))
    rest = [(code, name) for code, name in known.items() if code not in NAMES]
    return [("", _("none")), *first, *rest]


class ChosenSlot(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """A day and an hour at which people read."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        weekday, at = cleaned.get("weekday"), cleaned.get("at")
        if weekday is not None and isinstance(at, time) and is_quiet(weekday, at):
            self.add_error("at", NOT_THEN)
        return cleaned


class SlotForm(ChosenSlot):
    """A unit's own."""

    class Meta:
        model = UnitSlot
        fields = ("weekday", "at")
        widgets: ClassVar = {"at": HOUR}
        help_texts: ClassVar = {"at": OWN_CLOCK}


class TrialForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """One thing that differs between two halves."""

    class Meta:
        model = MailTrial
        fields = ("factor", "other_at")
        widgets: ClassVar = {"other_at": HOUR}
        help_texts: ClassVar = {"other_at": _("Only where the hour is what differs.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        other, slot = cleaned.get("other_at"), MailSettings.current().slot
        if cleaned.get("factor") != MailTrial.Factor.HOUR:
            # Left over from another choice: one factor at a time.
            cleaned["other_at"] = None
        elif other is None:
            self.add_error("other_at", _("Say which other hour."))
        elif other == slot.at or is_quiet(slot.weekday, other):
            self.add_error("other_at", _("Another hour than today’s, at which people read."))
        return cleaned


class MailSettingsForm(ChosenSlot):
    """The firm's own slot and holidays."""

    country = forms.ChoiceField(
        label=_("Public holidays of"), choices=named_countries, required=False,
        help_text=_("No mail leaves on these days: it is moved to the next day that fits."),
    )  # fmt: skip

    class Meta:
        model = MailSettings
        fields = ("weekday", "at", "country", "region")
        widgets: ClassVar = {"at": HOUR}
        help_texts: ClassVar = {
            "at": OWN_CLOCK,
            "region": _("Where a region has days of its own: 57 for the Moselle, 6AE for Alsace."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        country, region = cleaned.get("country") or "", cleaned.get("region") or ""
        known = regions(country)
        if region and region not in known:
            self.add_error("region", ValidationError(
                _("Not known there. Known: %(known)s."),
                params={"known": ", ".join(known) or "–"},
            ))  # fmt: skip
        return cleaned
