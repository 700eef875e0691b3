"""Pauses: no round opens in one, a period keeps its rounds, and all of it can be taken back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from core import periods
from core.periods import Calendar
from surveys import pauses
from surveys.calendar import make_ahead, open_due
from surveys.models import Pause, Period, Round
from tests import make

TUESDAY = date(2026, 6, 2)
AUGUST = (date(2026, 8, 1), date(2026, 8, 31))
NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
ZONES = ["Europe/Paris", "America/Martinique", "Asia/Tokyo", "Pacific/Auckland"]


@pytest.fixture
def actor(db: None) -> User:
    make.firm(first_round_on=TUESDAY, consulted_on=TUESDAY)
    return make.person(is_administrator=True)


def pause(first: date, last: date, *, yearly: bool = False) -> Pause:
    return Pause(starts_on=first, ends_on=last, yearly=yearly)


def starts() -> list[date]:
    return list(Round.objects.values_list("starts_on", flat=True))


# --- arithmetic ------------------------------------------------------------------------------

spans = st.builds(
    lambda first, days, yearly: periods.Pause(first, first + timedelta(days=days), yearly),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.integers(0, 91),
    st.booleans(),
)


@given(
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    weeks=st.sampled_from([1, 2, 4]),
    days=st.integers(2, 27),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
    found=st.lists(spans, max_size=2),
)
def test_rounds_never_open_in_a_pause_nor_overlap(
    first: date, weeks: int, days: int, hour: int, zone: str, found: list[periods.Pause]
) -> None:
    calendar = Calendar(first, 7 * weeks, days, time(hour, 30), ZoneInfo(zone), tuple(found))
    starts = calendar.round_starts(after=None, until=first + timedelta(days=730))
    assert not any(pause.covers(day) for day in starts for pause in found)
    # The day of the week stays, and two rounds are never nearer than the cadence.
    assert {day.weekday() for day in starts} <= {first.weekday()}
    assert all(b - a >= timedelta(weeks=weeks) for a, b in pairwise(starts))
    windows = [tuple(one.astimezone(UTC) for one in calendar.window(day)) for day in starts]
    for (opens, closes), (following, _close) in pairwise(windows):
        assert opens < closes < following
    # A day too early or too late: without the pause it would have opened at the cadence.
    for a, b in pairwise(starts):
        skipped = (a + timedelta(weeks=weeks + n) for n in range((b - a).days // 7 - weeks))
        assert all(calendar.is_paused(day) for day in skipped)


@given(spans, st.dates(date(2026, 1, 1), date(2031, 12, 31)))
def test_a_yearly_pause_comes_back_on_the_same_days(span: periods.Pause, day: date) -> None:
    """Compared with every year's own dates, written out."""
    by_year = [span.in_year(year) for year in range(span.first.year, 2033)]
    wanted = by_year if span.yearly else by_year[:1]
    if not span.yearly:
        wanted = [(span.first, span.last)]
    assert span.covers(day) == any(first <= day <= last for first, last in wanted)


def test_a_leap_day_stands_for_the_last_of_february() -> None:
    span = periods.Pause(date(2028, 2, 29), date(2028, 2, 29), yearly=True)
    assert span.covers(date(2029, 2, 28))
    assert not span.covers(date(2029, 3, 1))
    assert span.in_year(2032) == (date(2032, 2, 29), date(2032, 2, 29))


def test_a_year_of_pauses_does_not_search_for_ever() -> None:
    always = periods.Pause(date(2000, 1, 1), date(2099, 12, 31))
    calendar = Calendar(TUESDAY, 28, 14, time(10), ZoneInfo("UTC"), (always,))
    assert calendar.free(TUESDAY) == TUESDAY + timedelta(weeks=78)


# --- rounds ----------------------------------------------------------------------------------


def test_a_round_waits_for_the_week_after_the_pause(actor: User) -> None:
    make_ahead(now=NOW)
    # Asked on 2 and 30 June, 28 July; then 25 August, which is in the pause.
    assert starts()[3] == date(2026, 8, 25)
    pauses.add_pause(pause=pause(*AUGUST), actor=actor, now=NOW)
    make_ahead(now=NOW)
    assert starts()[2:5] == [date(2026, 7, 28), date(2026, 9, 1), date(2026, 9, 29)]
    assert all(period.rounds.count() == 3 for period in Period.objects.all())
    assert make_ahead(now=NOW) == ""


def test_a_pause_counts_at_once_for_the_period_in_progress(actor: User) -> None:
    make_ahead(now=NOW)
    first = Period.objects.get(starts_on=TUESDAY)
    pauses.add_pause(pause=pause(date(2026, 6, 20), date(2026, 7, 10)), actor=actor, now=NOW)
    make_ahead(now=NOW)
    first.refresh_from_db()
    assert [row.starts_on for row in first.rounds.all()] == [
        TUESDAY,
        date(2026, 7, 14),
        date(2026, 8, 11),
    ]
    last = first.rounds.last()
    assert (first.closes_at, first.last_round_on) == (last.closes_at, last.starts_on)


