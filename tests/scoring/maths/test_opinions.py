"""Estimates of what clients think: pooling, margins, and what is not known."""

import doctest

import numpy as np
import pytest

from scoring.maths import opinions
from scoring.maths.opinions import ROUNDING, estimate
from scoring.maths.release import Z90


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(opinions).failed == 0


def test_nobody_answered_is_unknown_which_is_not_zero() -> None:
    assert estimate([], [], [], survey=3) == opinions.Opinions({}, None)
    assert estimate([75.0, 50.0], [0, 0], [1, 1], survey=2) == opinions.Opinions({}, None)


@pytest.mark.parametrize(
    ("values", "clients"), [([75.0], [0]), ([75.0, 50.0], [0, 1]), ([75.0, 75.0, 0.0], [0, 1, 2])]
)
def test_one_answer_a_client_and_no_earlier_survey_gives_no_figure(
    values: list[float], clients: list[int]
) -> None:
    found = estimate(values, clients, [1] * len(values), survey=1)
    assert found == opinions.Opinions({}, None)


def test_with_earlier_surveys_one_answer_has_its_margin() -> None:
    values = [75.0, 50.0, 100.0, 100.0, 25.0, 0.0, 75.0, 25.0]
    found = estimate(values, [0, 0, 1, 1, 2, 2, 0, 2], [1] * 6 + [2] * 2, survey=2)
    assert set(found.clients) == {0, 2}
    assert found.clients[0].value > found.clients[2].value
    assert all(one.high - one.low >= 2 * Z90 * ROUNDING - 1e-9 or one.low == 0 or one.high == 100
               for one in found.clients.values())  # fmt: skip


def test_the_same_word_from_everybody_is_no_certainty() -> None:
    found = estimate([75.0] * 4, [0, 0, 1, 1], [1] * 4, survey=1)
    margin = Z90 * ROUNDING / 2**0.5
    for one in found.clients.values():
        assert (one.value, one.answers) == (75.0, 2)
        assert one.low == pytest.approx(75 - margin)
        assert one.high == pytest.approx(75 + margin)


def test_a_client_alone_has_its_own_mean() -> None:
    found = estimate([75.0, 50.0], [4, 4], [1, 1], survey=1)
    assert found.clients[4].value == pytest.approx(62.5)
    assert found.mean == found.clients[4]


def test_surveys_keep_their_own_level() -> None:
    """A better survey does not lift the one before, nor the other way round."""
    rng = np.random.default_rng(5)
    clients = np.repeat(np.arange(6), 3)
    low = np.clip(rng.normal(40, 6, 18), 0, 100)
    high = np.clip(rng.normal(80, 6, 18), 0, 100)
    values = [*low, *high]
    surveys = [1] * 18 + [2] * 18
    second = estimate(values, [*clients, *clients], surveys, survey=2)
    assert second.mean is not None
    assert second.mean.value == pytest.approx(high.mean(), abs=2)
    assert all(one.value > 65 for one in second.clients.values())


def test_thousands_of_clients_are_estimated_at_once() -> None:
    """No matrix of a row a client: 2,000 of them, three surveys, two answers each."""
    rng = np.random.default_rng(3)
    values = rng.choice([25.0, 50.0, 75.0, 100.0], 12_000).tolist()
    clients = np.tile(np.repeat(np.arange(2_000), 2), 3).tolist()
    surveys = np.repeat([1, 2, 3], 4_000).tolist()
    found = estimate(values, clients, surveys, survey=3)
    assert len(found.clients) == 2_000
    assert found.mean is not None
    assert found.mean.value == pytest.approx(62.5, abs=2)


def test_nine_intervals_in_ten_hold_the_truth() -> None:
    """Drawn from the model itself: ten clients, three answers each."""
    inside = total = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = rng.normal(60, 12, 10)
        clients = np.repeat(np.arange(10), 3)
        values = truth[clients] + rng.normal(0, 12, 30)
        found = estimate(values.tolist(), clients.tolist(), [1] * 30, survey=1)
        inside += sum(
            one.low <= truth[client] <= one.high for client, one in found.clients.items()
        )
        total += len(found.clients)
    assert 0.86 <= inside / total <= 0.97
