"""Published periods with statuses of clients, straight to the tables: no answer is needed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from balancing.models import ClientStatus, StatusPass
from clients.models import Client
from scoring.models import Release, ReleasedCell
from surveys.models import Period
from tests import make

FIRST = date(2026, 1, 6)


def period_out(place: int = 0, *, state: str = "published") -> Period:
    """A period of three rounds whose figures are out, 12 weeks after the one before."""
    starts = FIRST + timedelta(weeks=12 * place)
    period = make.period(starts, round_count=3)
    rounds = [make.round_(starts + timedelta(weeks=4 * each), period=period) for each in range(3)]
    period.last_round_on, period.closes_at = rounds[-1].starts_on, rounds[-1].closes_at
    period.save()
    Release.objects.create(
        period=period, published_at=period.closes_at + timedelta(minutes=5),
        formula_version=1, state=state, first=place == 0,
    )  # fmt: skip
    cell(period, "firm", "", 65, 60, 70)
    return period


def cell(period: Period, kind: str, ref: str, *numbers: int) -> None:
    """A published figure (score, low, high), or a withheld one without numbers."""
    values: dict[str, Any] = {"withheld": True}
    if numbers:
        score, low, high = numbers
        values = {"score": score, "low": low, "high": high, "band": "8-12"}
    release = Release.objects.get(period=period)
    ReleasedCell.objects.create(release=release, kind=kind, ref=ref, dimension="overall", **values)


def staffed(client: Client, people: int = 1, *, share: int = 100, **dates: Any) -> list[User]:
    """People at a client, over all periods unless dated."""
    mission = client.missions.first() or make.mission(client=client, starts_on=date(2025, 1, 6))
    rows = [
        make.assignment(mission=mission, share=share, **{"starts_on": date(2025, 1, 6)} | dates)
        for _each in range(people)
    ]
    return [row.person for row in rows]


def kept(period: Period, days: dict[Client, tuple[str, float]], **reasons: list[str]) -> None:
    """Statuses as a pass would keep them, straight to the tables."""
    made = StatusPass.objects.create(
        period=period, formula_version=1, made_at=datetime(2026, 12, 1, tzinfo=UTC)
    )
    for client, (result, worked) in days.items():
        ClientStatus.objects.create(
            status_pass=made, client=client, result=result, days=worked,
            reasons=reasons.get(client.ref, ["seen"]), values=5, judged=5, seen=4,
        )  # fmt: skip
