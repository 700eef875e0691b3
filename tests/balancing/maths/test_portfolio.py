"""What-if on a portfolio: the sums balance, and nothing that may come lies outside its range."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancing.maths.portfolio import (
    STATUSES,
    STEP_UP,
    Hypotheses,
    Opportunity,
    Outcome,
    Portfolio,
    Span,
    expected,
    extreme_mean,
    outcome,
)
from balancing.maths.status import whole_percents

UNKNOWN = np.full(3, np.nan)
V, E, T, R = range(4)


def figure(score: float, margin: float = 5.0) -> np.ndarray:
    return np.array([score - margin, score, score + margin], dtype=float)


def firm(days: Any, status: list[int], *, clients: Any = None, profiles: Any = None) -> Portfolio:
    table = np.array(days, dtype=float)
    n, p = table.shape
    return Portfolio(
        table,
        np.array(status),
        np.array(clients if clients is not None else [figure(60)] * n),
        np.arange(n),
        np.array(profiles if profiles is not None else [figure(62)] * p),
        figure(62, 2),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Portfolio, Hypotheses]:
    """Small portfolios, some figures withheld, with everything that may be tried."""
    n, p = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    some = st.sampled_from([0.0, 1.0, 10.0, 37.5, 220.0])
    seen = st.sampled_from([UNKNOWN, figure(40), figure(70, 10)])
    part, growth = st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([0.0, 0.25, 0.5])
    days = np.array(draw(st.lists(some, min_size=n * p, max_size=n * p))).reshape(n, p)
    made = Portfolio(
        days,
        np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))),
        np.array(draw(st.lists(seen, min_size=n, max_size=n))),
        np.arange(n),
        np.array(draw(st.lists(seen, min_size=p, max_size=p))),
        figure(62, 2),
    )
    brings = draw(
        st.lists(
            st.tuples(st.sampled_from([0.0, 20.0]), st.sampled_from([0.0, 15.0]),
                      st.integers(0, p - 1), st.integers(0, 3)),
            max_size=2,
        )
    )  # fmt: skip
    tried = Hypotheses(
        np.array(draw(st.lists(part, min_size=n, max_size=n))),
        np.array(draw(st.lists(growth, min_size=n, max_size=n))),
        np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))),
        np.array(draw(st.lists(part, min_size=p, max_size=p))),
        np.array(draw(st.lists(growth, min_size=p, max_size=p))),
        tuple(
            Opportunity(Span(low, low + more), profile, status, (30.0, 50.0, 90.0))
            for low, more, profile, status in brings
        ),
    )
    return made, tried


@given(cases())
def test_the_days_balance(case: tuple[Portfolio, Hypotheses]) -> None:
    """Before = kept + given up; what is given up is made good by what is added, or to be found;
    what is added beyond it needs more people."""
    made, tried = case
    found = outcome(made, tried, target=0.5)
    before = made.days.sum()
    assert found.before == pytest.approx(before)
    assert found.kept.sum() + found.given_up == pytest.approx(before)
    # The most is found where the least is added, and the other way round.
    for added, to_find, beyond in (
        (found.added.low, found.to_find.high, found.beyond.low),
        (found.added.high, found.to_find.low, found.beyond.high),
    ):
        assert found.kept.sum() + added + to_find - beyond == pytest.approx(before)
        assert to_find == 0 or beyond == 0
    assert found.total.low == pytest.approx(found.kept.sum() + found.added.low)
    assert found.total.high == pytest.approx(before + found.beyond.high)
    assert found.total.low <= found.total.high + 1e-9


@given(cases())
def test_shares_sum_to_the_whole(case: tuple[Portfolio, Hypotheses]) -> None:
    found = outcome(*case, target=0.5)
    for shares in (found.now, found.worst, found.best, found.profiles_now):
        if shares is not None:
            assert sum(shares) == pytest.approx(1)
            assert sum(whole_percents(list(shares))) == 100


@given(cases())
def test_no_mix_of_successes_lies_outside_the_ranges(
    case: tuple[Portfolio, Hypotheses],
) -> None:
    """Every corner: each growth, renegotiation and opportunity comes, or does not."""
    made, tried = case
    found = outcome(made, tried, target=0.5)
    n = len(made.status)
    cells = expected(made)
    for succeeds in product((False, True), repeat=n):
        for grows in product((0.0, 1.0), repeat=n):
            days = found.kept + found.growth * np.array(grows)[:, None]
            moved = tried.improves & np.array(succeeds)
            status = np.where(moved, STEP_UP[made.status], made.status)
            total = days.sum() + sum(one.days.low for one in tried.brings)
            if not total:
                continue
            low = [(one.status, one.days.low, one.figure[1]) for one in tried.brings]
            virtuous = days.sum(axis=1)[status == V].sum() + sum(d for s, d, _ in low if s == V)
            assert found.worst is not None
            assert found.best is not None
            assert found.worst[V] - 1e-9 <= virtuous / total <= found.best[V] + 1e-9
            assert found.missing is not None
            short = max(total / 2 - virtuous, 0)
            assert found.missing.low - 1e-6 <= short <= found.missing.high + 1e-6
            assert found.well is not None
            mean = (cells[..., 1] * days).sum() + sum(d * score for _, d, score in low)
            assert found.well.least - 1e-6 <= mean / total <= found.well.most + 1e-6


@given(cases(), st.integers(0, 3), st.integers(0, 3))
def test_two_withheld_clients_of_one_size_cannot_be_told_apart(
    case: tuple[Portfolio, Hypotheses], one: int, other: int
) -> None:
    """Whatever is tried with one, the result is the same when it is tried with the other."""
    made, tried = case
    n = len(made.status)
    one, other = one % n, other % n
    days, status = made.days.copy(), made.status.copy()
    days[other], status[other] = days[one], status[one]
    clients = made.clients.copy()
    clients[[one, other]] = UNKNOWN
    same = Portfolio(days, status, clients, made.shared, made.profiles, made.firm)
    order = np.arange(n)
    order[[one, other]] = order[[other, one]]
    swapped = Hypotheses(
        tried.stays[order], tried.grows[order], tried.improves[order],
        tried.lessens, tried.swells, tried.brings,
    )  # fmt: skip
    assert told(outcome(same, tried, target=0.5)) == told(outcome(same, swapped, target=0.5))


def told(found: Outcome) -> list[Any]:
    """Everything that is said of the whole, to a millionth."""
    spans = [found.added, found.to_find, found.beyond, found.total, found.missing]
    said: list[Any] = [found.before, found.given_up]
    said += [value for span in spans if span for value in (span.low, span.high)]
    said += [part for shares in (found.now, found.worst, found.best) for part in shares or ()]
    for well in (found.well_now, found.well):
        said += [well.least, well.most, well.low, well.high] if well else [None]
    return [None if value is None else round(value, 6) for value in said]


def test_nothing_tried_changes_nothing() -> None:
    made = firm([[100, 50], [30, 0], [20, 0]], [V, E, R])
    found = outcome(made, Hypotheses.none(3, 2), target=0.8)
    assert found.now == found.worst == found.best
    assert found.now == (0.75, 0.15, 0.0, 0.1)
    assert (found.given_up, found.added, found.to_find) == (0, Span(0, 0), Span(0, 0))
    assert found.total == Span(200, 200)
    assert found.well == found.well_now
    assert found.missing == Span(pytest.approx(10), pytest.approx(10))


def test_a_renegotiation_takes_one_step_up_or_none() -> None:
    made = firm([[25], [25], [25], [25]], [V, E, T, R])
    tried = Hypotheses.none(4, 1)
    every = Hypotheses(
        tried.stays, tried.grows, np.ones(4, dtype=bool), tried.lessens, tried.swells
    )
    found = outcome(made, every, target=0.5)
    assert found.worst == (0.25, 0.25, 0.25, 0.25)
    # At risk comes on the way, on the way becomes virtuous; too early to say stays so.
    assert found.best == (0.5, 0.25, 0.25, 0.0)


def test_growth_lifts_the_best_where_it_is_virtuous_and_the_worst_where_it_is_not() -> None:
    made = firm([[100], [100]], [V, R])
    none = Hypotheses.none(2, 1)
    grown = Hypotheses(none.stays, np.full(2, 0.5), none.improves, none.lessens, none.swells)
    found = outcome(made, grown, target=0.5)
    assert found.worst == (0.4, 0.0, 0.0, 0.6)
    assert found.best == (0.6, 0.0, 0.0, 0.4)
    assert found.beyond == Span(0, 100)


def test_less_of_a_profile_moves_the_mix_and_what_is_lived() -> None:
    made = firm([[100, 100]], [V], clients=[figure(62)], profiles=[figure(82, 0), figure(42, 0)])
    none = Hypotheses.none(1, 2)
    tried = Hypotheses(
        none.stays, none.grows, none.improves, np.array([0.0, 0.5]), np.array([0.5, 0.0])
    )
    found = outcome(made, tried, target=0.5)
    assert found.given_up == 50
    assert found.profiles_now == (0.5, 0.5)
    assert found.profiles == (Span(pytest.approx(2 / 3), pytest.approx(0.75)),
                              Span(pytest.approx(0.25), pytest.approx(1 / 3)))  # fmt: skip
    assert found.well_now is not None
    assert found.well is not None
    assert found.well_now.least == found.well_now.most == 62
    assert (found.well.least, found.well.most) == (pytest.approx(82 - 40 / 3), 72)


def test_unknown_is_the_firms_and_never_zero() -> None:
    made = firm([[10, 10]], [V], clients=[UNKNOWN], profiles=[figure(50, 4), UNKNOWN])
    cells = expected(made)
    assert cells[0, 0].tolist() == [46, 50, 54]
    assert cells[0, 1].tolist() == [60, 62, 64]


def test_the_margin_of_the_whole_is_that_of_figures_that_err_apart() -> None:
    """Two clients of the same size: 10 points each way in the one, 10 in the other; the profile
    and the firm are exact."""
    exact = figure(62, 0)
    made = firm([[50], [50]], [V, V], clients=[figure(60, 10), figure(70, 10)], profiles=[exact])
    sure = replace(made, firm=exact)
    none = Hypotheses.none(2, 1)
    found = outcome(sure, none, target=0.5).well
    assert found is not None
    assert found.least == 65
    assert (found.low, found.high) == (pytest.approx(65 - 50**0.5), pytest.approx(65 + 50**0.5))
    # One pool for both: they err together.
    pooled = replace(sure, clients=np.array([figure(65, 10)] * 2), shared=np.zeros(2, dtype=int))
    found = outcome(pooled, none, target=0.5).well
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(55), pytest.approx(75))
    # Nothing known but the firm: its own margin, and no more.
    blank = replace(made, clients=np.array([UNKNOWN] * 2), profiles=UNKNOWN[None])
    found = outcome(blank, none, target=0.5).well
    assert found is not None
    assert (found.low, found.least, found.high) == (60, 62, 64)


def test_the_margin_of_one_client_and_profile_is_that_of_the_whole() -> None:
    for client, profile in product((UNKNOWN, figure(50, 8)), (UNKNOWN, figure(66, 6))):
        made = firm([[30]], [V], clients=[client], profiles=[profile])
        found = outcome(made, Hypotheses.none(1, 1), target=0.5).well
        assert found is not None
        assert expected(made)[0, 0].tolist() == pytest.approx([found.low, found.least, found.high])


def test_without_a_figure_of_the_firm_nothing_is_expected() -> None:
    made = Portfolio(
        np.array([[10.0]]),
        np.array([V]),
        figure(60)[None],
        np.arange(1),
        figure(60)[None],
        UNKNOWN,
    )
    found = outcome(made, Hypotheses.none(1, 1), target=0.5)
    assert found.well is None
    assert found.well_now is None
    assert found.now == (1.0, 0.0, 0.0, 0.0)


def test_without_a_day_there_is_no_share() -> None:
    made = firm([[0.0]], [R])
    found = outcome(made, Hypotheses.none(1, 1), target=0.5)
    assert (found.now, found.worst, found.best, found.missing) == (None, None, None, None)
    assert (found.profiles_now, found.profiles, found.well) == (None, None, None)
    # All that there is may be left, and an opportunity may be all there is then.
    left = Hypotheses(
        np.zeros(1), np.zeros(1), np.zeros(1, bool), np.zeros(1), np.zeros(1),
        (Opportunity(Span(0, 40), 0, V, (50.0, 60.0, 70.0)),),
    )  # fmt: skip
    found = outcome(firm([[100.0]], [R]), left, target=0.5)
    assert found.worst is None
    assert found.best == (1.0, 0.0, 0.0, 0.0)
    assert found.to_find == Span(60, 100)
    assert found.missing == Span(0, 0)


def test_weights_at_an_end_give_the_extremes() -> None:
    values, least = np.array([10.0, 20.0, 30.0]), np.array([0.0, 1.0, 0.0])
    assert extreme_mean(values, least, np.array([1.0, 1.0, 3.0])) == Span(15.0, 27.5)
    assert extreme_mean(values, np.zeros(3), np.zeros(3)) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"days": np.array([[-1.0]])}, "Days"),
        ({"days": np.array([[np.inf]])}, "Days"),
        ({"status": np.array([4])}, "STATUSES"),
        ({"status": np.array([-1])}, "STATUSES"),
        ({"status": np.array([0, 1])}, "row for each client"),
        ({"clients": figure(1)}, "row for each client"),
        ({"shared": np.array([0, 1])}, "row for each client"),
        ({"profiles": figure(1)}, "row for each profile"),
        ({"firm": figure(1)[:2]}, "one for the firm"),
    ],
)
def test_bad_input_tables_must_fit(change: dict[str, Any], says: str) -> None:
    good = {"days": np.array([[1.0]]), "status": np.array([0]), "clients": figure(1)[None],
            "shared": np.arange(1), "profiles": figure(1)[None], "firm": figure(1)}  # fmt: skip
    with pytest.raises(ValueError, match=says):
        Portfolio(**(good | change))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stays": np.array([1.2])}, "parts"),
        ({"lessens": np.array([-0.1])}, "parts"),
        ({"grows": np.array([-0.1])}, "Growth"),
        ({"swells": np.array([-0.1])}, "Growth"),
        ({"brings": (Opportunity(Span(5, 4), 0, 0, (0, 0, 0)),)}, "opportunity"),
    ],
)
def test_bad_input_hypotheses_must_make_sense(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {
        "stays": np.ones(1), "grows": np.zeros(1), "improves": np.zeros(1, bool),
        "lessens": np.zeros(1), "swells": np.zeros(1),
    }  # fmt: skip
    with pytest.raises(ValueError, match=says):
        Hypotheses(**(good | change))


def test_statuses_are_the_words_of_first_contact() -> None:
    from clients.models import Result  # noqa: PLC0415 -- the one test that looks up a floor

    assert set(STATUSES) == set(Result.values)


def test_an_empty_firm_has_no_portfolio_and_no_error() -> None:
    nobody = np.zeros(0, int)
    made = Portfolio(
        np.zeros((0, 1)), nobody, np.zeros((0, 3)), nobody, figure(1)[None], figure(1)
    )
    assert outcome(made, Hypotheses.none(0, 1), target=0.5).now is None
