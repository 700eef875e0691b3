"""What a window refuses."""

from dataclasses import replace

import numpy as np
import pytest

from tests.balancing.maths.firms import window

GOOD = window([(0, 0, 0, 12, 20), (1, 1, 0, 12, 10)], demand=[3, 7], demanding=[False, True])


def test_sizes() -> None:
    assert (GOOD.people, GOOD.missions, GOOD.rounds) == (2, 2, 13)
    assert GOOD.age[[0, -1]].tolist() == [12, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": np.ones(3)}, "one length"),
        ({"working_days": np.full(14, 20.0)}, "1 to 13"),
        ({"working_days": np.zeros(0)}, "1 to 13"),
        ({"demanding": np.zeros((3, 13), dtype=bool)}, "one shape"),
        ({"present": np.ones((2, 12), dtype=bool)}, "one column a round"),
        ({"present": np.ones(13, dtype=bool)}, "one column a round"),
        ({"person": np.full(26, 2)}, "points nowhere"),
        ({"mission": np.full(26, -1)}, "points nowhere"),
        ({"round": np.full(26, 13)}, "points nowhere"),
        ({"days": np.full(26, -1.0)}, "0 or more"),
        ({"days": np.full(26, np.nan)}, "0 or more"),
        ({"demand": np.full((2, 13), 10.5)}, "between 0 and 10"),
        ({"demand": np.full((2, 13), np.nan)}, "between 0 and 10"),
        ({"working_days": np.zeros(13)}, "working days"),
    ],
)
def test_arrays_that_cannot_be_read_together_are_refused(
    changes: dict[str, np.ndarray], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **changes)
