"""What the demo firm's clients pay: all of it invented. Those that wear people out pay best."""

from datetime import date
from random import Random

from operations.demo.story import DemoClient

Table = list[dict[str, str]]
# Euros a day of one person. Night and urgent work is dear; the cooperative, where people are best,
# pays the least.
RATES = {
    "ORSEL": 690, "MUTELIA": 560, "FERROTIS": 720, "NAUTILIS": 610, "BREVANNES": 490,
    "AERIS": 540, "VERDANE": 430, "LOGIPHARM": 580, "KERMADEC": 600, "SAVON": 450,
}  # fmt: skip
DAYS_A_MONTH, AUGUST = 18, 0.7
# So many months before the last, one client's books have a hole.
HOLE, HOLE_BEFORE = "KERMADEC", 6
SEED = 71


def revenue(clients: tuple[DemoClient, ...], first: date, last: date) -> Table:
    """Each client that pays, month by month from one day to another, less one month."""
    rng = Random(SEED)  # noqa: S311 -- an invented story, not a secret
    months = _months(first, last)
    rows = []
    for client in clients:
        rate = RATES.get(client.ref.split("~")[0])
        if rate is None:
            continue
        for back, month in enumerate(reversed(months)):
            days = client.seats * DAYS_A_MONTH * (AUGUST if month.month == 8 else 1)
            amount = round(days * rate * rng.uniform(0.94, 1.06), -1)
            if (client.ref, back) != (HOLE, HOLE_BEFORE):
                rows.append(
                    {"client": client.ref, "month": f"{month:%Y-%m}", "amount": f"{amount:.2f}"}
                )
    return rows


def _months(first: date, last: date) -> list[date]:
    """First days of the months of these days and of those between."""
    start, end = (day.year * 12 + day.month - 1 for day in (first, last))
    return [date(number // 12, number % 12 + 1, 1) for number in range(start, end + 1)]
