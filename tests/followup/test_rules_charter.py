"""Alerts about the charter: exceptions that pile up, one to look at again, a path that stands."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from accounts.models import User
from balancing.models import LoadPass
from clients import screening
from clients.models import Charter, Path, Screening, Seen
from followup import texts
from followup.causes import Finding, Looked
from followup.models import Alert
from followup.rules_charter import CharterDrift, ExceptionDue, StalePath, bench
from missions.models import Absence
from tests import make
from tests.clients import chartered
from tests.followup.rows import alert
from tests.world import World

DAY = date(2026, 11, 25)
pytestmark = pytest.mark.django_db


def look(day: date = DAY) -> Looked:
    return Looked(LoadPass(), None, day)


def drift() -> Finding | None:
    found = CharterDrift().findings(look())
    return found[0] if found else None


def at(days: int) -> datetime:
    return chartered.NOW - timedelta(days=days)


def idle(world: World, people: int) -> None:
    """Consultants between missions, beside the two of the world who work."""
    for _each in range(people):
        make.person()
    assert bench(DAY) == 5 * (100 * people // (people + 2) // 5)


def test_the_bench_is_who_has_no_assignment(world: World) -> None:
    assert bench(DAY) == 0
    idle(world, 1)
    assert bench(date(2026, 11, 25)) == 30


def test_on_leave_is_not_on_the_bench(world: World) -> None:
    idle(world, 1)
    free = User.objects.consultants().latest("pk")
    Absence.objects.create(person=free, starts_on=DAY, ends_on=DAY)
    assert bench(DAY) == 0


def test_nobody_at_all_is_no_bench() -> None:
    assert bench(DAY) == 0


@pytest.mark.parametrize(
    ("now", "before", "full", "raised"),
    [
        (3, 0, False, True),
        (3, 2, False, True),
        (3, 3, False, False),
        (2, 0, False, False),
        (2, 0, True, True),
        (1, 0, True, False),
        (2, 2, True, False),
    ],
)
def test_exceptions_pile_up_sooner_when_the_bench_is_full(
    world: World, now: int, before: int, full: bool, raised: bool
) -> None:
    if full:
        idle(world, 2)
    for _each in range(now):
        chartered.excepted(world.client, world.manager, now=at(30))
    for _each in range(before):
        chartered.excepted(world.client, world.manager, now=at(300))
    found = drift()
    assert bool(found) == raised
    if found:
        assert (found.reason["exceptions"], found.reason["before"]) == (now, before)
        assert bool(found.reason["bench"]) == full
        assert not any(found.subject)


def verdicts(world: World, contrary: int, of: int, now: datetime) -> None:
    newest = Charter.objects.newest() or chartered.published(world.referent, places=1)
    value = newest.proposals.filter(chosen=True)[0]
    for place in range(of):
        made = Screening.objects.create(
            prospect=chartered.met(world.consultant),
            charter=newest,
            made_by=world.consultant,
            made_at=now,
            result="on_the_way",
            rule_version=1,
        )
        verdict = "contrary" if place < contrary else "seen"
        Seen.objects.create(screening=made, value=value, verdict=verdict, evidence="x")


@pytest.mark.parametrize(
    ("now", "before", "of", "full", "raised"),
    [
        (5, 2, 20, False, True),
        (4, 2, 20, False, False),
        (4, 2, 20, True, True),
        (5, 0, 9, True, False),
    ],
)
def test_contrary_values_that_rise(
    world: World, now: int, before: int, of: int, full: bool, raised: bool
) -> None:
    if full:
        idle(world, 2)
    verdicts(world, now, of, at(30))
    verdicts(world, before, of, at(300))
    found = drift()
    assert bool(found) == raised
    if found:
        assert (found.reason["rises"], found.reason["piles_up"]) == (True, False)


def test_one_prospect_screened_again_and_again_is_one_prospect(world: World) -> None:
    verdicts(world, 0, 20, at(300))
    verdicts(world, 1, 12, at(30))
    again = Screening.objects.order_by("-pk").filter(lines__verdict="contrary").get()
    value = again.lines.get().value
    for _turn in range(9):
        again.pk = None
        again.save()
        Seen.objects.create(screening=again, value=value, verdict="contrary", evidence="x")
    assert drift() is None


def test_no_verdict_before_is_no_rise(world: World) -> None:
    verdicts(world, 10, 10, at(30))
    assert drift() is None


def test_an_exception_whose_day_has_passed_is_raised_once_a_client(world: World) -> None:
    late = chartered.excepted(world.client, world.manager, now=at(100), days=90)
    chartered.excepted(world.client, world.manager, now=at(100), days=95)
    chartered.excepted(world.other_client, world.manager)
    [found] = ExceptionDue().findings(look())
    assert (found.client, found.reason) == (
        world.client.pk, {"since": late.look_again_on.isoformat()},
    )  # fmt: skip
    assert ExceptionDue().findings(look(late.look_again_on)) == []
    for row in world.client.exceptions.all():
        screening.look_again(
            exception=row, sentence="Fini.", until=None, by=world.manager, now=chartered.NOW
        )
    assert ExceptionDue().findings(look()) == []


def test_a_stale_path_with_a_client_is_raised(world: World) -> None:
    chartered.path_of(world.manager, now=at(60), client=world.client)
    meeting = DAY - timedelta(days=15)
    chartered.path_of(
        world.manager, now=at(60), client=world.other_client, next_meeting_on=meeting
    )
    prospect = chartered.met(world.consultant)
    chartered.path_of(world.manager, now=at(60), prospect=prospect)
    found = {one.client: one.reason["meeting"] for one in StalePath().findings(look())}
    assert found == {world.client.pk: "", world.other_client.pk: meeting.isoformat()}


def test_a_path_says_since_when_a_request_waits(world: World) -> None:
    made = chartered.path_of(world.manager, now=at(120), client=world.client)
    chartered.asked(made, world.manager, now=at(120))
    Path.objects.update(next_meeting_on=DAY + timedelta(weeks=10))
    [found] = StalePath().findings(look())
    day = (DAY - timedelta(days=120)).isoformat()
    assert found.reason == {"meeting": "", "moved": day, "asked": day}


DRIFTS = [
    {"piles_up": True, "exceptions": 3, "before": 1, "rises": True, "contrary": 30,
     "contrary_before": 10, "bench": 15},
    {"piles_up": False, "exceptions": 0, "before": 0, "rises": True, "contrary": 30,
     "contrary_before": 10, "bench": 0},
]  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_alert_has_its_words(world: World, language: str) -> None:
    made = [
        alert(rule=Alert.Rule.CHARTER_DRIFT, firm=True, reason=DRIFTS[0]),
        alert(
            rule=Alert.Rule.EXCEPTION_DUE, client=world.client, reason={"since": "2026-11-01"}
        ),
        alert(
            rule=Alert.Rule.STALE_PATH, client=world.client,
            reason={"meeting": "", "moved": "2026-09-01"},
        ),
        alert(
            rule=Alert.Rule.STALE_PATH, client=world.other_client,
            reason={"meeting": "2026-11-01", "moved": "2026-09-01"},
        ),
        alert(
            rule=Alert.Rule.STALE_PATH, client=make.client(),
            reason={"meeting": "", "moved": "2026-08-01", "asked": "2026-07-01"},
        ),
    ]  # fmt: skip
    with translation.override(language):
        titles = [texts.title(row) for row in made]
        lines = [texts.line(row, {}) for row in made]
    assert len(set(titles)) == len(set(lines)) == 5
    assert all(world.client.name in title for title in titles[1:3])
    made[0].reason = DRIFTS[1]
    assert texts.title(made[0]) != titles[0]
    assert "30" in texts.line(made[0], {})
