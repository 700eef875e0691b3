"""A made-up firm's year of check-ins on three themes, with everything that makes privacy hard."""

from dataclasses import dataclass

import numpy as np

from bench.simulated import CLIENT, LEVEL, PERSON, WITHIN
from scoring.design import Names
from scoring.gathering import FACTORS, OVERALL, Gathered, gather
from scoring.maths.cells import Floats, Ints
from surveys.exports import Block

THEMES = ("load", "relation", "meaning")
PROFILES = 3


@dataclass(frozen=True)
class Manner:
    """How such a firm lives; a rounder number of hard cases than any real one.

    ``static``: nobody's answer ever changes; ``same``: everybody gives this answer; ``come``:
    share of people who join or leave within the year; ``alone``: so many clients have one person;
    ``twin``: at the largest client all but one person are of one profile, and it is theirs alone;
    ``busy``: so many people hold three missions at once.
    """

    people: int = 40
    clients: int = 12
    rounds: int = 12
    static: bool = False
    same: float | None = None
    come: float = 0.1
    alone: int = 2
    twin: bool = False
    busy: int = 3
    answered: float = 0.8
    skipped: float = 0.05
    stays: float = 0.93


@dataclass(frozen=True)
class Lived:
    """Check-ins (N): who, where, when; ``values`` (N, 3), NaN where an item was skipped."""

    person: Ints
    client: Ints
    profile: Ints
    round: Ints
    values: Floats
    names: Names

    def gathered(self, wanted: np.ndarray) -> Gathered:
        """As the streaming pass would gather some of them."""
        person, client, profile, turn = (getattr(self, name)[wanted] for name in FACTORS)
        columns = dict(zip(THEMES, self.values[wanted].T, strict=True))
        core = {name: np.isfinite(column) for name, column in columns.items()}
        values = columns | {OVERALL: _overall(self.values[wanted])}
        return gather([Block(person, client, profile, turn, values, core)])

    def means(self, wanted: np.ndarray) -> dict[tuple[tuple[int, int, int], str], float]:
        """Mean of each (person, client, profile), by theme and overall."""
        values: dict[tuple[tuple[int, int, int], str], list[float]] = {}
        numbers = np.column_stack([self.values[wanted], _overall(self.values[wanted])])
        keys = zip(*(getattr(self, name)[wanted].tolist() for name in FACTORS[:3]), strict=True)
        for key, row in zip(keys, numbers.tolist(), strict=True):
            for name, value in zip((*THEMES, OVERALL), row, strict=True):
                if np.isfinite(value):
                    values.setdefault((key, name), []).append(value)
        return {key: float(np.mean(some)) for key, some in values.items()}


def _overall(values: Floats) -> Floats:
    there = np.isfinite(values)
    count = there.sum(axis=1)
    mean = np.where(there, values, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(2 * count > values.shape[1], mean, np.nan)


def lived(seed: int, manner: Manner) -> Lived:
    """One firm; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    person, client, profile, turn = _staffing(rng, manner)
    count = len(person)
    level = (
        LEVEL
        + rng.normal(0, PERSON, manner.people)[person][:, None]
        + rng.normal(0, CLIENT, (manner.clients, len(THEMES)))[client]
        + rng.normal(0, WITHIN, (count, len(THEMES)))
    )
    if manner.static:
        keys = (person * manner.clients + client) * PROFILES + profile
        level = level[np.unique(keys, return_index=True)[1]][
            np.unique(keys, return_inverse=True)[1]
        ]
    values = np.clip(25.0 * np.round(level / 25.0), 0, 100)
    if manner.same is not None:
        values[:] = manner.same
    values[rng.random(values.shape) < manner.skipped] = np.nan
    units = {c: (f"CL{c}", f"U{c % 2}") for c in range(manner.clients)}
    names = Names(units, {p: f"PF{p}" for p in range(PROFILES)})
    return Lived(person, client, profile, turn, values, names)


def _staffing(rng: np.random.Generator, manner: Manner) -> tuple[Ints, Ints, Ints, Ints]:
    """A line for each person, mission and round that was answered."""
    large = max(manner.clients - manner.alone, 1)
    weight = 1.0 / (1.0 + np.arange(large) / 3.0)
    weight /= weight.sum()
    here = rng.choice(large, size=manner.people, p=weight)
    kind = rng.integers(PROFILES, size=manner.people)
    for client in range(large, manner.clients):
        here[client % manner.people] = client
    first = np.where(
        rng.random(manner.people) < manner.come / 2, rng.integers(1, 9, manner.people), 0
    )
    last = np.where(
        rng.random(manner.people) < manner.come / 2, rng.integers(3, 12, manner.people), 99
    )
    lines = []
    for turn in range(manner.rounds):
        moves = (rng.random(manner.people) > manner.stays) & (here < large)
        here[moves] = rng.choice(large, size=int(moves.sum()), p=weight)
        if manner.twin:
            kind = _twin(here, kind)
        there = (first <= turn) & (turn <= last) & (rng.random(manner.people) < manner.answered)
        lines += [(p, here[p], kind[p], turn) for p in np.flatnonzero(there)]
        lines += [
            (p, (here[p] + more) % manner.clients, (kind[p] + more) % PROFILES, turn)
            for p in np.flatnonzero(there[: manner.busy])
            for more in (1, 2)
        ]
    table = np.array(sorted(set(map(tuple, np.array(lines).tolist()))), dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _twin(here: Ints, kind: Ints) -> Ints:
    """All at the first client but one hold profile 0, and nobody else does."""
    inside = np.flatnonzero(here == 0)
    made = np.where(kind == 0, 1, kind)
    made[inside[1:]] = 0
    return made
