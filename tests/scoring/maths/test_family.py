"""The nested family: everything published, and every remainder, is k people or nobody."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import family
from scoring.maths.family import (
    MERGED,
    ONE_END,
    PEOPLE,
    REMAINDER,
    Pair,
    Part,
    Rules,
    select,
    weak,
    withhold,
)  # fmt: skip

DIMENSIONS = ("load", "meaning")


@st.composite
def firms_of_pairs(draw) -> list[Pair]:
    """Up to 4 units and 10 clients; some people on two clients, some dimensions skipped."""
    rng = Random(draw(st.integers(0, 2**32)))
    units = rng.randint(1, 4)
    clients = {f"c{i}": f"u{rng.randint(1, units)}" for i in range(rng.randint(1, 10))}
    extreme = rng.random() < 0.3
    pairs = []
    for person in range(rng.randint(1, 60)):
        chosen = rng.sample(sorted(clients), min(len(clients), rng.choice((1, 1, 1, 2, 3))))
        for client in chosen:
            low, high = (0, 4) if extreme and client in ("c0", "c1") else (0, 100)
            values = {d: float(rng.randint(low, high)) for d in DIMENSIONS if rng.random() < 0.7}
            if rng.random() < 0.9:
                values["overall"] = float(rng.randint(low, high))
            pairs.append(Pair(person, client, clients[client], values))
    return pairs


def atoms(pairs: list[Pair], cells: list[frozenset[int]]) -> list[frozenset[int]]:
    """Smallest groups that sums and differences of the cells can reach."""
    signatures: dict[tuple[bool, ...], set[int]] = {}
    for i in range(len(pairs)):
        signature = tuple(i in cell for cell in cells)
        if any(signature):
            signatures.setdefault(signature, set()).add(i)
    return [frozenset(group) for group in signatures.values()]


def members(
    pairs: list[Pair], made: family.Family, dimension: str
) -> dict[tuple[str, str], frozenset[int]]:
    return {
        cell.key: frozenset(
            i for i, p in enumerate(pairs) if p.client in cell.clients and dimension in p.values
        )
        for cell in made.cells
        if dimension in cell.people
    }


@settings(max_examples=200, deadline=None)
@given(firms_of_pairs())
def test_every_atom_and_every_remainder_is_safe(pairs: list[Pair]) -> None:
    made = select(pairs, [])
    for dimension in ("overall", *DIMENSIONS):
        cells = members(pairs, made, dimension)
        for group in [*cells.values(), *atoms(pairs, list(cells.values()))]:
            people = {pairs[i].person for i in group}
            assert len(people) >= 5
            tally = family.Tally()
            for i in group:
                tally.add(pairs[i].person, pairs[i].values[dimension])
            assert weak(tally, 5, 20.0) == ""
        # Nested: two cells are apart, equal, or one within the other.
        for one, other in combinations(cells.values(), 2):
            assert not one & other or one <= other or other <= one
        counts = {c.key: c.people[dimension] for c in made.cells if dimension in c.people}
        assert counts == {k: len({pairs[i].person for i in g}) for k, g in cells.items()}


@settings(max_examples=100, deadline=None)
@given(firms_of_pairs(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_plays_no_part(pairs: list[Pair], rng: Random) -> None:
    shuffled = list(pairs)
    rng.shuffle(shuffled)
    parts = [Part(p.person, "p" + p.client[-1], p.values) for p in pairs]
    shuffled_parts = list(parts)
    rng.shuffle(shuffled_parts)
    assert select(pairs, parts) == select(shuffled, shuffled_parts)


@settings(max_examples=100, deadline=None)
@given(firms_of_pairs())
def test_every_client_has_a_home_and_every_figure_a_cause_or_a_cell(pairs: list[Pair]) -> None:
    made = select(pairs, [])
    shown = {(*cell.key, d) for cell in made.cells for d in cell.people}
    for pair in pairs:
        home = made.home[pair.client]
        assert home == ("client", pair.client) or home in (("pool", pair.unit), ("pool", ""))
        for dimension in ("overall", *DIMENSIONS):
            if any(dimension in p.values for p in pairs):
                for kind, ref in (("client", pair.client), ("unit", pair.unit)):
                    assert ((kind, ref, dimension) in shown) != (
                        (kind, ref, dimension) in made.withheld
                    )
    # The overall score of a pool or a cell is shown wherever anybody gave one.
    overall = {c.key for c in made.cells if "overall" in c.people}
    if ("firm", "") in overall:
        for pair in pairs:
            if "overall" in pair.values:
                assert made.home[pair.client] in overall


def firm(**clients: int) -> list[Pair]:
    """One unit per first letter, that many people at each client, 50 for everybody."""
    people = iter(range(10_000))
    return [
        Pair(next(people), name, name[0], {"overall": 50.0})
        for name, size in clients.items()
        for _ in range(size)
    ]


def keys(made: family.Family, dimension: str = "overall") -> list[str]:
    return [f"{c.kind}:{c.ref}" for c in made.cells if dimension in c.people]


@pytest.mark.parametrize(
    ("clients", "shown"),
    [
        # Two small clients make a pool.
        ({"a1": 6, "a2": 3, "a3": 2}, ["firm:", "unit:a", "client:a1", "pool:a"]),
        # A lone small client takes the smallest published one in.
        ({"a1": 6, "a2": 7, "a3": 2}, ["firm:", "unit:a", "client:a2", "pool:a"]),
        # Nobody left to join: the pool is the unit.
        ({"a1": 6, "a2": 3}, ["firm:", "unit:a", "pool:a"]),
        # One client is the unit is the firm: one group under three names.
        ({"a1": 6}, ["firm:", "unit:a", "client:a1"]),
        # A small unit joins the smallest published unit.
        ({"a1": 9, "b1": 6, "c1": 2}, ["firm:", "unit:a", "client:a1", "pool:"]),
        # Two small units are enough together.
        ({"a1": 9, "b1": 3, "c1": 2}, ["firm:", "unit:a", "client:a1", "pool:"]),
        # Not even the firm.
        ({"a1": 2, "b1": 2}, []),
        # Only the firm: both units go together.
        ({"a1": 4, "b1": 4}, ["firm:", "pool:"]),
    ],
)
def test_who_is_shown(clients: dict[str, int], shown: list[str]) -> None:
    assert keys(select(firm(**clients), [])) == shown


def test_ties_go_by_ref() -> None:
    made = select(firm(a1=6, a2=6, a3=2), [])
    assert keys(made) == ["firm:", "unit:a", "client:a2", "pool:a"]
    assert made.withheld[("client", "a1", "overall")] == REMAINDER
    assert made.withheld[("client", "a3", "overall")] == PEOPLE
    assert made.home == {"a1": ("pool", "a"), "a2": ("client", "a2"), "a3": ("pool", "a")}


def test_clients_of_a_merged_unit_go_with_it() -> None:
    made = select(firm(a1=9, b1=6, c1=2), [])
    assert made.withheld[("unit", "b", "overall")] == REMAINDER
    assert made.withheld[("client", "b1", "overall")] == MERGED
    assert made.home["b1"] == made.home["c1"] == ("pool", "")


def test_people_are_counted_once() -> None:
    """Five values of four people are four people."""
    pairs = firm(a1=8, a2=3)
    pairs += [
        Pair("double", "a3", "a", {"overall": 50.0}),
        Pair("double", "a4", "a", {"overall": 50.0}),
    ]
    made = select(pairs, [])
    # a2, a3 and a4 hold 4 people: the smallest published client has to join.
    assert keys(made) == ["firm:", "unit:a", "pool:a"]


def at_one_end(value: float) -> list[Pair]:
    extreme = [Pair(f"x{i}", "a1", "a", {"overall": value}) for i in range(6)]
    return [*extreme, *firm(a2=9, a3=7)]


@pytest.mark.parametrize("value", [0.0, 100.0, 4.0, 96.0])
def test_a_client_of_one_mind_is_merged(value: float) -> None:
    made = select(at_one_end(value), [])
    assert made.withheld[("client", "a1", "overall")] == ONE_END
    assert keys(made) == ["firm:", "unit:a", "client:a2", "pool:a"]


def test_a_little_doubt_is_enough() -> None:
    assert ("client:a1") in keys(select(at_one_end(5.0), []))


def test_raising_k() -> None:
    made = select(firm(a1=9, a2=12, a3=11), [], Rules(people=10))
    assert keys(made) == ["firm:", "unit:a", "client:a2", "pool:a"]


# --- Dimensions ----------------------------------------------------------------------------------


def with_load(sizes: dict[str, tuple[int, int]]) -> list[Pair]:
    """Per client: people with an overall value, and how many of them answered on load too."""
    pairs = []
    for name, (size, answered) in sizes.items():
        for i in range(size):
            values = {"overall": 50.0} | ({"load": 50.0} if i < answered else {})
            pairs.append(Pair(f"{name}-{i}", name, name[0], values))
    return pairs


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        # Nobody of the lacking client answered: nothing is left to subtract.
        ({"a1": (6, 6), "a2": (6, 0)}, ["firm:", "unit:a", "client:a1"]),
        # Two are left over: the smallest sibling loses it too.
        ({"a1": (9, 9), "a2": (7, 7), "a3": (6, 2)}, ["firm:", "unit:a", "client:a1"]),
        # Two lacking cells hold enough together.
        ({"a1": (9, 9), "a2": (7, 3), "a3": (6, 2)}, ["firm:", "unit:a", "client:a1"]),
        # None left, but the parent has enough.
        ({"a1": (9, 4), "a2": (7, 4)}, ["firm:", "unit:a"]),
        # The parent has not enough: the unit beside it loses it, with all within.
        ({"a1": (9, 2), "b1": (9, 9), "b2": (8, 8), "c1": (9, 9), "c2": (9, 9)},
         ["firm:", "unit:c", "client:c1", "client:c2"]),
        ({"a1": (9, 2), "b1": (9, 2)}, []),
    ],
)  # fmt: skip
def test_where_a_dimension_is_shown(sizes: dict[str, tuple[int, int]], shown: list[str]) -> None:
    made = select(with_load(sizes), [])
    assert keys(made, "load") == shown
    assert {f"client:{name}" for name in sizes} <= set(keys(made))


def test_a_rotating_dimension_is_for_the_firm_and_profiles() -> None:
    pairs = with_load({"a1": (9, 9), "b1": (9, 9)})
    parts = [Part(p.person, "build", p.values) for p in pairs]
    made = select(pairs, parts, Rules(rotating=frozenset({"load"})))
    assert keys(made, "load") == ["firm:", "profile:build"]
    assert not [key for key in made.withheld if key[2] == "load"]


def test_answers_without_an_overall_value_count_for_their_dimension() -> None:
    pairs = [Pair(f"q{i}", "a2", "a", {"load": 50.0}) for i in range(6)]
    made = select([*with_load({"a1": (6, 6)}), *pairs], [])
    assert keys(made) == ["firm:", "unit:a", "client:a1"]
    assert keys(made, "load") == ["firm:", "unit:a", "client:a1", "pool:a"]


# --- Profiles ------------------------------------------------------------------------------------


def profiles(**sizes: int) -> list[Part]:
    people = iter(range(10_000))
    return [Part(next(people), p, {"overall": 50.0}) for p, n in sizes.items() for _ in range(n)]


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"p": 8, "q": 12}, ["p", "q"]),
        ({"p": 7, "q": 13}, ["q"]),
        # Four are left over: the smallest goes with them.
        ({"p": 4, "q": 8, "r": 8}, ["r"]),
        ({"p": 20}, ["p"]),
    ],
)
def test_profiles_from_eight_people(sizes: dict[str, int], shown: list[str]) -> None:
    made = select(firm(a1=20), profiles(**sizes))
    assert [c.ref for c in made.cells if c.kind == "profile"] == shown
    assert {ref for kind, ref, _ in made.withheld if kind == "profile"} == set(sizes) - set(shown)


def test_no_profile_where_the_firm_has_nothing() -> None:
    assert select(firm(a1=4), profiles(p=9)).cells == ()


def test_an_empty_period() -> None:
    made = select([], [])
    assert made.cells == ()
    assert made.withheld == {("firm", "", "overall"): PEOPLE}


# --- After the audit -----------------------------------------------------------------------------


def test_withholding_what_an_audit_objects_to() -> None:
    made = select(with_load({"a1": (9, 9), "a2": (9, 9)}), [])
    key = ("client", "a1")
    less = withhold(made, [(key, "load")], "audit")
    assert "client:a1" not in keys(less, "load")
    assert "client:a1" in keys(less)
    assert less.withheld[(*key, "load")] == "audit"
    none = withhold(less, [(key, "overall")], "audit")
    assert key not in {cell.key for cell in none.cells}
    assert none.home == made.home


def test_a_higher_threshold_holds_for_profiles_too() -> None:
    made = select(firm(a1=21), profiles(p=9, q=12), Rules(people=10))
    assert [c.ref for c in made.cells if c.kind == "profile"] == []
    made = select(firm(a1=23), profiles(p=11, q=12), Rules(people=10))
    assert [c.ref for c in made.cells if c.kind == "profile"] == ["p", "q"]
