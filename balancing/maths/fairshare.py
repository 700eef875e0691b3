"""Fair share: what chance alone would give each person, by dealing the same missions at random.

**The deal.** Everything that a person spent on a mission in the window is one *assignment*; it is
a seat (its rounds and days, which stay where they are) and a mission (with its demand, which is
dealt). Missions are shuffled among seats of about the same dates and length, everyone being
eligible. So a mission goes whole to one person: a long demanding one is not crumbled over
everybody. And a person's exposure stays theirs in every deal: nobody is dealt a day of their
leave, half time remains half time, and a share of days stays between 0 and 1.

**About the same dates and length.** Seats are split by first round, last round and full-time
rounds, along whichever spreads most, while both parts hold at least 20 seats: a *stratum*. In a
large firm seats of one stratum have the same dates, and each deal holds as many demanding days as
there really were; in a small one this holds nearly, since the shuffle must leave chance a choice.

**Moments.** Inside a stratum of n seats, with values v of variance σ² (over n) dealt to seats of
weight w, a person's sum over their seats has mean v̄ Σw and variance
σ² (n Σw² − (Σw)²) / (n − 1); strata are independent, so both add up exactly (sampling without
replacement; Cochran, Sampling Techniques, 3rd ed., 1977, §2.9).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from balancing.maths.load import round_weights
from balancing.maths.window import Bools, Floats, Integers, Window, sum_by

SMALLEST_STRATUM = 20
# Below a round's difference two seats are alike: splitting further would only take chance away.
ALIKE = 1.0
FALSE_DISCOVERIES = 0.10
# Numbers dealt at once: memory is the same for 500 deals and for 20,000.
CHUNK = 2_000_000

Deal = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Deck:
    """Assignments of a window, one entry each, shape (seats,), strata one after another.

    person   whose seat it is
    stratum  0, 1, 2 …, not falling
    days     days of the seat
    weight   Σ of h^age × share of time of the seat: its exposure as the load weighs it
    burden   share of the mission's days that were demanding, 0-1
    demand   mean demand of the mission over the seat, weighted as `weight`, 0-10
    people   how many people the indices count
    """

    person: Integers
    stratum: Integers
    days: Floats
    weight: Floats
    burden: Floats
    demand: Floats
    people: int

    @property
    def size(self) -> Integers:
        """Number of seats of each stratum."""
        return np.bincount(self.stratum)


def make_deck(window: Window) -> Deck:
    """Gather the rows of a window into assignments and stratify their seats.

    Two stretches of one person on one mission are one assignment. Seats without a day are left
    out. As dealt in reality, Σ weight × demand of a person is their rolling load, and
    Σ days × burden their demanding days.
    """
    held = window.days > 0
    code = window.person[held] * window.missions + window.mission[held]
    at, days = window.round[held], window.days[held]
    spells, seat = np.unique(code, return_inverse=True)
    person, mission = np.divmod(spells, max(window.missions, 1))
    first = np.full(spells.size, window.rounds)
    last = np.full(spells.size, -1)
    np.minimum.at(first, seat, at)
    np.maximum.at(last, seat, at)
    length = sum_by(seat, days / window.working_days[at], spells.size)
    stratum = strata(np.stack([first, last, length], axis=1))
    weights = days * round_weights(window)[at]
    cell = (mission[seat], at)
    total, weight = sum_by(seat, days, spells.size), sum_by(seat, weights, spells.size)
    burden = sum_by(seat, days * window.demanding[cell], spells.size) / total
    demand = sum_by(seat, weights * window.demand[cell], spells.size) / weight
    order = np.argsort(stratum, kind="stable")
    return Deck(
        person=person[order],
        stratum=stratum[order],
        days=total[order],
        weight=weight[order],
        burden=burden[order],
        demand=demand[order],
        people=window.people,
    )


def strata(features: Floats, *, smallest: int = SMALLEST_STRATUM) -> Integers:
    """Split seats into strata of at least `smallest`, alike in each feature where many enough.

    `features` (seats, 3): first round, last round, full-time rounds, all in rounds. Returns the
    stratum of each seat, shape (seats,). Depends on dates and lengths alone, never on demand.

    >>> early = [[0, 5, 6.0]] * 20
    >>> late = [[6, 12, 7.0]] * 25
    >>> np.bincount(strata(np.array(early + late))).tolist()
    [20, 25]
    >>> np.bincount(strata(np.array(early + late[:19]))).tolist()
    [39]
    """
    stratum = np.zeros(len(features), dtype=np.int64)
    waiting = [np.arange(len(features))]
    found = 0
    while waiting:
        part = waiting.pop()
        low = _cut(features[part], smallest)
        if low is None:
            stratum[part] = found
            found += 1
        else:
            waiting += [part[~low], part[low]]
    return stratum


def deals(deck: Deck, draws: int, rng: np.random.Generator) -> Iterator[Deal]:
    """Deal `draws` times: blocks (seats, ≤ draws) of which entry's mission each seat receives.

    Each column is a permutation of the entries inside each stratum, all equally likely.
    """
    seats = deck.person.size
    groups = _strata_by_size(deck)
    step = max(1, CHUNK // max(seats, 1))
    for done in range(0, draws, step):
        deal = np.empty((seats, min(step, draws - done)), dtype=np.int64)
        for entries in groups:
            # Laid out anew: left as broadcast, the shuffle would step over all deals at once.
            shuffled = np.empty((deal.shape[1], *entries.shape), dtype=np.int64)
            shuffled[:] = entries
            rng.permuted(shuffled, axis=2, out=shuffled)
            for stratum, start in enumerate(entries[:, 0]):
                deal[start : start + entries.shape[1]] = shuffled[:, stratum].T
        yield deal


def seat_sums(deck: Deck, weights: Floats) -> sparse.csr_array[np.float64]:
    """Matrix (people, seats) that turns values dealt to seats into one weighted sum a person."""
    place = (deck.person, np.arange(deck.person.size))
    shape = (deck.people, deck.person.size)
    return sparse.csr_array((weights, place), shape=shape)


def deal_sums(sums: sparse.csr_array[np.float64], values: Floats, deal: Deal) -> Floats:
    """Weighted sum of each person in each deal: shape (deals, people)."""
    return np.ascontiguousarray((sums @ values.take(deal)).T)


def exact_moments(deck: Deck, weights: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each person's sum of weight × dealt value, over all deals.

    `weights` and `values` (seats,) stay with the seat and are dealt, respectively. Returns two
    arrays (people,). The formula is in the head of this module.

    >>> one = np.ones(4)
    >>> deck = Deck(np.arange(4), np.zeros(4, dtype=int), one, one, one, one, people=4)
    >>> mean, variance = exact_moments(deck, one, np.array([1.0, 2.0, 3.0, 4.0]))
    >>> mean[0], variance[0]
    (np.float64(2.5), np.float64(1.25))
    """
    size = deck.size
    average = sum_by(deck.stratum, values, size.size) / size
    spread = sum_by(deck.stratum, (values - average[deck.stratum]) ** 2, size.size) / size
    mean = sum_by(deck.person, weights * average[deck.stratum], deck.people)
    hands, hand = np.unique(deck.person * size.size + deck.stratum, return_inverse=True)
    person, stratum = np.divmod(hands, max(size.size, 1))
    total = sum_by(hand, weights, hands.size)
    squares = sum_by(hand, weights**2, hands.size)
    n = size[stratum]
    part = spread[stratum] * (n * squares - total**2) / np.maximum(n - 1, 1)
    variance = sum_by(person, np.maximum(part, 0.0), deck.people)
    return mean, variance


