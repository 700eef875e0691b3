"""Two variants of an invitation, compared on answers alone, from 400 people invited on."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from surveys import trials
from surveys.models import MailTrial, Message, Round
from surveys.models.answers import CheckIn
from surveys.trials import compared, count_due, wilson
from tests import make
from tests.surveys.inviting import CLOSES, HOUR, OPENS, Inviting, inviting

__all__ = ["inviting"]
Factor = MailTrial.Factor


# --- the interval ----------------------------------------------------------------------------


@given(of=st.integers(1, 5000), data=st.data())
def test_a_share_lies_in_its_interval(of: int, data: Any) -> None:
    count = data.draw(st.integers(0, of))
    share, low, high = wilson(count, of)
    assert -1e-12 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1 + 1e-12
    # The other answer has the mirrored interval.
    other = wilson(of - count, of)
    assert other[1] == pytest.approx(1 - high)


@given(
    first=st.tuples(st.integers(0, 300), st.just(300)),
    second=st.tuples(st.integers(0, 250), st.just(250)),
)
def test_swapped_variants_swap_the_sign(first: tuple[int, int], second: tuple[int, int]) -> None:
    difference, low, high = compared(first, second)
    assert low <= difference <= high
    mirrored = compared(second, first)
    assert mirrored[0] == pytest.approx(-difference, abs=1)
    assert mirrored[1] == pytest.approx(-high, abs=1)


def test_newcombes_own_example() -> None:
    """56 of 70 less 48 of 80: (0.0524, 0.3339) at 95 % in the paper; here at 90 %."""
    assert compared((48, 80), (56, 70)) == (20, 8, 31)
    assert wilson(0, 0) == (0.0, 0.0, 1.0)


# --- a round of four hundred -----------------------------------------------------------------


def crowd(inviting: Inviting, count: int) -> list[User]:
    mission = make.mission()
    people = User.objects.bulk_create(
        User(
            ref=f"T{n}", email=f"t{n}@lumen.example", first_name="Alix", last_name=f"{n}",
            is_consultant=True,
        )
        for n in range(count)
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(
            person=one, round=inviting.round, rank=0, due_at=OPENS, state="sent", finished_at=OPENS
        )
        for one in people
    )
    inviting.mission_of_all = mission
    return list(people)


def answer(inviting: Inviting, people: list[User]) -> None:
    CheckIn.objects.bulk_create(
        CheckIn(
            person=one, mission=inviting.mission_of_all,
            round=inviting.round, answers={"load": 50}, sent_at=OPENS,
        )
        for one in people
    )  # fmt: skip


@pytest.fixture
def trial(inviting: Inviting) -> MailTrial:
    return MailTrial.objects.create(round=inviting.round, factor=Factor.SUBJECT)


@pytest.mark.django_db
def test_found_once_after_the_close(inviting: Inviting, trial: MailTrial) -> None:
    people = crowd(inviting, 500)
    second = [one for one in people if trial.is_second(one.pk)]
    first = [one for one in people if not trial.is_second(one.pk)]
    assert 200 < len(second) < 300
    answer(inviting, first[: len(first) // 2] + second[: len(second) * 3 // 4])
    assert count_due(now=CLOSES - HOUR) == ""
    assert count_due(now=CLOSES) == "1 comparison(s) of mails counted"
    assert count_due(now=CLOSES) == ""
    trial.refresh_from_db()
    assert trial.difference == pytest.approx(25, abs=1)
    assert trial.low is not None
    assert 15 <= trial.low < 25 < (trial.high or 0) <= 35


@pytest.mark.django_db
def test_under_four_hundred_nothing_is_told(inviting: Inviting, trial: MailTrial) -> None:
    answer(inviting, crowd(inviting, 399)[:50])
    assert count_due(now=CLOSES) == "1 comparison(s) of mails counted"
    trial.refresh_from_db()
    assert (trial.difference, trial.low, trial.high) == (None, None, None)
    assert trial.counted_at == CLOSES


@pytest.mark.django_db
def test_the_rows_hold_no_count_and_nobody(inviting: Inviting, trial: MailTrial) -> None:
    names = {field.name for field in MailTrial._meta.get_fields()}
    assert names == {
        "id", "round", "factor", "other_at", "difference", "low", "high", "counted_at",
    }  # fmt: skip
    assert {field.name for field in Message._meta.get_fields()} == {
        "id", "person", "round", "rank", "due_at", "state", "claimed_at", "finished_at",
    }  # fmt: skip


@pytest.mark.django_db
def test_one_factor_at_a_time(inviting: Inviting) -> None:
    for values in (
        {"factor": Factor.SUBJECT, "other_at": time(14)},
        {"factor": Factor.HOUR, "other_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MailTrial.objects.create(round=inviting.round, **values)


# --- what differs ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_half_get_another_subject_and_nothing_else_differs(
    inviting: Inviting, trial: MailTrial
) -> None:
    people = [inviting.person() for _ in range(16)]
    found = {letter.to[0]: letter for letter in inviting.at()}
    other = {one.email for one in people if "30 secondes pour" in found[one.email].subject}
    assert other == {one.email for one in people if trial.is_second(one.pk)}
    assert 0 < len(other) < 16


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [8, 14])
def test_half_get_another_hour(inviting: Inviting, hour: int) -> None:
    opens = datetime(2026, 11, 17, 7, 0, tzinfo=ZoneInfo("Europe/Paris"))
    Round.objects.update(opens_at=opens)
    inviting.round.refresh_from_db()
    trial = MailTrial.objects.create(round=inviting.round, factor=Factor.HOUR, other_at=time(hour))
    people = [inviting.person() for _ in range(12)]
    left = {
        letter.to[0]: (opens + n * HOUR).hour
        for n in range(12)
        for letter in inviting.at(n * HOUR)
    }
    assert left == {one.email: hour if trial.is_second(one.pk) else 10 for one in people}


# --- the page --------------------------------------------------------------------------------


@pytest.fixture
def admin(inviting: Inviting) -> Any:
    browser = Browser()
    browser.force_login(make.person(is_administrator=True, is_consultant=False))
    with time_machine.travel(OPENS + HOUR, tick=False):
        yield browser


def coming() -> Round:
    day = OPENS.date() + timedelta(weeks=4)
    return make.round_(day, opened_at=None, period=make.period(day, round_count=1))


URL = "/mail-settings/trial/"


@pytest.mark.django_db
def test_too_few_people_or_no_round(
    admin: Browser, inviting: Inviting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reverse("surveys:mail_trial") == URL
    assert "Aucun tour n’est prévu" in admin.get(URL).content.decode()
    coming()
    assert "Moins de 400 personnes" in admin.get(URL).content.decode()
    admin.post(URL, {"factor": "subject"})
    assert not MailTrial.objects.exists()
    monkeypatch.setattr(trials, "FEWEST", 1)
    inviting.person(checkin_mails=False)
    assert "Moins de 1 " in admin.get(URL).content.decode()


@pytest.mark.django_db
def test_plan_cancel_and_read(
    admin: Browser, inviting: Inviting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "FEWEST", 1)
    inviting.person()
    row = coming()
    assert admin.post(URL, {"factor": "hour", "other_at": "14:00"}).status_code == 302
    trial = MailTrial.objects.get()
    assert (trial.round, trial.other_at) == (row, time(14))
    page = admin.get(URL).content.decode()
    assert "En cours" in page
    # One at a time.
    admin.post(URL, {"factor": "subject"})
    assert MailTrial.objects.count() == 1
    admin.post(URL, {"cancel": "1"})
    assert not MailTrial.objects.exists()
    admin.post(URL, {"cancel": "1"})
    actions = AuditEntry.objects.filter(object_kind="mail_trial").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["create", "remove"]
    MailTrial.objects.create(
        round=inviting.round, factor=Factor.SUBJECT, difference=-3, low=-9, high=3,
        counted_at=CLOSES,
    )  # fmt: skip
    page = admin.get(URL).content.decode()
    assert "−3 points (de -9 à 3)" in page
    assert "pas de différence nette" in page


@pytest.mark.django_db
def test_once_its_round_is_open_it_runs_to_the_close(
    admin: Browser, inviting: Inviting, trial: MailTrial
) -> None:
    page = admin.get(URL).content.decode()
    assert 'name="cancel"' not in page
    admin.post(URL, {"cancel": "1"})
    assert MailTrial.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"factor": "hour"}, "other_at"),
        ({"factor": "hour", "other_at": "10:00"}, "other_at"),
        ({"factor": "hour", "other_at": "19:30"}, "other_at"),
        ({"factor": "colour"}, "factor"),
        ({"other_at": "14:00"}, "factor"),
    ],
)
def test_what_does_not_fit_comes_back(
    admin: Browser, inviting: Inviting, sent: dict[str, str], field: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(trials, "FEWEST", 1)
    inviting.person()
    coming()
    page = admin.post(URL, sent)
    assert list(page.context["form"].errors) == [field]
    assert not MailTrial.objects.exists()


@pytest.mark.django_db
def test_an_hour_left_over_from_another_choice_is_dropped(
    admin: Browser, inviting: Inviting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "FEWEST", 1)
    inviting.person()
    coming()
    admin.post(URL, {"factor": "subject", "other_at": "14:00"})
    assert MailTrial.objects.get().other_at is None
