"""Mails that a server gives back later: what is believed, what is done, what is told and when."""

import base64
import io
import os
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client as Browser

from accounts.models import AuditEntry, User
from accounts.people import change_person
from balancing.models import RotationNotice
from clients.contacts import save_contact
from clients.models import Contact
from core.letters import headers, is_ours, key_of
from followup.models import Digest
from operations import bounces, mails, mails_clients, mails_rotations, outbox, returned
from operations.bounces import Outcome
from operations.mailing import send_due
from operations.returned import LARGEST, UnreadableError, read
from surveys import asking
from surveys.invitations import make_due
from surveys.models import AskingMail, Message
from tests import make
from tests.operations.returned_mails import OUT_OF_OFFICE, SERVERS, report, wrapped
from tests.operations.talked import NOON, Talk
from tests.operations.test_outbox import admin, page
from tests.surveys.asking import NOW, send
from tests.surveys.inviting import CLOSES, DAY, HOUR, OPENS, WEEK, Inviting, inviting
from tests.surveys.opinions import asked
from tests.world import World

__all__ = ["admin", "inviting"]
pytestmark = pytest.mark.django_db
A_REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
STATUS_PART = b"--x\nContent-Type: message/delivery-status\n\n"
SEND = "django.core.mail.message.EmailMessage.send"


def id_of(sent: Any) -> str:
    """As it was on the wire."""
    return str(sent.message()["Message-ID"])


def come_back(sent: Any, **how: Any) -> Outcome:
    """That mail is given back by its server."""
    return bounces.take(report=read(report(id_of(sent), sent.to[0], **how)))


def invited(inviting: Inviting, **values: Any) -> tuple[User, Any]:
    person = inviting.person(**values)
    [sent] = inviting.at()
    return person, sent


# --- what is believed ------------------------------------------------------------------------


@pytest.mark.parametrize("server", SERVERS)
def test_a_report_of_each_server_is_understood(inviting: Inviting, server: str) -> None:
    person, sent = invited(inviting)
    assert come_back(sent, server=server) == Outcome.GIVEN_UP
    assert inviting.state(person) == Message.State.REFUSED
    person.refresh_from_db()
    assert person.refused_email == person.email


@pytest.mark.parametrize("server", ["exchange", "gmail"])
def test_where_the_mail_itself_does_not_come_back_what_is_answered_counts(
    inviting: Inviting, server: str
) -> None:
    _person, sent = invited(inviting)
    data = report(id_of(sent), sent.to[0], server=server)
    at = data.rindex(b"message/rfc822")
    cut = data[:at] + b"text/plain" + data[at + len(b"message/rfc822") :]
    assert bounces.take(report=read(cut)) == Outcome.GIVEN_UP


@pytest.mark.parametrize("server", SERVERS)
def test_a_delay_that_is_still_tried_changes_nothing(inviting: Inviting, server: str) -> None:
    person, sent = invited(inviting)
    found = come_back(sent, server=server, status="4.2.2", action="delayed")
    assert found == Outcome.LATER
    assert inviting.state(person) == Message.State.SENT
    assert not User.objects.exclude(refused_email="").exists()


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("status", ["4.4.7", "4.1.1"])
def test_a_server_that_stops_trying_gives_back_the_mail_and_not_the_address(
    inviting: Inviting, server: str, status: str
) -> None:
    person, sent = invited(inviting)
    assert come_back(sent, server=server, status=status) == Outcome.GIVEN_BACK
    assert inviting.state(person) == Message.State.REFUSED
    assert not User.objects.exclude(refused_email="").exists()


