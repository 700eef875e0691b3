"""The fit alone at the sizes of large firms: ``python -m bench.scale PEOPLE CLIENTS``.

Prints JSON. A process of its own for each size, without Django, so that its memory is that of the
fit.
"""

import json
import resource
import sys
import time

import numpy as np

from bench.figures import Figure
from bench.simulated import CLIENT, LEVEL, MISSION, PERSON, PROFILE, WITHIN
from scoring.maths import reml
from scoring.maths.cells import Cells, collapse

PART = "scale"
PROFILES = 20
# Nine answers a person, over two missions.
ANSWERS, MISSIONS = 9, 2
KB_IN_MB = 1024
# Seconds and megabytes of the sketch that this must beat, by people.
SKETCH = {2_000: (2.3, 121.0), 20_000: (26.8, 501.0), 100_000: (390.0, 1_753.0)}


def measure(*, people: int, clients: int) -> list[Figure]:
    """A fit from nothing, then one that starts where that one ended, as the next period does."""
    cells = made(people, clients)
    first, took = _timed(cells, None)
    again, warm = _timed(cells, first)
    seconds, memory = SKETCH.get(people, (None, None))
    size = f"{people} × {clients}"
    truth = {"person": PERSON, "client": CLIENT, "profile": PROFILE, "mission": MISSION}
    far = max(abs(first.variance[name] ** 0.5 / sd - 1) for name, sd in truth.items())
    note = f"{first.evaluations} evaluations; {len(cells.n)} cells of {cells.answers} answers"
    return [
        Figure(PART, f"whole fit with all effects, {size}", took, "s", seconds, note=note),
        Figure(PART, f"the same from the last θ, {size}", warm, "s", seconds,
               note=f"{again.evaluations} evaluations"),
        Figure(PART, f"peak memory of the process, {size}", _peak(), "MB", memory),
        Figure(PART, f"standard deviations off the truth, {size}", far, ""),
    ]  # fmt: skip


def made(people: int, clients: int) -> Cells:
    """Answers of people with two missions each, by person, client and profile."""
    rng = np.random.default_rng(7)
    person = np.repeat(np.arange(people), MISSIONS)
    client = rng.integers(clients, size=len(person))
    profile = rng.integers(PROFILES, size=len(person))
    level = (
        LEVEL
        + rng.normal(0, PERSON, people)[person]
        + rng.normal(0, CLIENT, clients)[client]
        + rng.normal(0, PROFILE, PROFILES)[profile]
        + rng.normal(0, MISSION, len(person))
    )
    which = np.tile(np.arange(len(person)), ANSWERS // MISSIONS + 1)[: people * ANSWERS]
    answers = level[which] + rng.normal(0, WITHIN, len(which))
    codes = {"person": person, "client": client, "profile": profile}
    return collapse(answers, {name: code[which] for name, code in codes.items()})


def _timed(cells: Cells, last: reml.Fit | None) -> tuple[reml.Fit, float]:
    began = time.monotonic()
    fit = reml.estimate(cells, start=last.theta if last else None)
    return fit, time.monotonic() - began


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB


if __name__ == "__main__":
    found = measure(people=int(sys.argv[1]), clients=int(sys.argv[2]))
    print(json.dumps([figure.plain for figure in found]))
