"""The audit of a release on real rows, and an attacker who shares no code with it."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from bench.attacker import Known, attack
from scoring import auditing, compute, release
from scoring.design import pseudonym
from scoring.maths import exposure
from scoring.models import Release, ReleasedCell, ReleaseMembers, Score, Scoring
from surveys.models.answers import CheckIn
from tests import simulated
from tests.simulated import Simulated


def out(made: Simulated) -> None:
    compute.score_due(now=made.after)
    release.release_due(now=made.after)


@pytest.fixture
def made(db: None) -> Simulated:
    firm = simulated.firm(people=26, clients=4, periods=2)
    out(firm)
    return firm


def audited(period: Any, *extra: str) -> dict[str, Any]:
    text = StringIO()
    day = str(period.starts_on)
    call_command("audit_release", "--period", day, "--i-am-auditing", *extra, stdout=text)
    return json.loads(text.getvalue())


# --- the attacker reads the command's output -----------------------------------------------------


def attacked(told: list[dict[str, Any]], insider: Known | None = None) -> float:
    """Narrowest range left to anybody's answer on a theme, or to anybody's overall score."""
    return attack([one["cells"] for one in told], ("load", "overall"), insider).narrowest


def test_the_attacker_finds_nobody_in_a_period(made: Simulated) -> None:
    assert attacked([audited(made.periods[-1])]) >= 20


def test_the_attacker_finds_nobody_with_an_insider(made: Simulated) -> None:
    told = audited(made.periods[-1])
    period = made.periods[-1]
    values = auditing.latest_values([period])
    inside: dict[str, dict[str, float]] = {}
    some = next(iter(values))[0][0]
    for (part, dimension), value in values.items():
        if part[0] == some:
            inside.setdefault(f"{part[0]}@{part[1]}", {})[dimension] = value
    assert inside
    assert attacked([told], inside) >= 20


def test_the_attacker_would_find_somebody_without_the_scheme(made: Simulated) -> None:
    """A positive control: one more cell, of the same people but one, and that one is known."""
    told = audited(made.periods[-1])
    cell = next(c for c in told["cells"] if c["scope"] == "client" and c["dimension"] == "load")
    there = {"scope": "client", "ref": cell["ref"], "dimension": "load"}
    inside = [name for name, cells in told["members"].items() if there in cells]
    told_exactly = {"value": 50.0, "round": 0.1, "half": 9.0, "low": 41.0, "high": 59.0}
    exact = {"dimension": "load", "constant": 0.0} | told_exactly
    whole = exact | {"coef": dict.fromkeys(inside, 1 / len(inside))}
    less = exact | {"coef": dict.fromkeys(inside[1:], 1 / (len(inside) - 1))}
    assert attacked([{"cells": [whole, less]}]) < 20


def test_answers_that_never_change_expose_nobody_over_four_periods(db: None) -> None:
    firm = simulated.firm(people=22, clients=3, periods=4, rounds=1)
    first = {row.person_id: row for row in CheckIn.objects.order_by("-round__starts_on")}
    for row in CheckIn.objects.all():
        row.answers = first[row.person_id].answers
        row.save()
    out(firm)
    assert Release.objects.filter(state="published").count() == 4
    assert attacked([audited(period) for period in firm.periods]) >= 20


# --- what the audit keeps and tells --------------------------------------------------------------


def test_each_release_says_how_it_was_looked_at(made: Simulated) -> None:
    latest, first = Release.objects.all()
    assert set(first.made["audit"]["seen"]) == {"period"}
    assert set(latest.made["audit"]["seen"]) == {"period", "periods"}
    for seen in latest.made["audit"]["seen"].values():
        assert seen["narrowest"] >= exposure.NARROW
        assert seen["people"] == 0
        assert seen["insiders"] > 10
    counts = latest.made["counts"]
    cells = ReleasedCell.objects.filter(release=latest)
    assert counts["figure"] == cells.filter(withheld=False).count() + (
        len(latest.made["audit"]["withheld"])
    )
    assert sum(counts.values()) == cells.count()


def test_the_command_audits_again(made: Simulated) -> None:
    told = audited(made.periods[-1])["audit"]
    assert told["now"]["would_withhold"] == []
    assert set(told["now"]["seen"]) == {"period", "periods"}
    assert all(seen["insiders"] > 10 for seen in told["now"]["seen"].values())
    assert told["at_release"]["how"] == told["now"]["how"]
    alone = audited(made.periods[-1], "--periods", "1")["audit"]["now"]
    assert set(alone["seen"]) == {"period"}


def test_no_answer_is_kept_for_the_audit(made: Simulated) -> None:
    """Values are gathered in memory; what is stored names people by pseudonyms at most."""
    row = Release.objects.first()
    name = pseudonym(made.people[0].pk)
    assert name in json.dumps(ReleaseMembers.objects.get(release=row).design)
    assert name not in json.dumps(row.made)


def scored(periods: int = 1) -> Scoring:
    firm = simulated.firm(people=24, clients=4, periods=periods, rounds=1)
    compute.score_due(now=firm.after)
    return Scoring.objects.order_by("period__starts_on").first()


def present(scoring: Scoring) -> auditing.Present:
    rows = release._figures(list(Score.objects.filter(scoring=scoring)))
    shown = {key: one for key, one in rows if one is not None}
    return auditing.present_of(scoring.period, scoring.design, shown)


def test_somebody_exposed_costs_the_least_figure(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found once by the bounds: a theme goes before the overall score, and the firm stays."""
    looked = present(scored())
    real, told = exposure.look, []

    def once(sights: Any, owner: Any, truth: Any) -> exposure.Found:
        found = real(sights, owner, truth)
        if not told:
            told.append(1)
            found.people.add(min(owner.values()))
        return found

    monkeypatch.setattr(exposure, "look", once)
    done = auditing.audit_release(looked)
    assert done.safe
    ((kind, _ref, dimension),) = done.withheld
    assert (kind in ("client", "profile", "pool"), dimension != "overall") == (True, True)


