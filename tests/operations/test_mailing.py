"""Invitations and reminders: to whom, when, once, whatever breaks, and what they say."""

import re
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.models import JobRun
from core.outgoing import CLAIM_LASTS, claim
from followup.models import Alert, Digest
from missions.models import Absence, Assignment, Mission
from missions.standing import make_standing
from operations import budget, mailing
from operations.mailing import send_due
from surveys import invitations, leaving
from surveys.models import MailSettings, Message, Round, UnitSlot
from surveys.quiet import quiet_of
from tests import make
from tests.followup.rows import FIGURES, alert
from tests.house.searching import numbers
from tests.surveys.asking import closed_round, send
from tests.surveys.inviting import CLOSES, DAY, HOUR, MINUTE, OPENS, WEEK, Inviting, inviting

__all__ = ["inviting"]
pytestmark = pytest.mark.django_db
Rank, State = Message.Rank, Message.State
SEND = "django.core.mail.message.EmailMessage.send"


def hours(inviting: Inviting, days: int = 15) -> list[tuple[datetime, Any]]:
    """Every mail of a round, with when it left, looked at each hour."""
    left = []
    for number in range(days * 24):
        left += [(OPENS + number * HOUR, one) for one in inviting.at(number * HOUR)]
    return left


# --- when ------------------------------------------------------------------------------------


def test_one_invitation_one_reminder_a_week_later_and_no_more(inviting: Inviting) -> None:
    person = inviting.person()
    left = hours(inviting)
    assert [(moment, one.to) for moment, one in left] == [
        (OPENS, [person.email]),
        (OPENS + WEEK, [person.email]),
    ]


def test_nothing_before_the_round_is_open(inviting: Inviting) -> None:
    inviting.person()
    assert inviting.at(-MINUTE) == []
    Round.objects.update(opened_at=None)
    assert inviting.at() == []


@pytest.mark.parametrize(
    ("zone", "after"),
    [
        ("Europe/Paris", timedelta()),
        ("America/Martinique", 5 * HOUR),
        # It is already evening in Tokyo when the round opens in Paris: ten the next morning.
        ("Asia/Tokyo", 16 * HOUR),
    ],
)
def test_at_ten_on_everybodys_own_wall(inviting: Inviting, zone: str, after: timedelta) -> None:
    inviting.person(time_zone=zone)
    assert [moment for moment, _one in hours(inviting)] == [
        OPENS + after, OPENS + after + WEEK,
    ]  # fmt: skip


def test_day_and_hour_are_the_firms_and_a_unit_may_have_its_own(inviting: Inviting) -> None:
    MailSettings.objects.create(pk=1, weekday=3, at=time(14))
    top = make.unit()
    UnitSlot.objects.create(unit=top, weekday=2, at=time(9))
    firm, own = inviting.person(), inviting.person(unit=make.unit(parent=top))
    left = {one.to[0]: moment for moment, one in hours(inviting, 6)}
    assert left == {
        firm.email: OPENS + 2 * DAY + 4 * HOUR,
        own.email: OPENS + DAY - HOUR,
    }


@pytest.mark.parametrize(
    ("opens", "country", "leaves"),
    [
        # 14 July 2026 is a Tuesday; 11 November a Wednesday.
        (date(2026, 7, 14), "FR", date(2026, 7, 15)),
        (date(2026, 7, 14), "BE", date(2026, 7, 14)),
        (date(2026, 7, 14), "", date(2026, 7, 14)),
        (date(2025, 11, 11), "FR", date(2025, 11, 12)),
    ],
)
def test_not_on_a_public_holiday(
    inviting: Inviting, opens: date, country: str, leaves: date
) -> None:
    MailSettings.objects.create(pk=1, country=country)
    moment = datetime.combine(opens, time(10), ZoneInfo("Europe/Paris"))
    Round.objects.update(
        starts_on=opens, opens_at=moment, opened_at=moment, closes_at=moment + 2 * WEEK
    )
    inviting.round.refresh_from_db()
    inviting.person()
    left = [moment.date() for moment in (moment + n * HOUR for n in range(100))
            if send_due(now=moment)]  # fmt: skip
    assert left == [leaves]


