"""Taking in a check-in: what is asked of whom now, and keeping what was sent.

One row per person, mission and round; sending again changes that row until the round closes.
Nothing here writes a log line: values live in that row and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from missions.models import Absence, Assignment, Mission
from missions.standing import between_missions, standing_mission
from surveys.comments import opened, sealed
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft, Leaving
from surveys.models.calendar import CheckInShare
from surveys.occasions import asked_on

# Assignments, anybody's, in the round of the outer query. Made once: of what sending a check-in
# costs, building this query was a good part.
_IN_THE_ROUND = Assignment.objects.filter(
    Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("starts_on")),
    starts_on__lte=OuterRef("closes_at__date"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One check-in asked of a person: a round, a mission, and whether it is done."""

    round: Round
    mission: Mission
    # In percent; none between two missions.
    share_of_time: int
    sent_at: datetime | None
    question_count: int = 0

    @property
    def is_done(self) -> bool:
        return self.sent_at is not None

    @property
    def until(self) -> datetime:
        return self.round.closes_at


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person sends: value by question code, and how to share it."""

    answers: dict[str, int] = field(default_factory=dict)
    share: str = CheckInShare.AVERAGES
    talk_to: int | None = None
    # None leaves a comment as it is: a form without a box says nothing about it.
    comment: str | None = None
    comment_shown: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.answers or self.comment) and self.share == CheckInShare.AVERAGES


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person sent, shown to them again; ``is_sealed``: its comment does not open now."""

    sending: Sending
    sent_at: datetime
    is_sealed: bool

    @property
    def version(self) -> str:
        return self.version_of(self.sent_at)

    @staticmethod
    def version_of(sent_at: datetime | None) -> str:
        """Tells one sending from the next; empty for none."""
        return f"{sent_at.timestamp():.6f}" if sent_at else ""


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

    One line per mission, whatever the number of its assignments; what is still to do first. Who
    is on none on a round's first day is asked about the time between two missions. Nothing of
    somebody who takes no part for now (``surveys/leaving.py``).
    """
    if not is_asked(person, localdate(now)):
        return []
    left = Leaving.objects.filter(person=person)
    rounds = Round.objects.open(now).filter(~Exists(left)).select_related("questionnaire")
    found = [line for row in rounds for line in asked_in(row, person=person, now=now)]
    return sorted(found, key=lambda line: (line.is_done, line.until, line.mission.client.name))


def asked_in(row: Round, *, person: User, now: datetime) -> list[Asked]:
    """This round's lines; the latest assignment tells the share of time."""
    sent = CheckIn.objects.filter(person=person, round=row).values_list("mission_id", "sent_at")
    sent_at = dict(sent)
    during = Assignment.objects.filter(person=person).during(row.starts_on, localdate(now))
    held = list(_oldest_first(during))
    latest = {one.mission_id: one for one in held}
    lines = [(one.mission, one.share) for one in latest.values()]
    if all(one.starts_on > row.starts_on for one in held) and is_between(person, row):
        standing = asks_between(row)
        lines += [(standing, 0)] if standing else []
    return [
        Asked(row, one, share, sent_at.get(one.pk), len(asked_on(row, one, person)))
        for one, share in lines
    ]


def is_between(person: User, row: Round) -> bool:
    """Is this person on no mission in that round, and there for some of it?"""
    last = localdate(row.closes_at)
    return between_missions(first=row.starts_on, last=last).filter(pk=person.pk).exists()


def asks_between(row: Round) -> Mission | None:
    """The standing mission, where it was there when the round began."""
    standing = standing_mission()
    return standing if standing and standing.starts_on <= row.starts_on else None


