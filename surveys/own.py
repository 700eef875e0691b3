"""Door for ``dashboards`` alone: one person's own check-ins, for that person's own pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import User
from core import wording
from surveys.calendar import round_label
from surveys.exports import overall
from surveys.models import Dimension
from surveys.models.answers import CheckIn
from surveys.models.calendar import CheckInShare
from surveys.models.questions import Item


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer in the reader's words: the question, the label chosen, and the theme."""

    dimension: str
    question: str
    label: str
    value: float


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
    answers: list[OwnAnswer]
    # Label and value of the outcome item ("how do you feel"), when answered.
    feeling: OwnAnswer | None
    feeling_labels: list[str]
    overall: float | None
    # Whom they asked to talk to; empty when in averages only.
    talk_to: str

    @property
    def wants_to_talk(self) -> bool:
        return bool(self.talk_to)


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
        mission=row.mission.title,
        client=row.mission.client.name,
        sent_at=row.sent_at,
        can_change=row.round.is_open(now),
        answers=list(_answers(row, items, names, language)),
        feeling=next(_answers(row, [outcome] if outcome else [], names, language), None),
        feeling_labels=[label for _value, label in outcome.choices(language)] if outcome else [],
        overall=overall(row.answers, core),
        talk_to=row.talk_to.full_name if row.share == CheckInShare.TALK and row.talk_to else "",
    )


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
        )
