"""Participation under the firm's floor two rounds running, from published shares alone."""

from datetime import date

import pytest

from accounts.models import OrgUnit
from balancing.models import LoadPass
from followup.causes import Finding, at_close
from followup.rules_participation import LowParticipation, is_under
from scoring.models import Participation
from surveys.models import Round
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds() -> list[Round]:
    make.firm(participation_floor=50)
    return [make.round_(day) for day in (date(2026, 10, 13), date(2026, 11, 10))]


def share(asked: Round, shown: str, unit: OrgUnit | None = None) -> None:
    Participation.objects.create(round=asked, unit=unit, shown=shown)


def both(rounds: list[Round], shown: str, unit: OrgUnit | None = None) -> None:
    for asked in rounds:
        share(asked, shown, unit)


def findings(rounds: list[Round]) -> list[Finding]:
    asked = rounds[-1]
    done = LoadPass.objects.create(round=asked, formula_version=1, made_at=asked.closes_at)
    return LowParticipation().findings(at_close(done, None))


@pytest.mark.parametrize(
    ("before", "now", "raised"),
    [
        ("45", "45", True),
        ("under_30", "45", True),
        ("45", "under_30", True),
        ("50", "45", False),
        ("45", "50", False),
        ("90+", "45", False),
        ("", "45", False),  # withheld
        (None, "45", False),
        ("45", None, False),
    ],
)
def test_two_rounds_running(
    rounds: list[Round], before: str | None, now: str | None, raised: bool
) -> None:
    for asked, shown in zip(rounds, (before, now), strict=True):
        if shown is not None:
            share(asked, shown)
    found = findings(rounds)
    assert bool(found) is raised
    if raised:
        assert found[0].subject == (None, None, None, None)
        assert found[0].reason == {
            "floor": 50,
            "rounds": [{"on": "2026-11-10", "shown": now}, {"on": "2026-10-13", "shown": before}],
        }


def test_the_first_round_says_nothing_yet(rounds: list[Round]) -> None:
    share(rounds[0], "under_30")
    assert findings(rounds[:1]) == []


def test_the_floor_is_the_firms(rounds: list[Round]) -> None:
    both(rounds, "45")
    make.firm(participation_floor=45)
    assert findings(rounds) == []


@pytest.mark.parametrize("floor", [30, 60, 90])
def test_the_open_ends_of_a_share(floor: int) -> None:
    assert is_under("under_30", floor)
    assert not is_under("90+", floor)


def test_inside_a_low_unit_none_is_opened(rounds: list[Round]) -> None:
    above = make.unit()
    between = make.unit(parent=above)
    below, apart = make.unit(parent=between), make.unit()
    for unit in (above, below, apart):
        both(rounds, "40", unit)
    both(rounds, "80")
    both(rounds, "80", between)
    opens = {one.unit: one.opens for one in findings(rounds)}
    assert opens == {above.pk: True, below.pk: False, apart.pk: True}


def test_inside_a_low_firm_none_is_opened(rounds: list[Round]) -> None:
    unit = make.unit()
    both(rounds, "40", unit)
    both(rounds, "45")
    opens = {one.unit: one.opens for one in findings(rounds)}
    assert opens == {None: True, unit.pk: False}
