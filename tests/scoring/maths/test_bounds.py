"""Bounds of an attacker: what rounded numbers tell, and that certificates are never too wide."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scoring.maths import audit, bounds, exposure, figures, interior, release
from scoring.maths.bounds import Polytope
from scoring.maths.interior import Inside


@given(st.floats(-20, 120), st.floats(0, 40), st.sampled_from([5, 12, 30]))
def test_the_true_estimate_lies_in_what_is_told(value: float, half: float, people: int) -> None:
    shown = figures.figure(value, *release.interval(value, half / release.Z90), people)
    low, high = bounds.told(shown.score, shown.low, shown.high, shown.grid, half)
    assert low - 1e-6 <= value <= high + 1e-6


@given(st.floats(0, 100), st.floats(0, 40), st.sampled_from([5, 30]), st.floats(0.01, 0.99))
def test_every_value_that_is_told_gives_the_same_numbers(
    value: float, half: float, people: int, share: float
) -> None:
    def shown(at: float) -> figures.Figure:
        return figures.figure(at, *release.interval(at, half / release.Z90), people)

    one = shown(value)
    low, high = bounds.told(one.score, one.low, one.high, one.grid, half)
    assume(np.isfinite(low) and np.isfinite(high) and high - low > 1e-3)
    assert shown(low + share * (high - low)) == one


def firm(seed: int, people: int = 14) -> tuple[Polytope, np.ndarray]:
    """A few group means of made-up answers, known to a step of 5."""
    rng = np.random.default_rng(seed)
    truth = rng.choice([0.0, 25.0, 50.0, 75.0, 100.0], people)
    group = np.arange(people) * 3 // people
    rows = [np.full(people, 1.0 / people)]
    rows += [(group == g) / (group == g).sum() for g in range(3)]
    table = np.array(rows) + rng.normal(0, 0.002, (4, people))
    low = np.floor(table @ truth / 5) * 5
    return Polytope(table, low, low + 5), truth


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_a_certificate_is_never_wider_than_the_programs(seed: int) -> None:
    published, _ = firm(seed)
    middle = interior.centre(published)
    assume(middle is not None)
    certified = interior.widths(Inside(published, middle), np.eye(len(middle)))
    for place in range(0, len(middle), 5):
        low, high = bounds.program(published, np.eye(len(middle))[place])
        assert certified[place] <= high - low + 1e-4
        assert certified[place] >= 0.3 * (high - low)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_an_insider_is_bounded_by_their_own_programs(seed: int) -> None:
    published, truth = firm(seed)
    middle = interior.centre(published)
    assume(middle is not None)
    every = np.eye(len(truth))
    columns = np.array([2, 7])
    known, place, certified = interior.Insiders(Inside(published, middle), every).look(
        columns, truth
    )
    assert place[columns].tolist() == truth[columns].tolist()
    for one in (0, 4, 12):
        low, high = bounds.program(known, every[one])
        plain = bounds.program(published, every[one])
        assert certified[one] <= high - low + 1e-4
        assert high - low <= plain[1] - plain[0] + 1e-4


def test_an_insider_far_from_the_middle_is_found_a_point_of_their_own() -> None:
    """Two people make up the figure: the middle cannot follow somebody who answered 100."""
    published = Polytope(np.array([[0.5, 0.5, 0.0]]), np.array([69.0]), np.array([71.0]))
    middle = interior.centre(published)
    look = interior.Insiders(Inside(published, middle), np.eye(3)).look
    _, place, certified = look(np.array([0]), np.array([100.0, 40.0, 50.0]))
    assert 38 - 1e-3 <= place[1] <= 42 + 1e-3
    assert certified[1] <= 4.01
    # A client's five people: a group's figure is too tight for the middle to follow them.
    published, truth = firm(1)
    middle = interior.centre(published)
    columns = np.arange(5)
    insiders = interior.Insiders(Inside(published, middle), np.eye(len(truth)))
    known, place, certified = insiders.look(columns, truth)
    assert bounds.is_inside(known, place)
    assert (certified[5:] > 0).all()
    # Somebody whose answer contradicts what is published: nothing is certified.
    assert look(np.array([0]), np.array([0.0, 40.0, 50.0]))[2].tolist() == [0.0, 0.0, 0.0]


def test_the_certificates_are_none_where_somebody_contradicts_what_is_published() -> None:
    rows = [mean_of("acme", [0, 1]), mean_of("firm", list(range(12)))]
    seen = sight(rows, TRUTH)
    truth = {(0, "load"): 100.0, **{(place, "load"): 50.0 for place in range(1, 12)}}
    found = exposure.look([seen], OWNER, truth)
    assert found.programs > 0
    assert 101 in found.people


def test_an_empty_polytope_has_no_middle_and_tells_everything() -> None:
    empty = Polytope(np.array([[1.0], [1.0]]), np.array([10.0, 60.0]), np.array([20.0, 70.0]))
    assert interior.centre(empty) is None
    assert np.isnan(bounds.program(empty, np.array([1.0]))).all()


def test_open_ends_are_no_limit() -> None:
    published = Polytope(np.array([[0.5, 0.5]]), np.array([-np.inf]), np.array([10.0]))
    low, high = bounds.program(published, np.array([0.5, 0.5]))
    assert (round(low, 3), round(high, 3)) == (0.0, 10.0)
    assert interior.centre(published) is not None


# --- who is exposed ------------------------------------------------------------------------------


def sight(rows: list[audit.Row], truth: np.ndarray, step: float = 1.0) -> exposure.Sight:
    levels = np.array([np.asarray(r.coef) @ truth[np.asarray(r.cells)] for r in rows])
    return exposure.Sight(rows, levels - step, levels + step, {})


def mean_of(scope: str, cells: list[int], dimension: str = "load") -> audit.Row:
    return audit.Row(scope, dimension, cells, np.full(len(cells), 1.0 / len(cells)))


TRUTH = np.array([0.0, 25.0, 50.0, 75.0, 100.0, 50.0, 50.0, 25.0, 75.0, 50.0, 0.0, 100.0])
OWNER = {place: 100 + place for place in range(12)}


def test_two_groups_equal_but_for_one_person_expose_that_person() -> None:
    rows = [mean_of("acme", [0, 1, 2, 3, 4, 5]), mean_of("bolt", [0, 1, 2, 3, 4])]
    found = exposure.look([sight(rows, TRUTH, step=0.5)], OWNER, {})
    assert found.people == {105}
    assert found.narrowest < 12


def test_nested_groups_of_five_expose_nobody_even_to_an_insider() -> None:
    rows = [mean_of("firm", list(range(12))), mean_of("acme", [0, 1, 2, 3, 4, 5])]
    truth = {(place, "load"): value for place, value in enumerate(TRUTH.tolist())}
    found = exposure.look([sight(rows, TRUTH)], OWNER, truth)
    assert found.people == set()
    assert (found.insiders, found.quantities) == (12, 12)
    assert found.narrowest >= 20


def test_an_insider_of_a_group_of_two_knows_the_other() -> None:
    rows = [mean_of("firm", list(range(12))), mean_of("acme", [0, 4])]
    truth = {(place, "load"): value for place, value in enumerate(TRUTH.tolist())}
    assert exposure.look([sight(rows, TRUTH)], OWNER, {}).people == set()
    assert exposure.look([sight(rows, TRUTH)], OWNER, truth).people == {100, 104}


def test_several_periods_are_read_together() -> None:
    """Each alone tells little; the same people but one, twice, tell that one."""
    first = sight([mean_of("acme", [0, 1, 2, 3, 4, 5])], TRUTH, step=0.5)
    second = sight([mean_of("acme", [0, 1, 2, 3, 4])], TRUTH, step=0.5)
    assert exposure.look([first], OWNER, {}).people == set()
    assert exposure.look([second], OWNER, {}).people == set()
    assert exposure.look([first, second], OWNER, {}).people == {105}


def test_a_persons_own_combination_is_bounded_too() -> None:
    """Each theme of person 0 stays wide; their mean over both does not."""
    both = audit.Row("odd", "overall", [0], [1.0])
    core = {0: ("load", "meaning")}
    rows = [both, mean_of("firm", [1, 2, 3, 4, 5])]
    truth = np.array([50.0, *TRUTH[1:]])
    levels = np.array([50.0, truth[1:6].mean()])
    seen = exposure.Sight(rows, levels - 1, levels + 1, core)
    found = exposure.look([seen], OWNER, {})
    assert found.people == {100}
    assert found.quantities == 8


def test_a_persons_mean_over_their_clients_is_bounded() -> None:
    owner = {0: 7, 1: 7, 2: 8, 3: 9}
    rows = [mean_of("pair", [0, 1]), mean_of("firm", [0, 1, 2, 3])]
    assert exposure.look([sight(rows, TRUTH)], owner, {}).people == {7}


def test_somebody_is_exposed_once_however_often_they_are_seen() -> None:
    owner = {0: 7, 1: 7}
    rows = [mean_of("one", [0]), mean_of("two", [1])]
    found = exposure.look([sight(rows, TRUTH)], owner, {})
    assert (found.people, found.programs) == ({7}, 1)
    assert found.narrowest == pytest.approx(1.0, abs=0.01)


def test_numbers_that_contradict_each_other_expose_everybody() -> None:
    row = mean_of("acme", [0, 1, 2, 3, 4])
    seen = exposure.Sight([row, row], np.array([10.0, 60.0]), np.array([11.0, 61.0]), {})
    found = exposure.look([seen], OWNER, {})
    assert (found.people, found.narrowest) == ({100, 101, 102, 103, 104}, 0.0)


def test_what_is_not_settled_in_time_counts_as_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposure, "PROGRAMS", 0)
    rows = [mean_of("acme", [0, 1, 2, 3, 4, 5]), mean_of("bolt", [0, 1, 2, 3, 4])]
    found = exposure.look([sight(rows, TRUTH, step=0.5)], OWNER, {})
    assert (found.people, found.programs) == ({105}, 0)


def test_a_bound_of_24_points_is_wide_enough() -> None:
    rows = [mean_of("acme", [0, 1])]
    seen = sight(rows, np.array([12.0, 12.0]), step=0.5)
    assert exposure.look([seen], {0: 1, 1: 2}, {}).people == set()


def narrow(start: tuple[float, float] | None) -> exposure._Looked:
    """Two answers whose mean is 6: each lies between 0 and some 12."""
    published = Polytope(np.array([[0.5, 0.5]]), np.array([6.0]), np.array([6.1]))
    older = Polytope(np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    inside = Inside(published, np.array(start)) if start else None
    return exposure._Looked(published, older, inside, np.eye(2))


@pytest.mark.parametrize("start", [(6.05, 6.05), None])
def test_a_program_has_the_last_word_on_what_no_walk_settles(
    start: tuple[float, float] | None,
) -> None:
    width, programs = narrow(start).width(0)
    assert 12 < width < 12.4
    assert programs == 1


def test_without_walks_a_program_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interior, "WALKS", 0)
    assert narrow((6.05, 6.05)).width(0)[1] == 1


def test_a_walk_ends_where_it_meets_an_edge_again() -> None:
    published = Polytope(np.array([[0.5, 0.5]]), np.array([40.0]), np.array([60.0]))
    walk = interior._Walk(Inside(published, np.array([50.0, 50.0])), np.array([1.0, 0.0]))
    assert walk.go_on()
    walk._slide(walk.met[0][0])
    assert not walk.uphill.any()
    assert not walk.go_on()


def test_a_middle_is_found_from_answers_on_the_bounds() -> None:
    """Half of the answers are 0 or 100: the truth itself is no point inside."""
    rows = np.array([np.full(12, 1.0 / 12), [0.2] * 5 + [0.0] * 7])
    published = Polytope(rows, rows @ TRUTH - 0.5, rows @ TRUTH + 0.5)
    assert not bounds.is_inside(published, TRUTH)
    middle = interior.centre(published, TRUTH)
    assert bounds.is_inside(published, middle)
    assert np.minimum(middle, 100 - middle).min() > 2
    away = np.full(12, 300.0)
    assert np.allclose(interior.centre(published, away), middle, atol=15)


def test_a_wide_quantity_takes_no_program_wherever_the_walk_starts() -> None:
    """Close to a corner one step is not enough, and another row is in the way."""
    rows = np.array([[0.5, 0.5, 0.0], [0.0, 0.4, 0.6]])
    published = Polytope(rows, np.array([49.0, 10.0]), np.array([51.0, 90.0]))
    start = Inside(published, np.array([1.0, 98.9, 10.0]))
    assert interior.widths(start, np.eye(3))[0] < exposure.NARROW
    looked = exposure._Looked(published, published, start, np.eye(3))
    found = exposure.Found()
    exposure._settle(found, looked, (np.array([0.0, 50.0, 50.0]), np.array([7, 8, 9])))
    assert (found.people, found.programs) == (set(), 0)
    assert found.narrowest >= exposure.NARROW


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_a_walk_comes_close_to_both_ends_and_never_beyond(seed: int) -> None:
    published, _ = firm(seed)
    middle = interior.centre(published)
    assume(middle is not None)
    for place in range(0, len(middle), 6):
        quantity = np.eye(len(middle))[place]
        low, high = bounds.program(published, quantity)
        walked = interior.climb(Inside(published, middle), quantity, 1000.0)
        assert 0.9 * (high - low) <= walked <= high - low + 1e-4


def test_a_middle_is_found_where_rows_hardly_leave_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two forms all but equal, rounded on different lines: 0.01 of their ranges is common."""
    table = np.array([[0.5, 0.5], [0.5, 0.5000001]])
    published = Polytope(table, np.array([40.0, 45.99]), np.array([46.0, 52.0]))
    for name in (None, "TRIES", "STEPS"):
        if name is not None:
            monkeypatch.setattr(interior, name, 0)
        middle = interior.centre(published)
        assert bool((np.concatenate(bounds.slacks(published, middle)) > 0).all())
        assert name == "STEPS" or np.abs(middle - 46).max() < 20


