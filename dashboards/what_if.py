"""What if, on the portfolio: hypotheses to ranges, in the numbers that a page and a file show."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from balancing.maths.portfolio import (
    HIGH,
    LOW,
    SCORE,
    STATUSES,
    TOO_EARLY,
    Expected,
    Hypotheses,
    Opportunity,
    Outcome,
    Span,
    expected,
    outcome,
)
from balancing.maths.status import whole_percents
from balancing.maths.window import Floats
from balancing.portfolio import HALF
from clients.models import Result as Word
from dashboards.first_contact import Expected as Status
from dashboards.portfolio import Line, Today
from dashboards.what_if_revenue import Ends, Revenue, revenue
from missions.models import Assignment
from scoring.maths.figures import Figure

KEEP, DEVELOP, RENEGOTIATE, LEAVE = "", "develop", "renegotiate", "leave"
LESS, MORE = "less", "more"
KINDS = (
    ("", pgettext_lazy("hypothesis", "Keep")),
    (DEVELOP, pgettext_lazy("hypothesis", "Develop")),
    (RENEGOTIATE, pgettext_lazy("hypothesis", "Renegotiate")),
    (LEAVE, pgettext_lazy("hypothesis", "Leave")),
)
MIX = (
    ("", pgettext_lazy("mix of profiles", "As today")),
    (LESS, pgettext_lazy("mix of profiles", "Less")),
    (MORE, pgettext_lazy("mix of profiles", "More")),
)
# What developing a client, and more or less of a profile, stands for unless said otherwise.
GROWTH = 25
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """What is tried with a client; ``by``: the last day there, where it is left."""

    kind: str
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Brings:
    """A client to come. ``name``: the prospect's, or empty; ``profile``: its reference; ``why``:
    where the firm's rule gave the status; ``earns``: what it may pay over the year, from and to,
    where that is said."""

    name: str
    low: int
    high: int
    profile: str
    status: str
    why: str = ""
    earns: Ends | None = None


@dataclass(frozen=True)
class Scenario:
    """Everything that is tried: clients by id, profiles by reference; percents for the rest."""

    choices: Mapping[int, Choice] = field(default_factory=dict)
    mix: Mapping[str, str] = field(default_factory=dict)
    brings: Sequence[Brings] = ()
    growth: int = GROWTH
    target: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.choices or self.mix or self.brings)


@dataclass(frozen=True, slots=True)
class Part:
    """A share before, and from worst to best, in whole percents that sum to 100 with its like."""

    key: str
    now: int
    worst: int
    best: int

    @property
    def word(self) -> str:
        """Of a status; a profile's key is its name."""
        return str(Word(self.key).label) if self.key in Word else self.key


@dataclass(frozen=True, slots=True)
class Well:
    """Expected well-being in whole points: the estimate from, to, and the outer margin."""

    score: int
    least: int
    most: int
    low: int
    high: int

    @property
    def level(self) -> int:
        return Figure(score=self.score, low=self.low, high=self.high, grid=1, band="").level


@dataclass(frozen=True, slots=True)
class Cross:
    """A client × profile that is touched: days before, from, to, and what is expected there.

    ``to_come``: the status of a client to come, and why.
    """

    name: str
    profile: str
    before: int
    least: int
    most: int
    well: Well | None
    to_come: Status | None = None


@dataclass(frozen=True)
class Result:
    """What the page says. Days are over the year to come, whole; percents are of today's days."""

    parts: list[Part]
    ends_differ: bool
    has_days_left: bool
    before: int
    given_up: int
    to_find: tuple[int, int]
    beyond: tuple[int, int]
    total_change: tuple[int, int]
    missing: tuple[int, int] | None
    people: int
    revenue: Revenue
    well_now: Well | None
    well: Well | None
    mix: list[Part]
    crosses: list[Cross]

    @property
    def virtuous(self) -> Part:
        return self.parts[0]

    @property
    def is_known(self) -> bool:
        """For half of the days or more somebody has judged the client."""
        return self.parts[STATUSES.index(TOO_EARLY)].now <= HALF

    @property
    def percent_given_up(self) -> int:
        return _percent(self.given_up, self.before)

    @property
    def percents_to_find(self) -> tuple[int, int]:
        low, high = self.to_find
        return _percent(low, self.before), _percent(high, self.before)


def result(today: Today, scenario: Scenario) -> Result:
    """What the scenario would do; one query, for the people of clients that are left."""
    tried = _tried(today, scenario)
    target = (scenario.target or 0) / WHOLE
    found = outcome(today.portfolio, tried, target=target)
    worst, best = _percents(found.worst), _percents(found.best)
    now = _percents(found.now)
    return Result(
        parts=[Part(*row) for row in zip(STATUSES, now, worst, best, strict=True)],
        ends_differ=worst != best,
        has_days_left=found.worst is not None and found.best is not None,
        before=round(found.before),
        given_up=round(found.given_up),
        to_find=_whole(found.to_find),
        beyond=_whole(found.beyond),
        total_change=(
            _percent(found.total.low - found.before, found.before),
            _percent(found.total.high - found.before, found.before),
        ),
        missing=_whole(found.missing) if found.missing and scenario.target else None,
        people=people_to_reposition(today, scenario),
        revenue=revenue(today, found, [one.earns for one in scenario.brings]),
        well_now=_well(found.well_now),
        well=_well(found.well),
        mix=_mix(today, found),
        crosses=_crosses(today, scenario, tried, found),
    )


