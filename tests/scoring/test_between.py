"""Between two missions: a profile of its own behind the gate, and in no figure of a client's."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest

from accounts.models import User
from missions.models import Mission
from missions.standing import REF, make_standing, standing_mission
from scoring import auditing, compute, release
from scoring.auditing import latest_values
from scoring.design import Forms
from scoring.maths import family
from scoring.maths.apart import Apart, beside
from scoring.maths.family import PROFILE, Family, Pair, Part, Rules, select
from scoring.models import Decline, Release, ReleasedCell, ReleaseMembers, WarningPass
from scoring.publication import OVERALL, Scope, SystemViewer, figure, published
from scoring.warning import warn_due
from surveys.models.answers import CheckIn
from tests import make, simulated
from tests.simulated import CODES, Simulated

AUDIT = SystemViewer("test")
BETWEEN = Scope(PROFILE, REF)


def answers(rng: Random, level: float) -> dict[str, int]:
    return {code: min(100, max(0, 25 * round(rng.gauss(level, 20) / 25))) for code in CODES}


def free(made: Simulated, count: int, *, level: float = 40) -> tuple[Mission, list[User]]:
    """So many people between two missions in every round, who have never been anywhere else."""
    make_standing(now=made.rounds[0].opens_at - timedelta(days=1))
    standing = standing_mission()
    assert standing
    rng = Random(3)
    people = [make.person() for _ in range(count)]
    CheckIn.objects.bulk_create(
        CheckIn(
            person=person,
            mission=standing,
            round=row,
            answers=answers(rng, level),
            sent_at=row.opens_at,
        )
        for row in made.rounds
        for person in people
    )
    return standing, people


def out(made: Simulated) -> dict[tuple[int, Scope], object]:
    compute.score_due(now=made.after)
    release.release_due(now=made.after)
    return dict(published(viewer=AUDIT, periods=[p.pk for p in made.periods]))


# --- which figures ---------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "shown"), [(7, False), (12, True)])
def test_a_profile_of_its_own_with_the_threshold_of_a_profile(count: int, shown: bool) -> None:
    made = simulated.firm()
    free(made, count)
    cells = out(made)
    last = made.periods[-1].pk
    assert figure(cells, last, BETWEEN).withheld is not shown
    for kind in ("client", "unit", "pool"):
        assert not ReleasedCell.objects.filter(kind=kind, ref=REF).exists()


@pytest.mark.django_db
def test_the_gate_says_nothing_of_too_few(db: None) -> None:
    """No count, no cause: the same constant as for a profile that nobody has."""
    made = simulated.firm()
    free(made, 3)
    cells = out(made)
    last = made.periods[-1].pk
    nobody = figure(cells, last, Scope(PROFILE, "never heard of"))
    assert figure(cells, last, BETWEEN) == nobody
    assert not any("unit" in row for row in map(str, cells) if REF in row)


@pytest.mark.django_db
@pytest.mark.parametrize("level", [20, 55])
def test_no_other_figure_moves(level: int) -> None:
    """Whatever people between two missions say: not a point, not a margin, not a word."""
    made = simulated.firm()
    before = out(made)
    for model in (ReleaseMembers, ReleasedCell, Release):
        model.objects.all().delete()
    free(made, 12, level=level)
    after = out(made)
    assert before == {key: cell for key, cell in after.items() if key[1].ref != REF}
    last = made.periods[-1].pk
    cell, firm = figure(after, last, BETWEEN), figure(after, last, Scope("firm"))
    assert not cell.withheld
    assert (cell.score < firm.score - 15) is (level == 20)
    assert cell.low <= cell.score <= cell.high


@pytest.mark.django_db
def test_what_is_known_of_people_counts() -> None:
    """People who always say less are no sign that the time between two missions is worse."""
    made = simulated.firm()
    standing, people = free(made, 12, level=50)
    first = figure(out(made), made.periods[-1].pk, BETWEEN)
    for model in (ReleaseMembers, ReleasedCell, Release):
        model.objects.all().delete()
    # The same people had been on a mission before, and said very little good of it.
    mission = make.mission(client=made.clients[0], profile=made.profiles[0])
    CheckIn.objects.filter(mission=standing, round__period=made.periods[0]).update(
        mission=mission, answers=dict.fromkeys(CODES, 0)
    )
    second = figure(out(made), made.periods[-1].pk, BETWEEN)
    assert len(people) == 12
    assert second.score > first.score


@pytest.mark.django_db
def test_the_audit_rebuilds_their_figure_from_the_design() -> None:
    """constant + coef · means is what was released, and nobody else's mean is in it."""
    made = simulated.firm()
    free(made, 12)
    cells = out(made)
    last = made.periods[-1]
    forms = Forms(ReleaseMembers.objects.get(release__period=last).design)
    values = latest_values([last])
    linear, places = forms.of(OVERALL), forms.parts(OVERALL)
    means = np.array([values[tuple(forms.made["parts"][at]), OVERALL] for at in places])
    (row,) = [n for n, one in enumerate(linear.shown) if one[1] == REF]
    theirs = np.array([forms.made["parts"][at][1] == REF for at in places])
    assert theirs.sum() == 12
    assert (linear.coef[row][~theirs] == 0).all()
    assert (linear.coef[np.arange(len(linear.shown)) != row][:, theirs] == 0).all()
    level = float(linear.constant[row] + linear.coef[row] @ means)
    shown = figure(cells, last.pk, BETWEEN)
    assert abs(level - shown.score) <= 2.5