def test_on_leave_it_waits_for_the_first_day_back(inviting: Inviting) -> None:
    person = inviting.person()
    Absence.objects.create(
        person=person, starts_on=OPENS.date(), ends_on=OPENS.date() + timedelta(days=1)
    )
    left = [moment for moment, _one in hours(inviting)]
    assert left == [OPENS + 2 * DAY, OPENS + 2 * DAY + WEEK]


def test_leave_declared_since_counts_too(inviting: Inviting) -> None:
    person = inviting.person()
    invitations.make_due(now=OPENS)
    Absence.objects.create(person=person, starts_on=OPENS.date(), ends_on=OPENS.date())
    assert [moment for moment, _one in hours(inviting, 3)] == [OPENS + DAY]


def test_on_leave_until_the_close_nothing_leaves(inviting: Inviting) -> None:
    person = inviting.person()
    Absence.objects.create(person=person, starts_on=OPENS.date(), ends_on=CLOSES.date())
    assert hours(inviting) == []
    assert inviting.state(person) == State.DROPPED


def test_a_slot_on_a_monday_morning_moves(inviting: Inviting) -> None:
    """Such a row can come from before the form refused it."""
    MailSettings.objects.create(pk=1, weekday=0, at=time(9))
    inviting.person()
    [(moment, _one)] = hours(inviting, 7)
    assert moment == OPENS + WEEK - HOUR  # Tuesday the 24th, at nine


def test_who_comes_later_has_the_next_slot(inviting: Inviting) -> None:
    inviting.at()
    inviting.person()
    # A Thursday afternoon: not at once, but the next morning at ten.
    later = [after for n in range(24) if inviting.at(after := 2 * DAY + 6 * HOUR + n * HOUR)]
    assert later == [3 * DAY]


def test_a_round_too_short_for_a_reminder_has_none(inviting: Inviting) -> None:
    Round.objects.update(closes_at=OPENS + 6 * DAY)
    inviting.round.refresh_from_db()
    inviting.person()
    assert len(hours(inviting)) == 1
    assert not Message.objects.filter(rank=Rank.REMINDER).exists()


