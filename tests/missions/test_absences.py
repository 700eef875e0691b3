"""Absences: dates only, the past fixed, future ones removable."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from missions import absences
from missions.models import Absence
from tests import make

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture
def person(db: None) -> User:
    return make.person()


def absence(person: User, first: int, last: int) -> Absence:
    return Absence(person=person, starts_on=TODAY + first * DAY, ends_on=TODAY + last * DAY)


def test_add_leaves_a_line_for_the_person(person: User, now: datetime) -> None:
    row = absences.add_absence(absence=absence(person, -1, 3), actor=person, now=now)
    assert row.pk
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.about, entry.object_ref) == ("create", person, person.ref)


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-3, -1, "ends_on"), (4, 2, "ends_on"), (3, 6, "__all__")]
)
def test_days_out_of_place_are_refused(
    person: User, now: datetime, first: int, last: int, field: str
) -> None:
    absence(person, 5, 9).save()
    with pytest.raises(ValidationError) as error:
        absences.add_absence(absence=absence(person, first, last), actor=None, now=now)
    assert set(getattr(error.value, "message_dict", {"__all__": []})) == {field}


def test_a_begun_absence_keeps_its_first_day_and_may_be_shortened(
    person: User, now: datetime
) -> None:
    row = absence(person, -2, 5)
    row.save()
    row.starts_on = TODAY
    with pytest.raises(ValidationError) as error:
        absences.change_absence(absence=row, actor=None, now=now)
    assert set(error.value.message_dict) == {"starts_on"}
    row.refresh_from_db()
    row.ends_on = TODAY - DAY
    with pytest.raises(ValidationError):
        absences.change_absence(absence=row, actor=None, now=now)
    row.ends_on = TODAY
    absences.change_absence(absence=row, actor=None, now=now)
    assert AuditEntry.objects.get().changes == {"ends_on": ["2026-11-30", "2026-11-25"]}


def test_a_past_absence_is_fixed(person: User, now: datetime) -> None:
    row = absence(person, -5, -2)
    row.save()
    row.ends_on = TODAY
    with pytest.raises(ValidationError) as error:
        absences.change_absence(absence=row, actor=None, now=now)
    assert set(error.value.message_dict) == {"ends_on"}
    row.refresh_from_db()
    absences.change_absence(absence=row, actor=None, now=now)
    assert not AuditEntry.objects.exists()


def test_only_future_absences_are_removed(person: User, now: datetime) -> None:
    begun, coming = absence(person, 0, 2), absence(person, 5, 6)
    begun.save()
    coming.save()
    with pytest.raises(ValidationError):
        absences.remove_absence(absence=begun, actor=None, now=now)
    absences.remove_absence(absence=coming, actor=None, now=now)
    assert list(Absence.objects.all()) == [begun]
