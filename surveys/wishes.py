"""Door for ``followup`` alone: who would like to talk, addressed to one person.

A name and a round, nothing else: neither the answers, nor the mission, nor the hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from surveys.models.answers import CheckIn
from surveys.models.calendar import CheckInShare

# A wish not taken up fades: the one-to-one has had its four weeks.
KEPT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody would like to talk to the reader."""

    person_id: int
    name: str
    round_id: int
    round_on: date


def wishes_to(*, person: User, now: datetime) -> list[Wish]:
    """Open wishes addressed to this person, newest round first; one a person and round.

    A wish withdrawn (sent again with the answers in averages only) is no longer there.
    """
    rows = CheckIn.objects.filter(
        share=CheckInShare.TALK,
        talk_to=person,
        sent_at__lte=now,
        round__closes_at__gt=now - KEPT,
        person__is_active=True,
    ).order_by("-round__starts_on", "person__last_name", "person__first_name", "person_id")
    columns = (
        "person_id",
        "person__first_name",
        "person__last_name",
        "round_id",
        "round__starts_on",
    )
    return [
        Wish(pk, f"{first} {last}".strip(), round_id, round_on)
        for pk, first, last, round_id, round_on in rows.values_list(*columns).distinct()
    ]


@dataclass(frozen=True, slots=True)
class Addressed:
    """That somebody wished to talk with somebody, and when the round of it closed."""

    person_id: int
    listener_id: int
    round_id: int
    closed_at: datetime


def wishes_closed(*, after: datetime, until: datetime) -> list[Addressed]:
    """Wishes of the rounds that closed in that time, to count how many were taken up."""
    rows = CheckIn.objects.filter(
        share=CheckInShare.TALK,
        talk_to__isnull=False,
        round__closes_at__gt=after,
        round__closes_at__lte=until,
    ).order_by("round_id", "person_id", "talk_to_id")
    columns = ("person_id", "talk_to_id", "round_id", "round__closes_at")
    return [Addressed(*row) for row in rows.values_list(*columns).distinct()]
