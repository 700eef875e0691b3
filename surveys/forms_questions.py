"""What an administrator types in the editor: questions, how they are asked, and their themes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from missions.models import MissionProfile
from surveys import bank
from surveys.editing import (
    CODE_LENGTH,
    LANGUAGES,
    RESERVED,
    Edit,
    Manner,
    NewQuestion,
    is_asked,
    token_of,
    was_ever_asked,
)
from surveys.forms_words import BOTH, NAME_LIMIT, LineField, WordsForm, initial_words
from surveys.models import Dimension, Question, QuestionVersion
from surveys.recasting import Recast

ONLY_EXTRA = _(
    "Only an extra question can be for some: the others would compare people who were not asked "
    "the same."
)
NO_MISSION = _("Between two missions there is neither a profile nor a start or an end.")


class MannerForm(forms.Form):
    """How a question is asked: role, when, of whom."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Question.Role.choices,
        initial=Question.Role.CORE,
        widget=forms.RadioSelect,
    )
    moment = forms.ChoiceField(
        label=_("When"),
        choices=Question.Moment.choices,
        initial=Question.Moment.ALWAYS,
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    audience = forms.ChoiceField(
        label=_("Asked of people"),
        choices=Question.Audience.choices,
        initial=Question.Audience.MISSIONS,
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    profile = forms.ModelChoiceField(
        label=_("On missions of the profile"),
        queryset=MissionProfile.objects.none(),
        required=False,
        empty_label=_("Every profile"),
        widget=forms.Select(attrs={"class": "select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = self.fields["profile"]
        assert isinstance(profile, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        profile.queryset = MissionProfile.objects.all()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("role") and "role" in self.fields:
            self._check_for_some(values)
        return values

    def _check_for_some(self, values: dict[str, Any]) -> None:
        moment, audience = self._chosen("moment"), self._chosen("audience")
        is_between = audience == Question.Audience.BETWEEN
        is_on_mission = moment != Question.Moment.ALWAYS or values.get("profile")
        if values["role"] != Question.Role.EXTRA and (is_between or is_on_mission):
            self.add_error("role", ONLY_EXTRA)
        if is_between and is_on_mission:
            self.add_error("audience", NO_MISSION)

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or self.fields[name].initial)

    def manner(self) -> Manner:
        """How it is asked, once the form is valid."""
        return Manner(
            role=self.cleaned_data["role"],
            moment=self._chosen("moment"),
            audience=self._chosen("audience"),
            profile=self.cleaned_data["profile"],
        )


class ThemeForm(forms.Form):
    """A theme of the list, or a new one in both languages."""

    dimension = forms.ModelChoiceField(
        label=_("Theme"),
        queryset=Dimension.objects.none(),
        required=False,
        empty_label=_("A new theme, named below"),
        help_text=_("Themes that no question asks about at present."),
        widget=forms.Select(attrs={"class": "select"}),
    )
    name_fr = LineField(
        label=_("New theme, in French"),
        max_length=NAME_LIMIT,
        required=False,
        help_text=_("When it is not in the list."),
    )
    name_en = LineField(
        label=_("New theme, in English"),
        max_length=NAME_LIMIT,
        required=False,
        help_text=_("When it is not in the list."),
    )

    def offer_themes(self, *, but: int = 0) -> None:
        """Themes that no question asks about, and that of this one."""
        asked = Question.objects.kept().filter(dimension=OuterRef("pk")).exclude(pk=but)
        dimension = self.fields["dimension"]
        assert isinstance(dimension, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        dimension.queryset = Dimension.objects.exclude(Exists(asked))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = [values.get("name_fr"), values.get("name_en")]
        if values.get("dimension") and any(names):
            self.add_error("dimension", _("Choose a theme of the list, or name a new one."))
        elif not values.get("dimension"):
            self._check_names(values)
        return values

    def _check_names(self, values: dict[str, Any]) -> None:
        for language in LANGUAGES:
            field = f"name_{language}"
            name = values.get(field)
            if not name and field not in self.errors:
                self.add_error(field, BOTH)
            elif name and Dimension.objects.filter(**{f"{field}__iexact": name}).exists():
                self.add_error(
                    field, _("There is a theme of this name: choose it in the list above.")
                )


class QuestionForm(WordsForm, MannerForm, ThemeForm):
    """A new question: its theme, how it is asked, and its words."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_(
            "Letters, digits and hyphens: its name in files, which never changes. Made from the "
            "English wording if you leave it empty."
        ),
    )
    source = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_themes()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if code in RESERVED or Question.objects.filter(code=code).exists():
            raise ValidationError(_("Another question has this code."))
        return code

    def clean_source(self) -> str:
        """Only a question of the bank is a source."""
        code = str(self.cleaned_data["source"])
        return code if code in bank.READY else ""

    def new_question(self) -> NewQuestion:
        """What to add, once the form is valid."""
        values = self.cleaned_data
        return NewQuestion(
            words=self.words(),
            manner=self.manner(),
            code=values["code"],
            dimension=values["dimension"],
            names=(values["name_fr"], values["name_en"]),
            source=values["source"],
        )


class EditForm(WordsForm, MannerForm):
    """New words for a question; whoever types says whether its meaning changes."""

    MEANING, FORM = "meaning", "form"

    token = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    change = forms.ChoiceField(
        label=_("What does this change alter?"),
        choices=[(MEANING, _("The meaning changes")), (FORM, _("Its form alone"))],
        error_messages={"required": _("Say whether the meaning changes, or its form alone.")},
    )

    def __init__(self, *args: Any, stored: QuestionVersion, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(stored), **kwargs)
        self.stored = stored
        # Words that nobody was asked have no meaning to keep.
        if not is_asked(stored):
            del self.fields["change"]
        # How a question is asked does not change once it was: another one takes its place.
        if was_ever_asked(stored.question):
            for name in Manner.of(stored.question).fields():
                del self.fields[name]

    def edit(self) -> Edit:
        """The change, once the form is valid."""
        values = self.cleaned_data
        return Edit(
            words=self.words(),
            seen=values["token"],
            is_new_meaning=values.get("change") != self.FORM,
            manner=self.manner() if "role" in self.fields else None,
        )


class RecastForm(MannerForm, ThemeForm):
    """Another role, theme or audience for a question that was asked."""

    token = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stored: QuestionVersion, **kwargs: Any) -> None:
        question = stored.question
        initial = Manner.of(question).fields() | {
            "dimension": question.dimension,
            "token": token_of(stored),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.offer_themes(but=question.pk)

    def show_again(self) -> None:
        """Keep what was typed, to be sent again on the words that are stored now."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["token"] = str(self.initial["token"])
        self.data = typed

    def wanted(self) -> Recast:
        """What to change, once the form is valid."""
        values = self.cleaned_data
        return Recast(
            manner=self.manner(),
            seen=values["token"],
            dimension=values["dimension"],
            names=(values["name_fr"], values["name_en"]),
        )


def from_bank(ready: bank.Ready | None) -> dict[str, Any]:
    """What the form of a new question begins with, when it is taken from the bank."""
    if ready is None:
        return {}
    taken = Question.objects.kept()
    free = Dimension.objects.exclude(questions__in=taken)
    french, english = ready.theme
    known = free.filter(name_fr__iexact=french, name_en__iexact=english).first()
    theme = {"dimension": known} if known else {"name_fr": french, "name_en": english}
    asked = {
        "role": ready.role,
        "moment": ready.moment,
        "audience": ready.audience,
        "source": ready.code,
    }
    return initial_words(ready.words(), ready.answers()) | theme | asked


def _initial(stored: QuestionVersion) -> dict[str, Any]:
    initial: dict[str, Any] = Manner.of(stored.question).fields() | {"token": token_of(stored)}
    return initial | initial_words(stored.text, stored.labels)
