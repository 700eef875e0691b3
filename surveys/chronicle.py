"""The history of the questionnaire: what each period asked, and what it changed.

Told from the questionnaires that the rounds have frozen, so that it says what people were asked,
whatever the editor holds today. No answer and no count of answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from surveys.models import Period, Question, Round
from surveys.models.questions import Item

NEW, GONE, VERSION, WORDS, ROLE, THEME, AUDIENCE = (
    "new", "gone", "version", "words", "role", "theme", "audience",
)  # fmt: skip
Items = dict[str, Item]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a period asked otherwise than the one before it asked it."""

    kind: str
    before: Item | None
    after: Item | None

    @property
    def item(self) -> Item:
        found = self.after or self.before
        assert found is not None  # noqa: S101 -- one of the two is there; for the type checker
        return found


@dataclass(frozen=True, slots=True)
class Chapter:
    """A period, what it asked, and what was new in it.

    ``composition``: which version of the overall score it has, and the codes of its themes;
    ``is_recomposed``: another than before.
    """

    period: Period
    items: list[Item]
    changes: list[Change]
    composition: int
    core: list[Item] = field(default_factory=list)
    is_recomposed: bool = False


def chapters() -> list[Chapter]:
    """One for each period in which a round was asked, the newest first."""
    asked = _asked()
    told: list[Chapter] = []
    number, known = 1, None
    for before, (period, items) in zip([{}, *(one for _p, one in asked)], asked, strict=False):
        core = [one for one in items.values() if one.is_core]
        codes = sorted(one.code for one in core)
        is_recomposed = known is not None and codes != known
        number, known = number + is_recomposed, codes
        changes = changes_between(before, items) if told else []
        told.append(Chapter(period, list(items.values()), changes, number, core, is_recomposed))
    return told[::-1]


def changes_between(before: Items, after: Items) -> list[Change]:
    """What came, went, changed its meaning, or its words alone; rotating ones have their turns."""
    gone = [Change(GONE, one, None) for code, one in before.items() if code not in after]
    come = [Change(NEW, None, one) for code, one in after.items() if code not in before]
    both = [(before[code], one) for code, one in after.items() if code in before]
    return [*come, *(found for pair in both if (found := _changed(*pair))), *gone]


def _changed(before: Item, after: Item) -> Change | None:
    kinds = {
        VERSION: before.version != after.version,
        WORDS: (before.text, before.labels) != (after.text, after.labels),
        ROLE: before.role != after.role,
        THEME: before.dimension != after.dimension,
        AUDIENCE: _whom(before) != _whom(after),
    }
    kind = next((name for name, is_so in kinds.items() if is_so), "")
    return Change(kind, before, after) if kind else None


def _whom(item: Item) -> tuple[str, str, str]:
    return (item.moment, item.audience, item.profile)


def _asked() -> list[tuple[Period, Items]]:
    """What each period asked by code, in its last words."""
    found: dict[int, tuple[Period, Items]] = {}
    rounds = Round.objects.filter(opened_at__isnull=False, questionnaire__isnull=False)
    for row in rounds.select_related("period", "questionnaire").order_by("starts_on"):
        items = found.setdefault(row.period_id, (row.period, {}))[1]
        assert row.questionnaire is not None  # noqa: S101 -- filtered above; for the type checker
        items.update((one.code, one) for one in row.questionnaire.items)
    told = list(found.values())
    _hold_turns([items for _period, items in told])
    return told


def _hold_turns(told: Sequence[Items]) -> None:
    """Between two of its turns a rotating question is not gone, it waits; after its last one too,
    while the editor keeps it."""
    kept = set(Question.objects.kept().values_list("code", flat=True))
    last = {code: place for place, items in enumerate(told) for code in items}
    for place, (before, items) in enumerate(pairwise(told), start=1):
        for code, one in before.items():
            if one.is_rotating and (code in kept or last[code] > place):
                items.setdefault(code, one)
