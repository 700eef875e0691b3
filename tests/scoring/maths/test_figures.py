"""Figures as shown: rounded outwards, and words that follow from the rounded numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.figures import Figure, Group, Reliability, band, figure, grid, participation


@st.composite
def estimates(draw):
    low, value, high = sorted(draw(st.lists(st.floats(0, 100), min_size=3, max_size=3)))
    return value, low, high


@given(estimates(), st.integers(5, 60))
def test_the_rounded_interval_holds_the_unrounded(numbers, people) -> None:
    value, low, high = numbers
    made = figure(value, low, high, people)
    step = grid(people)
    assert 0 <= made.low <= made.score <= made.high <= 100
    assert made.low <= low + 1e-8
    assert made.high >= high - 1e-8
    assert low - made.low < step + 1e-8
    assert made.high - high < step + 1e-8
    assert abs(made.score - value) <= step / 2 + 1e-6
    assert {made.low % step, made.score % step, made.high % step} == {0}


@pytest.mark.parametrize(
    ("people", "expected"),
    [(5, "5-7"), (7, "5-7"), (8, "8-12"), (12, "8-12"), (13, "13-19"), (19, "13-19"), (20, "20+")],
)
def test_people_are_a_band(people: int, expected: str) -> None:
    assert band(people) == expected
    assert grid(people) == (1 if people == 20 else 5)


def test_fewer_than_five_people_have_no_figure() -> None:
    with pytest.raises(ValueError, match="fewer people"):
        figure(50, 40, 60, 4)


def test_an_estimate_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="within its interval"):
        figure(30, 40, 60, 8)


def test_an_estimate_off_the_scale_is_its_end() -> None:
    assert figure(103.2, 90.0, 100.0, 8) == Figure(100, 90, 100, 5, "8-12")


def test_noise_of_arithmetic_is_not_rounded_outwards() -> None:
    assert figure(47.5, 45 - 1e-12, 60 + 1e-12, 8) == Figure(50, 45, 60, 5, "8-12")


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, 1), (41, 1), (42, 2), (54, 2), (55, 3), (65, 3), (66, 4), (75, 4), (76, 5), (100, 5)],
)
def test_levels(score: int, level: int) -> None:
    assert Figure(score, 0, 100, 1, "20+").level == level


@pytest.mark.parametrize(
    ("high", "word"),
    [(70, Reliability.SOLID), (71, Reliability.TO_CONFIRM), (80, Reliability.TO_CONFIRM),
     (81, Reliability.FRAGILE)],
)  # fmt: skip
def test_reliability_is_the_width(high: int, word: Reliability) -> None:
    assert Figure(60, 50, high, 1, "20+").reliability == word


@pytest.mark.parametrize(
    ("low", "high", "group"),
    [
        (40, 59, Group.BELOW),
        (40, 60, Group.IN_LINE),
        (60, 80, Group.IN_LINE),
        (61, 80, Group.ABOVE),
    ],
)
def test_a_group_needs_the_whole_interval(low: int, high: int, group: Group) -> None:
    firm = Figure(60, 55, 65, 1, "20+")
    assert Figure((low + high) // 2, low, high, 1, "20+").beside(firm) == group


@pytest.mark.parametrize(
    ("answered", "asked", "shown"),
    [
        (0, 0, ""),
        (0, 30, "under_30"),
        (11, 40, "30"),
        (10, 40, "under_30"),
        (27, 40, "70"),
        (34, 40, "85"),
        (35, 40, "90+"),
        (36, 40, "90+"),
        (9, 10, "90+"),
        (8, 10, "80"),
        (10, 19, "50"),
        (5, 19, "30"),
        (4, 19, "under_30"),
    ],
)
def test_participation(answered: int, asked: int, shown: str) -> None:
    assert participation(answered, asked) == shown
