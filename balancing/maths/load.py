"""Load of people over the last 13 rounds, and the facts that an alert names.

All functions take a `Window` and give one figure a person, shape (people,).
"""

import numpy as np

from balancing.maths.window import Bools, Floats, Integers, Window, sum_by

HALF_LIFE = 6.5  # rounds: six months
DECAY = 0.5 ** (1 / HALF_LIFE)
PRESENT_ROUNDS = 6
DEMANDING_ROUNDS = 6
# A share of days is a ratio of sums of tenths: one half must read as one half.
HALF = 0.5 - 1e-9


def exposure_days(*, working_days: float, absent_days: float, share: float) -> float:
    """Days of exposure to one assignment in one round: (working − absent) × share of time.

    `working_days` and `absent_days` are those of the round that fall inside the assignment's
    dates; `share` is 0-1. Raises ValueError outside 0 ≤ absent ≤ working and 0 ≤ share ≤ 1.

    >>> exposure_days(working_days=20, absent_days=5, share=0.6)
    9.0
    """
    if not 0 <= absent_days <= working_days:
        raise ValueError("Days of absence must lie between 0 and the working days.")
    if not 0 <= share <= 1:
        raise ValueError("A share of time must lie between 0 and 1.")
    return (working_days - absent_days) * share


def round_weights(window: Window) -> Floats:
    """What one day weighs in the load, by round: h^age over the round's working days."""
    return np.asarray(DECAY**window.age / window.working_days, dtype=np.float64)


def rolling_load(window: Window) -> Floats:
    """Σ over rounds and missions of h^age × share of time × demand, h = .5^(1/6.5).

    Thirteen rounds at full time on demand 10 give 74.1, the most there is at full time. Leave and
    gaps add nothing, and half time weighs half.

    >>> from balancing.maths.window import Window
    >>> one = np.array([0, 0])
    >>> window = Window(person=one, mission=one, round=np.array([0, 1]), days=np.array([20.0, 10]),
    ...     demand=np.array([[4.0, 4.0]]), demanding=np.array([[True, True]]),
    ...     present=np.array([[True, True]]), working_days=np.array([20.0, 20.0]))
    >>> rolling_load(window).round(4).tolist()  # 4 × h + 4 × ½
    [5.5954]
    """
    demand = window.demand[window.mission, window.round]
    amounts = window.days * round_weights(window)[window.round] * demand
    return sum_by(window.person, amounts, window.people)


def exposure(window: Window) -> Floats:
    """Days of exposure of each person in the whole window."""
    return sum_by(window.person, window.days, window.people)


def demanding_days(window: Window) -> Floats:
    """Days spent on missions that were demanding in the round."""
    days = np.where(_on_demanding(window), window.days, 0.0)
    return sum_by(window.person, days, window.people)


def demanding_share(window: Window) -> Floats:
    """Share of one's days on demanding missions, 0-1; NaN for somebody without exposure."""
    days = exposure(window)
    share = np.full(window.people, np.nan)
    np.divide(demanding_days(window), days, out=share, where=days > 0)
    return share


def demanding_rounds(window: Window) -> Integers:
    """Rounds of which at least half of one's exposed days were on demanding missions."""
    return np.asarray(_demanding_table(window).sum(axis=1), dtype=np.int64)


def compared(window: Window) -> Bools:
    """Who is compared: present in at least 6 rounds of the window, with some exposure."""
    present = np.count_nonzero(window.present, axis=1) >= PRESENT_ROUNDS
    return np.asarray(present & (exposure(window) > 0), dtype=np.bool_)


def two_in_a_row(window: Window) -> Bools:
    """Whether a demanding mission was followed by another, with no easier round in between.

    A mission counts in a round where it takes at least half of the person's days and is
    demanding. Rounds without exposure (leave, a gap) do not interrupt; a round that is not
    demanding does. The second mission begins in the round where the first ends, or later: two
    that run side by side are not in a row.
    """
    person, run, first, last = _demanding_stretches(window)
    result = np.zeros(window.people, dtype=np.bool_)
    if not person.size:
        return result
    group = np.unique(np.stack([person, run]), axis=1, return_inverse=True)[1].ravel()
    order = np.lexsort((last, first, group))
    group, first, last = group[order], first[order], last[order]
    # Lower by a whole window at each group, so that the running least starts anew in each.
    ended = np.minimum.accumulate(last - group * (window.rounds + 1))[:-1]
    follows = (first[1:] - group[1:] * (window.rounds + 1) >= ended) & (group[1:] == group[:-1])
    result[person[order][1:][follows]] = True
    return result


def _on_demanding(window: Window) -> Bools:
    return np.asarray(window.demanding[window.mission, window.round], dtype=np.bool_)


def _demanding_table(window: Window) -> Bools:
    total = window.by_round(window.days)
    demanding = window.by_round(np.where(_on_demanding(window), window.days, 0.0))
    return np.asarray((total > 0) & (demanding >= HALF * total), dtype=np.bool_)


def _demanding_stretches(window: Window) -> tuple[Integers, Integers, Integers, Integers]:
    """Person, run of demanding rounds, first and last round of each demanding main mission."""
    exposed = window.by_round(window.days) > 0
    run_of = np.cumsum(exposed & ~_demanding_table(window), axis=1)
    person, mission, at = _main_demanding(window)
    run = run_of[person, at]
    keys, inverse = np.unique(np.stack([person, run, mission]), axis=1, return_inverse=True)
    inverse = inverse.ravel()
    first = np.full(keys.shape[1], window.rounds)
    last = np.full(keys.shape[1], -1)
    np.minimum.at(first, inverse, at)
    np.maximum.at(last, inverse, at)
    return keys[0], keys[1], first, last


def _main_demanding(window: Window) -> tuple[Integers, Integers, Integers]:
    """Person, mission, round wherever a demanding mission takes half of the person's days."""
    code = (window.person * window.missions + window.mission) * window.rounds + window.round
    cells, inverse = np.unique(code, return_inverse=True)
    days = sum_by(inverse, window.days, cells.size)
    spell, at = np.divmod(cells, window.rounds)
    person, mission = np.divmod(spell, max(window.missions, 1))
    total = window.by_round(window.days)[person, at]
    main = (days > 0) & (days >= HALF * total) & window.demanding[mission, at]
    return person[main], mission[main], at[main]
