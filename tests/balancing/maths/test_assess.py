"""A whole round: who is compared, who is above chance, who is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancing.maths import assess as module
from balancing.maths import load
from balancing.maths.assess import Assessment, assess, rank
from balancing.maths.window import ROUNDS, Window
from tests.balancing.maths.firms import overloading_firm, random_firm, window


def full_firm(people: int, demands: list[float]) -> Window:
    """Everybody full-time on a mission of their own, changed at each round."""
    demand = np.random.default_rng(1).choice(demands, people * ROUNDS)
    stretches = [
        (person, person * ROUNDS + at, at, at, 20.0)
        for person in range(people)
        for at in range(ROUNDS)
    ]
    return window(stretches, demand=demand, demanding=demand > 7)


def fields(result: Assessment) -> list[np.ndarray]:
    return [value for value in vars(result).values() if isinstance(value, np.ndarray)]


def test_the_same_seed_gives_the_same_answer() -> None:
    firm = random_firm(40, np.random.default_rng(0))
    one, two, other = assess(firm, seed=1), assess(firm, seed=1), assess(firm, seed=2)
    for left, right in zip(fields(one), fields(two), strict=True):
        np.testing.assert_array_equal(left, right)
    assert one.indices == two.indices
    assert (one.p_value != other.p_value).any()
    assert one.draws == 20 * one.compared.sum() > 500


def test_a_planted_person_is_found_and_alone() -> None:
    found, others = 0, 0
    for seed in range(10):
        result = assess(overloading_firm(40, np.random.default_rng(seed)), seed=seed)
        found += int(result.over_share[7])
        others += int(result.over_share.sum()) - int(result.over_share[7])
        assert result.load[7] > result.expected_load[7]
        assert result.load[7] > result.upper95[7]
    assert found >= 8
    assert others <= 1


def test_by_chance_alone_hardly_anybody_is_selected() -> None:
    above, kept, out = [], [], []
    for seed in range(60):
        result = assess(random_firm(40, np.random.default_rng(1000 + seed)), seed=seed)
        who = result.compared
        above.append(np.mean(result.load[who] > result.upper95[who]))
        kept.append(result.bh_selected.any())
        out.append(np.mean((result.share > result.zone_high)[who]))
    # Nominal: 5 % above the 95 % point, 10 % of firms with anybody kept, 2.5 % above the zone.
    assert np.mean(above) < 0.06
    assert np.mean(kept) <= 0.10
    assert np.mean(out) < 0.025


def test_equal_missions_select_nobody() -> None:
    firm = window(
        [(p, p % 5, 0, 12, 20.0 if p % 3 else 10.0) for p in range(30)],
        demand=[5.0] * 5,
        demanding=[False] * 5,
    )
    result = assess(firm, seed=1)
    assert result.compared.all()
    assert (result.p_value == 1).all()
    assert not result.over_share.any()
    np.testing.assert_allclose(result.upper95, result.load)
    assert (result.zone_high == 0).all()
    assert result.indices is not None
    assert not result.indices.gini.beyond
    assert not result.indices.jain.beyond


@pytest.mark.parametrize("demanding", [True, False])
def test_each_condition_of_the_rule_is_needed(demanding: bool) -> None:
    # Person 0 carries demand 9 all along, but nothing of it counts as demanding.
    people = 40
    stretches = [
        (person, person if person else at % 2, at, at, 20.0)
        for person in range(people)
        for at in range(ROUNDS)
    ]
    demand = [9.0, 9.0] + [2.0] * (people - 2)
    firm = window(stretches, demand=demand, demanding=[demanding] * 2 + [False] * (people - 2))
    firm = replace(firm, mission=np.where(firm.person == 1, 2, firm.mission))
    result = assess(firm, seed=1)
    assert result.bh_selected[0]
    assert result.load[0] > result.upper95[0]
    assert result.over_share[0] == demanding
    assert result.over_share[1:].sum() == 0


def test_one_long_demanding_mission_is_within_chance() -> None:
    # Ten of forty are on a demanding mission all year: somebody has to be.
    firm = window(
        [(p, p, 0, 12, 20.0) for p in range(40)],
        demand=[8.0] * 10 + [3.0] * 30,
        demanding=[True] * 10 + [False] * 30,
    )
    result = assess(firm, seed=1)
    assert (result.share[:10] == 1).all()
    assert (result.zone_high == 1).all()
    np.testing.assert_allclose(result.expected_share, 0.25)
    np.testing.assert_allclose(result.p_value[:10], 0.25, atol=0.06)
    assert not result.over_share.any()


def test_people_not_compared_have_a_load_and_no_zone() -> None:
    firm = random_firm(30, np.random.default_rng(4))
    present = firm.present.copy()
    present[3, 5:] = False
    keep = firm.person != 8
    rows = {name: getattr(firm, name)[keep] for name in ("person", "mission", "round", "days")}
    result = assess(replace(firm, present=present, **rows), seed=1)
    assert result.compared.sum() == 28
    assert not result.compared[[3, 8]].any()
    chance = (result.zone_low, result.zone_high, result.p_value, result.upper95)
    assert all(np.isnan(figure[[3, 8]]).all() for figure in chance)
    assert not result.over_share[[3, 8]].any()
    assert result.load[3] > 0
    assert not np.isnan(result.share[3])
    assert result.load[8] == 0
    assert np.isnan(result.share[8])
    assert 0 <= result.zone_low[4] <= result.zone_high[4] <= 1


def test_the_first_rounds_of_a_firm_compare_nobody() -> None:
    firm = window([(0, 0, 0, 4, 20.0)], demand=[5.0], demanding=[True], people=2, rounds=5)
    result = assess(firm, seed=1)
    assert not result.compared.any()
    assert result.indices is None
    assert np.isnan(result.p_value).all()
    assert result.load[0] > 0


def test_a_firm_without_any_day() -> None:
    firm = window([], demand=[], demanding=[], people=3)
    result = assess(firm, seed=1)
    assert not result.compared.any()
    assert result.load.tolist() == [0, 0, 0]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_exact_figures_follow_people_and_draws_follow_them_nearly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    firm = random_firm(25, rng)
    label = rng.permutation(25)
    moved = replace(firm, person=label[firm.person], present=firm.present[np.argsort(label)])
    one, two = assess(firm, seed=1), assess(moved, seed=1)
    for name in ("load", "share", "expected_load", "expected_share"):
        np.testing.assert_allclose(getattr(two, name)[label], getattr(one, name), rtol=1e-9)
    np.testing.assert_allclose(two.p_value[label], one.p_value, atol=0.13)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_figures_are_in_order(seed: int) -> None:
    result = assess(random_firm(25, np.random.default_rng(seed)), seed=seed)
    who = result.compared
    assert (result.zone_low[who] <= result.zone_high[who]).all()
    assert ((result.expected_share[who] >= 0) & (result.expected_share[who] <= 1)).all()
    assert (result.over_share <= result.bh_selected).all()
    assert (result.bh_selected <= who).all()
    assert ((result.p_value[who] > 0) & (result.p_value[who] <= 1)).all()


def test_zone_and_upper_point_are_those_of_the_draws() -> None:
    # One mission of eight in each round is demanding: 13 seats of one round each, dealt alike.
    firm = full_firm(60, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0])
    result = assess(firm, seed=3)
    from_count = result.share * ROUNDS
    np.testing.assert_allclose(from_count, np.round(from_count), atol=1e-9)
    # About binomial(13, 1/8): 0 to 4 of 13 holds 97.5 % on each side.
    assert np.median(result.zone_low) == 0
    assert np.median(result.zone_high) == pytest.approx(4 / 13)
    mean = result.expected_load
    assert ((result.upper95 > mean * 1.1) & (result.upper95 < mean * 1.6)).all()


def test_above_a_thousand_the_tail_is_the_normals_and_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    firm = overloading_firm(80, np.random.default_rng(5))
    drawn = assess(firm, seed=1)
    monkeypatch.setattr(module, "LARGEST_DRAWN", 50)
    normal = assess(firm, seed=1)
    assert (drawn.draws, normal.draws) == (20 * drawn.compared.sum(), 0)
    # Three missions a person are few: the normal is near, not equal.
    assert np.abs(normal.p_value - drawn.p_value).mean() < 0.05
    assert np.corrcoef(normal.p_value, drawn.p_value)[0, 1] > 0.95
    np.testing.assert_array_equal(normal.upper95, drawn.upper95)
    assert drawn.over_share[7]
    assert normal.over_share[7]


def test_little_memory_keeps_the_same_extremes() -> None:
    values = np.random.default_rng(1).normal(size=(500, 9))
    for blocks in (1, 3, 37, 500):
        kept = module._Kept(25, 9)
        for block in np.array_split(values, blocks):
            kept.add(block)
        np.testing.assert_array_equal(kept.edge(), np.sort(values, axis=0)[-25])
        assert kept.values.shape == (75, 9)
    assert rank(0.95) == 500 - 25 + 1


def test_part_time_is_measured_against_part_time() -> None:
    # Half-time on the same mix as everybody: half the load, and half the expected load.
    firm = full_firm(40, [2.0, 4.0, 6.0, 8.0])
    half = replace(firm, days=np.where(firm.person == 3, 10.0, firm.days))
    one, two = assess(firm, seed=1), assess(half, seed=1)
    assert two.load[3] == pytest.approx(one.load[3] / 2)
    assert two.expected_load[3] == pytest.approx(one.expected_load[3] / 2, rel=0.05)
    assert two.share[3] == one.share[3]
    assert load.demanding_rounds(half)[3] == load.demanding_rounds(firm)[3]