def people_to_reposition(today: Today, scenario: Scenario) -> int:
    """People whom staffing has, on the last day, at a client that is left."""
    by = {pk: choice.by for pk, choice in scenario.choices.items() if choice.by}
    by |= {
        line.pk: ends
        for line in today.lines
        if (ends := line.named.ended_on) and today.day <= ends < by.get(line.pk, today.until)
    }
    if not by:
        return 0
    rows = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today.day),
        mission__client__in=by,
        person__is_active=True,
    )
    columns = ("person", "mission__client", "starts_on", "ends_on")
    return len(
        {
            person
            for person, client, starts, ends in rows.order_by().values_list(*columns)
            if starts <= by[client] and (ends is None or ends >= by[client])
        }
    )


def _tried(today: Today, scenario: Scenario) -> Hypotheses:
    """The scenario over the arrays. A client that is known to end is left by then anyway."""
    growth, kinds = scenario.growth / WHOLE, [_kind(scenario, line) for line in today.lines]
    mix = [scenario.mix.get(row.ref, "") for row in today.profiles]
    return Hypotheses(
        stays=np.array([_stays(today, scenario, line) for line in today.lines]),
        grows=np.array([growth * (kind == DEVELOP) for kind in kinds]),
        improves=np.array([kind == RENEGOTIATE for kind in kinds]),
        lessens=np.array([growth * (word == LESS) for word in mix]),
        swells=np.array([growth * (word == MORE) for word in mix]),
        brings=tuple(_opportunity(today, one) for one in scenario.brings),
    )


def _kind(scenario: Scenario, line: Line) -> str:
    choice = scenario.choices.get(line.pk)
    return choice.kind if choice else KEEP


def _stays(today: Today, scenario: Scenario, line: Line) -> float:
    choice = scenario.choices.get(line.pk)
    ends = [day for day in (line.named.ended_on, choice.by if choice else None) if day]
    return today.stays(min(ends)) if ends else 1.0


def _opportunity(today: Today, one: Brings) -> Opportunity:
    profile = next(at for at, row in enumerate(today.profiles) if row.ref == one.profile)
    return Opportunity(
        Span(one.low, one.high), profile, STATUSES.index(one.status), newcomer(today, profile)
    )


def newcomer(today: Today, profile: int) -> tuple[float, float, float]:
    """What a client whom nobody knows may be like: the firm with that profile, in the middle of
    all that is published of clients, from the lowest figure to the highest."""
    firm, own = today.portfolio.firm, today.portfolio.profiles[profile]
    middle = firm if np.isnan(own).any() else own
    known = [line.cell.score for line in today.lines if line.is_own]
    down = min([*(score - firm[SCORE] for score in known), middle[LOW] - middle[SCORE]])
    up = max([*(score - firm[SCORE] for score in known), middle[HIGH] - middle[SCORE]])
    low, score, high = np.clip(middle[SCORE] + np.array([down, 0.0, up]), 0, 100).tolist()
    return low, score, high


def _percents(shares: Sequence[float] | None) -> list[int]:
    return whole_percents(list(shares)) if shares else [0] * len(STATUSES)


def _whole(span: Span) -> tuple[int, int]:
    return round(span.low), round(span.high)


def _percent(part: float, whole: float) -> int:
    return round(WHOLE * part / whole) if whole else 0


def _well(found: Expected | None) -> Well | None:
    """Margins are rounded outwards, like those of figures."""
    if found is None:
        return None
    least, most = round(found.least), round(found.most)
    return Well(
        score=round((found.least + found.most) / 2),
        least=least,
        most=most,
        low=math.floor(found.low + 1e-9),
        high=math.ceil(found.high - 1e-9),
    )


def _mix(today: Today, found: Outcome) -> list[Part]:
    """Each profile's share of the days: today, and the least and the most of it."""
    if not found.profiles_now or not found.profiles:
        return []
    now = whole_percents(list(found.profiles_now))
    return [
        Part(row.name, share, round(WHOLE * span.low), round(WHOLE * span.high))
        for row, share, span in zip(today.profiles, now, found.profiles, strict=True)
    ]


def _crosses(today: Today, scenario: Scenario, tried: Hypotheses, found: Outcome) -> list[Cross]:
    """Client × profile, where a hypothesis touches it; then what is new."""
    cells = expected(today.portfolio)
    rows = [
        _cross((line.named.name, today, at), place, cells, found)
        for place, line in enumerate(today.lines)
        if line.pk in scenario.choices
        for at in np.flatnonzero(today.portfolio.days[place]).tolist()
    ]
    for told, one in zip(scenario.brings, tried.brings, strict=True):
        profile = today.profiles[one.profile].name
        low, high = _whole(one.days)
        well, status = _around(np.array(one.figure)), Status(told.status, told.why)
        rows.append(Cross(told.name, profile, 0, low, high, well, status))
    return rows


def _cross(where: tuple[str, Today, int], place: int, cells: Floats, found: Outcome) -> Cross:
    name, today, at = where
    kept, growth = float(found.kept[place, at]), float(found.growth[place, at])
    return Cross(
        name,
        today.profiles[at].name,
        round(float(today.portfolio.days[place, at])),
        round(kept),
        round(kept + growth),
        _around(cells[place, at]),
    )


def _around(figure: Floats) -> Well | None:
    if np.isnan(figure).any():
        return None
    low, score, high = figure.tolist()
    return _well(Expected(score, score, low, high))
