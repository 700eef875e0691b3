"""Doors to the statuses of clients: of each client for those who read its figure, and the shares
of days of the whole firm for everybody who reads figures.

A withdrawn period has no status any more, nor has one of which any status rests on the words of a
withdrawn review: what they rested on was taken back. All of the period's go, since the shares with
and without one client would tell that client's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum

from balancing.maths.status import (
    AT_RISK,
    ON_THE_WAY,
    TOO_EARLY,
    VIRTUOUS,
    Reason,
    Rule,
    whole_percents,
)
from balancing.models import ClientStatus, StatusPass, StatusRule
from scoring import perms
from scoring.charter_facts import withdrawn_reviews
from scoring.publication import SystemViewer, Viewer, withdrawn_periods

# The order in which statuses are told everywhere.
RESULTS = (VIRTUOUS, ON_THE_WAY, TOO_EARLY, AT_RISK)
# Where more of the days than this lie with clients whom nobody has judged, nothing is told.
HALF = 50
# What may keep the statuses of two periods from being compared.
RULE, CHARTER = "rule", "charter"
# Of clients without a name, what is told is told of so many at least, and of as many statuses.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Status:
    """A client's status in a period. ``days``: person-days staffed there; ``reasons``: codes of
    ``balancing.maths.status``; ``seen`` of ``judged`` of the ``values`` of its charter."""

    client: int
    result: str
    reasons: tuple[str, ...]
    days: float
    values: int
    judged: int
    seen: int


@dataclass(frozen=True, slots=True)
class Shares:
    """The firm's days in a period by status, in whole percents that sum to 100, and the clients.

    Of clients with days in it. ``reasons``: of each status, how many clients have it for which
    first reason. ``is_told``: False where they would give away, by subtraction, a client that the
    reader may not read; nothing stands in them then. ``is_known``: of half of the days or more,
    somebody has judged the client.
    """

    percents: Mapping[str, int]
    clients: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]
    is_told: bool = True

    @property
    def is_known(self) -> bool:
        return any(self.percents.values()) and self.percents[TOO_EARLY] <= HALF

    @property
    def virtuous(self) -> int:
        return self.percents[VIRTUOUS]


@dataclass(frozen=True, slots=True)
class Move:
    """Clients that went from one status to another between two periods, or came, or left (empty).

    ``client``: its id, for those who read its figure; None: all that one may not name, together,
    without their reasons and days, which would say which they are. ``percent``: of the firm's
    days, those of the later period, or of the earlier for who left.
    """

    before: str
    after: str
    clients: int
    percent: int | None = None
    reasons: tuple[str, ...] = ()
    client: int | None = None


def statuses(
    *, viewer: Viewer, periods: Collection[int], clients: Collection[int] | None = None
) -> dict[tuple[int, int], Status]:
    """By (period id, client id), of the clients (of these) whose figures the viewer may read. One
    query for the statuses, two for what was withdrawn, one more for a consultant's clients."""
    rows = _readable(viewer).filter(status_pass__period__in=_standing(periods))
    if clients is not None:
        rows = rows.filter(client__in=clients)
    columns = (
        "status_pass__period_id", "client_id", "result", "reasons", "days", "values", "judged",
        "seen",
    )  # fmt: skip
    return {
        (period, client): Status(client, result, tuple(reasons), *counts)
        for period, client, result, reasons, *counts in rows.order_by("client").values_list(
            *columns
        )
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """A period (its id) whose clients have a status, and when that was made."""

    period: int
    made_at: datetime


def newest_kept(*, by: date) -> list[Kept]:
    """The newest period with statuses made up to a day, and the one before."""
    rows = StatusPass.objects.filter(made_at__date__lte=by).exclude(period__in=taken_back())
    columns = rows.order_by("-period__starts_on").values_list("period_id", "made_at")
    return [Kept(period, made_at) for period, made_at in columns[:2]]


def days_of(period: int) -> float:
    """Person-days with all clients in a period, as its statuses were kept; one query."""
    rows = ClientStatus.objects.filter(status_pass__period=period).order_by()
    return float(rows.aggregate(days=Sum("days"))["days"] or 0)


def shares(*, periods: Collection[int], viewer: Viewer | None = None) -> dict[int, Shares]:
    """The firm's, by period id; absent where no status was kept. Four queries, two more for a
    viewer who reads some clients only.

    That viewer is told nothing where the clients they may not read that have been judged all have
    one status, or one alone is left: the rest would follow. Nor do they read which of the others
    have a figure below the firm's, even as a count.
    """
    standing = _standing(periods)
    kept = StatusPass.objects.filter(period__in=standing).order_by()
    sums = {period: _Sum() for period in kept.values_list("period", flat=True)}
    rows = _with_days(ClientStatus.objects.all(), standing)
    grouped = rows.values_list("status_pass__period", "result", "reasons")
    for period, result, reasons, days, clients in grouped.annotate(Sum("days"), Count("pk")):
        sums[period].add(result, reasons, days, clients)
    if viewer is None or reads_all(viewer):
        return {period: found.shares() for period, found in sums.items()}
    read = _counted(viewer, standing)
    return {
        period: found.without_figures() if found.hides(read[period]) else UNTOLD
        for period, found in sums.items()
    }


def _counted(viewer: Viewer, periods: Collection[int]) -> dict[int, Counter[str]]:
    """How many clients of each period this viewer may read, by status."""
    found: dict[int, Counter[str]] = {period: Counter() for period in periods}
    rows = _with_days(_readable(viewer), periods).values_list("status_pass__period", "result")
    for period, result, clients in rows.annotate(Count("pk")):
        found[period][result] = clients
    return found


def _with_days(rows: QuerySet[ClientStatus], periods: Collection[int]) -> QuerySet[ClientStatus]:
    """A client on which nobody spent a day adds nothing, and hides nobody."""
    return rows.filter(status_pass__period__in=periods, days__gt=0).order_by()


@dataclass(slots=True)
class _Sum:
    """One period's clients, added up."""

    days: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RESULTS, 0.0))
    clients: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RESULTS, 0))
    reasons: dict[str, Counter[str]] = field(
        default_factory=lambda: {result: Counter() for result in RESULTS}
    )

    def add(self, result: str, reasons: list[str], days: float, clients: int) -> None:
        self.days[result] += days
        self.clients[result] += clients
        self.reasons[result][reasons[0]] += clients

    def hides(self, read: Mapping[str, int]) -> bool:
        """May somebody who reads so many of the clients read these sums?"""
        hidden = {result: self.clients[result] - read.get(result, 0) for result in RESULTS}
        # That nobody has judged any of them says nothing of one.
        return _mixed(hidden) or (not _judged(hidden) and hidden[TOO_EARLY] != 1)

    def shares(self) -> Shares:
        percents = whole_percents([self.days[result] for result in RESULTS])
        return Shares(dict(zip(RESULTS, percents, strict=True)), self.clients, self.reasons)

    def without_figures(self) -> Shares:
        """All that is on the way has a path, whether or not its figure is below the firm's."""
        path = Counter({Reason.PATH.value: self.clients[ON_THE_WAY]})
        told = self.shares()
        return Shares(told.percents, told.clients, {**told.reasons, ON_THE_WAY: +path})