def test_a_pause_taken_away_brings_the_days_back(actor: User) -> None:
    make_ahead(now=NOW)
    before = list(Round.objects.values_list("starts_on", "opens_at", "closes_at"))
    kept = pauses.add_pause(
        pause=pause(date(2026, 6, 20), date(2026, 8, 31)), actor=actor, now=NOW
    )
    make_ahead(now=NOW)
    assert starts() != [row[0] for row in before]
    assert pauses.remove_pause(pause=kept, actor=actor, now=NOW)
    make_ahead(now=NOW)
    assert list(Round.objects.values_list("starts_on", "opens_at", "closes_at")) == before
    assert not pauses.remove_pause(pause=kept, actor=actor, now=NOW)
    acts = AuditEntry.objects.order_by("pk").values_list("action", "object_kind")
    assert list(acts) == [("create", "pause"), ("remove", "pause")]


def test_a_changed_cadence_leaves_what_a_pause_moves_to_the_old_one(actor: User) -> None:
    make_ahead(now=NOW)
    make.firm(first_round_on=TUESDAY, cadence_weeks=1, open_days=5, rounds_per_period=12)
    pauses.add_pause(pause=pause(date(2026, 6, 20), date(2026, 7, 10)), actor=actor, now=NOW)
    make_ahead(now=NOW)
    assert starts()[:5] == [
        TUESDAY,
        date(2026, 7, 14),
        date(2026, 8, 11),
        # Once the round of August has closed: weekly from here on.
        date(2026, 9, 1),
        date(2026, 9, 8),
    ]


def test_a_period_of_unknown_calendar_is_left_as_it_is(actor: User) -> None:
    make_ahead(now=NOW)
    Period.objects.filter(starts_on=TUESDAY).update(cadence_weeks=None)
    before = starts()[:3]
    pauses.add_pause(pause=pause(date(2026, 6, 20), date(2026, 7, 10)), actor=actor, now=NOW)
    make_ahead(now=NOW)
    assert starts()[:3] == before


def test_nothing_opens_on_a_day_that_has_become_a_pause(actor: User) -> None:
    """Entered an hour before the round was due to open: it does not."""
    make_ahead(now=NOW)
    row = Round.objects.all()[1]
    Pause.objects.create(starts_on=row.starts_on, ends_on=row.starts_on)
    assert open_due(now=row.opens_at + timedelta(hours=1)) == ""
    after = row.opens_at + timedelta(days=1)
    assert open_due(now=after) == f"round {row.starts_on} opened"


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((date(2026, 8, 31), date(2026, 8, 1), False), "ends_on"),
        ((date(2026, 8, 1), date(2026, 11, 1), False), "ends_on"),
        ((date(2026, 5, 1), date(2026, 5, 31), False), "ends_on"),
        ((date(2030, 8, 1), date(2030, 8, 31), False), "starts_on"),
        ((date(1, 1, 1), date(1, 1, 2), True), "starts_on"),
        ((date(9999, 12, 30), date(9999, 12, 31), True), "starts_on"),
    ],
    ids=["backwards", "too long", "over", "too far", "year 1", "year 9999"],
)
def test_bad_input_pause(actor: User, typed: tuple[date, date, bool], field: str) -> None:
    first, last, yearly = typed
    with pytest.raises(ValidationError) as refused:
        pauses.add_pause(pause=pause(first, last, yearly=yearly), actor=actor, now=NOW)
    assert list(refused.value.message_dict) == [field]
    assert not Pause.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_yearly_pause_of_last_year_is_not_over(actor: User) -> None:
    pauses.add_pause(
        pause=pause(date(2025, 8, 1), date(2025, 8, 31), yearly=True), actor=actor, now=NOW
    )
    make_ahead(now=NOW)
    assert not any(day.month == 8 for day in starts())


@pytest.mark.parametrize("yearly", [False, True])
def test_two_pauses_do_not_share_a_day(actor: User, yearly: bool) -> None:
    pauses.add_pause(pause=pause(*AUGUST, yearly=yearly), actor=actor, now=NOW)
    again = pause(date(2027, 8, 31), date(2027, 9, 5))
    if not yearly:
        pauses.add_pause(pause=again, actor=actor, now=NOW)
        return
    with pytest.raises(ValidationError) as refused:
        pauses.add_pause(pause=again, actor=actor, now=NOW)
    assert list(refused.value.message_dict) == ["starts_on"]


def test_half_of_a_year_is_left(actor: User) -> None:
    pauses.add_pause(
        pause=pause(date(2026, 7, 1), date(2026, 9, 29), yearly=True), actor=actor, now=NOW
    )
    pauses.add_pause(
        pause=pause(date(2026, 10, 1), date(2026, 12, 30), yearly=True), actor=actor, now=NOW
    )
    with pytest.raises(ValidationError, match=r"moitié|half"):
        pauses.add_pause(pause=pause(date(2027, 1, 10), date(2027, 1, 20)), actor=actor, now=NOW)
