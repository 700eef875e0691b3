"""Mails to contacts of clients: once each, by day, in their language, with a way out."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail

from clients import contacts
from clients.models import Contact
from core.letters import key_of
from core.outgoing import claim
from operations import mails_clients
from operations.mails_clients import send_due
from surveys import asking, client_mails, opinions
from surveys.client_links import asking_by
from surveys.models import Asking, AskingMail, Round
from tests.surveys.asking import NOW
from tests.surveys.opinions import asked
from tests.world import World

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
State = AskingMail.State
SEND = "django.core.mail.message.EmailMessage.send"


@pytest.fixture
def row(world: World) -> Asking:
    return asked(world.client, name="Tom Baker", language="en")


def states() -> list[str]:
    return list(AskingMail.objects.order_by("pk").values_list("state", flat=True))


def run(first: datetime, days: int) -> None:
    for n in range(days * 24):
        asking.ask_due(now=first + n * HOUR)
        send_due(now=first + n * HOUR)


def test_a_first_message_and_one_reminder(row: Asking) -> None:
    run(NOW, 30)
    assert [one.to for one in mail.outbox] == [[row.contact.email]] * 2
    assert states() == [State.SENT] * 2
    first, reminder = mail.outbox
    assert (
        first.subject == reminder.subject == f"Your opinion on our work for {row.contact.client}"
    )
    assert "only reminder" in reminder.body
    assert "only reminder" not in first.body
    ids = [one.extra_headers["Message-ID"] for one in mail.outbox]
    assert [*map(key_of, ids)] == [f"opinion.{row.pk}.{kind}" for kind in ("first", "reminder")]
    link = next(line for line in first.body.splitlines() if "/opinion/" in line)
    assert asking_by(link.rstrip("/").rsplit("/", 1)[-1]) == row
    assert first.extra_headers["List-Unsubscribe"].endswith("/stop/>")
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_never_at_night_or_at_a_week_end(row: Asking) -> None:
    saturday = NOW + 5 * DAY
    for moment in (NOW.replace(hour=20), NOW.replace(hour=4), saturday):
        assert send_due(now=moment) == ""
    assert send_due(now=NOW) == "1 mail(s) to clients sent"


@pytest.mark.parametrize("why", ["declined", "left out", "ended", "answered"])
def test_nothing_left_to_say(row: Asking, why: str) -> None:
    send_due(now=NOW)
    later = NOW + 7 * DAY + HOUR
    asking.ask_due(now=later)
    people = Contact.objects.filter(pk=row.contact_id)
    if why == "declined":
        contacts.decline(contact=row.contact, now=later)
    elif why == "left out":
        people.update(left_out_because="Nouveau.")
    elif why == "ended":
        people.update(ended_on=later.date())
    else:
        opinions.submit(asking=row, answers={"overall": 75}, now=later)
    send_due(now=later)
    assert states() == [State.SENT, State.OVER]
    assert len(mail.outbox) == 1


def test_a_link_asked_for_again_reaches_whoever_has_answered(row: Asking) -> None:
    opinions.submit(asking=row, answers={"overall": 75}, now=NOW)
    send_due(now=NOW)
    assert asking.ask_again(asking=row, now=NOW)
    send_due(now=NOW + HOUR)
    assert len(mail.outbox) == 2


def test_a_survey_that_closed_before_its_mail_left_is_not_told(row: Asking) -> None:
    assert send_due(now=NOW + 15 * DAY) == ""
    assert states() == [State.OVER]


def test_two_workers_send_one(row: Asking) -> None:
    [seen] = client_mails.due(now=NOW)
    send_due(now=NOW)
    assert mails_clients._send(seen, NOW) == 0
    assert len(mail.outbox) == 1


def test_not_on_a_public_holiday(row: Asking) -> None:
    christmas = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
    Round.objects.update(closes_at=christmas + timedelta(days=7))
    assert send_due(now=christmas) == ""
    assert send_due(now=christmas + timedelta(days=3)) != ""


def test_a_claim_left_behind_ends(row: Asking) -> None:
    [seen] = client_mails.due(now=NOW)
    assert claim(seen, now=NOW)
    assert send_due(now=NOW + timedelta(minutes=9)) == ""
    assert send_due(now=NOW + timedelta(minutes=10)) != ""


@pytest.mark.parametrize(("code", "state"), [(550, State.REFUSED), (450, State.WAITING)])
def test_a_refused_address(row: Asking, code: int, state: str) -> None:
    error = SMTPRecipientsRefused({row.contact.email: (code, b"no")})
    with mock.patch(SEND, side_effect=error), pytest.raises(SMTPRecipientsRefused):
        send_due(now=NOW)
    assert states() == [state]


def test_a_letter_refused_for_its_content_leaves_no_trace_of_it(row: Asking) -> None:
    error = SMTPDataError(554, b"no")
    with mock.patch(SEND, side_effect=error), pytest.raises(SMTPDataError):
        send_due(now=NOW)
    assert states() == [State.REFUSED]
