"""What clients pay: of a period, by status, and what a portfolio would earn.

Unknown is never zero: a client of whom a month is missing has no revenue in that period, and no
sum is told that would need it.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from balancing.maths.portfolio import Span
from balancing.maths.window import Bools, Floats

# Shares of revenue are told where clients of known revenue hold so many percent of the days. A
# tenth that is missing, paid like the rest, moves no share by more than ten points; without one
# large client the shares would be those of another firm.
COVERAGE = 90
# A sum is told of so many clients without a name at least.
FEWEST = 2


def months(first: date, last: date) -> dict[date, float]:
    """Each month from one day to another, by its first day: the part of its days in between.

    >>> months(date(2026, 1, 17), date(2026, 3, 1))
    {datetime.date(2026, 1, 1): 0.4838709677419355, datetime.date(2026, 2, 1): 1.0, \
datetime.date(2026, 3, 1): 0.03225806451612903}

    Errors: the last day before the first (``ValueError``).
    """
    if last < first:
        raise ValueError("the last day is before the first")
    found = {}
    month = first.replace(day=1)
    while month <= last:
        length = monthrange(month.year, month.month)[1]
        ends = month + timedelta(days=length - 1)
        found[month] = ((min(ends, last) - max(month, first)).days + 1) / length
        month = ends + timedelta(days=1)
    return found


def between(amounts: Mapping[date, float], first: date, last: date) -> float | None:
    """Revenue from one day to another; None where a month of it is not known.

    ``amounts`` by the first day of the month. Half of a January of 3,100 and one day in 28 of a
    February of 280:

    >>> paid = {date(2026, 1, 1): 3100.0, date(2026, 2, 1): 280.0}
    >>> round(between(paid, date(2026, 1, 17), date(2026, 2, 1)), 6)
    1510.0
    >>> between(paid, date(2026, 1, 17), date(2026, 3, 1)) is None
    True
    """
    parts = months(first, last)
    if not parts.keys() <= amounts.keys():
        return None
    return sum(amounts[month] * part for month, part in parts.items())


@dataclass(frozen=True, slots=True)
class Payer:
    """A client with days in a period. ``paid``: its revenue then, None where it is not known;
    ``hidden``: the reader does not read this client's status."""

    status: str
    days: float
    paid: float | None
    hidden: bool = False


def covers(payers: Sequence[Payer]) -> bool:
    """Do clients of known revenue hold enough of the days?

    >>> covers([Payer("virtuous", 90, 0.0), Payer("at_risk", 10, None)])
    True
    >>> covers([Payer("virtuous", 89, 5.0), Payer("at_risk", 11, None)]), covers([])
    (False, False)
    """
    days = sum(one.days for one in payers)
    known = sum(one.days for one in payers if one.paid is not None)
    return days > 0 and 100 * known >= COVERAGE * days - 1e-9


def tells_of_one(payers: Iterable[Payer]) -> bool:
    """Would shares of revenue beside those of days say something of one unnamed client?

    A reader takes their own clients from both. Of each status the others must pay as two at
    least: of one alone, its days and its revenue would be read together, by which it may be known;
    and days without any revenue would be those of who is known to pay nothing.

    >>> two = [Payer("at_risk", 5, 10.0, True), Payer("at_risk", 5, 20.0, True)]
    >>> tells_of_one([Payer("virtuous", 5, 7.0), *two])
    False
    >>> tells_of_one([*two, Payer("virtuous", 5, 7.0, True)])
    True
    >>> tells_of_one([*two[:1], Payer("at_risk", 5, None, True), Payer("at_risk", 5, 0.0, True)])
    True
    """
    paying: dict[str, int] = {}
    for one in payers:
        if one.hidden:
            paying[one.status] = paying.get(one.status, 0) + bool(one.paid)
    return any(count < FEWEST for count in paying.values())


@dataclass(frozen=True, slots=True)
class Money:
    """What a scenario does to revenue over the horizon; None where it is not known.

    ``before`` = ``kept`` + ``given_up``. ``to_find``: given up and not made good by what is added;
    ``beyond``: added beyond that. ``lacks`` (n,): clients that would have to be known for it.
    """

    before: float | None
    kept: float | None
    given_up: float | None
    to_find: Span | None
    beyond: Span | None
    lacks: Bools


def money(paid: Floats, days: Floats, changed: tuple[Floats, Floats], brings: Span) -> Money:
    """Revenue at each client's own price a day, whatever the profile.

    paid     (n,) revenue over the horizon as things are; NaN: not known
    days     (n, p) person-days over the horizon, as they are
    changed  (n, p) twice: the days kept for sure, and the most that growth may add to them
    brings   what clients to come may bring

    Two clients of 100 days pay 1,000 and 3,000; the second is left half-way, and the first may
    grow by a quarter:

    >>> days = np.array([[100.0], [100.0]])
    >>> kept, growth = np.array([[100.0], [50.0]]), np.array([[25.0], [0.0]])
    >>> found = money(np.array([1000.0, 3000.0]), days, (kept, growth), Span(0, 0))
    >>> found.before, found.kept, found.given_up, found.to_find
    (4000.0, 2500.0, 1500.0, Span(low=1250.0, high=1500.0))

    What is given up is known as long as what is touched is, the whole where everything is.

    >>> found = money(np.array([np.nan, 3000.0]), days, (kept, 0 * growth), Span(0, 0))
    >>> found.before, found.given_up
    (None, 1500.0)
    >>> money(np.array([np.nan, 3000.0]), days, (kept, growth), Span(0, 0)).given_up is None
    True
    """
    kept, growth = (part.sum(axis=1) for part in changed)
    worked = days.sum(axis=1)
    price = np.divide(paid, worked, out=np.zeros_like(paid), where=worked > 0)
    unknown = np.isnan(paid)
    touched = (worked - kept > 1e-9) | (growth > 0)
    lacks = unknown & touched
    whole = not unknown.any()
    before = float(paid.sum()) if whole else None
    if lacks.any():
        return Money(before, None, None, None, None, lacks)
    price = np.where(unknown, 0.0, price)
    given_up = float((price * (worked - kept)).sum())
    most = float((price * growth).sum()) + brings.high
    return Money(
        before=before,
        kept=float((price * kept).sum()) if whole else None,
        given_up=given_up,
        to_find=Span(max(given_up - most, 0.0), max(given_up - brings.low, 0.0)),
        beyond=Span(max(brings.low - given_up, 0.0), max(most - given_up, 0.0)),
        lacks=lacks,
    )
