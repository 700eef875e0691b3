"""Wishes to talk: a name to one person, and nothing else."""

from dataclasses import fields
from datetime import timedelta

import pytest

from missions.models import Mission
from surveys.intake import Sending, submit
from surveys.models import Round
from surveys.wishes import Wish, wishes_to
from tests import make
from tests.surveys.asking import NOW, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


def wish(
    world: World,
    row: Round,
    *,
    mission: Mission | None = None,
    sending: Sending | None = None,
) -> None:
    """The consultant would like to talk to the referent."""
    submit(
        person=world.consultant,
        mission=(mission or world.mission).pk,
        round_=row,
        sending=sending or Sending({"load": 0}, "talk", world.referent.pk),
        now=NOW,
    )


def test_only_the_person_chosen_reads_the_name(world: World) -> None:
    row = open_round()
    wish(world, row)
    (found,) = wishes_to(person=world.referent, now=NOW)
    assert found == Wish(world.consultant.pk, world.consultant.full_name, row.pk, row.starts_on)
    for other in (world.manager, world.other_manager, world.administrator, world.consultant):
        assert wishes_to(person=other, now=NOW) == []


def test_a_wish_has_no_place_for_an_answer() -> None:
    assert [field.name for field in fields(Wish)] == ["person_id", "name", "round_id", "round_on"]


def test_two_missions_of_a_round_are_one_wish(world: World) -> None:
    row = open_round()
    second = make.mission()
    wish(world, row)
    wish(world, row, mission=second)
    assert len(wishes_to(person=world.referent, now=NOW)) == 1


def test_a_wish_withdrawn_is_gone(world: World) -> None:
    row = open_round()
    wish(world, row)
    wish(world, row, sending=Sending({"load": 0}))
    assert wishes_to(person=world.referent, now=NOW) == []


def test_a_wish_fades_four_weeks_after_the_close(world: World) -> None:
    row = open_round()
    wish(world, row)
    last = row.closes_at + timedelta(days=28)
    assert wishes_to(person=world.referent, now=last - timedelta(seconds=1))
    assert wishes_to(person=world.referent, now=last) == []


def test_somebody_who_has_left_asks_no_more(world: World) -> None:
    wish(world, open_round())
    world.consultant.is_active = False
    world.consultant.save()
    assert wishes_to(person=world.referent, now=NOW) == []
