"""The chart against published run lengths, its input against a dense normal model."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench import simulated
from scoring.maths import warning
from scoring.maths.release import Variances

SPREAD = Variances(person=100.0, client=36.0, profile=16.0, mission=25.0, within=144.0)


def history(firm: simulated.Firm) -> warning.History:
    codes = (firm.person, firm.client, firm.profile, firm.round)
    return warning.History(*codes, mean=firm.score, n=np.ones(len(firm.score)))


# --- the chart -------------------------------------------------------------------------------


def average_run(width: float, shift: float) -> float:
    """Mean number of rounds to a signal, two-sided, asymptotic limit, from 0: Fredholm's integral
    equation by Gauss–Legendre; what one round does to the chart is asked of the chart itself.
    """
    high = warning.limit(np.inf, width=width)
    nodes, weights = np.polynomial.legendre.leggauss(120)
    nodes, weights = high * nodes, high * weights
    still, pushed = warning.Chart(level=nodes), warning.Chart()
    still.add(0.0)
    pushed.add(1.0)
    assert isinstance(pushed.level, float)

    def density(start: NDArray[np.float64] | float) -> NDArray[np.float64]:
        z = (nodes - np.expand_dims(start, -1)) / pushed.level
        return np.asarray(stats.norm.pdf(z - shift) / pushed.level * weights)

    lengths = np.linalg.solve(np.eye(len(nodes)) - density(still.level), np.ones(len(nodes)))
    return float(1.0 + density(0.0) @ lengths)


@pytest.mark.parametrize(
    ("shift", "rounds"), [(0.0, 499.7), (0.5, 41.8), (1.0, 10.5), (2.0, 3.74)]
)
def test_run_lengths_are_those_of_lucas_and_saccucci(shift: float, rounds: float) -> None:
    assert average_run(2.962, shift) == pytest.approx(rounds, rel=0.005)


def test_the_limit_widens_to_that_of_the_long_run() -> None:
    limits = [warning.limit(rounds) for rounds in range(1, 40)]
    assert limits == sorted(limits)
    assert limits[0] == pytest.approx(0.4)
    assert limits[-1] == pytest.approx(warning.limit(np.inf), rel=1e-6)


def test_a_chart_is_low_only_below_its_limit_of_that_round() -> None:
    chart = warning.Chart()
    assert not chart.is_low
    chart.add(-1.99)
    assert not chart.is_low
    worse = warning.Chart()
    worse.add(-2.01)
    assert worse.is_low
    worse.add(2.0)
    assert not worse.is_low
    better = warning.Chart()
    better.add(9.0)
    assert not better.is_low


def test_people_are_counted_over_the_last_nine_rounds_once_each() -> None:
    chart = warning.Chart()
    for number in range(9):
        chart.add(0.0, frozenset({number, 100}))
    assert chart.people == 10
    chart.add(0.0, frozenset({100}))
    assert chart.people == 9


# --- z ---------------------------------------------------------------------------------------


def tangled(seed: int = 3) -> warning.History:
    """Eight people, three clients, two profiles: people move, some are on two missions at once,
    some answer twice in a round, and rounds without an answer.
    """
    rng = np.random.default_rng(seed)
    rows = set()
    for number in range(6):
        for person in range(8):
            for _ in range(rng.integers(0, 3)):
                rows.add((person, int(rng.integers(3)), int(rng.integers(2)), number))
    columns = [np.array(column) for column in zip(*sorted(rows), strict=True)]
    return warning.History(
        *columns, mean=rng.normal(60, 15, len(rows)), n=rng.integers(1, 3, len(rows)).astype(float)
    )


def covariance(made: warning.History, spread: Variances) -> NDArray[np.float64]:
    """Of all answers, from the model's definition; µ with a standard deviation of 10,000."""

    def same(*names: str) -> NDArray[np.bool_]:
        tables = [getattr(made, name)[:, None] == getattr(made, name) for name in names]
        return np.logical_and.reduce(tables)

    return np.asarray(
        1e8
        + spread.person * same("person")
        + spread.client * same("client")
        + spread.profile * same("profile")
        + spread.mission * same("person", "client", "profile")
        + np.diag(spread.within / made.n)
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("without", ["", "person", "client", "profile", "mission"])
def test_z_is_that_of_the_whole_normal_model(seed: int, without: str) -> None:
    made = tangled(seed)
    spread = replace(SPREAD, **{without: 0.0}) if without else SPREAD
    whole = covariance(made, spread)
    seen = 0
    for moved in warning.moves(made, spread):
        now, past = made.round == moved.round, made.round < moved.round
        gain = (
            np.linalg.solve(whole[np.ix_(past, past)], whole[np.ix_(past, now)]).T
            if past.any()
            else np.zeros((now.sum(), 0))
        )
        news = made.mean[now] - gain @ made.mean[past]
        left = whole[np.ix_(now, now)] - gain @ whole[np.ix_(past, now)]
        past_form = warning._Past(made, spread)
        for number in range(moved.round):
            past_form.learn(np.flatnonzero(made.round == number))
        weights = past_form.news(np.flatnonzero(now)).weights()
        for client, z in zip(moved.client, moved.z, strict=True):
            mine = made.client[now] == client
            side = mine * weights / weights[mine].sum() - ~mine * weights / weights[~mine].sum()
            assert z == pytest.approx(
                side @ news / np.sqrt(side @ left @ side), rel=1e-3, abs=1e-4
            )
            seen += 1
    assert seen > 10


def test_z_is_standard_normal_and_forgets_the_round_before() -> None:
    found, pairs = [], []
    for seed in range(30):
        last: dict[int, float] = {}
        for moved in warning.moves(history(simulated.firm(500 + seed)), SPREAD):
            for client, z in zip(moved.client.tolist(), moved.z.tolist(), strict=True):
                found.append(z)
                pairs += [(last[client], z)] if client in last else []
                last[client] = z
    assert np.mean(found) == pytest.approx(0.0, abs=0.04)
    assert np.std(found) == pytest.approx(1.0, abs=0.04)
    assert np.corrcoef(np.transpose(pairs))[0, 1] == pytest.approx(0.0, abs=0.05)


def test_a_movement_of_the_whole_firm_moves_no_client() -> None:
    made = history(simulated.firm(1))
    fallen = replace(made, mean=made.mean - 20.0 * (made.round == 12))
    before, after = (list(warning.moves(one, SPREAD))[-1] for one in (made, fallen))
    # All but a trace: who answers for the first time hears the firm's past level less.
    assert after.z == pytest.approx(before.z, abs=0.35)
    other = replace(made, mean=made.mean - 20.0 * ((made.round == 12) & (made.client == 0)))
    assert list(warning.moves(other, SPREAD))[-1].z[0] < before.z[0] - 2.0


def test_z_of_unit_vectors_is_its_linear_form() -> None:
    made = tangled()
    whole = list(warning.moves(made, SPREAD))
    forms = list(warning.moves(replace(made, mean=np.eye(len(made.n))), SPREAD))
    for one, form in zip(whole, forms, strict=True):
        assert form.z @ made.mean == pytest.approx(one.z)
        later = made.round > one.round
        assert not form.z[:, later].any()


def test_only_the_last_rounds_are_given_and_the_same() -> None:
    made = history(simulated.firm(2))
    whole, some = list(warning.moves(made, SPREAD)), list(warning.moves(made, SPREAD, last=4))
    assert [one.round for one in some] == [9, 10, 11, 12]
    for one, same in zip(whole[-4:], some, strict=True):
        assert same.z == pytest.approx(one.z)
        assert same.people == one.people


@pytest.mark.parametrize(
    ("client", "within"), [([1, 1, 1, 1], 144.0), ([1, 2, 1, 2], 0.0), ([], 144.0)]
)
def test_without_others_or_news_there_is_nothing_to_see(client: list[int], within: float) -> None:
    size = len(client)
    person, round_ = np.arange(size) % 2, np.arange(size) // 2
    codes = (person, np.array(client, dtype=np.int64), np.zeros(size, np.int64), round_)
    made = warning.History(*codes, mean=np.full(size, 50.0), n=np.ones(size))
    assert list(warning.moves(made, replace(SPREAD, within=within))) == []
    assert warning.declining(made, replace(SPREAD, within=within), {}, at=1, people=0) == set()


# --- signals ---------------------------------------------------------------------------------


def falling(people: int) -> warning.History:
    """Client 1 falls from 70 to 20 at round 4; client 2 stays."""
    rows = [
        (person + 100 * client, client, 0, number, 20.0 if client == 1 and number >= 4 else 70.0)
        for number in range(8)
        for client, size in ((1, people), (2, 8))
        for person in range(size)
    ]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return warning.History(*columns[:4], mean=columns[4], n=np.ones(len(rows)))


def upto(made: warning.History, last: int) -> warning.History:
    kept = made.round <= last
    codes = (made.person, made.client, made.profile, made.round)
    return warning.History(*(code[kept] for code in codes), mean=made.mean[kept], n=made.n[kept])


def test_a_client_that_falls_signals_and_the_others_do_not() -> None:
    made = falling(5)
    for last in (1, 2, 3):
        assert not warning.declining(upto(made, last), SPREAD, {}, at=last, people=5)
    assert warning.declining(upto(made, 4), SPREAD, {}, at=4, people=5) == {1}


def test_a_group_of_four_never_signals() -> None:
    made = falling(4)
    for last in range(1, 8):
        assert not warning.declining(upto(made, last), SPREAD, {}, at=last, people=5)
    assert warning.declining(upto(made, 4), SPREAD, {}, at=4, people=4) == {1}


def test_a_chart_starts_again_after_its_signal_alone() -> None:
    made = falling(5)
    moved = list(warning.moves(made, SPREAD))
    through = warning.charts(moved, {})
    again = warning.charts(moved, {4: {1}, 5: {99}})
    assert (through[1].rounds, again[1].rounds) == (8, 3)
    assert through[2].rounds == again[2].rounds == 8
    assert warning.charts(moved, {7: {1}})[1].people == 0


def test_a_client_without_an_answer_in_the_round_gives_no_signal() -> None:
    made = falling(5)
    quiet = upto(made, 5)
    kept = ~((quiet.client == 1) & (quiet.round == 5))
    codes = (quiet.person, quiet.client, quiet.profile, quiet.round)
    made = warning.History(*(code[kept] for code in codes), mean=quiet.mean[kept], n=quiet.n[kept])
    assert not warning.declining(made, SPREAD, {}, at=5, people=5)
    assert not warning.declining(upto(falling(5), 4), SPREAD, {}, at=5, people=5)


# --- one person ------------------------------------------------------------------------------


def test_own_moves_are_standard_normal() -> None:
    rng = np.random.default_rng(1)
    found = [
        z for _ in range(400) for z in warning.own_moves(rng.normal(60, 12, 10).tolist(), 144)
    ]
    assert np.mean(found) == pytest.approx(0.0, abs=0.05)
    assert np.std(found) == pytest.approx(1.0, abs=0.04)


def test_own_change_is_told_for_the_last_answers_and_then_no_more() -> None:
    steady = [75.0, 70.0, 75.0, 80.0]
    assert not warning.gone_down(steady, 144.0, lately=3)
    fallen = [*steady, 25.0]
    assert warning.gone_down(fallen, 144.0, lately=3)
    assert warning.gone_down([*fallen, 75.0, 75.0], 144.0, lately=3)
    assert not warning.gone_down([*fallen, 75.0, 75.0, 75.0], 144.0, lately=3)
    assert not warning.gone_down([*steady, 100.0], 144.0, lately=3)


@pytest.mark.parametrize("values", [[], [10.0], [80.0, 10.0]])
def test_own_change_needs_a_past_and_a_spread(values: list[float]) -> None:
    assert warning.gone_down(values, 144.0, lately=3) == (len(values) == 2)
    assert not warning.gone_down(values, 0.0, lately=3)
