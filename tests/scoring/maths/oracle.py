"""The second oracle: the same model by the package mixedlm, which shares no line with ours."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mixedlm
import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Oracle:
    """Variances by term, and per term {label: (effect, its conditional sd)}."""

    criterion: float
    variance: dict[str, float]
    residual: float
    fixed: list[float]
    fixed_sd: list[float]
    effects: dict[str, dict[str, tuple[float, float]]]


def lmer(table: pd.DataFrame, terms: Sequence[str], fixed: Sequence[str] = ()) -> Oracle:
    """REML fit of ``score`` with one random intercept a term; labels are texts."""
    wanted = " + ".join([*("1", *fixed), *(f"(1 | {name})" for name in terms)])
    with warnings.catch_warnings():
        # Few levels and variances of nothing are what small firms have, and are wanted here.
        warnings.simplefilter("ignore")
        fit = mixedlm.lmer(f"score ~ {wanted}", table)
        spread: Any = fit.ranef(condVar=True)
        variance = {name: float(v["(Intercept)"]) for name, v in fit.VarCorr().as_dict().items()}
        covariance = fit.vcov()
    return Oracle(
        criterion=float(fit.REMLcrit()),
        variance=variance,
        residual=float(fit.sigma**2),
        fixed=[float(value) for value in fit.beta],
        fixed_sd=np.sqrt(np.diag(covariance)).tolist(),
        effects={
            name: {
                str(label): (float(value), float(sd))
                for label, value, sd in zip(
                    _levels(fit, name),
                    spread[name]["(Intercept)"],
                    np.sqrt(np.maximum(spread.condVar[name]["(Intercept)"], 0.0)),
                    strict=True,
                )
            }
            for name in terms
        },
    )


def _levels(fit: Any, name: str) -> list[str]:
    found = next(s for s in fit.matrices.random_structures if s.grouping_factor == name)
    places: dict[Any, int] = found.level_map
    return sorted(places, key=lambda label: places[label])
