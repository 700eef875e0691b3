"""Early warning: has a client's level gone down, seen from the people who answer there?

Every answer is compared with what its own person was expected to answer there, so that nobody who
joins or leaves moves a client. Person i on mission m (this person, client and profile) stands at

    µ + client_j + profile_k + u_i + v_im,   u_i ~ N(0, p),   v_im ~ N(0, d),

clients and profiles N(0, their variance), µ flat, d the mission variance; an answer strays from
that level with variance w ("within"). Before a round, with n_m past answers of mean ȳ_m on each of
the person's missions, q_m = 1 / (d + w/n_m), Q = Σ q_m, B_m = d q_m and x_m the mission's columns
of β = (clients, profiles, µ),

    expected = B_m ȳ_m + (1 − B_m) (x_m β̂ + p / (1 + p Q) Σ q_l (ȳ_l − x_l β̂)),

with β̂ and its covariance V the best prediction from everybody's past answers, people and missions
eliminated (the equations of ``release``). The innovation, answer − expected, is new: independent
of all the past. Its variance is w + d (1 − B) + (1 − B)² p / (1 + p Q) + f V f', f its row in β;
people share V, and one with two missions shares p / (1 + p Q) too.

Per client and round the innovations are averaged with weights near 1 / variance; the same average
over all *other* clients is the firm's movement and is subtracted; the difference over its exact
standard deviation is z ~ N(0, 1), independent from round to round, however many answered.

The chart is an exponentially weighted mean of z, E ← (1 − λ) E + λ z from E = 0, over rounds with
an answer, against the lower limit −L √(λ/(2 − λ) · (1 − (1 − λ)^2t)) at its t-th round. It starts
again after a signal. Units: points of 0–100 for answers, squared points for variances, z has none.
Everything is linear in the answers: give ``mean`` as a table of unit vectors and z is its form.

A worked example: two people with one past answer each, p = 100, w = 100, nothing else varies. Q is
1/100, µ = 60 ± 10; half of each person's distance to it is believed: 55 and 65, ± √(50 + 25).
Person 1, alone at client 7, answers 35, person 2, at client 8, 65. In the difference µ cancels:

>>> past = [(1, 7, 0, 0, 50.0), (2, 8, 0, 0, 70.0), (1, 7, 0, 1, 35.0), (2, 8, 0, 1, 65.0)]
>>> columns = [np.array(column) for column in zip(*past)]
>>> history = History(*columns[:4], mean=columns[4], n=np.ones(4))
>>> spread = Variances(person=100.0, client=0.0, profile=0.0, mission=0.0, within=100.0)
>>> moved = list(moves(history, spread))[-1]
>>> moved.client.tolist(), [round(float(z), 3) for z in moved.z]  # (−20 − 0) / √(150 + 150)
([7, 8], [-1.155, 1.155])

Sources: Lucas & Saccucci, *Technometrics* 32(1), 1990 (the chart and its run lengths); Harvey,
*Forecasting, Structural Time Series Models and the Kalman Filter* (1989), ch. 3 (innovations).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from scoring.maths.cells import MISSION_IS, Floats, Ints, group
from scoring.maths.release import Variances

if TYPE_CHECKING:
    Table = sparse.csr_array[np.float64, tuple[int, int]]

LAMBDA, WIDTH = 0.2, 2.0
# Rounds that still weigh in the chart: the tenth last has a weight of 0.2 × 0.8⁹, under 3 %.
MEMORY = 9
# Rounds that a chart is made from: what lies before has a weight under 0.3 %.
DEPTH = 26
# Precision of µ before anything is known: a standard deviation of 10,000 points.
FLAT = 1e-8


@dataclass(frozen=True)
class History:
    """Answers up to the round looked at, one entry (N) per person, client, profile and round.

    ``round`` numbers rounds in the order of time; ``mean`` (N, or N × U for U sets of answers at
    once) in points, of ``n`` answers, at least 1.
    """

    person: Ints
    client: Ints
    profile: Ints
    round: Ints
    mean: Floats
    n: Floats


@dataclass(frozen=True)
class Moved:
    """One round: clients with an answer (J, ascending), their z (J, or J × U), their people."""

    round: int
    client: Ints
    z: Floats
    people: tuple[frozenset[int], ...]


def moves(history: History, spread: Variances, *, last: int = DEPTH) -> Iterator[Moved]:
    """z of every client with an answer, in the ``last`` rounds of the history.

    A round in which a single client answered is left out: nothing tells the client's movement
    from the firm's. So is everything where answers of one person never stray (``within`` 0):
    nothing would be news.
    """
    if spread.within <= 0 or not len(history.n):
        return
    past = _Past(history, spread)
    rounds = np.unique(history.round)
    for place, number in enumerate(rounds, start=-len(rounds)):
        rows = np.flatnonzero(history.round == number)
        clients, client = np.unique(history.client[rows], return_inverse=True)
        if len(clients) > 1 and place >= -last:
            z = _against_others(past.news(rows), client, len(clients))
            people = tuple(
                frozenset(history.person[rows[client == j]].tolist()) for j in range(len(clients))
            )
            yield Moved(int(number), clients, z.reshape(-1, *history.mean.shape[1:]), people)
        past.learn(rows)


@dataclass(frozen=True)
class _News:
    """Innovations of one round's answers (R × U), and what their covariance is made of.

    ``alone`` (R): the variance that no other answer shares; ``keep`` (R): 1 − B; ``person`` (R):
    the person's number, below len(``doubt``), the variances of u; ``drift`` (R × columns): how far
    an error of β goes into each; ``chol`` the Cholesky factor of the precision of β.
    """

    value: Floats
    alone: Floats
    keep: Floats
    person: Ints
    doubt: Floats
    drift: Table
    chol: Floats

    def weights(self) -> Floats:
        """Near one over the variance of each: of β only what its own row leaves open."""
        shared = self.keep**2 * self.doubt[self.person]
        least = 1.0 / np.asarray((self.chol**2).sum(axis=1))
        return np.asarray(1.0 / (self.alone + shared + self.drift.power(2) @ least))


class _Past:
    """What is known before a round: number of answers and their sum by mission (M)."""

    def __init__(self, history: History, spread: Variances) -> None:
        first, self.mission = group([getattr(history, key) for key in MISSION_IS], len(history.n))
        people, owner = np.unique(history.person[first], return_inverse=True)
        self.owner = _indicators(owner, len(people))
        self.person = owner
        self.value = history.mean.reshape(len(history.n), -1)
        self.weight = history.n
        self.n = np.zeros(len(first))
        self.total = np.zeros((len(first), self.value.shape[1]))
        self.spread = spread
        self.columns = _columns(history, first, spread)

    def learn(self, rows: Ints) -> None:
        """Take a round's answers in."""
        np.add.at(self.n, self.mission[rows], self.weight[rows])
        np.add.at(self.total, self.mission[rows], self.weight[rows, None] * self.value[rows])

    def news(self, rows: Ints) -> _News:
        """A round's answers less what was expected of each."""
        apart, within = self.spread.mission, self.spread.within
        known = np.maximum(self.n, 1.0)
        q = np.where(self.n > 0, 1.0 / (apart + within / known), 0.0)
        doubt = self.spread.person / (1.0 + self.spread.person * (self.owner.T @ q))
        mean = self.total / known[:, None]
        # Of each person: Σ q x and Σ q ȳ.
        pulled = sparse.csr_array(self.owner.T @ _scaled(q, self.columns))
        answers = np.asarray(self.owner.T @ (q[:, None] * mean))
        precision = _crossed(self.columns, q) - _crossed(pulled, doubt)
        chol = linalg.cholesky(precision + self._prior(), lower=True)
        right = self.columns.T @ (q[:, None] * mean) - pulled.T @ (doubt[:, None] * answers)
        level = linalg.cho_solve((chol, True), np.asarray(right))
        here = self.mission[rows]
        person, keep = self.person[here], 1.0 - apart * q[here]
        held = _scaled(doubt[person], _rows(pulled, person))
        drift = sparse.csr_array(_scaled(keep, sparse.csr_array(_rows(self.columns, here) - held)))
        expected = (1.0 - keep)[:, None] * mean[here]
        expected = expected + (keep * doubt[person])[:, None] * answers[person]
        expected = expected + drift @ level
        alone = within / self.weight[rows] + apart * keep
        return _News(self.value[rows] - expected, alone, keep, person, doubt, drift, chol)

    def _prior(self) -> Floats:
        return np.diag(np.append(np.ones(int(self.columns.indices.max())), FLAT))


