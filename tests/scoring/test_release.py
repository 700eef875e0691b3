"""What a release promises: five people or more, once, frozen, and nobody derivable."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, FirmSettings
from missions.models import Assignment
from scoring import compute, release
from scoring.design import pseudonym
from scoring.maths.audit import Finding
from scoring.models import Release, ReleasedCell, ReleaseMembers, Score, Scoring
from scoring.publication import (
    OVERALL,
    WITHHELD,
    Scope,
    SystemViewer,
    figure,
    late_periods,
    published,
    published_periods,
    withdrawn_periods,
)
from surveys.models import Period
from surveys.models.answers import CheckIn
from tests import make, simulated
from tests.simulated import Simulated

AUDIT = SystemViewer("test")


def out(made: Simulated) -> None:
    compute.score_due(now=made.after)
    release.release_due(now=made.after)


@pytest.fixture
def made(db: None) -> Simulated:
    firm = simulated.firm()
    out(firm)
    return firm


def test_every_closed_period_is_released_once(made: Simulated) -> None:
    assert [p.id for p in published_periods()] == [p.pk for p in reversed(made.periods)]
    before = list(ReleasedCell.objects.order_by("pk").values())
    assert compute.score_due(now=made.after) == ""
    assert release.release_due(now=made.after) == ""
    assert list(ReleasedCell.objects.order_by("pk").values()) == before


def test_first_period_says_that_it_has_no_history(made: Simulated) -> None:
    latest, first = published_periods()
    assert (latest.first, first.first) == (False, True)


def test_no_figure_rests_on_fewer_than_five_people(made: Simulated) -> None:
    cells = published(viewer=AUDIT, periods=[p.pk for p in made.periods])
    shown = {scope: cell for (_, scope), cell in cells.items() if not cell.withheld}
    assert any(scope.kind == "client" for scope in shown)
    for (period, scope), cell in cells.items():
        if scope.kind == "client":
            people = (
                CheckIn.objects.filter(
                    round__period=period, mission__client__ref=scope.ref
                ).filter(answers__has_key=scope.dimension)
                if scope.dimension != OVERALL
                else CheckIn.objects.filter(
                    round__period=period, mission__client__ref=scope.ref
                ).exclude(answers={})
            )
            count = people.values("person").distinct().count()
            assert cell.withheld or count >= 5, scope


def test_withheld_is_one_constant_whatever_the_cause(made: Simulated) -> None:
    period = made.periods[-1].pk
    cells = published(viewer=AUDIT, periods=[period])
    withheld = {scope: cell for (_, scope), cell in cells.items() if cell.withheld}
    assert withheld
    assert set(withheld.values()) == {WITHHELD}
    assert figure(cells, period, Scope("client", "never heard of")) is WITHHELD


def test_staging_rows_are_gone_after_the_release(made: Simulated) -> None:
    assert not Scoring.objects.exists()
    assert not Score.objects.exists()


def test_members_are_kept_for_four_periods_only(db: None) -> None:
    firm = simulated.firm(people=24, clients=3, periods=5, rounds=1)
    out(firm)
    kept = ReleaseMembers.objects.values_list("release__period__starts_on", flat=True)
    assert sorted(kept) == [p.starts_on for p in firm.periods[1:]]


def test_erased_answers_change_no_released_figure(made: Simulated) -> None:
    before = published(viewer=AUDIT, periods=[p.pk for p in made.periods])
    CheckIn.objects.filter(person=made.people[0]).delete()
    out(made)
    assert published(viewer=AUDIT, periods=[p.pk for p in made.periods]) == before


def test_a_revision_can_only_withdraw(made: Simulated) -> None:
    taken = {"period": made.periods[-1].starts_on, "reason": "wrong staffing", "now": made.after}
    assert release.withdraw(**taken)
    assert not release.withdraw(**taken)
    assert not release.withdraw(**taken | {"period": date(1999, 1, 1)})
    assert AuditEntry.objects.get(action="withdraw").object_ref == str(taken["period"])
    kept = Release.objects.get(period=made.periods[-1]).made
    assert kept["withdrawn"]["reason"] == "wrong staffing"
    assert kept["rules"]["people"] == 5
    assert published(viewer=AUDIT, periods=[made.periods[-1].pk]) == {}
    assert [(p.id, gone) for p, gone in late_periods(made.after)] == [(made.periods[-1].pk, True)]
    assert withdrawn_periods() == [made.periods[-1].pk]
    out(made)
    assert [p.id for p in published_periods()] == [made.periods[0].pk]


def test_a_threshold_raised_after_the_scoring_counts(db: None) -> None:
    """Confirmed between the two jobs: nothing comes out under the old number."""
    firm = simulated.firm(people=24, clients=3, periods=1)
    compute.score_due(now=firm.after)
    FirmSettings.objects.update(anonymity_threshold=9)
    assert release.release_due(now=firm.after) == ""
    assert not Release.objects.exists()
    assert Scoring.objects.get().made["rules"]["people"] == 5
    out(firm)
    [period] = published_periods()
    assert (period.people_needed, period.rounds) == (9, 3)
    assert period.formula_version == compute.FORMULA_VERSION
    bands = set(ReleasedCell.objects.exclude(band="").values_list("band", flat=True))
    assert "5-7" not in bands


def test_a_release_from_before_the_number_was_kept_says_the_least(made: Simulated) -> None:
    Release.objects.update(made={})
    assert {period.people_needed for period in published_periods()} == {5}


def test_open_period_has_no_figure(db: None) -> None:
    firm = simulated.firm(periods=1)
    early = firm.rounds[-1].closes_at - timedelta(minutes=1)
    assert compute.score_due(now=early) == ""
    assert published_periods() == []


def members_of(period: Period) -> dict[Scope, frozenset[tuple[int, int]]]:
    """(person, client) pairs behind each published cell of the nested family."""
    cells = published(viewer=AUDIT, periods=[period.pk])
    shown = [
        scope
        for (_, scope), cell in cells.items()
        if not cell.withheld and scope.dimension == OVERALL and scope.kind != "profile"
    ]
    alone = [scope.ref for scope in shown if scope.kind == "client"]
    of_kind = {
        "firm": lambda rows, ref: rows,
        "unit": lambda rows, ref: rows.filter(mission__client__unit__ref=ref),
        "client": lambda rows, ref: rows.filter(mission__client__ref=ref),
        "pool": lambda rows, ref: rows.filter(mission__client__unit__ref=ref).exclude(
            mission__client__ref__in=alone
        ),
    }
    rows = CheckIn.objects.filter(round__period=period)
    return {
        scope: frozenset(
            of_kind[scope.kind](rows, scope.ref).values_list("person_id", "mission__client_id")
        )
        for scope in shown
    }


def subtractable(period: Period) -> list[tuple[Scope, Scope]]:
    """Pairs of published cells whose difference is of one to four people."""
    members = members_of(period)
    return [
        (one, two)
        for one, two in permutations(members, 2)
        if members[two] <= members[one]
        and 0 < len({person for person, _ in members[one] - members[two]}) < 5
    ]


def test_no_difference_of_two_cells_leaves_fewer_than_five_people(made: Simulated) -> None:
    assert members_of(made.periods[-1])
    assert [subtractable(period) for period in made.periods] == [[], []]


def audited(period_on: str) -> dict[str, Any]:
    text = StringIO()
    call_command("audit_release", "--period", period_on, "--i-am-auditing", stdout=text)
    return json.loads(text.getvalue())  # type: ignore[no-any-return]  # -- the command's own shape


def test_audit_rebuilds_each_published_value_from_answers(made: Simulated) -> None:
    """constant + Σ weight × average is the published estimate, up to half its grid."""
    period = made.periods[-1]
    described = audited(str(period.starts_on))
    averages: dict[tuple[str, str, str], list[float]] = {}
    for row in CheckIn.objects.filter(round__period=period).select_related("mission__client"):
        values = dict(row.answers)
        if 2 * len(values) > 3:
            values[OVERALL] = sum(values.values()) / len(values)
        for dimension, value in values.items():
            pair = f"{pseudonym(row.person_id)}@{row.mission.client.ref}"
            key = (pair, row.mission.profile.ref, dimension)
            averages.setdefault(key, []).append(value)
    assert described["cells"]
    for cell in described["cells"]:
        total = cell["constant"]
        for name, weight in cell["coef"].items():  # type: ignore[attr-defined]  # -- JSON
            pair, _, profile = name.partition("/")
            found = [
                np.mean(v)
                for (p, f, d), v in averages.items()
                if p == pair and d == cell["dimension"] and profile in ("", f)
            ]
            total += weight * found[0]  # type: ignore[operator]  # -- JSON
        clipped = min(100.0, max(0.0, total))  # type: ignore[call-overload]  # -- JSON
        assert abs(clipped - cell["value"]) <= cell["round"] + 1e-6, cell  # type: ignore[operator]  # -- JSON


def test_audit_tells_which_cells_each_pair_is_in(made: Simulated) -> None:
    """A pair is in the firm, in its unit, and in its client or the pool, never in both."""
    described = audited(str(made.periods[-1].starts_on))
    members = described["members"]
    named = {name for cell in described["cells"] for name in cell["coef"]}
    assert set(members) == named
    assert {name.partition("@")[0] for name in members} == {
        pseudonym(person)
        for person in CheckIn.objects.filter(round__period=made.periods[-1]).values_list(
            "person", flat=True
        )
    }
    for inside in members.values():
        overall = [cell["scope"] for cell in inside if cell["dimension"] == OVERALL]
        assert overall.count("firm") <= 1
        assert overall.count("client") + overall.count("pool") <= 1


def test_audit_needs_its_word_and_leaves_a_line(made: Simulated) -> None:
    with pytest.raises(CommandError, match="i-am-auditing"):
        call_command("audit_release", "--period", str(made.periods[-1].starts_on))
    assert not AuditEntry.objects.filter(action="audit_release").exists()
    audited(str(made.periods[-1].starts_on))
    assert AuditEntry.objects.filter(action="audit_release").count() == 1


def test_small_firm_under_five_publishes_nothing(db: None) -> None:
    make.firm()
    period = make.period(round_count=1)
    asked = make.round_(period.starts_on, period=period)
    period.closes_at = asked.closes_at
    period.save()
    simulated.answers(period, make.client(), [{"load": v, "relation": v} for v in (0, 25, 50, 75)])
    after = asked.closes_at + timedelta(hours=1)
    compute.score_due(now=after)
    release.release_due(now=after)
    cells = published(viewer=AUDIT, periods=[period.pk])
    assert cells
    assert set(cells.values()) == {WITHHELD}


def test_everybody_answering_one_publishes_nothing_that_tells(db: None) -> None:
    """Rule 4: a mean of nothing but worst answers would say what each one answered."""
    make.firm()
    period = make.period(round_count=1)
    asked = make.round_(period.starts_on, period=period)
    period.closes_at = asked.closes_at
    period.save()
    simulated.answers(period, make.client(), [{"load": 0, "relation": 0}] * 7)
    after = asked.closes_at + timedelta(hours=1)
    compute.score_due(now=after)
    release.release_due(now=after)
    assert set(published(viewer=AUDIT, periods=[period.pk]).values()) == {WITHHELD}


def test_period_without_an_answer_is_released_empty(db: None) -> None:
    make.firm()
    period = make.period(round_count=1)
    asked = make.round_(period.starts_on, period=period)
    period.closes_at = asked.closes_at
    period.save()
    make.mission()
    after = asked.closes_at + timedelta(hours=1)
    assert compute.score_due(now=after) == "1 period(s) scored"
    assert release.release_due(now=after) == "1 period(s) released"
    assert set(published(viewer=AUDIT, periods=[period.pk]).values()) == {WITHHELD}


@pytest.mark.parametrize("answered", [False, True])
def test_nothing_tells_whether_a_lone_person_answered(answered: bool, db: None) -> None:
    """A lone person's few answers make a pool without a figure: a reader must not see it."""
    make.firm()
    period = make.period(round_count=1)
    asked = make.round_(period.starts_on, period=period)
    period.closes_at = asked.closes_at
    period.save()
    unit = make.unit()
    large, lone = make.client(unit=unit), make.client(unit=unit)
    told = [{"load": v, "relation": v, "meaning": v} for v in (0, 25, 50, 50, 75, 100)]
    simulated.answers(period, large, told)
    simulated.answers(period, lone, [{"meaning": 50} if answered else {}])
    after = asked.closes_at + timedelta(hours=1)
    compute.score_due(now=after)
    release.release_due(now=after)
    cells = published(viewer=AUDIT, periods=[period.pk])
    assert not cells[period.pk, Scope("client", large.ref)].withheld
    assert not [scope for _, scope in cells if scope.kind == "pool"]


