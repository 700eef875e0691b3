"""What a client was last judged to be, against the charter: the one place where that is read.

Where enough people work, what they said in the last review, each alone, released as words of more
than half of them; where few do, the sheet that they wrote together with the referent. The right is
that of a client's figures (``scoring/perms.py``); a value that is withheld is absent.

A worked example::

    facts = charter_facts(viewer=request.user, at=now, clients=[client.pk]).get(client.pk)
    if facts is None:
        ...  # not judged yet, which is neither good nor bad
    elif facts.red_lines:
        ...
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import User
from clients.models import CharterValue, ClientSheet, Seen, SheetLine
from clients.models.charter import Action
from scoring import perms
from scoring.models import ReleasedReview, ReleasedVerdict, ReviewRelease
from scoring.publication import SystemViewer, Viewer
from scoring.reviewing import CROSSED, LOOKED_AT
from surveys.models import ClientReview

REVIEW, SHEET = "review", "sheet"
Kind = ReleasedVerdict.Kind


@dataclass(frozen=True, slots=True)
class Facts:
    """One client, as judged last.

    ``verdicts``: by value, seen, not_seen or contrary; ``ours``: by value, kept or not_kept; what
    is not known is absent. ``red_lines``: values whose red line is crossed. ``source``: review or
    sheet; ``charter``: the version judged against; ``review``: its id, where it was one.
    ``kept_actions``, ``seen_actions``: by value, places of the typical actions that more than half
    of those who judged it have ticked, in this review or one of the three before; one that is not
    there says nothing (``maths/evidence.py``).
    """

    client: int
    judged_at: datetime
    source: str
    charter: int
    verdicts: dict[int, str]
    ours: dict[int, str]
    red_lines: tuple[int, ...]
    review: int | None = None
    kept_actions: dict[int, list[int]] = field(default_factory=dict)
    seen_actions: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleasedReviews:
    """The words of one review that are out: its round's first day, since when, of how many
    clients."""

    round_on: date
    published_at: datetime
    clients: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One value in words, for a page; empty where it is not known."""

    value: CharterValue
    ours: str
    ours_label: str
    verdict: str
    verdict_label: str
    red_line: bool
    # In words, the typical actions told as evidence.
    ours_actions: list[str]
    verdict_actions: list[str]


def charter_facts(
    *, viewer: Viewer, at: datetime, clients: Collection[int] | None = None
) -> dict[int, Facts]:
    """By client, what was known of it at that time, as far as the viewer may read it.

    Five queries, whatever the number of clients (one more for a consultant's own). A client that
    nobody has judged is absent, and so is one of whose review nothing could be told.
    """
    about = Q() if clients is None else Q(client__in=clients)
    if not isinstance(viewer, SystemViewer):
        about &= perms.readable_facts(viewer)
    found = _sheets(about, at)
    for client, review in _reviews(about, at).items():
        if client not in found or found[client].judged_at <= review.judged_at:
            found[client] = review
    return found


def periods_waiting(*, now: datetime) -> set[int]:
    """Periods (ids) in which a review is over whose words are not out yet; one query."""
    out = ReviewRelease.objects.values("review")
    rows = ClientReview.objects.filter(round__closes_at__lte=now).exclude(pk__in=out)
    return set(rows.order_by().values_list("round__period", flat=True))


def released_reviews() -> list[ReleasedReviews]:
    """Reviews whose words are out, the newest first; two queries."""
    said = ReleasedReview.objects.filter(says=True).order_by()
    clients = dict(said.values_list("release").annotate(Count("pk")))
    rows = ReviewRelease.objects.filter(withdrawn_at=None).select_related("review__round")
    return [
        ReleasedReviews(row.review.round.starts_on, row.published_at, clients.get(row.pk, 0))
        for row in rows
    ]


def withdrawn_reviews() -> list[int]:
    """Reviews (ids) whose words were taken back, for whoever kept something that rests on them."""
    rows = ReviewRelease.objects.filter(withdrawn_at__isnull=False).order_by()
    return list(rows.values_list("review", flat=True))


def taken_back(*, viewer: User, client: int) -> datetime | None:
    """When the newest words about a client came out that were taken back since; one query."""
    said = ReleasedReview.objects.filter(perms.readable_facts(viewer), client=client, says=True)
    rows = said.filter(release__withdrawn_at__isnull=False)
    out = rows.order_by("-release__published_at").values_list("release__published_at", flat=True)
    return out.first()