def normal_tail(deck: Deck) -> Floats:
    """p-value of each person's load from the normal with their exact mean and variance, (people,).

    1 where chance leaves no choice.
    """
    mean, variance = exact_moments(deck, deck.weight, deck.demand)
    load = sum_by(deck.person, deck.weight * deck.demand, deck.people)
    deviation = np.sqrt(variance)
    free = deviation > 1e-9 * (1 + mean)
    excess = np.zeros(deck.people)
    np.divide(load - mean, deviation, out=excess, where=free)
    return np.where(free, special.ndtr(-excess), 1.0)


def drawn_tail(deck: Deck, person: int, draws: int, rng: np.random.Generator) -> float:
    """p-value of one person's load, (1 + reached) / (1 + draws), dealing their own seats alone.

    Same chances as `deals`, at the price of one person's seats instead of everybody's.
    """
    seats = np.flatnonzero(deck.person == person)
    values = [deck.demand[deck.stratum == each] for each in deck.stratum[seats]]
    load = float(deck.weight[seats] @ deck.demand[seats])
    least = load - 1e-9 * (1 + load)
    reached = 0
    for done in range(0, draws, CHUNK):
        picks = _hand(deck.stratum[seats], [v.size for v in values], min(CHUNK, draws - done), rng)
        columns = zip(deck.weight[seats], values, picks, strict=True)
        dealt = sum(weight * value[pick] for weight, value, pick in columns)
        reached += int(np.count_nonzero(dealt >= least))
    return (1 + reached) / (1 + draws)


