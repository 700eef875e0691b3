"""Exactly what managers see of one's missions: the same figures, through the same gate."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from accounts.models import User
from clients.models import Client
from dashboards.edition import Edition
from dashboards.names import load_names
from dashboards.subject import Subject, read_subject
from missions.models import Assignment
from scoring.publication import Scope, published_periods


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A client one is at, as its page says it."""

    client: Client
    subject: Subject


@dataclass(frozen=True, slots=True)
class Mirror:
    """The clients one is at today, in the latest published period."""

    edition: Edition
    clients: list[Mirrored]


def mirror_of(person: User, now: datetime) -> Mirror | None:
    """None before the first release, and for those who are nowhere today."""
    today = localdate(now)
    held = Assignment.objects.filter(person=person).during(today, today)
    found = {
        one.mission.client.pk: one.mission.client
        for one in held.select_related("mission__client").order_by("starts_on", "pk")
    }
    periods = tuple(published_periods()) if found else ()
    if not periods:
        return None
    edition, names = Edition(periods, periods[0]), load_names()
    return Mirror(
        edition,
        [
            Mirrored(
                client,
                read_subject(
                    viewer=person, edition=edition, scope=Scope("client", client.ref), names=names
                )[0],
            )
            for client in found.values()
        ],
    )
