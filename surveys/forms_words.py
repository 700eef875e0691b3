"""The words of a question as they are typed: both languages, five answers each."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from core.text import REFUSED, TURNING
from surveys import fitting
from surveys.editing import LANGUAGES, STEPS, Words

TEXT_LIMIT, LABEL_LIMIT, NAME_LIMIT = 200, 60, 40
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
    """One sentence for each label that does not fit a tile on a phone."""
    found = []
    for label in labels:
        word = fitting.too_wide(label)
        count = fitting.lines(label)
        if word:
            found.append(
                _("“%(label)s”: “%(word)s” is wider than a tile on a phone, and would be broken.")
                % {"label": label, "word": word}
            )
        elif count > fitting.LINES:
            found.append(
                _("“%(label)s”: %(lines)s lines on a phone, where a tile holds %(most)s.")
                % {"label": label, "lines": count, "most": fitting.LINES}
            )
    return found


def initial_words(text: Mapping[str, str], labels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What the fields of words begin with."""
    initial: dict[str, str] = {}
    for language in LANGUAGES:
        initial[f"text_{language}"] = text.get(language, "")
        for place, label in enumerate(labels.get(language, []), start=1):
            initial[f"label_{language}_{place}"] = label
    return initial
