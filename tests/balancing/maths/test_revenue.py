"""Revenue of a period, its shares, and what-if on it: sums balance and unknown is never zero."""

import doctest
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths import revenue as maths
from balancing.maths.portfolio import Hypotheses, Portfolio, Span, outcome
from balancing.maths.revenue import Money, Payer, between, covers, money, months, tells_of_one
from tests.balancing.maths.test_portfolio import cases

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
WORDS = st.sampled_from(["virtuous", "on_the_way", "too_early", "at_risk"])


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(maths).failed == 0


@given(DAYS, st.integers(0, 500))
def test_every_day_lies_in_one_month(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    found = months(first, last)
    lengths = {
        month: ((month + timedelta(days=32)).replace(day=1) - month).days for month in found
    }
    assert sum(found[month] * lengths[month] for month in found) == pytest.approx(more + 1)
    assert all(0 < part <= 1 for part in found.values())
    assert all(month.day == 1 for month in found)


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_two_periods_side_by_side_earn_what_both_do(first: date, one: int, two: int) -> None:
    middle = first + timedelta(days=one)
    last = middle + timedelta(days=two + 1)
    amounts = {month: 100.0 + month.month for month in months(first, last)}
    parts = [between(amounts, first, middle), between(amounts, middle + timedelta(days=1), last)]
    assert sum(part or 0 for part in parts) == pytest.approx(between(amounts, first, last))


@given(DAYS, st.integers(0, 400), st.data())
def test_one_month_that_is_missing_makes_the_whole_unknown(
    first: date, more: int, data: st.DataObject
) -> None:
    last = first + timedelta(days=more)
    amounts = dict.fromkeys(months(first, last), 0.0)
    assert between(amounts, first, last) == 0.0
    del amounts[data.draw(st.sampled_from(sorted(amounts)))]
    assert between(amounts, first, last) is None


def test_bad_input_the_last_day_before_the_first() -> None:
    with pytest.raises(ValueError, match="last day"):
        months(date(2026, 1, 2), date(2026, 1, 1))


@st.composite
def payers(draw: st.DrawFn) -> list[Payer]:
    amounts = st.sampled_from([None, 0.0, 5.0, 10.0, 20.0])
    row = st.builds(Payer, WORDS, st.sampled_from([1.0, 4.0, 30.0]), amounts, st.booleans())
    return draw(st.lists(row, max_size=7))


@given(payers())
def test_what_is_left_of_a_told_share_is_of_two_that_pay_at_least(rows: list[Payer]) -> None:
    """The reader's view: sums by status of days and revenue, less all that is their own. Whatever
    single client without a name one thinks of, no status holds its days or its revenue alone, and
    that it pays nothing does not say where it is."""
    if tells_of_one(rows):
        return
    unnamed = [one for one in rows if one.hidden]
    left: dict[str, float] = {}
    for one in unnamed:
        left[one.status] = left.get(one.status, 0.0) + (one.paid or 0.0)
    assert all(left.values()), "days of the others without revenue are those of who pays nothing"
    for one in unnamed:
        others = [row for row in unnamed if row is not one and row.status == one.status]
        assert left[one.status] > (one.paid or 0.0)
        assert any(row.paid for row in others)


@given(payers())
def test_one_who_reads_everything_is_told_of_nobody_hidden(rows: list[Payer]) -> None:
    read = [Payer(one.status, one.days, one.paid) for one in rows]
    assert not tells_of_one(read)


def test_days_and_revenue_together_name_nobody_that_days_alone_hide() -> None:
    """A, B and C have the days of D: by days alone nobody can say which of the two is at risk. D
    is known to pay twice what they do; beside the revenue of D alone it would be known."""
    risky = Payer("at_risk", 30, 60.0, hidden=True)
    others = [Payer("virtuous", 10, 10.0, hidden=True) for _each in range(3)]
    own = Payer("virtuous", 20, 20.0)
    assert tells_of_one([own, *others, risky])
    second = Payer("at_risk", 5, 5.0, hidden=True)
    assert not tells_of_one([own, *others, risky, second])


@pytest.mark.parametrize(("days", "covered"), [(90.0, True), (89.9, False)])
def test_shares_need_nine_tenths_of_the_days(days: float, covered: bool) -> None:
    rows = [Payer("virtuous", days, 0.0), Payer("at_risk", 100 - days, None)]
    assert covers(rows) is covered


# --- what if ---------------------------------------------------------------------------------

Case = tuple[Portfolio, Hypotheses]


@st.composite
def priced(draw: st.DrawFn) -> tuple[Case, np.ndarray, Span]:
    made, tried = draw(cases())
    worked = made.days.sum(axis=1)
    some = st.sampled_from([np.nan, 0.0, 500.0, 1250.0])
    paid = np.array(draw(st.lists(some, min_size=len(worked), max_size=len(worked))))
    low, more = draw(st.sampled_from([0.0, 300.0])), draw(st.sampled_from([0.0, 900.0]))
    return (made, tried), np.where(worked > 0, paid, 0.0), Span(low, low + more)


def earned(case: Case, paid: np.ndarray, brings: Span) -> Money:
    found = outcome(*case, target=0.5)
    return money(paid, case[0].days, (found.kept, found.growth), brings)


@given(priced())
def test_revenue_balances(drawn: tuple[Case, np.ndarray, Span]) -> None:
    """Before = kept + given up; given up and not made good by what is added is to be found."""
    (made, tried), paid, brings = drawn
    told = earned((made, tried), paid, brings)
    if told.given_up is None:
        assert np.isnan(paid[told.lacks]).all()
        assert told.to_find is told.beyond is told.kept is None
        return
    assert told.to_find is not None
    assert told.beyond is not None
    assert told.given_up >= -1e-6
    assert (told.before is None) == (told.kept is None) == bool(np.isnan(paid).any())
    if told.before is not None:
        assert told.before == pytest.approx(np.nansum(paid))
        assert told.kept is not None
        assert told.kept + told.given_up == pytest.approx(told.before)
    for added, to_find, beyond in (
        (brings.low, told.to_find.high, told.beyond.low),
        (most_added(drawn), told.to_find.low, told.beyond.high),
    ):
        assert to_find - beyond == pytest.approx(told.given_up - added)
        assert to_find == 0 or beyond == 0


def most_added(drawn: tuple[Case, np.ndarray, Span]) -> float:
    """Client by client: what its growth would pay at its own price a day, and what may come."""
    (made, tried), paid, brings = drawn
    growth = outcome(made, tried, target=0.5).growth.sum(axis=1)
    days = made.days.sum(axis=1)
    grown = [
        paid[at] / days[at] * growth[at] for at in range(len(days)) if days[at] and growth[at]
    ]
    return float(sum(grown)) + brings.high


@given(priced())
def test_no_mix_of_growth_lies_outside_the_range(drawn: tuple[Case, np.ndarray, Span]) -> None:
    case, paid, brings = drawn
    told = earned(case, paid, brings)
    if told.given_up is None or told.to_find is None:
        return
    growth = outcome(*case, target=0.5).growth.sum(axis=1)
    days = case[0].days.sum(axis=1)
    for grows in product((0.0, 1.0), repeat=len(days)):
        added = sum(
            paid[at] / days[at] * growth[at] * grows[at]
            for at in range(len(days))
            if days[at] and growth[at]
        )
        for came in (brings.low, brings.high):
            to_find = max(told.given_up - added - came, 0.0)
            assert told.to_find.low - 1e-6 <= to_find <= told.to_find.high + 1e-6


@given(priced())
def test_what_is_not_known_is_never_counted_as_nothing(
    drawn: tuple[Case, np.ndarray, Span],
) -> None:
    """Whatever an unknown client pays, what is told stays right."""
    case, paid, brings = drawn
    told = earned(case, paid, brings)
    if told.given_up is None:
        return
    for guess in (0.0, 10_000.0):
        full = earned(case, np.where(np.isnan(paid), guess, paid), brings)
        assert full.given_up == pytest.approx(told.given_up)
        assert span(full.to_find) == pytest.approx(span(told.to_find))


def span(found: Any) -> list[float]:
    return [found.low, found.high]
