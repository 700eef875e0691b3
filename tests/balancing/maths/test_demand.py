"""Demand of missions: half declared, half lived, and the 75 % point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths.demand import (
    Demand,
    Published,
    declared_demand,
    demanding_missions,
    lived_demand,
    mission_demand,
    person_day_point,
)

figure = st.integers(0, 100)


def test_the_missions_of_the_mock_up() -> None:
    orsel = mission_demand([3, 5], maximum=10, published=Published(50, 45, 62))
    assert (orsel.declared, orsel.lived, orsel.value) == (8.0, 6.7, 7.35)
    nautilis = mission_demand([6], maximum=10, published=Published(firm=62))
    assert (nautilis.declared, nautilis.lived, nautilis.value) == (6.0, None, 6.0)


def test_declared_is_clipped_at_the_stated_maximum() -> None:
    assert declared_demand([], maximum=12) == 0
    assert declared_demand([3], maximum=12) == 2.5
    assert declared_demand([12], maximum=12) == 10
    assert declared_demand([12, 1], maximum=12) == 10


@pytest.mark.parametrize(
    ("points", "maximum"), [([1], 0), ([1], -3), ([-1], 5), ([float("nan")], 5)]
)
def test_impossible_points_are_refused(points: list[float], maximum: float) -> None:
    with pytest.raises(ValueError, match="points"):
        declared_demand(points, maximum=maximum)


@pytest.mark.parametrize(
    ("published", "lived"),
    [
        (Published(50, 45, 62), 6.7),
        (Published(50, None, 62), 5.0),
        (Published(None, 45, 62), 5.5),
        (Published(95, 90, 60), 0.0),
        (Published(5, 10, 60), 10.0),
        (Published(None, None, 62), None),
        (Published(50, 45, None), None),
    ],
)
def test_lived_reads_published_figures_and_a_missing_part_is_the_firms(
    published: Published, lived: float | None
) -> None:
    assert lived_demand(published) == lived


@given(figure, figure, figure, st.floats(0, 10))
def test_demand_stays_on_its_scale(client: int, profile: int, firm: int, declared: float) -> None:
    lived = lived_demand(Published(client, profile, firm))
    assert lived is not None
    assert 0 <= lived <= 10
    assert 0 <= Demand(declared, lived).value <= 10


def test_equal_demands_by_other_ways_compare_equal() -> None:
    one = mission_demand([0.1, 0.2], maximum=3, published=Published())
    other = mission_demand([0.3], maximum=3, published=Published())
    assert one.value == other.value


def test_the_75_percent_point_is_strict_and_weighted_by_person_days() -> None:
    demand = np.array([2.0, 5.0, 6.0, 8.0])
    assert person_day_point(demand, np.array([10.0, 10, 10, 10]), point=0.75) == 6
    assert demanding_missions(demand, np.array([10.0, 10, 10, 10])).tolist() == [0, 0, 0, 1]
    # The most demanding mission takes half of the days: nothing lies above the point.
    assert not demanding_missions(demand, np.array([10.0, 10, 10, 30])).any()
    # Nobody works on the last one: it still is demanding for whoever looks at it.
    assert demanding_missions(demand, np.array([70.0, 10, 10, 0])).tolist() == [0, 1, 1, 1]


def test_a_sum_of_tenths_reaches_its_point() -> None:
    # .1 × 3 summed in floats passes .3 by a hair; so may the three quarters of it.
    demand, days = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.1, 0.1, 0.1, 0.1])
    assert demanding_missions(demand, days).tolist() == [0, 0, 0, 1]


def test_a_round_without_days_has_no_demanding_mission() -> None:
    assert np.isnan(person_day_point(np.array([4.0]), np.array([0.0]), point=0.75))
    assert not demanding_missions(np.array([4.0]), np.array([0.0])).any()


@given(st.lists(st.tuples(st.integers(0, 10), st.floats(0.1, 50)), min_size=1, max_size=30))
def test_never_more_than_a_quarter_of_the_days_is_demanding(
    cells: list[tuple[int, float]],
) -> None:
    demand, days = np.array(cells, dtype=float).T
    demanding = demanding_missions(demand, days)
    assert days[demanding].sum() <= 0.25 * days.sum() * (1 + 1e-6)
    if demanding.any():
        assert demand[demanding].min() > demand[~demanding].max()
