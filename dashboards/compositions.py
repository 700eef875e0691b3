"""Which themes the overall score is the mean of, and since when: its compositions.

A firm changes them in the editor of questions, from a period on. Curves break there
(``surveys/versions.py``); here it is said in words, beside the version of the formula, which is
the code's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.publication import PublishedPeriod
from surveys.models import Dimension
from surveys.versions import OVERALL, Asked


@dataclass(frozen=True, slots=True)
class Composition:
    """Its number, from 1, and the themes it is the mean of, in words."""

    number: int
    themes: str


def numbered(periods: Sequence[PublishedPeriod]) -> dict[int, int]:
    """Number of the composition by period; ``periods``: the newest first."""
    found: dict[int, int] = {}
    number, before = 0, None
    for period in reversed(periods):
        themes = themes_of(period.asked)
        if themes != before:
            number, before = number + 1, themes
        found[period.id] = number
    return found


def compositions(periods: Sequence[PublishedPeriod]) -> list[Composition]:
    """Each that occurs among these periods, the newest first."""
    numbers = numbered(periods)
    rows = {row.code: row.name for row in Dimension.objects.all()}
    found: dict[int, Composition] = {}
    for period in periods:
        names = [name for code, name in rows.items() if code in themes_of(period.asked)]
        said = ", ".join(names) or _("unknown")
        found.setdefault(numbers[period.id], Composition(numbers[period.id], said))
    return list(found.values())


def themes_of(asked: Asked) -> frozenset[str]:
    """The dimensions whose questions count in the overall score.

    >>> sorted(themes_of({"load": [[["load", 1, 5]]], "feeling": [[["feeling", 1, 5]]],
    ...                   "overall": [[["load", 1, 5]]]}))
    ['load']
    """
    core = {item[0] for basis in asked.get(OVERALL, []) for item in basis}
    return frozenset(
        dimension
        for dimension, bases in asked.items()
        if dimension != OVERALL and any(item[0] in core for basis in bases for item in basis)
    )