def test_without_an_action_a_passing_status_may_be_a_delay(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    data = report(id_of(sent), sent.to[0], status="4.4.7").replace(b"Action: failed\n", b"")
    assert bounces.take(report=read(data)) == Outcome.LATER
    assert inviting.state(person) == Message.State.SENT


def test_delivered_says_nothing_bad(inviting: Inviting) -> None:
    _person, sent = invited(inviting)
    assert come_back(sent, status="2.0.0", action="delivered") == Outcome.LATER
    assert come_back(sent, status="5.0.0", action="relayed") == Outcome.LATER


@pytest.mark.parametrize("server", SERVERS)
def test_an_id_that_we_did_not_make_is_not_believed(inviting: Inviting, server: str) -> None:
    """Rows have numbers that one can guess; the mark beside them cannot be."""
    person, sent = invited(inviting)
    key = key_of(id_of(sent))
    assert key == f"check-in.20261117.0.{person.pk}"
    for forged in (
        f"<{key}@127.0.0.1>", f"<{key}.{'0' * 20}@127.0.0.1>",
        id_of(sent).replace(f".{person.pk}.", f".{person.pk + 1}."), "<x@y>", "",
        "<check-in.99999999.0.1.00000000000000000000@127.0.0.1>",
        f"<digest.99999999.{person.pk}.00000000000000000000@127.0.0.1>",
        f"<other.1.{'0' * 20}@127.0.0.1>",
    ):  # fmt: skip
        data = report(forged, person.email, server=server)
        assert bounces.take(report=read(data)) == Outcome.FOREIGN
    assert inviting.state(person) == Message.State.SENT


def test_one_persons_mark_says_nothing_of_another(inviting: Inviting) -> None:
    first, second = inviting.person(), inviting.person()
    sent = {one.to[0]: one for one in inviting.at()}
    mark = id_of(sent[first.email]).rsplit(".", 1)[1]
    forged = f"{id_of(sent[second.email]).rsplit('.', 4)[0]}.{mark}"
    assert bounces.take(report=read(report(forged, second.email))) == Outcome.FOREIGN


def test_a_former_key_still_knows_its_mails(settings: Any) -> None:
    made = headers("rotation.1", to="A@b.example", stop_url="https://x/")["Message-ID"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert is_ours(made, to="a@b.example")
    assert not is_ours(made, to="c@b.example")
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_ours(made, to="a@b.example")
    assert not is_ours("no id", to="a@b.example")


def test_out_of_office_is_no_report(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    text = OUT_OF_OFFICE.format(id=id_of(sent), to=person.email)
    assert bounces.take(report=read(text.encode())) == Outcome.NO_REPORT
    assert inviting.state(person) == Message.State.SENT


def test_a_report_that_somebody_passes_on_is_no_report(inviting: Inviting) -> None:
    _person, sent = invited(inviting)
    assert read(wrapped(report(id_of(sent), sent.to[0]))) is None


def test_a_report_about_a_report_is_not_ours(inviting: Inviting) -> None:
    """What comes back within the mail that comes back is not looked at."""
    _person, sent = invited(inviting)
    inner = report(id_of(sent), sent.to[0]).decode()
    outer = report("<other@x>", "b@lumen.example", server="exchange").decode()
    start = outer.rindex("Received: from PR0P")
    nested = outer[:start] + inner + "\n--_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_--\n"
    assert bounces.take(report=read(nested.encode())) == Outcome.FOREIGN


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no headers"),
        (b"\x00\xff\xfe" * 100, "no headers"),
        (b"X" * (LARGEST + 1), "larger than 1 MB"),
        (A_REPORT + b"no", "part"),
        (b"Content-Type: multipart/report; report-type=delivery-status\n\n--x\n\n", "status part"),
        (
            A_REPORT + STATUS_PART + b"Reporting-MTA: dns; a\n\n--x--\n",
            "tells no status",
        ),
        (
            A_REPORT + STATUS_PART + b"--x--\n",
            "tells no status",
        ),
        (b"Content-Type: message/rfc822\n\n" * 3000, "too deep"),
    ],
    ids=["empty", "binary", "giant", "no boundary found", "no boundary", "no status", "blank",
         "deep"],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        read(data)


@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_what_comes_back_is_not_followed_into_its_parts(inviting: Inviting, encoding: str) -> None:
    """Python's parser calls itself for each part within a part."""
    _person, sent = invited(inviting)
    deep = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1500)
    )
    came = f"Message-ID: {id_of(sent)}\n{deep}".encode()
    data = (
        A_REPORT + STATUS_PART + b"Final-Recipient: rfc822; a\nAction: failed\nStatus: 5.1.1\n\n"
        b"--x\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: "
        + encoding.encode() + b"\n\n"
        + (base64.encodebytes(came) if encoding == "base64" else came) + b"\n--x--\n"
    )  # fmt: skip
    assert bounces.take(report=read(data)) == Outcome.GIVEN_UP


