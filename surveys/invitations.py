"""Who gets which mail about a round, and when: rows made ahead. ``operations`` sends them.

One mail a person, round and rank (unique by a constraint) lists all their missions.

Whether somebody has answered is asked when a mail leaves, and kept nowhere.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from core.outgoing import PUT_RIGHT, UNREACHABLE, is_free
from core.slots import ONE_DAY, zone_of
from surveys import reviewing
from surveys.intake import Asked, asked
from surveys.leaving import without_those_who_left
from surveys.models import Message, Round
from surveys.timetable import Timetable

Rank = Message.Rank
State = Message.State
# A pass leaves time for what else is due; the next minute goes on.
BATCH = 500
MADE_AT_ONCE = 1000
ONE_WEEK = timedelta(days=7)


# --- rows ------------------------------------------------------------------------------------


def make_due(*, now: datetime) -> None:
    """A row for each mail that the open rounds still lack; another worker's stands."""
    _invite_again(now)
    for row in Round.objects.open(now):
        _make_invitations(row, now)
        _make_reminders(row, now)
    _tidy(now)


def invited(now: datetime) -> QuerySet[User]:
    """Who may be asked something in a round, and wants to be told. What, is asked at sending."""
    able = User.objects.present(localdate(now)).consultants().filter(checkin_mails=True)
    return without_those_who_left(able.reachable())


def _make_invitations(row: Round, now: datetime) -> None:
    known = Message.objects.filter(person=OuterRef("pk"), round=row, rank=Rank.INVITATION)
    people = list(invited(now).filter(~Exists(known)).order_by("pk")[:MADE_AT_ONCE])
    if not people:
        return
    table = Timetable.of(people, now=now)
    # Who joins later has a slot to come; who was there at the opening has had theirs.
    after = row.opens_at if now < row.opens_at + ONE_DAY else now
    day = max(row.starts_on, localdate(after))
    made = []
    for person in people:
        start = table.slot(person).on_or_after(row.starts_on)
        due = table.next(person, max(start, day), after=after)
        made.append(_row(person.pk, row, Rank.INVITATION, due, now))
    Message.objects.bulk_create(made, ignore_conflicts=True)


def _invite_again(now: datetime) -> None:
    """An address that gave a mail back was put right: what an open round had to say leaves again.

    Once: whatever the new one does, the old one is forgotten.
    """
    people = list(User.objects.filter(PUT_RIGHT).values_list("pk", flat=True))
    if not people:
        return
    refused = Message.objects.filter(state=State.REFUSED, rank=Rank.INVITATION)
    rows = refused.filter(person__in=people, round__in=Round.objects.open(now))
    with transaction.atomic():
        rows.update(state=State.WAITING, claimed_at=None, finished_at=None, due_at=now)
        User.objects.filter(PUT_RIGHT, pk__in=people).update(refused_email="")


def _make_reminders(row: Round, now: datetime) -> None:
    """A week after the invitation, at the same slot. For everybody invited: a row says nothing."""
    if row.closes_at <= row.opens_at + ONE_WEEK:
        return
    known = Message.objects.filter(person=OuterRef("person"), round=row, rank=Rank.REMINDER)
    sent = Message.objects.filter(round=row, rank=Rank.INVITATION, state=State.SENT)
    left = list(sent.filter(~Exists(known)).select_related("person")[:MADE_AT_ONCE])
    if not left:
        return
    table = Timetable.of([one.person for one in left], now=now)
    made = []
    for one in left:
        first = one.finished_at or one.due_at
        day = first.astimezone(zone_of(one.person.time_zone)).date() + ONE_WEEK
        due = table.next(one.person, day, after=row.opens_at)
        made.append(_row(one.person_id, row, Rank.REMINDER, due, now))
    Message.objects.bulk_create(made, ignore_conflicts=True)


def _row(pk: int, row: Round, rank: int, due: datetime | None, now: datetime) -> Message:
    """Waiting for its moment; dropped at once where that would come after the close."""
    made = Message(person_id=pk, round=row, rank=rank, due_at=due or row.closes_at)
    if due is None or due >= row.closes_at:
        made.state, made.finished_at = State.DROPPED, now
    return made


def _tidy(now: datetime) -> None:
    """Nothing leaves about a closed round, and its reminders' rows go a day later.

    Whom a reminder went to is who had not answered by then: that is kept no longer than needed.
    The day is for a clock that is put back: the round would be open again, and ask once more.
    A refused address stays, for the administrator, and could as well be the invitation's.
    """
    over = Message.objects.filter(round__closes_at__lte=now)
    over.filter(state=State.WAITING).update(state=State.DROPPED, finished_at=now)
    old = Message.objects.filter(round__closes_at__lte=now - ONE_DAY, rank=Rank.REMINDER)
    old.exclude(state=State.REFUSED).delete()


# --- sending ---------------------------------------------------------------------------------


def due(*, now: datetime) -> list[Message]:
    """Rows whose moment has come, in an open round; those still lacking are made first.

    An invitation waits while its reader's address is given up: dropped, it would not leave once
    that is put right. A reminder is dropped at sending.
    """
    make_due(now=now)
    rows = Message.objects.filter(is_free(now), due_at__lte=now, round__in=Round.objects.open(now))
    given_up = User.objects.filter(UNREACHABLE)
    rows = rows.exclude(rank=Rank.INVITATION, person__in=given_up)
    return list(rows.select_related("person", "round__questionnaire")[:BATCH])


def postpone(message: Message, until: datetime | None, *, now: datetime) -> None:
    """To the next slot that fits; dropped where the round is over by then."""
    rows = Message.objects.filter(pk=message.pk, state=State.WAITING)
    if until is None or until >= message.round.closes_at:
        rows.update(state=State.DROPPED, finished_at=now)
    else:
        rows.update(due_at=until, claimed_at=None)


def asked_about(message: Message, *, now: datetime) -> list[Asked] | None:
    """What this round asks of them now, done or not; None once they have gone or want no mail."""
    person = message.person
    if not invited(now).filter(pk=person.pk).exists():
        return None
    return [one for one in asked(person=person, now=now) if one.round.pk == message.round_id]


def to_judge(message: Message, *, now: datetime) -> list[reviewing.Asked]:
    """The clients of this round's review that they may judge and have not, told in the same mail:
    a review sends none of its own."""
    found = reviewing.asked(person=message.person, now=now)
    return [one for one in found if one.review.round_id == message.round_id and not one.is_done]
