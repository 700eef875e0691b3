"""Input of reviews: one person on one client, our own side first; and how often we ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import CharterValue, Seen, SheetLine
from clients.models.charter import Action
from surveys.models import ReviewPlan
from surveys.reviewing import Judged

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

OURS = [choice for choice in SheetLine.Ours.choices if choice[0] != SheetLine.Ours.UNKNOWN]


def _words(
    value: CharterValue, choices: Sequence[tuple[Any, Any]], chosen: str
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=value.name, choices=choices, required=False, initial=chosen, widget=forms.RadioSelect
    )


def _ticks(
    value: CharterValue, actions: Sequence[Action], chosen: list[int]
) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=value.name, choices=[(place, one.words) for place, one in enumerate(actions)],
        coerce=int, required=False, initial=chosen, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a value on the page: its word, its actions to tick, its red line if any."""

    value: CharterValue
    word: forms.BoundField
    ticks: forms.BoundField
    red: forms.BoundField | None = None


class ReviewForm(forms.Form):
    """Each value of the charter on both sides; any may be skipped."""

    def __init__(
        self, *args: Any, values: Sequence[CharterValue], kept: Judged | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.values = values
        said = kept or Judged()
        for value in values:
            ours, verdict = said.ours.get(value.pk, ""), said.verdicts.get(value.pk, "")
            self.fields[f"ours_{value.pk}"] = _words(value, OURS, ours)
            self.fields[f"verdict_{value.pk}"] = _words(value, Seen.Verdict.choices, verdict)
            mine, seen = said.kept_actions.get(value.pk), said.seen_actions.get(value.pk)
            self.fields[f"kept_{value.pk}"] = _ticks(value, value.owed_actions, mine or [])
            self.fields[f"seen_{value.pk}"] = _ticks(value, value.asked_actions, seen or [])
            if value.red_line:
                self.fields[f"red_{value.pk}"] = forms.BooleanField(
                    label=_("I saw this red line crossed: %(line)s") % {"line": value.red_line},
                    required=False, initial=value.pk in said.red_lines,
                )  # fmt: skip

    def clean(self) -> None:
        for value in self.values:
            self._need_a_word(f"ours_{value.pk}", f"kept_{value.pk}")
            self._need_a_word(f"verdict_{value.pk}", f"seen_{value.pk}", f"red_{value.pk}")

    def _need_a_word(self, name: str, *beside: str) -> None:
        """What is ticked of a value counts among those who judged it: alone, it would be lost."""
        ticked = any(self.cleaned_data.get(one) for one in beside)
        if ticked and not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, _("Choose a word for this value, too, or untick the rest."))

    @property
    def ours(self) -> list[Side]:
        return [
            Side(value, self[f"ours_{value.pk}"], self[f"kept_{value.pk}"])
            for value in self.values
        ]

    @property
    def theirs(self) -> list[Side]:
        return [
            Side(
                value,
                self[f"verdict_{value.pk}"],
                self[f"seen_{value.pk}"],
                self[f"red_{value.pk}"] if value.red_line else None,
            )
            for value in self.values
        ]

    @property
    def judged(self) -> Judged:
        return Judged(
            self._said("verdict"),
            self._said("ours"),
            tuple(self._said("red")),
            self._said("seen"),
            self._said("kept"),
        )

    def _said(self, name: str) -> dict[int, Any]:
        """By id of a value; what is empty is absent."""
        found = {value.pk: self.cleaned_data.get(f"{name}_{value.pk}") for value in self.values}
        return {value: said for value, said in found.items() if said}


class ReviewPlanForm(ModelForm):
    """How often the firm's people judge their clients."""

    class Meta:
        model = ReviewPlan
        fields: ClassVar = ["months"]
        help_texts: ClassVar = {
            "months": _("Each review goes with the nearest round. 0: nobody is asked."),
        }
