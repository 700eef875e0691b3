"""What clients think, and how it stands beside what our people live there: rows for the pages.

Everything comes from two doors, ``scoring.publication`` and ``scoring.satisfaction``. Where our
people's figure is withheld nothing is said of the two together: no page tells more than the gate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import wording
from dashboards import drawing
from dashboards.edition import FIRM, Point, has_curve, label
from dashboards.names import Named, Names
from missions.models import Mission
from scoring.maths.figures import Change
from scoring.maths.symmetry import LEAST_CLIENTS, Correlation, rank_correlation
from scoring.publication import WITHHELD, Cell, PublishedPeriod, Scope, figure, published
from scoring.satisfaction import ALL, NO_OPINION, Opinion, Said, beside_people, opinions
from surveys.topics import TOPICS

# Four zones, by where both whole intervals lie beside the firm's two figures; else none.
ZONES = {
    ("above", "above"): gettext_lazy("Good on both sides"),
    ("above", "below"): gettext_lazy("Our people are well, the client is less pleased"),
    ("below", "above"): gettext_lazy("The client is pleased, our people are less well"),
    ("below", "below"): gettext_lazy("Hard on both sides"),
}
BETWEEN = gettext_lazy("A margin reaches the middle: no zone")
GAPS = {
    "up": gettext_lazy("the client’s figure is clearly above our people’s"),
    "down": gettext_lazy("the client’s figure is clearly below our people’s"),
    "unclear": gettext_lazy("no clear gap"),
}
FEWEST = 3
MOST_DRAWN = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """One survey of one client, with the period that was out when it closed."""

    day: date
    people: Cell
    client: Opinion
    gap: Change | None
    # Of our people's figure.
    period: str = ""


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The third side, from missions alone: since when, how many, how often renewed."""

    since: date
    missions: int

    @property
    def renewals(self) -> int:
        """Missions begun after the first one."""
        return self.missions - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A client in the last survey, with what came before."""

    named: Named
    moments: list[Moment]
    loyalty: Loyalty | None
    answered: int = 0
    asked: int = 0

    @property
    def last(self) -> Moment:
        return self.moments[-1]

    @property
    def is_shown(self) -> bool:
        """Both figures are there, so it has a place in the drawing."""
        return self.last.gap is not None

    @property
    def zone(self) -> str:
        return zone_of(self.last.people, self.last.client)

    @property
    def gap_words(self) -> str:
        return gap_words(self.last.gap)

    @property
    def gaps(self) -> list[float | None]:
        return [None if one.gap is None else one.gap.points for one in self.moments]

    @property
    def trend(self) -> str:
        """How the gap went, from three surveys with both figures on."""
        known = [one.gap for one in self.moments if one.gap is not None]
        if len(known) < FEWEST:
            return ""
        words = {"first": _with_margin(known[0]), "last": _with_margin(known[-1])}
        said = _("gap from %(first)s to %(last)s over %(count)s surveys")
        return said % (words | {"count": len(known)})


def _with_margin(gap: Change) -> str:
    return f"{wording.signed(gap.points)} ({wording.range_text(gap.low, gap.high)})"


def zone_of(people: Cell, client: Opinion) -> str:
    """A zone in words; empty where a figure is missing or has nothing to be compared with."""
    if not people.group or not client.group:
        return ""
    return str(ZONES.get((people.group, client.group), BETWEEN))


def gap_words(gap: Change | None) -> str:
    """What the interval of the gap allows to say; never why."""
    return "" if gap is None else str(GAPS[str(gap.direction)])


# --- one client ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its figure and the nearest of its five words."""

    words: str
    opinion: Opinion
    word: str


@dataclass(frozen=True, slots=True)
class ClientView:
    """What a client's page says of its satisfaction."""

    said: Said
    mean: Opinion
    word: str
    topics: list[Topic]
    moments: list[Moment]
    early: bool
    finding: str = ""
    drawing: SafeString = field(default_factory=SafeString)

    @property
    def gap(self) -> Change | None:
        return self.moments[-1].gap

    @property
    def gap_words(self) -> str:
        return gap_words(self.gap)

    @property
    def people(self) -> Cell:
        return self.moments[-1].people

    @property
    def period(self) -> str:
        """Of our people's figure."""
        return self.moments[-1].period

    @property
    def zone(self) -> str:
        return zone_of(self.people, self.said.index)


def client_view(
    *, viewer: User, ref: str, periods: Sequence[PublishedPeriod], now: datetime
) -> ClientView | None:
    """The last survey of a client and those before it; None while there is none to read."""
    told = opinions(viewer=viewer, now=now, refs=[ref])
    surveys = told.get(ref, [])
    if not surveys:
        return None
    means = {said.survey: said.index for said in told.get(ALL, [])}
    cells = _cells(viewer, surveys, periods, [Scope("client", ref), FIRM])
    moments = _moments(surveys, periods, cells, Scope("client", ref))
    said = surveys[-1]
    points = _points(surveys, means)
    finding = _finding(points)
    return ClientView(
        said=said,
        mean=means.get(said.survey, NO_OPINION),
        word=word_of("overall", said.index),
        topics=[_topic(item.code, said) for item in TOPICS],
        moments=moments,
        early=now < said.managers_from,
        finding=finding,
        drawing=drawing.trend(points, finding) if finding else SafeString(),
    )


def word_of(code: str, opinion: Opinion) -> str:
    """The nearest of the topic's five words; empty without a figure."""
    if opinion.withheld:
        return ""
    item = next(item for item in TOPICS if item.code == code)
    return item.choices(_language())[opinion.level - 1][1]


