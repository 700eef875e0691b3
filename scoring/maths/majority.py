"""Words of majority, and what they let others know about one person.

A review asks everybody at a client one question with a few possible answers, numbered 0, 1, …
What is published is a word, never a count: the answer that more than half of those who answered
gave, else answer 1, which stands for "no majority" too. With n answers,

    answer w ≠ 1 is the word  ⇔  at least n//2 + 1 gave w,
    answer 1 is the word      ⇔  every other answer was given by at most n//2.

So a word bounds counts of answers, linearly. One word of five people or more tells nothing about
one of them, an insider's own answer known or not. Two words can: where one person took another's
place between two reviews and the word changed, that person changed it.

The audit of a word, before it is published, takes what the attacker would: who answered each of
the last reviews is known; nobody changed their mind between them; and one colleague, the insider,
knows their own answer. People in the same reviews are alike, so they are counted together, by the
reviews in which they are. The word is published only if for every insider, whatever their answer
may be, at least two answers stay possible for everybody else. An outsider knows less than any
insider.

Whether an answer is possible is a small integer program: counts by group and answer, whole and not
negative, that keep to the sizes of the groups and to all words, with the insider and the person
among them. One program settles most cases: where some counts keep to all words and would still do
with two people fewer on the winning side of each, any insider and any person may have answered
anything. Every answer the insider *may* have given is looked at, not only the one they gave, so
that what is decided rests on who answered and on the words alone. The new word is among them: that
it is withheld may say something by itself to who knows that enough people answered, which nobody
is told.

Where people did change their minds, the words may contradict each other; then each largest set of
earlier words that does not contradict the new one is looked at.

Few people judge a client together instead, and agree on a word (``Poll.agreed``): all of them gave
it, and it is no secret of theirs. It bounds the later words all the more, and whoever was not at
that table must stay as hidden beside it as beside any other word.

Worked examples. Five people, three answers (0 seen, 1 not seen, 2 contrary): three of five said
contrary.

>>> first = Poll(frozenset("ABCDE"), word([2, 2, 2, 0, 0], answers=3))
>>> first.word, is_safe(first, [], answers=3)
(2, True)

F takes the place of E, and the word is "seen" now: of A to D at most two said contrary and at
least two said seen, so E said contrary and F said seen.

>>> second = Poll(frozenset("ABCDF"), word([2, 2, 0, 0, 0], answers=3))
>>> second.word, is_safe(second, [first], answers=3)
(0, False)

Had the word stayed, nothing would be told:

>>> is_safe(Poll(frozenset("ABCDF"), 2), [first], answers=3)
True

Two agreed on "seen" before C, D and E came; "contrary" would say what all three answered:

>>> table = Poll(frozenset("AB"), 0, agreed=True)
>>> [is_safe(Poll(frozenset("ABCDE"), one), [table], answers=3) for one in (0, 1, 2)]
[True, True, False]

Sources: Dinur & Nissim, *Revealing information while preserving privacy*, PODS 2003 (what answers
to several questions about overlapping groups let others rebuild); Kenthapadi, Mishra & Nissim,
*Simulatable auditing*, PODS 2005 (to decide without looking at the answers that are protected;
this audit looks at nothing of them but the word).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

import numpy as np
from scipy import optimize

from scoring.maths.cells import Floats, Ints

# The answer that stands for "no majority" too.
NONE = 1
# An insider's answer and somebody's own move a count by one each.
BOTH = 2

Pattern = tuple[int, ...]
Groups = tuple[tuple[Pattern, int], ...]


@dataclass(frozen=True, slots=True)
class Poll:
    """Who answered a question in one review, by any name, and the word that came of it;
    ``agreed``: each of them gave it, in the open."""

    people: frozenset[str]
    word: int
    agreed: bool = False


def majority(n: int) -> int:
    """How many are more than half.

    >>> [majority(n) for n in (5, 6, 7)]
    [3, 4, 4]
    """
    return n // 2 + 1


def word(given: Sequence[int], *, answers: int) -> int:
    """The word for these answers; order says nothing.

    >>> word([0, 0, 0, 2, 2], answers=3), word([0, 0, 0, 2, 2, 2], answers=3)
    (0, 1)
    """
    counts = Counter(given)
    need = majority(len(given))
    return next((one for one in range(answers) if counts[one] >= need), NONE)


def is_safe(new: Poll, earlier: Sequence[Poll], *, answers: int) -> bool:
    """May the new word be published beside the earlier ones? See the head of this module."""
    settled: list[set[int]] = []
    for kept in _largest_first(len(earlier)):
        if any(kept <= done for done in settled):
            continue
        polls = [new, *(earlier[place] for place in sorted(kept))]
        said = tuple((poll.word, poll.agreed) for poll in polls)
        told = _System(_groups(polls), said, answers)
        if not _is_possible(told):
            continue
        if not _hides_everybody(told):
            return False
        settled.append(kept)
    return True


def _largest_first(count: int) -> Iterator[set[int]]:
    for size in range(count, -1, -1):
        for places in combinations(range(count), size):
            yield set(places)


def _groups(polls: Sequence[Poll]) -> Groups:
    """How many people were in which of the polls, in a fixed order."""
    everybody = frozenset().union(*(poll.people for poll in polls))
    patterns = Counter(
        tuple(place for place, poll in enumerate(polls) if one in poll.people) for one in everybody
    )
    return tuple(sorted(patterns.items()))


@dataclass(frozen=True)
class _System:
    """What the words say: counts x of shape (G, A), by group and answer. ``said``: of each poll
    its word, and whether all agreed on it."""

    groups: Groups
    said: tuple[tuple[int, bool], ...]
    answers: int

    @property
    def sizes(self) -> Ints:
        return np.array([size for _pattern, size in self.groups])

    def is_open(self, place: int) -> bool:
        """Is the answer of a group known to everybody?"""
        return any(self.said[poll][1] for poll in self.groups[place][0])

    def rows(self, slack: int = 0) -> tuple[Floats, Floats, Floats]:
        """Bounds: table (R, G·A), its lowest and highest values, with so much to spare at every
        word of majority."""
        G, A = len(self.groups), self.answers
        table, low, high = [], [], []
        for place, size in enumerate(self.sizes):
            row = np.zeros((G, A))
            row[place] = 1
            table.append(row.ravel())
            low.append(float(size))
            high.append(float(size))
        for poll, (said, agreed) in enumerate(self.said):
            there = np.array([poll in pattern for pattern, _size in self.groups])
            people = int(self.sizes[there].sum())
            most = 0 if agreed else majority(people) - 1 - slack
            least = people if agreed else majority(people) + slack
            for one in range(A) if said == NONE else (said,):
                if one == NONE:
                    continue
                row = np.zeros((G, A))
                row[there, one] = 1
                table.append(row.ravel())
                low.append(-np.inf if said == NONE else least)
                high.append(most if said == NONE else np.inf)
        return np.array(table), np.array(low), np.array(high)


@dataclass
class _Search:
    """Counts that keep to the words, found one after the other; each may serve again."""

    system: _System
    found: list[Floats] = field(default_factory=list)

    def holds(self, least: Ints, *, slack: int = 0) -> bool:
        """Are there counts of at least so many, with so much to spare at every word?"""
        if not slack and any((one >= least).all() for one in self.found):
            return True
        table, low, high = self.system.rows(slack)
        size = least.size
        # Beside the counts, whether each is above none: as many as can be, to serve again.
        wide = np.block([[table, np.zeros_like(table)], [np.eye(size), -np.eye(size)]])
        result = optimize.milp(
            np.repeat([0.0, -1.0], size),
            constraints=optimize.LinearConstraint(
                wide, np.append(low, np.zeros(size)), np.append(high, np.full(size, np.inf))
            ),
            bounds=optimize.Bounds(
                np.append(least.ravel(), np.zeros(size)), np.repeat([np.inf, 1.0], size)
            ),
            integrality=np.ones(2 * size, dtype=np.int64),
        )
        if result.x is None:
            return False
        self.found.append(np.rint(result.x[:size]).reshape(least.shape))
        return True


@lru_cache(maxsize=4096)
def _is_possible(system: _System) -> bool:
    """Is there anything that nobody's changed mind would contradict?"""
    return _Search(system).holds(_nobody(system))


@lru_cache(maxsize=4096)
def _hides_everybody(system: _System) -> bool:
    """For every insider, are two answers or more possible for everybody else who did not answer
    in the open?"""
    search = _Search(system)
    if search.holds(_nobody(system), slack=BOTH):
        return True
    places = range(len(system.groups))
    hidden = [place for place in places if not system.is_open(place)]
    for insider in product(places, range(system.answers)):
        known = _nobody(system)
        known[insider] = 1
        if not search.holds(known):
            continue
        for other in hidden:
            alone = other == insider[0] and system.sizes[other] == 1
            if not alone and not _has_two(search, known, other):
                return False
    return True


def _has_two(search: _Search, known: Ints, group: int) -> bool:
    """Are two answers or more possible for somebody of that group, beside the insider?"""
    possible = 0
    for answer in range(search.system.answers):
        least = known.copy()
        least[group, answer] += 1
        possible += search.holds(least)
    return possible > 1


def _nobody(system: _System) -> Ints:
    return np.zeros((len(system.groups), system.answers), dtype=np.int64)
