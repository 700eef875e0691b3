"""Windows over rounds behind and to come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths import load
from balancing.maths.assess import assess
from balancing.maths.projection import NOWHERE, Change, Horizon, demanding_shares


def firm(seed: int = 0, *, past: int = 13, ahead: int = 6, people: int = 8) -> Horizon:
    """Everybody on one of four missions in each round, two of them demanding; the last person
    is on the bench in the rounds to come."""
    rng = np.random.default_rng(seed)
    rounds = past + ahead
    person = np.repeat(np.arange(people), rounds)
    at = np.tile(np.arange(rounds), people)
    mission = rng.integers(4, size=len(person))
    # Whoever is on a mission now stays there.
    mission[at >= past] = (np.arange(people) % 4)[person[at >= past]]
    worked = ~((person == people - 1) & (at >= past))
    demand = np.repeat(np.array([2.0, 4.0, 7.0, 9.0])[:, None], rounds, axis=1)
    return Horizon(
        person=person[worked],
        mission=mission[worked],
        round=at[worked],
        days=np.full(int(worked.sum()), 20.0),
        demand=demand,
        demanding=demand > 5,
        present=np.ones((people, rounds), dtype=np.bool_),
        working_days=np.full(rounds, 20.0),
        past=past,
        runs=np.ones((4, rounds)),
    )


def test_now_and_then_are_windows_of_thirteen() -> None:
    made = firm()
    assert (made.now.rounds, made.then.rounds, made.rounds) == (13, 13, 19)
    assert made.now.round.max() == made.then.round.max() == 12
    recent = made.round == 12
    assert made.mission[recent].tolist() == made.now.mission[made.now.round == 12].tolist()
    assert (firm(past=4, ahead=3).then.rounds, firm(past=4, ahead=3).now.rounds) == (7, 4)


def test_two_people_who_swap_take_each_others_days() -> None:
    made = firm()
    swapped = made.changed([Change(2, leaves=2, takes=0), Change(0, leaves=0, takes=2)])
    assert np.array_equal(swapped.now.mission, made.now.mission)
    before, after = made.coming_days(), swapped.coming_days()
    assert before[2].tolist() == [0, 0, 120, 0]
    assert after[2].tolist() == before[0].tolist()
    assert after[0].tolist() == before[2].tolist()
    assert after.sum() == before.sum()
    share, changed = demanding_shares([made.then, swapped.then])
    assert changed[2] == pytest.approx(share[2] - 6 / 13)
    assert changed[0] == pytest.approx(share[0] + 6 / 13)


def test_the_bench_takes_days_and_gives_them_back() -> None:
    made = firm()
    last = len(made.present) - 1
    busy = made.changed([Change(last, leaves=NOWHERE, takes=3, share=0.5)])
    assert busy.coming_days()[last].tolist() == [0, 0, 0, 60]
    back = busy.changed([Change(last, leaves=3, takes=NOWHERE)])
    assert back.coming_days().tolist() == made.coming_days().tolist()
    same = made.changed([Change(last, leaves=NOWHERE, takes=NOWHERE)])
    assert same.coming_days().tolist() == made.coming_days().tolist()


def test_somebody_away_takes_no_days() -> None:
    made = firm()
    last = len(made.present) - 1
    made.present[last, 13:15] = False
    busy = made.changed([Change(last, leaves=NOWHERE, takes=3)])
    assert busy.coming_days()[last].sum() == 80


@given(st.integers(0, 1_000), st.integers(1, 12), st.integers(0, 3), st.integers(0, 3))
def test_burden_and_difficulty_add_up_to_the_load(
    seed: int, ahead: int, mission: int, since: int
) -> None:
    """At full time, what is behind plus what a mission adds is the load that will be computed."""
    made = firm(seed, ahead=ahead)
    moving = made.round >= made.past + since
    burden, difficulty = made.burden(moving), made.difficulty(since)
    taken = made.changed(
        [
            Change(person, leaves=person % 4, takes=mission, since=since)
            for person in range(len(made.present) - 1)
        ]
    )
    loads = load.rolling_load(taken.then)
    assert loads[:-1] == pytest.approx(burden[:-1] + difficulty[mission])
    assert loads[-1] == pytest.approx(burden[-1])


def test_a_projection_is_assessed_like_any_other_window() -> None:
    made = firm(past=13)
    found = assess(made.then, seed=1)
    assert found.compared.all()
    assert found.indices is not None
    assert np.nanmax(found.share) <= 1


def test_a_mission_counts_from_its_first_day_to_its_last_and_no_longer() -> None:
    """Mission 3 runs in the second half of the third round to come, and in the fourth alone."""
    made = firm()
    made.runs[3, :] = 0
    made.runs[3, 15], made.runs[3, 16] = 0.5, 1
    assert (made.begins(3), made.begins(0)) == (2, 0)
    # Who has nothing is there for these days alone.
    last = len(made.present) - 1
    days = made.changed([Change(last, leaves=NOWHERE, takes=3)]).coming_days()
    assert days[last].tolist() == [0, 0, 0, 30]
    # Who leaves another mission stays on it until this one begins; then there is nothing left.
    turned = made.changed([Change(0, leaves=0, takes=3)])
    assert turned.coming_days()[0].tolist() == [50, 0, 0, 30]
    assert turned.coming_days(since=3)[0].tolist() == [0, 0, 0, 20]
    # What it adds by the end: 9 out of 10, half a round three rounds old and one two rounds old.
    old, newer = load.DECAY**3, load.DECAY**2
    assert made.difficulty()[3] == pytest.approx(9 * (0.5 * old + newer))
    never = firm()
    never.runs[3] = 0
    assert never.begins(3) == 6
    assert never.changed([Change(0, leaves=0, takes=3)]).coming_days().tolist() == (
        never.coming_days().tolist()
    )


def test_who_leaves_a_mission_that_ends_keeps_the_other_as_long_as_it_runs() -> None:
    """Mission 0 ends in the middle of the second round to come; mission 1 goes on."""
    made = firm()
    made.runs[0, 14], made.runs[0, 15:] = 0.5, 0
    on_it = made.mission == 0
    made.days[on_it & (made.round == 14)] = 10
    ended = made.only(~(on_it & (made.round > 14)))
    assert ended.coming_days()[0].tolist() == [30, 0, 0, 0]
    after = ended.changed([Change(0, leaves=0, takes=1), Change(1, leaves=1, takes=0)])
    assert after.coming_days()[0].tolist() == [0, 120, 0, 0]
    assert after.coming_days()[1].tolist() == [30, 0, 0, 0]
    # Something else planned by then is not doubled.
    busy = ended.plus(0, np.array([2]), np.array([18]), np.array([20.0]))
    after = busy.changed([Change(0, leaves=0, takes=1)])
    assert after.coming_days()[0].tolist() == [0, 100, 20, 0]
