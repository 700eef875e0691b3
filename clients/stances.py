"""What people say of clients and sectors: private until shared, never a score.

Shared, it serves rotations and searches for a mission alone: nobody is proposed for a client that
goes against their values, or where they would rather not work. No line of the audit log tells it,
and no figure reads it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from clients.models import Client, SectorWish, Stance, Wish

# From the last day of whoever said it: nobody rotates them any more.
KEPT_AFTER_LEAVING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a client."""

    word: str = ""
    wish: str = ""
    sentence: str = ""
    shared: bool = False


def say(*, person: User, client: Client, said: Said, now: datetime) -> Stance:
    """Keep it in the place of what was said before."""
    return Stance.objects.update_or_create(
        person=person,
        client=client,
        defaults={
            "word": said.word,
            "wish": said.wish,
            "sentence": said.sentence,
            "shared": said.shared,
            "changed_at": now,
        },
    )[0]


def forget(*, person: User, client: Client) -> bool:
    """Take it back for good; False where there was nothing."""
    return bool(Stance.objects.filter(person=person, client=client).delete()[0])


def wish_for_sector(
    *, person: User, sector: str, wish: str, shared: bool, now: datetime
) -> SectorWish:
    """Keep a wish about a sector in the place of the one before."""
    return SectorWish.objects.update_or_create(
        person=person,
        sector=sector,
        defaults={"wish": wish, "shared": shared, "changed_at": now},
    )[0]


def forget_sector(*, wish: SectorWish) -> bool:
    """Take it back for good."""
    return bool(SectorWish.objects.filter(pk=wish.pk).delete()[0])


def forget_gone(*, now: datetime) -> int:
    """Erase what people who have left said."""
    gone = User.objects.filter(ends_on__lt=localdate(now) - KEPT_AFTER_LEAVING)
    said = Stance.objects.filter(person__in=gone).delete()[0]
    return said + SectorWish.objects.filter(person__in=gone).delete()[0]


@dataclass(frozen=True, slots=True)
class Willing:
    """Clients (ids) to which each person (id) shares that they would not, and would like to, go.

    ``likes`` gives the client's name.
    """

    avoids: dict[int, set[int]] = field(default_factory=dict)
    likes: dict[int, dict[int, str]] = field(default_factory=dict)


def willing(people: Collection[int] | QuerySet[Any, Any]) -> Willing:
    """What these people (ids) share; what is said of a client goes before its sector."""
    found = Willing()
    said: set[tuple[int, int]] = set()
    rows = Stance.objects.filter(person__in=people, shared=True).select_related("client")
    for row in rows.order_by("pk"):
        is_against = Wish.AGAINST in (row.word, row.wish)
        if is_against or row.wish == Wish.FOR:
            said.add((row.person_id, row.client_id))
            _note(found, row.person_id, row.client, against=is_against)
    wishes = list(SectorWish.objects.filter(person__in=people, shared=True).order_by("pk"))
    there = Client.objects.filter(sector__in={row.sector for row in wishes})
    clients = list(there.order_by("pk")) if wishes else []
    for wish in wishes:
        for client in clients:
            if client.sector == wish.sector and (wish.person_id, client.pk) not in said:
                against = wish.wish == Wish.AGAINST
                _note(found, wish.person_id, client, against=against)
    return found


def _note(found: Willing, person: int, client: Client, *, against: bool) -> None:
    if against:
        found.avoids.setdefault(person, set()).add(client.pk)
    else:
        found.likes.setdefault(person, {})[client.pk] = client.name
