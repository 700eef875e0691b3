"""Input of a charter sheet: what we owe first, then the client's side."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms_prospects import MISSING, ScreeningForm
from clients.models import CharterValue, SheetLine
from clients.sheets import Line

Ours = SheetLine.Ours


class SheetForm(ScreeningForm):
    """Each value of the charter, on both sides, each with a sentence as evidence."""

    kinds: ClassVar = ("ours", "ours_evidence", *ScreeningForm.kinds)

    def ask(self, value: CharterValue) -> None:
        super().ask(value)
        verdict = self.fields[f"verdict_{value.pk}"]
        # The page says what is asked, beside what is owed.
        verdict.label, verdict.help_text = _("What does the client do?"), ""
        self.fields[f"ours_{value.pk}"] = forms.ChoiceField(
            label=_("Do we keep what we owe?"), choices=Ours.choices, initial=Ours.UNKNOWN,
            widget=forms.RadioSelect,
        )  # fmt: skip
        self.fields[f"ours_evidence_{value.pk}"] = forms.CharField(
            label=_("What shows it, in one sentence"), max_length=300, required=False
        )

    def clean(self) -> None:
        super().clean()
        for line in self.lines:
            if line.ours != Ours.UNKNOWN:
                self.require(f"ours_evidence_{line.finding.value.pk}", MISSING)

    @property
    def lines(self) -> list[Line]:
        data = self.cleaned_data
        return [
            Line(
                self._finding(value),
                data.get(f"ours_{value.pk}") or Ours.UNKNOWN,
                data.get(f"ours_evidence_{value.pk}", ""),
            )
            for value in self.values
        ]

    @property
    def sides(self) -> list[tuple[CharterValue, list[forms.BoundField], list[forms.BoundField]]]:
        """Each value with the fields of our side, and those of the client's."""
        return [(value, fields[:2], fields[2:]) for value, fields in self.rows]
