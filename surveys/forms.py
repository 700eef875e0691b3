"""Reading what was posted to the check-in form.

Written by hand: a page of radio widgets costs four times the page without them, and what may
be posted is exactly what the frozen questionnaire offers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from core import sealing
from core.wording import number
from surveys.comments import LONGEST
from surveys.drafts import Words
from surveys.fitting import CUTS
from surveys.intake import Kept, Sending
from surveys.models.calendar import CheckInShare
from surveys.models.questions import Item

# Before a question's code in the form, so that no code meets another field's name.
PREFIX = "q-"
# Characters of the mark that tells one sending from the next.
SEEN = 40


@dataclass(slots=True)
class Typed:
    """What somebody typed, right or wrong: it all comes back on the page."""

    answers: dict[str, str] = field(default_factory=dict)
    share: str = CheckInShare.AVERAGES
    talk_to: str = ""
    # None: the form has no box for it, and what was sent before stays as it is.
    comment: str | None = ""
    comment_shown: bool = False
    # The sending that the page was made from: see ``surveys.drafts.keep``.
    seen: str = ""
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
            comment=_plain(data.get("comment", "")) if "comment" in data else None,
            comment_shown=bool(data.get("comment_shown")),
            seen=data.get("seen", "")[:SEEN],
            errors=_nul(data),
        )

    @classmethod
    def from_sent(cls, sent: Kept | None) -> "Typed":
        """What was sent before, to be changed."""
        if sent is None:
            return cls()
        sending = sent.sending
        return cls(
            answers={code: str(value) for code, value in sending.answers.items()},
            share=sending.share,
            talk_to=str(sending.talk_to or ""),
            comment=sending.comment,
            comment_shown=sending.comment_shown,
            seen=sent.version,
        )

    @classmethod
    def from_draft(cls, words: Words, sent: Kept | None) -> "Typed":
        """What was chosen and not sent."""
        return cls(
            answers=dict(words.answers),
            share=words.share or CheckInShare.AVERAGES,
            talk_to=words.talk_to,
            comment=words.comment,
            comment_shown=words.comment_shown,
            seen=sent.version if sent else "",
        )

    @property
    def words(self) -> Words:
        """As a draft keeps it."""
        return Words(self.answers, self.share, self.talk_to, self.comment, self.comment_shown)

    @property
    def wants_to_talk(self) -> bool:
        return self.share == CheckInShare.TALK

    def checked(self, items: Sequence[Item], contacts: Collection[int]) -> Sending | None:
        """The sending, or None with an error beside each thing to correct."""
        self._check_answers(items)
        self._check_share(contacts)
        self._check_comment()
        if self.errors:
            return None
        return Sending(
            answers={code: int(value) for code, value in self.answers.items()},
            share=self.share,
            talk_to=int(self.talk_to) if self.wants_to_talk else None,
            comment=None if self.comment is None else self.comment.strip(),
            comment_shown=self.comment_shown,
        )

    def check_words(self, items: Sequence[Item]) -> None:
        """What a client's form holds: answers and a comment, nothing to share."""
        self._check_answers(items)
        self._check_comment()

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

    def _check_comment(self) -> None:
        text = (self.comment or "").strip()
        if len(text) > LONGEST:
            said = _(
                "This comment has %(length)s characters; %(limit)s at most are kept. "
                "Please shorten it."
            )
            self.errors["comment"] = said % {
                "length": number(len(text)),
                "limit": number(LONGEST),
            }
        elif text and not sealing.is_ready():
            self.errors["comment"] = _(
                "Comments cannot be kept safely just now. Copy yours elsewhere and empty the box; "
                "your answers can be sent."
            )


def _plain(text: str) -> str:
    """Line ends as one character, as the length counts them; no NUL, which no database keeps."""
    return text.replace("\r\n", "\n").replace("\x00", "")


def _nul(data: QueryDict) -> dict[str, str]:
    if "\x00" not in data.get("comment", ""):
        return {}
    said = _("This comment held a character that cannot be kept. It is taken out: please look.")
    return {"comment": said}


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
