"""The weekly mail leaves once, to whom it is for, when they are there; whatever breaks."""

from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import FirmSettings, User
from core.models import JobRun
from core.outgoing import CLAIM_LASTS
from followup import digests
from followup.models import Alert, Digest
from missions.models import Absence
from operations import mails
from operations.budget import first_of_each
from operations.due import STEPS, run_due
from operations.mails import send_due
from surveys.models import MailSettings
from tests import make
from tests.followup.weekly import NOON, TUESDAY, Week, about, sent, week

__all__ = ["week"]
pytestmark = pytest.mark.django_db
State = Digest.State
ONE_DAY = timedelta(days=1)
SEND = "django.core.mail.message.EmailMessage.send"


def states() -> list[str]:
    return list(Digest.objects.order_by("pk").values_list("state", flat=True))


# --- when ------------------------------------------------------------------------------------


def test_once_a_week_and_no_more(week: Week) -> None:
    """Every half hour of two weeks."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    said = [send_due(now=start + timedelta(minutes=30 * n)) for n in range(14 * 48)]
    assert [one for one in said if one] == ["1 weekly mail(s) sent"] * 2
    assert [one.to for one in sent()] == [[week.manager.email]] * 2
    first, second = Digest.objects.order_by("day")
    assert (first.day, second.day) == (TUESDAY, TUESDAY + timedelta(days=7))
    assert first.finished_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert str(first) == f"digest {week.manager.pk} 2026-11-24"


def test_not_before_its_hour(week: Week) -> None:
    assert send_due(now=datetime(2026, 11, 24, 9, 59, tzinfo=UTC)) == ""
    assert not Digest.objects.exists()


def test_day_and_hour_are_the_firms(week: Week) -> None:
    make.firm(digest_weekday=3, digest_at=time(8, 30))
    assert send_due(now=NOON + ONE_DAY) == ""
    assert send_due(now=datetime(2026, 11, 26, 7, 29, tzinfo=UTC)) == ""
    assert send_due(now=datetime(2026, 11, 26, 7, 30, tzinfo=UTC)) == "1 weekly mail(s) sent"


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Tokyo", 2), ("America/Martinique", 15), ("Mars/Olympus", 10)]
)
def test_on_the_wall_of_whoever_reads_it(week: Week, zone: str, hour: int) -> None:
    """A zone that the system does not know is the firm's."""
    User.objects.filter(pk=week.manager.pk).update(time_zone=zone)
    moment = datetime(2026, 11, 24, hour, 0, tzinfo=UTC)
    assert send_due(now=moment - timedelta(minutes=1)) == ""
    assert send_due(now=moment) == "1 weekly mail(s) sent"


def test_a_firm_that_moves_its_day_gives_nobody_two_a_week(week: Week) -> None:
    send_due(now=NOON)
    make.firm(digest_weekday=3)
    assert [send_due(now=NOON + ONE_DAY * n) for n in range(7)] == [""] * 7
    assert send_due(now=NOON + ONE_DAY * 9) == "1 weekly mail(s) sent"


# --- to whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"is_manager": False},
        {"weekly_digest": False},
        {"is_active": False},
        {"ends_on": TUESDAY - ONE_DAY},
        {"starts_on": TUESDAY + ONE_DAY},
    ],
)
def test_only_a_manager_who_is_there_and_wants_it(week: Week, changes: dict[str, object]) -> None:
    User.objects.filter(pk=week.manager.pk).update(**changes)
    assert send_due(now=NOON) == ""
    assert not sent()


def test_nobody_else_gets_one(week: Week) -> None:
    User.objects.update(weekly_digest=True)
    send_due(now=NOON)
    assert {one.to[0] for one in sent()} == {week.manager.email}
    managers = {week.manager.pk, week.world.other_manager.pk}
    assert set(Digest.objects.values_list("person", flat=True)) == managers


def test_on_leave_it_waits_for_the_first_day_back(week: Week) -> None:
    Absence.objects.create(
        person=week.manager, starts_on=TUESDAY - ONE_DAY, ends_on=TUESDAY + ONE_DAY
    )
    assert [send_due(now=NOON + ONE_DAY * n) for n in range(4)] == [
        "", "", "1 weekly mail(s) sent", "",
    ]  # fmt: skip
    assert Digest.objects.get().day == TUESDAY