@pytest.mark.parametrize(
    ("error", "words"), [(RecursionError(), "too deep"), (KeyError("x"), "malformed: KeyError")]
)
def test_whatever_the_parser_raises_the_mail_is_unreadable(error: Exception, words: str) -> None:
    data = report("<a@b>", "a@lumen.example")
    with (
        mock.patch.object(returned, "BytesHeaderParser", side_effect=error),
        pytest.raises(UnreadableError, match=words),
    ):
        read(data)


def test_a_report_cut_off_half_way_is_read_as_far_as_it_goes(inviting: Inviting) -> None:
    """Without an id nothing is done; with one, the report was whole enough."""
    person, sent = invited(inviting)
    data = report(id_of(sent), sent.to[0])
    for end in range(0, len(data), 37):
        try:
            found = bounces.take(report=read(data[:end]))
        except UnreadableError:
            continue
        if found == Outcome.GIVEN_UP:
            assert id_of(sent).encode() in data[:end]
            break
        assert found in {Outcome.FOREIGN, Outcome.NO_REPORT, Outcome.LATER}
    assert inviting.state(person) == Message.State.REFUSED


def test_headers_in_letters_of_nowhere_do_no_harm() -> None:
    data = report("<a@b>", "zoé@lumen.example").replace(b"Message-ID: <a@b>", b"Message-ID: \xff<")
    found = read(data)
    assert found is not None
    assert bounces.take(report=found) == Outcome.FOREIGN


def test_headers_that_come_back_encoded(inviting: Inviting) -> None:
    _person, sent = invited(inviting)
    data = report(id_of(sent), sent.to[0]).replace(
        b"Content-Type: text/rfc822-headers\n",
        b"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n",
    ).replace(b"Message-ID: <check-in", b"Message-ID: =3Ccheck-in")  # fmt: skip
    assert bounces.take(report=read(data)) == Outcome.GIVEN_UP


# --- what is done ----------------------------------------------------------------------------


def test_twice_is_once(inviting: Inviting) -> None:
    _person, sent = invited(inviting)
    assert come_back(sent) == Outcome.GIVEN_UP
    assert come_back(sent) == Outcome.KNOWN


@pytest.mark.parametrize(
    "status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"]
)
def test_what_says_that_nobody_is_there_gives_up_the_address(
    inviting: Inviting, status: str
) -> None:
    _person, sent = invited(inviting)
    assert come_back(sent, status=status) == Outcome.GIVEN_UP


@pytest.mark.parametrize(
    "status", ["5.7.1", "5.2.2", "5.3.4", "5.1.0", "5.1.7", "5.1.8", "5.1.90", "5.1.100"]
)
def test_a_mail_that_is_not_wanted_does_not_cost_the_address(
    inviting: Inviting, status: str
) -> None:
    """A firm whose SPF record or sender is wrong would otherwise lose everybody's."""
    person, sent = invited(inviting)
    assert come_back(sent, status=status) == Outcome.GIVEN_BACK
    person.refresh_from_db()
    assert (inviting.state(person), person.refused_email) == (Message.State.REFUSED, "")


def test_nothing_more_leaves_until_the_address_is_put_right(inviting: Inviting) -> None:
    person, sent = invited(inviting, is_manager=True)
    come_back(sent)
    for n in range(1, 15 * 24):
        assert inviting.at(n * HOUR) == []
    for n in range(7 * 24):
        mails.send_due(now=OPENS + n * HOUR)
    assert not Digest.objects.exists()
    assert Message.objects.count() == 1
    assert person.email not in [one.to[0] for one in mail.outbox[1:]]


def correct(person: User, email: str) -> None:
    person.refresh_from_db()
    before, person.email = person.email, email
    change_person(person=person, changes={"email": [before, email]}, actor=None, now=OPENS)


