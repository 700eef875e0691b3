"""Each rule alone, and what it keeps of what it read."""

import pytest

from balancing.models import Load, LoadPass
from balancing.reading import released_periods
from followup.causes import at_close
from followup.rules import ClientBelow, FirmImbalance, PersonOverShare
from tests import make
from tests.balancing import staffed
from tests.followup.raised import below

pytestmark = pytest.mark.django_db


def a_pass(day: make.date, **rest: object) -> LoadPass:
    asked = make.round_(day)
    return LoadPass.objects.create(round=asked, formula_version=1, made_at=asked.closes_at, **rest)


def a_load(done: LoadPass, **rest: object) -> Load:
    values = {
        "load": 44.57, "upper95": 37.92, "share": 76.6, "zone_low": 8.2, "zone_high": 53.9,
        "demanding_rounds": 10, "exposed_rounds": 13, "compared": True, "above_zone": True,
        "over_share": True, "detail": [{"mission": 1}],
    } | rest  # fmt: skip
    return Load.objects.create(load_pass=done, person=make.person(), **values)


def test_person_over_share_reads_the_loads_rule_alone() -> None:
    done = a_pass(make.date(2026, 11, 10))
    a_load(done, over_share=False)
    over = a_load(done)
    a_load(a_pass(make.date(2026, 10, 13)))
    found = PersonOverShare().findings(at_close(done, None))
    assert [(one.person, one.client) for one in found] == [(over.person_id, None)]
    assert found[0].reason == {
        "share": 77, "zone": [8, 54], "above_zone": True, "rounds": 13, "demanding_rounds": 10,
        "two_in_a_row": False, "load": 44.6, "upper95": 37.9, "missions": [{"mission": 1}],
    }  # fmt: skip


@pytest.mark.parametrize(("before", "now", "raised"), [
    (True, True, True), (True, False, False), (False, True, False), (None, True, False),
])  # fmt: skip
def test_firm_imbalance_two_rounds_running(before: bool | None, now: bool, raised: bool) -> None:
    def indices(beyond: bool) -> dict[str, dict[str, object]]:
        return {"gini": {"value": 0.21, "reference": 0.1, "beyond": beyond}}

    if before is not None:
        a_pass(make.date(2026, 10, 13), indices=indices(before))
    done = a_pass(make.date(2026, 11, 10), indices=indices(now))
    assert bool(FirmImbalance().findings(at_close(done, None))) is raised


def test_a_round_in_which_nobody_was_compared_is_not_beyond() -> None:
    a_pass(make.date(2026, 10, 13))
    done = a_pass(make.date(2026, 11, 10))
    assert FirmImbalance().findings(at_close(done, None)) == []


def test_client_below_needs_a_release() -> None:
    make.client(ref="ORSEL")
    done = a_pass(make.date(2026, 11, 10))
    assert ClientBelow().findings(at_close(done, None)) == []


def test_client_below_takes_what_is_clearly_below_and_no_other() -> None:
    orsel, near, hidden = (make.client(ref=ref) for ref in ("ORSEL", "NEAR", "HIDDEN"))
    asked = staffed._round(make.date(2026, 11, 10))
    staffed.release(
        asked.period,
        below("ORSEL")
        | {("client", "NEAR", "overall"): (55, 45, 65), ("client", "HIDDEN", "overall"): None}
        | {("client", "NEAR", "load"): (35, 25, 45), ("pool", "U", "overall"): (40, 30, 50)},
    )
    done = LoadPass.objects.create(round=asked, formula_version=1, made_at=asked.closes_at)
    found = ClientBelow().findings(at_close(done, released_periods()[0]))
    assert [one.client for one in found] == [orsel.pk]
    text = str(found[0].reason)
    assert near.ref not in text
    assert hidden.ref not in text
    assert found[0].reason["figures"][1]["firm"] == 55
