"""Input about facts of declared demand: the facts themselves, their points, which of them hold for
a mission, and a fact contested."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.forms import ModelForm
from core.text import on_one_line
from missions.lifecycle import OVERTAKEN
from missions.models import DemandFact, Mission

if TYPE_CHECKING:
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField[DemandFact]
else:
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField

MOST_POINTS, LARGEST_MAXIMUM = 100, 1000
CODE_TAKEN = {"code": {"unique": _("This code is taken: choose another one.")}}


# --- facts and their points ------------------------------------------------------------------


class FactForm(ModelForm):
    """How a fact is called."""

    class Meta:
        model = DemandFact
        fields: ClassVar = ["name_fr", "name_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)


class NewFactForm(FactForm):
    """A fact that the firm adds. Its points change no mission before one declares it."""

    class Meta(FactForm.Meta):
        fields: ClassVar = ["code", "name_fr", "name_en", "points"]
        error_messages: ClassVar = CODE_TAKEN
        help_texts: ClassVar = {
            "code": _("Files name it by this, such as on_call; it does not change."),
        }


class PointsForm(forms.Form):
    """Points of each fact and the maximum. To be tried they stand in the address, so that what
    was tried is a link; one from before a fact was added leaves the new fact as it is."""

    def __init__(
        self, data: QueryDict | None, *, facts: Sequence[DemandFact], maximum: int
    ) -> None:
        super().__init__(None if data is None else data.copy())
        self.facts, self.before = facts, maximum
        for fact in facts:
            self.fields[self.name_of(fact)] = forms.IntegerField(
                label=fact.name, min_value=0, max_value=MOST_POINTS, initial=fact.points
            )
        self.fields["maximum"] = forms.IntegerField(
            label=_("Points that make a demand of 10"), min_value=1, max_value=LARGEST_MAXIMUM,
            initial=maximum,
        )  # fmt: skip
        if self.is_bound:
            for name, field in self.fields.items():
                cast("QueryDict", self.data).setdefault(name, str(field.initial))

    @property
    def table(self) -> tuple[dict[int, int], int]:
        """Points by fact (id), and the maximum."""
        data = self.cleaned_data
        return {fact.pk: data[self.name_of(fact)] for fact in self.facts}, data["maximum"]

    @property
    def differences(self) -> list[tuple[str, int, int]]:
        """Name, points today and points typed, where they differ; the maximum last."""
        points, maximum = self.table
        found = [(fact.name, fact.points, points[fact.pk]) for fact in self.facts]
        found.append((str(self.fields["maximum"].label), self.before, maximum))
        return [(name, before, after) for name, before, after in found if before != after]

    @staticmethod
    def name_of(fact: DemandFact) -> str:
        return f"fact-{fact.code}"


class NewPointsForm(PointsForm):
    """The same to be saved; ``seen`` names the version of the table that they were tried against.

    Without one, or with one that is no number, they were tried against none.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].error_messages = dict.fromkeys(("required", "invalid"), OVERTAKEN)


# --- facts of a mission ----------------------------------------------------------------------


class FactsField(ModelMultipleChoiceField):
    """Check boxes, each with its points."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        points = ngettext("%(count)d point", "%(count)d points", obj.points)
        return f"{obj.name} ({points % {'count': obj.points}})"


class FactsForm(forms.Form):
    """Which of the agreed facts hold for a mission."""

    facts = FactsField(
        DemandFact.objects.current(),
        label=_("Declared demand"),
        required=False,
        help_text=_("Facts that everybody on the mission can see and agree on."),
    )


# --- contested facts -------------------------------------------------------------------------


class ContestForm(forms.Form):
    """A fact that does not hold, or one that is missing, and why."""

    fact: Any = forms.ChoiceField(label=_("Which fact?"))
    sentence = forms.CharField(
        label=_("In one sentence"),
        max_length=300,
        help_text=_("What can be looked up, such as an on-call rota: not how it feels."),
    )

    def __init__(self, *args: Any, mission: Mission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = set(mission.facts.values_list("pk", flat=True))
        facts = list(DemandFact.objects.current())
        groups = (
            (_("Declared, and not true here"), [row for row in facts if row.pk in declared]),
            (_("Missing here"), [row for row in facts if row.pk not in declared]),
        )
        self.fields["fact"] = forms.TypedChoiceField(
            label=_("Which fact?"),
            coerce=int,
            choices=[
                ("", "–"),
                *((title, [(row.pk, row.name) for row in rows]) for title, rows in groups if rows),
            ],
        )
        on_one_line(self)

    @property
    def chosen(self) -> DemandFact:
        return DemandFact.objects.get(pk=self.cleaned_data["fact"])


class ContestAnswerForm(forms.Form):
    """Corrected or kept, and why; everybody on the mission reads it."""

    correct = forms.ChoiceField(
        label=_("What you decide"),
        choices=[("yes", _("Correct the facts")), ("no", _("Keep them as they are"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Your answer"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
