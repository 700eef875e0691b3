"""How often the early warning is wrong, and how soon it sees a drop, beside naive rules.

Simulated firms over two years: the first makes the people known, the second is watched. A false
alarm is one in a firm where nothing happens; a drop of 10 points takes one client's answers down
from the first round of the second year on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from bench import simulated
from bench.figures import Figure
from scoring.maths import warning
from scoring.maths.release import Variances

PART = "warning"
YEAR, SOON, DROP = 13, 6, 10.0
# Clients of each firm that take their turn in going down.
TURNS = 2
PEOPLE = 5
SPREAD = Variances(
    person=simulated.PERSON**2,
    client=simulated.CLIENT**2,
    profile=simulated.PROFILE**2,
    mission=simulated.MISSION**2,
    within=simulated.WITHIN**2,
)


@dataclass
class Series:
    """One client over two years: what is told of each round with an answer."""

    round: list[int] = field(default_factory=list)
    z: list[float] = field(default_factory=list)
    mean: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    people: list[frozenset[int]] = field(default_factory=list)

    def soon(self) -> float:
        """Answers per round in the first rounds of the second year."""
        told = zip(self.round, self.answers, strict=True)
        return sum(answers for number, answers in told if YEAR <= number < YEAR + SOON) / SOON


Rule = Callable[[Series], list[int]]  # rounds in which it rings


@dataclass
class Tally:
    """What one rule did."""

    years: int = 0
    false: int = 0
    delays: list[float] = field(default_factory=list)
    crowded: list[bool] = field(default_factory=list)


def measure(*, firms: int) -> Iterator[Figure]:
    """False alarms and detections of every rule over ``firms`` firms."""
    found = {name: Tally() for name in RULES}
    everything: list[float] = []
    for seed in range(firms):
        made = simulated.firm(20_000 + seed, rounds=2 * YEAR)
        falling = _falling(seed, made)
        # z is linear in the answers: one pass does for the firm as it is and for every fall.
        calm, *fallen = _series([made, *(_dropped(made, client) for client in falling)])
        everything += [z for one in calm.values() for z in one.z]
        for series in calm.values():
            for name, rule in RULES.items():
                found[name].years += 1
                found[name].false += sum(r >= YEAR for r in rule(series))
        for client, series_of in zip(falling, fallen, strict=True):
            _fall(found, series_of[client])
    mean, sd = float(np.mean(everything)), float(np.std(everything))
    yield Figure(PART, "z: distance of its mean from 0", abs(mean), "", 0.02,
                 note=f"mean {mean:.3f}, {len(everything)} values")  # fmt: skip
    yield Figure(PART, "z: distance of its sd from 1", abs(sd - 1), "", 0.02,
                 note=f"sd {sd:.3f}")  # fmt: skip
    for name, tally in found.items():
        yield from _figures(name, tally)


def _figures(name: str, tally: Tally) -> Iterator[Figure]:
    goals = (0.15, 1 - 0.47) if name == OURS else (None, None)
    false = tally.false / tally.years
    yield Figure(PART, f"{name}: false alarms per client-year", false, "", goals[0],
                 note=f"{tally.years} client-years")  # fmt: skip
    delays = np.array(tally.delays)
    seen, crowded = delays <= SOON, np.array(tally.crowded)
    told = f"seen {seen.mean():.2f}, n ≥ 3 {seen[crowded].mean():.2f}, " if len(crowded) else ""
    middle = float(np.median(delays))
    delay = f"median delay {middle:.0f}" if np.isfinite(middle) else "median delay: never"
    yield Figure(PART, f"{name}: drops missed in {SOON} rounds", 1 - float(seen.mean()), "",
                 goals[1], note=f"{told}{delay}, {len(delays)} drops")  # fmt: skip


def _falling(seed: int, made: simulated.Firm) -> list[int]:
    """Clients that somebody answered for soon after the drop."""
    soon = (made.round >= YEAR) & (made.round < YEAR + SOON)
    there = np.unique(made.client[soon])
    chosen = np.random.default_rng(seed).choice(there, size=min(TURNS, len(there)), replace=False)
    return [int(client) for client in chosen]


def _dropped(made: simulated.Firm, client: int) -> simulated.Firm:
    fallen = (made.client == client) & (made.round >= YEAR)
    return replace(made, score=made.score - DROP * fallen)


def _fall(found: dict[str, Tally], series: Series) -> None:
    for name, rule in RULES.items():
        late = [r for r in rule(series) if r >= YEAR]
        found[name].delays.append(late[0] - YEAR + 1 if late else np.inf)
        found[name].crowded.append(series.soon() >= 3)


def _series(made: list[simulated.Firm]) -> list[dict[int, Series]]:
    """Every client's series, in firms that differ in their scores alone."""
    one = made[0]
    scores = np.stack([firm.score for firm in made], axis=1)
    codes = (one.person, one.client, one.profile, one.round)
    history = warning.History(*codes, mean=scores, n=np.ones(len(one.score)))
    found: list[dict[int, Series]] = [{} for _ in made]
    for moved in warning.moves(history, SPREAD, last=2 * YEAR):
        rows = one.round == moved.round
        for place, client in enumerate(moved.client.tolist()):
            mean = scores[rows & (one.client == client)]
            for series_of, z, told in zip(found, moved.z[place], mean.T, strict=True):
                series = series_of.setdefault(client, Series())
                series.round.append(moved.round)
                series.z.append(float(z))
                series.mean.append(float(told.mean()))
                series.answers.append(len(told))
                series.people.append(moved.people[place])
    return found


# --- the rules -------------------------------------------------------------------------------


def _chart(series: Series, people: int = 0) -> list[int]:
    chart, rung = warning.Chart(), []
    for number, z, there in zip(series.round, series.z, series.people, strict=True):
        chart.add(z, there)
        if chart.is_low and chart.people >= people:
            rung.append(number)
            chart = warning.Chart()
    return rung


def _cusum(series: Series, slack: float = 0.5, height: float = 3.0) -> list[int]:
    level, rung = 0.0, []
    for number, z in zip(series.round, series.z, strict=True):
        level = max(0.0, level - z - slack)
        if level > height:
            rung.append(number)
            level = 0.0
    return rung


def _crossings(series: Series, low: Callable[[int], bool]) -> list[int]:
    """Rounds in which a condition begins to hold."""
    held = [low(place) for place in range(len(series.round))]
    before = [False, *held]
    return [r for r, now, was in zip(series.round, held, before, strict=False) if now and not was]


def _below(mark: float, answers: int = 1) -> Rule:
    def rule(series: Series) -> list[int]:
        return _crossings(series, lambda i: series.mean[i] < mark and series.answers[i] >= answers)

    return rule


def _drop(points: float) -> Rule:
    def rule(series: Series) -> list[int]:
        return [
            series.round[i]
            for i in range(1, len(series.round))
            if series.mean[i - 1] - series.mean[i] > points
        ]

    return rule


OURS = "EWMA .2, L 2.0"
RULES: dict[str, Rule] = {
    OURS: _chart,
    f"the same, shown from {PEOPLE} people on": lambda series: _chart(series, PEOPLE),
    "CUSUM k .5 h 3": _cusum,
    "mean < 40": _below(40.0),
    "mean < 50, n ≥ 3": _below(50.0, 3),
    "drop > 10": _drop(10.0),
    "drop > 30": _drop(30.0),
}