def _columns(history: History, first: Ints, spread: Variances) -> Table:
    """Columns of each mission: its client and its profile, scaled by their sd, and µ."""
    clients, client = np.unique(history.client[first], return_inverse=True)
    profiles, profile = np.unique(history.profile[first], return_inverse=True)
    blocks = [
        np.sqrt(spread.client) * _indicators(client, len(clients)),
        np.sqrt(spread.profile) * _indicators(profile, len(profiles)),
        sparse.csr_array(np.ones((len(first), 1))),
    ]
    return sparse.csr_array(sparse.hstack(blocks))


def _against_others(news: _News, client: Ints, clients: int) -> Floats:
    """z (J × U) of each of the round's clients against all the others together."""
    weight = news.weights()
    here = np.bincount(client, weights=weight, minlength=clients).astype(np.float64)
    rest = here.sum() - here
    inside = _indicators(client, clients)

    def beside(amount: Floats) -> Floats:
        """Each client's weighted sum over its weight, less that of the others."""
        mine, everybody = np.asarray(inside.T @ amount), amount.sum(axis=0)
        return np.asarray(mine / here[:, None] - (everybody - mine) / rest[:, None])

    alone = weight**2 * news.alone
    mine = np.asarray(inside.T @ alone)
    variance = mine / here**2 + (alone.sum() - mine) / rest**2
    variance += _of_people(news, client, weight * news.keep, here, rest)
    drift = beside(_scaled(weight, news.drift).toarray())
    variance += (linalg.solve_triangular(news.chol, drift.T, lower=True) ** 2).sum(axis=0)
    return np.asarray(beside(weight[:, None] * news.value) / np.sqrt(variance)[:, None])


