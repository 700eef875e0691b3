"""The rule that gives a client its status."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths import status as rule
from balancing.maths.status import Known, Reason, Rule, status, whole_percents
from clients.models import Result

RANK = {"at_risk": 0, "on_the_way": 1, "virtuous": 2}
GROUPS = ["", "below", "in_line", "above"]


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    values = draw(st.integers(0, 7))
    judged = draw(st.integers(0, values))
    return Known(
        values=values,
        judged=judged,
        seen=draw(st.integers(0, judged)),
        red_line=draw(st.booleans()),
        screening_red_line=draw(st.booleans()),
        well_being=draw(st.sampled_from(GROUPS)),
        asked=draw(st.booleans()),
    )


def test_its_examples_hold() -> None:
    assert doctest.testmod(rule).failed == 0


def test_its_words_are_those_of_a_screening() -> None:
    ours = {rule.VIRTUOUS, rule.ON_THE_WAY, rule.AT_RISK, rule.TOO_EARLY}
    assert ours == set(Result.values)


@pytest.mark.parametrize(
    ("known", "word", "first"),
    [
        (Known(5, 5, 5, well_being="above"), "virtuous", "seen"),
        (Known(5, 5, 4), "virtuous", "seen"),
        (Known(5, 5, 5, well_being="below", asked=True), "on_the_way", "well_being_below"),
        (Known(5, 5, 5, well_being="below"), "at_risk", "no_path"),
        (Known(5, 5, 3, asked=True), "on_the_way", "some_missing"),
        (Known(5, 5, 3), "at_risk", "no_path"),
        (Known(5, 5, 2, asked=True), "at_risk", "few_seen"),
        (Known(5, 2, 2), "too_early", "few_judged"),
        (Known(5, 3, 3), "virtuous", "seen"),
        (Known(5, 2, 2, red_line=True), "at_risk", "red_line"),
        (Known(5, 5, 5, screening_red_line=True), "virtuous", "seen"),
        (Known(screening_red_line=True), "at_risk", "red_line_screening"),
        (Known(well_being="below"), "too_early", "not_judged"),
    ],
)
def test_each_case_has_its_word_and_reason(known: Known, word: str, first: str) -> None:
    found, reasons = status(known)
    assert (found, reasons[0].value) == (word, first)


def test_a_withheld_figure_leaves_the_charter_alone_to_decide_and_says_so() -> None:
    word, reasons = status(Known(5, 5, 4))
    assert word == "virtuous"
    assert Reason.WELL_BEING_WITHHELD in reasons
    assert Reason.WELL_BEING_WITHHELD not in status(Known(5, 5, 4, well_being="in_line"))[1]


def test_the_firm_s_percents_count() -> None:
    known = Known(5, 5, 3)
    assert status(known, Rule(virtuous_from=60, at_risk_under=40))[0] == "virtuous"
    assert status(known, Rule(virtuous_from=100, at_risk_under=100))[0] == "at_risk"


def test_counts_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        Known(values=3, judged=4)


@given(knowns())
def test_there_is_always_a_word_with_a_reason(known: Known) -> None:
    word, reasons = status(known)
    assert word in Result.values
    assert reasons
    assert (word == "on_the_way") <= known.asked
    assert known.red_line <= (word == "at_risk")


@given(knowns())
def test_one_more_value_seen_never_makes_it_worse(known: Known) -> None:
    if known.seen == known.judged or not known.judged:
        return
    more = Known(
        known.values, known.judged, known.seen + 1, known.red_line, known.screening_red_line,
        known.well_being, known.asked,
    )  # fmt: skip
    before, after = status(known)[0], status(more)[0]
    assert RANK.get(after, 3) >= RANK.get(before, 3)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6))
def test_whole_percents_sum_to_a_hundred_and_lie_within_one(parts: list[float]) -> None:
    found, whole = whole_percents(parts), sum(parts)
    assert sum(found) == (100 if whole else 0)
    if whole:
        assert all(
            abs(percent - 100 * part / whole) < 1.000001
            for percent, part in zip(found, parts, strict=True)
        )


def test_a_negative_part_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        whole_percents([2, -1])
