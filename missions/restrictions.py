"""Who is not to be sent where, or with whom: read by all whom it concerns, or it does not hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from missions.models import Restriction


def restrict(*, restriction: Restriction, by: User, now: datetime) -> Restriction:
    """Write it down; the same one twice is refused while it holds."""
    row = restriction
    row.made_by, row.made_at = by, now
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk__in=_people(row)).order_by("pk"))
        same = Restriction.objects.holding(now.date()).filter(
            Q(person=row.person, other=row.other, client=row.client)
            | Q(person=row.other, other=row.person, client=row.client)
        )
        if same.exists():
            raise ValidationError(_("This is written down already."))
        row.save(force_insert=True)
        _write("create", row, by, now)
    return row


def lift(*, restriction: Restriction, by: User, now: datetime) -> bool:
    """It holds no more; False where somebody lifted it before."""
    rows = Restriction.objects.filter(pk=restriction.pk, lifted_at__isnull=True)
    with transaction.atomic():
        if not rows.update(lifted_by=by, lifted_at=now):
            return False
        _write("end", restriction, by, now)
    return True


def _people(row: Restriction) -> list[int]:
    return [pk for pk in (row.person_id, row.other_id) if pk is not None]


def _write(word: str, row: Restriction, by: User, now: datetime) -> None:
    """One line in the log of each person whom it concerns."""
    for person in User.objects.filter(pk__in=_people(row)).order_by("pk"):
        record(Act(word, "restriction", str(row.pk), about=person), actor=by, now=now)


@dataclass(frozen=True, slots=True)
class Barred:
    """Clients (ids) and people (ids) that each person (id) is not to be sent to or with."""

    clients: dict[int, set[int]]
    people: dict[int, set[int]]


def barred(day: date) -> Barred:
    """What holds that day, both ways for two people; one query."""
    clients: dict[int, set[int]] = defaultdict(set)
    people: dict[int, set[int]] = defaultdict(set)
    rows: Any = Restriction.objects.holding(day).order_by("pk")
    for person, client, other in rows.values_list("person", "client", "other"):
        if client is not None:
            clients[person].add(client)
        else:
            people[person].add(other)
            people[other].add(person)
    return Barred(dict(clients), dict(people))
