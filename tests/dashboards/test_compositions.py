"""Which themes the overall score is the mean of, told beside the formula."""

from datetime import UTC, date, datetime

import pytest

from dashboards.compositions import compositions, numbered
from scoring.publication import PublishedPeriod
from surveys.models import Dimension
from surveys.versions import Asked


def period(number: int, *core: str, version: int = 1) -> PublishedPeriod:
    """A period whose overall score is the mean of these; feeling stands apart."""
    bases = {code: [[[code, version, 5]]] for code in (*core, "feeling")}
    asked: Asked = {**bases, "overall": [[[code, version, 5] for code in core]]}
    day = date(2026, number, 1)
    out = datetime(2026, number, 20, tzinfo=UTC)
    return PublishedPeriod(
        id=number, starts_on=day, last_on=day, published_at=out, first=False, asked=asked
    )


NEWEST_FIRST = [
    period(4, "load", "meaning"),
    period(3, "load", "support"),
    period(2, "load", "meaning", version=2),
    period(1, "load", "meaning"),
]


def test_another_set_of_themes_is_another_composition_and_a_new_version_is_not() -> None:
    assert numbered(NEWEST_FIRST) == {1: 1, 2: 1, 3: 2, 4: 3}


@pytest.mark.django_db
def test_each_is_told_in_words_the_newest_first() -> None:
    for code in ("load", "meaning", "support"):
        Dimension.objects.filter(code=code).update(name_fr=code.title())
    told = [(one.number, one.themes) for one in compositions(NEWEST_FIRST)]
    assert told == [(3, "Load, Meaning"), (2, "Load, Support"), (1, "Load, Meaning")]


@pytest.mark.django_db
def test_themes_that_are_known_no_more_are_said_to_be_unknown() -> None:
    assert [one.themes for one in compositions([period(1, "gone")])] == ["inconnue"]
