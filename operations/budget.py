"""How many mails a person may get, whatever they are about.

One a day by the clock on the reader's wall, three in seven days, for everything that the product
sends by itself. Who sends asks first, and what may not leave waits for another day; the order of
``operations.due`` says what goes first. What somebody asks for (a new password) is not counted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from accounts.models import User
from balancing.models import RotationNotice
from core.slots import zone_of
from followup.models import Digest
from surveys.models import Message

A_DAY, A_WEEK = 1, 3
SEVEN_DAYS = timedelta(days=7)
# Each row of a mail, and its person.
Row = TypeVar("Row")
ROWS = ((Message, "person"), (Digest, "person"), (RotationNotice, "move__person"))


def may_have(people: Collection[User], *, now: datetime) -> set[int]:
    """Who of them may get a mail now."""
    sent = _sent_to({one.pk for one in people}, now)
    return {one.pk for one in people if _has_room(one, sent[one.pk], now)}


def first_of_each(
    rows: Sequence[Row], person: Callable[[Row], User], *, now: datetime
) -> list[Row]:
    """Of the mails that wait, the first of each person who may get one now; the rest waits on."""
    room = may_have([person(row) for row in rows], now=now) if rows else set()
    found = []
    for row in rows:
        if person(row).pk in room:
            room.discard(person(row).pk)
            found.append(row)
    return found


def _has_room(person: User, sent: list[datetime], now: datetime) -> bool:
    zone = zone_of(person.time_zone)
    today = now.astimezone(zone).date()
    of_today = [moment for moment in sent if moment.astimezone(zone).date() == today]
    return len(of_today) < A_DAY and len(sent) < A_WEEK


def _sent_to(people: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    """When each person got a mail in the last seven days, whatever it was about."""
    lately = {"state": "sent", "finished_at__gt": now - SEVEN_DAYS}
    found: dict[int, list[datetime]] = defaultdict(list)
    for model, field in ROWS:
        rows = model.objects.filter(**{f"{field}__in": people}, **lately).order_by("pk")
        for pk, moment in rows.values_list(field, "finished_at"):
            found[pk].append(moment)
    return found
