"""The portfolio as it is, for what-if: days of staffing, kept statuses, published figures.

Nothing but published figures is read. A client without one counts as its pool, else as the firm
(``decisions.md`` 21), so two withheld clients of the same size give the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from accounts.models import User
from balancing.maths.portfolio import STATUSES, Portfolio
from balancing.maths.status import whole_percents
from balancing.maths.window import Floats, Integers
from balancing.portfolio import Status, statuses
from balancing.reading import days_by_profile
from balancing.revenue import revenue_of
from dashboards.client_sides import InWords
from dashboards.clients_table import scopes_of
from dashboards.edition import FIRM, PROFILE, Edition, Reading, read, span
from dashboards.names import Named, Names
from scoring.publication import Cell, Scope

# What is looked at: the year to come.
HORIZON = timedelta(days=365)
OWN, POOL, OF_FIRM = "own", "pool", "firm"
UNKNOWN = (float("nan"),) * 3
# Amounts are shown in whole hundreds of euros: an estimate over a year is no book.
STEP = 100


@dataclass(frozen=True, slots=True)
class Line(InWords):
    """A client today. ``days``: over a year at the pace of the period; ``percent`` of them all,
    whole, so that the lines sum to 100. ``paid``: over a year too, in euros; None: not known.

    ``cell``: its own figure, else its pool's, else the firm's; ``source`` and ``scope`` say which.
    """

    named: Named
    status: Status
    days: float
    percent: int
    paid: float | None
    cell: Cell
    source: str
    scope: Scope

    @property
    def pk(self) -> int:
        return self.named.pk

    @property
    def pays(self) -> int | None:
        """About what it pays over a year."""
        return about(self.paid)

    @property
    def red_line(self) -> bool:
        return any(reason.startswith("red_line") for reason in self.status.reasons)

    @property
    def is_own(self) -> bool:
        return self.source == OWN


def about(amount: float | None) -> int | None:
    """In whole hundreds; what is not known stays so."""
    return None if amount is None else STEP * round(amount / STEP)


@dataclass(frozen=True, eq=False)
class Today:
    """What a scenario starts from: lines, most days first; profiles, in the order of the arrays.

    ``pace``: how many such periods a year holds. ``day``: the first of the year to come.
    """

    edition: Edition
    day: date
    lines: list[Line]
    profiles: list[Named]
    portfolio: Portfolio
    firm: Cell
    pace: float

    @property
    def by_pk(self) -> dict[int, int]:
        """Place of each client, by its id."""
        return {line.pk: place for place, line in enumerate(self.lines)}

    @property
    def until(self) -> date:
        return self.day + HORIZON

    def stays(self, until: date) -> float:
        """Part of the year to come until that day."""
        return min(max((until - self.day) / HORIZON, 0.0), 1.0)


def today(*, viewer: User, edition: Edition, names: Names, day: date) -> Today | None:
    """The portfolio of the period chosen; None where no client has days in it."""
    period = edition.chosen.id
    kept = statuses(viewer=viewer, periods=[period])
    worked = {client: row for (_period, client), row in kept.items() if row.days > 0}
    clients = {row.pk: row for row in names.clients.values() if row.pk in worked}
    if not clients:
        return None
    wanted = [FIRM, *scopes_of(names), *(Scope(PROFILE, ref) for ref in names.profiles)]
    reading = read(viewer=viewer, edition=edition, scopes=wanted)
    first, last = span(edition.chosen)
    pace = HORIZON / (last - first + timedelta(days=1))
    paid = revenue_of(first, last, list(clients))
    yearly = {client: amount * pace for client, amount in paid.items()}
    lines = _lines(reading, clients, worked, yearly, pace)
    split = days_by_profile(period)
    profiles = _profiles(names, clients, split)
    return Today(
        edition=edition,
        day=day,
        lines=lines,
        profiles=profiles,
        portfolio=Portfolio(
            days=_days(lines, profiles, split),
            status=np.array([STATUSES.index(line.status.result) for line in lines]),
            clients=np.array(
                [UNKNOWN if line.source == OF_FIRM else _figure(line.cell) for line in lines]
            ),
            shared=_shared(lines),
            profiles=np.array(
                [_figure(reading.cell(Scope(PROFILE, row.ref))) for row in profiles]
            ),
            firm=np.array(_figure(reading.cell(FIRM))),
        ),
        firm=reading.cell(FIRM),
        pace=pace,
    )


def _lines(
    reading: Reading,
    clients: Mapping[int, Named],
    worked: Mapping[int, Status],
    yearly: Mapping[int, float],
    pace: float,
) -> list[Line]:
    most_first = sorted(clients, key=lambda pk: -worked[pk].days)
    percents = whole_percents([worked[pk].days for pk in most_first])
    return [
        Line(
            clients[pk], worked[pk], worked[pk].days * pace, percent, yearly.get(pk),
            *_cell_of(reading, clients[pk]),
        )
        for pk, percent in zip(most_first, percents, strict=True)
    ]  # fmt: skip


def _cell_of(reading: Reading, named: Named) -> tuple[Cell, str, Scope]:
    """Its own figure, else its unit's pool, else that of the small units, else the firm's."""
    own = Scope("client", named.ref)
    for source, scope in ((OWN, own), (POOL, Scope("pool", named.unit)), (POOL, Scope("pool"))):
        cell = reading.cell(scope)
        if not cell.withheld:
            return cell, source, scope
    return reading.cell(FIRM), OF_FIRM, FIRM


def _shared(lines: Iterable[Line]) -> Integers:
    """A number for each figure: clients of one pool have the same."""
    numbers: dict[Scope, int] = {}
    return np.array([numbers.setdefault(line.scope, len(numbers)) for line in lines])


def _profiles(
    names: Names, clients: Iterable[int], split: Mapping[tuple[int, str], float]
) -> list[Named]:
    """Those on which one works at these clients; all of them where nothing says which."""
    held = set(clients)
    seen = {ref for client, ref in split if client in held}
    return [row for ref, row in names.profiles.items() if ref in seen or not seen]


def _days(
    lines: Iterable[Line], profiles: list[Named], split: Mapping[tuple[int, str], float]
) -> Floats:
    """Days of each client over its profiles, (n, p), in the proportions of staffing.

    A client of whom the loads kept nothing has its days spread as the firm's are.
    """
    table = np.array([[split.get((line.pk, row.ref), 0.0) for row in profiles] for line in lines])
    usual = table.sum(axis=0)
    table[table.sum(axis=1) == 0] = usual if usual.any() else 1.0
    whole = np.array([line.days for line in lines])
    return np.asarray(table * (whole / table.sum(axis=1))[:, None])


def _figure(cell: Cell) -> tuple[float, float, float]:
    return UNKNOWN if cell.withheld else (cell.low, cell.score, cell.high)