def _language() -> str:
    return wording.language()


def _topic(code: str, said: Said) -> Topic:
    item = next(item for item in TOPICS if item.code == code)
    opinion = said.topics[code]
    return Topic(item.words(_language()), opinion, word_of(code, opinion))


def _points(surveys: Sequence[Said], means: Mapping[int, Opinion]) -> list[Point]:
    """The curve of one client, all clients dashed beside it."""
    return [
        Point(
            published_at=said.closed_at,
            label=wording.full_day(said.closed_at),
            cell=_as_cell(said.index),
            firm=_as_cell(means.get(said.survey, NO_OPINION)),
            first=False,
            day=localdate(said.closed_at),
        )
        for said in surveys
    ]


def _as_cell(opinion: Opinion) -> Cell:
    """For the drawing alone, which knows figures by their three numbers."""
    if opinion.withheld:
        return WITHHELD
    return Cell(False, opinion.score, opinion.low, opinion.high, level=opinion.level)


def _finding(points: Sequence[Point]) -> str:
    """From where to where; empty under three surveys."""
    if not has_curve(points):
        return ""
    known = [point.cell.score for point in points if not point.cell.withheld]
    words = {"first": known[0], "last": known[-1], "count": len(known)}
    if known[0] == known[-1]:
        return _("At %(last)s, as %(count)s surveys ago") % words
    return _("From %(first)s to %(last)s over %(count)s surveys") % words


# --- all clients -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The last survey, client by client, and what all of them say together."""

    closed_at: datetime
    period: PublishedPeriod | None
    firm: Cell
    mean: Opinion
    answered: int
    asked: int
    left_out: int
    declined: int
    rows: list[Row]

    @property
    def shown(self) -> list[Row]:
        return [row for row in self.rows if row.is_shown]

    @property
    def drawn(self) -> list[Row]:
        """The widest gaps, as many as a drawing can hold; the table has them all."""
        return self.shown[:MOST_DRAWN]

    @property
    def rate(self) -> float:
        return 100 * self.answered / self.asked

    @property
    def period_label(self) -> str:
        return label(self.period) if self.period else ""

    @property
    def ranks(self) -> Correlation | None:
        pairs = [(row.last.people.score, row.last.client.score) for row in self.shown]
        return rank_correlation(pairs)

    @property
    def least_clients(self) -> int:
        return LEAST_CLIENTS


def symmetry(
    *, viewer: User, names: Names, periods: Sequence[PublishedPeriod], now: datetime
) -> Symmetry | None:
    """Every client of the last survey that is out; None before the first one is."""
    told = opinions(viewer=viewer, now=now)
    together = told.pop(ALL, [])
    if not together:
        return None
    last = together[-1]
    refs = [ref for ref, said in told.items() if said[-1].survey == last.survey]
    known = [names.clients[ref] for ref in refs if ref in names.clients]
    scopes = [FIRM, *(Scope("client", named.ref) for named in known)]
    surveys = [said for named in known for said in told[named.ref]]
    cells = _cells(viewer, [*surveys, last], periods, scopes)
    loyal = loyalty(named.ref for named in known)
    rows = [
        Row(
            named,
            _moments(told[named.ref], periods, cells, Scope("client", named.ref)),
            loyal.get(named.ref),
            answered=told[named.ref][-1].answered,
            asked=told[named.ref][-1].asked,
        )
        for named in known
    ]
    period = period_at(last.closed_at, periods)
    return Symmetry(
        closed_at=last.closed_at,
        period=period,
        firm=figure(cells, period.id, FIRM) if period else WITHHELD,
        mean=last.index,
        answered=last.answered,
        asked=last.asked,
        left_out=last.left_out,
        declined=last.declined,
        rows=sorted(rows, key=_order),
    )


def _order(row: Row) -> tuple[bool, int, str]:
    """The widest gaps first; those without both figures last."""
    gap = row.last.gap
    return gap is None, -abs(gap.points) if gap else 0, row.named.name


def loyalty(refs: Iterable[str]) -> dict[str, Loyalty]:
    """By client: the first day of its first mission, and how many there were. One query."""
    rows = Mission.objects.filter(client__ref__in=list(refs)).order_by().values("client__ref")
    counted = rows.annotate(since=Min("starts_on"), missions=Count("pk"))
    columns = counted.values_list("client__ref", "since", "missions")
    return {ref: Loyalty(since, missions) for ref, since, missions in columns}


# --- both doors together -------------------------------------------------------------------------


def period_at(moment: datetime, periods: Sequence[PublishedPeriod]) -> PublishedPeriod | None:
    """The period whose last round had begun when a survey closed; periods come newest first."""
    day = localdate(moment)
    return next((period for period in periods if period.last_on <= day), None)


def _cells(
    viewer: User,
    surveys: Iterable[Said],
    periods: Sequence[PublishedPeriod],
    scopes: Sequence[Scope],
) -> Any:
    found = [period_at(said.closed_at, periods) for said in surveys]
    wanted = {period.id for period in found if period is not None}
    return published(viewer=viewer, periods=wanted, scopes=scopes)


def _moments(
    surveys: Sequence[Said], periods: Sequence[PublishedPeriod], cells: Any, scope: Scope
) -> list[Moment]:
    made = []
    for said in surveys:
        period = period_at(said.closed_at, periods)
        people = figure(cells, period.id, scope) if period else WITHHELD
        gap = beside_people(people, said.index)
        named = label(period) if period else ""
        made.append(Moment(localdate(said.closed_at), people, said.index, gap, named))
    return made
