"""From gathered answers to the estimates of a period: pure of the database.

For each dimension (and the overall score): the variances and each person's baseline come from all
earlier periods, the client, profile and firm parts from the period's own answers
(``decisions.md`` 14).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from scoring.gathering import Gathered
from scoring.maths import release, reml
from scoring.maths.cells import Cells, group

HISTORY_TERMS = (*reml.TERMS, "round")
NEEDED = ("person", "client", "profile")
Part = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Estimated:
    """One dimension of a period: its means, the solved model, and how it was made."""

    means: release.Means
    spread: release.Variances
    priors: release.Priors
    model: release.Model
    made: dict[str, object]

    @property
    def parts(self) -> list[Part]:
        """(person, client, profile) of each mean."""
        columns = (self.means.person, self.means.client, self.means.profile)
        return list(zip(*(column.tolist() for column in columns), strict=True))


def means_of(cells: Cells) -> release.Means:
    """Average per (person, client, profile), whatever the round."""
    keys = [cells.factors[name] for name in ("person", "client", "profile")]
    first, number = group(keys, len(cells.n))
    n = np.bincount(number, weights=cells.n, minlength=len(first)).astype(np.float64)
    total = np.bincount(number, weights=cells.total, minlength=len(first))
    person, client, profile = (key[first] for key in keys)
    return release.Means(person=person, client=client, profile=profile, mean=total / n, n=n)


def estimate(own: Cells, history: Cells | None, start: Mapping[str, float]) -> Estimated:
    """Fit the history, then solve the period's equations."""
    past = reml.estimate(history, HISTORY_TERMS, start=start) if history is not None else None
    present = _own_fit(own, past)
    spread = release.variances(past, present)
    priors = release.baselines(past)
    means = means_of(own)
    fit = past or present
    assert fit is not None  # noqa: S101 -- without a past there is always an own fit
    made: dict[str, object] = {
        "variances": {name: round(value, 6) for name, value in asdict(spread).items()},
        "theta": {name: round(value, 6) for name, value in fit.theta.items()},
        "criterion": _known(fit.criterion),
        "answers": own.answers,
        "answers_before": history.answers if history is not None else 0,
        "dropped": dict(fit.dropped),
    }
    return Estimated(means, spread, priors, release.model(means, spread, priors), made)


def estimate_all(
    own: Gathered, history: Gathered, starts: Mapping[str, Mapping[str, float]]
) -> dict[str, Estimated]:
    """Every dimension that somebody answered in the period."""
    return {
        name: estimate(cells, history.cells.get(name), starts.get(name, {}))
        for name, cells in own.cells.items()
    }


def _own_fit(own: Cells, past: reml.Fit | None) -> reml.Fit | None:
    """The period's own fit, where history does not give every variance."""
    enough = past is not None and past.residual > 0 and all(n in past.variance for n in NEEDED)
    return None if enough else reml.estimate(own, HISTORY_TERMS)


def _known(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
