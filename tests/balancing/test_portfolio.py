"""Who reads which status, and what the firm's shares say to everybody."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from balancing.maths.status import Rule
from balancing.models import ClientStatus, StatusPass, StatusRule
from balancing.portfolio import (
    CHARTER,
    RULE,
    JudgedBy,
    Move,
    judged_by,
    moves,
    newest_kept,
    profile_shares,
    rule_in_force,
    shares,
    statuses,
    taken_back,
)
from clients.models import Client
from scoring.models import Release, ReviewRelease
from scoring.publication import SystemViewer
from surveys.models import ClientReview, Period
from tests import make
from tests.balancing.portfolio import kept, period_out, staffed
from tests.clients import chartered

pytestmark = pytest.mark.django_db


def two_clients() -> tuple[Client, Client]:
    make.firm()
    return make.client(ref="OWN"), make.client(ref="OTHER")


def test_a_status_is_read_with_the_client_s_figure() -> None:
    own, other = two_clients()
    [consultant] = staffed(own)
    period = period_out()
    kept(period, {own: ("virtuous", 60), other: ("at_risk", 40)}, OTHER=["red_line"])
    read = lambda viewer: {  # noqa: E731 -- said once
        client for _period, client in statuses(viewer=viewer, periods=[period.pk])
    }
    both = {own.pk, other.pk}
    assert read(make.person(is_manager=True)) == read(make.person(is_referent=True)) == both
    assert read(SystemViewer("test")) == both
    assert read(consultant) == {own.pk}
    assert read(make.person()) == set()
    assert read(make.person(is_administrator=True)) == set()
    found = statuses(viewer=SystemViewer("test"), periods=[period.pk])[period.pk, other.pk]
    assert (found.result, found.reasons, found.days) == ("at_risk", ("red_line",), 40)
    assert (found.values, found.judged, found.seen) == (5, 5, 4)


def test_shares_are_whole_and_sum_to_a_hundred() -> None:
    own, other = two_clients()
    third = make.client()
    period = period_out()
    kept(period, {own: ("virtuous", 1), other: ("at_risk", 1), third: ("on_the_way", 1)})
    found = shares(periods=[period.pk])[period.pk]
    assert dict(found.percents) == {
        "virtuous": 34, "on_the_way": 33, "too_early": 0, "at_risk": 33,
    }  # fmt: skip
    assert dict(found.clients) == {"virtuous": 1, "on_the_way": 1, "too_early": 0, "at_risk": 1}
    assert found.is_known
    assert found.virtuous == 34


def test_unknown_is_never_zero() -> None:
    """Where most days lie with clients whom nobody has judged, the shares say nothing yet."""
    own, other = two_clients()
    first, second, third, fourth = (period_out(place) for place in range(4))
    kept(first, {own: ("too_early", 60), other: ("at_risk", 40)})
    kept(second, {own: ("too_early", 50), other: ("at_risk", 50)})
    kept(third, {own: ("virtuous", 0)})
    found = shares(periods=[first.pk, second.pk, third.pk, fourth.pk])
    assert not found[first.pk].is_known
    assert found[second.pk].is_known
    assert not found[third.pk].is_known
    assert fourth.pk not in found


def test_the_one_client_that_one_may_not_read_does_not_follow_from_the_rest() -> None:
    own, other = two_clients()
    [consultant] = staffed(own)
    first, second = period_out(), period_out(1)
    kept(first, {own: ("virtuous", 60), other: ("at_risk", 40)})
    kept(second, {own: ("virtuous", 60), other: ("virtuous", 40)})
    both = [first.pk, second.pk]
    found = shares(periods=both, viewer=consultant)
    assert found[first.pk] == found[second.pk]
    assert not found[first.pk].is_told
    assert not found[first.pk].is_known
    assert set(found[first.pk].percents.values()) == {0}
    assert moves(viewer=consultant, before=first.pk, after=second.pk) == []
    for reader in (make.person(), make.person(is_manager=True)):
        assert shares(periods=both, viewer=reader)[first.pk].percents["at_risk"] == 40


def test_nor_from_what_moved_where_another_one_came() -> None:
    """Of two without a name, the one who was there before would be known."""
    own, other = two_clients()
    came = make.client()
    [consultant] = staffed(own)
    first, second = period_out(), period_out(1)
    kept(first, {own: ("virtuous", 60), other: ("virtuous", 40)})
    kept(second, {own: ("at_risk", 60), other: ("at_risk", 20), came: ("too_early", 20)})
    found = moves(viewer=consultant, before=first.pk, after=second.pk)
    assert [row.client for row in found] == [own.pk]
    back = moves(viewer=consultant, before=second.pk, after=first.pk)
    assert [row.client for row in back] == [own.pk]


@pytest.mark.parametrize("word", ["virtuous", "on_the_way", "at_risk"])
def test_nor_where_all_that_one_may_not_read_have_one_status(word: str) -> None:
    """« At risk: 2 clients » of two without a name says it of both; nor does one of two more that
    nobody has judged hide them. Nothing tells which status it is that is not told."""
    own, other = two_clients()
    [consultant] = staffed(own)
    third, came = make.client(), make.client()
    first, second, third_period = (period_out(place) for place in range(3))
    for period in (first, second):
        kept(period, {own: ("virtuous", 40), other: (word, 30), third: (word, 30)})
    days = {own: ("virtuous", 40), other: (word, 20), third: (word, 20), came: ("too_early", 20)}
    kept(third_period, days)
    every = [first.pk, second.pk, third_period.pk]
    told = shares(periods=every, viewer=consultant)
    assert all(found == shares(periods=[pk], viewer=consultant)[pk] for pk, found in told.items())
    assert not any(found.is_told or any(found.percents.values()) for found in told.values())
    assert told[first.pk].clients == told[first.pk].percents


def test_nor_from_where_all_of_them_went() -> None:
    own, other = two_clients()
    [consultant] = staffed(own)
    third, mixed = make.client(), make.client()
    first, second = period_out(), period_out(1)
    kept(first, {own: ("virtuous", 40), other: ("virtuous", 30), third: ("virtuous", 30)})
    kept(second, {own: ("virtuous", 40), other: ("at_risk", 30), third: ("at_risk", 30)})
    for before, after in ((first, second), (second, first)):
        assert moves(viewer=consultant, before=before.pk, after=after.pk) == []
    StatusPass.objects.all().delete()
    kept(first, {other: ("virtuous", 30), third: ("virtuous", 30), mixed: ("at_risk", 40)})
    kept(second, {other: ("at_risk", 30), third: ("at_risk", 30), mixed: ("virtuous", 40)})
    found = moves(viewer=consultant, before=first.pk, after=second.pk)
    assert found == [Move("virtuous", "at_risk", 2)]


def test_nor_where_the_others_have_no_day_or_are_not_judged() -> None:
    """A client of long ago, or one that came yesterday, hides nobody."""
    own, other = two_clients()
    [consultant] = staffed(own)
    long_ago, came = make.client(), make.client()
    first, second = period_out(), period_out(1)
    for period, word in ((first, "at_risk"), (second, "on_the_way")):
        days = {own: ("virtuous", 60), other: (word, 30)}
        kept(period, {**days, long_ago: ("virtuous", 0), came: ("too_early", 10)})
    both = [first.pk, second.pk]
    told = shares(periods=both, viewer=consultant)
    assert not any(found.is_told for found in told.values())
    assert moves(viewer=consultant, before=first.pk, after=second.pk) == []
    assert shares(periods=both)[first.pk].clients["virtuous"] == 1


def test_the_reasons_of_others_tell_no_figure() -> None:
    """That a client's figure is below the firm's is told to those who read that figure."""
    own, other = two_clients()
    [consultant] = staffed(own)
    period = period_out()
    kept(
        period,
        {own: ("virtuous", 50), other: ("on_the_way", 30), make.client(): ("at_risk", 20)},
        OTHER=["well_being_below", "path"],
    )
    told = shares(periods=[period.pk], viewer=consultant)[period.pk]
    assert dict(told.reasons["on_the_way"]) == {"path": 1}
    assert told.percents["on_the_way"] == 30
    everything = shares(periods=[period.pk], viewer=make.person(is_manager=True))[period.pk]
    assert dict(everything.reasons["on_the_way"]) == {"well_being_below": 1}


def test_some_clients_alone_are_looked_up() -> None:
    own, other = two_clients()
    period = period_out()
    kept(period, {own: ("virtuous", 60), other: ("at_risk", 40)})
    found = statuses(viewer=SystemViewer("test"), periods=[period.pk], clients=[own.pk])
    assert set(found) == {(period.pk, own.pk)}


def test_days_by_profile_follow_the_words_of_their_figures() -> None:
    period = period_out()
    groups = {"A": "above", "B": "below", "C": "below"}
    assert profile_shares(period=period.pk, groups=groups) is None
    kept(period, {})
    StatusPass.objects.update(profile_days={"A": 30, "B": 20, "C": 10, "D": 40})
    found = {"": 40, "above": 30, "below": 30}
    assert profile_shares(period=period.pk, groups=groups) == found
    assert profile_shares(period=period.pk, groups={}) == {"": 100}


def test_a_withdrawn_period_has_no_status_any_more() -> None:
    own, other = two_clients()
    first, second = period_out(), period_out(1)
    for period in (first, second):
        kept(period, {own: ("virtuous", 60), other: ("at_risk", 40)})
    Release.objects.filter(period=second).update(state="withdrawn")
    both = [first.pk, second.pk]
    assert {period for period, _client in statuses(viewer=SystemViewer("test"), periods=both)} == {
        first.pk
    }
    assert set(shares(periods=both)) == {first.pk}
    assert moves(viewer=SystemViewer("test"), before=first.pk, after=second.pk) == []


def moved() -> tuple[Period, Period, Client]:
    """Everything that can happen to clients between two periods."""
    make.firm()
    refs = ("WORSE", "ALSO", "SAME", "CAME", "LEFT", "IDLE", "GOOD")
    worse, also, same, came, left, idle, good = (make.client(ref=ref) for ref in refs)
    first, second = period_out(), period_out(1)
    kept(
        first,
        {
            worse: ("virtuous", 30), also: ("virtuous", 10), same: ("at_risk", 40),
            left: ("at_risk", 10), good: ("virtuous", 10), idle: ("virtuous", 0),
        },
    )  # fmt: skip
    kept(
        second,
        {
            worse: ("at_risk", 30), also: ("at_risk", 10), same: ("at_risk", 40),
            came: ("too_early", 10), good: ("virtuous", 10), idle: ("at_risk", 0),
        },
        WORSE=["red_line"], ALSO=["few_seen"], CAME=["not_judged"],
    )  # fmt: skip
    return first, second, worse


def test_moves_are_named_to_those_who_read_the_client() -> None:
    first, second, _worse = moved()
    found = moves(viewer=make.person(is_manager=True), before=first.pk, after=second.pk)
    names = dict(Client.objects.values_list("pk", "ref"))
    assert [(names[row.client or 0], row.before, row.after, row.percent) for row in found] == [
        ("WORSE", "virtuous", "at_risk", 30),
        ("ALSO", "virtuous", "at_risk", 10),
        ("CAME", "", "too_early", 10),
        ("LEFT", "at_risk", "", 10),
    ]
    assert found[0].reasons == ("red_line",)
    assert found[3].reasons == ()


def test_others_read_what_happened_without_a_name() -> None:
    first, second, worse = moved()
    [consultant] = staffed(worse)
    assert moves(viewer=consultant, before=first.pk, after=second.pk) == [
        Move("virtuous", "at_risk", 1, 30, ("red_line",), worse.pk)
    ], "of one client alone, nothing is told"
    stranger = moves(viewer=make.person(), before=first.pk, after=second.pk)
    assert stranger == [Move("virtuous", "at_risk", 2)], "without days or reasons"


def test_the_first_period_has_no_moves() -> None:
    first, second = period_out(), period_out(1)
    kept(second, {make.client(): ("virtuous", 10)})
    assert moves(viewer=SystemViewer("test"), before=first.pk, after=second.pk) == []


def test_each_period_keeps_the_percents_it_was_judged_by() -> None:
    make.firm()
    first, second = period_out(), period_out(1)
    assert rule_in_force() is None
    kept(first, {})
    kept(second, {})
    rule = StatusRule.objects.create(
        number=1, virtuous_from=70, at_risk_under=50, author=make.person(),
        written_at=second.closes_at,
    )  # fmt: skip
    second_pass = rule.passes.model.objects.get(period=second)
    second_pass.rule = rule
    second_pass.save()
    found = judged_by([first.pk, second.pk])
    assert {pk: one.rule for pk, one in found.items()} == {
        first.pk: Rule(), second.pk: Rule(70, 50),
    }  # fmt: skip
    assert found[second.pk].differs_from(found[first.pk]) == RULE
    assert rule_in_force() == rule


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_do_not_grow_with_clients(
    clients: int, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    make.firm()
    first, second = period_out(), period_out(1)
    rows = [make.client() for _each in range(clients)]
    for period in (first, second):
        kept(period, dict.fromkeys(rows, ("virtuous", 10)))
    consultant = staffed(rows[0])[0]
    with django_assert_num_queries(4):
        statuses(viewer=consultant, periods=[first.pk, second.pk])
    with django_assert_num_queries(4):
        shares(periods=[first.pk, second.pk])


def test_what_rests_on_a_withdrawn_review_is_taken_back_with_its_whole_period() -> None:
    own, other = two_clients()
    first, second = period_out(), period_out(1)
    charter = chartered.published(make.person(is_referent=True))
    round_ = first.rounds.all()[0]
    review = ClientReview.objects.create(round=round_, charter=charter, opened_at=round_.opens_at)
    for period in (first, second):
        kept(period, {own: ("virtuous", 60), other: ("at_risk", 40)})
    ClientStatus.objects.filter(status_pass__period=second, client=own).update(review=review)
    out = ReviewRelease.objects.create(review=review, published_at=round_.closes_at)
    viewer, both = SystemViewer("test"), [first.pk, second.pk]
    day = date(2026, 12, 2)
    assert {period for period, _ in statuses(viewer=viewer, periods=both)} == set(both)
    assert [one.period for one in newest_kept(by=day)] == [second.pk, first.pk]
    out.withdrawn_at = second.closes_at
    out.save()
    assert taken_back() == {second.pk}
    # The other client's too: the shares with and without one would tell that one's.
    assert {period for period, _ in statuses(viewer=viewer, periods=both)} == {first.pk}
    assert set(shares(periods=both)) == {first.pk}
    assert [one.period for one in newest_kept(by=day)] == [first.pk]


def test_another_version_of_the_charter_is_not_compared_with() -> None:
    own, other = two_clients()
    periods = [period_out(place) for place in range(3)]
    by = make.person(is_referent=True)
    old, new = (chartered.published(by) for _each in range(2))
    for period, charter in zip(periods, (old, new, None), strict=True):
        kept(period, {own: ("virtuous", 60), other: ("at_risk", 0)})
        rows = ClientStatus.objects.filter(status_pass__period=period)
        rows.filter(client=own).update(charter=charter)
        # On whom nobody spent a day changes no share.
        rows.filter(client=other).update(charter=old)
    first, second, third = (judged_by([one.pk])[one.pk] for one in periods)
    assert (first.charters, second.charters) == ({old.pk}, {new.pk})
    assert second.differs_from(first) == CHARTER
    assert third.differs_from(first) == third.differs_from(second) == ""
    assert third.since(second).charters == second.charters
    assert second.since(first) == second
    assert JudgedBy(Rule(70, 50), frozenset({new.pk})).differs_from(first) == RULE
