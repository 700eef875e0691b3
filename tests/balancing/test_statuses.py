"""Statuses of a published period: what they rest on, once, frozen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest

from balancing import statuses
from balancing.models import ClientStatus, StatusPass, StatusRule
from balancing.statuses import status_due
from clients.models import Client, PathRequest
from scoring.models import Release, ReviewRelease
from surveys.models import ClientReview, Period
from surveys.models.answers import CheckIn
from tests import make
from tests.balancing.judged import Judged, judged
from tests.balancing.portfolio import cell, period_out, staffed
from tests.clients import chartered
from tests.dashboards.published import firm as firm_out

Counted = Callable[[int], AbstractContextManager[object]]
LATER = timedelta(days=2)


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch, db: None) -> Judged:
    make.firm()
    return judged(monkeypatch)


def due(period: Period) -> dict[str, ClientStatus]:
    """Run the step a while after the release; the statuses by the client's reference."""
    status_due(now=period.closes_at + LATER)
    rows = ClientStatus.objects.filter(status_pass__period=period).select_related("client")
    return {row.client.ref: row for row in rows}


def words(period: Period) -> dict[str, str]:
    return {ref: row.result for ref, row in due(period).items()}


def asking(client: Client, at: datetime) -> None:
    """An open path on which something was asked."""
    by = make.person(is_referent=True)
    chartered.asked(chartered.path_of(by, now=at, client=client), by, now=at)


def test_facts_figures_and_paths_make_the_status(facts: Judged) -> None:
    period = period_out()
    before = period.closes_at - timedelta(days=30)
    sized = {ref: make.client(ref=ref) for ref in ("GOOD", "LOW", "WAY", "RED", "NEW", "HIDDEN")}
    for client in sized.values():
        staffed(client)
    facts.judge(sized["GOOD"], "ssssn")
    cell(period, "client", "GOOD", 65, 55, 75)
    facts.judge(sized["LOW"], "sssss")
    cell(period, "client", "LOW", 40, 30, 50)
    facts.judge(sized["WAY"], "sssnn")
    asking(sized["WAY"], before)
    facts.judge(sized["RED"], "sssss", red=True)
    facts.judge(sized["HIDDEN"], "sssss")
    cell(period, "client", "HIDDEN")
    found = due(period)
    assert {ref: row.result for ref, row in found.items()} == {
        "GOOD": "virtuous",
        "LOW": "at_risk",
        "WAY": "on_the_way",
        "RED": "at_risk",
        "NEW": "too_early",
        "HIDDEN": "virtuous",
    }
    assert found["LOW"].reasons == ["no_path", "well_being_below"]
    assert found["HIDDEN"].reasons == ["seen", "well_being_withheld"]
    assert found["GOOD"].reasons == ["seen"]
    assert (found["WAY"].values, found["WAY"].judged, found["WAY"].seen) == (5, 5, 3)
    assert found["NEW"].reasons == ["not_judged"]


def test_fewer_than_half_of_the_values_is_too_early(facts: Judged) -> None:
    period, client = period_out(), make.client(ref="FEW")
    staffed(client)
    facts.judge(client, "ss---")
    assert due(period)["FEW"].reasons == ["few_judged"]


def test_a_path_counts_while_it_is_open_and_asks_something(facts: Judged) -> None:
    period = period_out()
    by, before = make.person(is_referent=True), period.closes_at - timedelta(days=30)
    after = period.closes_at + timedelta(days=3)
    sized = {ref: make.client(ref=ref) for ref in ("EMPTY", "LATE", "ASKED_LATE", "OVER", "OPEN")}
    for client in sized.values():
        staffed(client)
        facts.judge(client, "sssnn")
    chartered.path_of(by, now=before, client=sized["EMPTY"])
    asking(sized["LATE"], after)
    asking(sized["ASKED_LATE"], before)
    PathRequest.objects.filter(path__client=sized["ASKED_LATE"]).update(asked_on=after.date())
    asking(sized["OVER"], before)
    sized["OVER"].paths.update(state="finished", ended_at=before, outcome="Fini.")
    asking(sized["OPEN"], before)
    found = words(period)
    assert found.pop("OPEN") == "on_the_way"
    assert set(found.values()) == {"at_risk"}


