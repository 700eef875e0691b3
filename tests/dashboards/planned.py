"""A small firm with statuses and staffing kept, for what-if: no answer is needed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from accounts.models import User
from balancing.models import LoadPass, MissionDemand, StatusRule
from clients.models import Client
from missions.models import Mission, MissionProfile
from surveys.models import Period
from tests import make
from tests.balancing.portfolio import cell, kept, period_out
from tests.world import World

V, E, T, R = "virtuous", "on_the_way", "too_early", "at_risk"


@dataclass
class Planned:
    """Two profiles; a virtuous client of 50 days in the period, one on the way of 30, one at risk
    of 20, and two that have no figure of their own."""

    period: Period
    manager: User
    data: MissionProfile
    support: MissionProfile
    good: Client
    fair: Client
    hard: Client
    small: Client
    tiny: Client
    missions: dict[str, Mission]

    def people_at(self, client: Client, count: int, **dates: date) -> list[User]:
        rows = [make.assignment(mission=self.missions[client.ref], **dates) for _ in range(count)]
        return [row.person for row in rows]


def planned(world: World, *, manager: User | None = None) -> Planned:
    period = period_out()
    unit = world.unit
    data = make.profile(ref="DATA", name_fr="Données", name_en="Data")
    support = make.profile(ref="SUPPORT", name_fr="Support", name_en="Support")
    clients = {
        ref: make.client(ref=ref, name=name, unit=unit)
        for ref, name in (
            ("GOOD", "Coop Verdane"), ("FAIR", "Mutelia"), ("HARD", "Orsel"),
            ("SMALL", "Perrin"), ("TINY", "Tournelle"),
        )
    }  # fmt: skip
    good, fair, hard, small, tiny = clients.values()
    kept(
        period,
        {good: (V, 40.0), fair: (E, 25.0), hard: (R, 15.0), small: (V, 10.0), tiny: (V, 10.0)},
        HARD=["red_line"],
    )
    for ref, numbers in {"GOOD": (80, 70, 90), "FAIR": (65, 55, 75), "HARD": (50, 40, 60)}.items():
        cell(period, "client", ref, *numbers)
    cell(period, "client", "SMALL")
    cell(period, "pool", unit.ref, 70, 60, 80)
    cell(period, "profile", "DATA", 70, 65, 75)
    cell(period, "profile", "SUPPORT", 55, 50, 60)
    missions = {
        ref: make.mission(client=row, profile=data if ref != "HARD" else support)
        for ref, row in clients.items()
    }
    worked(period, {missions[ref]: 10.0 for ref in clients})
    return Planned(
        period, manager or world.manager, data, support, good, fair, hard, small, tiny, missions
    )


def worked(period: Period, days: dict[Mission, float]) -> None:
    """What the load pass of the period's last round kept of staffing."""
    last = period.rounds.order_by("-starts_on").first()
    assert last is not None
    kept_by, _new = LoadPass.objects.get_or_create(
        round=last, defaults={"formula_version": 1, "made_at": last.closes_at}
    )
    for mission, spent in days.items():
        MissionDemand.objects.create(
            load_pass=kept_by, mission=mission, declared=0, demand=0, demanding=False, days=spent
        )


def aim(author: User, target: int) -> StatusRule:
    """The firm's rule, with the share of virtuous days that it wishes."""
    return StatusRule.objects.create(
        number=1, virtuous_from=80, at_risk_under=60, target=target, author=author,
        written_at=datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip
