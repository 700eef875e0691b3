"""One's own curve and change, where a question has another meaning than before."""

import re
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from django.test import Client as Browser

from surveys.calendar import frozen
from surveys.models import Round
from tests.dashboards.test_own import CORE, HISTORY, WORDS, measured, past, text
from tests.dashboards.test_own import _clock as _clock
from tests.dashboards.test_own import own as own
from tests.surveys.asking import NOW, send
from tests.world import World

pytestmark = pytest.mark.django_db


def changed(row: Round, code: str) -> None:
    """This round asked another version of the question."""
    items = [
        replace(item, version=2) if item.code == code else item for item in row.questionnaire.items
    ]
    assert [asdict(item) for item in items] != [asdict(one) for one in row.questionnaire.items]
    row.questionnaire = frozen(items, now=NOW)
    row.save()


def test_ones_own_curve_is_cut_where_the_question_changed(world: World, own: Browser) -> None:
    rounds = past(5)
    for row in rounds[3:]:
        changed(row, "feeling")
    for row in rounds:
        send(world.consultant, world.mission, row, feeling=50)
    curve = own.get(HISTORY).context["curve"]
    assert curve.cuts == [3]
    drawing = curve.drawings[0]
    points = [
        len(found.split()) for found in re.findall(r'<polyline[^>]*points="([^"]+)"', drawing)
    ]
    assert points == [3, 2]
    assert drawing.count("Question changed") == 1
    assert [row.label.endswith("Question changed") for row in curve.rows] == [
        False, False, False, True, False,
    ]  # fmt: skip


def test_another_theme_s_change_cuts_nothing(world: World, own: Browser) -> None:
    rounds = past(4)
    changed(rounds[3], "load")
    for row in rounds:
        send(world.consultant, world.mission, row, feeling=50)
    assert own.get(HISTORY).context["curve"].cuts == []


@pytest.mark.parametrize("is_changed", [False, True], ids=["the-same", "changed"])
def test_a_change_of_question_is_no_change_of_ones_answers(
    world: World, own: Browser, is_changed: bool
) -> None:
    rounds = past(6)
    measured(rounds[0])
    for row in rounds[:-1]:
        send(world.consultant, world.mission, row, **dict.fromkeys(CORE, 75))
    if is_changed:
        changed(rounds[-1], "load")
    send(world.consultant, world.mission, rounds[-1], **dict.fromkeys(CORE, 25))
    assert rounds[0].starts_on < date(2026, 11, 3) - timedelta(weeks=12)
    assert (WORDS in text(own.get(HISTORY))) is not is_changed
