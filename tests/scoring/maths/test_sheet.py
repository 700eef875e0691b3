"""Cells gathered side by side are those gathered one dimension at a time, however cut."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring.maths.cells import collapse, group
from scoring.maths.sheet import Pile, fold, sheet

DIMENSIONS = ("load", "growth")
NAN = float("nan")
Line = tuple[int, int, float, float]  # person, round, then an answer by dimension

lines = st.lists(
    st.tuples(
        st.integers(-2, 2), st.integers(10, 12),
        *(st.sampled_from([NAN, 0.0, 12.5, 75.0, 100.0]) for _ in DIMENSIONS),
    ),
    max_size=30,
)  # fmt: skip
numbers = st.one_of(st.integers(-2, 2), st.integers(-(2**62), 2**62))


def of(told: Sequence[Line]) -> dict[str, list[float]]:
    return {name: [line[2 + place] for line in told] for place, name in enumerate(DIMENSIONS)}


def part(told: Sequence[Line]):
    codes = {"person": [line[0] for line in told], "round": [line[1] for line in told]}
    return sheet(codes, of(told), {"odd": [line[0] % 2 for line in told]})


@given(lines, st.lists(st.integers(0, 30), max_size=5))
def test_any_cut_of_the_lines_gives_the_cells_of_each_dimension(
    told: list[Line], cuts: list[int]
) -> None:
    pile = Pile([sheet({"person": [], "round": []}, {})])
    for start, end in pairwise([0, *sorted(cuts), 30]):
        pile.add(part(told[start:end]))
    whole = pile.whole()
    expected = {}
    for name, column in of(told).items():
        there = [(*line[:2], y) for line, y in zip(told, column, strict=True) if y == y]
        if there:
            person, round_, values = zip(*there, strict=True)
            expected[name] = collapse(values, {"person": person, "round": round_})
    assert list(whole) == list(expected)
    assert len(whole) == len(expected)
    for name, cells in whole.items():
        for key, codes in expected[name].factors.items():
            assert cells.factors[key].tolist() == codes.tolist()
        assert cells.n.tolist() == expected[name].n.tolist()
        assert cells.total.tolist() == expected[name].total.tolist()
        assert cells.squares == expected[name].squares
    marked = dict(zip(whole.factors["person"].tolist(), whole.marks["odd"].tolist(), strict=True))
    assert sum(whole.marks["odd"]) == sum(line[0] % 2 for line in told)
    assert all(count == 0 for person, count in marked.items() if person % 2 == 0)


def test_a_dimension_that_nobody_answered_has_no_cells() -> None:
    one = part([(1, 10, NAN, 50.0)])
    assert list(one) == ["growth"]
    assert one.get("load") is None
    with pytest.raises(KeyError):
        one["load"]


def test_what_all_answered_shares_the_factors() -> None:
    """As many copies as dimensions would be most of the memory of a large firm."""
    one = part([(1, 10, 25.0, 50.0), (2, 10, 25.0, NAN)])
    assert np.shares_memory(one["load"].factors["person"], one.factors["person"])
    assert one["growth"].factors["person"].tolist() == [1]


def test_a_pile_is_folded_as_it_grows() -> None:
    """Never many more lines than twice the cells, and no line folded at every step."""
    pile = Pile([sheet({"person": []}, {})])
    folded = 0
    for place in range(64):
        before = pile.parts
        pile.add(sheet({"person": [place % 4]}, {"load": [50.0]}))
        folded += pile.parts is not before
        assert sum(one.lines for one in pile.parts) <= 2 * 4 + 1
    assert folded < 20
    assert pile.whole()["load"].n.tolist() == [16.0] * 4


def test_parts_may_hold_different_dimensions() -> None:
    one, two = sheet({"person": [1]}, {"load": [50.0]}), sheet({"person": [1]}, {"growth": [0.0]})
    both = fold([one, two])
    assert {name: cells.total.tolist() for name, cells in both.items()} == {
        "load": [50.0], "growth": [0.0],
    }  # fmt: skip


@given(st.lists(st.tuples(numbers, numbers, numbers, st.sampled_from([-1.5, 0.0, 2.5]))))
@example([(2**62, -(2**62), 0, 0.0), (-(2**62), 2**62, 0, 0.0)])
@example([(2**62 - 1, 0, 0, 0.0), (2**62, 1, 0, 0.0)])
@example([(2**31 - 1, 0, 2**31 - 1, 0.0), (0, 2**31 - 1, 0, 0.0), (5, 5, 5, 2.5)])
def test_combinations_are_numbered_in_their_order(
    rows: list[tuple[int, int, int, float]],
) -> None:
    keys = [np.array([row[k] for row in rows]) for k in range(4)]
    first, number = group(keys, len(rows))
    distinct = sorted(set(rows))
    assert number.tolist() == [distinct.index(row) for row in rows]
    assert first.tolist() == [rows.index(row) for row in distinct]
