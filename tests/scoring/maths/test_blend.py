"""Several sets of variances at once."""

import numpy as np
import pytest

from scoring.maths import blend, release
from tests.scoring.maths.test_release import SPREAD, means, priors


def sets(seed: int) -> list[blend.Known]:
    rng = np.random.default_rng(seed)
    people = np.arange(100, 110)
    return [
        blend.Known(
            weight,
            release.Variances(*(rng.uniform(0.5, 2.0, 5) * [100.0, 36.0, 16.0, 25.0, 144.0])),
            release.Priors(people, rng.normal(0, 8, 10), rng.uniform(5, 40, 10)),
        )
        for weight in (1.0, 2.0, 1.0)
    ]


def test_one_set_is_the_plain_model() -> None:
    m, prior = means(3), priors(3)
    made = release.model(m, SPREAD, prior)
    targets = [release.client_target(c) for c in np.unique(m.client)]
    form = blend.linear(blend.blend(m, [blend.Known(0.3, SPREAD, prior)]), targets)
    value, sd = release.estimates(made, targets)
    assert form.constant + form.coef @ m.mean == pytest.approx(value)
    assert form.sd == pytest.approx(sd)


def test_several_sets_average_their_estimates() -> None:
    m, known = means(3), sets(3)
    targets = [release.client_target(c) for c in np.unique(m.client)]
    form = blend.linear(blend.blend(m, known), targets)
    each = [release.estimates(release.model(m, k.spread, k.priors), targets)[0] for k in known]
    expected = (each[0] + 2 * each[1] + each[2]) / 4
    assert form.constant + form.coef @ m.mean == pytest.approx(expected)
    assert form.coef.sum(axis=1) == pytest.approx(np.ones(len(targets)))


def test_the_width_does_not_depend_on_the_answers() -> None:
    m, known = means(3), sets(3)
    other = release.Means(m.person, m.client, m.profile, 100.0 - m.mean, m.n)
    targets = [release.client_target(c) for c in np.unique(m.client)]
    one, two = (blend.linear(blend.blend(some, known), targets) for some in (m, other))
    assert one.sd.tolist() == two.sd.tolist()
    assert one.coef.tolist() == two.coef.tolist()


def test_the_spread_is_that_of_a_world_where_any_set_may_be_true() -> None:
    """Draw the truth from each set in turn; the error's mean square is the form's variance."""
    m, known = means(3), sets(3)
    targets = [release.client_target(c) for c in np.unique(m.client)]
    form = blend.linear(blend.blend(m, known), targets)
    rng = np.random.default_rng(0)
    draws, errors = 6_000, np.zeros(len(targets))
    for one in known:
        b, v = one.priors.of(m.person, one.spread.person)
        people, person = np.unique(m.person, return_inverse=True)
        clients, client = np.unique(m.client, return_inverse=True)
        profiles, profile = np.unique(m.profile, return_inverse=True)
        first = np.unique(person, return_index=True)[1]
        effect = rng.normal(0, np.sqrt(one.spread.client), (draws, len(clients)))
        y = 60.0 + b[first][person] + effect[:, client]
        y = y + rng.normal(0, np.sqrt(v[first]), (draws, len(people)))[:, person]
        y += rng.normal(0, np.sqrt(one.spread.profile), (draws, len(profiles)))[:, profile]
        noise = np.sqrt(one.spread.mission + one.spread.within / m.n)
        y += rng.normal(0, noise, (draws, len(m.mean)))
        off = form.constant + y @ form.coef.T - (60.0 + effect)
        errors += one.weight / 4 * (off**2).mean(axis=0)
    assert np.sqrt(errors) == pytest.approx(form.sd, rel=0.06)


def test_many_means_are_solved_without_their_covariance(monkeypatch: pytest.MonkeyPatch) -> None:
    m, known = means(3), sets(3)
    targets = [release.client_target(c) for c in np.unique(m.client)]
    targets += [release.profile_target(p) for p in np.unique(m.profile)]
    small = blend.linear(blend.blend(m, known), targets)
    monkeypatch.setattr(blend, "DENSE", 0)
    large = blend.linear(blend.blend(m, known), targets)
    assert large.coef == pytest.approx(small.coef, abs=1e-9)
    assert large.constant == pytest.approx(small.constant, abs=1e-9)
    assert large.sd == pytest.approx(small.sd, abs=1e-9)


def test_no_answers_no_blend() -> None:
    none = np.zeros(0, np.int64)
    empty = release.Means(none, none, none, np.zeros(0), np.zeros(0))
    with pytest.raises(ValueError, match="without answers"):
        blend.blend(empty, sets(3))
