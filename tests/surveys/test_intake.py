"""What is asked of whom, and what is kept."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import DjangoAssertNumQueries

from surveys.drafts import Place, Words, keep
from surveys.intake import Outcome, Sending, asked, sent_before, submit
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.surveys.asking import NOW, closed_round, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def test_a_mission_held_during_the_round_is_asked_about(world: World) -> None:
    row = open_round()
    (line,) = asked(person=world.consultant, now=NOW)
    assert (line.round, line.mission, line.share_of_time) == (row, world.mission, 100)
    assert not line.is_done
    assert line.until == row.closes_at
    assert line.question_count == 7


def test_two_missions_are_two_lines_and_a_change_of_share_is_not(world: World) -> None:
    second = make.mission(client=world.other_client)
    make.assignment(person=world.consultant, mission=second, share=20)
    world.assignment.ends_on = TODAY - timedelta(days=1)
    world.assignment.save()
    make.assignment(person=world.consultant, mission=world.mission, starts_on=TODAY, share=60)
    open_round()
    lines = asked(person=world.consultant, now=NOW)
    assert {(line.mission, line.share_of_time) for line in lines} == {
        (world.mission, 60),
        (second, 20),
    }


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [(-30, -2, 0), (-30, -1, 1), (0, None, 1), (1, None, 0)],
    ids=["ended before", "ended in the round", "begins today", "still to come"],
)
def test_only_days_of_the_round_so_far_count(
    world: World, begins: int, ends: int | None, expected: int
) -> None:
    open_round()
    held = world.assignment
    held.starts_on = TODAY + timedelta(days=begins)
    held.ends_on = None if ends is None else TODAY + timedelta(days=ends)
    held.save()
    assert len(asked(person=world.consultant, now=NOW)) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"is_consultant": False},
        {"starts_on": TODAY + timedelta(days=1)},
        {"ends_on": TODAY - timedelta(days=1)},
    ],
    ids=str,
)
def test_only_consultants_present_are_asked(world: World, change: dict[str, object]) -> None:
    open_round()
    for name, value in change.items():
        setattr(world.consultant, name, value)
    assert asked(person=world.consultant, now=NOW) == []


def test_somebody_with_dates_is_asked_between_them(world: World) -> None:
    open_round()
    world.consultant.starts_on = TODAY
    world.consultant.ends_on = TODAY
    assert len(asked(person=world.consultant, now=NOW)) == 1


def test_what_is_done_comes_last(world: World) -> None:
    second = make.mission(client=make.client(name="Zébulon"))
    make.assignment(person=world.consultant, mission=second)
    row = open_round()
    send(world.consultant, world.mission, row, load=50)
    first, last = asked(person=world.consultant, now=NOW)
    assert (first.mission, first.is_done) == (second, False)
    assert (last.mission, last.is_done) == (world.mission, True)


def test_home_asks_the_same_number_of_questions_whatever_the_missions(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_round()
    for wanted in (1, 4):
        while world.consultant.assignments.count() < wanted:
            make.assignment(person=world.consultant, mission=make.mission(client=world.client))
        with django_assert_num_queries(3):
            assert len(asked(person=world.consultant, now=NOW)) == wanted


def test_one_row_whatever_the_number_of_sendings(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = open_round()
    for value in (25, 100):
        # The second lets go of the draft.
        with django_assert_num_queries(2):
            outcome = submit(
                person=world.consultant,
                mission=world.mission.pk,
                round_=row,
                sending=Sending({"load": value}),
                now=NOW,
            )
        assert outcome == Outcome.KEPT
    kept = CheckIn.objects.get()
    assert (kept.person, kept.mission, kept.round) == (world.consultant, world.mission, row)
    assert (kept.answers, kept.share, kept.sent_at) == ({"load": 100}, "averages", NOW)


def submit_to(world: World, row: object, sending: Sending) -> Outcome:
    return submit(
        person=world.consultant, mission=world.mission.pk, round_=row, sending=sending, now=NOW
    )


def refusing_drafts(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """The database, at a bad moment: it lets no draft go."""
    if sql.startswith('DELETE FROM "surveys_draft"'):
        raise OperationalError
    return execute(sql, *rest)


def test_a_check_in_is_kept_and_its_draft_goes_or_neither(
    transactional_db: None, django_db_serialized_rollback: None, world: World
) -> None:
    row = open_round()
    place = Place(world.consultant.pk, world.mission.pk, row)
    keep(place=place, words=Words({"load": "25"}), seen="", now=NOW)
    with connection.execute_wrapper(refusing_drafts), pytest.raises(OperationalError):
        submit_to(world, row, Sending({"load": 25}))
    assert (CheckIn.objects.count(), Draft.objects.count()) == (0, 1)
    submit_to(world, row, Sending({"load": 25}))
    assert (CheckIn.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_closed_round_keeps_nothing(world: World) -> None:
    row = closed_round(date(2026, 10, 13))
    assert submit_to(world, row, Sending({"load": 25})) == Outcome.CLOSED
    assert not CheckIn.objects.exists()


def test_nothing_sent_counts_as_nothing(world: World) -> None:
    row = open_round()
    assert submit_to(world, row, Sending()) == Outcome.NOTHING
    assert not CheckIn.objects.exists()


def test_an_empty_form_takes_back_what_was_sent(world: World) -> None:
    row = open_round()
    send(world.other_consultant, world.other_mission, row, load=75)
    submit_to(world, row, Sending({"load": 25}))
    assert submit_to(world, row, Sending()) == Outcome.TAKEN_BACK
    assert CheckIn.objects.get().person == world.other_consultant


def test_a_wish_to_talk_alone_is_kept(world: World) -> None:
    row = open_round()
    sending = Sending(share="talk", talk_to=world.manager.pk)
    assert submit_to(world, row, sending) == Outcome.KEPT
    kept = sent_before(person=world.consultant, mission=world.mission.pk, round_=row)
    assert kept is not None
    assert kept.sending == Sending({}, "talk", world.manager.pk, comment="")


def test_nothing_was_sent_before_by_others(world: World) -> None:
    row = open_round()
    submit_to(world, row, Sending({"load": 25}))
    other = world.other_consultant
    assert sent_before(person=other, mission=world.mission.pk, round_=row) is None
