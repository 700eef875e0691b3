"""Taking in a check-in: what is asked of whom now, and keeping what was sent.

One row per person, mission and round; sending again changes that row until the round closes.
Nothing here writes a log line: values live in that row and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from missions.models import Assignment, Mission
from surveys.models import Round
from surveys.models.answers import CheckIn
from surveys.models.calendar import CheckInShare


@dataclass(frozen=True, slots=True)
class Asked:
    """One check-in asked of a person: a round, a mission, and whether it is done."""

    round: Round
    mission: Mission
    share_of_time: int
    sent_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.sent_at is not None

    @property
    def until(self) -> datetime:
        return self.round.closes_at

    @property
    def question_count(self) -> int:
        return len(self.round.questionnaire.content) if self.round.questionnaire else 0


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person sends: value by question code, and how to share it."""

    answers: dict[str, int] = field(default_factory=dict)
    share: str = CheckInShare.AVERAGES
    talk_to: int | None = None


class Outcome(Enum):
    """What became of a sending."""

    KEPT = "kept"
    TAKEN_BACK = "taken back"
    NOTHING = "nothing to keep"
    CLOSED = "closed"


def is_asked(person: User, day: date) -> bool:
    """Only a consultant who is with the firm on that day is asked anything."""
    arrived = person.starts_on is None or person.starts_on <= day
    return person.is_consultant and arrived and (person.ends_on is None or person.ends_on >= day)


def asked(*, person: User, now: datetime) -> list[Asked]:
    """Everything asked of this person now: open rounds × missions they were on meanwhile.

    One line per mission, whatever the number of its assignments; what is still to do first.
    """
    today = localdate(now)
    if not is_asked(person, today):
        return []
    found = [
        line
        for row in Round.objects.open(now).select_related("questionnaire")
        for line in _asked_in(row, person, today)
    ]
    return sorted(found, key=lambda line: (line.is_done, line.until, line.mission.client.name))


def _asked_in(row: Round, person: User, today: date) -> list[Asked]:
    """This round's lines; the latest assignment tells the share of time."""
    sent = CheckIn.objects.filter(person=person, round=row).values_list("mission_id", "sent_at")
    sent_at = dict(sent)
    held = Assignment.objects.filter(person=person).during(row.starts_on, today)
    latest = {one.mission_id: one for one in _oldest_first(held)}
    return [
        Asked(row, one.mission, one.share, sent_at.get(mission)) for mission, one in latest.items()
    ]


def _oldest_first(held: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return held.select_related("mission__client").order_by("starts_on", "pk")


def rounds_asking(*, person: User, mission: int, now: datetime) -> QuerySet[Round]:
    """Rounds, open or not, in which this person is or was on this mission.

    Until a round closes only its days so far count: an assignment still to come asks nothing.
    """
    held = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("starts_on")),
        Q(starts_on__lte=localdate(now)) & Q(starts_on__lte=OuterRef("closes_at__date")),
        person=person,
        mission=mission,
    )
    return Round.objects.filter(Exists(held)).select_related("questionnaire")


def submit(
    *, person: User, mission: int, round_: Round, sending: Sending, now: datetime
) -> Outcome:
    """Keep a check-in: one row, one statement; the same again changes nothing.

    With neither an answer nor a wish to talk there is nothing to keep, so nothing counts as
    answered; if something had been sent before, it is taken back.
    """
    if not round_.is_open(now):
        return Outcome.CLOSED
    if not sending.answers and sending.share == CheckInShare.AVERAGES:
        return _take_back(person, mission, round_)
    row = CheckIn(
        person=person,
        mission_id=mission,
        round=round_,
        answers=sending.answers,
        share=sending.share,
        talk_to_id=sending.talk_to,
        sent_at=now,
    )
    CheckIn.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["person", "mission", "round"],
        update_fields=["answers", "raw", "share", "talk_to", "sent_at"],
    )
    return Outcome.KEPT


def _take_back(person: User, mission: int, round_: Round) -> Outcome:
    gone, _each = CheckIn.objects.filter(person=person, mission=mission, round=round_).delete()
    return Outcome.TAKEN_BACK if gone else Outcome.NOTHING


def sent_before(*, person: User, mission: int, round_: Round) -> Sending | None:
    """What this person sent, to be shown to them again in their own form."""
    row = CheckIn.objects.filter(person=person, mission=mission, round=round_).first()
    return Sending(row.answers, row.share, row.talk_to_id) if row else None
