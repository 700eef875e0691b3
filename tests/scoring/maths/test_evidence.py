"""What is told of an action tells nobody's tick, silence included: held against every way in which
people may have ticked."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import majority
from scoring.maths.evidence import ANSWERS, NOT_TICKED, TICKED, Evidence, evidence
from scoring.maths.majority import Poll

Rule = Callable[[frozenset[str], frozenset[str], Sequence[Poll]], Evidence]
LOOKED_AT = 3


def naive(people: frozenset[str], ticked: frozenset[str], earlier: Sequence[Poll]) -> Evidence:
    """Told where more than half ticked and that is safe to say: silence is not looked at."""
    word = majority.word([TICKED if p in ticked else NOT_TICKED for p in people], answers=ANSWERS)
    poll = Poll(people, word)
    return Evidence(
        word == TICKED and majority.is_safe(poll, earlier, answers=ANSWERS),
        poll if word == TICKED else None,
    )


def shown(rule: Rule, teams: Sequence[frozenset[str]], ticked: frozenset[str]) -> tuple[bool, ...]:
    """What readers see of an action, review by review, if these people always tick it."""
    polls: list[Poll | None] = []
    seen = []
    for team in teams:
        before = [poll for poll in polls[-LOOKED_AT:] if poll]
        said = rule(team, ticked & team, before)
        polls.append(said.poll)
        seen.append(said.told)
    return tuple(seen)


def learnt(rule: Rule, teams: Sequence[frozenset[str]]) -> set[tuple[str, str]]:
    """Insider and victim: who could tell, from all that was shown, from their own tick and from
    who judged the value in each review, what somebody else ticked."""
    people = sorted(frozenset().union(*teams))
    possible: dict[tuple[tuple[bool, ...], str, bool, str], set[bool]] = {}
    for ticks in product((False, True), repeat=len(people)):
        mind = dict(zip(people, ticks, strict=True))
        seen = shown(rule, teams, frozenset(p for p in people if mind[p]))
        for insider, other in product(people, repeat=2):
            if insider != other:
                key = (seen, insider, mind[insider], other)
                possible.setdefault(key, set()).add(mind[other])
    return {
        (insider, other)
        for (_seen, insider, _own, other), found in possible.items()
        if len(found) < 2
    }


SWAPPED = [frozenset("ABCDE"), frozenset("ABCDF")]


def test_silence_would_tell_where_one_takes_anothers_place() -> None:
    """The attack is real: told before, silent now, everybody knows what E and F ticked."""
    assert ("A", "E") in learnt(naive, SWAPPED)
    assert learnt(evidence, SWAPPED) == set()


def test_there_what_was_told_stands_whatever_is_ticked_now() -> None:
    for ticks in map(frozenset, ("", "ABC", "ABCDF")):
        told = [evidence(SWAPPED[1], ticks, [Poll(SWAPPED[0], word)]) for word in (0, 1)]
        assert told == [Evidence(True, None), Evidence(False, None)]


def test_the_last_of_what_was_told_stands() -> None:
    first, second = Poll(SWAPPED[0], TICKED), Poll(SWAPPED[0], NOT_TICKED)
    assert not evidence(SWAPPED[1], SWAPPED[1], [first, second]).told
    assert evidence(SWAPPED[1], frozenset(), [second, first]).told


@pytest.mark.parametrize("n", [5, 6, 7, 12, 40])
def test_at_first_it_is_told_where_more_than_half_ticked(n: int) -> None:
    people = [str(one) for one in range(n)]
    for ticks in range(n + 1):
        said = evidence(frozenset(people), frozenset(people[:ticks]), [])
        assert said.told == (ticks > n / 2)
        assert said.poll == Poll(frozenset(people), TICKED if said.told else NOT_TICKED)


def test_a_tick_of_somebody_who_did_not_judge_the_value_counts_for_nothing() -> None:
    assert not evidence(frozenset("ABCDE"), frozenset("ABXYZ"), []).told


def test_the_same_people_are_asked_anew() -> None:
    five = frozenset("ABCDE")
    told = Poll(five, TICKED)
    assert evidence(five, frozenset("AB"), [told]) == Evidence(False, Poll(five, NOT_TICKED))


def test_fewer_than_a_figure_needs_are_told_of_nothing() -> None:
    """The release asks for more people first; the audit says so by itself."""
    assert evidence(frozenset("AB"), frozenset("AB"), []) == Evidence(False, None)


@given(
    teams=st.lists(st.frozensets(st.sampled_from("ABCDEFG"), min_size=5), min_size=2, max_size=4)
)
@settings(max_examples=40, deadline=None)
def test_nobody_learns_a_tick_from_what_is_told_nor_from_silence(
    teams: list[frozenset[str]],
) -> None:
    assert learnt(evidence, teams) == set()