# --- to whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"is_consultant": False},
        {"is_active": False},
        {"ends_on": OPENS.date() - timedelta(days=1)},
        {"starts_on": OPENS.date() + timedelta(days=60)},
        {"checkin_mails": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
@pytest.mark.parametrize("since", ["before", "after"])
def test_only_who_is_asked_and_wants_it(
    inviting: Inviting, changes: dict[str, Any], since: str
) -> None:
    person = inviting.person()
    if since == "after":
        invitations.make_due(now=OPENS)
    User.objects.filter(pk=person.pk).update(**changes)
    assert inviting.at() == []


def test_nobody_without_a_mission_is_asked(inviting: Inviting) -> None:
    person = inviting.person()
    Assignment.objects.filter(person=person).update(ends_on=OPENS.date() - timedelta(days=1))
    assert hours(inviting, 8) == []


def test_a_mission_that_begins_meanwhile_is_told_of_at_the_next_slot(inviting: Inviting) -> None:
    person = inviting.person(missions=0)
    inviting.at()
    make.assignment(person=person, starts_on=OPENS.date() + timedelta(days=2))
    assert [moment for moment, _one in hours(inviting, 4)] == [OPENS + 2 * DAY]


@pytest.mark.parametrize("since", ["before", "after"])
def test_who_takes_no_part_for_a_while_gets_none(inviting: Inviting, since: str) -> None:
    person = inviting.person()
    if since == "after":
        invitations.make_due(now=OPENS)
    leaving.leave(person=person, now=OPENS)
    assert hours(inviting, 8) == []


def test_it_stops_at_once_after_answering(inviting: Inviting) -> None:
    answered, silent = inviting.person(), inviting.person()
    inviting.at()
    send(answered, inviting.mission(answered), inviting.round, load=50)
    assert [one.to[0] for _moment, one in hours(inviting)] == [silent.email]


def test_who_answered_before_the_mail_gets_none(inviting: Inviting) -> None:
    person = inviting.person()
    invitations.make_due(now=OPENS)
    send(person, inviting.mission(person), inviting.round, load=50)
    assert hours(inviting) == []
    assert inviting.state(person) == State.DROPPED


def test_what_is_left_of_several_missions_is_reminded(inviting: Inviting) -> None:
    person = inviting.person(missions=2)
    [first] = inviting.at()
    names = [one.client.name for one in Mission.objects.filter(assignments__person=person)]
    assert all(name in first.body for name in names)
    done = inviting.mission(person)
    send(person, done, inviting.round, load=50)
    [second] = inviting.at(WEEK)
    assert done.client.name not in second.body
    assert second.body.count("/check-in/link/") == 1


def test_reminders_leave_no_trace_of_who_was_silent(inviting: Inviting) -> None:
    answered, silent = inviting.person(), inviting.person()
    inviting.at()
    send(answered, inviting.mission(answered), inviting.round, load=50)
    # Made for both before anybody is reminded.
    invitations.make_due(now=OPENS + HOUR)
    assert Message.objects.filter(rank=Rank.REMINDER, state=State.WAITING).count() == 2
    said = send_due(now=OPENS + WEEK)
    assert said == "reminders sent"
    assert len(mail.outbox) == 3
    send_due(now=CLOSES)
    # A clock that is put back sends nothing a second time.
    assert send_due(now=CLOSES - HOUR) == ""
    send_due(now=CLOSES + DAY)
    assert not Message.objects.filter(rank=Rank.REMINDER).exists()
    assert silent.pk in Message.objects.values_list("person", flat=True)


def test_nothing_leaves_about_a_closed_round(inviting: Inviting) -> None:
    person = inviting.person()
    invitations.make_due(now=OPENS)
    assert inviting.at(CLOSES - OPENS) == []
    assert inviting.state(person) == State.DROPPED


# --- who has been quiet ----------------------------------------------------------------------


def before(inviting: Inviting, count: int) -> list[Round]:
    """Closed rounds, the oldest first."""
    return [closed_round(OPENS.date() - timedelta(weeks=4 * back)) for back in range(count, 0, -1)]


@pytest.mark.parametrize(
    ("unanswered", "leaves", "is_short"),
    [(0, True, False), (2, True, False), (3, True, True), (4, True, True), (5, False, True),
     (6, True, True), (8, False, True)],
)  # fmt: skip
def test_three_rounds_without_an_answer(
    inviting: Inviting, unanswered: int, leaves: bool, is_short: bool
) -> None:
    person = inviting.person()
    past = before(inviting, unanswered + 1)
    send(person, inviting.mission(person), past[0], load=50)
    found = inviting.at()
    assert bool(found) is leaves
    assert quiet_of([person.pk], now=OPENS)[person.pk].is_long is is_short
    for one in found:
        assert ("si vous le souhaitez" in one.body) is is_short
        assert ("Qui voit quoi" in one.body) is not is_short
    assert bool(inviting.at(WEEK)) is leaves


def test_rounds_that_did_not_ask_do_not_count(inviting: Inviting) -> None:
    """Three rounds long they were on no mission."""
    person = inviting.person()
    before(inviting, 4)
    Assignment.objects.filter(person=person).update(starts_on=OPENS.date() - timedelta(days=20))
    assert quiet_of([person.pk], now=OPENS)[person.pk].rounds == 1


def test_leave_is_no_silence(inviting: Inviting) -> None:
    """Back from four rounds of leave, declared week by week: an invitation, and the long one."""
    person = inviting.person()
    past = before(inviting, 6)
    send(person, inviting.mission(person), past[0], load=50)
    monday = past[1].starts_on - timedelta(days=past[1].starts_on.weekday())
    for week in range(20):
        first = monday + timedelta(weeks=week)
        Absence.objects.create(person=person, starts_on=first, ends_on=first + 4 * DAY)
    assert quiet_of([person.pk], now=OPENS)[person.pk].rounds == 0
    [letter] = inviting.at()
    assert "si vous le souhaitez" not in letter.body


def test_a_round_that_leave_covers_in_part_counts(inviting: Inviting) -> None:
    person = inviting.person()
    [row] = before(inviting, 1)
    Absence.objects.create(
        person=person, starts_on=row.starts_on, ends_on=row.closes_at.date() - 2 * DAY
    )
    assert quiet_of([person.pk], now=OPENS)[person.pk].rounds == 1


@pytest.mark.parametrize(("arrived", "counted"), [(None, 3), (4, 1)])
def test_time_between_two_missions_counts_once_it_is_asked_about(
    inviting: Inviting, arrived: int | None, counted: int
) -> None:
    """Of five rounds the first two came before it; ``arrived``: weeks before the opening."""
    make.unit()
    day = OPENS.date() - timedelta(weeks=arrived) if arrived else None
    person = inviting.person(missions=0, starts_on=day)
    past = before(inviting, 5)
    make_standing(now=past[2].opens_at)
    assert quiet_of([person.pk], now=OPENS)[person.pk].rounds == counted


def test_an_answer_ends_it(inviting: Inviting) -> None:
    person = inviting.person()
    past = before(inviting, 5)
    send(person, inviting.mission(person), past[-1], load=50)
    assert quiet_of([person.pk], now=OPENS)[person.pk].rounds == 0


# --- the budget ------------------------------------------------------------------------------


def test_one_mail_a_day_whatever_it_is_about(inviting: Inviting) -> None:
    person = inviting.person(is_manager=True)
    alert(
        rule=Alert.Rule.CLIENT_BELOW, client=make.client(unit=make.unit(manager=person)),
        reason=FIGURES, opened_at=OPENS - DAY, managers_from=OPENS - DAY,
    )  # fmt: skip
    moments = [OPENS + n * HOUR for n in range(30)]
    with mock.patch.object(JobRun.objects, "create"):
        for moment in moments:
            mailing.send_due(now=moment)
            mailing.mails.send_due(now=moment)
    days = [Digest.objects.get().finished_at, Message.objects.earliest("pk").finished_at]
    assert [moment.date() for moment in days] == [OPENS.date() + DAY, OPENS.date()]


def test_three_a_week_at_most(inviting: Inviting) -> None:
    person = inviting.person()
    for back in (1, 2, 3):
        moment = OPENS - back * DAY
        day = moment.date()
        Digest.objects.create(person=person, day=day, state="sent", finished_at=moment)
    assert inviting.at() == []
    assert budget.may_have([person], now=OPENS) == set()
    assert inviting.state(person) == State.WAITING
    # The oldest is a week ago on Saturday: Tuesday's slot, and then too late for a reminder.
    assert [moment for moment, _one in hours(inviting)] == [OPENS + WEEK]
    assert inviting.state(person) == State.SENT


def test_a_day_is_that_of_the_readers_wall(inviting: Inviting) -> None:
    person = inviting.person(time_zone="Pacific/Auckland")
    late = datetime(2026, 11, 17, 10, 30, tzinfo=OPENS.tzinfo)  # 23:30 there
    Digest.objects.create(person=person, day=late.date(), state="sent", finished_at=late)
    assert budget.may_have([person], now=late + 20 * MINUTE) == set()
    assert budget.may_have([person], now=late + HOUR) == {person.pk}


# --- whatever breaks -------------------------------------------------------------------------


class Killed(BaseException):
    """As the machine does it: nothing in the product may catch this."""


def test_killed_between_claim_and_sending(inviting: Inviting) -> None:
    inviting.person()
    with mock.patch(SEND, side_effect=Killed), pytest.raises(Killed):
        send_due(now=OPENS)
    assert Message.objects.get().claimed_at == OPENS
    assert inviting.at(CLAIM_LASTS - timedelta(seconds=1)) == []
    assert len(inviting.at(CLAIM_LASTS)) == 1
    assert inviting.at(CLAIM_LASTS * 3) == []


@pytest.mark.parametrize("rank", [Rank.INVITATION, Rank.REMINDER])
def test_killed_between_the_servers_answer_and_the_row(inviting: Inviting, rank: Rank) -> None:
    """It cannot be known that it left: the second one has the same Message-ID."""
    inviting.person()
    start = OPENS
    if rank == Rank.REMINDER:
        inviting.at()
        start = OPENS + WEEK
    with mock.patch.object(mailing, "finish", side_effect=Killed), pytest.raises(Killed):
        send_due(now=start)
    send_due(now=start + CLAIM_LASTS)
    *_before, first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert (first.subject, first.to) == (second.subject, second.to)
    assert send_due(now=start + CLAIM_LASTS * 2) == ""


def test_ids_differ_between_people_rounds_and_ranks(inviting: Inviting) -> None:
    for _ in range(3):
        inviting.person()
    inviting.at()
    inviting.at(WEEK)
    ids = {one.extra_headers["Message-ID"] for one in mail.outbox}
    assert len(ids) == len(mail.outbox) == 6


def test_two_workers_find_the_same_row(inviting: Inviting) -> None:
    inviting.person()
    [mine], [theirs] = invitations.due(now=OPENS), invitations.due(now=OPENS)
    assert claim(mine, now=OPENS)
    assert not claim(theirs, now=OPENS)


def test_the_database_keeps_one_a_person_round_and_rank(inviting: Inviting) -> None:
    person = inviting.person()
    invitations.make_due(now=OPENS)
    invitations.make_due(now=OPENS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(person=person, round=inviting.round, rank=0, due_at=OPENS)


def test_bad_input_M02_mail_server_down_for_two_hours_during_500_reminders(
    inviting: Inviting,
) -> None:
    """Each leaves once after the return, none twice."""
    mission = make.mission()
    people = User.objects.bulk_create(
        User(ref=f"B{n}", email=f"b{n}@lumen.example", first_name="Alix", last_name=f"{n}",
             is_consultant=True)
        for n in range(500)
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(person=one, mission=mission, starts_on=date(2025, 1, 6), share=100)
        for one in people
    )
    Message.objects.bulk_create(
        Message(person=one, round=inviting.round, rank=Rank.INVITATION, due_at=OPENS,
                state=State.SENT, finished_at=OPENS)
        for one in people
    )  # fmt: skip
    down = mock.patch(
        "django.core.mail.backends.locmem.EmailBackend.open", side_effect=ConnectionRefusedError
    )
    with down:
        for minute in range(0, 120, 10):
            with pytest.raises(ConnectionRefusedError):
                send_due(now=OPENS + WEEK + minute * MINUTE)
    # Nothing was claimed by a server that is down: all leave at its return.
    assert send_due(now=OPENS + WEEK + 120 * MINUTE) == "reminders sent"
    assert send_due(now=OPENS + WEEK + 121 * MINUTE) == ""
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox) == 500


def test_a_server_down_until_the_evening_costs_a_day(inviting: Inviting) -> None:
    person = inviting.person()
    down = mock.patch(
        "django.core.mail.backends.locmem.EmailBackend.open", side_effect=ConnectionRefusedError
    )
    with down, pytest.raises(ConnectionRefusedError):
        send_due(now=OPENS + 9 * HOUR)
    assert inviting.at(11 * HOUR) == []
    assert Message.objects.get(person=person).due_at == OPENS + DAY
    assert len(inviting.at(DAY)) == 1


def test_an_address_that_refuses_keeps_nobody_else(inviting: Inviting) -> None:
    gone, there = inviting.person(), inviting.person()
    real = mail.EmailMultiAlternatives.send

    def refused(letter: Any, *args: Any, **kwargs: Any) -> int:
        if letter.to == [gone.email]:
            raise SMTPRecipientsRefused({gone.email: (550, b"no such user")})
        return int(real(letter, *args, **kwargs))

    with (
        mock.patch(SEND, autospec=True, side_effect=refused),
        pytest.raises(SMTPRecipientsRefused),
    ):
        send_due(now=OPENS)
    assert (inviting.state(gone), inviting.state(there)) == (State.REFUSED, State.SENT)
    # No reminder to an address that refused, and the round is not tried again.
    assert [one.to[0] for _moment, one in hours(inviting)] == [there.email]


# --- what it says ----------------------------------------------------------------------------


def links(text: str) -> list[str]:
    return re.findall(r"http://\S+/check-in/link/\S+/", text)


def test_the_client_stands_in_the_subject(inviting: Inviting) -> None:
    one, two, three = (inviting.person(missions=n) for n in (1, 2, 3))
    found = {letter.to[0]: letter for letter in inviting.at()}
    names = [
        sorted(
            Mission.objects.filter(assignments__person=person).values_list(
                "client__name", flat=True
            )
        )
        for person in (one, two, three)
    ]
    subjects = [found[person.email].subject for person in (one, two, three)]
    assert subjects[0] == f"{names[0][0]}\u00a0: comment ça va\u00a0? (tour de novembre)"
    assert subjects[1].startswith(f"{names[1][0]} et {names[1][1]}\u00a0:")
    assert subjects[2].startswith(f"{names[2][0]} et 2 autres\u00a0:")
    assert [len(links(found[p.email].body)) for p in (one, two, three)] == [1, 2, 3]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_plain_text_and_a_page_say_the_same(inviting: Inviting, language: str) -> None:
    person = inviting.person(language=language, first_name="Inès")
    [letter] = inviting.at()
    [(page, kind)] = letter.alternatives
    assert kind == "text/html"
    assert f'<html lang="{language}">' in page
    assert 'content="width=device-width, initial-scale=1"' in page
    [link] = links(letter.body)
    assert page.count(f'href="{link}"') == 1
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in letter.body
    assert f'href="{stop}"' in page
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Inès" in letter.body
    assert re.search(r"\b5 (people|personnes)", letter.body)
    assert person.last_name not in letter.body
    assert len(page.encode()) < 5000


def test_it_names_nobody_else_and_holds_no_answer(inviting: Inviting) -> None:
    boss = make.person(first_name="Camille", is_manager=True, is_consultant=False)
    person = inviting.person(manager=boss)
    [past] = before(inviting, 1)
    mission = inviting.mission(person)
    send(person, mission, past, load=25, relation=75)
    [letter] = inviting.at()
    page = (letter.body + letter.alternatives[0][0]).replace(mission.client.name, "")
    for word in (boss.first_name, boss.last_name, boss.email, "Ingérable"):
        assert word not in page
    assert "5" in numbers(page)
    assert not {"25", "75"} & numbers(page)


def test_it_opens_with_the_last_change_obtained_on_the_mission(inviting: Inviting) -> None:
    person, other = inviting.person(), inviting.person()
    closed = {
        "rule": Alert.Rule.CLIENT_BELOW, "reason": FIGURES, "opened_at": OPENS - 60 * DAY,
        "managers_from": OPENS - 60 * DAY, "state": Alert.State.CLOSED,
        "closed_by": make.person(is_manager=True),
    }  # fmt: skip
    client = inviting.mission(person).client
    for days, sentence in ((30, "Une deuxième personne d’astreinte."), (40, "Plus tôt.")):
        alert(**closed, client=client, closing=sentence, closed_at=OPENS - days * DAY)
    found = {letter.to[0]: letter for letter in inviting.at()}
    assert "Une deuxième personne d’astreinte." in found[person.email].body
    assert "Une deuxième personne d’astreinte." in found[person.email].alternatives[0][0]
    assert "Plus tôt." not in found[person.email].body
    assert "astreinte" not in found[other.email].body


def test_what_no_answer_raised_is_not_said_to_be_changed_by_answers(inviting: Inviting) -> None:
    person = inviting.person()
    mission = inviting.mission(person)
    closed = {
        "reason": {"until": "2026-12-20"}, "opened_at": OPENS - 60 * DAY,
        "managers_from": OPENS - 60 * DAY, "state": Alert.State.CLOSED,
        "closed_by": make.person(is_manager=True), "closed_at": OPENS - 30 * DAY,
    }  # fmt: skip
    alert(**closed, rule=Alert.Rule.NOBODY_LEFT, mission=mission, closing="Louis arrive.")
    alert(**closed, rule=Alert.Rule.STALE_PATH, client=mission.client, closing="Bouge.")
    [letter] = inviting.at()
    assert "vos réponses ont changé" not in letter.body
    assert "Louis arrive." not in letter.body


def test_a_name_that_a_file_brought_in_breaks_no_header(inviting: Inviting) -> None:
    person = inviting.person()
    client = inviting.mission(person).client
    client.name = "Bilan\r\nBcc: tous@example.org"
    client.save()
    [letter] = inviting.at()
    assert letter.subject.startswith("Bilan Bcc: tous@example.org")
    assert letter.message()["Bcc"] is None


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_statements_for_each_mail(inviting: Inviting, people: int) -> None:
    for _ in range(people):
        inviting.person()
    invitations.make_due(now=OPENS)
    with CaptureQueriesContext(connection) as seen:
        send_due(now=OPENS)
    assert len(mail.outbox) == people
    assert len(seen) == FIXED + EACH * people


FIXED, EACH = 20, 8


def test_between_two_missions_the_sentence_fits(inviting: Inviting) -> None:
    make.unit()
    make_standing(now=OPENS - 60 * DAY)
    person = inviting.person(missions=0)
    [letter] = inviting.at()
    assert letter.to == [person.email]
    assert letter.subject.startswith("Entre deux missions\u00a0:")
    assert "Comment ça va, entre deux missions" in letter.body
    assert len(links(letter.body)) == 1