def _oldest_first(held: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return held.select_related("mission__client", "mission__profile").order_by("starts_on", "pk")


def round_asking(*, person: User, mission: int, round_pk: int, now: datetime) -> Round | None:
    """This round, if it is one of ``rounds_asking``.

    Whether somebody is on the mission is looked at first: so are nearly all who send a check-in,
    and the whole question, with the time between two missions, costs nearly twice as much.
    """
    aside, held = _aside(person, mission), Exists(_held(person, mission, now))
    found = _first(Round.objects.filter(held, pk=round_pk).select_related("questionnaire"), aside)
    if found is None:
        rounds = rounds_asking(person=person, mission=mission, now=now)
        found = _first(rounds.filter(pk=round_pk), aside)
    return found


def _first(rows: QuerySet[Round], aside: Q) -> Round | None:
    row = next(iter(rows.annotate(aside=aside)), None)
    if row is not None:
        row.is_aside = row.aside
    return row


def _aside(person: User, mission: int) -> Q:
    """Do they take no part for now, with nothing of theirs there that they could change?"""
    sent = CheckIn.objects.filter(person=person, mission=mission, round=OuterRef("pk"))
    return Q(Exists(Leaving.objects.filter(person=person)), ~Exists(sent))


def rounds_asking(*, person: User, mission: int, now: datetime) -> QuerySet[Round]:
    """Rounds, open or not, in which this person is or was on this mission, or on none where it
    is the standing one.
    """
    held = _held(person, mission, now)
    standing = Mission.everything.filter(
        pk=mission, is_standing=True, starts_on__lte=OuterRef("starts_on")
    )
    found = Round.objects.annotate(asks_between=Exists(standing)).filter(
        Exists(held) | (Q(asks_between=True) & _on_none(person, localdate(now)))
    )
    return found.select_related("questionnaire")


def _held(person: User, mission: int, now: datetime) -> QuerySet[Assignment]:
    """What puts somebody on a mission in the round of the outer query.

    Until a round closes only its days so far count: an assignment still to come asks nothing.
    """
    return _IN_THE_ROUND.filter(starts_on__lte=localdate(now), person=person, mission=mission)


def _on_none(person: User, today: date) -> Q:
    """The same as ``is_between``, of many rounds at once."""
    staffed = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("starts_on")),
        starts_on__lte=OuterRef("starts_on"),
        person=person,
    )
    away = Absence.objects.filter(
        starts_on__lte=OuterRef("starts_on"),
        ends_on__gte=OuterRef("closes_at__date"),
        person=person,
    )
    begun = Q(starts_on__lte=today)
    if person.starts_on is not None:
        begun &= Q(starts_on__gte=person.starts_on)
    return begun & Q(~Exists(staffed), ~Exists(away))


@transaction.atomic(savepoint=False)
def submit(
    *, person: User, mission: int, round_: Round, sending: Sending, now: datetime
) -> Outcome:
    """Keep a check-in: one row, one statement; the same again changes nothing.

    With neither an answer, a comment nor a wish to talk there is nothing to keep, so nothing
    counts as answered; if something had been sent before, it is taken back. What was kept as a
    draft goes with it, in the same transaction.
    """
    if not round_.is_open(now):
        return Outcome.CLOSED
    outcome = (
        _take_back(person, mission, round_)
        if sending.is_empty
        else _keep(person, mission, round_, sending, now)
    )
    Draft.objects.filter(person=person, mission=mission, round=round_).delete()
    return outcome


def _keep(person: User, mission: int, round_: Round, sending: Sending, now: datetime) -> Outcome:
    row = CheckIn(
        person=person,
        mission_id=mission,
        round=round_,
        answers=sending.answers,
        share=sending.share,
        talk_to_id=sending.talk_to,
        sent_at=now,
    )
    written = ["answers", "raw", "share", "talk_to", "sent_at"]
    if sending.comment is not None:
        row.comment = sealed(sending.comment, row)
        row.comment_shown = sending.comment_shown and row.comment is not None
        written += ["comment", "comment_shown"]
    CheckIn.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["person", "mission", "round"],
        update_fields=written,
    )
    return Outcome.KEPT


def _take_back(person: User, mission: int, round_: Round) -> Outcome:
    gone, _each = CheckIn.objects.filter(person=person, mission=mission, round=round_).delete()
    return Outcome.TAKEN_BACK if gone else Outcome.NOTHING


def sent_before(*, person: User, mission: int, round_: Round) -> Kept | None:
    """What this person sent, to be shown to them again in their own form."""
    row = CheckIn.objects.filter(person=person, mission=mission, round=round_).first()
    if row is None:
        return None
    text = opened(row)
    sending = Sending(row.answers, row.share, row.talk_to_id, text, row.comment_shown)
    return Kept(sending, row.sent_at, is_sealed=text is None)
