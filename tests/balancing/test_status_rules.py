"""The firm's rule for statuses: versions with their author, each can be taken back in time."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from balancing.models import ClientStatus, StatusPass, StatusRule
from balancing.perms import can_write_status_rule
from balancing.status_rules import take_back, write
from core.moving import OvertakenError
from tests import make
from tests.balancing.portfolio import kept, period_out

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def referent() -> User:
    return make.person(is_referent=True)


def wrote(by: User, *, seen: int = 0, **values: int | None) -> StatusRule:
    given = {"virtuous_from": 80, "at_risk_under": 60, "target": 50} | values
    return write(rule=StatusRule(**given), seen=seen, by=by, now=NOW)


def test_the_referent_alone_writes_it() -> None:
    assert can_write_status_rule(make.person(is_referent=True))
    for other in ({}, {"is_manager": True}, {"is_administrator": True}):
        assert not can_write_status_rule(make.person(**other))


def test_each_change_is_a_version_with_its_author(referent: User) -> None:
    wrote(referent)
    wrote(referent, seen=1, target=60)
    told = StatusRule.objects.values_list("number", "target", "author", "written_at")
    assert list(told) == [(2, 60, referent.pk, NOW), (1, 50, referent.pk, NOW)]
    lines = AuditEntry.objects.filter(object_kind="status_rule").order_by("pk")
    assert lines[0].changes["virtuous_from"] == ["", "80"]
    assert lines[1].changes == {"target": ["50", "60"]}


def test_nobody_writes_over_what_they_have_not_seen(
    referent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(referent)
    with pytest.raises(OvertakenError):
        wrote(referent)
    # At the same moment: the second one's number is taken when it writes.
    monkeypatch.setattr(type(StatusRule.objects), "first", lambda _rows: None, raising=False)
    with pytest.raises(OvertakenError):
        wrote(referent)
    assert StatusRule.objects.count() == 1


def test_it_can_be_taken_back_until_figures_rest_on_it(referent: User) -> None:
    first, second = wrote(referent), wrote(referent, seen=1, target=60)
    assert not take_back(rule=first, by=referent, now=NOW)
    assert take_back(rule=second, by=referent, now=NOW)
    assert not take_back(rule=second, by=referent, now=NOW)
    StatusPass.objects.create(period=period_out(), rule=first, formula_version=1, made_at=NOW)
    assert not take_back(rule=first, by=referent, now=NOW)
    assert list(StatusRule.objects.all()) == [first]
    assert AuditEntry.objects.filter(action="withdraw", object_kind="status_rule").count() == 1


@pytest.mark.parametrize(
    "values",
    [{"virtuous_from": 50}, {"at_risk_under": 0}, {"virtuous_from": 101}, {"target": 0}],
)
def test_percents_out_of_order_are_refused_by_the_database(
    referent: User, values: dict[str, int]
) -> None:
    given = {"virtuous_from": 80, "at_risk_under": 60, "target": 50} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusRule.objects.create(number=1, author=referent, written_at=NOW, **given)


def test_rows_are_known_by_what_they_are_about(referent: User) -> None:
    rule, period, client = wrote(referent), period_out(), make.client()
    kept(period, {client: ("virtuous", 10)})
    row = ClientStatus.objects.select_related("status_pass").get()
    told = [str(one) for one in (rule, row.status_pass, row)]
    assert told == ["status rule 1", f"status pass {period.pk}", f"status {client.pk}"]
