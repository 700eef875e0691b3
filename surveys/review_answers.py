"""Door for ``scoring`` alone: how people judged their clients in a review that is over.

Ids of people, values and clients, words of a short list, and places of actions: no name, no hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from surveys.models import ClientReview, ReviewedClient
from surveys.models.review_answers import ReviewAnswer, by_id


@dataclass(frozen=True, slots=True)
class Said:
    """One person on one client: by id of a value, their words and the places of the actions that
    they ticked; absent where they said nothing."""

    client: int
    person: int
    verdicts: dict[int, str]
    ours: dict[int, str]
    red_lines: frozenset[int]
    seen_actions: dict[int, list[int]]
    kept_actions: dict[int, list[int]]


def over(*, now: datetime) -> list[ClientReview]:
    """Reviews whose round has closed, oldest first."""
    rows = ClientReview.objects.filter(round__closes_at__lte=now)
    return list(rows.select_related("round", "charter").order_by("round__starts_on"))


def take_no_more(*, review: ClientReview, now: datetime) -> None:
    """Before its answers are read: what somebody is just sending is in already, or refused."""
    ClientReview.objects.filter(pk=review.pk, counted_at=None).update(counted_at=now)


def clients_of(review: ClientReview) -> list[int]:
    """The clients that it asked about, by id."""
    rows = ReviewedClient.objects.filter(review=review).order_by("client")
    return list(rows.values_list("client", flat=True))


def said_in(review: ClientReview) -> Iterator[Said]:
    """Everything that was answered in it, client by client."""
    rows = ReviewAnswer.objects.filter(review=review).order_by("client", "person")
    for row in rows:
        yield Said(
            row.client_id,
            row.person_id,
            by_id(row.verdicts),
            by_id(row.ours),
            frozenset(row.red_lines),
            by_id(row.seen_actions),
            by_id(row.kept_actions),
        )
