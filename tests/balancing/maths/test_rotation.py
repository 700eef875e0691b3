"""The planner: exact, by all the plans there are on small instances and by others' figures."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from balancing.maths import rotation
from balancing.maths.rotation import (
    BENCH,
    Instance,
    Plan,
    TooFewMovesError,
    UnfillableError,
    improvements,
    solve,
)


def every_plan(made: Instance) -> list[Plan]:
    """All plans that fill every seat and keep locks and budget, by trying them one by one."""
    people, missions = len(made.burden), len(made.seats)
    able: list[list[int]] = [[BENCH] for _ in range(people)]
    for person, mission in made.pairs.tolist():
        able[person].append(mission)
    found = []
    for plan in itertools.product(*able):
        counts = [plan.count(mission) for mission in range(missions)]
        if counts != list(made.seats):
            continue
        if any(plan[who] != made.current[who] for who in made.locked):
            continue
        moves = sum(was not in (BENCH, now) for was, now in zip(made.current, plan, strict=True))
        if made.budget is not None and moves > made.budget:
            continue
        loads = [made.burden[i] + made.difficulty[j] for i, j in enumerate(plan) if j != BENCH]
        found.append(Plan(plan, max(loads, default=0.0), moves, sum(x * x for x in loads)))
    return found


@st.composite
def instances(draw: st.DrawFn, unit: float = 0.1) -> Instance:
    people, missions = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    number = st.integers(0, 30).map(lambda count: count * unit)
    pairs = [(i, j) for i in range(people) for j in range(missions)]
    current = draw(st.lists(st.integers(BENCH, missions - 1), min_size=people, max_size=people))
    seats = [current.count(j) for j in range(missions)]
    if draw(st.booleans()):
        seats = draw(st.lists(st.integers(0, 2), min_size=missions, max_size=missions))
    locked = draw(st.frozensets(st.integers(0, people - 1), max_size=2))
    for j in range(missions):
        seats[j] = max(seats[j], sum(current[who] == j for who in locked))
    return Instance(
        seats=seats,
        difficulty=draw(st.lists(number, min_size=missions, max_size=missions)),
        burden=draw(st.lists(number, min_size=people, max_size=people)),
        current=current,
        edges=draw(st.lists(st.sampled_from(pairs), max_size=len(pairs))),
        budget=draw(st.none() | st.integers(0, people)),
        locked=locked,
    )


# Loads are weighted sums: an irrational unit gives them the decimals that real ones have.
@settings(max_examples=400)
@given(st.sampled_from([0.1, math.sqrt(2) / 10]).flatmap(instances))
def test_no_plan_is_better(made: Instance) -> None:
    plans = every_plan(made)
    if not plans:
        with pytest.raises((UnfillableError, TooFewMovesError)):
            solve(made)
        return
    best = solve(made)
    least = min(plans, key=lambda p: (round(p.max_load, 6), p.moves, round(p.squares, 6)))
    assert best.max_load == pytest.approx(least.max_load)
    assert best.moves == least.moves
    assert best.squares == pytest.approx(least.squares)
    assert best.plan in {plan.plan for plan in plans}


@settings(max_examples=100)
@given(st.sampled_from([0.1, math.sqrt(2) / 10]).flatmap(instances))
def test_each_improvement_is_a_plan_and_better(made: Instance) -> None:
    plans = {plan.plan for plan in every_plan(made)}
    if not plans:
        return
    found = list(improvements(made))
    assert all(plan.plan in plans for plan in found)
    keys = [(round(p.max_load, 6), p.moves, round(p.squares, 6)) for p in found]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == len(keys)
    assert found[-1] == solve(made)


def crowd(seed: int, people: int, missions: int) -> Instance:
    """Nine of ten have a seat, everybody may stay or take some others, some are locked."""
    rng = np.random.default_rng(seed)
    seated = int(0.9 * people)
    seats = 1 + np.bincount(rng.integers(missions, size=seated - missions), minlength=missions)
    current = np.full(people, BENCH)
    current[rng.permutation(people)[:seated]] = np.repeat(np.arange(missions), seats)
    others = rng.random((people, missions)) < rng.uniform(0.05, 0.4)
    others[np.flatnonzero(current >= 0), current[current >= 0]] = True
    return Instance(
        seats=seats.tolist(),
        # Few values: many plans are as good as each other but for the last squares.
        difficulty=rng.integers(0, 6, missions).tolist(),
        burden=rng.integers(0, 12, people).tolist(),
        current=current.tolist(),
        edges=np.argwhere(others),
        budget=int(rng.integers(0, people)),
        locked=frozenset(rng.permutation(people)[: people // 10].tolist()),
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_order_of_goals_against_an_integer_program(seed: int) -> None:
    """Largest load, then moves, then squares: three programs, each bound by the one before."""
    made = crowd(seed, 40, 15)
    best = solve(made)
    current, pairs, load = np.asarray(made.current), made.pairs, made.load
    one, at, people, missions = np.ones(len(pairs)), np.arange(len(pairs)), 40, 15
    by_person = sparse.csr_array((one, (pairs[:, 0], at)), shape=(people, len(pairs)))
    by_mission = sparse.csr_array((one, (pairs[:, 1], at)), shape=(missions, len(pairs)))
    stays = current[pairs[:, 0]] == pairs[:, 1]
    held = int((current != BENCH).sum())
    keeps = np.isin(pairs[:, 0], list(made.locked))
    benched = keeps & (current[pairs[:, 0]] == BENCH)

    def least(costs: Any, limit: float, moves: int) -> float | None:
        """The least sum of costs among plans within a limit of load and moves."""
        rules = [
            optimize.LinearConstraint(by_person, -np.inf, 1),
            optimize.LinearConstraint(by_mission, made.seats, made.seats),
            optimize.LinearConstraint(stays[None, :].astype(float), held - moves, np.inf),
        ]
        most = np.where((load <= limit + 1e-9) & ~benched, 1.0, 0.0)
        fewest = np.where(keeps & stays, 1.0, 0.0)
        if (fewest > most).any():
            return None
        found = optimize.milp(
            costs, constraints=rules, integrality=one, bounds=optimize.Bounds(fewest, most)
        )
        return float(found.fun) if found.success else None

    assert made.budget is not None
    lower = [level for level in np.unique(load) if level < best.max_load - 1e-9]
    assert not lower or least(np.zeros(len(pairs)), lower[-1], made.budget) is None
    moves = least(np.where(stays, 0.0, 1.0), best.max_load, made.budget)
    people_left = held - int(sum(best.plan[who] == now for who, now in enumerate(made.current)
                                 if now != BENCH))  # fmt: skip
    assert moves is not None
    assert best.moves == people_left
    seated = int(np.sum(made.seats))
    assert seated - round(moves) == held - best.moves
    assert least(load**2, best.max_load, best.moves) == pytest.approx(best.squares)


@pytest.mark.parametrize("seed", range(20))
def test_the_last_step_is_as_even_as_one_over_every_edge(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = crowd(100 + seed, 120, 50)
    best = solve(made)
    with monkeypatch.context() as patch:
        patch.setattr(rotation, "in_some", lambda table, _: np.full(table.nnz, fill_value=True))
        whole = solve(made)
    assert (best.max_load, best.moves) == (whole.max_load, whole.moves)
    assert best.squares == pytest.approx(whole.squares)


def test_the_shown_instance(reference_data: Path) -> None:
    told = json.loads((reference_data / "planner_40x20_s1.json").read_bytes())
    names = ("seats", "difficulty", "burden", "current", "edges")
    parts = [told[name] for name in names]
    best = solve(Instance(*parts, budget=told["budget"]))
    assert (round(best.max_load, 6), best.moves) == (53.7, 6)
    assert round(solve(Instance(*parts)).max_load, 6) == 49.5
    assert np.bincount([place for place in best.plan if place >= 0]).tolist() == told["seats"]


def test_a_load_with_more_decimals_than_are_shown_is_not_passed_over() -> None:
    """The first two swap down to 30 + 8.5 or stay at 39.000000006: nothing in between is lost."""
    made = Instance(
        seats=[1, 1, 1],
        difficulty=[9.000000006, 8.5, 1.0],
        burden=[30.0, 30.0, 5.0],
        current=[0, 1, 2],
        edges=[(0, 0), (0, 2), (1, 1), (2, 2), (2, 0)],
        budget=2,
    )
    best = solve(made)
    assert (best.plan, best.max_load, best.moves) == ((2, 1, 0), 38.5, 2)


def test_levels_apart_by_rounding_alone_are_one_improvement() -> None:
    """The second and the third would both carry 0.3, but for the last bit."""
    made = Instance([1], [0.0], [5.0, 0.1 + 0.2, 0.3], [0, BENCH, BENCH], [(0, 0), (1, 0), (2, 0)])
    assert [plan.max_load for plan in improvements(made)] == pytest.approx([5.0, 0.3])


def test_locked_people_stay_and_count() -> None:
    parts: dict[str, Any] = {
        "seats": [1, 1],
        "difficulty": [9.0, 1.0],
        "burden": [30.0, 5.0, 8.0],
        "current": [0, 1, BENCH],
        "edges": [(1, 0), (1, 1), (2, 0), (2, 1)],
    }
    best = solve(Instance(**parts, locked=frozenset({0})))
    assert (best.plan, best.max_load, best.moves) == ((0, 1, BENCH), 39.0, 0)
    # Without the lock only the other two may take the seats: 5 + 9 and 8 + 1.
    best = solve(Instance(**parts))
    assert (best.plan, best.max_load, best.moves) == ((BENCH, 0, 1), 14.0, 2)
    benched = Instance(**(parts | {"edges": [(0, 0), *parts["edges"]]}), locked=frozenset({2}))
    assert solve(benched).plan == (0, 1, BENCH)


def test_what_cannot_be_filled_is_named() -> None:
    """Two seats of two missions that one person alone could take; the third is fine."""
    with pytest.raises(UnfillableError, match="missions 0, 1 cannot all be filled") as caught:
        solve(Instance([1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 1, 2], [(0, 0), (0, 1), (2, 2)]))
    assert caught.value.missions == (0, 1)


def test_a_budget_that_does_not_fill_the_seats_says_what_would() -> None:
    """Both are on one mission, which has a seat for one; the other mission is empty."""
    made = Instance([1, 1], [1, 1], [0, 0], [0, 0], [(0, 0), (1, 0), (1, 1)], budget=0)
    with pytest.raises(TooFewMovesError, match="takes 1 moves") as caught:
        solve(made)
    assert caught.value.needed == 1


def test_nobody_and_nothing() -> None:
    assert solve(Instance([], [], [], [], [])) == Plan((), 0.0, 0, 0.0)
    assert solve(Instance([0], [5.0], [1.0], [BENCH], [(0, 0)])) == Plan((BENCH,), 0.0, 0, 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"difficulty": [1.0]}, "difficulty: 2 numbers are needed"),
        ({"current": [0]}, "current: 2 numbers are needed"),
        ({"burden": [1.0, float("nan")]}, "burden: not a finite number"),
        ({"difficulty": [1.0, float("inf")]}, "difficulty: not a finite number"),
        ({"seats": [1, -1]}, "seats: -1 at place 1 is out of range"),
        ({"current": [0, 2]}, "current: 2 at place 1 is out of range"),
        ({"current": [-2, 0]}, "current: -2 at place 0 is out of range"),
        ({"edges": [(0, 0), (2, 0)]}, "edges: 2 at place 1 is out of range"),
        ({"edges": [(0, 2)]}, "edges: 2 at place 0 is out of range"),
        ({"budget": -1}, "budget: below 0"),
        ({"locked": frozenset({2})}, "locked: 2 at place 0 is out of range"),
        ({"seats": [0, 1], "locked": frozenset({0})}, "locked: 1 people on the 0 seats of 0"),
    ],
)
def test_an_instance_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    parts: dict[str, object] = {
        "seats": [1, 1],
        "difficulty": [1.0, 2.0],
        "burden": [0.0, 0.0],
        "current": [0, 1],
        "edges": [(0, 0), (1, 1)],
    }
    with pytest.raises(ValueError, match="^" + message):
        Instance(**(parts | change))  # type: ignore[arg-type]  # -- one of them is wrong


def test_a_plan_that_is_not_better_is_no_improvement() -> None:
    plan = Plan((0,), 5.0, 1, 25.0)
    assert not rotation._is_better(Plan((1,), 5.0 + 1e-12, 1, 25.0), plan)
    assert rotation._is_better(Plan((1,), 4.0, 9, 99.0), plan)
    assert rotation._is_better(Plan((1,), 5.0, 0, 99.0), plan)
    assert rotation._is_better(Plan((1,), 5.0, 1, 24.0), plan)
