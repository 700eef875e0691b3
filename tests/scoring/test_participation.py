"""Shares of people who answered: never of fewer than ten, alone or by difference."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.large_units import SMALLEST_UNIT, members_of_units, showable
from scoring.models import Participation
from scoring.participation import count_participation
from scoring.publication import SystemViewer, firm_participation, participation
from surveys.models import Round
from tests import make
from tests.surveys.asking import closed_round, send

AUDIT = SystemViewer("test")


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[int, frozenset[int]], frozenset[int]]:
    """Members of each unit of a drawn tree, sub-units included, and of the firm."""
    units = draw(st.integers(1, 7))
    parents = [draw(st.integers(-1, one - 1)) for one in range(units)]
    own = [draw(st.integers(0, 16)) for _ in range(units)]
    members: dict[int, set[int]] = {unit: set() for unit in range(units)}
    person = 0
    for home, count in enumerate(own):
        for _ in range(count):
            unit = home
            while unit >= 0:
                members[unit].add(person)
                unit = parents[unit]
            person += 1
    outside = draw(st.integers(0, 12))
    firm = frozenset(range(person + outside))
    return {unit: frozenset(some) for unit, some in members.items()}, firm


@given(trees())
def test_no_difference_speaks_of_fewer_than_ten(
    made: tuple[dict[int, frozenset[int]], frozenset[int]],
) -> None:
    members, firm = made
    shown = [members[unit] for unit in showable(members, firm)]
    for whole in [firm, *shown]:
        inside = [part for part in shown if part < whole]
        for some in range(1, min(3, len(inside)) + 1):
            for parts in combinations(inside, some):
                rest = len(whole - frozenset().union(*parts))
                # With siblings left out the rest holds a whole shown unit or more.
                assert rest == 0 or rest >= SMALLEST_UNIT
    assert all(len(people) >= SMALLEST_UNIT for people in shown)


def test_a_unit_whose_rest_is_small_stays_hidden() -> None:
    firm = frozenset(range(30))
    wide, rest = frozenset(range(24)), frozenset(range(24, 30))
    assert showable({1: wide, 2: rest}, firm) == []
    # Inside a shown unit too.
    whole, part = frozenset(range(20)), frozenset(range(12))
    assert showable({1: whole, 2: part}, firm) == [1]
    assert showable({1: whole, 2: frozenset(range(10))}, firm) == [1, 2]


def test_units_of_equal_size_go_by_their_id() -> None:
    one, two = frozenset(range(10)), frozenset(range(10, 20))
    assert showable({2: two, 1: one}, frozenset(range(29))) == [1]


@pytest.fixture
def asked(db: None) -> Round:
    """Two agencies of 12 below the root; 9 of the first and 6 of the second answered."""
    make.firm()
    root = make.unit()
    row = closed_round(make.date(2026, 3, 3))
    for answering in (9, 6):
        agency = make.unit(parent=root)
        for place in range(12):
            mission = make.assignment(person=make.person(unit=agency)).mission
            person = mission.assignments.get().person
            if place < answering:
                send(person, mission, row, load=50)
    return row


def test_the_firm_and_larger_units_are_counted_once(asked: Round) -> None:
    after = asked.closes_at + timedelta(minutes=1)
    assert count_participation(now=asked.closes_at - timedelta(minutes=1)) == ""
    assert count_participation(now=after) == "1 round(s) counted"
    assert count_participation(now=after) == ""
    shares = dict(Participation.objects.values_list("unit__ref", "shown"))
    assert shares.pop(None) == "65"  # 15 of 24, to the nearest 5
    # The root is the whole firm; 9 and 6 of 12, to the nearest 10.
    assert sorted(shares.values()) == ["50", "65", "80"]


def test_a_small_firm_shows_no_share(db: None) -> None:
    make.firm()
    row = closed_round(make.date(2026, 3, 3))
    mission = make.assignment(person=make.person(unit=None)).mission
    send(mission.assignments.get().person, mission, row, load=50)
    count_participation(now=row.closes_at)
    assert list(Participation.objects.values_list("unit", "shown")) == [(None, "")]
    assert participation(viewer=AUDIT, rounds=[row.pk]) == {}


def test_members_of_a_unit_hold_those_below_it(db: None) -> None:
    root, other = make.unit(), make.unit()
    below = make.unit(parent=root)
    one, two = make.person(unit=below), make.person(unit=root)
    nowhere = make.person(unit=None)
    found = members_of_units(frozenset({one.pk, two.pk, nowhere.pk}))
    assert found == {
        root.pk: {one.pk, two.pk},
        below.pk: {one.pk},
        other.pk: frozenset(),
    }


def test_who_reads_which_share(asked: Round) -> None:
    after = asked.closes_at + timedelta(minutes=1)
    count_participation(now=after)
    everything = participation(viewer=AUDIT, rounds=[asked.pk])
    assert len(everything) == 4
    manager = make.person(is_manager=True)
    assert participation(viewer=manager, rounds=[asked.pk]) == everything
    firm_only = {(asked.pk, None): "65"}
    assert participation(viewer=make.person(), rounds=[asked.pk]) == firm_only
    boss = make.person(is_administrator=True, is_consultant=False)
    assert participation(viewer=boss, rounds=[asked.pk]) == {}
    assert firm_participation(viewer=boss, now=after) is None
    found = firm_participation(viewer=make.person(), now=after)
    assert found is not None
    assert (found.shown, found.period) == ("65", asked.period_id)
    before = asked.closes_at - timedelta(minutes=1)
    assert firm_participation(viewer=manager, now=before) is None
    assert firm_participation(viewer=manager, now=after, period=asked.period_id) == found
    assert firm_participation(viewer=manager, now=after, period=asked.period_id + 1) is None
