"""THE gate: the only door through which aggregated results leave.

It reads immutable released cells only. Threshold, merging, rounding and the audit were decided
when the period was released (``scoring/release.py``); the reader's right is decided here.

A worked example::

    cells = published(viewer=request.user, periods=[period.id])
    cell = figure(cells, period.id, Scope("client", "ORSEL", OVERALL))
    if cell.withheld:
        ...  # "Not enough answers (5 people are needed)", and nothing else

Source of the rules: ``decisions.md`` 10–13 and 25; docs/privacy.md tells them to readers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from scoring import perms
from scoring.comments import Comments as Comments
from scoring.comments import published_comments as published_comments
from scoring.maths import figures, warning
from scoring.models import Decline, Participation, Release, ReleasedCell, ScopeKind
from scoring.spread import last_spread
from surveys.models import Period, Round
from surveys.versions import Asked

OVERALL = "overall"
# Answers during which one is told that one's own have gone down: a period's.
LATELY = 3
LEAST_PEOPLE = figures.BANDS[0][0]
PUBLISHED, WITHDRAWN = Release.State.PUBLISHED.value, Release.State.WITHDRAWN.value


class Scope(NamedTuple):
    """What a figure is about: kind (firm, unit, client, pool, profile), ref, dimension."""

    kind: str
    ref: str = ""
    dimension: str = OVERALL


@dataclass(frozen=True, slots=True)
class Cell:
    """A published figure on its grid, or "withheld" and nothing else.

    ``score``, ``low``, ``high``: whole points of 0–100, the 90 % interval; ``band``: people, as
    ``5-7``, ``8-12``, ``13-19`` or ``20+``; ``level`` 1–5; ``reliability`` and ``group`` are
    computed from the rounded figures. ``group`` (against the firm on the same dimension) is
    empty for the firm itself and where the firm has no figure.
    """

    withheld: bool
    score: int = 0
    low: int = 0
    high: int = 0
    band: str = ""
    level: int = 0
    reliability: str = ""
    group: str = ""


# One constant whatever the cause: nobody can tell one cause from another.
WITHHELD = Cell(withheld=True)


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """A period whose figures are out. ``first``: no history yet, wider intervals.

    ``last_on``: first day of its last round; ``rounds``: those that were asked. Of its making:
    the version of the formula, and the people that a figure needed then. ``asked``: what its
    figures rest on (``surveys.versions``); ``follows``: the period just before it, published or
    not; ``next_closes_at``: when the one asked after it closes or closed.
    """

    id: int
    starts_on: date
    last_on: date
    published_at: datetime
    first: bool
    formula_version: int = 1
    people_needed: int = LEAST_PEOPLE
    rounds: int = 0
    asked: Asked = field(default_factory=dict)
    follows: int | None = None
    next_closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LateRelease:
    """The newest closed period, where its figures are not out, or were taken back."""

    starts_on: date
    last_on: date
    closes_at: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class FirmParticipation:
    """The firm's participation in the last round that closed, and that round's period.

    ``shown`` as in ``participation``; empty where it is withheld.
    """

    closed_at: datetime
    shown: str
    period: int
    period_starts_on: date
    period_last_on: date | None
    period_closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class SystemViewer:
    """A job that reads every published figure. ``purpose`` names it."""

    purpose: str


Viewer = User | SystemViewer
Figures = dict[tuple[int, Scope], Cell]


def published(
    *, viewer: Viewer, periods: Collection[int], scopes: Iterable[Scope] | None = None
) -> Figures:
    """Every cell of these periods that the viewer may read, by (period id, scope).

    ``scopes`` narrows to some cells. One query, whatever the number of cells (one more for a
    consultant's own clients). A cell that is absent is read as withheld: use ``figure``.
    """
    rows = _readable(viewer).filter(release__period__in=periods)
    wanted = set(scopes) if scopes is not None else None
    if wanted is not None:
        rows = rows.filter(_any_of(wanted) | Q(kind=ScopeKind.FIRM))
    raw = [_row(row) for row in rows.values_list(*COLUMNS)]
    firm = {
        (period, scope.dimension): values
        for period, scope, values in raw
        if scope.kind == ScopeKind.FIRM and values is not None
    }
    return {
        (period, scope): _cell(scope, values, firm.get((period, scope.dimension)))
        for period, scope, values in raw
        if wanted is None or scope in wanted
    }


def figure(cells: Mapping[tuple[int, Scope], Cell], period: int, scope: Scope) -> Cell:
    """The cell, or withheld where there is none: the two look the same to everybody."""
    return cells.get((period, scope), WITHHELD)


def change(before: Cell, after: Cell) -> figures.Change | None:
    """What changed between two cells of one thing; None where either is withheld.

    From their rounded figures alone, so it tells nothing that the two cells do not. Whether the
    two periods asked the same is for the caller to know (``surveys.versions``).
    """
    if before.withheld or after.withheld:
        return None
    return figures.change(_figure(_values(before)), _figure(_values(after)))


def reliability(low: int, high: int) -> str:
    """The reliability of a published figure that was kept, from its rounded interval."""
    return str(figures.reliability(low, high))


def published_periods(*, limit: int | None = None) -> list[PublishedPeriod]:
    """Periods whose figures are out, newest first. Which ones they are is no secret; one query."""
    out = Release.objects.filter(state=Release.State.PUBLISHED)
    return [period for period, _state in _releases(out, limit)]


def announced_periods() -> list[tuple[PublishedPeriod, str]]:
    """Every release there was, newest first, with its state: published, withheld, withdrawn.

    For everybody: that a release is missing can be seen; why is kept for the audit alone.
    """
    return _releases(Release.objects.all())


def late_periods(now: datetime) -> list[tuple[PublishedPeriod, bool]]:
    """Withheld or withdrawn releases, for the administrator, newest first, with "withdrawn".

    They are told that a release was withheld, no more.
    """
    rows = Release.objects.exclude(state=Release.State.PUBLISHED).filter(published_at__lte=now)
    return [(period, state == Release.State.WITHDRAWN) for period, state in _releases(rows)]


def withdrawn_periods() -> list[int]:
    """Periods whose release was taken back, for whoever kept a figure of theirs."""
    taken = Release.objects.filter(state=Release.State.WITHDRAWN).order_by()
    return list(taken.values_list("period_id", flat=True))


def late_release(now: datetime) -> LateRelease | None:
    """What readers are told of the newest closed period, where it has no figures; one query.

    Withheld and not yet made look the same: the cause is for the audit alone.
    """
    asked = Round.objects.filter(period=OuterRef("pk"), opened_at__isnull=False)
    state = Release.objects.filter(period=OuterRef("pk")).values("state")
    closed = Period.objects.closed(now).filter(Exists(asked)).order_by("-starts_on")
    last_on = Coalesce("last_round_on", "starts_on")
    columns = ("starts_on", last_on, "closes_at", Subquery(state))
    for starts_on, last, closes_at, reached in closed.values_list(*columns)[:1]:
        if reached != Release.State.PUBLISHED:
            withdrawn = reached == Release.State.WITHDRAWN
            return LateRelease(starts_on, last, closes_at, withdrawn)
    return None


def _releases(
    rows: QuerySet[Release], limit: int | None = None
) -> list[tuple[PublishedPeriod, str]]:
    asked = Round.objects.filter(period=OuterRef("period"), opened_at__isnull=False)
    earlier = Period.objects.filter(starts_on__lt=OuterRef("period__starts_on"))
    opened = Round.objects.filter(period=OuterRef("pk"), opened_at__isnull=False)
    after = Period.objects.filter(starts_on__gt=OuterRef("period__starts_on"))
    later = after.filter(Exists(opened), closes_at__isnull=False)
    rounds = asked.order_by().values("period").annotate(n=Count("pk")).values("n")
    columns = (
        "period_id",
        "period__starts_on",
        Coalesce("period__last_round_on", "period__starts_on"),
        "published_at",
        "first",
        "formula_version",
        "made__rules__people",
        Coalesce(Subquery(rounds), 0),
        "asked",
        Subquery(earlier.order_by("-starts_on").values("pk")[:1]),
        Subquery(later.order_by("starts_on").values("closes_at")[:1]),
        "state",
    )
    found = rows.order_by("-period__starts_on").values_list(*columns)[:limit]
    return [(_period(row[:-1]), row[-1]) for row in found]


def _period(row: tuple[Any, ...]) -> PublishedPeriod:
    told = list(row)
    # Releases made before the number was kept needed the least.
    told[6] = told[6] or LEAST_PEOPLE
    return PublishedPeriod(*told)


def participation(*, viewer: Viewer, rounds: Collection[int]) -> dict[tuple[int, int | None], str]:
    """Share of people who answered, already rounded, by (round id, unit id or None = firm).

    ``"90+"``, ``"under_30"`` or a percentage as text; a withheld one is absent. Units are for
    those who read all figures; the firm's is for everybody but an administrator.
    """
    rows = Participation.objects.filter(round__in=rounds).exclude(shown="")
    if not isinstance(viewer, SystemViewer):
        if not perms.can_read_some_figures(viewer):
            return {}
        if not perms.can_read_all_figures(viewer):
            rows = rows.filter(unit=None)
    return {
        (round_id, unit): shown
        for round_id, unit, shown in rows.values_list("round", "unit", "shown")
    }


def firm_participation(
    *, viewer: User, now: datetime, period: int | None = None
) -> FirmParticipation | None:
    """The firm's participation in the newest round closed by then (of that period); one query."""
    if not perms.can_read_some_figures(viewer):
        return None
    rows = Participation.objects.filter(unit=None, round__closes_at__lte=now)
    if period is not None:
        rows = rows.filter(round__period=period)
    columns = ("period_id", "period__starts_on", "period__last_round_on", "period__closes_at")
    found = rows.order_by("-round__starts_on").values_list(
        "round__closes_at", "shown", *(f"round__{column}" for column in columns)
    )
    return next((FirmParticipation(*row) for row in found[:1]), None)


def declines(*, viewer: Viewer, rounds: Collection[int]) -> set[tuple[int, str]]:
    """(Round id, client ref) where a client's level was seen to go down: a bit, and no more.

    For those who may read the client's figures; one query (one more for a consultant's clients).
    """
    rows = Decline.objects.filter(round__in=rounds)
    if not isinstance(viewer, SystemViewer):
        rows = rows.filter(perms.readable_declines(viewer))
    return set(rows.values_list("round_id", "ref"))


def have_gone_down(series: Mapping[int, Sequence[float]]) -> set[int]:
    """Of one person's own answers by mission, oldest first: the missions where they have gone down
    lately. For that person alone; nothing is kept. One query.

    None until a release has given the usual spread of answers.
    """
    spread = last_spread(None)
    if spread is None:
        return set()
    return {
        mission
        for mission, values in series.items()
        if warning.gone_down(values, spread.within, lately=LATELY)
    }


COLUMNS = (
    "release__period_id",
    "kind",
    "ref",
    "dimension",
    "withheld",
    "score",
    "low",
    "high",
    "band",
)
Values = tuple[int, int, int, str]


def _readable(viewer: Viewer) -> QuerySet[ReleasedCell]:
    rows = ReleasedCell.objects.filter(release__state=Release.State.PUBLISHED)
    if isinstance(viewer, SystemViewer):
        return rows
    return rows.filter(perms.readable_cells(viewer))


def _any_of(scopes: set[Scope]) -> Q:
    """One condition per kind and dimension, so that it stays short for many clients."""
    refs: dict[tuple[str, str], set[str]] = {}
    for scope in scopes:
        refs.setdefault((scope.kind, scope.dimension), set()).add(scope.ref)
    found = Q(pk__in=[])
    for (kind, dimension), some in refs.items():
        found |= Q(kind=kind, dimension=dimension, ref__in=some)
    return found


def _row(row: tuple[Any, ...]) -> tuple[int, Scope, Values | None]:
    period, kind, ref, dimension, withheld, score, low, high, band = row
    values = None if withheld else (score, low, high, band)
    return period, Scope(kind, ref, dimension), values


def _cell(scope: Scope, values: Values | None, firm: Values | None) -> Cell:
    if values is None:
        return WITHHELD
    shown = _figure(values)
    beside = shown.beside(_figure(firm)) if firm and scope.kind != ScopeKind.FIRM else ""
    return Cell(
        withheld=False,
        score=shown.score,
        low=shown.low,
        high=shown.high,
        band=shown.band,
        level=shown.level,
        reliability=str(shown.reliability),
        group=str(beside),
    )


def _values(cell: Cell) -> Values:
    return cell.score, cell.low, cell.high, cell.band


def _figure(values: Values) -> figures.Figure:
    score, low, high, band = values
    grid = figures.FINE if band == f"{figures.MANY}+" else figures.COARSE
    return figures.Figure(score=score, low=low, high=high, grid=grid, band=band)
