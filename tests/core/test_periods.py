"""The firm's calendar over the nights and days on which clocks and years turn."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Calendar, Weekly

PARIS = ZoneInfo("Europe/Paris")
# Both turns of the clock of each year, as the European Union's rule has them.
NIGHTS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31),
          date(2028, 3, 26), date(2028, 10, 29)]  # fmt: skip


def calendar(
    first: date = date(2026, 1, 6), *, cadence: int = 28, days: int = 14, hour: int = 10
) -> Calendar:
    return Calendar(first, cadence, days, time(hour), PARIS)


@pytest.mark.parametrize("night", NIGHTS)
def test_the_hour_on_the_wall_stays_the_same_over_a_turn_of_the_clock(night: date) -> None:
    opens, closes = calendar().window(night - timedelta(days=5))
    assert opens.hour == closes.hour == 10
    assert opens.utcoffset() != closes.utcoffset()
    passed = closes.astimezone(UTC) - opens.astimezone(UTC)
    assert passed - timedelta(days=14) in (timedelta(hours=1), timedelta(hours=-1))


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("hour", [0, 2, 3, 23])
def test_a_round_that_opens_in_that_night_closes_after_it_opens(night: date, hour: int) -> None:
    """2:00 comes twice, or never: the window is one all the same."""
    for cadence, days in ((28, 14), (2, 1)):
        opens, closes = calendar(cadence=cadence, days=days, hour=hour).window(night)
        assert closes.astimezone(UTC) > opens.astimezone(UTC)
        assert opens.astimezone(UTC).astimezone(PARIS).date() == night


def test_a_leap_day_is_a_day() -> None:
    opens, closes = calendar().window(date(2028, 2, 15))
    assert closes.date() == date(2028, 2, 29)
    assert calendar(date(2028, 2, 1)).round_starts(after=None, until=date(2028, 2, 29)) == [
        date(2028, 2, 1),
        date(2028, 2, 29),
    ]
    assert opens < closes


def test_a_year_ends_inside_a_round() -> None:
    opens, closes = calendar().window(date(2026, 12, 22))
    assert (opens.year, closes.year) == (2026, 2027)


def test_a_round_is_never_longer_than_the_cadence_less_a_day() -> None:
    opens, closes = calendar(cadence=14, days=14).window(date(2026, 6, 2))
    assert closes - opens == timedelta(days=13)


def test_rounds_begin_with_the_first_and_go_on_from_the_last() -> None:
    found = calendar(date(2026, 3, 3)).round_starts(after=date(2026, 2, 3), until=date(2026, 4, 1))
    assert found == [date(2026, 3, 3), date(2026, 3, 31)]
    # A change of cadence goes on from what was made.
    faster = calendar(date(2026, 3, 3), cadence=14)
    found = faster.round_starts(after=date(2026, 3, 31), until=date(2026, 4, 30))
    assert found == [date(2026, 4, 14), date(2026, 4, 28)]
    assert calendar(date(2026, 3, 3)).round_starts(after=None, until=date(2026, 3, 2)) == []


@given(
    first=st.dates(date(2025, 1, 1), date(2030, 1, 1)),
    cadence=st.integers(2, 84),
    days=st.integers(1, 60),
    hour=st.integers(0, 23),
)
def test_rounds_never_overlap_and_never_move(
    first: date, cadence: int, days: int, hour: int
) -> None:
    made = Calendar(first, cadence, days, time(hour), PARIS)
    starts = made.round_starts(after=None, until=first + timedelta(days=400))
    windows = [tuple(moment.astimezone(UTC) for moment in made.window(start)) for start in starts]
    for (opens, closes), (following, _) in pairwise(windows):
        assert opens < closes < following
    # Made in two goes or in one: the same days.
    half = starts[len(starts) // 2]
    rest = made.round_starts(after=half, until=first + timedelta(days=400))
    assert starts[: len(starts) // 2 + 1] + rest == starts


def test_moments_are_aware() -> None:
    opens, closes = calendar().window(date(2026, 6, 2))
    assert opens.tzinfo is closes.tzinfo is PARIS
    assert opens == datetime(2026, 6, 2, 8, tzinfo=UTC)


# --- a weekly mail ---------------------------------------------------------------------------

TUESDAYS = Weekly(1, time(11))
ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "America/Martinique", "Asia/Tokyo")]


def minutes(first: date, days: int) -> list[datetime]:
    """Every ten minutes of these days."""
    start = datetime.combine(first, time(0), UTC)
    return [start + timedelta(minutes=10 * n) for n in range(days * 144)]


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_one_day_a_week_over_a_turn_of_the_clock(night: date, zone: ZoneInfo) -> None:
    """Fourteen days around it: two Tuesdays, each from eleven to eight on the reader's wall."""
    found: dict[date, list[datetime]] = {}
    for moment in minutes(night - timedelta(days=6), 14):
        day = TUESDAYS.day(moment, zone)
        if day is not None:
            found.setdefault(day, []).append(moment.astimezone(zone))
    assert [day.weekday() for day in found] == [1, 1]
    for day, moments in found.items():
        first, last = moments[0], moments[-1]
        assert (first.date(), first.time()) == (day, time(11))
        assert (last.date(), last.time()) == (day + timedelta(days=3), time(19, 50))
        assert {one.hour for one in moments} == set(range(11, 20))


@pytest.mark.parametrize("weekday", range(5))
def test_four_working_days_and_never_a_week_end(weekday: int) -> None:
    noon = [datetime(2026, 11, 2, 12, tzinfo=PARIS) + timedelta(days=n) for n in range(28)]
    by_day: dict[date, list[date]] = {}
    for moment in noon:
        day = Weekly(weekday, time(9)).day(moment, PARIS)
        if day is not None:
            by_day.setdefault(day, []).append(moment.date())
    for day, days in list(by_day.items())[1:-1]:
        assert day.weekday() == weekday
        assert days[0] == day
        assert len(days) == 4
        assert all(one.weekday() < 5 for one in days)


@given(st.integers(0, 3 * 365 * 24 * 60))
def test_the_day_is_the_last_one_of_its_name(minute: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    day = TUESDAYS.day(moment, PARIS)
    if day is not None:
        assert timedelta(0) <= moment.astimezone(PARIS).date() - day <= timedelta(days=3)
