"""What the audit takes out before a release, and what no page may then tell apart."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring import compute, jobs, release
from scoring.estimation import estimate_all
from scoring.gathering import gather
from scoring.models import (
    Participation,
    Release,
    ReleasedCell,
    ReleaseMembers,
    Score,
    Scoring,
)
from scoring.publication import WITHHELD, Scope, SystemViewer, published, published_periods
from surveys.exports import Answers
from tests import make, simulated
from tests.simulated import Simulated

AUDIT = SystemViewer("test")
SPREAD = {"person": 200.0, "client": 100.0, "profile": 50.0, "mission": 50.0, "within": 100.0}


@pytest.fixture
def scored(db: None) -> Simulated:
    made = simulated.firm(people=24, clients=4, periods=1, rounds=2)
    compute.score_due(now=made.after)
    return made


def two_people(scoring: Scoring) -> list[str]:
    """As if the rules had failed: two people, each alone at a client, and three figures.

    Returns the refs of the two clients.
    """
    design = scoring.design
    answered = [set(numbers["part"]) for numbers in design["dimensions"].values()]
    whole = sorted(set.intersection(*answered))
    first = whole[0]
    person, client, _ = design["parts"][first]
    apart = [
        n for n in whole if person != design["parts"][n][0] and client != design["parts"][n][1]
    ]
    _only(design, [first, apart[0]])
    refs = [part[1] for part in design["parts"]]
    names = sorted(design["dimensions"])
    for numbers in design["dimensions"].values():
        numbers["variances"] = SPREAD
    design["cells"] = [["firm", "", refs, names], *(["client", ref, [ref], names] for ref in refs)]
    scoring.save()
    for cell in (("firm", ""), *(("client", ref) for ref in refs)):
        _shown(scoring, cell, names)
    return refs


def _only(design: dict, keep: list[int]) -> None:
    """Leave some parts of a design, under their new numbers."""
    place = {old: new for new, old in enumerate(keep)}
    design["parts"] = [design["parts"][old] for old in keep]
    design["core"] = [design["core"][old] for old in keep]
    for numbers in design["dimensions"].values():
        rows = [row for row, part in enumerate(numbers["part"]) if part in place]
        for name in ("n", "prior", "doubt"):
            numbers[name] = [numbers[name][row] for row in rows]
        numbers["part"] = [place[numbers["part"][row]] for row in rows]


def _shown(scoring: Scoring, cell: tuple[str, str], dimensions: list[str]) -> None:
    kind, ref = cell
    for name in dimensions:
        Score.objects.update_or_create(
            scoring=scoring,
            kind=kind,
            ref=ref,
            dimension=name,
            defaults={"estimate": 50.0, "low": 45.0, "high": 55.0, "people": 6, "cause": ""},
        )


@pytest.mark.parametrize("limit", [release.JOINT_LIMIT, 0], ids=["jointly", "one by one"])
def test_a_figure_that_singles_somebody_out_is_taken_out(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(release, "JOINT_LIMIT", limit)
    scoring = Scoring.objects.get()
    names = sorted(scoring.design["dimensions"])
    refs = two_people(scoring)
    assert release.release_due(now=scored.after) == "1 period(s) released"
    row = Release.objects.get()
    assert row.made["audit"]["how"] == (
        "rank, all dimensions jointly" if limit else "rank, dimension by dimension"
    )
    # With either client's figure and the firm's, both people would be known: the firm's stays.
    gone = {tuple(cell) for cell in row.made["audit"]["withheld"]}
    assert gone == {("client", ref, name) for ref in refs for name in names}
    taken_out = ReleasedCell.objects.filter(kind="client", ref__in=refs)
    assert set(taken_out.values_list("withheld", "cause", "score", "band")) == {
        (True, "audit", None, "")
    }
    # The reader sees the same constant as for too few answers, and no trace in the members.
    cells = published(viewer=AUDIT, periods=[scored.periods[0].pk])
    assert all(cells[scored.periods[0].pk, Scope("client", ref)] is WITHHELD for ref in refs)
    assert not cells[scored.periods[0].pk, Scope("firm")].withheld
    shown = ReleaseMembers.objects.get().design["cells"]
    assert {cell[1]: cell[3] for cell in shown} == {"": names, refs[0]: [], refs[1]: []}


def test_what_is_too_large_to_audit_rests_on_the_rules(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "SINGLE_LIMIT", 0)
    release.release_due(now=scored.after)
    assert Release.objects.get().made["audit"] == {"how": "rules", "withheld": []}


def test_an_unsafe_release_is_withheld_whole(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = release.Audited("rank", safe=False)
    monkeypatch.setattr(release, "audit_design", lambda design: unsafe)
    assert release.release_due(now=scored.after) == "0 period(s) released, 1 withheld"
    assert published_periods() == []
    assert published(viewer=AUDIT, periods=[scored.periods[0].pk]) == {}
    with pytest.raises(CommandError, match="No period is published yet"):
        call_command("export_release")


def test_a_period_never_published_cannot_be_exported(scored: Simulated) -> None:
    release.release_due(now=scored.after)
    with pytest.raises(CommandError, match="for the period of 2020-01-07"):
        call_command("export_release", "--period", "2020-01-07", stdout=StringIO())
    out = StringIO()
    call_command("export_release", "--period", str(scored.periods[0].starts_on), stdout=out)
    assert '"scope": "firm"' in out.getvalue()


def test_an_audit_comes_too_late_when_the_members_are_gone(scored: Simulated) -> None:
    release.release_due(now=scored.after)
    ReleaseMembers.objects.all().delete()
    day = str(scored.periods[0].starts_on)
    with pytest.raises(CommandError, match="no longer kept"):
        call_command("audit_release", "--period", day, "--i-am-auditing")


def test_the_jobs_of_scoring_are_these(scored: Simulated) -> None:
    assert jobs.__all__ == ["count_participation", "release_due", "score_due"]
    assert jobs.count_participation(now=scored.after) == "2 round(s) counted"
    assert Participation.objects.filter(unit=None).count() == 2


def test_the_text_of_a_row_names_it_alone() -> None:
    rows = [
        (Scoring(period_id=3), "scoring 3"),
        (Score(kind="client", ref="ORSEL", dimension="load", estimate=43.7),
         "score client ORSEL load"),
        (Release(period_id=3, state="published"), "release 3 published"),
        (ReleasedCell(kind="client", ref="ORSEL", dimension="load", score=45),
         "client ORSEL load"),
        (ReleaseMembers(release_id=5), "members 5"),
        (Participation(round_id=7, shown="65"), "participation 7"),
    ]  # fmt: skip
    for row, text in rows:
        assert str(row) == text


def test_a_dimension_that_no_cell_shows_has_no_form() -> None:
    """Answers on a theme that fewer than the threshold answered stay without a figure."""
    rows = [Answers(p, 1, 1, 1, {"load": 50.0}, frozenset({"load"})) for p in range(3)]
    gathered = gather(rows)
    found = estimate_all(gathered, gather([]), {})
    names = compute.Names({1: ("ORSEL", "NORD")}, {1: "DEV"})
    chosen = compute.family.select(*compute._members(found, names), compute.family.Rules(people=5))
    made = compute.design.build(found, gathered.core, chosen, names)
    shown, constants, coefficients = compute.design.Forms(made).of("load")
    assert (shown, constants.shape, coefficients.shape) == ([], (0,), (0, 3))


def test_a_check_in_without_a_core_item_does_not_blur_the_audit() -> None:
    """It is in no average of the overall score, which stays the mean of the core dimensions."""
    whole, half = frozenset({"load", "meaning"}), frozenset({"load"})
    first = Answers(1, 1, 1, 1, {"load": 50.0, "meaning": 0.0, "overall": 25.0}, whole)
    assert gather([first, Answers(1, 1, 1, 2, {"feeling": 75.0}, frozenset())]).core == {
        (1, 1, 1): whole
    }
    assert gather([first, Answers(1, 1, 1, 2, {"load": 75.0}, half)]).core == {(1, 1, 1): None}


def test_members_are_forgotten_after_a_release_out_of_order(scored: Simulated) -> None:
    """A period imported later than newer ones keeps its members only among the four newest."""
    release.release_due(now=scored.after)
    for weeks in range(1, 5):
        later = make.period(scored.periods[0].starts_on + timedelta(weeks=20 * weeks))
        Release.objects.create(period=later, published_at=scored.after, formula_version=1)
    release._forget_members()
    assert not ReleaseMembers.objects.exists()