UNTOLD = Shares(dict.fromkeys(RESULTS, 0), dict.fromkeys(RESULTS, 0), {}, is_told=False)


def moves(*, viewer: Viewer, before: int, after: int) -> list[Move]:
    """What changed between two periods, most days first, those without a name last: of two at
    least, and left out where in either period all of them that were judged have one status."""
    everybody = SystemViewer("moves of clients")
    both = [before, after]
    found = statuses(viewer=everybody, periods=both)
    read = found if reads_all(viewer) else statuses(viewer=viewer, periods=both)
    named = {client for _period, client in read}
    pair = _Pair(
        {client: row for (period, client), row in found.items() if period == before},
        {client: row for (period, client), row in found.items() if period == after},
    )
    if not pair.old or not pair.new:
        return []
    return pair.moves(named)


@dataclass(slots=True)
class _Pair:
    """Every client's status in two periods."""

    old: dict[int, Status]
    new: dict[int, Status]
    hidden: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def moves(self, named: Collection[int]) -> list[Move]:
        shown = []
        for client in sorted(self.old.keys() | self.new.keys()):
            key = (_result(self.old.get(client)), _result(self.new.get(client)))
            if key[0] == key[1]:
                continue
            if client in named:
                shown.append(self._move(key, client))
            else:
                self.hidden.setdefault(key, []).append(client)
        shown.sort(key=lambda row: -(row.percent or 0))
        if not all(_mixed(_hidden(period, named)) for period in (self.old, self.new)):
            return shown
        return shown + [
            Move(*key, len(clients))
            for key, clients in sorted(self.hidden.items())
            if len(clients) >= FEWEST
        ]

    def _move(self, key: tuple[str, str], client: int) -> Move:
        before, after = key
        period = self.new if after else self.old
        whole = sum(row.days for row in period.values()) or 1.0
        percent = round(100 * period[client].days / whole)
        return Move(before, after, 1, percent, period[client].reasons if after else (), client)


