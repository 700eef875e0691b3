"""How near the figures come to the truth, in simulated firms where the truth is known."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from bench import simulated
from bench.figures import Figure
from scoring import estimation
from scoring.maths import figures, posterior, release, reml
from scoring.maths.cells import Floats

PART = "estimator"
TERMS = (*reml.TERMS, "round")
YEAR, PERIOD, PEOPLE = 13, 3, 5
Guess = tuple[Floats, Floats | None]  # value and half-width of the 90 % interval, by client


@dataclass
class Tally:
    """Errors of one way of estimating, over all firms."""

    errors: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    tau: list[float] = field(default_factory=list)
    wrong_worst: list[bool] = field(default_factory=list)

    def add(self, value: Floats, half: Floats | None, truth: Floats) -> None:
        """One firm's clients."""
        self.errors += (value - truth).tolist()
        if half is not None:
            self.covered += (np.abs(value - truth) <= half).tolist()
            self.widths += (2 * half).tolist()
        if len(truth) > 4:
            tau = stats.kendalltau(value, truth).statistic
            self.tau += [tau] if np.isfinite(tau) else []
            self.wrong_worst.append(bool(np.argmin(value) not in np.argsort(truth)[:4]))

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean(np.square(self.errors))))


def measure(*, firms: int) -> Iterator[Figure]:
    """Thirteen rounds in one fit, then a released period after a year of history."""
    year = _year(firms)
    for name, tally in year.items():
        yield from _figures(f"13 rounds, {name}", tally, *GOALS.get(name, (None, None)))
    cells, rounded = _periods(firms)
    yield from _figures("a period after a year, cells of 5 people", cells, 4.5, None)
    yield Figure(PART, "the same, rounded: cover of 90 %", float(np.mean(rounded)), "",
                 note="low down and high up")  # fmt: skip


GOALS = {"integrated": (5.0, 0.53)}


def _figures(name: str, tally: Tally, rmse: float | None, tau: float | None) -> Iterator[Figure]:
    count = f"{len(tally.errors)} clients"
    yield Figure(PART, f"{name}: RMSE", tally.rmse, "points", rmse, note=count)
    if tally.covered:
        cover = float(np.mean(tally.covered))
        goal = 0.03 if rmse is not None else None
        yield Figure(PART, f"{name}: cover less .90", abs(cover - 0.9), "", goal,
                     note=f"cover {cover:.3f}, width {np.mean(tally.widths):.1f}")  # fmt: skip
    if tally.tau:
        mean = float(np.mean(tally.tau))
        goal = 1 - tau if tau is not None else None
        wrong = float(np.mean(tally.wrong_worst))
        yield Figure(PART, f"{name}: 1 − Kendall τ", 1 - mean, "", goal,
                     note=f"τ {mean:.3f}; worst not among the 4 worst {wrong:.2f}")  # fmt: skip


def _year(firms: int) -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    for seed in range(firms):
        made = simulated.firm(seed, rounds=YEAR)
        here = np.unique(made.client)
        for name, guess in WAYS.items():
            value, half = guess(made, here)
            found[name].add(value, half, made.truth[here])
    return found


def _plain(made: simulated.Firm, here: np.ndarray) -> Guess:
    scores = [made.score[made.client == one] for one in here]
    means = np.array([some.mean() for some in scores])
    spread = made.score.std(ddof=1)
    sizes = np.array([len(some) for some in scores])
    return means, 1.6449 * spread / np.sqrt(sizes)


def _firm_mean(made: simulated.Firm, here: np.ndarray) -> Guess:
    return np.full(len(here), made.score.mean()), None


def _fitted(method: str) -> Callable[[simulated.Firm, np.ndarray], Guess]:
    def guess(made: simulated.Firm, here: np.ndarray) -> Guess:
        cells = made.cells(np.ones(len(made.score), dtype=bool))
        fit, _ = posterior.fit(cells, TERMS, method=method)
        if "client" not in fit.effects:
            return np.full(len(here), fit.mu), np.full(len(here), release.Z90 * fit.mu_sd)
        effects = fit.effects["client"]
        return effects.score, release.Z90 * effects.score_sd

    return guess


WAYS: dict[str, Callable[[simulated.Firm, np.ndarray], Guess]] = {
    "mean of answers": _plain,
    "the firm's mean": _firm_mean,
    "REML, plug-in": _fitted(posterior.REML),
    "integrated": _fitted(posterior.INTEGRATED),
}


def _periods(firms: int) -> tuple[Tally, list[bool]]:
    """The product's own estimate of a period, for clients that could be published."""
    tally, rounded = Tally(), list[bool]()
    for seed in range(firms):
        made = simulated.firm(10_000 + seed, rounds=YEAR + PERIOD)
        now = made.round >= YEAR
        one = estimation.estimate(made.cells(now), made.cells(~now), {})
        people = {
            int(client): len(np.unique(made.person[now & (made.client == client)]))
            for client in np.unique(made.client[now])
        }
        shown = [client for client, count in people.items() if count >= PEOPLE]
        value, sd, _form = one.estimates([release.client_target(client) for client in shown])
        half = release.Z90 * np.array(sd)
        truth = made.truth[shown]
        tally.add(np.array(value), half, truth)
        rounded += _rounded(value, sd, truth, [people[client] for client in shown])
    return tally, rounded


def _rounded(
    value: Sequence[float], sd: Sequence[float], truth: Floats, people: Sequence[int]
) -> list[bool]:
    covered = []
    for one, spread, true, count in zip(value, sd, truth, people, strict=True):
        shown = figures.figure(one, *release.interval(one, spread), count)
        covered.append(bool(shown.low <= true <= shown.high))
    return covered
