"""What is said of a change: from the rounded figures alone, and seldom wrong."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths import release
from scoring.maths.figures import Change, Direction, Figure, change, figure

SPREAD = release.Variances(person=100.0, client=36.0, profile=16.0, mission=25.0, within=144.0)


def shown(score: int, half: int, grid: int = 5) -> Figure:
    return Figure(score, score - half, score + half, grid, "8-12" if grid == 5 else "20+")


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        # Half-widths 10 give 7.5 each, so that the change is known to ± 10.6.
        (shown(65, 10), shown(50, 10), Direction.DOWN),
        (shown(50, 10), shown(65, 10), Direction.UP),
        (shown(65, 10), shown(55, 10), Direction.UNCLEAR),
        (shown(60, 10), shown(60, 10), Direction.UNCLEAR),
        # 20 people and more: 2.5 and 2.5 give ± 3.5.
        (shown(60, 3, 1), shown(65, 3, 1), Direction.UP),
        (shown(60, 3, 1), shown(63, 3, 1), Direction.UNCLEAR),
    ],
)
def test_a_direction_only_where_the_interval_of_the_change_allows(
    before: Figure, after: Figure, direction: Direction
) -> None:
    assert change(before, after).direction is direction


def test_a_margin_is_rounded_outwards_to_whole_points() -> None:
    assert change(shown(65, 10), shown(50, 10)) == Change(-15, -26, -4)
    assert change(shown(60, 3, 1), shown(65, 3, 1)) == Change(5, 1, 9)


def test_a_whole_margin_is_left_as_it_is() -> None:
    # 5.5 − ½ = 5 twelve times over: 3, 4 and 5 make a right angle.
    before, after = Figure(50, 46, 53, 1, "20+"), Figure(60, 55, 64, 1, "20+")
    assert change(before, after) == Change(10, 5, 15)


def test_an_interval_cut_at_an_end_counts_with_its_longer_side() -> None:
    cut = Figure(95, 80, 100, 5, "8-12")
    assert change(shown(80, 15), cut) == change(shown(80, 15), shown(95, 15))
    low = Figure(5, 0, 20, 5, "8-12")
    assert change(low, shown(20, 15)).low == change(shown(5, 15), shown(20, 15)).low


def test_a_figure_without_any_width_is_known() -> None:
    assert change(Figure(50, 50, 50, 5, "5-7"), Figure(55, 55, 55, 5, "5-7")) == Change(5, 5, 5)


@st.composite
def figures(draw):
    low, value, high = sorted(draw(st.lists(st.floats(0, 100), min_size=3, max_size=3)))
    return figure(value, low, high, draw(st.integers(5, 40)))


@given(figures(), figures())
def test_a_change_is_the_same_backwards(before: Figure, after: Figure) -> None:
    there, back = change(before, after), change(after, before)
    assert (there.points, there.low, there.high) == (-back.points, -back.high, -back.low)
    assert there.low <= there.points <= there.high


# --- two simulated periods -----------------------------------------------------------------------


@dataclass
class Told:
    """What was said of simulated clients, of which the first one moved by ``moved`` points."""

    covered: list[bool]
    false: list[bool]
    seen: list[bool]


def tell(firms: int, *, moved: float, history: bool, people: int = 40) -> Told:
    """Two periods of firms with 8 clients; 15 % of the people change client in between."""
    rng, told = np.random.default_rng(1), Told([], [], [])
    for _ in range(firms):
        person = rng.normal(0, 10, people)
        doubt = rng.uniform(20, 60, people) if history else np.full(people, 100.0)
        known = person * (1 - doubt / 100) + rng.normal(0, np.sqrt(doubt * (1 - doubt / 100)))
        priors = release.Priors(np.arange(people), known, doubt)
        seats, profile = rng.integers(0, 8, people), rng.integers(0, 3, people)
        lived, mission = rng.normal(0, 6, 8), rng.normal(0, 5, (people, 8))
        kinds = rng.normal(0, 4, 3)[profile]
        periods = []
        for turn in (0, 1):
            effect = lived + turn * moved * (np.arange(8) == 0)
            seats = np.where(rng.random(people) < 0.15 * turn, rng.integers(0, 8, people), seats)
            rounds = rng.binomial(3, 0.75, people)
            noise = rng.normal(0, 12, people) / np.sqrt(np.maximum(rounds, 1))
            level = 60 + person + effect[seats] + kinds + mission[np.arange(people), seats]
            periods.append(published(seats, profile, level + noise, rounds, priors))
        for client in periods[0].keys() & periods[1].keys():
            truth = moved * (client == 0)
            said = change(periods[0][client], periods[1][client])
            told.covered.append(said.low <= truth <= said.high)
            (told.seen if truth else told.false).append(said.direction is not Direction.UNCLEAR)
    return told


def published(seats, profile, answers, rounds, priors) -> dict[int, Figure]:
    """The figures of the clients at which five people answered."""
    there = rounds > 0
    means = release.Means(
        np.arange(len(seats))[there], seats[there], profile[there], answers[there],
        rounds[there].astype(float),
    )  # fmt: skip
    made = release.model(means, SPREAD, priors)
    found = {}
    for client in np.unique(seats[there]).tolist():
        count = int((seats[there] == client).sum())
        if count >= 5:
            value, sd = release.estimates(made, [release.client_target(client)])
            low, high = release.interval(float(value[0]), float(sd[0]))
            found[client] = figure(float(value[0]), low, high, count)
    return found


@pytest.mark.parametrize("history", [True, False])
def test_a_change_is_covered_and_none_is_announced_where_there_was_none(history: bool) -> None:
    still = tell(60, moved=0.0, history=history)
    assert len(still.covered) > 150
    assert np.mean(still.covered) >= 0.90
    assert np.mean(still.false) <= 0.05
    moving = tell(60, moved=-20.0, history=history)
    assert np.mean(moving.covered) >= 0.90
    assert np.mean(moving.false) <= 0.05


def test_a_large_change_is_seen() -> None:
    assert np.mean(tell(60, moved=-20.0, history=True).seen) >= 0.5