def test_a_red_line_of_first_contact_counts_until_the_client_is_judged(facts: Judged) -> None:
    period = period_out()
    by = make.person(is_referent=True)
    client = make.client(ref="MET")
    row = chartered.met(by)
    value = facts.charter.proposals.first()
    for red, day in ((False, 1), (True, 2), (False, 200)):
        made = row.screenings.create(
            charter=facts.charter, made_by=by, result="at_risk", rule_version=1,
            made_at=period.closes_at - timedelta(days=30) + timedelta(days=day),
        )  # fmt: skip
        made.lines.create(value=value, verdict="contrary", evidence="Vu.", red_line=red)
    row.state, row.client, row.decided_by, row.decided_at = "accepted", client, by, row.met_at
    row.save()
    staffed(client)
    assert due(period)["MET"].reasons == ["red_line_screening"]
    facts.judge(client, "sssss")
    assert words(period_out(1)) == {"MET": "virtuous"}


def test_days_are_those_staffed_at_clients_alone(facts: Judged) -> None:
    """12 weeks of 5 days at full time; leave does not count, nor own products."""
    period = period_out()
    whole, half = make.client(ref="WHOLE"), make.client(ref="HALF")
    [person] = staffed(whole)
    staffed(half, 2, share=50, ends_on=period.starts_on + timedelta(days=27))
    staffed(make.client(ref="OWN", kind=Client.Kind.INTERNAL))
    make.mission(client=make.client(ref="EMPTY"))
    person.absences.create(
        starts_on=period.starts_on, ends_on=period.starts_on + timedelta(days=6)
    )
    days = {ref: row.days for ref, row in due(period).items()}
    assert days == {"WHOLE": 55.0, "HALF": 20.0}
    profiles = dict(Client.objects.values_list("ref", "missions__profile__ref"))
    assert StatusPass.objects.get().profile_days == {
        profiles["WHOLE"]: 55.0, profiles["HALF"]: 20.0,
    }  # fmt: skip


def test_a_client_that_is_judged_has_its_status_without_a_day(facts: Judged) -> None:
    period, client = period_out(), make.client(ref="QUIET")
    facts.judge(client, "sssss")
    row = due(period)["QUIET"]
    assert (row.result, row.days) == ("virtuous", 0)


def test_a_period_is_done_once_and_stays(facts: Judged) -> None:
    period, client = period_out(), make.client(ref="ONE")
    staffed(client)
    assert words(period) == {"ONE": "too_early"}
    facts.judge(client, "sssss")
    assert status_due(now=period.closes_at + LATER) == ""
    assert words(period) == {"ONE": "too_early"}


def test_why_a_figure_is_withheld_makes_no_difference(facts: Judged) -> None:
    """Two clients of one size: one without a cell, one with a cell that is withheld."""
    period = period_out()
    for ref in ("NONE", "WITHHELD"):
        client = make.client(ref=ref)
        staffed(client, 2)
        facts.judge(client, "sssss")
    cell(period, "client", "WITHHELD")
    one, other = (due(period)[ref] for ref in ("NONE", "WITHHELD"))
    assert (one.result, one.reasons, one.days) == (other.result, other.reasons, other.days)


def test_no_answer_is_looked_at(facts: Judged) -> None:
    """Statuses made after every answer has changed are those of before."""
    out = firm_out(people=24, clients=3, periods=1, rounds=2)
    for client in out.made.clients:
        facts.judge(client, "ssssn")

    def made() -> list[object]:
        StatusPass.objects.all().delete()
        status_due(now=out.made.after)
        return list(ClientStatus.objects.order_by("client").values_list("result", "reasons"))

    before = made()
    assert len(before) == len(out.made.clients)
    CheckIn.objects.update(answers={"load": 0, "relation": 0, "meaning": 0})
    assert made() == before


