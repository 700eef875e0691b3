"""A period's estimates averaged over many sets of variances, exactly linear in its answers.

Where the variances are uncertain (``posterior``), each plausible set gives its own estimate,
itself linear in the period's means. Their weighted mean is linear too, with averaged coefficients,
so that the audit of a release knows exactly what each figure is made of. The interval takes the
variance within each set, plus how far the sets' estimates are expected to lie apart.

Source: Hoeting, Madigan, Raftery & Volinsky, *Statistical Science* 14(4), 1999 (averaging models).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from scoring.maths.cells import Floats, Ints
from scoring.maths.release import (
    LEAST_NOISE,
    NO_PRIORS,
    NOTHING,
    Means,
    Priors,
    Target,
    Variances,
    coefficients,
    estimates,
    indicators,
    model,
)

# Up to so many means their whole covariance is inverted.
DENSE = 400


@dataclass(frozen=True)
class Blend:
    """A period's means and the sets of variances, with their weights (S, sum 1), to solve at.

    ``usual`` is the mean of the sets: its variances and baselines.
    """

    means: Means
    known: tuple[Known, ...]
    weight: Floats
    usual: Known


@dataclass(frozen=True)
class Known:
    """One set of variances and what it makes of each person's past, with its weight."""

    weight: float
    spread: Variances
    priors: Priors = NO_PRIORS


def mean_variances(known: Sequence[Known]) -> Variances:
    """Mean of the variances over the weighted sets."""
    total = sum(one.weight for one in known)
    return Variances(
        *(
            sum(one.weight * getattr(one.spread, field.name) for one in known) / total
            for field in fields(Variances)
        )
    )


def mean_priors(known: Sequence[Known]) -> Priors:
    """Mean of the baselines; their variance within the sets plus between them.

    Every set knows the same people.
    """
    weight = np.array([one.weight for one in known])
    weight = weight / weight.sum()
    value = np.array([one.priors.mean for one in known])
    spread = np.array([one.priors.variance for one in known])
    mean = weight @ value
    return Priors(known[0].priors.person, mean, weight @ (spread + (value - mean) ** 2))


def blend(means: Means, known: Sequence[Known]) -> Blend:
    """The period's equations for each set of variances; ``ValueError`` without a mean."""
    if not len(means.mean):
        raise ValueError(NOTHING)
    weight = np.array([one.weight for one in known])
    usual = Known(1.0, mean_variances(known), mean_priors(known))
    return Blend(means, tuple(known), weight / weight.sum(), usual)


@dataclass(frozen=True)
class Linear:
    """Figures as exact linear forms: value = ``constant`` (T) + ``coef`` (T, C) · means.

    ``sd`` (T): prediction standard deviation. It does not depend on the period's answers: the
    variance within each set of variances, plus the expected square of how far the sets' estimates
    lie from their mean. So the width of an interval tells nothing of the answers.
    """

    constant: Floats
    coef: Floats
    sd: Floats


def linear(made: Blend, targets: Sequence[Target]) -> Linear:
    """The targets (T) as linear forms, averaged over the sets of variances.

    >>> from scoring.maths.release import client_target
    >>> means = Means(*map(np.array, ([1, 2], [7, 7], [0, 0], [50.0, 70.0], [1.0, 1.0])))
    >>> sets = [Known(0.5, Variances(v, 0.0, 0.0, 0.0, 100.0)) for v in (60.0, 140.0)]
    >>> form = linear(blend(means, sets), [client_target(7)])
    >>> form.coef.round(6).tolist(), form.sd.round(6).tolist()
    ([[0.5, 0.5]], [10.0])
    """
    solve = _dense if len(made.means.mean) <= DENSE else _sparse
    parts = [solve(made.means, one, targets) for one in made.known]
    constants, rows, variances_of = (np.array(part) for part in zip(*parts, strict=True))
    weight = made.weight
    constant, coef = weight @ constants, np.tensordot(weight, rows, axes=1)
    # With a flat µ every row sums to 1, so that µ plays no part in a difference of two.
    baseline, spread = _moments(made.means, made.usual)
    variance = weight @ variances_of
    for share, level, row in zip(weight, constants, rows, strict=True):
        off = row - coef
        variance = variance + share * ((level - constant + off @ baseline) ** 2 + spread(off))
    return Linear(constant, coef, np.sqrt(np.maximum(variance, 0.0)))