def test_one_skipped_item_does_not_cost_the_firm_its_figure(db: None) -> None:
    """Five times the overall score less the themes would tell what the only skipper answered."""
    make.firm()
    period = make.period(round_count=1)
    asked = make.round_(period.starts_on, period=period)
    period.closes_at = asked.closes_at
    period.save()
    told = [{"load": v, "relation": v, "meaning": 100 - v} for v in (0, 25, 50, 50, 75, 100, 25)]
    simulated.answers(period, make.client(), [*told, {"load": 25, "relation": 100}])
    after = asked.closes_at + timedelta(hours=1)
    compute.score_due(now=after)
    release.release_due(now=after)
    cells = published(viewer=AUDIT, periods=[period.pk])
    assert not cells[period.pk, Scope("firm")].withheld
    assert [scope for (_, scope), cell in cells.items() if scope.kind == "firm" and cell.withheld]


def test_release_is_all_or_nothing(made: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker killed between two writes leaves the period scored, and the next run releases."""
    Release.objects.filter(period=made.periods[-1])
    ReleaseMembers.objects.all().delete()
    ReleasedCell.objects.all().delete()
    Release.objects.all().delete()
    compute.score_due(now=made.after)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(release, "_forget_members", killed)
        with pytest.raises(KeyboardInterrupt):
            release.release_due(now=made.after)
    assert not Release.objects.exists()
    assert Scoring.objects.count() == 2
    assert release.release_due(now=made.after) == "2 period(s) released"


def test_an_audit_that_objects_to_the_firm_itself_keeps_the_release_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of such a period is shown to anybody; the cause stays for the audit."""
    firm = simulated.firm(people=12, clients=2, periods=1)

    def object_to_everything(matrix: object, owner: list[int]) -> list[Finding]:
        return [Finding(person=owner[0], share=1.0, rows=(row,)) for row in range(matrix.shape[0])]  # type: ignore[attr-defined]  # -- a sparse matrix

    monkeypatch.setattr(release.auditing.audit, "determined", object_to_everything)
    compute.score_due(now=firm.after)
    assert release.release_due(now=firm.after) == "0 period(s) released, 1 withheld"
    assert published_periods() == []
    assert published(viewer=AUDIT, periods=[firm.periods[0].pk]) == {}
    assert [(p.id, gone) for p, gone in late_periods(firm.after)] == [(firm.periods[0].pk, False)]


def test_one_period_that_fails_does_not_keep_the_others_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = simulated.firm(people=16, clients=2, periods=3, rounds=1)
    score = compute.score

    def fails_once(*, period: Period, now: datetime) -> object:
        if period == firm.periods[1]:
            raise ZeroDivisionError
        return score(period=period, now=now)

    monkeypatch.setattr(compute, "score", fails_once)
    with pytest.raises(ZeroDivisionError):
        compute.score_due(now=firm.after)
    assert release.release_due(now=firm.after) == "2 period(s) released"
    monkeypatch.undo()
    out(firm)
    assert len(published_periods()) == 3


def test_consultant_reads_firm_profiles_and_own_clients_only(made: Simulated) -> None:
    person = made.people[0]
    own = set(
        Assignment.objects.filter(person=person).values_list("mission__client__ref", flat=True)
    )
    cells = published(viewer=person, periods=[made.periods[-1].pk])
    kinds = {scope.kind for _, scope in cells}
    assert kinds <= {"firm", "profile", "client"}
    assert {scope.ref for _, scope in cells if scope.kind == "client"} <= own


def test_administrator_reads_no_figure(made: Simulated) -> None:
    boss = make.person(is_administrator=True)
    assert published(viewer=boss, periods=[made.periods[-1].pk]) == {}


def test_published_is_the_same_for_everyone_who_may_read_it(made: Simulated) -> None:
    period = made.periods[-1].pk
    manager = make.person(is_manager=True)
    consultant = published(viewer=made.people[0], periods=[period])
    everything = published(viewer=manager, periods=[period])
    assert everything == published(viewer=AUDIT, periods=[period])
    assert all(everything[key] == cell for key, cell in consultant.items())


def test_one_query_for_a_page(made: Simulated, django_assert_num_queries: object) -> None:
    manager = make.person(is_manager=True)
    with django_assert_num_queries(1):  # type: ignore[operator]  # -- pytest-django's fixture
        published(viewer=manager, periods=[p.pk for p in made.periods])
    scopes = [Scope("client", client.ref) for client in made.clients]
    with django_assert_num_queries(1):  # type: ignore[operator]  # -- pytest-django's fixture
        found = published(viewer=manager, periods=[made.periods[-1].pk], scopes=scopes)
    assert {scope for _, scope in found} <= set(scopes)
    assert any(cell.group for cell in found.values())


def test_figures_are_on_their_grid(made: Simulated) -> None:
    for cell in published(viewer=AUDIT, periods=[p.pk for p in made.periods]).values():
        if not cell.withheld and cell.band != "20+":
            assert cell.score % 5 == cell.low % 5 == cell.high % 5 == 0


def test_export_prints_exactly_what_the_gate_lets_out(made: Simulated) -> None:
    text = StringIO()
    call_command("export_release", stdout=text)
    lines = json.loads(text.getvalue())
    cells = published(viewer=AUDIT, periods=[made.periods[-1].pk])
    assert len(lines) == len(cells)
    for line in lines:
        cell = cells[made.periods[-1].pk, Scope(line["scope"], line["ref"], line["dimension"])]
        if cell.withheld:
            assert set(line) == {"scope", "ref", "dimension", "withheld"}
        else:
            assert (line["score"], line["low"], line["high"], line["band"]) == (
                cell.score, cell.low, cell.high, cell.band,
            )  # fmt: skip


def test_now_is_passed_in(made: Simulated) -> None:
    assert {row.published_at for row in Release.objects.all()} == {made.after}
    assert isinstance(made.after, datetime)
