"""Reading what was posted to the check-in form.

Written by hand: a page of radio widgets costs four times the page without them, and what may
be posted is exactly what the frozen questionnaire offers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.intake import Sending
from surveys.models.calendar import CheckInShare
from surveys.models.questions import Item

# Before a question's code in the form, so that no code meets another field's name.
PREFIX = "q-"
# Words too long for a fifth of a phone's width may be cut here (soft hyphens).
CUTS = {
    "Intenable": "Inte\u00adnable",
    "Équilibrée": "Équi\u00adlibrée",
    "Partenaire": "Parte\u00adnaire",
    "Beaucoup": "Beau\u00adcoup",
    "Incertaine": "Incer\u00adtaine",
    "Manageable": "Manage\u00adable",
    "Somewhat": "Some\u00adwhat",
    "Uncertain": "Uncer\u00adtain",
}


@dataclass(slots=True)
class Typed:
    """What somebody typed, right or wrong: it all comes back on the page."""

    answers: dict[str, str] = field(default_factory=dict)
    share: str = CheckInShare.AVERAGES
    talk_to: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_post(cls, data: QueryDict, items: Sequence[Item]) -> "Typed":
        """Only the names the form knows are read; anything else in the body is ignored."""
        return cls(
            answers={
                item.code: value
                for item in items
                if (value := str(data.get(PREFIX + item.code, "")))
            },
            share=data.get("share") or CheckInShare.AVERAGES,
            talk_to=data.get("talk_to", ""),
        )

    @classmethod
    def from_sent(cls, sent: Sending | None) -> "Typed":
        """What was sent before, to be changed."""
        if sent is None:
            return cls()
        return cls(
            answers={code: str(value) for code, value in sent.answers.items()},
            share=sent.share,
            talk_to=str(sent.talk_to or ""),
        )

    @property
    def wants_to_talk(self) -> bool:
        return self.share == CheckInShare.TALK

    def checked(self, items: Sequence[Item], contacts: Collection[int]) -> Sending | None:
        """The sending, or None with an error beside each thing to correct."""
        self._check_answers(items)
        self._check_share(contacts)
        if self.errors:
            return None
        return Sending(
            answers={code: int(value) for code, value in self.answers.items()},
            share=self.share,
            talk_to=int(self.talk_to) if self.wants_to_talk else None,
        )

    def _check_answers(self, items: Sequence[Item]) -> None:
        """A value is one of those on the radios, written as they write it: 25, not ٢٥ or 2e1."""
        for item in items:
            offered = {str(value) for value, _label in item.choices("fr")}
            if item.code in self.answers and self.answers[item.code] not in offered:
                self.errors[item.code] = _("Choose one of the five answers, or none.")

    def _check_share(self, contacts: Collection[int]) -> None:
        if self.share not in CheckInShare.values:
            self.errors["share"] = _("Choose one of the two ways of sharing.")
        known = {str(pk) for pk in contacts}
        if self.wants_to_talk and self.talk_to not in known:
            self.errors["talk_to"] = _("Choose whom you would like to talk to.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio of an item."""

    value: int
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item as the page shows it; ``name`` is its field's."""

    name: str
    words: str
    is_rotating: bool
    choices: list[Choice]
    is_chosen: bool
    error: str


def shown_items(items: Sequence[Item], typed: Typed, language: str) -> list[ShownItem]:
    """Items in the reader's language, with what they chose."""
    return [_shown(item, typed, language) for item in items]


def _shown(item: Item, typed: Typed, language: str) -> ShownItem:
    chosen = typed.answers.get(item.code, "")
    choices = [
        Choice(value, CUTS.get(label, label), str(value) == chosen)
        for value, label in item.choices(language)
    ]
    return ShownItem(
        name=PREFIX + item.code,
        words=item.words(language),
        is_rotating=item.is_rotating,
        choices=choices,
        is_chosen=any(choice.is_chosen for choice in choices),
        error=typed.errors.get(item.code, ""),
    )
