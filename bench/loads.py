"""The rule on persons when missions are dealt by chance, and what a round's loads cost.

No database: made-up firms. Missions take two to six rounds, a quarter of the days are demanding.
"""

import resource
import time

import numpy as np

from balancing.maths.assess import assess
from balancing.maths.window import ROUNDS, Window
from bench.figures import Figure

PART = "loads"
# The rule is capped by Benjamini-Hochberg at 10 %: of firms where chance alone deals, at most so
# many have an alert in a round.
SET = 0.10
PEOPLE, MISSIONS = 40, 20
DAYS = 20.0
KB_IN_MB = 1024


def measure(*, firms: int, people: int = 10_000) -> list[Figure]:
    """False alarms, how soon somebody who always carries is found, CPU and memory of a large
    firm."""
    rng = np.random.default_rng(11)
    by_chance = [assess(firm(rng, PEOPLE, MISSIONS), seed=n) for n in range(firms)]
    false = float(np.mean([found.over_share.any() for found in by_chance]))
    above = float(np.mean([(found.share > found.zone_high).mean() for found in by_chance]))
    carried = [firm(rng, PEOPLE, MISSIONS, always=True) for _ in range(max(2, firms // 10))]
    waits = [_wait(whole, n) for n, whole in enumerate(carried)]
    found = [wait for wait in waits if wait]
    last = [assess(whole, seed=n) for n, whole in enumerate(carried)]
    shown = float(np.mean([one.share[0] > one.zone_high[0] for one in last]))
    began = time.process_time()
    assess(firm(rng, people, people // 2), seed=1)
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB
    return [
        Figure(PART, "firms dealt by chance with an alert on a person", false, "", SET,
               note=f"{firms} firms of {PEOPLE}; {SET} was set"),
        Figure(PART, "people above their zone of chance where chance deals", above, "", 0.05),
        Figure(PART, "who always carries: rounds until found, median",
               float(np.median(found)) if found else float("inf"), "",
               note=f"found within {ROUNDS} rounds: {len(found)} of {len(waits)}"),
        Figure(PART, "who always carries: not above their zone after 13 rounds", 1 - shown, ""),
        Figure(PART, f"CPU of a round's loads, {people} people", took, "s"),
        Figure(PART, "peak memory of the process", peak, "MB"),
    ]  # fmt: skip


def firm(rng: np.random.Generator, people: int, missions: int, *, always: bool = False) -> Window:
    """Everybody on one mission at a time; with ``always`` the first person on demanding ones."""
    hard = missions // 4
    demand = np.concatenate([rng.uniform(7, 9, hard), rng.uniform(1, 5, missions - hard)])
    mission = np.empty((people, ROUNDS), dtype=np.int64)
    for person in range(people):
        at = 0
        while at < ROUNDS:
            until = at + int(rng.integers(2, 7))
            only = hard if always and person == 0 else missions
            mission[person, at:until] = rng.integers(only)
            at = until
    table = np.repeat(demand[:, None], ROUNDS, axis=1)
    return Window(
        person=np.repeat(np.arange(people), ROUNDS),
        mission=mission.ravel(),
        round=np.tile(np.arange(ROUNDS), people),
        days=np.full(people * ROUNDS, DAYS),
        demand=table,
        demanding=np.repeat((np.arange(missions) < hard)[:, None], ROUNDS, axis=1),
        present=np.ones((people, ROUNDS), dtype=np.bool_),
        working_days=np.full(ROUNDS, DAYS),
    )


def _wait(whole: Window, seed: int) -> int:
    """Rounds until somebody who always carries is over their share; 0 where they are not."""
    for rounds in range(6, ROUNDS + 1):
        if assess(_until(whole, rounds), seed=seed).over_share[0]:
            return rounds
    return 0


def _until(window: Window, rounds: int) -> Window:
    early = window.round < rounds
    return Window(
        person=window.person[early],
        mission=window.mission[early],
        round=window.round[early],
        days=window.days[early],
        demand=window.demand[:, :rounds],
        demanding=window.demanding[:, :rounds],
        present=window.present[:, :rounds],
        working_days=window.working_days[:rounds],
    )
