"""A review of clients open now, for tests of how our people judge them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from accounts.models import User
from clients import charter as charters
from clients.models import Charter, CharterValue
from surveys.models import ClientReview
from surveys.reviewing import Judged, kept, open_review, submit
from tests import make
from tests.clients import chartered
from tests.surveys.asking import NOW, open_round
from tests.world import World

WORDS = {"s": "seen", "n": "not_seen", "c": "contrary", "r": "contrary"}


def staffed(world: World, people: int) -> list[User]:
    """So many people at the world's client, the consultant among them."""
    return [
        world.consultant,
        *(make.assignment(mission=world.mission).person for _ in range(people - 1)),
    ]


def review(world: World, now: datetime = NOW, *, places: int = 2) -> ClientReview:
    """Opened with a round of today."""
    if Charter.objects.newest() is None:
        chartered.published(world.referent, now=NOW, places=places)
    row = open_round(now)
    assert open_review(round_=row, now=now)
    return ClientReview.objects.select_related("round", "charter").get(round=row)


def values(row: ClientReview) -> list[CharterValue]:
    return charters.chosen(row.charter)


def judged(row: ClientReview, letters: str, ours: str = "") -> Judged:
    """``letters``: a verdict a value, r with its red line crossed, – for a value skipped;
    ``ours``: k(ept), b(roken) or –."""
    chosen = values(row)
    own = {"k": "kept", "b": "not_kept"}
    return Judged(
        {v.pk: WORDS[one] for v, one in zip(chosen, letters, strict=False) if one in WORDS},
        {v.pk: own[one] for v, one in zip(chosen, ours, strict=False) if one in own},
        tuple(v.pk for v, one in zip(chosen, letters, strict=False) if one == "r"),
    )


def answer(
    row: ClientReview, world: World, people: Sequence[User], letters: Sequence[str], ours: str = ""
) -> None:
    """Each of these people on the world's client, in the first hour."""
    for person, some in zip(people, letters, strict=True):
        submit(
            review=row, client=world.client, person=person, judged=judged(row, some, ours),
            now=row.opened_at,
        )  # fmt: skip


def tick(
    row: ClientReview, world: World, people: Sequence[User], *, seen: str = "", ours: str = ""
) -> None:
    """Beside what these people answered: places of actions of the first value."""
    value = values(row)[0].pk
    for person in people:
        said = kept(review=row, client=world.client, person=person)
        assert said
        judged = replace(
            said,
            seen_actions={value: [int(place) for place in seen]},
            kept_actions={value: [int(place) for place in ours]},
        )
        submit(review=row, client=world.client, person=person, judged=judged, now=row.opened_at)
