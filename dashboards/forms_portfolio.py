"""What may be tried on the portfolio. In the address: a scenario is a link."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clients.forms import DayField
from clients.models import Result
from core.tables import FILE_TYPES
from core.wording import full_day
from dashboards.first_contact import Expected, FirstContact
from dashboards.forms_newcomer import PLACES, VALUE, Place, choices_of, fill, name_of, said
from dashboards.portfolio import Line, Today
from dashboards.what_if import (
    GROWTH,
    KINDS,
    LEAVE,
    MIX,
    Brings,
    Choice,
    Scenario,
)

# Clients with a hypothesis that one scenario may hold.
MOST = 200
MOST_DAYS = 100_000
MOST_EARNED = 1_000_000_000
CLIENT = re.compile(r"h(\d{1,9})")

SMALL = {"class": "select input-s"}
# What is said of a client to come, beside its values.
NAMES = ("prospect", "from", "to", "profile", "status", "earns", "earnsto")


class QuickSelect(forms.Select):
    """The framework's own markup without a template for each option: a page has fifty of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = (
            (key, SafeString(" selected") if str(key) == chosen else "", word)
            for key, word in self.choices
        )
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, attrs) | {"name": name}),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class QuickDay(forms.DateInput):
    """The browser's own picker, likewise."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = self.build_attrs(self.attrs, attrs) | {"name": name, "type": self.input_type}
        written = self.format_value(value)
        return format_html("<input{}>", flatatt(given | ({"value": written} if written else {})))


def tried_clients(data: QueryDict) -> list[int]:
    """Clients (ids) of which the address says something else than keep, in its order."""
    found = ((CLIENT.fullmatch(name), name) for name in data)
    return [int(match.group(1)) for match, name in found if match and any(data.getlist(name))]


class PortfolioForm(forms.Form):
    """One hypothesis a client, one a profile, clients to come, the aim. All may stay empty."""

    says_optional = False

    target = forms.IntegerField(
        label=_("Aim: share of days with virtuous clients, in percent"),
        min_value=1, max_value=100, required=False,
    )  # fmt: skip
    growth = forms.IntegerField(
        label=_("Developing, more or less of a profile: by how many percent of the days"),
        min_value=1, max_value=100, required=False, initial=GROWTH,
    )  # fmt: skip

    def __init__(
        self,
        data: QueryDict,
        *,
        today: Today,
        shown: Sequence[Line],
        contact: FirstContact,
        aim: int | None,
    ) -> None:
        self.today, self.aim = today, aim
        self.contact = contact
        self.shown = list(shown)
        filled = data.copy()
        filled.setdefault("growth", str(GROWTH))
        if aim is not None:
            filled.setdefault("target", str(aim))
        fill(filled, contact)
        super().__init__(filled)
        self.asked = data
        self.fields["target"].initial = aim
        for line in self.shown:
            self._add_client(line)
        for row in today.profiles:
            self.fields[f"mix{row.pk}"] = forms.ChoiceField(
                label=row.name, choices=MIX, required=False, widget=QuickSelect(SMALL)
            )
        for place in range(1, PLACES + 1):
            self._add_place(place)

    def _add_client(self, line: Line) -> None:
        name = line.named.name
        self.fields[f"h{line.pk}"] = forms.ChoiceField(
            label=_("Hypothesis for %(client)s") % {"client": name},
            choices=KINDS,
            required=False,
            widget=QuickSelect(SMALL),
        )
        self.fields[f"by{line.pk}"] = DayField(
            label=_("Last day at %(client)s") % {"client": name},
            required=False,
            widget=QuickDay(format="%Y-%m-%d", attrs={"type": "date"}),
        )

    def _add_place(self, place: int) -> None:
        self.fields[f"prospect{place}"] = forms.ChoiceField(
            label=_("Who"),
            choices=[
                ("", _("Another client")),
                *((pk, row.name) for pk, row in self.contact.prospects.items()),
            ],
            required=False,
        )
        self.fields[f"from{place}"] = forms.IntegerField(
            label=_("Days over 12 months, at least"),
            min_value=0, max_value=MOST_DAYS, required=False,
        )  # fmt: skip
        self.fields[f"to{place}"] = forms.IntegerField(
            label=_("At most"), min_value=1, max_value=MOST_DAYS, required=False
        )
        self.fields[f"profile{place}"] = forms.ChoiceField(
            label=_("Mission profile"),
            choices=[("", "–"), *((row.ref, row.name) for row in self.today.profiles)],
            required=False,
        )
        self.fields[f"status{place}"] = forms.ChoiceField(
            label=_("Status expected"),
            choices=[("", _("From what is known")), *Result.choices],
            required=False,
        )
        self.fields[f"earns{place}"] = forms.IntegerField(
            label=_("Revenue over 12 months in euros, at least"),
            min_value=0, max_value=MOST_EARNED, required=False,
        )  # fmt: skip
        self.fields[f"earnsto{place}"] = forms.IntegerField(
            label=_("At most, in euros"), min_value=0, max_value=MOST_EARNED, required=False
        )
        for value in self.contact.values:
            self.fields[name_of(place, value)] = forms.ChoiceField(
                label=value.name,
                choices=choices_of(value),
                required=False,
                widget=QuickSelect(SMALL),
            )

    # --- what the page shows, line by line

    @property
    def rows(self) -> list[tuple[Line, Any, Any, str]]:
        """The line, its two fields, and what they say, for paper."""
        return [
            (line, self[f"h{line.pk}"], self[f"by{line.pk}"], self._said(line))
            for line in self.shown
        ]

    def _said(self, line: Line) -> str:
        kind = self.data.get(f"h{line.pk}", "")
        by = self.cleaned_data.get(f"by{line.pk}") if self.is_valid() else None
        if kind == LEAVE and by:
            return str(_("Leave, last day %(day)s") % {"day": full_day(by)})
        return str(dict(KINDS).get(kind, ""))

    @property
    def mixes(self) -> list[Any]:
        return [self[f"mix{row.pk}"] for row in self.today.profiles]

    @property
    def places(self) -> list[Place]:
        return [self._place(n) for n in range(1, PLACES + 1)]

    def _place(self, place: int) -> Place:
        """``of``: comes back with the form, so that another prospect's values are not kept."""
        expected = Expected("")
        if self.is_valid() and self._is_filled(place, self.cleaned_data):
            expected = self._expected(place)
        return Place(
            place,
            [self[f"{name}{place}"] for name in NAMES],
            [self[name_of(place, value)] for value in self.contact.values],
            self.data.get(f"prospect{place}", ""),
            expected,
        )

    @property
    def has_mix(self) -> bool:
        return any(field.value() or field.errors for field in self.mixes)

    @property
    def has_places(self) -> bool:
        return any(place.is_used for place in self.places)

    # --- what is read

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._refuse_doubles()
        self._refuse_strangers()
        for line in self.shown:
            self._check_day(line, data)
        for place in range(1, PLACES + 1):
            self._check_place(place, data)
        return data

    def _refuse_doubles(self) -> None:
        for name in self.fields:
            if len({value for value in self.asked.getlist(name) if value}) > 1:
                self.add_error(name, _("This address says two things here: choose one."))

    def _refuse_strangers(self) -> None:
        tried, known = tried_clients(self.asked), self.today.by_pk
        if any(pk not in known for pk in tried):
            said = _("A client of this address is not in the portfolio: its line was left out.")
            self.add_error(None, said)
        if any(VALUE.fullmatch(name) and name not in self.fields for name in self.asked):
            words = _("A value of this address is not in the charter in force: it was left out.")
            self.add_error(None, words)
        if len(tried) > MOST:
            self.add_error(None, _("%(most)s clients at most in one scenario.") % {"most": MOST})

    def _check_day(self, line: Line, data: Mapping[str, Any]) -> None:
        name, by = f"by{line.pk}", data.get(f"by{line.pk}")
        if data.get(f"h{line.pk}") != LEAVE or name in self.errors:
            return
        if by is None:
            self.add_error(name, _("Choose the last day there."))
        elif by <= self.today.day:
            self.add_error(name, _("Choose a day after today."))
        elif by > self.today.until:
            self.add_error(name, _("Choose a day within 12 months: nothing is looked at beyond."))

    def _check_place(self, place: int, data: Mapping[str, Any]) -> None:
        """Nothing at all, or days, a profile and a status."""
        if not self._is_filled(place, data):
            return
        low, high = data.get(f"from{place}"), data.get(f"to{place}")
        self._require(f"to{place}", high, _("Say how many days, at most."))
        self._require(f"profile{place}", data.get(f"profile{place}"), _("Choose a profile."))
        says = _("Choose the status that you expect, or say what is known of the values.")
        self._require(f"status{place}", self._expected(place).status, says)
        if low is not None and high is not None and low > high:
            self.add_error(f"to{place}", _("Not less than the least."))
        self._check_earns(place, data)

    def _check_earns(self, place: int, data: Mapping[str, Any]) -> None:
        """Nothing, or how much at most."""
        low, high = data.get(f"earns{place}"), data.get(f"earnsto{place}")
        if low is None or f"earnsto{place}" in self.errors:
            return
        if high is None:
            self.add_error(f"earnsto{place}", _("Say how much, at most."))
        elif low > high:
            self.add_error(f"earnsto{place}", _("Not less than the least."))

    def _is_filled(self, place: int, data: Mapping[str, Any]) -> bool:
        names = [
            *(f"{name}{place}" for name in NAMES),
            *(name_of(place, value) for value in self.contact.values),
        ]
        return any(data.get(name) not in (None, "") for name in names)

    def _expected(self, place: int) -> Expected:
        """The status chosen, else what follows from the values, else what the screening said."""
        data = self.cleaned_data
        codes = said(data, place, self.contact.values)
        prospect = self.contact.prospects.get(data.get(f"prospect{place}", ""))
        if chosen := data.get(f"status{place}"):
            return Expected(chosen)
        if codes:
            return self.contact.expected(codes)
        return Expected(prospect.result if prospect else "")

    def _require(self, name: str, value: Any, says: Any) -> None:
        if not value and name not in self.errors:
            self.add_error(name, says)

    # --- the scenario

    @property
    def scenario(self) -> Scenario:
        data = self.cleaned_data
        choices = {
            line.pk: Choice(kind, data.get(f"by{line.pk}") if kind == LEAVE else None)
            for line in self.shown
            if (kind := data.get(f"h{line.pk}"))
        }
        mix = {row.ref: word for row in self.today.profiles if (word := data.get(f"mix{row.pk}"))}
        return Scenario(
            choices=choices,
            mix=mix,
            brings=[
                self._brings(place, data)
                for place in range(1, PLACES + 1)
                if self._is_filled(place, data)
            ],
            growth=data.get("growth") or GROWTH,
            target=data.get("target"),
        )

    def _brings(self, place: int, data: Mapping[str, Any]) -> Brings:
        prospect = self.contact.prospects.get(data.get(f"prospect{place}", ""))
        expected = self._expected(place)
        high, most = int(data[f"to{place}"]), data.get(f"earnsto{place}")
        return Brings(
            name=prospect.name if prospect else "",
            low=int(data.get(f"from{place}") or 0),
            high=high,
            profile=data[f"profile{place}"],
            status=expected.status,
            why=expected.why,
            earns=None if most is None else (data.get(f"earns{place}") or 0, most),
        )

    @property
    def address(self) -> str:
        """The scenario alone, as a query: what differs from the start, in a steady order."""
        usual = {"growth": str(GROWTH), "target": "" if self.aim is None else str(self.aim)}
        kept = QueryDict(mutable=True)
        for name in self.fields:
            value = self.data.get(name, "")
            # An aim that was emptied is said too: without it the firm's would come back.
            starts = ("", usual.get(name)) if name != "target" else (usual[name],)
            if value not in starts and not self._is_idle_day(name):
                kept[name] = value
        for place in range(1, PLACES + 1):
            self._leave_out_screening(place, kept)
        return kept.urlencode()

    def _leave_out_screening(self, place: int, kept: QueryDict) -> None:
        """What the last screening says already: the prospect alone brings it back."""
        found = self.contact.screened.get(kept.get(f"prospect{place}", ""))
        if found == said(kept, place, self.contact.values):
            for value in self.contact.values:
                kept.pop(name_of(place, value), None)

    def _is_idle_day(self, name: str) -> bool:
        """A last day at a client that is not left."""
        return name.startswith("by") and self.data.get(f"h{name[2:]}") != LEAVE


class PortfolioExportForm(forms.Form):
    """In which format the scenario leaves."""

    format = forms.ChoiceField(choices=[(kind, "") for kind in FILE_TYPES], required=False)

    @property
    def file_type(self) -> str:
        return str(self.cleaned_data["format"] or "csv")
