"""What somebody has chosen and not sent yet, kept for them alone.

One row a person, mission and round, written over at each tap. It goes when the check-in is
sent, but for a comment that the sending page did not show; one that is older than what was sent
is never shown.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import sealing
from surveys.comments import opened, sealed
from surveys.intake import Kept, Sending, submit
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft

# Beyond this a text is not the product's own: it stays in the page, and the draft goes without.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Whose form: a person's, about one mission in one round."""

    person: int
    mission: int
    round: Round

    @property
    def key(self) -> str:
        """Names the form in the browser's tab, where somebody else may sign in next."""
        return f"{self.person}-{self.round.pk}-{self.mission}"


@dataclass(frozen=True, slots=True)
class Words:
    """A draft as the form says it. ``comment``: None where the form has no box for it."""

    answers: dict[str, str] = field(default_factory=dict)
    share: str = ""
    talk_to: str = ""
    comment: str | None = None
    comment_shown: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.answers or self.comment)


def keep(*, place: Place, words: Words, seen: str, now: datetime) -> bool:
    """Write the draft over; False where the check-in was sent since the page was opened.

    ``seen``: the sending that the page was made from (``Kept.version``), empty for none. A tap
    that arrives after its own sending, or from another tab, brings no draft back to life.
    """
    if version(place) != seen:
        return False
    row = Draft(
        person_id=place.person,
        mission_id=place.mission,
        round=place.round,
        typed={
            "answers": words.answers,
            "share": words.share,
            "talk_to": words.talk_to,
            "comment_shown": words.comment_shown,
        },
        kept_at=now,
    )
    kept = ["typed", "kept_at"]
    text = words.comment
    if text is not None and len(text) <= LONGEST and sealing.is_ready():
        row.comment = sealed(text, row)
        kept.append("comment")
    Draft.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["person", "mission", "round"],
        update_fields=kept,
    )
    return True


def version(place: Place) -> str:
    """Which sending there is now; empty for none."""
    rows = CheckIn.objects.filter(
        person=place.person, mission=place.mission, round=place.round
    ).values_list("sent_at", flat=True)
    return Kept.version_of(rows.first())


@dataclass(frozen=True, slots=True)
class Found:
    """A draft to be shown to its author, and when it was last written."""

    words: Words
    kept_at: datetime


def find(*, place: Place, sent_at: datetime | None) -> Found | None:
    """The draft, where it is not older than what was sent."""
    row = Draft.objects.filter(
        person=place.person, mission=place.mission, round=place.round
    ).first()
    if row is None or (sent_at is not None and row.kept_at < sent_at):
        return None
    typed = row.typed
    words = Words(
        answers=typed["answers"],
        share=typed["share"],
        talk_to=typed["talk_to"],
        comment=opened(row),
        comment_shown=typed["comment_shown"],
    )
    return Found(words, row.kept_at)


@transaction.atomic
def submit_unseen(*, person: User, place: Place, sending: Sending, now: datetime) -> None:
    """Send from a page that shows no draft. Words of one are neither sent nor lost: they stay for
    their author, on top of what is sent now."""
    rows = Draft.objects.filter(
        person=place.person, mission=place.mission, round=place.round, comment__isnull=False
    )
    row = rows.select_for_update().first()
    submit(person=person, mission=place.mission, round_=place.round, sending=sending, now=now)
    if row is None or sending.comment:
        return
    row.typed |= {
        "answers": {code: str(value) for code, value in sending.answers.items()},
        "share": sending.share,
        "talk_to": str(sending.talk_to or ""),
    }
    row.kept_at = now
    row.save(force_insert=True)


def drop(*, place: Place) -> None:
    """Forget a draft, on its author's word."""
    Draft.objects.filter(person=place.person, mission=place.mission, round=place.round).delete()


@dataclass(frozen=True, slots=True)
class Begun:
    """A check-in that somebody has begun: how many answers, and when it was last kept."""

    answers: int
    kept_at: datetime


def begun(*, person: int, rounds: set[int]) -> dict[tuple[int, int], Begun]:
    """For the home page: what is begun and not sent, by (round, mission)."""
    rows = Draft.objects.filter(person=person, round__in=rounds)
    columns = ("round_id", "mission_id", "typed", "kept_at")
    return {
        (round_, mission): Begun(len(typed["answers"]), kept_at)
        for round_, mission, typed, kept_at in rows.values_list(*columns)
    }