def test_on_a_public_holiday_it_waits_for_the_next_day(week: Week) -> None:
    """14 July 2026 is a Tuesday, and nobody's day at work in France."""
    holiday = datetime(2026, 7, 14, 11, 0, tzinfo=UTC)
    Alert.objects.update(opened_at=holiday - ONE_DAY, managers_from=holiday - ONE_DAY)
    assert send_due(now=holiday) == ""
    assert send_due(now=holiday + ONE_DAY) == "1 weekly mail(s) sent"
    MailSettings.objects.create(pk=1, country="")
    Digest.objects.all().delete()
    assert send_due(now=holiday) == "1 weekly mail(s) sent"


def test_two_weeks_that_wait_are_one_mail_a_person(week: Week) -> None:
    """Whatever made two rows wait, the budget is a mail a day."""
    days = (TUESDAY, TUESDAY - 7 * ONE_DAY)
    rows = [Digest(person=week.manager, day=day) for day in days]
    assert first_of_each(rows, lambda row: row.person, now=NOON) == rows[:1]
    assert first_of_each([], lambda row: row.person, now=NOON) == []


def test_on_leave_all_week_it_does_not_leave(week: Week) -> None:
    Absence.objects.create(person=week.manager, starts_on=TUESDAY, ends_on=TUESDAY + ONE_DAY * 3)
    assert [send_due(now=NOON + ONE_DAY * n) for n in range(7)] == [""] * 7


def test_nothing_when_there_is_nothing(week: Week) -> None:
    Alert.objects.update(state=Alert.State.CLOSED, closed_at=NOON)
    assert send_due(now=NOON) == ""
    assert states() == [State.NOTHING]
    # It was looked at: what comes later in the week waits for the next mail.
    about(make.client(unit=week.world.unit))
    assert [send_due(now=NOON + ONE_DAY * n) for n in range(3)] == [""] * 3
    assert send_due(now=NOON + ONE_DAY * 7) == "1 weekly mail(s) sent"


def test_what_was_handled_meanwhile_is_not_told(week: Week) -> None:
    """The row was made while the mail server was down."""
    with (
        mock.patch(SEND, side_effect=ConnectionRefusedError),
        pytest.raises(ConnectionRefusedError),
    ):
        send_due(now=NOON)
    Alert.objects.update(state=Alert.State.CLOSED, closed_at=NOON)
    assert send_due(now=NOON + timedelta(hours=1)) == ""
    assert (states(), sent()) == ([State.NOTHING], [])


# --- whatever breaks -------------------------------------------------------------------------


class Killed(BaseException):
    """As the machine does it: nothing in the product may catch this."""


def test_killed_between_claim_and_sending(week: Week) -> None:
    with mock.patch(SEND, side_effect=Killed), pytest.raises(Killed):
        send_due(now=NOON)
    assert Digest.objects.get().claimed_at == NOON
    # The claim stands for a while: it may be another worker that is busy.
    assert send_due(now=NOON + CLAIM_LASTS - timedelta(seconds=1)) == ""
    assert send_due(now=NOON + CLAIM_LASTS) == "1 weekly mail(s) sent"
    assert send_due(now=NOON + CLAIM_LASTS * 3) == ""
    assert len(sent()) == 1


def test_killed_between_sending_and_its_row(week: Week) -> None:
    """The one case in which a mail can leave twice: it is the same mail, and a mailbox says so."""
    with mock.patch.object(mails, "finish", side_effect=Killed), pytest.raises(Killed):
        send_due(now=NOON)
    assert send_due(now=NOON + CLAIM_LASTS) == "1 weekly mail(s) sent"
    assert len({one.message()["Message-ID"] for one in sent()}) == 1
    assert send_due(now=NOON + CLAIM_LASTS * 3) == ""


def test_killed_once_the_rows_are_made(week: Week) -> None:
    with mock.patch.object(digests, "_waiting", side_effect=Killed), pytest.raises(Killed):
        send_due(now=NOON)
    assert states() == [State.WAITING]
    assert send_due(now=NOON) == "1 weekly mail(s) sent"


def test_two_workers_that_saw_the_same_row(week: Week) -> None:
    digests._make({week.manager.pk: TUESDAY})
    digests._make({week.manager.pk: TUESDAY})
    [mine] = digests._waiting({week.manager.pk: TUESDAY}, NOON)
    [theirs] = digests._waiting({week.manager.pk: TUESDAY}, NOON)
    assert mails._send(mine, NOON) == 1
    assert mails._send(theirs, NOON) == 0
    assert len(sent()) == 1


