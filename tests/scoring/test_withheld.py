"""What the audit takes out before a release, and what no page may then tell apart."""

from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from accounts.models import FirmSettings
from scoring import auditing, compute, design, drafting, jobs, release
from scoring.estimation import estimate_all
from scoring.gathering import gather
from scoring.maths import family, posterior
from scoring.maths.audit import Row
from scoring.models import (
    Participation,
    Release,
    ReleasedCell,
    ReleaseMembers,
    Score,
    Scoring,
)
from scoring.publication import WITHHELD, Scope, SystemViewer, published, published_periods
from surveys.exports import Block
from tests import make, simulated
from tests.simulated import Simulated

AUDIT = SystemViewer("test")
SPREAD = {"person": 200.0, "client": 100.0, "profile": 50.0, "mission": 50.0, "within": 100.0}


@pytest.fixture
def scored(db: None, monkeypatch: pytest.MonkeyPatch) -> Simulated:
    """Scored as a large firm is, so that its design can be cut down."""
    monkeypatch.setattr(posterior, "ENOUGH_CLIENTS", 0)
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


@pytest.mark.parametrize("limit", [auditing.JOINT_LIMIT, 0], ids=["jointly", "one by one"])
def test_a_figure_that_singles_somebody_out_is_taken_out(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """By rank alone: what the bounds add is in test_auditing."""
    monkeypatch.setattr(auditing, "JOINT_LIMIT", limit)
    monkeypatch.setattr(auditing, "MOST_PARTS", 0)
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
    monkeypatch.setattr(auditing, "SINGLE_LIMIT", 0)
    release.release_due(now=scored.after)
    assert Release.objects.get().made["audit"] == {"how": "rules", "withheld": [], "seen": {}}


def test_an_unsafe_release_is_withheld_whole(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = auditing.Audited("rank", safe=False)
    monkeypatch.setattr(auditing, "audit_release", lambda present: unsafe)
    assert release.release_due(now=scored.after) == "0 period(s) released, 1 withheld"
    assert published_periods() == []
    assert published(viewer=AUDIT, periods=[scored.periods[0].pk]) == {}
    with pytest.raises(CommandError, match="No period is published yet"):
        call_command("export_release")


def test_nothing_is_frozen_where_the_threshold_was_raised_during_the_audit(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit holds no lock: what stands once it ends decides."""

    def slow(present: object) -> auditing.Audited:
        FirmSettings.objects.update(anonymity_threshold=7)
        return auditing.Audited("rank")

    monkeypatch.setattr(auditing, "audit_release", slow)
    assert release.release_due(now=scored.after) == ""
    assert not Release.objects.exists()
    assert Scoring.objects.count() == 1


def test_who_releases_while_another_worker_audits_is_the_one(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = auditing.audit_release

    def slow(present: auditing.Present) -> auditing.Audited:
        monkeypatch.setattr(auditing, "audit_release", audit)
        assert release.release_due(now=scored.after) == "1 period(s) released"
        return audit(present)

    monkeypatch.setattr(auditing, "audit_release", slow)
    assert release.release_due(now=scored.after) == ""
    assert Release.objects.count() == 1


def test_a_look_that_is_refused_leaves_no_numbers(
    scored: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The firm's own figure that may not come back: what is told is the look at what is out."""
    real = auditing._Clearing._to_drop

    def picky(self: auditing._Clearing, rows: list[Row]) -> set[int]:
        own = [n for n, row in enumerate(rows) if row.scope == ("firm", "", "load")]
        found = real(self, rows)
        if own:
            self.audited.seen = {"period": "refused"}
        return set(own) or found

    monkeypatch.setattr(auditing._Clearing, "_to_drop", picky)
    release.release_due(now=scored.after)
    told = Release.objects.get().made["audit"]
    assert told["withheld"] == [["firm", "", "load"]]
    assert told["seen"]["period"]["people"] == 0


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
    verbs = [
        "count_participation", "release_due", "release_reviews_due", "score_clients_due",
        "score_due", "warn_due", "withdraw", "withdraw_review",
    ]  # fmt: skip
    assert jobs.__all__ == verbs
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


def check_ins(people: list[int], **answers: list[float]) -> Block:
    """At one client; NaN where an item was skipped; ``feeling`` is the one that is not core."""
    values = {name: np.array(column) for name, column in answers.items()}
    core = {name: ~np.isnan(column) for name, column in values.items() if name != "feeling"}
    one = np.ones(len(people), dtype=np.int64)
    return Block(np.array(people), one, one, one, values, core)


def test_a_dimension_that_no_cell_shows_has_no_form() -> None:
    """Answers on a theme that fewer than the threshold answered stay without a figure."""
    gathered = gather([check_ins([1, 2, 3], load=[50.0, 50.0, 50.0])])
    names = design.Names({1: ("ORSEL", "NORD")}, {1: "DEV"})
    rules = family.Rules(people=5)
    found = estimate_all(gathered.cells, {}, {})
    made = drafting.draft(found, gathered.core, names, rules)
    form = design.Forms(made.design).of("load")
    assert form.shown == []
    assert (form.constant.shape, form.coef.shape, form.half.shape) == ((0,), (0, 3), (0,))


def test_a_check_in_without_a_core_item_does_not_blur_the_audit() -> None:
    """It is in no average of the overall score, which stays the mean of the core dimensions."""
    nan = float("nan")
    found = gather(
        [
            check_ins([1, 2, 3, 5], load=[50.0] * 4, meaning=[0.0, 0.0, nan, 0.0]),
            check_ins(
                [1, 2, 4, 5],
                load=[nan, 75.0, nan, nan],
                meaning=[nan, nan, nan, 25.0],
                feeling=[75.0] * 4,
            ),
        ]
    )
    assert found.core == {
        (1, 1, 1): {"load", "meaning"}, (2, 1, 1): None, (3, 1, 1): {"load"}, (5, 1, 1): None,
    }  # fmt: skip


def test_members_are_forgotten_after_a_release_out_of_order(scored: Simulated) -> None:
    """A period imported later than newer ones keeps its members only among the four newest."""
    release.release_due(now=scored.after)
    for weeks in range(1, 5):
        later = make.period(scored.periods[0].starts_on + timedelta(weeks=20 * weeks))
        Release.objects.create(period=later, published_at=scored.after, formula_version=1)
    release._forget_members()
    assert not ReleaseMembers.objects.exists()
