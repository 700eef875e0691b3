"""The deal: its strata, its exact moments against enumeration, its tails."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths import fairshare, load
from balancing.maths.fairshare import Deck
from tests.balancing.maths.firms import random_firm, window

seeds = st.integers(0, 2**32 - 1)


def deck(person: list[int], stratum: list[int], weight: list[float], demand: list[float]) -> Deck:
    seat = np.array(weight, dtype=float)
    value = np.array(demand, dtype=float)
    return Deck(
        person=np.array(person),
        stratum=np.array(stratum),
        days=seat * 20,
        weight=seat,
        burden=(value > 5).astype(float),
        demand=value,
        people=max(person) + 1,
    )


TINY = deck(
    [0, 1, 1, 0, 2, 1, 2],
    [0, 0, 0, 1, 1, 1, 1],
    [1.0, 2.0, 0.5, 1.0, 1.0, 0.5, 3.0],
    [9.0, 2.0, 4.0, 8.0, 1.0, 1.0, 6.0],
)


def every_deal(cards: Deck) -> np.ndarray:
    """Loads of everybody in each of the possible deals, (deals, people)."""
    parts = [np.flatnonzero(cards.stratum == s) for s in range(cards.size.size)]
    deals = product(*(permutations(part.tolist()) for part in parts))
    order = np.concatenate(parts)
    loads = []
    for deal in deals:
        dealt = np.empty(order.size)
        dealt[order] = cards.demand[np.concatenate(deal)]
        loads.append(np.bincount(cards.person, cards.weight * dealt, minlength=cards.people))
    return np.array(loads)


def drawn_loads(cards: Deck, draws: int, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    sums = fairshare.seat_sums(cards, cards.weight)
    blocks = [
        fairshare.deal_sums(sums, cards.demand, d) for d in fairshare.deals(cards, draws, rng)
    ]
    return np.concatenate(blocks)


def test_exact_moments_are_those_of_every_deal() -> None:
    loads = every_deal(TINY)
    assert len(loads) == 6 * 24
    mean, variance = fairshare.exact_moments(TINY, TINY.weight, TINY.demand)
    np.testing.assert_allclose(mean, loads.mean(axis=0))
    np.testing.assert_allclose(variance, loads.var(axis=0))


def test_draws_meet_every_deal_as_often() -> None:
    loads, drawn = every_deal(TINY), drawn_loads(TINY, 20_000)
    observed = np.bincount(TINY.person, TINY.weight * TINY.demand, minlength=3)
    exact = (loads >= observed - 1e-9).mean(axis=0)
    np.testing.assert_allclose((drawn >= observed - 1e-9).mean(axis=0), exact, atol=0.012)
    # Each of the 144 deals comes up, and none much more often than another.
    rng = np.random.default_rng(7)
    seen = np.concatenate(list(fairshare.deals(TINY, 14_400, rng)), axis=1)
    counts = np.unique(seen, axis=1, return_counts=True)[1]
    assert counts.size == 144
    assert 50 < counts.min() <= counts.max() < 160


def test_dealing_ones_own_seats_alone_gives_the_same_chances() -> None:
    loads = every_deal(TINY)
    observed = np.bincount(TINY.person, TINY.weight * TINY.demand, minlength=3)
    exact = (loads >= observed - 1e-9).mean(axis=0)
    rng = np.random.default_rng(3)
    drawn = [fairshare.drawn_tail(TINY, person, 20_000, rng) for person in range(3)]
    np.testing.assert_allclose(drawn, exact, atol=0.012)


def test_a_hand_never_holds_one_seat_twice() -> None:
    strata = np.array([0, 1, 0, 0])
    hand = fairshare._hand(strata, [3, 1, 3, 3], 6_000, np.random.default_rng(1))
    of_first = np.stack([hand[0], hand[2], hand[3]], axis=1)
    orders, counts = np.unique(of_first, axis=0, return_counts=True)
    assert sorted(map(tuple, orders.tolist())) == sorted(permutations(range(3)))
    assert counts.min() > 850
    assert not hand[1].any()


@given(seeds)
def test_a_deal_moves_whole_missions_inside_strata_only(seed: int) -> None:
    cards = fairshare.make_deck(random_firm(30, np.random.default_rng(seed)))
    for deal in fairshare.deals(cards, 5, np.random.default_rng(seed)):
        for one in deal.T:
            assert (np.sort(one) == np.arange(cards.person.size)).all()
            assert (cards.stratum[one] == cards.stratum).all()


@given(seeds)
def test_alike_seats_conserve_the_firms_demanding_days(seed: int) -> None:
    rng = np.random.default_rng(seed)
    halves = [(person, int(rng.integers(8)), 0, 5, 20.0) for person in range(25)]
    halves += [(person, int(rng.integers(8, 16)), 6, 12, 20.0) for person in range(25)]
    kinds = rng.random(16) < 0.4
    cards = fairshare.make_deck(window(halves, demand=np.arange(16) / 2, demanding=kinds))
    days = fairshare.seat_sums(cards, cards.days)
    for deal in fairshare.deals(cards, 20, rng):
        demanding = fairshare.deal_sums(days, cards.burden, deal)
        assert demanding.sum(axis=1) == pytest.approx(float(cards.days @ cards.burden))


@given(seeds)
def test_the_deck_as_dealt_in_reality_is_the_observed_load(seed: int) -> None:
    firm = random_firm(20, np.random.default_rng(seed))
    cards = fairshare.make_deck(firm)
    loads = fairshare.seat_sums(cards, cards.weight) @ cards.demand
    np.testing.assert_allclose(loads, load.rolling_load(firm))
    days = fairshare.seat_sums(cards, cards.days)
    np.testing.assert_allclose(days @ cards.burden, load.demanding_days(firm), atol=1e-9)
    # Exposure stays with the person whatever is dealt to them.
    np.testing.assert_allclose(days @ np.ones(cards.days.size), load.exposure(firm))


@given(seeds)
def test_strata_are_large_enough_and_seats_differing_by_a_round_are_split(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 13, 400)
    last = rng.integers(first, 13)
    length = (last - first + 1) * rng.choice([0.5, 1.0], 400)
    features = np.stack([first, last, length], axis=1).astype(float)
    stratum = fairshare.strata(features)
    assert np.bincount(stratum).min() >= fairshare.SMALLEST_STRATUM
    assert stratum.max() >= 5
    many = np.repeat(features[:10], 50, axis=0)
    for part in np.unique(fairshare.strata(many)):
        assert (np.ptp(many[fairshare.strata(many) == part], axis=0) < 1).all()


def test_strata_do_not_cut_what_cannot_be_cut() -> None:
    # Wide along the first feature, but one seat against 59 only.
    features = np.zeros((60, 3))
    features[0, 0] = 12
    assert fairshare.strata(features).max() == 0
    assert fairshare.strata(np.zeros((0, 3))).size == 0


def test_the_normal_tail_agrees_with_draws_where_people_had_many_missions() -> None:
    demand = np.random.default_rng(11).uniform(0, 10, 60 * 13)
    rounds = [(person, person * 13 + at, at, at, 20.0) for person in range(60) for at in range(13)]
    cards = fairshare.make_deck(window(rounds, demand=demand, demanding=demand > 8))
    drawn = drawn_loads(cards, 10_000)
    observed = np.bincount(cards.person, cards.weight * cards.demand, minlength=60)
    by_draws = (drawn >= observed - 1e-9).mean(axis=0)
    np.testing.assert_allclose(fairshare.normal_tail(cards), by_draws, atol=0.02)


def test_the_normal_tail_is_one_where_chance_has_no_choice() -> None:
    alone = deck([0, 1, 2], [0, 0, 0], [1, 2, 1], [4, 4, 4])
    assert fairshare.normal_tail(alone).tolist() == [1, 1, 1]
    single = deck([0], [0], [1], [4])
    assert fairshare.normal_tail(single).tolist() == [1]


def test_nobody_is_kept_on_the_normals_word_alone() -> None:
    # One of 40 equal seats holds the only demanding mission: any deal gives it to somebody.
    cards = deck(list(range(40)), [0] * 40, [1] * 40, [10] + [1] * 39)
    tail = fairshare.normal_tail(cards)
    assert tail[0] < 1e-8
    assert fairshare.benjamini_hochberg(tail).tolist() == [True] + [False] * 39
    confirmed = fairshare.confirm(cards, tail, np.random.default_rng(2))
    assert confirmed[0] == pytest.approx(1 / 40, abs=0.01)
    assert not fairshare.benjamini_hochberg(confirmed).any()
    assert (confirmed[1:] == tail[1:]).all()


def test_benjamini_hochberg_steps_up_and_leaves_out_the_untested() -> None:
    p = np.array([0.03, np.nan, 0.04, 0.9, 0.06])
    # .06 ≤ .1 × 3 / 4 carries .04 and .03 with it.
    assert fairshare.benjamini_hochberg(p).tolist() == [True, False, True, False, True]
    assert not fairshare.benjamini_hochberg(np.array([0.2, 0.9])).any()
    assert not fairshare.benjamini_hochberg(np.array([np.nan])).any()
    assert fairshare.benjamini_hochberg(np.array([])).size == 0
