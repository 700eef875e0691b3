"""Which variances a period's figures rest on, and that a kept form gives the very figure."""

import numpy as np
import pytest

from scoring import estimation
from scoring.maths import posterior, release, reml
from scoring.maths.cells import Cells, collapse
from tests.scoring.maths import firms


def cells(people: list[int], clients: list[int], scores: list[float]) -> Cells:
    factors = {"person": people, "client": clients, "profile": [0] * len(people)}
    return collapse(scores, {**factors, "round": [0] * len(people)})


def targets(one: estimation.Estimated) -> list[release.Target]:
    return [release.client_target(c) for c in np.unique(one.means.client)]


def test_a_small_firm_averages_over_many_sets_of_its_past() -> None:
    one = estimation.estimate(firms.cells(1, people=20), firms.cells(2, people=20), {})
    assert one.is_blend
    assert one.made["method"] == "integrated"
    assert 20 <= one.made["sets"] <= estimation.SETS
    value, sd, form = one.estimates(targets(one))
    assert form is not None
    assert (form.constant + form.coef @ one.means.mean).tolist() == value
    assert form.sd.tolist() == sd
    known = one.known[0].priors
    assert known.person.tolist() == np.unique(firms.cells(2, people=20).factors["person"]).tolist()


def test_a_large_firm_takes_the_best_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior, "ENOUGH_CLIENTS", 0)
    own, history = firms.cells(1, people=20), firms.cells(2, people=20)
    one = estimation.estimate(own, history, {})
    assert (one.is_blend, one.made["method"], one.made["sets"]) == (False, "reml", 1)
    fit = reml.estimate(history, estimation.HISTORY_TERMS)
    made = release.model(one.means, release.variances(fit), release.baselines(fit))
    value, sd, form = one.estimates(targets(one))
    assert form is None
    assert value == pytest.approx(release.estimates(made, targets(one))[0])
    assert sd == pytest.approx(release.estimates(made, targets(one))[1])


def test_the_first_period_takes_sets_from_its_own_answers() -> None:
    one = estimation.estimate(firms.cells(1, people=20), None, {})
    assert one.is_blend
    assert all(known.priors is release.NO_PRIORS for known in one.known)
    assert one.made["answers_before"] == 0


def test_what_the_past_cannot_give_comes_from_the_period() -> None:
    """One client until now: its variance is the mean of the period's own sets."""
    own, history = firms.cells(1, people=20), firms.cells(2, people=20, clients=1)
    one = estimation.estimate(own, history, {})
    scale = posterior.PRIOR_SCALE
    found = posterior.explore(own, estimation.HISTORY_TERMS, scale=scale).thinned(estimation.SETS)
    expected = posterior.mixture(found).variance["client"]
    assert one.known[0].spread.client == pytest.approx(expected)
    assert len({known.spread.person for known in one.known}) > 1


def test_a_past_that_cannot_tell_people_apart_knows_nobody() -> None:
    people, clients = list(range(12)), [1, 1, 2, 2, 3, 3] * 2
    scores = [20.0, 30.0, 50.0, 60.0, 80.0, 90.0, 25.0, 35.0, 55.0, 60.0, 75.0, 95.0]
    one = estimation.estimate(firms.cells(1, people=20), cells(people, clients, scores), {})
    assert one.is_blend
    assert all(known.priors is release.NO_PRIORS for known in one.known)


@pytest.mark.parametrize("scores", [[50.0, 50.0, 50.0], [50.0, 60.0, 80.0]])
def test_answers_that_show_no_variance_still_give_a_figure(scores: list[float]) -> None:
    """Everybody once, at one client: no term can be told from the rest, in past and present."""
    flat = cells([1, 2, 3], [7, 7, 7], scores)
    for history in (None, flat):
        one = estimation.estimate(flat, history, {})
        value, *_ = one.estimates([release.client_target(7)])
        assert value == pytest.approx([np.mean(scores)])
        assert not one.is_blend
        assert one.estimates([]).value == []
