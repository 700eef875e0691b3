"""The small forms of the editor: moves, what is undone, and how the preview is shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.listing import FilterForm
from missions.models import MissionProfile
from surveys import pending
from surveys.editing import LANGUAGES
from surveys.models import Question
from surveys.occasions import Occasion


class MoveForm(forms.Form):
    """One place up or down, or to a place of the list that was seen."""

    direction = forms.ChoiceField(choices=[("up", ""), ("down", "")], required=False)
    place = forms.IntegerField(min_value=1, max_value=1000, required=False)
    seen = forms.CharField(max_length=40, required=False)


class MovedForm(FilterForm):
    """The row that has just been moved, and by which of its buttons."""

    moved = forms.IntegerField(required=False)
    way = forms.ChoiceField(choices=[("up", ""), ("down", ""), ("place", "")], required=False)


class UndoForm(forms.Form):
    """Which change to come is undone, and of which question."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in (*pending.UNDONE_BY, pending.ORDER)]
    )
    question = forms.ModelChoiceField(Question.objects.all(), required=False)


class LanguageForm(FilterForm):
    """The language of the preview."""

    language = forms.ChoiceField(
        choices=[(code, code) for code in LANGUAGES], required=False, initial=""
    )


class PreviewForm(FilterForm):
    """For whom the form is shown, and on how wide a phone."""

    BETWEEN = "between"
    WIDTHS = ("390", "360", "320")

    at = forms.ChoiceField(
        label=_("Moment"),
        choices=[*Question.Moment.choices, (BETWEEN, _("Between two missions"))],
        required=False,
        initial=Question.Moment.ALWAYS,
        widget=forms.Select(attrs={"class": "select"}),
    )
    profile = forms.ModelChoiceField(
        label=_("Profile of the mission"),
        queryset=MissionProfile.objects.none(),
        required=False,
        empty_label=_("A profile without questions of its own"),
        widget=forms.Select(attrs={"class": "select"}),
    )
    width = forms.ChoiceField(
        label=_("Width of the phone"),
        choices=[(one, f"{one} px") for one in WIDTHS],
        required=False,
        initial="390",
        widget=forms.Select(attrs={"class": "select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = self.fields["profile"]
        assert isinstance(profile, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        profile.queryset = MissionProfile.objects.all()

    def occasion(self) -> Occasion:
        """Where the reader of this form is."""
        at, profile = self.kept("at"), self.kept("profile")
        return Occasion(
            profile=profile.ref if profile else "",
            moments=frozenset({at}) if at else frozenset(),
            is_between=at == self.BETWEEN,
        )