def test_a_curvature_that_does_not_factor_is_helped_along() -> None:
    flat = np.array([[1.0, 1.0 + 1e-12], [1.0 + 1e-12, 1.0]])
    low, lower = interior._factored(flat)
    assert lower
    assert np.allclose(np.tril(low) @ np.tril(low).T, flat, atol=1e-6)
    with pytest.raises(np.linalg.LinAlgError):
        interior._factored(np.array([[1.0, 5.0], [5.0, 1.0]]))


def test_what_earlier_releases_told_is_not_told_by_this_one() -> None:
    """Two answers whose mean was 6 stay known when a wider figure about them comes out."""
    truth = np.array([6.0, 6.0])
    old = sight([mean_of("acme", [0, 1])], truth, step=0.5)
    new = sight([mean_of("acme", [0, 1])], truth, step=5)
    found = exposure.look([new, old], {0: 1, 1: 2}, {})
    assert (found.people, found.told_before > 0) == (set(), True)
    found = exposure.look([old, new], {0: 1, 1: 2}, {})
    assert (found.people, found.told_before) == ({1, 2}, 0)


def test_a_table_too_large_is_not_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sight([mean_of("acme", [0, 1, 2, 3, 4])], TRUTH)
    assert exposure.is_small([seen])
    monkeypatch.setattr(exposure, "TABLE_LIMIT", 4)
    assert not exposure.is_small([seen])
    monkeypatch.setattr(exposure, "INSIDER_LIMIT", 0)
    truth = {(place, "load"): value for place, value in enumerate(TRUTH.tolist())}
    assert exposure.look([seen], OWNER, truth).insiders == 0