def test_only_published_periods_are_judged(facts: Judged) -> None:
    period = period_out(state="withheld")
    staffed(make.client())
    assert status_due(now=period.closes_at + LATER) == ""
    Release.objects.update(state="published")
    assert status_due(now=period.closes_at + LATER) == "1 period(s) of client statuses"


def test_a_period_without_rounds_has_no_days(facts: Judged) -> None:
    period = make.period(date(2026, 1, 6))
    Release.objects.create(
        period=period, published_at=datetime.fromisoformat("2026-04-01T09:00Z"), formula_version=1
    )
    staffed(make.client())
    assert status_due(now=datetime.fromisoformat("2026-04-01T09:00Z"))
    assert not ClientStatus.objects.exists()


def test_a_past_brought_in_is_judged_by_what_was_known_then(
    facts: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = []
    monkeypatch.setattr(statuses, "charter_facts", lambda *, viewer, at: moments.append(at) or {})
    first, second = period_out(), period_out(1)
    now = second.closes_at + LATER
    Release.objects.update(published_at=now)
    status_due(now=now)
    assert moments == [first.closes_at + statuses.GRACE, now]


def test_a_period_waits_a_week_for_the_words_of_its_review(facts: Judged) -> None:
    """Should their release fail once, no status is frozen without them."""
    period, client = period_out(), make.client(ref="ONE")
    staffed(client)
    last = period.rounds.latest("starts_on")
    review = ClientReview.objects.create(
        round=last, charter=facts.charter, opened_at=last.opens_at
    )
    assert due(period) == {}
    facts.judge(client, "sssss")
    ReviewRelease.objects.create(review=review, published_at=period.closes_at + LATER)
    assert words(period) == {"ONE": "virtuous"}


def test_and_no_longer(facts: Judged) -> None:
    period = period_out()
    staffed(make.client(ref="ONE"))
    last = period.rounds.latest("starts_on")
    ClientReview.objects.create(round=last, charter=facts.charter, opened_at=last.opens_at)
    assert status_due(now=period.closes_at + statuses.GRACE - timedelta(minutes=1)) == ""
    assert status_due(now=period.closes_at + statuses.GRACE) == "1 period(s) of client statuses"


def test_a_rule_written_with_the_figures_in_view_does_not_judge_them(facts: Judged) -> None:
    period, client = period_out(), make.client(ref="ONE")
    staffed(client)
    facts.judge(client, "sssnn")
    StatusRule.objects.create(
        number=1, virtuous_from=60, at_risk_under=40, author=make.person(),
        written_at=period.closes_at + timedelta(hours=1),
    )  # fmt: skip
    assert words(period) == {"ONE": "at_risk"}
    assert StatusPass.objects.get().rule is None


def test_the_rule_in_force_counts_and_is_kept_with_the_period(facts: Judged) -> None:
    period, client = period_out(), make.client(ref="ONE")
    staffed(client)
    facts.judge(client, "sssnn")
    assert words(period) == {"ONE": "at_risk"}
    rule = StatusRule.objects.create(
        number=1, virtuous_from=60, at_risk_under=40, target=50, author=make.person(),
        written_at=period.closes_at + LATER,
    )  # fmt: skip
    second = period_out(1)
    assert words(second) == {"ONE": "virtuous"}
    kept = StatusPass.objects.order_by("period__starts_on").values_list("rule", flat=True)
    assert list(kept) == [None, rule.pk]


@pytest.mark.parametrize("clients", [1, 3])
def test_clients_cost_no_query(
    facts: Judged, clients: int, django_assert_num_queries: Counted
) -> None:
    period = period_out()
    for _each in range(clients):
        client = make.client()
        staffed(client)
        facts.judge(client, "sssss")
        cell(period, "client", client.ref, 65, 60, 70)
    with django_assert_num_queries(20):
        status_due(now=period.closes_at + LATER)
    assert ClientStatus.objects.count() == clients
