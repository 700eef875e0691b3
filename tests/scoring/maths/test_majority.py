"""A word of majority tells nothing about one person: held against brute force on small groups."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.majority import Poll, is_safe, majority, word

SEEN, NOT_SEEN, CONTRARY = 0, 1, 2


def worlds(polls: Sequence[Poll], answers: int) -> Iterator[dict[str, int]]:
    """Every way in which people may have answered, the words being what they are."""
    people = sorted(frozenset().union(*(poll.people for poll in polls)))
    for given_ in product(range(answers), repeat=len(people)):
        one = dict(zip(people, given_, strict=True))
        if all(keeps(poll, [one[p] for p in poll.people], answers) for poll in polls):
            yield one


def keeps(poll: Poll, given_: list[int], answers: int) -> bool:
    if poll.agreed:
        return set(given_) <= {poll.word}
    return word(given_, answers=answers) == poll.word


def brute(polls: Sequence[Poll], answers: int) -> bool | None:
    """Does no insider learn anybody? None where the words contradict each other."""
    seen: dict[tuple[str, int, str], set[int]] = {}
    open_ = frozenset().union(*(poll.people for poll in polls if poll.agreed))
    for one in worlds(polls, answers):
        for insider, own in one.items():
            for other, answer in one.items():
                if other != insider and other not in open_:
                    seen.setdefault((insider, own, other), set()).add(answer)
    if not any(True for _one in worlds(polls, answers)):
        return None
    return all(len(possible) > 1 for possible in seen.values())


@pytest.mark.parametrize("answers", [2, 3])
@pytest.mark.parametrize("n", [5, 6, 7])
def test_from_five_people_one_word_tells_no_insider_anybody(n: int, answers: int) -> None:
    for said in range(answers):
        poll = Poll(frozenset("ABCDEFG"[:n]), said)
        assert brute([poll], answers) is True
        assert is_safe(poll, [], answers=answers)


@given(n=st.integers(5, 400), said=st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_nor_with_any_number_of_people(n: int, said: int) -> None:
    assert is_safe(Poll(frozenset(map(str, range(n))), said), [], answers=3)


def test_fewer_may_tell_and_the_audit_says_so() -> None:
    """Two people, both said contrary: an insider knows the other's answer."""
    poll = Poll(frozenset("AB"), CONTRARY)
    assert brute([poll], 3) is False
    assert not is_safe(poll, [], answers=3)


def test_one_person_takes_anothers_place_and_the_word_turns() -> None:
    first = Poll(frozenset("ABCDE"), word([CONTRARY] * 3 + [SEEN] * 2, answers=3))
    second = Poll(frozenset("ABCDF"), word([CONTRARY] * 2 + [SEEN] * 3, answers=3))
    assert (first.word, second.word) == (CONTRARY, SEEN)
    exposed = {(one["E"], one["F"]) for one in worlds([first, second], 3)}
    assert exposed == {(CONTRARY, SEEN)}
    assert not is_safe(second, [first], answers=3)
    assert is_safe(Poll(second.people, CONTRARY), [first], answers=3)
    assert is_safe(Poll(second.people, NOT_SEEN), [first], answers=3) is brute(
        [Poll(second.people, NOT_SEEN), first], 3
    )


def test_where_enough_people_change_places_a_word_may_turn() -> None:
    """No counts have much to spare here, and still nobody can be told."""
    first, second = Poll(frozenset("ABCDE"), CONTRARY), Poll(frozenset("ABFGH"), SEEN)
    assert brute([second, first], 3) is True
    assert is_safe(second, [first], answers=3)


def test_people_who_changed_their_minds_do_not_hide_the_others() -> None:
    """The same five turned round: no world keeps both words, so the new one stands by itself.
    With a third review of other people beside, that one is still looked at."""
    same = frozenset("ABCDE")
    assert brute([Poll(same, SEEN), Poll(same, CONTRARY)], 3) is None
    assert is_safe(Poll(same, SEEN), [Poll(same, CONTRARY)], answers=3)
    swapped = Poll(frozenset("ABCDF"), CONTRARY)
    assert not is_safe(Poll(same, SEEN), [Poll(same, CONTRARY), swapped], answers=3)
    assert not is_safe(Poll(same, SEEN), [swapped, Poll(same, CONTRARY)], answers=3)


@given(data=st.data(), answers=st.integers(2, 3), reviews=st.integers(2, 3))
@settings(max_examples=60, deadline=None)
def test_the_audit_says_what_brute_force_says(
    data: st.DataObject, answers: int, reviews: int
) -> None:
    pool = "ABCDEF"
    somebody = st.frozensets(st.sampled_from(pool), min_size=4)
    groups = data.draw(st.lists(somebody, min_size=reviews, max_size=reviews))
    own = data.draw(st.lists(st.integers(0, answers - 1), min_size=6, max_size=6))
    mind = dict(zip(pool, own, strict=True))
    polls = [Poll(people, word([mind[p] for p in people], answers=answers)) for people in groups]
    assert is_safe(polls[0], polls[1:], answers=answers) is brute(polls, answers)


@given(data=st.data(), answers=st.integers(2, 3), reviews=st.integers(1, 2))
@settings(max_examples=60, deadline=None)
def test_nor_beside_what_few_agreed_on(data: st.DataObject, answers: int, reviews: int) -> None:
    pool = "ABCDEF"
    table = data.draw(st.frozensets(st.sampled_from(pool), min_size=1, max_size=4))
    somebody = st.frozensets(st.sampled_from(pool), min_size=5)
    groups = data.draw(st.lists(somebody, min_size=reviews, max_size=reviews))
    own = data.draw(st.lists(st.integers(0, answers - 1), min_size=6, max_size=6))
    mind = dict(zip(pool, own, strict=True)) | dict.fromkeys(table, own[0])
    polls = [Poll(people, word([mind[p] for p in people], answers=answers)) for people in groups]
    polls.append(Poll(table, own[0], agreed=True))
    assert is_safe(polls[0], polls[1:], answers=answers) is brute(polls, answers)


def test_three_who_come_to_two_that_agreed_are_not_told_by_the_word() -> None:
    table, people = Poll(frozenset("AB"), SEEN, agreed=True), frozenset("ABCDE")
    words = {said: is_safe(Poll(people, said), [table], answers=3) for said in range(3)}
    assert words == {SEEN: True, NOT_SEEN: True, CONTRARY: False}
    assert all(words[said] is brute([Poll(people, said), table], 3) for said in words)
    # Our own side has two answers only: "not kept" would say it of all three.
    assert not is_safe(Poll(people, NOT_SEEN), [table], answers=2)
    # Where those who agreed are most of them, another word says that they changed their minds.
    most = Poll(frozenset("ABCD"), SEEN, agreed=True)
    assert all(is_safe(Poll(people, said), [most], answers=3) for said in range(3))


def test_more_than_half() -> None:
    assert [majority(n) for n in range(5, 9)] == [3, 4, 4, 5]
    assert word([SEEN] * 3 + [CONTRARY] * 3, answers=3) == NOT_SEEN