def test_bad_input_M02_mail_server_down_for_two_hours(week: Week) -> None:
    """Each leaves once after the return, none twice."""
    for _ in range(9):
        boss = make.person(is_consultant=False, is_manager=True)
        about(make.client(unit=make.unit(manager=boss)))
    with mock.patch(SEND, side_effect=ConnectionRefusedError) as tried:
        for minute in range(0, 120, 5):
            with pytest.raises(ConnectionRefusedError):
                send_due(now=NOON + timedelta(minutes=minute))
    # One is enough to know that it is down.
    assert tried.call_count == 24
    later = [send_due(now=NOON + timedelta(minutes=minute)) for minute in range(120, 150, 5)]
    assert sum(int(one.split()[0]) for one in later if one) == 10
    assert len({one.to[0] for one in sent()}) == len(sent()) == 10
    assert states() == [State.SENT] * 10


def test_it_is_given_up_when_the_week_is_old(week: Week) -> None:
    with mock.patch(SEND, side_effect=ConnectionRefusedError):
        for day in range(4):
            with pytest.raises(ConnectionRefusedError):
                send_due(now=NOON + ONE_DAY * day)
        assert send_due(now=NOON + ONE_DAY * 4) == ""
    # The next week's mail is another one.
    assert send_due(now=NOON + ONE_DAY * 7) == "1 weekly mail(s) sent"
    assert states() == [State.WAITING, State.SENT]


REFUSALS = [
    (SMTPRecipientsRefused({"a@b": (550, b"no such user")}), State.REFUSED),
    (SMTPRecipientsRefused({"a@b": (450, b"try later")}), State.WAITING),
    (SMTPDataError(554, b"refused"), State.REFUSED),
    (SMTPDataError(451, b"try later"), State.WAITING),
]


@pytest.mark.parametrize(("error", "state"), REFUSALS)
def test_one_that_is_refused_does_not_stop_the_others(
    week: Week, error: OSError, state: str
) -> None:
    boss = make.person(is_consultant=False, is_manager=True)
    about(make.client(unit=make.unit(manager=boss)))
    real = mail.EmailMultiAlternatives.send

    def send(self: mail.EmailMultiAlternatives, **rest: object) -> int:
        if self.to == [week.manager.email]:
            raise error
        return real(self)

    with mock.patch.object(mail.EmailMultiAlternatives, "send", send):
        with pytest.raises(type(error)):
            send_due(now=NOON)
        assert [one.to for one in sent()] == [[boss.email]]
        assert set(states()) == {state, State.SENT}
    said = send_due(now=NOON + CLAIM_LASTS)
    assert said == ("1 weekly mail(s) sent" if state == State.WAITING else "")


def test_a_failure_is_kept_without_an_address(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [step for step in STEPS if step[1] is send_due]
    monkeypatch.setattr("operations.due.STEPS", steps)
    error = SMTPRecipientsRefused({week.manager.email: (550, week.manager.email.encode())})
    with mock.patch(SEND, side_effect=error):
        said = run_due(now=NOON)
    assert said == ["weekly mails: failed (SMTPRecipientsRefused)"]
    kept = JobRun.objects.get(state=JobRun.State.FAILED)
    assert kept.name == "weekly mails"
    assert week.manager.email not in kept.error


def test_a_waiting_row_has_no_end(week: Week) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(person=week.manager, day=date(2026, 1, 6), finished_at=NOON)


# --- what it costs ---------------------------------------------------------------------------


def test_a_minute_without_anything_due_costs_little(week: Week) -> None:
    with CaptureQueriesContext(connection) as night:
        send_due(now=datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    send_due(now=NOON)
    with CaptureQueriesContext(connection) as after:
        send_due(now=NOON + timedelta(minutes=1))
    # The firm’s settings, its managers; of those due their slots, leave and a trial of mails.
    assert (len(night), len(after)) == (2, 8)


def test_as_many_queries_whatever_is_to_handle(week: Week) -> None:
    def cost(day: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert send_due(now=NOON + ONE_DAY * day)
        return len(captured)

    one = cost(0)
    week.more(2)
    three = cost(7)
    week.more(27)
    assert one == three == cost(14)


def test_the_defaults_are_tuesday_at_eleven() -> None:
    """After the close of a round at ten: its alerts and its figures are in the mail."""
    firm = FirmSettings.current()
    assert (firm.digest_weekday, firm.digest_at) == (1, time(11))
    assert firm.digest_at > firm.opens_at
