"""Indices of evenness: known values and what they must not depend on."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths.indices import against, gini, jain, max_to_mean, top_tenth

amounts = st.lists(st.floats(0, 100).map(lambda x: round(x, 3)), min_size=1, max_size=40)


def test_known_values() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert gini(x) == pytest.approx(0.25)
    assert jain(x) == pytest.approx(0.8333, abs=5e-5)
    assert max_to_mean(x) == pytest.approx(1.6)


def test_all_zero() -> None:
    zero = np.zeros(20)
    assert (gini(zero), jain(zero), max_to_mean(zero), top_tenth(zero)) == (0, 1, 1, 0.1)


def test_one_carries_all() -> None:
    x = np.zeros(20)
    x[3] = 7.0
    assert gini(x) == pytest.approx(0.95)
    assert jain(x) == pytest.approx(0.05)
    assert max_to_mean(x) == pytest.approx(20)
    assert top_tenth(x) == pytest.approx(1)


def test_the_top_tenth_is_rounded_up() -> None:
    x = np.arange(1.0, 12.0)
    assert top_tenth(x) == pytest.approx((11 + 10) / 66)
    assert top_tenth(x[:10]) == pytest.approx(10 / 55)


@given(amounts, st.floats(0.1, 10), st.randoms())
def test_neither_unit_nor_order_matters(values: list[float], unit: float, random: Random) -> None:
    x = np.array(values)
    shuffled = list(values)
    random.shuffle(shuffled)
    for index in (gini, jain, max_to_mean, top_tenth):
        assert index(np.array(shuffled)) == pytest.approx(float(index(x)))
        assert index(x * unit) == pytest.approx(float(index(x)))


@given(amounts)
def test_gini_is_its_definition(values: list[float]) -> None:
    x = np.array(values)
    total = np.abs(x[:, None] - x).sum()
    expected = total / (2 * x.size**2 * x.mean()) if x.sum() else 0.0
    assert gini(x) == pytest.approx(expected, abs=1e-9)


def test_several_deals_at_once() -> None:
    x = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0], [5.0, 5.0, 5.0, 5.0]])
    assert gini(x).round(6).tolist() == [0.25, 0, 0]
    assert top_tenth(x).tolist() == [0.4, 0.25, 0.25]


def test_beyond_is_on_the_uneven_side_and_strict() -> None:
    assert against(0.3, 0.2).beyond
    assert not against(0.2, 0.2).beyond
    assert not against(0.2 + 1e-12, 0.2).beyond
    assert against(0.7, 0.8, low_is_uneven=True).beyond
    assert not against(0.9, 0.8, low_is_uneven=True).beyond
