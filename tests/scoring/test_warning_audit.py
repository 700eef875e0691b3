"""Bits and released figures together, against an attacker who knows everything but the answers.

The unknowns are the overall scores of each person, mission and round of two periods. A bit is the
linear inequality that the chart stood below its limit, its absence at a client with enough people
that it did not; each figure is what its three rounded numbers leave open. Linear programs then
bound every unknown and every person's mean: none to less than 20 points.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize

from operations.due import run_due
from scoring import warning as verb
from scoring.design import Forms
from scoring.maths import warning
from scoring.models import Decline, Release, ReleasedCell, ReleaseMembers
from scoring.publication import OVERALL
from scoring.spread import last_spread
from surveys.models.answers import CheckIn
from tests import make, simulated
from tests.scoring.pseudonyms import pseudonyms

PEOPLE, NARROWEST = 5, 20.0
Vector = NDArray[np.float64]
Key = tuple[int, int, int, int]  # person, client, profile, round's place


@dataclass
class Attack:
    """All that is public, as lower ≤ rows · answers ≤ upper; and the true answers."""

    keys: list[Key]
    truth: Vector
    rows: list[Vector]
    lower: list[float]
    upper: list[float]

    def know(self, row: Vector, lower: float, upper: float) -> None:
        # What is known must be true, or the programs bound nothing.
        assert lower - 1e-6 <= row @ self.truth <= upper + 1e-6
        self.rows.append(row)
        self.lower.append(lower)
        self.upper.append(upper)

    def width(self, aim: Vector, known: Vector) -> float:
        """How far the aimed combination can range; ``known``: answers that are no secret."""
        table, finite = np.array(self.rows), 1e5
        limits = [
            (value, value) if is_known else (0.0, 100.0)
            for value, is_known in zip(self.truth, known, strict=True)
        ]
        ends = []
        for sign in (1.0, -1.0):
            found = optimize.linprog(
                sign * aim,
                A_ub=np.vstack([table, -table]),
                b_ub=np.minimum([*self.upper, *(-low for low in self.lower)], finite) + 1e-6,
                bounds=limits,
            )
            assert found.status == 0
            ends.append(sign * found.fun)
        return float(ends[1] - ends[0])


def firm() -> tuple[simulated.Simulated, Attack]:
    """Two periods of three rounds; the largest client falls in the second."""
    made = simulated.firm(people=22, clients=3, periods=2, rounds=3)
    worst = CheckIn.objects.filter(round__in=made.rounds[3:], mission__client=made.clients[0])
    for row in worst:
        row.answers = {code: max(0, value - 50) for code, value in row.answers.items()}
        row.save()
    make.firm(anonymity_threshold=PEOPLE)
    for row in made.rounds:
        run_due(now=row.closes_at)
    places = {row.pk: place for place, row in enumerate(made.rounds)}
    whole = verb._history(made.rounds[-1], places)
    codes = (whole.person, whole.client, whole.profile, whole.round)
    keys = list(zip(*(code.tolist() for code in codes), strict=True))
    return made, Attack(keys, whole.mean, [], [], [])


def add_bits(made: simulated.Simulated, attack: Attack) -> tuple[int, int]:
    """Inequalities of every bit, given or not; how many of each there were."""
    place = {key: number for number, key in enumerate(attack.keys)}
    ids = {client.ref: client.pk for client in made.clients}
    signals: dict[int, set[int]] = defaultdict(set)
    given, withheld = 0, 0
    for number, row in enumerate(made.rounds):
        spread = last_spread(row.closes_at)
        if spread is None:
            continue
        history = verb._history(row, {one.pk: n for n, one in enumerate(made.rounds)})
        moved = list(warning.moves(replace(history, mean=np.eye(len(history.n))), spread))
        found = warning.charts(moved, signals)
        told = {
            ids[ref] for ref in Decline.objects.filter(round=row).values_list("ref", flat=True)
        }
        codes = (history.person, history.client, history.profile, history.round)
        mine = [place[key] for key in zip(*(code.tolist() for code in codes), strict=True)]
        for client in moved[-1].client.tolist():
            chart, form = found[client], np.zeros(len(attack.keys))
            form[mine] = chart.level
            if client in told:
                attack.know(form, -np.inf, -chart.limit)
                given += 1
            elif chart.people >= PEOPLE:
                attack.know(form, -chart.limit, np.inf)
                withheld += 1
        signals[number] |= told
    return given, withheld


def add_figures(made: simulated.Simulated, attack: Attack) -> int:
    """What each published figure on the overall score says; how many there were."""
    count, names = 0, pseudonyms(made.people)
    clients = {client.ref: client.pk for client in made.clients}
    profiles = {profile.ref: profile.pk for profile in made.profiles}
    for release in Release.objects.filter(state=Release.State.PUBLISHED):
        rounds = {n for n, row in enumerate(made.rounds) if row.period_id == release.period_id}
        forms = Forms(ReleaseMembers.objects.get(release=release).design)
        means = []
        for part in forms.parts(OVERALL):
            person, client, profile = forms.made["parts"][part]
            key = (names[person], clients[client], profiles[profile])
            mine = np.array([one[:3] == key and one[3] in rounds for one in attack.keys])
            means.append(mine / mine.sum())
        linear = forms.of(OVERALL)
        for shown, level, row, half in zip(
            linear.shown, linear.constant, linear.coef @ np.array(means), linear.half, strict=True
        ):
            cell = ReleasedCell.objects.get(
                release=release, kind=shown[0], ref=shown[1], dimension=OVERALL
            )
            grid = 1 if cell.band == "20+" else 5
            lows = [cell.score - grid / 2, cell.low + half if cell.low > 0 else -np.inf]
            lows.append(cell.high - grid - half if cell.high < 100 else -np.inf)
            highs = [cell.score + grid / 2, cell.low + grid + half]
            highs.append(cell.high - half if cell.high < 100 else np.inf)
            attack.know(row, max(lows) - level, min(highs) - level)
            count += 1
    return count


@pytest.mark.django_db
@pytest.mark.timeout(600)
@pytest.mark.parametrize("past_is_known", [False, True])
def test_bits_and_releases_together_leave_everybody_twenty_points(past_is_known: bool) -> None:
    made, attack = firm()
    given, withheld = add_bits(made, attack)
    assert given >= 1
    assert withheld >= 2
    assert add_figures(made, attack) >= 4
    known = np.array([past_is_known and key[3] < 3 for key in attack.keys])
    aims = [np.eye(len(known))[n] for n in np.flatnonzero(~known)]
    for person in made.people:
        mine = np.array([key[0] == person.pk for key in attack.keys]) & ~known
        aims += [mine / mine.sum()] if mine.any() else []
    widths = [attack.width(aim, known) for aim in aims]
    assert min(widths) >= NARROWEST
    # The attacker does close in where something does tell.
    attack.know(aims[0], aims[0] @ attack.truth - 5.0, aims[0] @ attack.truth + 5.0)
    assert attack.width(aims[0], known) <= 10.1
