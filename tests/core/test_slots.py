"""A slot keeps its weekday and its hour on everybody's wall, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.free_days import countries, is_holiday, regions
from core.slots import NOON, ONE_DAY, Slot, is_quiet, zone_of

ZONES = (
    "Europe/Paris", "America/Martinique", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Kiritimati",
    "America/St_Johns", "Africa/Casablanca", "Australia/Lord_Howe", "UTC",
)  # fmt: skip
HOURS = st.times(min_value=time(7), max_value=time(18)).map(
    lambda hour: hour.replace(second=0, microsecond=0)
)
SLOTS = st.builds(Slot, st.integers(0, 4), HOURS).filter(
    lambda slot: not is_quiet(slot.weekday, slot.at)
)
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2030, 12, 31))


def never(day: date) -> bool:
    return False


@given(slot=SLOTS, day=DAYS, zone=st.sampled_from(ZONES))
def test_same_day_and_hour_each_round(slot: Slot, day: date, zone: str) -> None:
    """Over a year of weeks, both changes of the clocks among them."""
    wall = ZoneInfo(zone)
    first = slot.on_or_after(day)
    for week in range(53):
        moment = slot.next(first + timedelta(weeks=week), wall, after=_ages_ago(), off=never)
        assert moment is not None
        local = moment.astimezone(wall)
        assert (local.weekday(), local.time()) == (slot.weekday, slot.at)


def _ages_ago() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)


@given(
    slot=SLOTS, day=DAYS, zone=st.sampled_from(ZONES),
    off=st.sets(st.integers(0, 20)), later=st.integers(0, 10 * 24),
)  # fmt: skip
def test_it_moves_to_the_next_day_that_fits(
    slot: Slot, day: date, zone: str, off: set[int], later: int
) -> None:
    wall = ZoneInfo(zone)
    days_off = {day + number * ONE_DAY for number in off}
    after = slot.moment(day, wall) + timedelta(hours=later)
    moment = slot.next(day, wall, after=after, off=days_off.__contains__)
    assert moment is not None
    local = moment.astimezone(wall)
    assert local.time() == slot.at
    assert moment >= after
    assert not is_quiet(local.weekday(), local.time())
    assert local.date() not in days_off
    assert slot.fits(moment, wall, off=days_off.__contains__)
    # No earlier day would have done.
    for number in range((local.date() - day).days):
        tried = day + number * ONE_DAY
        assert (
            tried in days_off
            or is_quiet(tried.weekday(), slot.at)
            or slot.moment(tried, wall) < after
        )


@given(slot=SLOTS, moment=MOMENTS)
@pytest.mark.parametrize("zone", ZONES)
def test_a_late_mail_leaves_by_day_only(zone: str, slot: Slot, moment: datetime) -> None:
    wall = ZoneInfo(zone)
    local = moment.astimezone(wall)
    if slot.fits(moment, wall, off=never):
        assert slot.at <= local.time() < time(20)
        assert local.weekday() <= 4
        assert not (local.weekday() == 0 and local.time() < NOON)
        assert not (local.weekday() == 4 and local.time() >= NOON)
        assert not slot.fits(moment, wall, off=lambda day: day == local.date())


def test_no_slot_where_every_day_is_off() -> None:
    slot, paris = Slot(1, time(10)), ZoneInfo("Europe/Paris")
    assert slot.next(date(2026, 11, 24), paris, after=_ages_ago(), off=lambda day: True) is None


def test_a_zone_that_is_not_known_is_the_firms() -> None:
    assert zone_of("Mars/Olympus") == zone_of("../etc") == ZoneInfo("Europe/Paris")
    assert zone_of("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


FRENCH_2026 = {
    date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
    date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
    date(2026, 12, 25),
}  # fmt: skip


def test_french_holidays_of_a_year() -> None:
    """Those of the Labour Code, movable ones included."""
    days = [date(2026, 1, 1) + number * ONE_DAY for number in range(365)]
    assert {day for day in days if is_holiday(day, "FR")} == FRENCH_2026
    more = {day for day in days if is_holiday(day, "FR", "57")} - FRENCH_2026
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}


def test_what_is_not_known_has_no_holiday_of_its_own() -> None:
    christmas = date(2026, 12, 25)
    assert not is_holiday(christmas, "XX")
    assert is_holiday(christmas, "FR", "not a region")
    assert ("FR", "France") in countries()
    assert regions("XX") == []
