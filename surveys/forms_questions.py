"""What an administrator types in the editor of questions."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.listing import FilterForm
from core.text import REFUSED, TURNING
from surveys.editing import (
    CODE_LENGTH,
    LANGUAGES,
    RESERVED,
    STEPS,
    Edit,
    NewQuestion,
    Words,
    is_asked,
    token_of,
    was_ever_asked,
)
from surveys.models import Dimension, Question, QuestionVersion

TEXT_LIMIT, LABEL_LIMIT, NAME_LIMIT = 200, 60, 40
# What fits a fifth of a phone's width.
LETTERS_PER_WORD, WORDS_PER_LABEL = 10, 2
SOFT_HYPHEN = "\u00ad"
PLACES = range(1, STEPS + 1)
CHARACTERS = {
    "\r": _("a carriage return"),
    "\n": _("a line break"),
    "\t": _("a tab"),
    "\0": _("a null character"),
}
QUESTION_IN = {"fr": _("Question in French"), "en": _("Question in English")}
ANSWER_IN = {"fr": _("Answer %(place)s in French"), "en": _("Answer %(place)s in English")}
BOTH = _("Write it in both languages: nothing is asked while one of them is missing.")
FIVE = _("An item has exactly five answers, worst to best: each needs its words.")
TOO_LONG = _("Too long: %(limit_value)s characters at most, and this has %(show_value)s.")


def visible(value: str) -> None:
    """Refuse what does not stand on one visible line, naming the character."""
    for letter in value:
        if unicodedata.category(letter) in REFUSED or letter in TURNING:
            named = CHARACTERS.get(letter, _("an invisible character"))
            raise ValidationError(
                _("Remove %(character)s (%(code)s): this text stands on one line."),
                code="visible",
                params={"character": named, "code": f"U+{ord(letter):04X}"},
            )


class LineField(forms.CharField):
    """One visible line of text; a refused character is named."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["max_length"] = TOO_LONG
        named = [v for v in self.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        self.validators = [*named, visible]


def _text_field(language: str) -> forms.CharField:
    return LineField(
        label=QUESTION_IN[language],
        max_length=TEXT_LIMIT,
        error_messages={"required": BOTH, "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 2, "lang": language, "class": "textarea"}),
    )


def _label_field(language: str, place: int) -> forms.CharField:
    return LineField(
        label=ANSWER_IN[language] % {"place": place},
        max_length=LABEL_LIMIT,
        error_messages={"required": FIVE},
        widget=forms.TextInput(attrs={"lang": language, "class": "input input-s"}),
    )


class WordsForm(forms.Form):
    """Wording and five labels, in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"text_{language}"] = _text_field(language)
        for language in LANGUAGES:
            for place in PLACES:
                self.fields[f"label_{language}_{place}"] = _label_field(language, place)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for language in LANGUAGES:
            self._refuse_more_than_five(language)
            self._refuse_doubles(language, values)
        return values

    def _refuse_more_than_five(self, language: str) -> None:
        """Only five can be typed; a form made elsewhere may send more."""
        sent = re.compile(rf"label_{language}_\d+").fullmatch
        known = {f"label_{language}_{place}" for place in PLACES}
        if any(sent(name) and name not in known for name in self.data):
            self.add_error(f"label_{language}_{STEPS}", FIVE)

    def _refuse_doubles(self, language: str, values: dict[str, Any]) -> None:
        seen: set[str] = set()
        for place in PLACES:
            name = f"label_{language}_{place}"
            label = str(values.get(name, "")).casefold()
            if label and label in seen:
                self.add_error(name, _("Two of the five answers say the same."))
            seen.add(label)

    def words(self) -> Words:
        """What was typed, once it is valid."""
        values = self.cleaned_data
        return Words(
            text={language: values[f"text_{language}"] for language in LANGUAGES},
            labels={
                language: [values[f"label_{language}_{place}"] for place in PLACES]
                for language in LANGUAGES
            },
        )

    def label_rows(self) -> Iterator[tuple[str, list[tuple[int, forms.BoundField]]]]:
        """The five fields of each language."""
        for language in LANGUAGES:
            yield language, [(place, self[f"label_{language}_{place}"]) for place in PLACES]

    def warnings(self) -> list[str]:
        """What may not fit a phone: said, never refused."""
        typed = [str(field.value() or "") for _l, row in self.label_rows() for _p, field in row]
        return warnings_on(typed)


def warnings_on(labels: list[str]) -> list[str]:
    """One sentence for each label that may not fit a phone."""
    found = []
    for label in labels:
        words = label.replace(SOFT_HYPHEN, "").split()
        if any(len(word) > LETTERS_PER_WORD for word in words):
            found.append(_("“%(label)s”: a word has more than 10 letters.") % {"label": label})
        elif len(words) > WORDS_PER_LABEL:
            found.append(_("“%(label)s”: more than two words.") % {"label": label})
    return found


class QuestionForm(WordsForm):
    """A new question: its theme, its role and its words."""

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
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Question.Role.choices,
        initial=Question.Role.CORE,
        widget=forms.RadioSelect,
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_(
            "Letters, digits and hyphens: its name in files, which never changes. Made from the "
            "English wording if you leave it empty."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = Question.objects.filter(dimension=OuterRef("pk"), retired_on=None)
        dimension = self.fields["dimension"]
        assert isinstance(dimension, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        dimension.queryset = Dimension.objects.exclude(Exists(asked))

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if code in RESERVED or Question.objects.filter(code=code).exists():
            raise ValidationError(_("Another question has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean()
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

    def new_question(self) -> NewQuestion:
        """What to add, once the form is valid."""
        values = self.cleaned_data
        return NewQuestion(
            words=self.words(),
            role=values["role"],
            code=values["code"],
            dimension=values["dimension"],
            names=(values["name_fr"], values["name_en"]),
        )


class EditForm(WordsForm):
    """New words for a question; whoever types says whether its meaning changes."""

    MEANING, FORM = "meaning", "form"

    token = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    role = forms.ChoiceField(
        label=_("Role"), choices=Question.Role.choices, widget=forms.RadioSelect
    )
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
        # A question that was asked keeps its role: the overall score is made of the core ones.
        if was_ever_asked(stored.question):
            del self.fields["role"]

    def edit(self) -> Edit:
        """The change, once the form is valid."""
        values = self.cleaned_data
        return Edit(
            words=self.words(),
            seen=values["token"],
            is_new_meaning=values.get("change") != self.FORM,
            role=values.get("role", ""),
        )


def _initial(stored: QuestionVersion) -> dict[str, Any]:
    initial: dict[str, Any] = {"role": stored.question.role, "token": token_of(stored)}
    for language in LANGUAGES:
        initial[f"text_{language}"] = stored.text.get(language, "")
        for place, label in enumerate(stored.labels.get(language, []), start=1):
            initial[f"label_{language}_{place}"] = label
    return initial


class MoveForm(forms.Form):
    """One place up or down."""

    direction = forms.ChoiceField(choices=[("up", ""), ("down", "")])


class LanguageForm(FilterForm):
    """The language of the preview."""

    language = forms.ChoiceField(
        choices=[(code, code) for code in LANGUAGES], required=False, initial=""
    )
