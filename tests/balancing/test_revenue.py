"""Revenue beside statuses: from today's books, by frozen statuses, as far as one may read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from balancing.revenue import RevenueShares, Untold, client_share, revenue_of, revenue_shares
from clients.models import Client, ClientRevenue
from scoring.publication import SystemViewer, Viewer
from surveys.models import Period
from tests import make
from tests.balancing.portfolio import FIRST, kept, period_out, staffed

pytestmark = pytest.mark.django_db
LAST = FIRST + timedelta(weeks=12) - timedelta(days=1)
V, E, T, R = "virtuous", "on_the_way", "too_early", "at_risk"
MONTHS = [date(2026, month, 1) for month in (1, 2, 3)]


def pays(client: Client, amount: float | None, months: list[date] = MONTHS) -> None:
    for month in months:
        ClientRevenue.objects.update_or_create(
            client=client, month=month, defaults={"amount": amount}
        )


def told(viewer: Viewer, period: Period) -> RevenueShares:
    return revenue_shares(viewer=viewer, period=period.pk, first=FIRST, last=LAST)


def firm(*words: str, days: float = 10) -> tuple[Period, list[Client]]:
    """One client of so many days a word."""
    make.firm()
    rows = [make.client(ref=f"{word}{place}") for place, word in enumerate(words)]
    period = period_out()
    kept(period, {row: (word, days) for row, word in zip(rows, words, strict=True)})
    return period, rows


def test_a_period_earns_the_part_of_each_month_that_lies_in_it() -> None:
    _period, [one, other] = firm(V, R)
    pays(one, 3100, [MONTHS[0]])
    pays(one, 280, [MONTHS[1]])
    pays(one, 31, [MONTHS[2]])
    pays(other, 50, MONTHS[1:])
    found = revenue_of(FIRST, LAST)
    # From the sixth of January to the thirtieth of March.
    assert found == {one.pk: pytest.approx(2600 + 280 + 30)}
    assert revenue_of(FIRST, LAST, [other.pk]) == {}
    pays(other, None, MONTHS[:1])
    assert other.pk not in revenue_of(FIRST, LAST), "a month without an amount is not known"
    pays(other, 0, MONTHS[:1])
    assert revenue_of(FIRST, LAST)[other.pk] > 0, "nothing paid is known"


def test_shares_are_whole_sum_to_a_hundred_and_follow_todays_books() -> None:
    period, rows = firm(V, E, R)
    for row in rows:
        pays(row, 100)
    reader = make.person(is_manager=True)
    assert told(reader, period) == RevenueShares(3, 3, Untold.NO, {V: 34, E: 33, T: 0, R: 33})
    pays(rows[2], 800)
    assert told(reader, period).percents == {V: 10, E: 10, T: 0, R: 80}


def test_clients_without_a_day_in_the_period_and_own_products_are_left_out() -> None:
    period, [one, other] = firm(V, R)
    long_ago = make.client()
    for row in (one, other, long_ago):
        pays(row, 100)
    assert told(SystemViewer("test"), period).percents == {V: 50, E: 0, T: 0, R: 50}
    assert told(SystemViewer("test"), period).clients == 2


def test_none_imported_too_few_and_nothing_paid_are_three_things() -> None:
    period, rows = firm(V, E, R)
    reader = make.person(is_manager=True)
    assert told(reader, period) == RevenueShares(0, 0, Untold.NOT_IMPORTED)
    pays(rows[0], None)
    assert told(reader, period).untold == Untold.NOT_IMPORTED
    pays(rows[0], 5, [date(2025, 1, 1)])
    assert told(reader, period) == RevenueShares(0, 3, Untold.TOO_FEW)
    for row in rows[:2]:
        pays(row, 0)
    assert told(reader, period) == RevenueShares(2, 3, Untold.TOO_FEW)
    pays(rows[2], 0)
    assert told(reader, period) == RevenueShares(3, 3, Untold.NOTHING_PAID)


def test_nine_tenths_of_the_days_are_enough() -> None:
    make.firm()
    known, unknown = make.client(), make.client()
    first, second = period_out(), period_out(1)
    kept(first, {known: (V, 90), unknown: (R, 10)})
    kept(second, {known: (V, 89), unknown: (R, 11)})
    pays(known, 5)
    reader = SystemViewer("test")
    assert told(reader, first) == RevenueShares(1, 2, Untold.NO, {V: 100, E: 0, T: 0, R: 0})
    assert told(reader, second).untold == Untold.TOO_FEW


def test_of_one_client_that_one_may_not_read_nothing_is_told() -> None:
    """Beside the days its revenue would say which it is; two of a status hide each other."""
    period, rows = firm(V, V, V, R, R)
    for row in rows:
        pays(row, 100)
    [consultant] = staffed(rows[0])
    stranger = make.person()
    assert told(consultant, period).percents == {V: 60, E: 0, T: 0, R: 40}
    assert told(stranger, period).percents == {V: 60, E: 0, T: 0, R: 40}
    [colleague] = staffed(rows[3])
    assert told(colleague, period).untold == Untold.OF_OTHERS
    assert told(colleague, period).percents == {}
    assert told(make.person(is_referent=True), period).untold == Untold.NO


@pytest.mark.parametrize("amount", [0, None])
def test_one_that_pays_nothing_or_is_unknown_hides_nobody(amount: float | None) -> None:
    period, rows = firm(V, V, R, R, days=10)
    extra = make.client()
    kept_days = {row: (V if row in rows[:2] else R, 45.0) for row in rows}
    second = period_out(1)
    kept(second, {**kept_days, extra: (E, 5.0)})
    for row in rows:
        pays(row, 100)
    pays(extra, amount)
    assert told(make.person(), period).untold == Untold.NO
    assert told(make.person(), second).untold == Untold.OF_OTHERS
    assert told(make.person(is_manager=True), second).untold == Untold.NO


def test_share_of_one_client_for_those_who_read_amounts() -> None:
    period, [one, other] = firm(V, R)
    idle = make.client()
    share = lambda row: client_share(  # noqa: E731 -- said once
        client=row.pk, period=period.pk, first=FIRST, last=LAST
    )
    assert share(one) is None
    pays(one, 100)
    assert share(one) is None, "not known of enough of the others"
    pays(other, 300)
    pays(idle, 50)
    assert share(one) == pytest.approx(25)
    assert share(idle) is None
    pays(one, 0)
    pays(other, 0)
    assert share(one) is None


@pytest.mark.parametrize("clients", [2, 6])
def test_queries_do_not_grow_with_clients(
    clients: int, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    period, rows = firm(*[V] * clients)
    for row in rows:
        pays(row, 100)
    with django_assert_num_queries(4):
        told(SystemViewer("test"), period)