def _sheets(about: Q, at: datetime) -> dict[int, Facts]:
    sheets = ClientSheet.objects.standing().filter(written_at__lte=at)
    newest = sheets.filter(client=OuterRef("client")).order_by("-written_at", "-pk").values("pk")
    rows = sheets.filter(about, pk=Subquery(newest[:1])).prefetch_related("lines")
    return {row.client_id: _of_sheet(row) for row in rows}


def _of_sheet(row: ClientSheet) -> Facts:
    lines: Iterable[SheetLine] = row.lines.all()
    return Facts(
        client=row.client_id,
        judged_at=row.written_at,
        source=SHEET,
        charter=row.charter_id,
        verdicts={line.value_id: line.verdict for line in lines},
        ours={line.value_id: line.ours for line in lines if line.ours != SheetLine.Ours.UNKNOWN},
        red_lines=tuple(line.value_id for line in lines if line.red_line),
    )


def _reviews(about: Q, at: datetime) -> dict[int, Facts]:
    told = ReleasedReview.objects.filter(
        says=True, release__published_at__lte=at, release__withdrawn_at=None
    )
    newest = told.filter(client=OuterRef("client")).order_by("-release__published_at", "-pk")
    rows = list(
        told.filter(about, pk=Subquery(newest.values("pk")[:1])).select_related("release__review")
    )
    words: dict[int, list[ReleasedVerdict]] = defaultdict(list)
    for one in ReleasedVerdict.objects.filter(about__in=rows):
        words[one.about_id].append(one)
    lent = _lent_by_withdrawn() if rows else set()
    return {
        row.client_id: _of_review(row, words[row.pk], carries=row.release_id not in lent)
        for row in rows
    }


def _lent_by_withdrawn() -> set[int]:
    """Releases under whose words an action may stand that was told in a withdrawn one."""
    rows = ReviewRelease.objects.order_by("review__round__starts_on")
    every = list(rows.values_list("pk", "withdrawn_at"))
    return {
        later
        for place, (_pk, withdrawn_at) in enumerate(every)
        if withdrawn_at
        for later, _at in every[place + 1 : place + 1 + LOOKED_AT]
    }


def _of_review(row: ReleasedReview, words: Sequence[ReleasedVerdict], *, carries: bool) -> Facts:
    """``carries``: tell actions too, which may have been told in an earlier review."""
    by_kind = {
        kind: {one.value_id: one.word for one in words if one.kind == kind} for kind in Kind
    }
    actions = {
        kind: {
            one.value_id: one.actions
            for one in words
            if carries and one.kind == kind and one.actions
        }
        for kind in Kind
    }
    red_lines = by_kind[Kind.RED_LINE]
    # A line of which nothing can be told must not read as one that nobody crossed.
    untold = {value for value, word in red_lines.items() if not word}
    return Facts(
        client=row.client_id,
        judged_at=row.release.published_at,
        source=REVIEW,
        charter=row.release.review.charter_id,
        verdicts={
            value: word
            for value, word in by_kind[Kind.VERDICT].items()
            if word and value not in untold
        },
        ours={value: word for value, word in by_kind[Kind.OURS].items() if word},
        red_lines=tuple(value for value, word in red_lines.items() if word == CROSSED),
        review=row.release.review_id,
        kept_actions=actions[Kind.OURS],
        seen_actions=actions[Kind.VERDICT],
    )


def judged(facts: Facts) -> list[Judged]:
    """The values of the version judged against, in their order, for a page; one query."""
    values = CharterValue.objects.filter(charter=facts.charter, chosen=True)
    ours, verdicts = dict(SheetLine.Ours.choices), dict(Seen.Verdict.choices)
    return [
        Judged(
            value,
            facts.ours.get(value.pk, ""),
            str(ours.get(facts.ours.get(value.pk, ""), "")),
            facts.verdicts.get(value.pk, ""),
            str(verdicts.get(facts.verdicts.get(value.pk, ""), "")),
            red_line=value.pk in facts.red_lines,
            ours_actions=_told(value.owed_actions, facts.kept_actions.get(value.pk, [])),
            verdict_actions=_told(value.asked_actions, facts.seen_actions.get(value.pk, [])),
        )
        for value in values
    ]


def _told(actions: Sequence[Action], places: Iterable[int]) -> list[str]:
    return [actions[place].words for place in places]