def _hidden(period: Mapping[int, Status], named: Collection[int]) -> Counter[str]:
    """Of how many of those without a name that had days stands which status."""
    rows = (row for client, row in period.items() if client not in named)
    return Counter(result for row in rows if (result := _result(row)))


def _judged(hidden: Mapping[str, int]) -> set[str]:
    """The statuses that say something."""
    return {result for result, clients in hidden.items() if clients and result != TOO_EARLY}


def _mixed(hidden: Mapping[str, int]) -> bool:
    """May clients without a name be told of, together? Where all that were judged have one status,
    the sum says it of each: those that nobody has judged are known by their dates."""
    return len(_judged(hidden)) >= FEWEST


def _result(row: Status | None) -> str:
    """Empty where one did not work there: the client came or left."""
    return row.result if row is not None and row.days else ""


def rule_in_force() -> StatusRule | None:
    """The firm's newest version; None: the product's own percents, and no aim."""
    return StatusRule.objects.select_related("author").first()


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """By what a period's clients were judged: the percents, and versions (ids) of the charter."""

    rule: Rule = field(default_factory=Rule)
    charters: frozenset[int] = frozenset()

    def differs_from(self, before: "JudgedBy") -> str:
        """Why the two cannot be compared: ``RULE``, ``CHARTER``, or nothing. Where nobody has
        judged, no charter was another one."""
        if self.rule != before.rule:
            return RULE
        both = self.charters and before.charters
        return CHARTER if both and self.charters != before.charters else ""

    def since(self, before: "JudgedBy") -> "JudgedBy":
        """On the charters of before, where nobody has judged since."""
        return replace(self, charters=self.charters or before.charters)


def judged_by(periods: Iterable[int]) -> dict[int, JudgedBy]:
    """Of each period with statuses; two queries."""
    rows = StatusPass.objects.filter(period__in=list(periods)).order_by()
    columns = ("period", "rule__virtuous_from", "rule__at_risk_under")
    read = ClientStatus.objects.filter(status_pass__in=rows, charter__isnull=False, days__gt=0)
    charters: dict[int, set[int]] = {}
    pairs = read.order_by().values_list("status_pass__period", "charter").distinct()
    for period, charter in pairs:
        charters.setdefault(period, set()).add(charter)
    return {
        period: JudgedBy(
            Rule() if first is None else Rule(first, second), frozenset(charters.get(period, ()))
        )
        for period, first, second in rows.values_list(*columns)
    }


def profile_shares(*, period: int, groups: Mapping[str, str]) -> dict[str, int] | None:
    """Whole percents of the days with clients by ``groups`` of profiles: each reference's word;
    what has none counts under the empty one. None where no status was kept."""
    rows = StatusPass.objects.filter(period__in=_standing([period])).order_by()
    found = rows.values_list("profile_days", flat=True).first()
    if found is None:
        return None
    days = dict.fromkeys(sorted({"", *groups.values()}), 0.0)
    for ref, worked in found.items():
        days[groups.get(ref, "")] += worked
    return dict(zip(days, whole_percents(list(days.values())), strict=True))


def reads_all(viewer: Viewer) -> bool:
    """Every client's status, as its figure."""
    return isinstance(viewer, SystemViewer) or perms.can_read_all_figures(viewer)


def _readable(viewer: Viewer) -> QuerySet[ClientStatus]:
    """Those of the clients whose figures this viewer reads (``decisions.md`` 10)."""
    rows = ClientStatus.objects.all()
    if reads_all(viewer):
        return rows
    if isinstance(viewer, SystemViewer) or not perms.can_read_some_figures(viewer):
        return rows.none()
    return rows.filter(client__ref__in=perms.own_client_refs(viewer))


def taken_back() -> set[int]:
    """Periods without statuses any more, with their figures or with a review; two queries, three
    where a review was withdrawn."""
    taken, reviews = set(withdrawn_periods()), withdrawn_reviews()
    if reviews:
        rested = ClientStatus.objects.filter(review__in=reviews).order_by()
        taken.update(rested.values_list("status_pass__period", flat=True))
    return taken


def _standing(periods: Collection[int]) -> list[int]:
    taken = taken_back()
    return [period for period in periods if period not in taken]