def test_what_cannot_be_settled_leaves_the_firm_or_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = present(scored())

    def everybody(sights: Any, owner: Any, truth: Any) -> exposure.Found:
        return exposure.Found(people=set(owner.values()), narrowest=0.0)

    monkeypatch.setattr(exposure, "look", everybody)
    monkeypatch.setattr(auditing, "LOOKS", 2)
    done = auditing.audit_release(looked)
    assert not done.safe
    assert ("firm", "", "overall") in done.withheld


def test_somebody_who_left_takes_no_figure_along(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exposed by earlier releases alone: nothing of the present one concerns them."""
    firm = simulated.firm(people=24, clients=3, periods=2, rounds=1)
    gone = firm.people[0]
    CheckIn.objects.filter(person=gone, round__period=firm.periods[1]).delete()
    compute.score_due(now=firm.after)
    first, second = Scoring.objects.order_by("period__starts_on")
    release.release(scoring=first, now=firm.after)
    looked = present(second)
    number = auditing._everyone(looked)[pseudonym(gone.pk)]

    def them(sights: Any, owner: Any, truth: Any) -> exposure.Found:
        return exposure.Found(people={number} if len(sights) > 1 else set())

    monkeypatch.setattr(exposure, "look", them)
    assert auditing.audit_release(looked).withheld == []


def test_large_firms_are_not_bounded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row = scored()
    monkeypatch.setattr(auditing, "MOST_PARTS", 3)
    looked = present(row)
    assert looked.values == {}
    done = auditing.audit_release(looked)
    assert (done.how, done.seen) == ("rank, all dimensions jointly", {})


def test_a_table_too_large_for_bounds_is_left_to_the_rank(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = scored(periods=2)
    release.release(scoring=row, now=row.period.closes_at)
    looked = present(Scoring.objects.get())
    assert looked.before
    monkeypatch.setattr(exposure, "TABLE_LIMIT", 0)
    assert auditing.look(looked, auditing._rows(looked.forms, ["load"], looked.shown)) == {}
    assert auditing.audit_release(looked).how == "rank, all dimensions jointly"


def test_a_withheld_release_is_not_read_together(made: Simulated) -> None:
    period = made.periods[1]
    assert len(auditing.releases_before(period)) == 1
    Release.objects.filter(period=made.periods[0]).update(state="withheld")
    assert auditing.releases_before(period) == []


def test_the_firms_own_figure_comes_back_where_it_tells_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = present(scored())
    real, told = auditing._Clearing._by_rank, []

    def first(self: Any, rows: Any) -> Any:
        if told:
            return real(self, rows)
        told.append(1)
        firm = next(n for n, row in enumerate(rows) if row.scope == ("firm", "", "overall"))
        return [auditing.audit.Finding(0, 1.0, (firm,))]

    monkeypatch.setattr(auditing._Clearing, "_by_rank", first)
    done = auditing.audit_release(looked)
    assert (done.safe, done.withheld) == (True, [])
