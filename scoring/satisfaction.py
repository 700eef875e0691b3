"""Door of what clients think: figures under a client's name, for those who may read them.

No threshold stands towards the firm, since the form told the contacts so; but they stay at the
client's level, and where one or two of our people work there, these read them first.
``dashboards`` alone comes here: an opinion of a client is no part of a load, a rotation or a
one-to-one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from scoring import perms
from scoring.client_scoring import ALL, INDEX
from scoring.maths import figures
from scoring.models import ClientOpinion, ClientScoring
from scoring.publication import Cell
from surveys.topics import CODES

__all__ = [
    "ALL",
    "INDEX",
    "NO_OPINION",
    "Opinion",
    "Said",
    "beside_people",
    "difference",
    "latest_opinions",
    "opinions",
]
STEP = 25
# What a list tells of each client: where one survey is not out for the reader, the one before.
LATEST = 2
# By topic: score, and margin from and to.
Means = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """A figure on the grid of 5 with its 90 % interval, or that there is none (``withheld``).

    ``level`` is the nearest of the five words, 1 to 5; ``group`` compares with all clients.
    """

    withheld: bool
    score: int = 0
    low: int = 0
    high: int = 0
    level: int = 0
    reliability: str = ""
    group: str = ""


NO_OPINION = Opinion(withheld=True)


@dataclass(frozen=True, slots=True)
class Said:
    """One client in one survey (all of them where ``ref`` is empty)."""

    survey: int
    closed_at: datetime
    managers_from: datetime
    ref: str
    asked: int
    answered: int
    left_out: int
    declined: int
    index: Opinion = NO_OPINION
    topics: dict[str, Opinion] = field(default_factory=dict)


def opinions(
    *, viewer: User, now: datetime, refs: Collection[str] | None = None
) -> dict[str, list[Said]]:
    """By client, oldest survey first, what this person may read by now. One query, and two more
    for whoever does not read all clients.

    The mean of all clients stands under ``ALL`` where it is out.
    """
    rows = ClientOpinion.objects.filter(perms.readable_opinions(viewer, now))
    if refs is not None:
        rows = rows.filter(ref__in=[*refs, ALL])
    found = list(
        rows.select_related("scoring__survey__round").order_by(
            "scoring__survey__round__starts_on", "ref"
        )
    )
    means = _means(found, viewer, now)
    told: dict[str, list[Said]] = {}
    for row in found:
        told.setdefault(row.ref, []).append(_said(row, means.get(row.scoring_id, {})))
    return told


def latest_opinions(*, viewer: User, now: datetime, refs: Collection[str]) -> dict[str, Said]:
    """The last that each of these clients said, as far as this person may read it by now, within
    the last two surveys; one that is absent was not asked. As many queries as ``opinions``."""
    newest = ClientScoring.objects.order_by("-survey__round__starts_on").values("pk")[:LATEST]
    rows = ClientOpinion.objects.filter(
        perms.readable_opinions(viewer, now), scoring__in=newest, ref__in=[*refs, ALL]
    )
    found = list(
        rows.select_related("scoring__survey__round").order_by("scoring__survey__round__starts_on")
    )
    means = _means(found, viewer, now)
    return {row.ref: _said(row, means.get(row.scoring_id, {})) for row in found if row.ref != ALL}


def _means(rows: Iterable[ClientOpinion], viewer: User, now: datetime) -> dict[int, Means]:
    """Of all clients, by survey. A topic is left out where all of it but one client can be read:
    the mean would tell that one."""
    means = {row.scoring_id: row for row in rows if row.ref == ALL}
    if means and not perms.can_read_all_figures(viewer):
        hidden = ClientOpinion.objects.filter(
            ~perms.readable_opinions(viewer, now), scoring__in=means
        ).exclude(ref=ALL)
        count = {code: Count("pk", filter=Q(figures__has_key=code)) for code in (INDEX, *CODES)}
        counted = hidden.order_by().values("scoring").annotate(**count)
        for scoring, *numbers in counted.values_list("scoring", *count):
            alone = {code for code, number in zip(count, numbers, strict=True) if number == 1}
            row = means[scoring]
            row.figures = {code: one for code, one in row.figures.items() if code not in alone}
    return {scoring: row.figures for scoring, row in means.items()}


def difference(before: Opinion, after: Opinion) -> figures.Change | None:
    """After less before with its interval, from the rounded figures; None without both."""
    if before.withheld or after.withheld:
        return None
    return figures.change(_figure(before), _figure(after))


def beside_people(people: Cell, client: Opinion) -> figures.Change | None:
    """What the client thinks less what our people live, with the interval of that difference.

    From published figures alone: where one is withheld there is nothing to say.
    """
    if people.withheld or client.withheld:
        return None
    grid = figures.FINE if people.band == f"{figures.MANY}+" else figures.COARSE
    lived = figures.Figure(people.score, people.low, people.high, grid, people.band)
    return figures.change(lived, _figure(client))


def _said(row: ClientOpinion, means: Means) -> Said:
    shown = {
        topic: _opinion(row.figures.get(topic), None if row.ref == ALL else means.get(topic))
        for topic in (INDEX, *CODES)
    }
    return Said(
        survey=row.scoring.survey_id,
        closed_at=row.scoring.survey.round.closes_at,
        managers_from=row.managers_from,
        ref=row.ref,
        asked=row.asked,
        answered=row.answered,
        left_out=row.left_out,
        declined=row.declined,
        index=shown.pop(INDEX),
        topics=shown,
    )


def _opinion(values: list[int] | None, mean: list[int] | None) -> Opinion:
    if values is None:
        return NO_OPINION
    score, low, high = values
    shown = _shown(score, low, high)
    beside = _shown(*mean) if mean else None
    return Opinion(
        withheld=False,
        score=score,
        low=low,
        high=high,
        level=1 + (score + STEP // 2) // STEP,
        reliability=str(shown.reliability),
        group=str(shown.beside(beside)) if beside else "",
    )


def _figure(told: Opinion) -> figures.Figure:
    return _shown(told.score, told.low, told.high)


def _shown(score: int, low: int, high: int) -> figures.Figure:
    """On the grid of 5, as any figure under 20 people."""
    return figures.Figure(score, low, high, figures.COARSE, "")
