"""What clients think, as estimates: the same partial pooling as for people, client by client.

In survey s, contact i of client c answers y = µ_s + b_cs + e, b ~ N(0, τ²), e ~ N(0, σ²). The
levels are (client, survey) pairs, so a client's figure in a survey rests on that survey's answers
alone, while both variances are learnt from every survey so far; µ_s, each survey's own mean, is a
fixed effect. Small firms integrate over the variances (``posterior``), as everywhere else.

Two contacts who give the same word to everything leave no spread to measure, yet a word of five
stands for a stretch of 25 points. So no interval is narrower than what rounding to five words
allows: a standard deviation of 25/√12 for one answer, over √n for a mean of n.

>>> from scoring.maths.cells import collapse
>>> values = [75.0, 100.0, 75.0, 25.0, 50.0, 25.0]
>>> found = estimate(values, [0, 0, 0, 1, 1, 1], [0] * 6, survey=0)
>>> [(client, round(one.value), one.answers) for client, one in found.clients.items()]
[(0, 77, 3), (1, 40, 3)]
>>> round(found.mean.value)
58

The raw means are 83 and 33: three answers each are drawn some way towards the mean of all.

Source: Efron & Morris, *JASA* 70, 1975 (why drawing together helps); Sheppard's correction for
grouped values, *Proceedings of the London Mathematical Society* 29, 1898.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.maths import posterior, terms
from scoring.maths.cells import collapse, group
from scoring.maths.release import Z90
from scoring.maths.reml import Fit

# The name of a term that the equations take out first: thousands of clients cost no matrix.
LEVEL = "mission"
# Points between two words of five, and the standard deviation of what a word leaves open.
STEP = 25.0
ROUNDING = STEP / 12.0**0.5


@dataclass(frozen=True)
class Estimate:
    """An estimate on 0–100 with its 90 % interval; ``answers``: how many it rests on."""

    value: float
    low: float
    high: float
    answers: int


@dataclass(frozen=True)
class Opinions:
    """One topic of one survey: by client, and the mean of all. None where nothing can be said."""

    clients: Mapping[int, Estimate]
    mean: Estimate | None


def estimate(
    values: Sequence[float], clients: Sequence[int], surveys: Sequence[int], *, survey: int
) -> Opinions:
    """Estimate the clients of ``survey`` from all answers of these surveys, that one the last.

    A client without answers in it is absent. Without any spread known (one answer, or one from
    each client and no earlier survey) nobody's margin is, so nobody has a figure.
    """
    when, who = np.asarray(surveys), np.asarray(clients)
    here = when == survey
    if not here.any():
        return Opinions({}, None)
    level = group([when, who], len(when))[1]
    columns = {f"s{one}": (when == one).astype(float) for one in sorted({*surveys} - {survey})}
    cells = collapse(values, {LEVEL: level, "client": who}, columns)
    fit, _method = posterior.fit(cells, [LEVEL], list(columns))
    asked, first, answers = np.unique(who[here], return_index=True, return_counts=True)
    levels = level[here][first]
    told = {
        int(client): _client(fit, int(its), int(count))
        for client, its, count in zip(asked, levels, answers, strict=True)
    }
    found = {client: one for client, one in told.items() if one is not None}
    return Opinions(found, _interval(fit.mu, fit.mu_sd, int(here.sum())) if found else None)


def _client(fit: Fit, level: int, answers: int) -> Estimate | None:
    """The level's own effect; where clients cannot be told apart, the mean of all of them."""
    if fit.dropped.get(LEVEL) == terms.ONCE:
        return None
    if LEVEL not in fit.effects:
        return _interval(fit.mu, fit.mu_sd, answers)
    effects = fit.effects[LEVEL]
    place = int(np.searchsorted(effects.levels, level))
    return _interval(float(effects.score[place]), float(effects.score_sd[place]), answers)


def _interval(value: float, sd: float, answers: int) -> Estimate | None:
    if not np.isfinite(value) or not np.isfinite(sd):
        return None
    value = min(max(value, 0.0), 100.0)
    half = Z90 * max(sd, ROUNDING / answers**0.5)
    return Estimate(value, max(value - half, 0.0), min(value + half, 100.0), answers)
