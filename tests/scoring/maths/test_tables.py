"""Dense and sparse tables give the same fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from scoring.maths import mixed, reml, tables
from tests.scoring.maths.firms import cells


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1_000))
def test_both_kinds_give_the_same_fit(seed: int) -> None:
    fits = []
    for most in (0, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(tables, "DENSE", most)
            fits.append(reml.estimate(cells(seed, people=20)))
    sparse, dense = fits
    assert dense.criterion == pytest.approx(sparse.criterion, abs=1e-7)
    assert set(dense.effects) == set(sparse.effects)
    for name, one in sparse.effects.items():
        other = dense.effects[name]
        for key in ("value", "sd", "score_sd"):
            assert np.allclose(getattr(one, key), getattr(other, key), atol=1e-3)


def test_small_tables_are_dense_and_large_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = np.ones((len(cells(1).n), 1))
    built = mixed.build(cells(1), [], fixed)
    assert isinstance(built.fine.rows, np.ndarray)
    monkeypatch.setattr(tables, "DENSE", -1)
    assert not isinstance(mixed.build(cells(1), [], fixed).fine.rows, np.ndarray)


@pytest.mark.parametrize("block", [1, 3, 7, 512])
def test_an_inverse_is_filled_block_by_block(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "BLOCK", block)
    some = np.random.default_rng(block).normal(size=(7, 9))
    square = some @ some.T
    chol = linalg.cholesky(square, lower=True)
    kept = chol.copy()
    assert np.allclose(mixed._inverse(chol) @ square, np.eye(7), atol=1e-9)
    assert (chol == kept).all()