def _of_people(news: _News, client: Ints, pull: Floats, here: Floats, rest: Floats) -> Floats:
    """Variance (J) that the doubt about people brings in; one at two clients is in both."""
    doubt, total = news.doubt, np.bincount(news.person, weights=pull, minlength=len(news.doubt))
    everybody = float((doubt * total**2).sum())
    first, number = group([news.person, client], len(client))
    mine = np.bincount(number, weights=pull)
    person, place = news.person[first], client[first]
    outside = (total[person] - mine) / rest[place]
    both = doubt[person] * (mine / here[place] - outside) ** 2
    there = doubt[person] * total[person] ** 2
    others = everybody - np.bincount(place, weights=there, minlength=len(here))
    return np.asarray(np.bincount(place, weights=both, minlength=len(here)) + others / rest**2)


def _indicators(codes: Ints, size: int) -> Table:
    places = (np.arange(len(codes)), codes)
    return sparse.csr_array((np.ones(len(codes)), places), shape=(len(codes), size))


def _rows(table: Table, wanted: Ints) -> Table:
    return sparse.csr_array(_indicators(wanted, table.shape[0]) @ table)


def _crossed(table: Table, weight: Floats) -> Floats:
    """The weighted cross product of its columns, dense."""
    return np.asarray((table.T @ _scaled(weight, table)).toarray())


def _scaled(weight: Floats, table: Table) -> Table:
    """The table with each row times its weight."""
    data = table.data * np.repeat(weight, np.diff(table.indptr))
    return sparse.csr_array((data, table.indices, table.indptr), shape=table.shape)


