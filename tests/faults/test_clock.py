"""Rounds open and close once, at the right hour, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from operations.due import run_due
from surveys.models import Period, Round
from tests import make
from tests.house.tables import rows

PARIS = ZoneInfo("Europe/Paris")
# A round opens shortly before each: both turns of the clock, a leap day, the end of a year.
DAYS = {
    "to summer time": date(2026, 3, 24),
    "to winter time": date(2026, 10, 20),
    "leap day": date(2028, 2, 22),
    "year end": date(2026, 12, 29),
}

pytestmark = pytest.mark.django_db


def walk(start: datetime, days: int, *, hours: int = 6) -> None:
    """The job as beat runs it, every few hours."""
    for step in range(days * 24 // hours):
        run_due(now=start + timedelta(hours=hours * step))


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_a_round_opens_and_closes_at_ten_on_the_wall(day: date) -> None:
    make.firm(first_round_on=day)
    walk(datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=1), 18)
    asked = Round.objects.get(opened_at__isnull=False)
    assert asked.starts_on == day
    for moment, on in ((asked.opens_at, day), (asked.closes_at, day + timedelta(days=14))):
        local = moment.astimezone(PARIS)
        assert (local.date(), local.hour, local.minute) == (on, 10, 0)
    assert asked.opens_at <= asked.opened_at < asked.opens_at + timedelta(hours=6)


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_periods_follow_one_another_without_a_gap(day: date) -> None:
    make.firm(first_round_on=day)
    run_due(now=datetime.combine(day, datetime.min.time(), UTC))
    periods = list(Period.objects.order_by("starts_on"))
    starts = list(Round.objects.order_by("starts_on").values_list("starts_on", flat=True))
    assert len(periods) >= 2
    assert starts == [day + timedelta(days=28 * n) for n in range(len(starts))]
    for period in periods:
        assert period.rounds.count() == period.round_count
        assert period.rounds.latest("starts_on").closes_at == period.closes_at


@pytest.mark.parametrize("jump", [timedelta(minutes=-10), timedelta(hours=-1)])
def test_a_clock_set_back_opens_nothing_twice(jump: timedelta) -> None:
    day = DAYS["to winter time"]
    make.firm(first_round_on=day)
    opens = datetime.combine(day, datetime.min.time(), PARIS) + timedelta(hours=10)
    run_due(now=opens)
    before = rows()
    for moment in (opens + jump, opens, opens + timedelta(minutes=1)):
        assert run_due(now=moment) == []
    assert rows() == before


def test_a_clock_that_jumps_over_a_round_never_opens_it_late() -> None:
    """The machine was off for a month: no catch-up, and the next round opens as planned."""
    day = date(2026, 3, 3)
    make.firm(first_round_on=day)
    run_due(now=datetime(2026, 3, 2, 8, tzinfo=UTC))
    run_due(now=datetime(2026, 3, 31, 8, 30, tzinfo=UTC))
    opened = Round.objects.filter(opened_at__isnull=False).values_list("starts_on", flat=True)
    assert list(opened) == [date(2026, 3, 31)]


def test_three_hours_lost_cost_three_hours() -> None:
    day = date(2026, 3, 3)
    make.firm(first_round_on=day)
    opens = datetime(2026, 3, 3, 9, tzinfo=UTC)
    run_due(now=opens - timedelta(minutes=1))
    assert run_due(now=opens + timedelta(hours=3)) == ["rounds opened: round 2026-03-03 opened"]
