"""Which typical actions of a value are told as evidence, and why that tells nobody's tick.

Under a value, people may tick actions that they have seen. An action is a question with two
answers, ticked or not, asked of those who judged the value; it is told where more than half of
them ticked it, a word of majority like any other (``majority.py``). Ticks of two actions, and
the word on their value, bind no common count: somebody may tick anything beside any word. So
each action is audited by itself, which is then the same as all of them together.

What is special is silence. Of a value whose word is out, everybody knows that enough people
judged it; where a team is just as large as a figure needs, they all did. An action that was told
and is told no more would then say that its count has fallen, and where one person took another's
place, what both ticked. So silence must say nothing, whoever may count: whether an action is
asked anew is decided from who judged the value and from what was told before, never from a tick.
It is asked anew where *both* outcomes are safe beside what the last reviews said of it, silence
being taken for "not more than half". Elsewhere what was told of it last stands, told or not: it
is no function of the new ticks. Those who read cannot tell the two cases apart, and need not.

After three reviews at most, what held an action back is out of what the audit looks at, and it
is asked anew: what is told is never older than three reviews before.

A worked example: five people, three of whom have seen it.

>>> five = frozenset("ABCDE")
>>> first = evidence(five, frozenset("ABE"), [])
>>> first.told, first.poll == Poll(five, TICKED)
(True, True)

F takes E's place. Were it asked anew, silence would say that E had ticked it and F had not; so
it is not asked, and stands whatever F ticks.

>>> four_and_f = frozenset("ABCDF")
>>> [evidence(four_and_f, ticks, [first.poll]).told for ticks in (frozenset("AB"), four_and_f)]
[True, True]
>>> evidence(four_and_f, frozenset("AB"), [first.poll]).poll is None
True

The same five are asked anew: that it is told no more says that somebody changed their mind, not
who.

>>> evidence(five, frozenset("AB"), [first.poll]).told
False

Source: Kenthapadi, Mishra & Nissim, *Simulatable auditing*, PODS 2005.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from scoring.maths import majority
from scoring.maths.majority import Poll

TICKED, NOT_TICKED = 0, 1
ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether an action is told, and the poll that says so; none where what was told stands."""

    told: bool
    poll: Poll | None


def evidence(
    people: frozenset[str], ticked: AbstractSet[str], earlier: Sequence[Poll]
) -> Evidence:
    """Of an action: ``people`` judged its value, enough for its word to be out; ``earlier``: polls
    about it in the last reviews, the newest last."""
    if not all(
        majority.is_safe(Poll(people, word), earlier, answers=ANSWERS)
        for word in (TICKED, NOT_TICKED)
    ):
        return Evidence(any(poll.word == TICKED for poll in earlier[-1:]), None)
    ticks = [TICKED if one in ticked else NOT_TICKED for one in people]
    poll = Poll(people, majority.word(ticks, answers=ANSWERS))
    return Evidence(poll.word == TICKED, poll)
