"""What a choice of hands would do to its people, to the firm and to alerts."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from balancing.maths.projection import NOWHERE, Change
from balancing.models import LoadPass
from balancing.outlook import Outlook, outlook
from balancing.scenarios import candidates, scenario
from tests import make
from tests.balancing import staffed
from tests.balancing.test_planning import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Firm:
    return Firm()


def seen(firm: Firm) -> Outlook:
    found = outlook(firm.now)
    assert found is not None
    return found


def test_a_swap_moves_both_shares_and_the_gap(firm: Firm) -> None:
    look = seen(firm)
    loaded, other = firm.made.loaded, firm.made.people[10]
    easy = firm.made.easy[10 % len(firm.made.easy)]
    made = scenario(look, [(loaded.pk, easy.pk), (other.pk, firm.made.hard[0].pk)])
    first, second = made.effects
    assert (first.person, second.person) == (loaded.pk, other.pk)
    assert first.share_with < first.share_without
    assert second.share_with > second.share_without
    assert first.load_with < first.load_without
    assert made.gap < 0
    assert (made.above_without, made.above_with) >= (0, 0)


def test_nobody_on_no_mission_changes_nothing(firm: Firm) -> None:
    look = seen(firm)
    bench = firm.made.people[-1]
    made = scenario(look, [(bench.pk, None)])
    assert made.gap == 0
    assert made.effects[0].share_with == made.effects[0].share_without
    assert (made.alerts_gone, made.alerts_new) == ([], [])


def test_alerts_that_would_go_or_come_are_told_apart(firm: Firm) -> None:
    look = seen(firm)
    over = np.zeros(len(look.people), dtype=np.bool_)
    over[look.person(firm.made.people[4].pk)] = True
    look.__dict__["unchanged"] = replace(look.unchanged, over_share=over)
    made = scenario(look, [(firm.made.people[-1].pk, None)])
    assert made.alerts_gone == [firm.made.people[4].pk]
    look.__dict__["unchanged"] = replace(look.unchanged, over_share=~over)
    made = scenario(look, [(firm.made.people[-1].pk, None)])
    assert firm.made.people[4].pk not in made.alerts_gone


def test_candidates_are_those_whose_share_would_be_smallest(firm: Firm) -> None:
    look, hard = seen(firm), firm.made.hard[0]
    people = [row.pk for row in firm.made.people]
    found = candidates(look, [*people, 10**9], hard.pk)
    assert [one.person for one in found[:1]] != [firm.made.loaded.pk]
    keys = [(one.share_with, one.load_with, one.person) for one in found]
    assert keys == sorted(keys)
    assert len(found) == len(people)
    for one in found:
        told = scenario(look, [(one.person, hard.pk)]).effects[0]
        assert told.share_with == pytest.approx(one.share_with)
        assert told.load_with == pytest.approx(one.load_with)
        assert (told.share_now, told.share_without) == (one.share_now, one.share_without)


@pytest.mark.parametrize("withheld", [True, False])
def test_two_withheld_clients_of_the_same_facts_give_the_same_output(
    firm: Firm, withheld: bool
) -> None:
    """Only what is published makes a difference (``decisions.md`` 21)."""
    period = firm.made.rounds[5].period
    twins = []
    for ref in ("TWIN1", "TWIN2"):
        client = make.client(ref=ref)
        twin = make.mission(client=client, profile=firm.made.easy[0].profile, ref=f"M-{ref}")
        twin.facts.set(firm.made.easy[0].facts.all())
        twins.append(twin)
    figures: staffed.Cells = {("firm", "", "overall"): (60, 55, 65)}
    figures["client", "TWIN1", "overall"] = None if withheld else (30, 20, 40)
    figures["client", "TWIN2", "overall"] = None if withheld else (80, 70, 90)
    staffed.release(period, figures)
    LoadPass.objects.update(release_period_on=period.starts_on)
    look = seen(firm)
    person = firm.made.people[10].pk
    one, two = (scenario(look, [(person, twin.pk)]) for twin in twins)
    assert (one == two) is withheld
    first, second = (candidates(look, [person], twin.pk) for twin in twins)
    assert (first == second) is withheld


def test_a_mission_to_come_weighs_from_its_first_day_and_is_not_no_mission(firm: Firm) -> None:
    look = seen(firm)
    hard, person = firm.made.hard[0], firm.made.people[10]
    coming = make.mission(client=hard.client, profile=hard.profile, starts_on=look.coming[4])
    coming.facts.set(hard.facts.all())
    look = seen(firm)
    at_once, later, none = (
        scenario(look, [(person.pk, pk)]).effects[0] for pk in (hard.pk, coming.pk, None)
    )
    assert later.share_without < later.share_with < at_once.share_with
    assert none.load_with < later.load_without < later.load_with < at_once.load_with
    assert candidates(look, [person.pk], coming.pk) == [replace(later, above_with=False)]


def test_a_mission_that_ends_weighs_until_its_last_day(firm: Firm) -> None:
    look = seen(firm)
    hard, bench = firm.made.hard[0], firm.made.people[-1]
    short = make.mission(
        client=hard.client, profile=hard.profile, starts_on=look.coming[0],
        ends_on=look.coming[1] - timedelta(days=1),
    )  # fmt: skip
    short.facts.set(hard.facts.all())
    look = seen(firm)
    long_one, short_one = (scenario(look, [(bench.pk, pk)]) for pk in (hard.pk, short.pk))
    assert short_one.effects[0].share_with < long_one.effects[0].share_with
    days = look.horizon.changed([Change(look.person(bench.pk), NOWHERE, look.mission(short.pk))])
    assert days.coming_days()[look.person(bench.pk)].sum() == 20


def test_a_mission_beyond_the_rounds_looked_at_is_refused(firm: Firm) -> None:
    look = seen(firm)
    hard = firm.made.hard[0]
    far = make.mission(
        client=hard.client, profile=hard.profile, starts_on=look.until + timedelta(days=1)
    )
    look = seen(firm)
    with pytest.raises(LookupError, match="does not run by"):
        scenario(look, [(firm.made.people[0].pk, far.pk)])
