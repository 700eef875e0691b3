"""An open round closes earlier or later: within limits, with a trace, and back again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEntry, User
from core.moving import OvertakenError
from surveys import closing
from surveys.calendar import make_ahead, open_due
from surveys.closing import NewClose
from surveys.models import ClosingChange, Period, Round
from tests import make

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 17)  # the clock turns while it is open
OPENED = datetime(2026, 3, 17, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 19, 12, 0, tzinfo=UTC)
WHY = "Trop de monde en séminaire."


def opened(**settings: object) -> Round:
    make.firm(first_round_on=FIRST, consulted_on=FIRST, **settings)
    make_ahead(now=OPENED)
    open_due(now=OPENED)
    return Round.objects.select_related("period").get(starts_on=FIRST)


@pytest.fixture
def row() -> Round:
    return opened()


@pytest.fixture
def actor() -> User:
    return make.person(is_administrator=True, is_consultant=False)


def move(row: Round, day: date, actor: User, now: datetime = NOW) -> ClosingChange:
    new = NewClose(day=day, reason=WHY, seen=row.closes_at)
    change = closing.change_close(row=row, new=new, actor=actor, now=now)
    row.refresh_from_db()
    return change


@pytest.mark.parametrize("day", [date(2026, 3, 24), date(2026, 4, 13)], ids=["early", "late"])
def test_it_closes_at_the_same_hour_on_the_wall(row: Round, actor: User, day: date) -> None:
    change = move(row, day, actor)
    hour = 9 if day < date(2026, 3, 29) else 8
    assert row.closes_at == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert row.is_open(row.closes_at - timedelta(seconds=1))
    assert not row.is_open(row.closes_at)
    assert (change.made_by, change.made_at, change.reason) == (actor, NOW, WHY)
    assert change.before == datetime(2026, 3, 31, 8, tzinfo=UTC)
    assert change.is_earlier is (day == date(2026, 3, 24))
    line = AuditEntry.objects.get(object_kind="round")
    assert (line.action, line.object_ref, line.actor) == ("edit", "2026-03-17", actor)
    # The reason stands in its own row, which administrators and referents read, not in the log.
    assert WHY not in str(line.changes)


def test_the_period_closes_with_its_last_round(actor: User) -> None:
    row = opened(rounds_per_period=1)
    move(row, date(2026, 3, 24), actor)
    period = Period.objects.get(starts_on=FIRST)
    assert period.closes_at == row.closes_at


def test_the_next_rounds_stay_where_they_are(row: Round, actor: User) -> None:
    before = list(Round.objects.exclude(pk=row.pk).values_list("pk", "opens_at", "closes_at"))
    move(row, closing.latest(row), actor)
    make_ahead(now=NOW)
    assert list(Round.objects.exclude(pk=row.pk).values_list("pk", "opens_at", "closes_at")) == (
        before
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 19), "day"),
        (date(2026, 3, 20), "day"),  # its hour comes before a whole day has passed
        (date(2026, 4, 14), "day"),
        (date(2026, 3, 31), "day"),
        (date(9999, 12, 31), "day"),
        (date(1, 1, 1), "day"),
    ],
    ids=["today", "tomorrow morning", "too late", "the same", "year 9999", "year 1"],
)
def test_bad_input_close(row: Round, actor: User, day: date, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        move(row, day, actor)
    assert list(refused.value.message_dict) == [said]
    assert not ClosingChange.objects.exists()


def test_never_after_it_has_closed(row: Round, actor: User) -> None:
    late = row.closes_at + timedelta(minutes=1)
    assert not closing.can_move(row, now=late)
    with pytest.raises(ValidationError, match=r"ouvert|open"):
        move(row, date(2026, 4, 10), actor, late)
    assert closing.to_undo(row, now=late) is None


def test_never_up_to_the_next_round(actor: User) -> None:
    row = opened(cadence_weeks=1, open_days=4, rounds_per_period=12)
    assert closing.latest(row) == FIRST + timedelta(days=6)
    Round.objects.filter(starts_on=FIRST + timedelta(days=7)).update(
        starts_on=FIRST + timedelta(days=6)
    )
    assert closing.latest(row) == FIRST + timedelta(days=5)


def test_a_round_of_a_period_of_unknown_calendar_follows_the_firm(row: Round) -> None:
    Period.objects.update(cadence_weeks=None)
    row = Round.objects.select_related("period").get(pk=row.pk)
    assert closing.latest(row) == date(2026, 4, 13)
    make.firm(first_round_on=None)
    Round.objects.exclude(pk=row.pk).delete()
    assert closing.latest(row) == date(2026, 3, 31)
    assert closing.can_move(row, now=NOW)


def test_nothing_is_left_to_move_at_the_end_of_the_longest_round(actor: User) -> None:
    row = opened(cadence_weeks=1, open_days=6, rounds_per_period=12)
    assert closing.can_move(row, now=NOW)
    assert not closing.can_move(row, now=row.closes_at - timedelta(hours=23))


def test_the_faster_of_two_wins(row: Round, actor: User) -> None:
    seen = row.closes_at
    move(row, date(2026, 3, 24), actor)
    new = NewClose(day=date(2026, 4, 2), reason=WHY, seen=seen)
    with pytest.raises(OvertakenError):
        closing.change_close(row=row, new=new, actor=actor, now=NOW)
    assert ClosingChange.objects.count() == 1


def test_undone_while_it_may_still_close_as_planned(row: Round, actor: User) -> None:
    planned = row.closes_at
    move(row, date(2026, 3, 24), actor)
    back = closing.undo(row=row, actor=actor, now=NOW)
    row.refresh_from_db()
    assert row.closes_at == planned
    assert (back.reason, back.undoes) == ("", ClosingChange.objects.earliest("pk"))
    # An undoing is not undone: one moves the close again.
    with pytest.raises(OvertakenError):
        closing.undo(row=row, actor=actor, now=NOW)


def test_too_late_to_undo_an_extension(row: Round, actor: User) -> None:
    move(row, date(2026, 4, 13), actor)
    assert closing.to_undo(row, now=NOW)
    assert closing.to_undo(row, now=datetime(2026, 3, 30, 12, tzinfo=UTC)) is None


def test_a_change_has_a_reason_and_a_future(row: Round, actor: User) -> None:
    values = {"round": row, "before": row.closes_at, "made_by": actor, "made_at": NOW}
    later = row.closes_at + timedelta(days=1)
    for wrong in (
        {"after": later, "reason": ""},
        {"after": NOW - timedelta(hours=1), "reason": WHY},
        {"after": row.closes_at, "reason": WHY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosingChange.objects.create(**(values | wrong))


class Limits(TestCase):
    """Whatever the moment and the cadence."""

    @given(
        weeks=st.sampled_from([1, 2, 4]),
        minutes=st.integers(0, 27 * 24 * 60),
        ahead=st.integers(-3, 40),
    )
    def test_no_close_is_in_the_past_or_beyond_the_cadence(
        self, weeks: int, minutes: int, ahead: int
    ) -> None:
        Round.objects.all().delete()
        Period.objects.all().delete()
        row = opened(cadence_weeks=weeks, open_days=min(14, 7 * weeks - 1), rounds_per_period=12)
        now = OPENED + timedelta(minutes=minutes)
        actor = make.person()
        day = now.date() + timedelta(days=ahead)
        try:
            move(row, day, actor, now)
        except ValidationError:
            return
        assert row.closes_at >= now + timedelta(days=1)
        following = Round.objects.filter(starts_on__gt=FIRST).earliest("starts_on")
        assert row.closes_at <= following.opens_at - timedelta(days=1)
        limit = FIRST + timedelta(days=7 * weeks - 1)
        assert row.closes_at.date() <= limit
