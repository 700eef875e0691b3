"""Our people judge their clients on the charter, each alone: when, whom, and what they send.

A review goes with a round of check-ins. It is about the clients at which as many people work as a
figure needs; those with fewer have a joint sheet (``clients/sheets.py``). Nothing here writes a
log line: what somebody answers lies in their own row and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from accounts.models import FirmSettings, User
from clients import sheets
from clients.models import Charter, Client
from core.jobs import once
from missions.models import Assignment
from surveys.intake import Outcome, is_asked
from surveys.leaving import has_left
from surveys.models import ClientReview, ReviewedClient, ReviewPlan, Round
from surveys.models.review_answers import ReviewAnswer, T, by_id
from surveys.plans import MONTH_DAYS, is_time


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody says of a client: by id of a value; what is skipped is absent."""

    verdicts: dict[int, str] = field(default_factory=dict)
    ours: dict[int, str] = field(default_factory=dict)
    red_lines: tuple[int, ...] = ()
    # Places of the actions ticked: of what we ask, seen; of what we owe, kept.
    seen_actions: dict[int, list[int]] = field(default_factory=dict)
    kept_actions: dict[int, list[int]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.verdicts or self.ours)


@dataclass(frozen=True, slots=True)
class Asked:
    """A client that somebody may judge now, and whether they have."""

    review: ClientReview
    client: Client
    sent_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.sent_at is not None


# --- opening ---------------------------------------------------------------------------------


def open_due(*, now: datetime) -> str:
    """Open a review with the round that is nearest to its time."""
    plan = ReviewPlan.current()
    opened = 0
    for row in Round.objects.open(now).filter(client_review=None).order_by("starts_on"):
        is_due = is_time(row.starts_on, last_review_on(), plan.months)
        if plan.months and row.is_early(now) and is_due:
            opened += open_review(round_=row, now=now)
    return f"review of {opened} client(s) opened" if opened else ""


def last_review_on() -> date | None:
    """First day of the round that the last review went with."""
    rows = ClientReview.objects.order_by("-round__starts_on")
    return rows.values_list("round__starts_on", flat=True).first()


def open_review(*, round_: Round, now: datetime) -> int:
    """Open it for each client at which enough people work; 0 where there is none yet."""
    charter = Charter.objects.newest()
    need = FirmSettings.current().anonymity_threshold
    day = localdate(now)
    people = Client.objects.judged(day).working(day)
    enough = sorted(pk for pk, count in people.items() if count >= need)
    if charter is None or not enough:
        return 0

    def make() -> int:
        review = ClientReview.objects.create(round=round_, charter=charter, opened_at=now)
        rows = [ReviewedClient(review=review, client_id=pk) for pk in enough]
        return len(ReviewedClient.objects.bulk_create(rows))

    return once(make, done=lambda: ClientReview.objects.filter(round=round_).exists()) or 0


def reviews_so_far() -> list[tuple[ClientReview, int]]:
    """Every review with its number of clients, the newest first; never how many answered."""
    rows = ClientReview.objects.select_related("round").annotate(count=Count("reviewed"))
    return [(row, row.count) for row in rows.order_by("-round__starts_on")]


def sheets_due(*, now: datetime) -> QuerySet[Client]:
    """Clients with too few people for a review whose joint sheet is missing, or as old as a review
    would be."""
    months = ReviewPlan.current().months
    need = FirmSettings.current().anonymity_threshold
    few = sheets.with_few_people(Client.objects.all(), localdate(now), need=need)
    if not months:
        return few.none()
    old = now - timedelta(days=(months - 0.5) * MONTH_DAYS)
    return few.filter(Q(judged_at=None) | Q(judged_at__lte=old))


# --- answering -------------------------------------------------------------------------------


def asked(*, person: User, now: datetime) -> list[Asked]:
    """The clients that this person may judge now: those of the review at which they were in its
    round. Nothing of somebody who takes no part for now."""
    open_ones = ClientReview.objects.filter(opened_at__lte=now, round__closes_at__gt=now)
    reviews = list(open_ones.select_related("round", "charter"))
    if not reviews or not is_asked(person, localdate(now)) or has_left(person):
        return []
    found = []
    for review in reviews:
        rows = ReviewAnswer.objects.filter(review=review, person=person)
        sent = dict(rows.values_list("client_id", "sent_at"))
        there = clients_of(review, person, now)
        found += [Asked(review, client, sent.get(client.pk)) for client in there]
    return found


def clients_of(review: ClientReview, person: User, now: datetime) -> list[Client]:
    """The clients of a review at which this person was in its round, up to now."""
    held = Assignment.objects.filter(person=person)
    during = held.during(review.round.starts_on, localdate(now)).values("mission__client")
    rows = ReviewedClient.objects.filter(review=review, client__in=during)
    return [row.client for row in rows.select_related("client").order_by("client__name", "pk")]


def kept(*, review: ClientReview, client: Client, person: User) -> Judged | None:
    """What this person has sent, for their own page."""
    row = ReviewAnswer.objects.filter(review=review, client=client, person=person).first()
    return _judged(row) if row else None


def _judged(row: ReviewAnswer) -> Judged:
    return Judged(
        by_id(row.verdicts),
        by_id(row.ours),
        tuple(row.red_lines),
        by_id(row.seen_actions),
        by_id(row.kept_actions),
    )


def _by_text(said: dict[int, T]) -> dict[str, T]:
    """As it is stored: a key of JSON is a text."""
    return {str(value): one for value, one in said.items()}


@transaction.atomic
def submit(
    *, review: ClientReview, client: Client, person: User, judged: Judged, now: datetime
) -> Outcome:
    """Keep one row a person, client and review; again changes it, empty takes it back.

    ``now`` is when the sending began. Whoever counts writes in the review's row first, so what
    is kept here is counted, however near the close.
    """
    locked = ClientReview.objects.select_for_update().filter(pk=review.pk, counted_at=None)
    if not review.is_open(now) or locked.first() is None:
        return Outcome.CLOSED
    rows = ReviewAnswer.objects.filter(review=review, client=client, person=person)
    if judged.is_empty:
        return Outcome.TAKEN_BACK if rows.delete()[0] else Outcome.NOTHING
    ReviewAnswer.objects.update_or_create(
        review=review,
        client=client,
        person=person,
        defaults={
            "verdicts": _by_text(judged.verdicts),
            "ours": _by_text(judged.ours),
            "red_lines": sorted(judged.red_lines),
            "seen_actions": _by_text(judged.seen_actions),
            "kept_actions": _by_text(judged.kept_actions),
            "sent_at": now,
        },
    )
    return Outcome.KEPT
