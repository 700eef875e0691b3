"""Rolling load, shares, demanding rounds and missions in a row."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths import load
from balancing.maths.window import ROUNDS, Window
from tests.balancing.maths.firms import Stretch, random_firm, window

EASY, HARD, HARDER = 0, 1, 2
KINDS = {"demand": [2.0, 8.0, 9.0], "demanding": [False, True, True]}


def one(*stretches: Stretch) -> Window:
    return window(stretches, **KINDS)


def test_load_halves_after_six_months_and_a_half_round() -> None:
    assert pytest.approx(0.5) == load.DECAY**6.5
    recent, old = one((0, HARD, 12, 12, 20)), one((0, HARD, 0, 0, 20))
    assert load.rolling_load(recent).tolist() == [8.0]
    assert load.rolling_load(old)[0] == pytest.approx(8 * 0.5 ** (12 / 6.5))


def test_load_of_the_greatest_demand_all_along() -> None:
    full = window([(0, 0, 0, 12, 20)], demand=[10.0], demanding=[True])
    assert load.rolling_load(full)[0] == pytest.approx(74.15, abs=0.005)


def test_part_time_absence_and_gaps_are_less_exposure() -> None:
    assert load.exposure_days(working_days=20, absent_days=0, share=0.5) == 10
    assert load.exposure_days(working_days=20, absent_days=20, share=1) == 0
    full, half = one((0, HARD, 0, 12, 20)), one((0, HARD, 0, 12, 10))
    assert load.rolling_load(half)[0] == pytest.approx(load.rolling_load(full)[0] / 2)
    assert load.demanding_share(half).tolist() == load.demanding_share(full).tolist() == [1.0]
    # A gap adds nothing to the load and takes nothing from the share.
    gap = one((0, EASY, 0, 2, 20), (0, HARD, 10, 12, 20))
    assert load.demanding_share(gap).tolist() == [0.5]
    assert load.exposure(gap).tolist() == [120.0]


@pytest.mark.parametrize(
    ("absent", "share"), [(-1, 1), (21, 1), (0, -0.1), (0, 1.1), (float("nan"), 1)]
)
def test_impossible_exposures_are_refused(absent: float, share: float) -> None:
    with pytest.raises(ValueError, match=r"absence|share"):
        load.exposure_days(working_days=20, absent_days=absent, share=share)


def test_a_short_round_weighs_by_its_own_working_days() -> None:
    short = replace(one((0, HARD, 12, 12, 10)), working_days=np.full(ROUNDS, 10.0))
    assert load.rolling_load(short).tolist() == [8.0]


def test_a_round_is_demanding_from_half_of_ones_days_on() -> None:
    half = one((0, EASY, 0, 12, 10), (0, HARD, 0, 5, 10))
    less = one((0, EASY, 0, 12, 10), (0, HARD, 0, 5, 9))
    assert load.demanding_rounds(half).tolist() == [6]
    assert load.demanding_rounds(less).tolist() == [0]
    both = one((0, EASY, 0, 0, 8), (0, HARD, 0, 0, 4), (0, HARDER, 0, 0, 4))
    assert load.demanding_rounds(both).tolist() == [1]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([(0, HARD, 0, 5, 20), (0, HARDER, 6, 12, 20)], True),
        # Handed over in the middle of a round.
        ([(0, HARD, 0, 5, 10), (0, HARDER, 5, 12, 10)], True),
        # A leave or a gap of two rounds does not interrupt.
        ([(0, HARD, 0, 5, 20), (0, HARDER, 8, 12, 20)], True),
        # A round on an easier mission does.
        ([(0, HARD, 0, 5, 20), (0, EASY, 6, 6, 20), (0, HARDER, 7, 12, 20)], False),
        # A small easy duty beside does not.
        ([(0, HARD, 0, 5, 18), (0, EASY, 4, 8, 2), (0, HARDER, 6, 12, 18)], True),
        # One long mission is one.
        ([(0, HARD, 0, 12, 20)], False),
        ([(0, HARD, 3, 3, 20)], False),
        # The same mission left and taken up again is the same.
        ([(0, HARD, 0, 3, 20), (0, HARD, 8, 12, 20)], False),
        # Side by side is not in a row.
        ([(0, HARD, 0, 12, 10), (0, HARDER, 3, 8, 10)], False),
        # A day's help elsewhere is not a mission in a row.
        ([(0, HARD, 0, 12, 19), (0, HARDER, 12, 12, 1)], False),
        ([(0, EASY, 0, 12, 20)], False),
    ],
)
def test_two_demanding_missions_in_a_row(stretches: list[Stretch], expected: bool) -> None:
    assert load.two_in_a_row(one(*stretches)).tolist() == [expected]


def test_in_a_row_is_ones_own_row() -> None:
    firm = one(
        (0, HARD, 0, 5, 20),
        (1, HARDER, 6, 12, 20),
        (2, HARD, 0, 3, 20),
        (2, HARDER, 4, 6, 20),
        (3, EASY, 0, 12, 20),
    )
    assert load.two_in_a_row(firm).tolist() == [False, False, True, False]


@given(st.integers(0, 2**32 - 1))
def test_in_a_row_agrees_with_a_plain_reading(seed: int) -> None:
    firm = random_firm(12, np.random.default_rng(seed), length=2.0)
    assert load.two_in_a_row(firm).tolist() == [_plain_row(firm, p) for p in range(12)]


def _plain_row(firm: Window, person: int) -> bool:
    """The same sentence written as loops: missions of each run of demanding rounds."""
    days: dict[int, dict[int, float]] = {}
    for p, m, r, d in zip(firm.person, firm.mission, firm.round, firm.days, strict=True):
        if p == person and d > 0:
            days.setdefault(int(r), {}).setdefault(int(m), 0.0)
            days[int(r)][int(m)] += float(d)
    runs: list[dict[int, list[int]]] = [{}]
    for r in sorted(days):
        total = sum(days[r].values())
        hard = {m: d for m, d in days[r].items() if firm.demanding[m, r]}
        if sum(hard.values()) < total / 2:
            runs.append({})
        for m, d in hard.items():
            if d >= total / 2:
                runs[-1].setdefault(m, []).append(r)
    return any(
        a != b
        and min(run[b]) >= max(run[a])
        and (min(run[a]), max(run[a])) <= (min(run[b]), max(run[b]))
        for run in runs
        for a in run
        for b in run
    )


def test_compared_from_six_rounds_present_and_some_exposure() -> None:
    firm = one(
        (0, EASY, 0, 12, 20), (1, EASY, 7, 12, 20), (2, EASY, 8, 12, 20), (4, EASY, 0, 1, 0)
    )
    present = np.zeros((5, ROUNDS), dtype=bool)
    for person, first in enumerate([0, 7, 8, 0, 0]):
        present[person, first:] = True
    firm = replace(firm, present=present)
    # The fourth has no row at all, the fifth rows without a day.
    assert load.compared(firm).tolist() == [True, True, False, False, False]
    assert np.isnan(load.demanding_share(firm)[3:]).all()
    assert not load.two_in_a_row(firm).any()


@given(st.integers(0, 2**32 - 1))
def test_figures_follow_the_people_not_their_numbers_nor_the_order_of_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    firm = random_firm(10, rng)
    label, rows = rng.permutation(10), rng.permutation(firm.person.size)
    moved = replace(
        firm,
        person=label[firm.person][rows],
        mission=firm.mission[rows],
        round=firm.round[rows],
        days=firm.days[rows],
        present=firm.present[np.argsort(label)],
    )
    for figure in (load.rolling_load, load.demanding_share, load.demanding_rounds):
        np.testing.assert_allclose(figure(moved)[label], figure(firm), rtol=1e-12)
    assert (load.two_in_a_row(moved)[label] == load.two_in_a_row(firm)).all()
    assert (load.compared(moved)[label] == load.compared(firm)).all()