# --- the chart -------------------------------------------------------------------------------


def limit(rounds: float, *, smoothing: float = LAMBDA, width: float = WIDTH) -> float:
    """How far from 0 the chart may stand at its so-many-th round; ``inf``: in the long run.

    >>> round(limit(1), 3), round(limit(2), 3), round(limit(np.inf), 3)
    (0.4, 0.512, 0.667)
    """
    settled = 1.0 - (1.0 - smoothing) ** (2.0 * rounds)
    return float(width * np.sqrt(smoothing / (2.0 - smoothing) * settled))


@dataclass
class Chart:
    """The exponentially weighted mean of one series of z, and who is in its memory.

    ``level`` has the shape of z: a number, or U of them.
    """

    smoothing: float = LAMBDA
    width: float = WIDTH
    level: Floats | float = 0.0
    rounds: int = 0
    memory: deque[frozenset[int]] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def add(self, z: Floats | float, people: frozenset[int] = frozenset()) -> None:
        """One more round with an answer."""
        self.level = (1.0 - self.smoothing) * self.level + self.smoothing * z
        self.rounds += 1
        self.memory.append(people)

    @property
    def limit(self) -> float:
        """Distance from 0 that it may have now."""
        return limit(self.rounds, smoothing=self.smoothing, width=self.width)

    @property
    def is_low(self) -> bool:
        """Whether it stands below its lower limit."""
        return self.rounds > 0 and bool(self.level < -self.limit)

    @property
    def people(self) -> int:
        """Distinct people in its memory since it last started."""
        return len(frozenset().union(*self.memory))


def charts(moved: Sequence[Moved], signals: Mapping[int, Set[int]]) -> dict[int, Chart]:
    """Each client's chart after the last of these rounds.

    ``signals``: round → clients that signalled then, whose charts start again after it.
    """
    found: dict[int, Chart] = {}
    for one in moved:
        for client, z, people in zip(one.client.tolist(), one.z, one.people, strict=True):
            found.setdefault(client, Chart()).add(z, people)
        for client in signals.get(one.round, ()):
            found[client] = Chart()
    return found


def declining(
    history: History, spread: Variances, signals: Mapping[int, Set[int]], *, at: int, people: int
) -> set[int]:
    """Clients whose chart is low at round ``at``, the history's last, with enough people in it.

    ``signals`` as in ``charts``, of earlier rounds: what was never shown resets nothing. A client
    without an answer in the round has no news, so no signal.
    """
    moved = list(moves(history, spread))
    if not moved or moved[-1].round != at:
        return set()
    found = charts(moved, signals)
    here = moved[-1].client.tolist()
    return {one for one in here if found[one].is_low and found[one].people >= people}


# --- one person's own answers ----------------------------------------------------------------


def own_moves(values: Sequence[float], within: float) -> list[float]:
    """z of one person's answers on one mission, each against the mean of those before it.

    With nothing known of the level beforehand, an answer after n others strays from their mean
    with variance w (1 + 1/n).

    >>> own_moves([50.0, 60.0, 45.0], 50.0)  # 10 / √100, −10 / √75
    [1.0, -1.1547005383792515]
    """
    return [
        (values[n] - sum(values[:n]) / n) / (within * (1.0 + 1.0 / n)) ** 0.5
        for n in range(1, len(values))
    ]


def gone_down(values: Sequence[float], within: float, *, lately: int) -> bool:
    """Whether the person's chart signalled at one of the last ``lately`` answers.

    >>> gone_down([75.0, 75.0, 70.0, 45.0, 50.0], 100.0, lately=3)
    True
    >>> gone_down([75.0, 50.0, 75.0, 75.0, 70.0], 100.0, lately=3)
    False
    """
    if within <= 0:
        return False
    chart, last = Chart(), -np.inf
    for number, z in enumerate(own_moves(values, within), start=1):
        chart.add(z)
        if chart.is_low:
            chart, last = Chart(), number
    return bool(len(values) - last <= lately)
