"""What each period asked, and where two periods asked something else under one name.

A curve is cut where a question changed its version, and no change is told across the cut. What is
asked is no secret: this reads questionnaires and never an answer. A release keeps it beside its
figures (``scoring/release.py``), so that pages need no query for it.
"""

from collections.abc import Iterable, Sequence

from surveys.models import Period, Round
from surveys.models.questions import Item

OVERALL = "overall"
# One item: code, version, number of labels. What a figure of one round rests on is a list of
# them, in the order of codes; what a period rests on, each such list that one of its rounds had.
Basis = list[list[str | int]]
Asked = dict[str, list[Basis]]


def asked_in(period: Period) -> Asked:
    """By dimension, and for the overall score (its core items), what a period's figures rest on.

    One list of items, or several where a question changed within the period. Rounds that did not
    ask a dimension (a rotating question that had not its turn) do not count for it.
    """
    found: Asked = {}
    rounds = Round.objects.filter(period=period, questionnaire__isnull=False)
    for row in rounds.select_related("questionnaire").order_by("starts_on"):
        assert row.questionnaire is not None  # noqa: S101 -- filtered above; for the type checker
        for dimension, basis in _bases(row.questionnaire.items).items():
            kept = found.setdefault(dimension, [])
            if basis not in kept:
                kept.append(basis)
    return found


def comparable(before: Asked, after: Asked, dimension: str) -> bool:
    """Did two periods ask the very same, from their first round to their last?

    >>> one, two = {"load": [[["load", 1, 5]]]}, {"load": [[["load", 2, 5]]]}
    >>> comparable(one, one, "load"), comparable(one, two, "load"), comparable(one, one, "growth")
    (True, False, False)
    """
    told = before.get(dimension, [])
    return len(told) == 1 and told == after.get(dimension)


def changed(before: Asked, after: Asked, dimension: str) -> bool:
    """Did both ask the dimension, but not the same?"""
    asked = dimension in before and dimension in after
    return asked and not comparable(before, after, dimension)


def cuts(periods: Sequence[Asked], dimension: str) -> list[bool]:
    """For each of these periods, oldest first: does the curve break just before it?

    Compared with the last period before it that asked the dimension at all.

    >>> one, two = {"load": [[["load", 1, 5]]]}, {"load": [[["load", 2, 5]]]}
    >>> cuts([one, one, {}, two, two], "load")
    [False, False, False, True, False]
    """
    cut: list[bool] = []
    last: Asked = {}
    for asked in periods:
        cut.append(changed(last, asked, dimension))
        last = asked if dimension in asked else last
    return cut


def _bases(items: Iterable[Item]) -> dict[str, Basis]:
    """In the order of codes: moving a question changes nothing of what it asks."""
    found: dict[str, Basis] = {}
    for item in sorted(items, key=lambda one: one.code):
        told: list[str | int] = [item.code, item.version, len(item.labels.get("fr", []))]
        found.setdefault(item.dimension, []).append(told)
        if item.is_core:
            found.setdefault(OVERALL, []).append(told)
    return found
