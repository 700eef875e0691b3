"""What clients pay, beside their statuses: today's books, the statuses as they were frozen.

An invoice comes later and is corrected, so nothing of revenue is kept with a period. Amounts are
for those who read every client's figure; others read shares of the whole firm, or none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from balancing.maths.revenue import Payer, between, covers, months, tells_of_one
from balancing.maths.status import whole_percents
from balancing.portfolio import RESULTS, reads_all, statuses
from clients.models import ClientRevenue
from scoring.publication import SystemViewer, Viewer

EVERYBODY = SystemViewer("shares of revenue")


class Untold(StrEnum):
    """Why no share of revenue is told; empty where it is."""

    NOT_IMPORTED = "not_imported"
    TOO_FEW = "too_few"
    OF_OTHERS = "of_others"
    NOTHING_PAID = "nothing_paid"
    NO = ""


@dataclass(frozen=True, slots=True)
class RevenueShares:
    """The firm's revenue of a period by status, in whole percents that sum to 100.

    Of the clients with days in it: ``known`` of ``clients`` have a known revenue.
    """

    known: int
    clients: int
    untold: Untold
    percents: Mapping[str, int] = field(default_factory=dict)


def revenue_of(
    first: date, last: date, clients: Collection[int] | None = None
) -> dict[int, float]:
    """By client (its id), from one day to another, of those of whom every month is known."""
    rows = ClientRevenue.objects.filter(month__in=months(first, last))
    if clients is not None:
        rows = rows.filter(client__in=clients)
    amounts: dict[int, dict[date, float]] = {}
    for client, month, amount in rows.order_by().values_list("client", "month", "amount"):
        if amount is not None:
            amounts.setdefault(client, {})[month] = float(amount)
    known = {client: between(paid, first, last) for client, paid in amounts.items()}
    return {client: paid for client, paid in known.items() if paid is not None}


def revenue_shares(*, viewer: Viewer, period: int, first: date, last: date) -> RevenueShares:
    """The firm's, of a period that lasts from one day to another, as far as this viewer may read
    it; where its shares of days are told, which is for the caller to know."""
    paid = revenue_of(first, last)
    if not paid and not ClientRevenue.objects.filter(amount__isnull=False).exists():
        return RevenueShares(0, 0, Untold.NOT_IMPORTED)
    payers = list(_payers(viewer, period, paid).values())
    known = sum(one.paid is not None for one in payers)
    untold = _untold(payers)
    if untold:
        return RevenueShares(known, len(payers), untold)
    sums = dict.fromkeys(RESULTS, 0.0)
    for one in payers:
        sums[one.status] += one.paid or 0.0
    percents = whole_percents(list(sums.values()))
    return RevenueShares(known, len(payers), Untold.NO, dict(zip(RESULTS, percents, strict=True)))


def client_share(*, client: int, period: int, first: date, last: date) -> float | None:
    """Percent of the revenue of the period's clients, 0-100, for those who read amounts; None
    where it is not known, or not of enough of the others."""
    payers = _payers(EVERYBODY, period, revenue_of(first, last))
    own = payers.get(client)
    whole = sum(one.paid or 0.0 for one in payers.values())
    if own is None or own.paid is None or not whole or not covers(list(payers.values())):
        return None
    return 100 * own.paid / whole


def _payers(viewer: Viewer, period: int, paid: Mapping[int, float]) -> dict[int, Payer]:
    """Clients with days in the period, by their ids."""
    every = statuses(viewer=EVERYBODY, periods=[period])
    read = every if reads_all(viewer) else statuses(viewer=viewer, periods=[period])
    return {
        client: Payer(row.result, row.days, paid.get(client), hidden=(period, client) not in read)
        for (_period, client), row in every.items()
        if row.days > 0
    }


def _untold(payers: list[Payer]) -> Untold:
    if not covers(payers):
        return Untold.TOO_FEW
    if tells_of_one(payers):
        return Untold.OF_OTHERS
    if not any(one.paid for one in payers):
        return Untold.NOTHING_PAID
    return Untold.NO
