"""Small firms as windows, for the tests of load and fair share."""

from collections.abc import Iterable

import numpy as np

from balancing.maths.demand import demanding_missions
from balancing.maths.window import ROUNDS, Window

# person, mission, first round, last round, days a round
Stretch = tuple[int, int, int, int, float]


def window(
    stretches: Iterable[Stretch],
    *,
    demand: Iterable[float],
    demanding: Iterable[bool],
    people: int | None = None,
    rounds: int = ROUNDS,
) -> Window:
    """A window of missions of constant demand, everybody present, 20 working days a round."""
    rows = [
        (person, mission, at, days)
        for person, mission, first, last, days in stretches
        for at in range(first, last + 1)
    ]
    columns = np.array(rows, dtype=float).reshape(-1, 4).T
    person, mission, at = columns[:3].astype(np.int64)
    count = int(person.max()) + 1 if people is None else people
    return Window(
        person=person,
        mission=mission,
        round=at,
        days=columns[3],
        demand=np.repeat(np.array(list(demand), dtype=float)[:, None], rounds, axis=1),
        demanding=np.repeat(np.array(list(demanding), dtype=bool)[:, None], rounds, axis=1),
        present=np.ones((count, rounds), dtype=bool),
        working_days=np.full(rounds, 20.0),
    )


def overloading_firm(people: int, rng: np.random.Generator) -> Window:
    """Missions of 3 to 10 rounds, one in five demanding; person 7 had five of these in a row."""
    stretches: list[Stretch] = []
    demand: list[float] = []
    for person in range(people):
        at = 0
        while at < ROUNDS:
            last = min(at + (3 if person == 7 else int(rng.integers(3, 11))), ROUNDS) - 1
            hard = person == 7 or rng.random() < 0.2
            stretches.append((person, len(demand), at, last, 20.0))
            demand.append(float(rng.uniform(8, 9) if hard else rng.uniform(1, 5.5)))
            at = last + 1
    return window(stretches, demand=demand, demanding=[d > 6 for d in demand])


def random_firm(people: int, rng: np.random.Generator, *, length: float = 5.0) -> Window:
    """A firm that deals each free person any mission, with newcomers, leave and part time."""
    missions = max(6, people // 2)
    demand = np.round(rng.uniform(0, 10, missions), 1)
    share = rng.choice([1.0, 0.8, 0.5], people, p=[0.8, 0.1, 0.1])
    joined = np.where(rng.random(people) < 0.15, rng.integers(0, 9, people), 0)
    rows = []
    for person in range(people):
        at = int(joined[person])
        while at < ROUNDS:
            mission = int(rng.integers(missions))
            last = min(at + int(rng.geometric(1 / length)), ROUNDS) - 1
            for r in range(at, last + 1):
                away = rng.choice([0, 0, 0, 5, 20])
                rows.append((person, mission, r, (20 - away) * share[person]))
            at = last + 1 + int(rng.random() < 0.2)
    columns = np.array(rows).T
    person, mission, r = columns[:3].astype(np.int64)
    days = columns[3]
    demanding = np.zeros((missions, ROUNDS), dtype=bool)
    for each in range(ROUNDS):
        held = np.bincount(mission[r == each], weights=days[r == each], minlength=missions)
        demanding[:, each] = demanding_missions(demand, held)
    return Window(
        person=person,
        mission=mission,
        round=r,
        days=days,
        demand=np.repeat(demand[:, None], ROUNDS, axis=1),
        demanding=demanding,
        present=np.arange(ROUNDS) >= joined[:, None],
        working_days=np.full(ROUNDS, 20.0),
    )
