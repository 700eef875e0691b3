"""The door of scoring: plain rows, and who took part."""

from datetime import timedelta

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from surveys.exports import Block, answers_before, answers_of, dimensions_of, participation_of
from surveys.intake import Sending, submit
from tests import make
from tests.surveys.asking import NOW, closed_round, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db


def told(found: Block) -> dict[str, list[float]]:
    """What was answered at all."""
    return {
        name: value.tolist() for name, value in found.values.items() if not np.isnan(value).any()
    }


def test_rows_are_numbers_by_theme_with_the_overall_score(world: World) -> None:
    row = open_round()
    send(world.consultant, world.mission, row, feeling=0, load=25, relation=75, meaning=50)
    (found,) = answers_of(row.period)
    ids = (found.person, found.client, found.profile, found.round)
    assert [one.tolist() for one in ids] == [
        [world.consultant.pk], [world.client.pk], [world.profile.pk], [row.pk],
    ]  # fmt: skip
    assert told(found) == {
        "feeling": [0],
        "load": [25],
        "relation": [75],
        "meaning": [50],
        "overall": [50],
    }
    core = {name: there.tolist() for name, there in found.core.items()}
    assert core == {
        "load": [True], "relation": [True], "meaning": [True],
        "autonomy": [False], "support": [False],
    }  # fmt: skip


def test_fewer_than_half_of_the_core_make_no_overall_score(world: World) -> None:
    row = open_round()
    send(world.consultant, world.mission, row, load=25, relation=75, growth=100)
    (found,) = answers_of(row.period)
    assert told(found) == {"load": [25], "relation": [75], "growth": [100]}
    assert dimensions_of(row.period)[1] == {"growth"}


def test_earlier_answers_are_those_of_earlier_periods(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    earlier = closed_round(NOW.date() - timedelta(days=70))
    row = open_round()
    for asked in (earlier, row):
        send(world.consultant, world.mission, asked, load=25)
    with django_assert_num_queries(2):
        assert [found.round.tolist() for found in answers_before(row.period)] == [[earlier.pk]]


def test_a_wish_to_talk_alone_is_no_answer(world: World) -> None:
    row = open_round()
    send(world.other_consultant, world.other_mission, row, load=25)
    submit(
        person=world.consultant,
        mission=world.mission.pk,
        round_=row,
        sending=Sending(share="talk", talk_to=world.manager.pk),
        now=NOW,
    )
    (block,) = answers_of(row.period)
    assert block.person.tolist() == [world.other_consultant.pk]
    found = participation_of(row)
    assert found.asked == {world.consultant.pk, world.other_consultant.pk}
    assert found.answered == {world.other_consultant.pk}


def test_only_consultants_present_in_the_round_were_asked(world: World) -> None:
    row = open_round()
    make.assignment(person=world.manager, mission=world.mission)
    before = row.starts_on - timedelta(days=1)
    make.assignment(person=make.person(ends_on=before), mission=world.mission)
    make.assignment(person=make.person(), mission=world.mission, ends_on=before)
    assert participation_of(row).asked == {world.consultant.pk, world.other_consultant.pk}
