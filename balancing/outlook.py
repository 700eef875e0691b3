"""The rounds behind and to come as one table, from staffing, facts and published figures.

What managers may read and no more: it ends with the newest round whose loads are open to them.
Staffing to come counts as planned; demand to come is today's. No answer is read, and a client
whose figure is withheld counts as demand has it (``decisions.md`` 19, 21).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from accounts.models import FirmSettings, User
from balancing import gathering, reading
from balancing.demands import Figures, demands_now, put_frozen
from balancing.gathering import Staffing, Stretch
from balancing.maths.assess import Assessment, assess
from balancing.maths.projection import NOWHERE, Horizon
from balancing.maths.window import ROUNDS, Bools, Floats, Integers, Window
from balancing.models import LoadPass
from missions.models import Mission
from surveys.models import Round

AHEAD = 6
# Up to so many people compared every chance is dealt; above, a page would be waited for.
DRAWN = 200


@dataclass(frozen=True, eq=False)
class Outlook:
    """The firm until ``rounds`` from now; rows and columns by the ids of people and missions.

    ``demand`` (missions,) out of 10 as it stands today; above ``threshold`` it is demanding.
    ``behind`` and ``coming`` are the first days of the rounds behind and to come; ``until`` is
    the last day of it.
    """

    load_pass: LoadPass
    people: Integers
    missions: Integers
    horizon: Horizon
    demand: Floats
    threshold: float
    behind: tuple[date, ...]
    coming: tuple[date, ...]
    until: date

    def person(self, pk: int) -> int:
        """Place of a person, or `NOWHERE`."""
        return _place(self.people, pk)

    def mission(self, pk: int) -> int:
        """Place of a mission, or `NOWHERE`."""
        return _place(self.missions, pk)

    def assessed(self, window: Window) -> Assessment:
        """Everybody in a window of it, by the same deals as the round's own loads."""
        seed = self.load_pass.round.starts_on.toordinal()
        return assess(window, seed=seed, drawn_up_to=DRAWN)

    @cached_property
    def unchanged(self) -> Assessment:
        """Everybody at the end, where nothing moves."""
        return self.assessed(self.horizon.then)


def outlook(now: datetime, *, rounds: int = AHEAD) -> Outlook | None:
    """The firm so many rounds ahead; None before managers may read a first round's loads."""
    newest = reading.latest_pass(now)
    if newest is None or newest.threshold is None:
        return None
    behind = _behind(newest)
    of = _stretches(behind, rounds)
    rows = gathering.staffing(of)
    people, arrivals = _people(rows, of[len(behind)])
    missions = _missions(rows, Stretch(of[len(behind)].first, of[-1].last))
    person, mission = (
        np.searchsorted(people, rows.people),
        np.searchsorted(missions, rows.missions),
    )
    value, demand, demanding = _demand(newest, behind, missions, len(of))
    horizon = Horizon(
        person=person[rows.person],
        mission=mission[rows.mission],
        round=rows.round,
        days=rows.days,
        demand=demand,
        demanding=demanding,
        present=_present(rows, person, arrivals, of),
        working_days=rows.working_days,
        past=len(behind),
        runs=gathering.running(missions, of),
    )
    return Outlook(
        newest, people, missions, horizon, value, newest.threshold,
        tuple(row.starts_on for row in behind),
        tuple(stretch.first for stretch in of[len(behind) :]), of[-1].last,
    )  # fmt: skip


def _behind(newest: LoadPass) -> list[Round]:
    rows = Round.objects.filter(
        opened_at__isnull=False, starts_on__lte=newest.round.starts_on
    ).order_by("-starts_on")
    return list(rows[:ROUNDS])[::-1]


def _stretches(behind: list[Round], rounds: int) -> list[Stretch]:
    """Days of the rounds behind, then of so many to come at the firm's cadence."""
    cadence = timedelta(weeks=FirmSettings.current().cadence_weeks)
    newest = behind[-1].starts_on
    following = (
        Round.objects.filter(starts_on__gt=newest)
        .order_by("starts_on")
        .values_list("starts_on", flat=True)
        .first()
    ) or newest + cadence
    of = gathering.stretches(behind, following=following, cadence=cadence)
    for _ in range(rounds):
        first = of[-1].last + timedelta(days=1)
        of.append(Stretch(first, first + cadence - timedelta(days=1)))
    return of


def _people(rows: Staffing, coming: Stretch) -> tuple[Integers, dict[int, int]]:
    """Everybody staffed in the window, and consultants of now who are not; with their arrivals."""
    there = User.objects.present(coming.first).consultants().order_by("pk")
    bench = {
        pk: start.toordinal() if start else 0
        for pk, start in there.values_list("pk", "starts_on")
        if pk not in set(rows.people.tolist())
    }
    return np.union1d(rows.people, np.array(list(bench), dtype=np.int64)), bench


def _missions(rows: Staffing, coming: Stretch) -> Integers:
    """Missions staffed in the window, and those that go on or begin in the rounds to come."""
    running = Mission.objects.outliving(coming.first).filter(starts_on__lte=coming.last)
    found = np.array(list(running.order_by("pk").values_list("pk", flat=True)), dtype=np.int64)
    return np.union1d(rows.missions, found)


def _demand(
    newest: LoadPass, behind: list[Round], missions: Integers, rounds: int
) -> tuple[Floats, Floats, Bools]:
    """Today's demand (missions,), and by round (missions, rounds): as it was frozen behind."""
    scores = Figures().of(reading.period_read_by(newest))
    value = np.array([one.value for one in demands_now(missions, scores)], dtype=np.float64)
    demand = np.repeat(value[:, None], rounds, axis=1)
    demanding = np.repeat((value > float(newest.threshold or 0))[:, None], rounds, axis=1)
    put_frozen(demand, demanding, missions, {row.pk: at for at, row in enumerate(behind)})
    return value, demand, demanding


def _present(
    rows: Staffing, person: Integers, arrivals: dict[int, int], of: list[Stretch]
) -> Bools:
    """(people, rounds); whoever is not staffed counts from their first day on."""
    size = len(person) + len(arrivals)
    present = np.zeros((size, len(of)), dtype=np.bool_)
    last = np.array([stretch.last.toordinal() for stretch in of])
    bench = np.setdiff1d(np.arange(size), person)
    present[bench] = last[None, :] >= np.array(list(arrivals.values()), dtype=np.int64)[:, None]
    present[person] = rows.present
    return present


def _place(ids: Integers, pk: int) -> int:
    at = int(np.searchsorted(ids, pk))
    return at if at < len(ids) and ids[at] == pk else NOWHERE
