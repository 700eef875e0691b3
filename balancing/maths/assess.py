"""One round of the firm: everyone's load, their zone of chance, and who carries too much."""

from dataclasses import dataclass

import numpy as np

from balancing.maths import fairshare, indices, load
from balancing.maths.fairshare import Deal, Deck
from balancing.maths.indices import Index, Indices
from balancing.maths.window import Bools, Floats, Integers, Window

SCREEN_DRAWS = 500
DRAWS_PER_PERSON = 20
LARGEST_DRAWN = 1_000
ZONE = (0.025, 0.975)
RULE_POINT = 0.95
# Sums of the same days in another order differ by less than this, relatively.
ROUNDING = 1e-9
# Places for values in one's largest so far, as a multiple of those kept.
ROOM = 3


@dataclass(frozen=True, eq=False)
class Assessment:
    """Figures of everybody in the window, arrays (people,) in the order of its indices.

    compared          present in 6 rounds of 13 and exposed; the rest is NaN or False elsewhere
    load              rolling load (`load.rolling_load`), 0-74
    share             share of days on demanding missions, 0-1; NaN without exposure
    demanding_rounds  rounds of which at least half was on demanding missions
    two_in_a_row      a demanding mission followed by another
    expected_share    mean of the share over all deals, exact
    zone_low, _high   zone of chance of the share: at least 95 of 100 random deals lie in it
    expected_load     mean of the load over all deals, exact
    upper95           the load that 95 of 100 random deals do not pass
    p_value           chance that a random deal gives at least this load
    bh_selected       kept by Benjamini-Hochberg at 10 % over everyone compared
    over_share        the alert rule: load above `upper95`, kept, and two demanding missions in a
                      row or 6 demanding rounds
    indices           of the firm over people compared; None where nobody is
    draws             deals behind the p-values; 0 where they are a normal's tail
    """

    compared: Bools
    load: Floats
    share: Floats
    demanding_rounds: Integers
    two_in_a_row: Bools
    expected_share: Floats
    zone_low: Floats
    zone_high: Floats
    expected_load: Floats
    upper95: Floats
    p_value: Floats
    bh_selected: Bools
    over_share: Bools
    indices: Indices | None
    draws: int


def assess(window: Window, *, seed: int, drawn_up_to: int | None = None) -> Assessment:
    """Everyone's load in a window against what chance would give; the same seed, the same answer.

    500 deals give the zone, `upper95` and the references of the indices. The p-values come from
    max(500, 20 × people compared) deals up to ``drawn_up_to`` people compared (1,000; a page that
    tries something out asks for fewer), above from `fairshare.normal_tail`, and nobody is kept
    unless deals of their own seats agree (`fairshare.confirm`). Memory grows with the people, not
    with the number of deals.
    """
    who = load.compared(window)
    reference = _Reference(fairshare.make_deck(window), who)
    rng = np.random.default_rng(seed)
    people = int(who.sum())
    drawn = people <= (LARGEST_DRAWN if drawn_up_to is None else drawn_up_to)
    if people:
        reference.deal(SCREEN_DRAWS, rng)
    if people and drawn:
        reference.deal_for_p(max(SCREEN_DRAWS, DRAWS_PER_PERSON * people) - SCREEN_DRAWS, rng)
    p_values = reference.p_values() if drawn else _normal_p_values(reference, rng)
    return _assessment(window, reference, p_values, draws=reference.draws if drawn else 0)


class _Reference:
    """What the deals gave to the people compared, folded as they come."""

    def __init__(self, deck: Deck, who: Bools) -> None:
        self.deck, self.who = deck, who
        self.loads = fairshare.seat_sums(deck, deck.weight)[who]
        self.days = fairshare.seat_sums(deck, deck.days)[who]
        self.load = np.asarray(self.loads @ deck.demand)
        self.total = np.asarray(self.days @ np.ones(deck.days.size))
        self.demanding = np.asarray(self.days @ deck.burden)
        self.least = self.load - ROUNDING * (1 + self.load)
        self.reached = np.zeros(self.load.size, dtype=np.int64)
        self.draws = 0
        low, high = (rank(point) for point in ZONE)
        self.share_low = _Kept(low, self.load.size)
        self.share_high = _Kept(SCREEN_DRAWS + 1 - high, self.load.size)
        self.load_high = _Kept(SCREEN_DRAWS + 1 - rank(RULE_POINT), self.load.size)
        self.evenness: list[Floats] = []

    def deal(self, draws: int, rng: np.random.Generator) -> None:
        """Deal, and fold what comes into zones, upper points, indices and counts."""
        for deal in fairshare.deals(self.deck, draws, rng):
            load = self._count(deal)
            demanding = fairshare.deal_sums(self.days, self.deck.burden, deal)
            share = demanding / self.total
            self.share_low.add(-share)
            self.share_high.add(share)
            self.load_high.add(load)
            self.evenness.append(_evenness(load, demanding))

    def deal_for_p(self, draws: int, rng: np.random.Generator) -> None:
        """Deal for the p-values alone."""
        for deal in fairshare.deals(self.deck, draws, rng):
            self._count(deal)

    def _count(self, deal: Deal) -> Floats:
        """Count the deals that give each person at least their own load; return all loads."""
        load = fairshare.deal_sums(self.loads, self.deck.demand, deal)
        self.reached += np.count_nonzero(load >= self.least, axis=0)
        self.draws += len(load)
        return load

    def p_values(self) -> Floats:
        """(1 + deals reaching one's load) / (1 + deals): never 0 (Phipson & Smyth, 2010)."""
        return _spread(self.who, (1 + self.reached) / (1 + self.draws))

    def indices(self) -> Indices | None:
        """Indices of the firm against the deals; None where nobody is compared."""
        if not self.load.size:
            return None
        values = _evenness(self.load, self.demanding)
        deals = np.sort(np.concatenate(self.evenness, axis=-1), axis=-1)
        high = deals[:, rank(RULE_POINT) - 1]
        low = deals[:, SCREEN_DRAWS - rank(RULE_POINT)]
        return Indices(
            max_to_mean=_index(values[0], high[0]),
            top_tenth=_index(values[1], high[1]),
            gini=_index(values[2], high[2]),
            jain=indices.against(float(values[3]), float(low[3]), low_is_uneven=True),
        )