def test_put_right_its_invitation_leaves_at_once_and_once(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    come_back(sent)
    correct(person, "zoe.right@lumen.example")
    [again] = inviting.at(3 * HOUR)
    assert again.to == ["zoe.right@lumen.example"]
    assert inviting.at(4 * HOUR) == []
    # The old address's report, a second time, says nothing of the new one.
    assert come_back(sent) == Outcome.FOREIGN
    assert inviting.state(person) == Message.State.SENT
    assert [one.to for one in inviting.at(WEEK + 4 * HOUR)] == [again.to]


def give_up(person: User) -> None:
    """As where another mail of theirs came back."""
    User.objects.filter(pk=person.pk).update(refused_email=person.email)


def test_an_invitation_that_had_not_left_waits_for_the_address(inviting: Inviting) -> None:
    person = inviting.person()
    make_due(now=OPENS)
    give_up(person)
    for n in range(3 * 24):
        assert inviting.at(n * HOUR) == []
    assert inviting.state(person) == Message.State.WAITING
    correct(person, "zoe.right@lumen.example")
    [left] = inviting.at(3 * DAY)
    assert left.to == ["zoe.right@lumen.example"]
    assert inviting.at(3 * DAY + HOUR) == []


def test_an_invitation_that_waits_for_an_address_ends_with_its_round(inviting: Inviting) -> None:
    person = inviting.person()
    make_due(now=OPENS)
    give_up(person)
    inviting.at(14 * DAY)
    assert inviting.state(person) == Message.State.DROPPED
    correct(person, "zoe.right@lumen.example")
    assert inviting.at(15 * DAY) == []


def test_a_reminder_does_not_wait_for_the_address(inviting: Inviting) -> None:
    person, _sent = invited(inviting)
    make_due(now=OPENS + HOUR)
    give_up(person)
    assert inviting.at(WEEK) == []
    assert inviting.state(person, Message.Rank.REMINDER) == Message.State.DROPPED


def test_put_right_at_night_it_waits_for_the_day(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    come_back(sent)
    correct(person, "zoe.right@lumen.example")
    assert inviting.at(13 * HOUR) == []
    assert len(inviting.at(DAY)) == 1


def test_an_address_put_right_that_is_wrong_too_is_not_tried_for_ever(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    come_back(sent)
    correct(person, "zoe.wrong@lumen.example")
    error = SMTPRecipientsRefused({"x": (550, b"spam")})
    with mock.patch(SEND, side_effect=error), pytest.raises(SMTPRecipientsRefused):
        send_due(now=OPENS + HOUR)
    assert inviting.at(DAY) == []
    assert inviting.state(person) == Message.State.REFUSED


@pytest.mark.parametrize(
    ("error", "given_up"),
    [
        (SMTPRecipientsRefused({"a": (550, b"5.1.1 no such user")}), True),
        (SMTPRecipientsRefused({"a": (554, b"5.7.1 relay access denied")}), False),
        (SMTPRecipientsRefused({"a": (550, b"5.1.8 sender's domain not found")}), False),
        (SMTPDataError(550, b"5.1.7 bad sender's mailbox address syntax"), False),
        (SMTPRecipientsRefused({"a": (550, b"no")}), False),
        (SMTPRecipientsRefused({"a": (450, b"4.1.1 later")}), False),
        (SMTPDataError(550, b"5.1.10 recipient not found"), True),
    ],
)
def test_said_at_once_by_the_server_it_is_the_same(
    inviting: Inviting, error: Exception, given_up: bool
) -> None:
    person = inviting.person()
    with mock.patch(SEND, side_effect=error), pytest.raises(type(error)):
        send_due(now=OPENS)
    person.refresh_from_db()
    assert bool(person.refused_email) is given_up


def test_a_mail_about_a_rotation_waits_for_a_good_address() -> None:
    talk = Talk()
    mails_rotations.send_due(now=NOON)
    sent = mail.outbox[0]
    assert come_back(sent) == Outcome.GIVEN_UP
    person = User.objects.get(email=sent.to[0])
    states = dict(RotationNotice.objects.values_list("move__person", "state"))
    assert states[person.pk] == "refused"
    RotationNotice.objects.update(state="waiting", claimed_at=None, finished_at=None)
    before = len(mail.outbox)
    mails_rotations.send_due(now=NOON + DAY)
    assert person.email not in [one.to[0] for one in mail.outbox[before:]]
    assert len(mail.outbox) == before + len(talk.people) - 1


def test_the_weekly_mail(inviting: Inviting) -> None:
    manager = make.person(is_manager=True, is_consultant=False)
    row = Digest.objects.create(person=manager, day=OPENS.date(), state="sent", finished_at=OPENS)
    made = headers(f"digest.{row.day:%Y%m%d}.{manager.pk}", to=manager.email, stop_url="x")
    found = bounces.take(report=read(report(made["Message-ID"], manager.email)))
    assert found == Outcome.GIVEN_UP
    assert Digest.objects.get().state == "refused"


def test_a_clients_contact_is_asked_no_more_until_put_right(world: World) -> None:
    row = asked(world.client, name="Tom Baker")
    mails_clients.send_due(now=NOW)
    [sent] = mail.outbox
    assert come_back(sent) == Outcome.GIVEN_UP
    contact = Contact.objects.get()
    assert contact.is_unreachable
    assert not Contact.objects.askable(NOW.date()).exists()
    asking.ask_again(asking=row, now=NOW)
    later = NOW + 8 * DAY
    asking.ask_due(now=later)
    mails_clients.send_due(now=later)
    assert len(mail.outbox) == 1
    contact.email = "tom.right@orsel.example"
    save_contact(contact=contact, actor=None, now=later)
    asking.ask_due(now=later)
    mails_clients.send_due(now=later)
    assert [one.to for one in mail.outbox[1:]] == [["tom.right@orsel.example"]]
    asking.ask_due(now=later)
    assert AskingMail.objects.get(kind="first").state == "sent"


# --- what is told ----------------------------------------------------------------------------


def main(admin: Browser, moment: Any) -> str:
    """What the page says, without the token of its forms."""
    return page(admin, moment).split("<main", 1)[1].split("</main>")[0]


def test_the_administrator_sees_it_and_what_to_do(admin: Browser, inviting: Inviting) -> None:
    person, sent = invited(inviting, last_name="Lecomte")
    assert person.email not in page(admin, OPENS + HOUR)
    come_back(sent)
    html = page(admin, OPENS + HOUR)
    assert person.email in html
    assert "cette adresse n’existe pas" in html
    assert f"/people/{person.pk}/" in html
    correct(person, "lecomte.right@lumen.example")
    inviting.at(2 * HOUR)
    assert "Lecomte" not in page(admin, OPENS + 3 * HOUR)


def test_a_mail_that_was_not_wanted_is_told_until_another_gets_through(
    admin: Browser, inviting: Inviting
) -> None:
    person, sent = invited(inviting, is_manager=True)
    come_back(sent, status="5.7.1")
    html = page(admin, OPENS + HOUR)
    assert person.email in html
    assert "cette adresse n’existe pas" not in html
    Digest.objects.create(person=person, day=OPENS.date(), state="sent", finished_at=OPENS + DAY)
    assert person.email not in page(admin, OPENS + 2 * DAY)


def test_of_a_reminder_nobody_is_told_before_the_close(admin: Browser, inviting: Inviting) -> None:
    """It would say that this person had not answered."""
    silent, done = inviting.person(), inviting.person()
    inviting.at()
    send(done, inviting.mission(done), inviting.round, load=50)
    [sent] = inviting.at(WEEK)
    before = main(admin, OPENS + WEEK + HOUR)
    audited = AuditEntry.objects.count()
    assert come_back(sent) == Outcome.GIVEN_UP
    assert main(admin, OPENS + WEEK + HOUR) == before
    assert AuditEntry.objects.count() == audited
    address = f"/mails/addresses/{silent.pk}/"
    with mock.patch("django.utils.timezone.now", return_value=OPENS + WEEK + HOUR):
        assert admin.post(address).status_code == 404
    assert silent.email in page(admin, CLOSES + HOUR)


def test_nor_by_a_line_that_stood_there_before(admin: Browser, inviting: Inviting) -> None:
    person = inviting.person(is_manager=True)
    inviting.at()
    Digest.objects.create(
        person=person, day=OPENS.date(), state="refused", finished_at=OPENS + DAY
    )
    [sent] = inviting.at(WEEK)
    before = main(admin, OPENS + WEEK + HOUR)
    assert person.email in before
    come_back(sent)
    assert main(admin, OPENS + WEEK + HOUR) == before


def test_an_address_that_is_right_after_all(admin: Browser, inviting: Inviting) -> None:
    person, sent = invited(inviting)
    come_back(sent)
    assert admin.post(f"/mails/addresses/{person.pk + 1}/").status_code == 404
    found = admin.post(f"/mails/addresses/{person.pk}/", follow=True)
    assert found.status_code == 200
    person.refresh_from_db()
    assert person.refused_email == ""
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.changes) == ("edit", {"refused_email": [person.email, ""]})
    assert admin.post(f"/mails/addresses/{person.pk}/").status_code == 404


def test_two_administrators_at_once_are_one(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    come_back(sent)
    person.refresh_from_db()
    chief = make.person(is_administrator=True, is_consultant=False)
    for _ in range(2):
        bounces.trust_again(person=person, actor=chief, now=OPENS)
    assert AuditEntry.objects.filter(action="edit").count() == 1


def test_queries_do_not_grow_with_addresses(
    inviting: Inviting, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        while len(inviting.people) < count:
            inviting.person()
        for sent in inviting.at(count * DAY):
            come_back(sent)
        with django_assert_num_queries(7):
            assert len(outbox.refusals(now=OPENS + count * DAY)) == count


# --- the command -----------------------------------------------------------------------------


def run(*paths: Path, data: bytes = b"") -> tuple[str, str]:
    """What it says on both streams; an error is raised."""
    out, err = io.StringIO(), io.StringIO()
    stdin = mock.Mock(buffer=io.BytesIO(data))
    with mock.patch("sys.stdin", stdin):
        call_command("take_bounces", *map(str, paths), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_from_standard_input(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    data = b"From MAILER-DAEMON Tue Nov 17 10:00:04 2026\n" + report(id_of(sent), person.email)
    said, _err = run(data=data)
    assert said == "1 address given up until it is put right\n"
    assert inviting.state(person) == Message.State.REFUSED


def test_it_tells_no_address_and_no_rank(inviting: Inviting) -> None:
    person = inviting.person()
    inviting.at()
    [sent] = inviting.at(WEEK)
    said = "".join(run(data=report(id_of(sent), person.email)))
    assert person.email not in said
    assert "remind" not in said


def test_of_several_files_each_counts_for_itself(inviting: Inviting, tmp_path: Path) -> None:
    first, second = inviting.person(), inviting.person()
    left = {one.to[0]: one for one in inviting.at()}
    files = [tmp_path / name for name in ("a.eml", "b.eml", "c.eml", "d.eml")]
    files[0].write_bytes(report(id_of(left[first.email]), first.email))
    files[1].write_bytes(b"")
    files[2].write_bytes(b"X: y\n\n" + b"z" * LARGEST)
    files[3].write_bytes(report(id_of(left[second.email]), second.email, status="5.7.1"))
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match=r"2 mail\(s\) could not be read") as found:
        call_command("take_bounces", *map(str, files), stdout=out, stderr=err)
    assert found.value.returncode == 65
    assert "1 address given up" in out.getvalue()
    assert "1 given back" in out.getvalue()
    assert f"{files[1]}: no mail" in err.getvalue()
    assert f"{files[2]}: larger" in err.getvalue()
    assert inviting.state(second) == Message.State.REFUSED


def test_a_maildir_is_read_once(inviting: Inviting, tmp_path: Path) -> None:
    person, sent = invited(inviting)
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(report(id_of(sent), person.email))
    (tmp_path / "new" / "2.b").write_bytes(b"")
    (tmp_path / "cur" / "0.old:2,S").write_bytes(b"")
    with pytest.raises(CommandError):
        run(tmp_path)
    assert sorted(one.name for one in (tmp_path / "cur").iterdir()) == [
        "0.old:2,S", "1.a:2,S", "2.b:2,F",
    ]  # fmt: skip
    assert run(tmp_path) == ("", "")
    assert inviting.state(person) == Message.State.REFUSED


def maildir(at: Path, **mails: bytes) -> Path:
    for name in ("new", "cur", "tmp"):
        (at / name).mkdir(parents=True)
    for name, data in mails.items():
        (at / "new" / name).write_bytes(data)
    return at


def test_a_mail_that_cannot_be_opened_does_not_keep_the_others(
    inviting: Inviting, tmp_path: Path
) -> None:
    person, sent = invited(inviting)
    data = report(id_of(sent), person.email)
    box = maildir(tmp_path / "box", a=data, b=data)
    opened = Path.open

    def closed(path: Path, *args: Any, **how: Any) -> Any:
        if path.name == "a":
            raise PermissionError(13, "no")
        return opened(path, *args, **how)

    err = io.StringIO()
    with (
        mock.patch.object(Path, "open", closed),
        pytest.raises(CommandError, match=r"1 mail\(s\) could not be read") as found,
    ):
        call_command("take_bounces", str(box), stdout=io.StringIO(), stderr=err)
    assert found.value.returncode == 65
    assert "PermissionError" in err.getvalue()
    assert inviting.state(person) == Message.State.REFUSED
    assert (box / "new" / "a").exists()
    assert [one.name for one in (box / "cur").iterdir()] == ["b:2,S"]


def test_a_maildir_that_cannot_be_listed_does_not_keep_the_others(
    inviting: Inviting, tmp_path: Path
) -> None:
    person, sent = invited(inviting)
    boxes = [maildir(tmp_path / "1"), maildir(tmp_path / "2", a=report(id_of(sent), person.email))]
    listed = Path.iterdir

    def closed(path: Path) -> Any:
        if path == boxes[0] / "new":
            raise PermissionError(13, "no")
        return listed(path)

    with mock.patch.object(Path, "iterdir", closed), pytest.raises(CommandError, match=r"1 mail"):
        run(*boxes)
    assert inviting.state(person) == Message.State.REFUSED


def test_what_is_no_file_in_a_maildir_is_passed_over(inviting: Inviting, tmp_path: Path) -> None:
    """Nobody writes into a pipe: to open it would be to wait for ever."""
    person, sent = invited(inviting)
    box = maildir(tmp_path / "box", c=report(id_of(sent), person.email))
    os.mkfifo(box / "new" / "a")
    (box / "new" / "b").mkdir()
    said, err = run(box)
    assert (said, err) == ("1 address given up until it is put right\n", "")
    assert sorted(one.name for one in (box / "new").iterdir()) == ["a", "b"]


def test_a_path_that_is_nothing_is_said_before_anything_is_read(
    inviting: Inviting, tmp_path: Path
) -> None:
    person, sent = invited(inviting)
    file = tmp_path / "a.eml"
    file.write_bytes(report(id_of(sent), person.email))
    with pytest.raises(CommandError, match="Neither a file nor a Maildir") as found:
        run(file, tmp_path)
    assert found.value.returncode == 66
    assert inviting.state(person) == Message.State.SENT


def test_a_database_that_is_down_asks_the_mail_server_to_try_again(
    inviting: Inviting, tmp_path: Path
) -> None:
    person, sent = invited(inviting)
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    new = tmp_path / "new" / "1.a"
    new.write_bytes(report(id_of(sent), person.email))
    with (
        mock.patch.object(bounces, "give_up", side_effect=OperationalError("down")),
        pytest.raises(CommandError, match="does not answer") as found,
    ):
        run(tmp_path)
    assert found.value.returncode == 75
    # Nothing half written, and the mail is still new.
    assert inviting.state(person) == Message.State.SENT
    assert new.exists()


def test_a_giant_is_not_even_read_whole(tmp_path: Path) -> None:
    stdin = mock.Mock()
    stdin.buffer.read.return_value = b"X" * (LARGEST + 1)
    with mock.patch("sys.stdin", stdin), pytest.raises(CommandError):
        call_command("take_bounces", stderr=io.StringIO())
    stdin.buffer.read.assert_called_once_with(returned.LARGEST + 1)


def test_weeks_later_it_still_counts(inviting: Inviting) -> None:
    person, sent = invited(inviting)
    send_due(now=CLOSES + timedelta(days=3))
    assert come_back(sent) == Outcome.GIVEN_UP
    assert inviting.state(person) == Message.State.REFUSED
