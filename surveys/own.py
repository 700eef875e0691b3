"""Door for ``dashboards`` alone: one person's own check-ins, for that person's own pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from clients.models import CharterValue
from core import wording
from surveys import drafts
from surveys.calendar import round_label
from surveys.comments import opened
from surveys.exports import overall
from surveys.models import Dimension
from surveys.models.answers import CheckIn, Draft
from surveys.models.calendar import CheckInShare
from surveys.models.questions import Item
from surveys.models.review_answers import ReviewAnswer


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer in the reader's words: the question, the label chosen, and the theme."""

    dimension: str
    question: str
    label: str
    value: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class OwnCheckIn:
    """One of a person's check-ins, as it is told back to them."""

    round_id: int
    round_on: date
    round_label: str
    mission_id: int
    mission: str
    client: str
    sent_at: datetime
    can_change: bool
    # About the time between two missions: there is no client.
    is_between: bool
    answers: list[OwnAnswer]
    # Label and value of the outcome item ("how do you feel"), when answered.
    feeling: OwnAnswer | None
    feeling_labels: list[str]
    overall: float | None
    # Whom they asked to talk to; empty when in averages only.
    talk_to: str
    # Their own words; None where they are kept and do not open now.
    comment: str | None
    comment_shown: bool
    # Which questions, in which versions, the two figures rest on: others are not compared.
    feeling_basis: str = ""
    overall_basis: str = ""

    @property
    def wants_to_talk(self) -> bool:
        return bool(self.talk_to)


def begun(*, person: User, rounds: set[int]) -> dict[tuple[int, int], drafts.Begun]:
    """A person's drafts in these rounds, by (round, mission): for their own home page."""
    return drafts.begun(person=person.pk, rounds=rounds) if rounds else {}


def erase_comments(*, person: User) -> None:
    """Every comment of this person, those of drafts included: the words go everywhere at once."""
    CheckIn.objects.filter(person=person).update(comment=None, comment_shown=False)
    Draft.objects.filter(person=person).update(comment=None)


@transaction.atomic
def erase_all(*, person: User) -> None:
    """Every answer, comment and draft of this person. Figures that are out stay as they are."""
    CheckIn.objects.filter(person=person).delete()
    ReviewAnswer.objects.filter(person=person).delete()
    Draft.objects.filter(person=person).delete()


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """Something chosen and not sent, for its author's own file."""

    round_on: date
    client: str
    mission: str
    kept_at: datetime
    typed: dict[str, object]
    comment: str | None


def drafts_of(*, person: User) -> list[OwnDraft]:
    """What is kept of this person and was not sent."""
    rows = Draft.objects.filter(person=person).select_related("round", "mission__client")
    return [
        OwnDraft(
            round_on=row.round.starts_on,
            client=row.mission.client.label,
            mission=row.mission.label,
            kept_at=row.kept_at,
            typed=row.typed,
            comment=opened(row),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class OwnReview:
    """What somebody said of a client in a review, for their own file: by the name of a value."""

    round_on: date
    client: str
    sent_at: datetime
    ours: dict[str, str]
    verdicts: dict[str, str]
    red_lines: list[str]
    # Actions ticked, in words.
    kept_actions: list[str]
    seen_actions: list[str]


def reviews_of(*, person: User) -> list[OwnReview]:
    """Everything this person said of clients, the oldest first; two queries."""
    rows = ReviewAnswer.objects.filter(person=person).select_related("review__round", "client")
    found = list(rows.order_by("review__round__starts_on", "client__name", "pk"))
    charters = {row.review.charter_id for row in found}
    values = {str(value.pk): value for value in CharterValue.objects.filter(charter__in=charters)}
    names = {pk: value.name for pk, value in values.items()}
    return [
        OwnReview(
            round_on=row.review.round.starts_on,
            client=row.client.name,
            sent_at=row.sent_at,
            ours={names[value]: word for value, word in row.ours.items()},
            verdicts={names[value]: word for value, word in row.verdicts.items()},
            red_lines=[names[str(value)] for value in row.red_lines],
            kept_actions=[
                values[value].owed_actions[place].words
                for value, places in row.kept_actions.items()
                for place in places
            ],
            seen_actions=[
                values[value].asked_actions[place].words
                for value, places in row.seen_actions.items()
                for place in places
            ],
        )
        for row in found
    ]


def history(*, person: User, now: datetime) -> list[OwnCheckIn]:
    """All of a person's check-ins, the latest round first, in the language in force."""
    names = {row.code: row.name for row in Dimension.objects.all()}
    return [_told(row, names, now) for row in _own(person)]


def one(*, person: User, round_id: int, mission_id: int, now: datetime) -> OwnCheckIn | None:
    """One check-in of this person, or None when they sent none there."""
    row = _own(person).filter(round=round_id, mission=mission_id).first()
    return _told(row, {}, now) if row else None


def _own(person: User) -> QuerySet[CheckIn]:
    rows = CheckIn.objects.filter(person=person).select_related(
        "round__questionnaire", "mission__client", "talk_to"
    )
    return rows.order_by("-round__starts_on", "mission__client__name", "pk")


def _told(row: CheckIn, names: dict[str, str], now: datetime) -> OwnCheckIn:
    language = wording.language()
    items = row.round.questionnaire.items if row.round.questionnaire else []
    core = [item.code for item in items if item.is_core]
    outcome = next((item for item in items if item.role == "outcome"), None)
    return OwnCheckIn(
        round_id=row.round_id,
        round_on=row.round.starts_on,
        round_label=round_label(row.round),
        mission_id=row.mission_id,
        mission=row.mission.label,
        client=row.mission.client.label,
        sent_at=row.sent_at,
        can_change=row.round.is_open(now),
        is_between=row.mission.is_standing,
        answers=list(_answers(row, items, names, language)),
        feeling=next(_answers(row, [outcome] if outcome else [], names, language), None),
        feeling_labels=[label for _value, label in outcome.choices(language)] if outcome else [],
        overall=overall(row.answers, core),
        talk_to=row.talk_to.full_name if row.share == CheckInShare.TALK and row.talk_to else "",
        feeling_basis=_basis([outcome] if outcome else []),
        overall_basis=_basis([item for item in items if item.is_core]),
        comment=opened(row),
        comment_shown=row.comment_shown,
    )


def _basis(items: list[Item]) -> str:
    told = [f"{item.code} {item.version} {len(item.labels.get('fr', []))}" for item in items]
    return ", ".join(sorted(told))


def _answers(
    row: CheckIn, items: list[Item], names: dict[str, str], language: str
) -> Iterator[OwnAnswer]:
    for item in items:
        if item.code not in row.answers:
            continue
        value = row.answers[item.code]
        labels = dict(item.choices(language))
        yield OwnAnswer(
            dimension=names.get(item.dimension, item.dimension),
            question=item.words(language),
            label=labels.get(value, f"{value:.0f} / 100"),
            value=value,
            code=item.code,
        )
