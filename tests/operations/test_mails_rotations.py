"""One mail to each person of an opened conversation: once, by day, and it tells nothing."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from balancing import agreeing
from balancing.agreeing import Said
from balancing.models import RotationMove, RotationNotice
from core.models import JobRun
from core.outgoing import CLAIM_LASTS
from followup import notices
from missions.models import Absence
from operations import due, mails_rotations
from operations.mails_rotations import send_due
from tests.house.searching import numbers
from tests.operations.talked import NOON, Talk

pytestmark = pytest.mark.django_db
State, Answer = RotationNotice.State, RotationMove.Answer
ONE_DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEND = "django.core.mail.message.EmailMessage.send"


@pytest.fixture
def talk() -> Talk:
    return Talk()


def states() -> list[str]:
    return list(RotationNotice.objects.order_by("pk").values_list("state", flat=True))


def to() -> list[str]:
    return sorted(one.to[0] for one in mail.outbox)


# --- what it says ----------------------------------------------------------------------------


def test_a_mere_proposal_is_told_to_nobody() -> None:
    Talk(opened=False)
    assert send_due(now=NOON) == ""
    assert not RotationNotice.objects.exists()


def test_each_hears_once_and_the_mail_tells_nothing(talk: Talk) -> None:
    for n in range(14 * 48):
        send_due(now=NOON + n * HOUR / 2)
    assert to() == sorted(person.email for person in talk.people)
    assert states() == [State.SENT] * 2
    told = [str(row) for row in RotationNotice.objects.order_by("move")]
    assert told == [f"rotation notice {move.pk}" for move in talk.rotation.moves.order_by("pk")]
    for one in mail.outbox:
        person = next(who for who in talk.people if who.email == one.to[0])
        others = [who for who in [*talk.people, talk.manager] if who != person]
        hidden = [name for who in others for name in (who.first_name, who.last_name)]
        hidden += [mission.title for mission in talk.missions]
        hidden += [mission.client.name for mission in talk.missions]
        [(html, kind)] = one.alternatives
        assert kind == "text/html"
        for said in (one.subject, str(one.body), str(html)):
            assert not [word for word in hidden if word in said]
            assert "%" not in said
            assert "31" not in numbers(said)
        assert f"/rotations/{talk.move(person).pk}/" in str(one.body)
        assert f"/rotations/{talk.move(person).pk}/" in str(html)


def test_in_the_language_of_whoever_reads_it(talk: Talk) -> None:
    User.objects.filter(pk=talk.people[1].pk).update(language="en")
    send_due(now=NOON)
    subjects = {one.to[0]: one.subject for one in mail.outbox}
    assert subjects == {
        talk.people[0].email: "Un échange a été préparé pour vous",
        talk.people[1].email: "Something to talk over has been prepared for you",
    }


@pytest.mark.parametrize("left", [{"is_active": False}, {"ends_on": NOON.date() - ONE_DAY}])
def test_who_has_answered_or_left_or_is_no_longer_asked_gets_none(
    talk: Talk, left: dict[str, object]
) -> None:
    said = Said(Answer.YES)
    agreeing.answer(move=talk.move(talk.people[0]), said=said, now=NOON)
    User.objects.filter(pk=talk.people[1].pk).update(**left)
    other = Talk()
    agreeing.set_aside(rotation=other.rotation, reason="Autrement", by=other.manager, now=NOON)
    assert send_due(now=NOON) == ""
    assert states() == [State.OVER] * 4
    assert not mail.outbox


# --- when ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        # Thursday at 19:59 and at 20:00, in Paris; Friday evening; Saturday noon; night.
        (datetime(2026, 11, 26, 18, 59, tzinfo=UTC), datetime(2026, 11, 26, 18, 59, tzinfo=UTC)),
        (datetime(2026, 11, 26, 19, 0, tzinfo=UTC), datetime(2026, 11, 27, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 19, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 11, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 26, 2, 0, tzinfo=UTC), datetime(2026, 11, 26, 7, 0, tzinfo=UTC)),
    ],
)
def test_not_at_night_nor_at_the_week_end(talk: Talk, asked: datetime, leaves: datetime) -> None:
    now = asked
    while send_due(now=now) == "":
        now += timedelta(minutes=1) if (leaves - now) <= HOUR else HOUR
    assert now == leaves
    assert len(mail.outbox) == 2


def test_on_the_wall_of_whoever_reads_it(talk: Talk) -> None:
    User.objects.filter(pk=talk.people[0].pk).update(time_zone="Asia/Tokyo")
    send_due(now=NOON + HOUR)
    assert to() == [talk.people[1].email]
    # Friday at 8:00 in Tokyo, where Thursday at 21:00 was too late.
    assert send_due(now=datetime(2026, 11, 26, 22, 59, tzinfo=UTC)) == ""
    assert send_due(now=datetime(2026, 11, 26, 23, 0, tzinfo=UTC)) != ""


def test_on_a_public_holiday_it_waits_for_the_next_day(talk: Talk) -> None:
    """Christmas of 2026 is a Friday: by day, and nobody at work."""
    RotationNotice.objects.update(claimed_at=None)
    christmas = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
    assert send_due(now=christmas) == ""
    assert send_due(now=christmas + 3 * ONE_DAY) == "2 mail(s) about rotations sent"


def test_on_leave_it_waits_for_the_first_day_back(talk: Talk) -> None:
    away = talk.people[0]
    Absence.objects.create(
        person=away, starts_on=NOON.date() - ONE_DAY, ends_on=NOON.date() + 4 * ONE_DAY
    )
    said = [send_due(now=NOON + n * ONE_DAY) for n in range(7)]
    assert [one for one in said if one] == ["1 mail(s) about rotations sent"] * 2
    assert said[5] != ""
    assert mail.outbox[-1].to == [away.email]


# --- whatever breaks -------------------------------------------------------------------------


class Killed(BaseException):
    """As the machine does it: nothing in the product may catch this."""


def test_killed_between_claim_and_sending(talk: Talk) -> None:
    with mock.patch(SEND, side_effect=Killed), pytest.raises(Killed):
        send_due(now=NOON)
    assert send_due(now=NOON + CLAIM_LASTS - timedelta(seconds=1)) != ""
    assert len(mail.outbox) == 1
    assert send_due(now=NOON + CLAIM_LASTS) == "1 mail(s) about rotations sent"
    assert send_due(now=NOON + 2 * CLAIM_LASTS) == ""
    assert to() == sorted(person.email for person in talk.people)


def test_killed_between_sending_and_its_row(talk: Talk) -> None:
    """The one case in which a mail can leave twice: it is the same mail, and a mailbox says so."""
    with mock.patch.object(mails_rotations, "finish", side_effect=Killed), pytest.raises(Killed):
        send_due(now=NOON)
    send_due(now=NOON + CLAIM_LASTS)
    assert len(mail.outbox) == 3
    assert len({one.message()["Message-ID"] for one in mail.outbox}) == 2
    assert send_due(now=NOON + 3 * CLAIM_LASTS) == ""


def test_a_conversation_that_is_not_opened_leaves_no_mail() -> None:
    made = Talk(opened=False)
    with mock.patch.object(agreeing, "_write", side_effect=Killed), pytest.raises(Killed):
        made.open()
    assert not RotationNotice.objects.exists()


def test_two_workers_that_saw_the_same_row(talk: Talk) -> None:
    [mine, _other], [theirs, _same] = notices.due(now=NOON), notices.due(now=NOON)
    assert mails_rotations._send(mine, NOON) == 1
    assert mails_rotations._send(theirs, NOON) == 0
    assert len(mail.outbox) == 1


def test_a_server_that_is_down_leaves_the_rows(talk: Talk) -> None:
    with (
        mock.patch(SEND, side_effect=ConnectionRefusedError),
        pytest.raises(ConnectionRefusedError),
    ):
        send_due(now=NOON)
    assert states() == [State.WAITING] * 2
    assert send_due(now=NOON + CLAIM_LASTS) == "2 mail(s) about rotations sent"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({"a@b": (550, b"no such user")}), State.REFUSED),
        (SMTPRecipientsRefused({"a@b": (450, b"try later")}), State.WAITING),
        (SMTPDataError(554, b"refused"), State.REFUSED),
    ],
)
def test_one_that_is_refused_does_not_stop_the_other(
    talk: Talk, error: OSError, state: str
) -> None:
    real = mail.EmailMultiAlternatives.send

    def send(self: mail.EmailMultiAlternatives, **rest: object) -> int:
        if self.to == [talk.people[0].email]:
            raise error
        return real(self)

    patched = mock.patch.object(mail.EmailMultiAlternatives, "send", send)
    with patched, pytest.raises(type(error)):
        send_due(now=NOON)
    assert to() == [talk.people[1].email]
    assert sorted(states()) == sorted([state, State.SENT])


def test_a_failure_is_kept_without_an_address(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [step for step in due.STEPS if step[1] is send_due]
    monkeypatch.setattr("operations.due.STEPS", steps)
    address = talk.people[0].email
    error = SMTPRecipientsRefused({address: (550, address.encode())})
    with mock.patch(SEND, side_effect=error):
        assert due.run_due(now=NOON) == ["rotation mails: failed (SMTPRecipientsRefused)"]
    assert address not in JobRun.objects.get(state=JobRun.State.FAILED).error


def test_a_waiting_row_has_no_end(talk: Talk) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RotationNotice.objects.update(finished_at=NOON)


def test_who_is_due_is_asked_in_as_many_queries_whatever_their_number(talk: Talk) -> None:
    with CaptureQueriesContext(connection) as few:
        notices.due(now=NOON)
    for _ in range(4):
        Talk()
    with CaptureQueriesContext(connection) as many:
        assert len(notices.due(now=NOON)) == 10
    assert len(few) == len(many) == 5
