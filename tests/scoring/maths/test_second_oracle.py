"""The fit against the package mixedlm, on random firms with movers, crossings and gaps."""

import numpy as np
import pandas as pd
import pytest

from scoring.maths import reml
from scoring.maths.cells import collapse
from tests.scoring.maths import firms
from tests.scoring.maths.oracle import lmer

FOUR = ("person", "client", "profile", "mission")
# The variance of a term is nothing for the oracle, too, when it is this small beside the residual.
NOTHING = 1e-6


@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize(
    ("terms", "fixed"),
    [
        (FOUR, ()),
        (FOUR, ("time",)),
        ((*FOUR, "round"), ()),
        (("client", "profile", "round"), ("time",)),
    ],
    ids=["four", "four and a column", "five", "three and a column"],
)
def test_agrees_with_mixedlm(seed: int, terms: tuple[str, ...], fixed: tuple[str, ...]) -> None:
    rng = np.random.default_rng(seed)
    size = {"people": rng.integers(14, 50), "clients": rng.integers(4, 12)}
    y, factors = firms.answers(seed, rounds=int(rng.integers(4, 9)), **size)
    columns = {"time": factors["round"] + rng.integers(0, 3, len(y)) / 2}
    table = pd.DataFrame({name: code.astype(str) for name, code in factors.items()})
    expected = lmer(table.assign(score=y, **columns), terms, fixed)
    read = {name: code for name, code in factors.items() if name in terms}
    cells = collapse(y, read, {name: columns[name] for name in fixed})
    fit = reml.estimate(cells, terms, fixed)

    assert fit.dropped == {}
    tiny = NOTHING * expected.residual
    assert fit.criterion <= expected.criterion + 1e-4
    assert fit.criterion == pytest.approx(expected.criterion, abs=1e-4)
    assert fit.residual == pytest.approx(expected.residual, rel=1e-3)
    assert fit.variance == pytest.approx(expected.variance, rel=1e-3, abs=tiny)
    spread = float(np.std(y))
    assert fit.fixed == pytest.approx(expected.fixed, abs=1e-3 * spread)
    assert np.sqrt(np.diag(fit.fixed_cov)) == pytest.approx(expected.fixed_sd, rel=1e-3)
    for name in terms:
        effects = fit.effects[name]
        assert {str(level) for level in effects.levels} == set(expected.effects[name])
        for level, value, sd in zip(effects.levels, effects.value, effects.sd, strict=True):
            other, other_sd = expected.effects[name][str(level)]
            assert value == pytest.approx(other, abs=1e-3 * spread)
            assert sd == pytest.approx(other_sd, rel=1e-3, abs=1e-3 * np.sqrt(tiny))


def test_the_random_firms_gather_into_fewer_cells() -> None:
    # Otherwise the sums and squares inside a cell would be compared with nothing.
    y, factors = firms.answers(100, people=30, clients=6, rounds=8)
    cells = collapse(y, {name: factors[name] for name in FOUR})
    assert len(cells.n) < 0.8 * len(y)
