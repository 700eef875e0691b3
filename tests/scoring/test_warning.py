"""The bits of a round: when they are given, frozen, read, and what they rest on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.jobs import run_job
from scoring.models import Decline, Release, WarningPass
from scoring.publication import SystemViewer, declines, have_gone_down
from scoring.spread import last_spread
from scoring.warning import _warn_once, warn, warn_due
from surveys.models import Round
from surveys.models.answers import CheckIn
from tests import make
from tests.simulated import CODES
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

VARIANCES = {"person": 100.0, "client": 36.0, "profile": 16.0, "mission": 25.0, "within": 144.0}
JOB = SystemViewer("test")


def release(row: Round, **rest: object) -> Release:
    """Out shortly before the close of a round, with variances."""
    values = {
        "period": make.period(row.starts_on - timedelta(days=400)),
        "published_at": row.closes_at - timedelta(days=1),
        "formula_version": 2,
        "made": {"dimensions": {"overall": {"variances": VARIANCES}}},
    } | rest
    return Release.objects.create(**values)


def falling(people: int, *, rounds: int = 6, falls: int = 4) -> tuple[list[Round], World]:
    """The world's client, with so many people, falls from 75 to 25; the other one stays."""
    world = build_world()
    make.firm(anonymity_threshold=5)
    teams = [(world.mission, people), (world.other_mission, 8)]
    staff = [(mission, make.person()) for mission, size in teams for _ in range(size)]
    start = make.round_(questionnaire=make.questionnaire(CODES)).starts_on
    made = [Round.objects.get(starts_on=start)]
    # Ids run against time, as an import of the past may leave them.
    for number in range(rounds - 1, 0, -1):
        day = start + timedelta(days=28 * number)
        made.append(make.round_(day, questionnaire=make.questionnaire(CODES)))
    made.sort(key=lambda row: row.starts_on)
    for number, row in enumerate(made):
        for mission, person in staff:
            low = mission == world.mission and number >= falls
            answers = dict.fromkeys(CODES, 25.0 if low else 75.0)
            CheckIn.objects.create(
                person=person, mission=mission, round=row, answers=answers, sent_at=row.opens_at
            )
    return made, world


def bits(made: list[Round]) -> set[tuple[int, str]]:
    """By number of the round."""
    places = {row.pk: place for place, row in enumerate(made)}
    return {(places[pk], ref) for pk, ref in declines(viewer=JOB, rounds=places)}


def test_a_fall_is_a_bit_of_the_round_in_which_it_shows() -> None:
    made, world = falling(5)
    release(made[0])
    after = made[-1].closes_at + timedelta(hours=1)
    assert warn_due(now=after) == "2 client(s) declining"
    # The chart has started again after the first: the second is a new one.
    assert bits(made) == {(4, world.client.ref), (5, world.client.ref)}
    assert WarningPass.objects.count() == 6
    assert warn_due(now=after) == ""
    assert Decline.objects.count() == 2


def test_a_round_is_looked_at_once_it_has_closed() -> None:
    made, world = falling(5)
    release(made[0])
    warn_due(now=made[4].closes_at - timedelta(seconds=1))
    assert bits(made) == set()
    warn_due(now=made[4].closes_at)
    assert bits(made) == {(4, world.client.ref)}


def test_a_group_of_four_never_gives_a_bit() -> None:
    made, _ = falling(4)
    release(made[0])
    warn_due(now=made[-1].closes_at)
    assert bits(made) == set()
    assert WarningPass.objects.count() == 6


def test_a_higher_threshold_of_the_firm_counts() -> None:
    made, _ = falling(6)
    release(made[0])
    make.firm(anonymity_threshold=7)
    warn_due(now=made[-1].closes_at)
    assert bits(made) == set()


@pytest.mark.parametrize("state", ["withheld", "withdrawn", "later", "without", "none"])
def test_without_a_release_out_before_the_close_there_is_no_bit(state: str) -> None:
    made, _ = falling(5)
    if state == "later":
        release(made[-1], published_at=made[-1].closes_at)
    elif state == "without":
        release(made[0], made={"dimensions": {}})
    elif state != "none":
        release(made[0], state=state)
    warn_due(now=made[-1].closes_at)
    assert bits(made) == set()
    assert WarningPass.objects.count() == 6


def test_the_last_release_counts() -> None:
    made, _ = falling(5)
    release(made[0])
    wide = dict.fromkeys(VARIANCES, 10_000.0)
    release(
        made[1],
        period=make.period(made[0].starts_on - timedelta(days=100)),
        made={"dimensions": {"overall": {"variances": wide}}},
    )
    found = last_spread(made[4].closes_at)
    assert found is not None
    assert found.within == 10_000.0
    assert last_spread(made[0].closes_at) != found
    warn_due(now=made[-1].closes_at)
    assert bits(made) == set()


def test_a_round_without_an_answer_gives_nothing() -> None:
    row = make.round_()
    release(row)
    assert warn(asked=row, now=row.closes_at) == []


def test_a_skipped_check_in_is_no_answer() -> None:
    made, _ = falling(5)
    release(made[0])
    CheckIn.objects.filter(round=made[4]).update(answers={CODES[0]: 0})
    warn_due(now=made[4].closes_at)
    assert bits(made) == set()


def test_a_second_worker_leaves_the_first_ones_bits() -> None:
    made, _ = falling(5)
    release(made[0])
    assert _warn_once(made[4], made[4].closes_at) is not None
    assert _warn_once(made[4], made[4].closes_at) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Decline.objects.create(round=made[4], ref=Decline.objects.get().ref)


def test_answers_taken_back_leave_the_frozen_bits() -> None:
    made, world = falling(5)
    release(made[0])
    warn_due(now=made[4].closes_at)
    CheckIn.objects.filter(mission=world.mission).delete()
    warn_due(now=made[5].closes_at)
    assert bits(made) == {(4, world.client.ref)}


def test_a_job_that_fails_tells_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = falling(5)
    release(made[0])
    monkeypatch.setattr("scoring.maths.warning.moves", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_job("declines", lambda: warn_due(now=made[0].closes_at), now=made[0].closes_at)
    assert not WarningPass.objects.exists()


def test_bits_are_read_by_those_who_read_the_client() -> None:
    made, world = falling(5)
    release(made[0])
    warn_due(now=made[4].closes_at)
    rounds = [row.pk for row in made]
    everybody = {(made[4].pk, world.client.ref)}
    for person in (world.manager, world.other_manager, world.referent, world.consultant):
        assert declines(viewer=person, rounds=rounds) == everybody
    for person in (world.other_consultant, world.administrator):
        assert declines(viewer=person, rounds=rounds) == set()
    assert declines(viewer=world.manager, rounds=rounds[:3]) == set()


def test_ones_own_change_is_told_once_a_release_has_given_the_spread() -> None:
    series = {1: [75.0, 75.0, 75.0, 25.0], 2: [75.0, 75.0, 75.0, 75.0], 3: []}
    assert have_gone_down(series) == set()
    release(make.round_())
    assert have_gone_down(series) == {1}
