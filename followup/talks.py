"""Wishes to talk that were taken up: the person who was asked says so, whoever asked may deny it.

That they have talked, and when it was said; never what about.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from accounts.perms import Refused
from followup.models import Talk
from surveys.wishes import KEPT, Wish, wishes_to


@dataclass(frozen=True, slots=True)
class Wishes:
    """Who would still like to talk, and with whom one has talked."""

    waiting: list[Wish]
    talked: list[Wish]


def wishes_of(person: User, now: datetime) -> Wishes:
    """What was wished of this person in the last weeks; two queries."""
    every = wishes_to(person=person, now=now)
    rows = Talk.objects.filter(listener=person, denied_at=None)
    held = set(rows.values_list("person_id", "round_id")) if every else set()
    done = [(wish.person_id, wish.round_id) in held for wish in every]
    pairs = list(zip(every, done, strict=True))
    return Wishes([one for one, is_held in pairs if not is_held],
                  [one for one, is_held in pairs if is_held])  # fmt: skip


def wish_for(listener: User, person: int, round_: int, *, now: datetime) -> Wish:
    """A wish addressed to this reader, else 404."""
    for wish in wishes_to(person=listener, now=now):
        if (wish.person_id, wish.round_id) == (person, round_):
            return wish
    raise Refused("wish", person)


def say_talked(*, wish: Wish, listener: User, now: datetime) -> None:
    """They have talked. Said again after "not yet", it counts from then on; harmless twice."""
    row, made = Talk.objects.get_or_create(
        person_id=wish.person_id, listener=listener, round_id=wish.round_id,
        defaults={"talked_at": now},
    )  # fmt: skip
    if not made:
        Talk.objects.filter(pk=row.pk, denied_at__isnull=False).update(
            talked_at=now, denied_at=None
        )


def take_back(*, wish: Wish, listener: User) -> None:
    """It was said too early: the wish waits again."""
    Talk.objects.filter(person=wish.person_id, listener=listener, round=wish.round_id).delete()


def said_to_have_talked(person: User, now: datetime) -> QuerySet[Talk]:
    """What others say of one's own wishes, for as long as a wish stands."""
    rows = Talk.objects.filter(person=person, denied_at=None, talked_at__gt=now - KEPT)
    return rows.select_related("listener", "round")


def talk_for(person: User, pk: int) -> Talk:
    """One's own, else 404."""
    row = Talk.objects.filter(pk=pk, person=person).select_related("listener").first()
    if row is None:
        raise Refused("talk", pk)
    return row


def deny(*, talk: Talk, now: datetime) -> None:
    """They have not talked yet: the wish stands with the other person again."""
    Talk.objects.filter(pk=talk.pk, denied_at=None).update(denied_at=now)
