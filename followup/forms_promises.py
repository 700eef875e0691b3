"""Input about promises to our people, and ideas for them."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms import ModelForm
from core.moving import VersionedForm
from core.text import on_one_line
from followup.measures import MEASURES
from followup.models import Promise, PromiseIdea


class PromiseForm(ModelForm):
    """A promise in both languages, what is counted for it, its term and its goal."""

    class Meta:
        model = Promise
        fields: ClassVar = ["text_fr", "text_en", "measure", "within", "goal"]
        help_texts: ClassVar = {
            "measure": _("It does not change afterwards: another measure is another promise."),
            "within": _("Days; rounds for a rotation. Empty for what has no term."),
            "goal": _("Of ten times, how often must it be kept to count as kept?"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        measure = MEASURES.get(data.get("measure", ""))
        if measure is None or "within" not in data:
            return data
        if measure.has_term and data["within"] is None:
            self.add_error("within", _("Say within how long."))
        if not measure.has_term and data["within"] is not None:
            self.add_error("within", _("This is counted at the end of a period: leave it empty."))
        return data


class RewordForm(VersionedForm):
    """Other words for the same promise."""

    name = "reword"
    text_fr = forms.CharField(label=_("in French"), max_length=200)
    text_en = forms.CharField(label=_("in English"), max_length=200)

    def __init__(self, *args: Any, subject: Promise, **kwargs: Any) -> None:
        kwargs["initial"] = {"text_fr": subject.text_fr, "text_en": subject.text_en}
        super().__init__(*args, subject=subject, **kwargs)


class IdeaForm(ModelForm):
    """What somebody would like to be promised."""

    class Meta:
        model = PromiseIdea
        fields: ClassVar = ["sentence", "named"]
        help_texts: ClassVar = {
            "sentence": _("Everybody reads it. No name of a person or of a client, please."),
            "named": _("So that they can ask you what you mean. Others never see who wrote."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)


class AnswerForm(forms.Form):
    """Adopted or not, and one sentence about it."""

    state = forms.ChoiceField(
        label=_("your answer"),
        choices=[
            (PromiseIdea.State.ADOPTED.value, _("It becomes a promise")),
            (PromiseIdea.State.DECLINED.value, PromiseIdea.State.DECLINED.label),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("in one sentence"), max_length=300, help_text=_("Everybody reads it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