class _Kept:
    """The `count` largest of the values seen so far, by person, in little memory."""

    def __init__(self, count: int, people: int) -> None:
        # The largest stand at the end; new values come before them, and are sorted out seldom.
        self.values = np.full((ROOM * count, people), -np.inf)
        self.count = count
        self.free = len(self.values)

    def add(self, values: Floats) -> None:
        """Take in values (deals, people)."""
        while len(values):
            if not self.free:
                self._sort_out()
            taken, values = values[: self.free], values[self.free :]
            self.values[self.free - len(taken) : self.free] = taken
            self.free -= len(taken)

    def edge(self) -> Floats:
        """The `count`-th largest of each person; minus infinity where fewer were seen."""
        self._sort_out()
        return np.asarray(self.values[self.free])

    def _sort_out(self) -> None:
        self.free = len(self.values) - self.count
        self.values.partition(self.free, axis=0)


def rank(point: float) -> int:
    """Place, from 1, of a point among 500 sorted deals, rounded outwards.

    With the observed value as the 501st deal, all places being equally likely by chance, at most
    1 − point of the firms lie strictly above it.

    >>> rank(0.025), rank(0.95), rank(0.975)
    (12, 476, 489)
    """
    place = point * (SCREEN_DRAWS + 1)
    return int(np.ceil(place)) if point > 0.5 else int(np.floor(place))


def _assessment(
    window: Window, reference: _Reference, p_values: Floats, *, draws: int
) -> Assessment:
    who, deck = reference.who, reference.deck
    loads, rounds = load.rolling_load(window), load.demanding_rounds(window)
    in_a_row = load.two_in_a_row(window)
    upper95 = _spread(who, reference.load_high.edge())
    selected = fairshare.benjamini_hochberg(p_values)
    above = who & (loads > np.nan_to_num(upper95) * (1 + ROUNDING) + ROUNDING)
    demanding_mean = fairshare.exact_moments(deck, deck.days, deck.burden)[0][who]
    return Assessment(
        compared=who,
        load=loads,
        share=load.demanding_share(window),
        demanding_rounds=rounds,
        two_in_a_row=in_a_row,
        expected_share=_spread(who, demanding_mean / reference.total),
        zone_low=_spread(who, -reference.share_low.edge()),
        zone_high=_spread(who, reference.share_high.edge()),
        expected_load=_spread(
            who, fairshare.exact_moments(deck, deck.weight, deck.demand)[0][who]
        ),
        upper95=upper95,
        p_value=p_values,
        bh_selected=selected,
        over_share=above & selected & (in_a_row | (rounds >= load.DEMANDING_ROUNDS)),
        indices=reference.indices(),
        draws=draws,
    )


def _normal_p_values(reference: _Reference, rng: np.random.Generator) -> Floats:
    tail = fairshare.normal_tail(reference.deck)
    return fairshare.confirm(reference.deck, np.where(reference.who, tail, np.nan), rng)


def _evenness(loads: Floats, demanding: Floats) -> Floats:
    """The four indices, shape (4, deals): max/mean, top tenth, Gini, Jain.

    "Demanding rounds" are counted in days: a round half spent on them counts half.
    """
    return np.stack(
        [
            indices.max_to_mean(loads),
            indices.top_tenth(demanding),
            indices.gini(loads),
            indices.jain(loads),
        ]
    )


def _index(value: np.float64, reference: np.float64) -> Index:
    return indices.against(float(value), float(reference))


def _spread(who: Bools, values: Floats) -> Floats:
    """Values of the people compared, put at their place; NaN for the others."""
    result = np.full(who.size, np.nan)
    if values.size:
        result[who] = values
    return result