Form = tuple[Floats, Floats, Floats]  # constants (T), coefficients (T, C), variances (T)


def _sparse(means: Means, known: Known, targets: Sequence[Target]) -> Form:
    made = model(means, known.spread, known.priors)
    constant, coef = coefficients(made, targets)
    return constant, coef, estimates(made, targets)[1] ** 2


def _dense(means: Means, known: Known, targets: Sequence[Target]) -> Form:
    """The same by the covariance of the means itself: less work where there are few of them."""
    here, spread = _Grouped(means), known.spread
    mean, doubt = known.priors.of(here.people, spread.person)
    noise = np.maximum(spread.mission + spread.within / means.n, LEAST_NOISE)
    covariance = doubt[here.person] * (here.person[:, None] == here.person)
    covariance += spread.client * (here.client[:, None] == here.client)
    covariance += spread.profile * (here.profile[:, None] == here.profile)
    covariance[np.diag_indices_from(covariance)] += noise
    inverse = np.linalg.inv(covariance)
    ones = inverse.sum(axis=1)
    clients, profiles = here.weights(targets)
    cross = spread.client * clients[:, here.client] + spread.profile * profiles[:, here.profile]
    pulled = cross @ inverse
    left = (1.0 - cross @ ones) / ones.sum()
    coef = pulled + left[:, None] * ones
    prior = spread.client * (clients**2).sum(axis=1) + spread.profile * (profiles**2).sum(axis=1)
    variance = prior - (pulled * cross).sum(axis=1) + left**2 * ones.sum()
    return -(coef @ mean[here.person]), coef, variance


class _Grouped:
    """The people, clients and profiles of the means, and each mean's place among them."""

    def __init__(self, means: Means) -> None:
        self.people, self.person = _coded(means.person)
        self.clients, self.client = _coded(means.client)
        self.profiles, self.profile = _coded(means.profile)

    def weights(self, targets: Sequence[Target]) -> tuple[Floats, Floats]:
        """Weights (T, J) on clients and (T, K) on profiles; ``KeyError`` for an unknown one."""
        sides = []
        for codes, name in ((self.clients, "clients"), (self.profiles, "profiles")):
            place = {int(code): number for number, code in enumerate(codes)}
            table = np.zeros((len(targets), len(codes)))
            for row, target in enumerate(targets):
                for code, share in getattr(target, name):
                    table[row, place[code]] += share
            sides.append(table)
        return sides[0], sides[1]


def _coded(codes: Ints) -> tuple[Ints, Ints]:
    levels, number = np.unique(codes, return_inverse=True)
    return levels.astype(np.int64), number.astype(np.int64)


def _moments(means: Means, known: Known) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Baseline of each mean, and the variance of combinations (T, C) whose weights sum to 0."""
    here, spread = _Grouped(means), known.spread
    mean, doubt = known.priors.of(here.people, spread.person)
    noise = np.maximum(spread.mission + spread.within / means.n, LEAST_NOISE)
    owners = [
        (indicators(here.person, len(here.people)), doubt),
        (indicators(here.client, len(here.clients)), spread.client),
        (indicators(here.profile, len(here.profiles)), spread.profile),
    ]

    def variance(off: Floats) -> Floats:
        total = (off**2) @ noise
        for owner, of_each in owners:
            total = total + (np.asarray(off @ owner) ** 2 * of_each).sum(axis=1)
        return np.asarray(total)

    return mean[here.person], variance
