"""What the next rounds will be if nothing moves: staffing, facts and published figures."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from balancing import compute
from balancing.maths import load
from balancing.maths.projection import NOWHERE
from balancing.models import Load
from balancing.outlook import Outlook, outlook
from missions.models import Absence, Assignment, Mission
from tests import make
from tests.balancing import staffed

pytestmark = pytest.mark.django_db


def after(made: staffed.Staffed) -> datetime:
    """A moment at which managers may read the last round's loads."""
    return made.last.closes_at + timedelta(days=8)


def computed(rounds: int = 12) -> staffed.Staffed:
    made = staffed.firm(rounds)
    compute.load_due(now=made.last.closes_at + timedelta(hours=1))
    return made


def seen(made: staffed.Staffed, rounds: int = 6) -> Outlook:
    found = outlook(after(made), rounds=rounds)
    assert found is not None
    return found


def test_nothing_before_managers_may_read_a_load() -> None:
    made = staffed.firm(2)
    assert outlook(after(made)) is None
    compute.load_due(now=made.rounds[0].closes_at + timedelta(hours=1))
    assert outlook(made.rounds[0].closes_at + timedelta(days=6)) is None
    assert outlook(made.rounds[0].closes_at + timedelta(days=7)) is not None


def test_the_window_of_now_is_that_of_the_stored_loads() -> None:
    made = computed()
    found = seen(made)
    shares = load.demanding_share(found.horizon.now)
    loads = load.rolling_load(found.horizon.now)
    rows = Load.objects.filter(load_pass=found.load_pass)
    assert len(rows) == staffed.PEOPLE
    for row in rows:
        place = found.person(row.person_id)
        assert 100 * shares[place] == pytest.approx(row.share)
        assert loads[place] == pytest.approx(row.load)


def test_staffing_to_come_counts_as_planned() -> None:
    made = computed()
    person, mission = made.people[3], made.hard[0]
    first = made.last.starts_on + staffed.CADENCE
    Assignment.objects.create(person=person, mission=mission, starts_on=first, share=50)
    Absence.objects.create(person=person, starts_on=first, ends_on=first + timedelta(days=27))
    found = seen(made)
    days = found.horizon.coming_days()[found.person(person.pk)]
    assert found.coming == tuple(first + round_ * staffed.CADENCE for round_ in range(6))
    assert found.until == first + 6 * staffed.CADENCE - timedelta(days=1)
    # Five rounds of 20 days at half time: the first one is leave.
    assert days[found.mission(mission.pk)] == 50
    assert days.sum() == 50


def test_the_bench_and_missions_without_people_are_there() -> None:
    made = computed()
    newcomer = make.person(unit=made.unit, starts_on=made.last.starts_on + staffed.CADENCE)
    gone = make.person(unit=made.unit, ends_on=made.last.starts_on)
    boss = make.person(unit=made.unit, is_consultant=False)
    idle = Mission.objects.create(
        ref="IDLE", title="Idle", client=made.hard[0].client, profile=made.hard[0].profile,
        starts_on=made.last.starts_on,
    )  # fmt: skip
    idle.facts.set(made.hard[0].facts.all())
    over = Mission.objects.create(
        ref="OVER", title="Over", client=made.hard[0].client, profile=made.hard[0].profile,
        starts_on=made.last.starts_on, ends_on=made.last.starts_on,
    )  # fmt: skip
    found = seen(made)
    place = found.person(newcomer.pk)
    assert place != NOWHERE
    assert found.horizon.present[place].tolist() == [False] * 12 + [True] * 6
    assert (found.person(gone.pk), found.person(boss.pk)) == (NOWHERE, NOWHERE)
    assert found.person(10**9) == NOWHERE
    assert found.mission(over.pk) == NOWHERE
    same = found.mission(made.hard[0].pk)
    assert found.demand[found.mission(idle.pk)] == found.demand[same] > found.threshold


def test_past_demand_is_as_it_was_frozen() -> None:
    made = computed()
    before = seen(made)
    hard = made.hard[0]
    hard.facts.clear()
    found = seen(made)
    place = found.mission(hard.pk)
    assert found.demand[place] < before.demand[place]
    frozen = found.horizon.demand[place, :12]
    assert np.allclose(frozen, before.horizon.demand[place, :12])
    assert (found.horizon.demand[place, 12:] == found.demand[place]).all()


def test_queries_do_not_grow_with_the_firm() -> None:
    made = computed()
    counts = []
    for more in (0, 5):
        for _ in range(more):
            row = make.person(unit=made.unit)
            Assignment.objects.create(
                person=row, mission=made.easy[0], starts_on=made.last.starts_on
            )
        with CaptureQueriesContext(connection) as queries:
            assert outlook(after(made)) is not None
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert User.objects.count() > staffed.PEOPLE


def test_the_same_deals_as_the_rounds_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a small firm the assessment of now is that of the stored loads, zone and rule included;
    in a larger one the zone is, and chances come from a normal's tail."""
    found = seen(computed())
    for drawn, exact in ((200, True), (0, False)):
        monkeypatch.setattr("balancing.outlook.DRAWN", drawn)
        now = found.assessed(found.horizon.now)
        assert (now.draws > 0) is exact
        for row in Load.objects.filter(load_pass=found.load_pass):
            place = found.person(row.person_id)
            assert 100 * now.zone_high[place] == pytest.approx(row.zone_high)
            assert bool(now.over_share[place]) == row.over_share
    assert found.unchanged is found.unchanged
    assert found.unchanged.compared.sum() == staffed.PEOPLE
