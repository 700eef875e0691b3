"""The figure of people who are at no client: a profile of its own, beside the family.

They are in no cell of the family, nor in what is left of one, and no estimate of a client, a unit
or the firm rests on what they say: twelve people who feel bad between two missions would otherwise
widen every client's margin, as one more client that is unlike the others. So nothing can be had of
them by subtraction. Their profile is withheld or shown by itself, with the threshold of a profile,
and only beside a figure of the firm's on the same theme.

The figure is the mean over them of what each said, less what is known of that person from their
earlier answers on missions, y_i − b_i, each counting once; with person_i ~ N(b_i, v_i) and the
variances of the firm, its variance is Σ (v_i + σ²_mission + σ²_within / n_i) / P².

>>> pairs = [family.Pair(i, "acme", "lyon", {"overall": 50.0}) for i in range(9)]
>>> free = [Apart(100 + i, "between", {"overall": 40.0}, "none") for i in range(8)]
>>> made = beside(family.select(pairs, []), free, family.Rules())
>>> [(c.ref, c.clients, c.people["overall"]) for c in made.cells if c.kind == "profile"]
[('between', ('none',), 8)]
>>> made = beside(family.select(pairs, []), free[1:], family.Rules())
>>> made.withheld[("profile", "between", "overall")]
'people'

A theme of which fewer of them said something is withheld by itself:

>>> silent = [Apart(200, "between", {"load": 40.0}, "none")]
>>> made = beside(family.select(pairs, []), free + silent, family.Rules())
>>> made.withheld
{('profile', 'between', 'load'): 'people'}
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.maths import family
from scoring.maths.blend import Known
from scoring.maths.cells import Floats
from scoring.maths.release import Means


@dataclass(frozen=True)
class Apart(family.Part):
    """What somebody at no client said on a profile; ``client`` is what stands for none."""

    client: str = ""


@dataclass(frozen=True)
class Form:
    """The figure as a linear form of people's means: constant + coef · means, and its sd."""

    constant: float
    coef: Floats
    sd: float


def beside(chosen: family.Family, said: Sequence[Apart], rules: family.Rules) -> family.Family:
    """The family with the profiles of these people, or why they are withheld."""
    cells, withheld = list(chosen.cells), dict(chosen.withheld)
    for profile, client in sorted({(one.profile, one.client) for one in said}):
        own = [one for one in said if one.profile == profile]
        people = {}
        for dimension, count, cause in _told(chosen, own, rules):
            if cause:
                withheld[(family.PROFILE, profile, dimension)] = cause
            else:
                people[dimension] = count
        if people:
            cells.append(family.Cell(family.PROFILE, profile, family.TOP, (client,), people))
    return replace(chosen, cells=tuple(cells), withheld=withheld)


def _told(
    chosen: family.Family, own: Sequence[Apart], rules: family.Rules
) -> Iterator[tuple[str, int, str]]:
    """Of each dimension, how many people said something, and why it cannot be shown."""
    firm = next((cell.people for cell in chosen.cells if cell.key == family.TOP), {})
    for dimension in sorted({name for one in own for name in one.values}):
        tally = family.Tally()
        for one in own:
            if dimension in one.values:
                tally.add(one.person, one.values[dimension])
        least = max(rules.profile_people, rules.people)
        cause = family.weak(tally, least, rules.spare)
        yield dimension, len(tally), cause or ("" if dimension in firm else family.MERGED)


def form(means: Means, known: Sequence[Known]) -> Form:
    """The figure of these means, each of another person, from what is ``known`` of people.

    >>> from scoring.maths.release import Variances
    >>> spread = Variances(person=60.0, client=0.0, profile=0.0, mission=20.0, within=20.0)
    >>> ids = np.arange(4)
    >>> means = Means(ids, ids * 0, ids * 0, np.array([30.0, 40.0, 50.0, 60.0]), np.ones(4))
    >>> made = form(means, [Known(1.0, spread)])
    >>> made.constant, made.coef.tolist(), made.sd
    (0.0, [0.25, 0.25, 0.25, 0.25], 5.0)
    """
    people = len(means.person)
    weight = np.array([one.weight for one in known])
    weight = weight / weight.sum()
    priors = [one.priors.of(means.person, one.spread.person) for one in known]
    baseline = weight @ np.array([mean for mean, _ in priors])
    # The mean variance over the sets, and how far their baselines are from one another.
    doubt = weight @ np.array([mean**2 + variance for mean, variance in priors]) - baseline**2
    noise = sum(
        share * (one.spread.mission + one.spread.within / means.n)
        for share, one in zip(weight.tolist(), known, strict=True)
    )
    sd = float(np.sqrt(np.sum(doubt + noise)) / people)
    return Form(0.0 - float(baseline.mean()), np.full(people, 1.0 / people), sd)
