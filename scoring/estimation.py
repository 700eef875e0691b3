"""From gathered answers to the estimates of a period: pure of the database.

For each dimension (and the overall score): the variances and each person's baseline come from all
earlier periods, the client, profile and firm parts from the period's own answers
(``decisions.md`` 14). In a small firm every plausible set of variances counts, by how well it
explains the past; from 50 clients on the best one is good enough (``posterior.chosen``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from scoring.maths import batch, blend, posterior, release, reml
from scoring.maths.blend import Blend, Known, Linear
from scoring.maths.cells import Cells, group
from scoring.maths.posterior import Posterior
from scoring.maths.release import Target

HISTORY_TERMS = (*reml.TERMS, "round")
NEEDED = ("person", "client", "profile")
# Sets of variances that a release is averaged over: thinned from the posterior's nodes.
SETS = 40
Part = tuple[int, int, int]


class Estimates(NamedTuple):
    """Values and prediction standard deviations of targets, and where they are averaged over
    sets of variances the linear forms that they are.
    """

    value: list[float]
    sd: list[float]
    form: Linear | None


@dataclass(frozen=True, slots=True)
class Estimated:
    """One dimension of a period: its means, what is known of people and variances, the solved
    equations, and how it was made.
    """

    means: release.Means
    known: tuple[Known, ...]
    solved: Blend
    made: dict[str, object]

    @property
    def parts(self) -> list[Part]:
        """(person, client, profile) of each mean."""
        columns = (self.means.person, self.means.client, self.means.profile)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    @property
    def is_blend(self) -> bool:
        """More than one set of variances was considered."""
        return len(self.known) > 1

    def estimates(self, targets: Sequence[Target]) -> Estimates:
        """Of each target, as the release shows it before rounding."""
        if not self.is_blend:
            known = self.known[0]
            value, sd = release.estimates(
                release.model(self.means, known.spread, known.priors), targets
            )
            return Estimates(value.tolist(), sd.tolist(), None)
        form = blend.linear(self.solved, targets)
        value = form.constant + form.coef @ self.means.mean
        return Estimates(value.tolist(), form.sd.tolist(), form)


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
    method = posterior.chosen(own if history is None else history)
    past = _explored(history, method, start) if history is not None else None
    present = None
    if past is None or not _is_enough(past.fit):
        present = _explored(own, method, start if past is None else {})
    known = tuple(_sets(past, present))
    means = means_of(own)
    basis = past or present
    assert basis is not None  # noqa: S101 -- without a past the present was explored
    made: dict[str, object] = {
        "method": method,
        "sets": len(known),
        "variances": {
            name: round(value, 6) for name, value in asdict(blend.mean_variances(known)).items()
        },
        "theta": {name: round(value, 6) for name, value in basis.fit.theta.items()},
        "criterion": _known(basis.fit.criterion),
        "answers": own.answers,
        "answers_before": history.answers if history is not None else 0,
        "dropped": dict(basis.fit.dropped),
    }
    return Estimated(means, known, blend.blend(means, known), made)


def estimate_all(
    own: Mapping[str, Cells],
    history: Mapping[str, Cells],
    starts: Mapping[str, Mapping[str, float]],
    keep: Callable[[str, Estimated], None] | None = None,
) -> dict[str, Estimated]:
    """Every dimension that somebody answered in the period; ``keep`` is told of each at once."""
    found = {}
    for name, cells in own.items():
        found[name] = estimate(cells, history.get(name), starts.get(name, {}))
        if keep is not None:
            keep(name, found[name])
    return found


def _explored(cells: Cells, method: str, start: Mapping[str, float]) -> Posterior:
    """The nodes of the answers' variances; by REML none but the optimum itself."""
    if method == posterior.REML:
        return posterior.alone(reml.estimate(cells, HISTORY_TERMS, start=start))
    scale = posterior.PRIOR_SCALE
    return posterior.explore(cells, HISTORY_TERMS, start=start, scale=scale).thinned(SETS)


def _is_enough(past: reml.Fit) -> bool:
    """Whether history gives every variance that a release needs."""
    return past.residual > 0 and all(name in past.variance for name in NEEDED)


@dataclass(frozen=True, slots=True)
class _Set:
    """One set of variance components."""

    variance: Mapping[str, float]
    residual: float
    dropped: Mapping[str, str]


def _sets(past: Posterior | None, present: Posterior | None) -> Iterator[Known]:
    """Sets of variances from the past, or where it has none from the period's own answers.

    What the past cannot give stands in from the mean over the period's own sets.
    """
    own = posterior.mixture(present) if present is not None else None
    if past is not None and len(past.weight):
        for one, priors in zip(_nodes(past), _priors(past), strict=True):
            yield Known(one[0], release.variances(one[1], own), priors)
    elif past is not None and past.fit.residual > 0:
        yield Known(1.0, release.variances(past.fit, own), release.baselines(past.fit))
    elif present is not None and len(present.weight):
        for weight, one_set in _nodes(present):
            yield Known(weight, release.variances(one_set))
    else:
        yield Known(1.0, release.variances(None, own))


def _nodes(found: Posterior) -> Iterator[tuple[float, _Set]]:
    names = [factor.name for factor in found.kept]
    for weight, theta, sigma2 in zip(found.weight, found.theta, found.sigma2, strict=True):
        components = dict(zip(names, (theta**2 * sigma2).tolist(), strict=True))
        yield float(weight), _Set(components, float(sigma2), found.fit.dropped)


def _priors(past: Posterior) -> Iterator[release.Priors]:
    """Each person's baseline in each set of variances."""
    people = next((factor for factor in past.kept if factor.name == "person"), None)
    for _, at in past.solved():
        if people is None or past.stacked is None:
            yield from (release.NO_PRIORS for _ in at.sigma2)
            continue
        found = batch.effects(past.stacked, at, "person")
        for value, alone, sigma2 in zip(found.value, found.alone, at.sigma2, strict=True):
            yield release.Priors(people.levels, value, np.maximum(alone * sigma2, 0.0))


def _known(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
