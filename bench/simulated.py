"""Simulated firms whose truth is known: people move between clients, and answer most rounds.

Standard deviations are those of a firm like the first ones: consultant 10, client 6, profile 4,
mission 5, within 12, on a scale of 0–100.
"""

from dataclasses import dataclass

import numpy as np

from scoring.maths.cells import Cells, Floats, Ints, collapse

PERSON, CLIENT, PROFILE, MISSION, WITHIN = 10.0, 6.0, 4.0, 5.0, 12.0
LEVEL = 60.0
ANSWERS = 0.7
# Half of the people change missions in a year: some six people a client and year.
STAYS = 0.93
PROFILES = 6


@dataclass(frozen=True)
class Firm:
    """Answers (N) with the codes they carry, and the truth: µ + client (J), by client."""

    score: Floats
    person: Ints
    client: Ints
    profile: Ints
    round: Ints
    truth: Floats

    def cells(self, wanted: np.ndarray) -> Cells:
        """Sufficient statistics of some of the answers."""
        codes = {name: getattr(self, name)[wanted] for name in FACTORS}
        return collapse(self.score[wanted], codes)


FACTORS = ("person", "client", "profile", "round")


def firm(seed: int, people: int = 40, clients: int = 12, rounds: int = 13) -> Firm:
    """One firm; the same seed gives the same firm."""
    rng = np.random.default_rng(seed)
    person = np.tile(np.arange(people), rounds)
    turn = np.repeat(np.arange(rounds), people)
    client, profile, mission = _staffing(rng, people, clients, rounds)
    effect = rng.normal(0, CLIENT, clients)
    parts = (
        rng.normal(0, PERSON, people)[person],
        effect[client],
        rng.normal(0, PROFILE, PROFILES)[profile],
        rng.normal(0, MISSION, mission.max() + 1)[mission],
        rng.normal(0, WITHIN, len(person)),
    )
    answered = rng.random(len(person)) < ANSWERS
    score = LEVEL + np.sum(parts, axis=0)
    return Firm(
        score=score[answered],
        person=person[answered],
        client=client[answered],
        profile=profile[answered],
        round=turn[answered],
        truth=LEVEL + effect,
    )


def _staffing(
    rng: np.random.Generator, people: int, clients: int, rounds: int
) -> tuple[Ints, Ints, Ints]:
    """Client, profile and mission (this person there) of each person and round."""
    # Large and small clients: a few hold most of the people.
    weight = 1.0 / (1.0 + np.arange(clients) / 4.0)
    weight /= weight.sum()
    here = rng.choice(clients, size=people, p=weight)
    kind = rng.integers(PROFILES, size=people)
    client, profile = [], []
    for _ in range(rounds):
        client.append(here.copy())
        profile.append(kind.copy())
        leaves = rng.random(people) > STAYS
        here[leaves] = rng.choice(clients, size=int(leaves.sum()), p=weight)
        kind[leaves] = rng.integers(PROFILES, size=int(leaves.sum()))
    flat = np.concatenate(client), np.concatenate(profile)
    keys = (np.tile(np.arange(people), rounds) * clients + flat[0]) * PROFILES + flat[1]
    return *flat, np.unique(keys, return_inverse=True)[1].astype(np.int64)