def confirm(
    deck: Deck, p_values: Floats, rng: np.random.Generator, *, rate: float = FALSE_DISCOVERIES
) -> Floats:
    """p-values with those that would be kept raised to what deals of that person's seats say.

    A normal's tail is too thin for a deck in which few missions are very demanding: in simulated
    firms of 1,500 with demands spread like a lognormal, more than half had a false alarm. So
    nobody is kept on the normal's word alone. `p_values` (people,), NaN = not tested. Enough deals
    are made for k kept out of n: 100 × n / k each, so that all together cost the same for any k.
    """
    kept = np.flatnonzero(benjamini_hochberg(p_values, rate=rate))
    result = p_values.copy()
    tested = int(np.count_nonzero(~np.isnan(p_values)))
    for person in kept:
        draws = max(500, 100 * tested // kept.size)
        result[person] = max(p_values[person], drawn_tail(deck, int(person), draws, rng))
    return result


def benjamini_hochberg(p_values: Floats, *, rate: float = FALSE_DISCOVERIES) -> Bools:
    """Which hypotheses are rejected with at most `rate` expected false among them.

    `p_values` (n,), NaN = not tested. The largest k with p₍ₖ₎ ≤ rate × k / n decides; all p at
    most that one are kept. Benjamini & Hochberg, J. R. Statist. Soc. B 57 (1995), whose example
    of 15 p-values keeps four at 5 %:

    >>> p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
    ...     .6528, .7590, 1.0]
    >>> int(benjamini_hochberg(np.array(p), rate=0.05).sum())
    4
    """
    tested = np.sort(p_values[~np.isnan(p_values)])
    passing = tested <= rate * np.arange(1, tested.size + 1) / max(tested.size, 1)
    if not passing.any():
        return np.zeros(p_values.shape, dtype=np.bool_)
    return np.asarray(p_values <= tested[passing][-1], dtype=np.bool_)


def _strata_by_size(deck: Deck) -> list[Deal]:
    """Entries of the strata of each size, (strata, size): all of one size are shuffled at once."""
    size = deck.size
    start = np.cumsum(size) - size
    return [
        start[size == each][:, None] + np.arange(each, dtype=np.int64) for each in np.unique(size)
    ]


def _cut(features: Floats, smallest: int) -> Bools | None:
    """Lower part of the most even cut along the widest feature that can be cut, if any."""
    if len(features) < 2 * smallest:
        return None
    spread = np.ptp(features, axis=0)
    for column in np.argsort(-spread, kind="stable"):
        if spread[column] < ALIKE:
            break
        values = np.sort(features[:, column])
        edges = np.flatnonzero(np.diff(values) > 0) + 1
        edges = edges[(edges >= smallest) & (edges <= len(values) - smallest)]
        if edges.size:
            middle = edges[np.argmin(np.abs(edges - len(values) / 2))]
            return np.asarray(features[:, column] < values[middle], dtype=np.bool_)
    return None


def _hand(
    strata_of: Integers, sizes: list[int], draws: int, rng: np.random.Generator
) -> list[Deal]:
    """Entries of its stratum dealt to each seat of one person: one array (draws,) a seat."""
    picks: list[Deal] = []
    for seat, size in enumerate(sizes):
        same = [picks[other] for other in range(seat) if strata_of[other] == strata_of[seat]]
        pick = rng.integers(0, size - len(same), size=draws)
        # The pick counts among entries not yet dealt: step over the taken ones, lowest first.
        for taken in np.sort(np.array(same), axis=0) if same else ():
            pick += pick >= taken
        picks.append(pick)
    return picks
