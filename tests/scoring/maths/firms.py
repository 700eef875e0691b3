"""Small made-up firms with people who move between clients, for the tests of the arithmetic."""

import numpy as np

from scoring.maths.cells import Cells, Floats, Ints, collapse

SPREAD = {"person": 10.0, "client": 6.0, "profile": 4.0, "mission": 5.0, "round": 2.0}


def answers(
    seed: int, people: int = 12, clients: int = 4, rounds: int = 5
) -> tuple[Floats, dict[str, Ints]]:
    """One line an answer; a person changes client and profile every second round or so."""
    rng = np.random.default_rng(seed)
    lines = []
    for person in range(people):
        client, profile = int(rng.integers(clients)), int(rng.integers(3))
        for turn in range(rounds):
            if rng.random() < 0.4:
                client, profile = int(rng.integers(clients)), int(rng.integers(3))
            if rng.random() < 0.8:
                lines.append((100 + person, 20 + client, profile, turn))
    table = np.array(lines, dtype=np.int64)
    factors = {
        name: table[:, i] for i, name in enumerate(("person", "client", "profile", "round"))
    }
    keys = table[:, 0] * 10_000 + table[:, 1] * 10 + table[:, 2]
    factors["mission"] = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    y = np.full(len(table), 60.0) + rng.normal(0, 12, len(table))
    for name, sd in SPREAD.items():
        levels, codes = np.unique(factors[name], return_inverse=True)
        y += rng.normal(0, sd, len(levels))[codes]
    return y, factors


def cells(seed: int, **size: int) -> Cells:
    """The same, gathered, without the mission (which the fit makes by itself)."""
    y, factors = answers(seed, **size)
    return collapse(y, {name: code for name, code in factors.items() if name != "mission"})