@pytest.mark.django_db
def test_an_audit_looks_at_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure of theirs that tells too much is taken out, and only that one."""
    made = simulated.firm()
    free(made, 12)
    seen = {}

    def spy(present: auditing.Present) -> auditing.Audited:
        seen["shown"] = {key for key in present.shown if key[1] == REF}
        seen["people"] = sum(part[1] == REF for part in present.forms.made["parts"])
        return auditing.Audited("test", withheld=[(PROFILE, REF, OVERALL)])

    monkeypatch.setattr(auditing, "audit_release", spy)
    cells = out(made)
    assert (PROFILE, REF, OVERALL) in seen["shown"]
    assert seen["people"] == 12
    assert figure(cells, made.periods[-1].pk, BETWEEN).withheld
    assert not figure(cells, made.periods[-1].pk, Scope(PROFILE, REF, "load")).withheld
    linear = Forms(ReleaseMembers.objects.latest("pk").design).of(OVERALL)
    assert all(one[1] != REF for one in linear.shown)


@pytest.mark.django_db
def test_nobody_between_leaves_the_design_as_it_was() -> None:
    made = simulated.firm()
    make_standing(now=made.rounds[0].opens_at)
    out(made)
    design = ReleaseMembers.objects.latest("pk").design
    assert not any("apart" in one for one in design["dimensions"].values())


@pytest.mark.django_db
def test_nobody_warns_of_the_time_between() -> None:
    made = simulated.firm()
    standing, _people = free(made, 12, level=90)
    out(made)
    CheckIn.objects.filter(mission=standing, round=made.rounds[-1]).update(
        answers=dict.fromkeys(CODES, 0)
    )
    WarningPass.objects.all().delete()
    warn_due(now=made.after)
    assert WarningPass.objects.count() == len(made.rounds)
    assert not Decline.objects.filter(ref=REF).exists()


@pytest.mark.django_db
def test_people_between_are_unknowns_of_the_audit() -> None:
    """Their means stand in the design, so an audit of all figures bounds them with the others."""
    made = simulated.firm()
    free(made, 9)
    out(made)
    design = ReleaseMembers.objects.latest("pk").design
    parts = [part for part in design["parts"] if part[1] == REF]
    assert len(parts) == 9
    (cell,) = [row for row in design["cells"] if row[1] == REF]
    assert cell[:3] == [PROFILE, REF, [REF]]


# --- the rules, without a database -----------------------------------------------------------


def pairs(count: int = 12) -> list[Pair]:
    return [Pair(n, "acme", "lyon", {OVERALL: 30.0 + 5 * (n % 7)}) for n in range(count)]


def parts(count: int = 12, profile: str = "run") -> list[Part]:
    return [Part(n, profile, {OVERALL: 30.0 + 5 * (n % 7)}) for n in range(count)]


def apart(count: int, **values: float) -> list[Apart]:
    said = {OVERALL: 55.0} | values
    return [
        Apart(100 + n, "between", {d: v + n % 3 for d, v in said.items()}, "none")
        for n in range(count)
    ]


def chosen(own: list[Pair], said: list[Apart], people: int = 5) -> Family:
    rules = Rules(people=people)
    return beside(select(own, parts(len(own)), rules), said, rules)


@pytest.mark.parametrize("count", [0, 1, 5, 7, 8, 20])
def test_neighbours_neither_lose_nor_gain_a_figure(count: int) -> None:
    alone = chosen(pairs(), [])
    both = chosen(pairs(), apart(count))
    assert [cell for cell in both.cells if cell.ref != "between"] == list(alone.cells)
    assert both.home == alone.home
    shown = [cell for cell in both.cells if cell.ref == "between"]
    assert bool(shown) is (count >= 8)
    if shown:
        (cell,) = shown
        assert (cell.kind, cell.clients, dict(cell.people)) == (
            PROFILE, ("none",), {OVERALL: count},
        )  # fmt: skip
    elif count:
        assert both.withheld[PROFILE, "between", OVERALL] == family.PEOPLE


def test_a_firm_that_asks_for_more_asks_for_them_here_too() -> None:
    assert chosen(pairs(), apart(9), 10).withheld[PROFILE, "between", OVERALL] == family.PEOPLE
    assert any(cell.ref == "between" for cell in chosen(pairs(), apart(10), 10).cells)


def test_all_at_one_end_is_withheld() -> None:
    same = [Apart(n, "between", {OVERALL: 0.0}, "none") for n in range(12)]
    made = chosen(pairs(), same)
    assert made.withheld[PROFILE, "between", OVERALL] == family.ONE_END


def test_only_beside_a_figure_of_the_firm() -> None:
    made = chosen(pairs(3), apart(12, bench=40.0))
    assert made.cells == ()
    assert {cause for key, cause in made.withheld.items() if key[1] == "between"} == {
        family.MERGED
    }


def test_a_theme_that_too_few_others_answered_does_not() -> None:
    few = [Pair(n, "acme", "lyon", {OVERALL: 50.0 + n, "load": 50.0}) for n in range(3)]
    made = chosen([*few, *pairs()[3:]], apart(12, load=40.0))
    assert made.withheld[PROFILE, "between", "load"] == family.MERGED
