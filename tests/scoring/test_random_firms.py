"""Whatever the firm, an attacker who knows everything published knows nobody within 20 points."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.attacker import attack
from bench.lived import Manner, lived
from bench.privacy import DIMENSIONS, year
from scoring.maths import family

MANNERS = st.builds(
    Manner,
    people=st.integers(5, 24),
    clients=st.integers(1, 5),
    rounds=st.sampled_from([3, 6, 9]),
    static=st.booleans(),
    same=st.sampled_from([None, None, 0.0, 100.0]),
    come=st.sampled_from([0.0, 0.6]),
    alone=st.integers(0, 2),
    twin=st.booleans(),
    busy=st.integers(0, 3),
    stays=st.sampled_from([1.0, 0.8]),
)


# Once the edges were too close for a walk's curvature to factor.
@example(258, Manner(people=5, clients=1, rounds=3, come=0.0, alone=0, busy=0, stays=1.0))
@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), MANNERS)
def test_the_attacker_finds_nobody_in_a_random_firm(seed: int, manner: Manner) -> None:
    made = year(seed, manner)
    for found in (made.alone, made.inside, made.together):
        assert (found.close, found.exact) == (set(), set())


@pytest.mark.parametrize(
    "manner",
    [
        Manner(people=22, clients=4, rounds=6, same=0.0, skipped=0.0),
        Manner(people=26, clients=3, rounds=6, twin=True, alone=0, come=0.0, stays=1.0),
        Manner(people=24, clients=4, rounds=12, static=True, busy=6, alone=1),
        Manner(people=20, clients=6, rounds=6, alone=4),
    ],
    ids=["everybody the same", "equal but for one", "static, three missions", "alone"],
)
def test_the_attacker_finds_nobody_where_it_is_hard(manner: Manner) -> None:
    made = year(11, manner)
    for found in (made.alone, made.inside, made.together):
        assert (found.close, found.exact) == (set(), set())
    assert made.alone.tried or manner.same is not None
    assert bool(made.together.tried) == manner.static


def test_the_attacker_finds_everybody_where_nothing_is_kept_back() -> None:
    """A positive control: each client's plain mean, to a tenth of a point, whoever is there."""
    firm = lived(3, Manner(people=12, clients=6, rounds=3, alone=3, busy=0))
    means = firm.means(firm.round >= 0)
    cells = [
        {
            "dimension": "load", "constant": 0.0, "round": 0.05, "half": 100.0,
            "value": float(np.mean([v for k, v in means.items() if k in inside])),
            "low": 0, "high": 100,
            "coef": {str(part): 1.0 / len(inside) for part, _ in inside},
        }
        for client in range(6)
        if (inside := {key for key in means if key[0][1] == client and key[1] == "load"})
    ]  # fmt: skip
    found = attack([cells], DIMENSIONS)
    assert found.exact
    assert found.exact <= found.close
    assert found.narrowest < 0.2


def test_the_firms_are_as_hard_as_they_say() -> None:
    """One end, one person, twins, three missions, comings and goings: all of it happens."""
    hard = lived(1, Manner(same=0.0, skipped=0.0))
    assert set(hard.values.ravel().tolist()) == {0.0}
    some = lived(2, Manner(alone=3, busy=4, come=0.6, stays=1.0))
    people = [len(set(some.person[some.client == c].tolist())) for c in range(9, 12)]
    assert min(people) <= 5
    per_round = Counter(zip(some.person.tolist(), some.round.tolist(), strict=True))
    assert max(per_round.values()) == 3
    first, last = set(some.person[some.round == 0]), set(some.person[some.round == 11])
    assert first - last
    assert last - first
    twin = lived(4, Manner(twin=True, alone=0, busy=0))
    at_first, of_profile = twin.client == 0, twin.profile == 0
    assert (~at_first & of_profile).sum() == 0
    assert 0 < (at_first & ~of_profile).sum() < at_first.sum()
    still = lived(5, Manner(static=True, skipped=0.0))
    key = (still.person * 100 + still.client) * 10 + still.profile
    assert all(len(np.unique(still.values[key == one], axis=0)) == 1 for one in np.unique(key))


def test_the_threshold_of_the_rehearsal_is_the_products() -> None:
    assert family.Rules().people == 5
