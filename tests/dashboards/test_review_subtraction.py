"""A review beside the one before it, through every page and file: what is withheld is nowhere."""

import csv
import re
from io import StringIO
from itertools import product

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from scoring.publication import published_periods
from tests.dashboards.planting import (
    Planted,
    chosen,
    judge_last,
    pages,
    plant,
    score_and_release,
)

READERS = ("manager", "referent", "judge")
DOES = "What the client does"


@pytest.fixture
def before(db: None) -> Planted:
    """Few people: the last review is still to come."""
    return plant(people=12, clients=2, periods=2, rounds=1)


def shown(planted: Planted, browser: Browser, role: str, **said: object) -> dict[str, str]:
    """All that a role is shown after a last review in which this was said; then it is undone."""
    mark = transaction.savepoint()
    judge_last(planted, **said)  # type: ignore[arg-type]  # -- a test's own words
    score_and_release(planted.firm.made)
    found = pages(planted, browser, role)
    transaction.savepoint_rollback(mark)
    return {address: re.sub(r'value="\w{64}"', "", text) for address, text in found.items()}


@pytest.mark.parametrize("role", ["manager", "judge"])
def test_what_is_withheld_changes_no_byte(before: Planted, browser: Browser, role: str) -> None:
    """Four judge a value, one joins the six, two tick an action: whatever they said, the same."""
    one = shown(before, browser, role, four="r", newcomer="r", ticks=2)
    other = shown(before, browser, role, four="s", newcomer="s", ticks=0)
    assert one.keys() == other.keys()
    assert len(one) > 20
    assert [address for address in one if one[address] != other[address]] == []


def test_what_more_than_half_say_does_change_the_page(before: Planted, browser: Browser) -> None:
    """The comparison can fail: where six of seven change their mind, another word is told."""
    one, other = (shown(before, browser, "manager", six=word) for word in "sn")
    changed = {address for address in one if one[address] != other[address]}
    names = ("client", "client_export")
    assert {reverse(f"dashboards:{name}", args=[before.judged.pk]) for name in names} <= changed


def test_the_file_says_of_each_value_what_may_be_said(before: Planted, browser: Browser) -> None:
    """In every period: told, answered by too few, and tipped by one newcomer."""
    judge_last(before)
    score_and_release(before.firm.made)
    User.objects.update(language="en")
    names = [value.name_en for value in chosen(before)]
    for role, period in product(READERS, published_periods()):
        browser.force_login(before.person(role))
        address = reverse("dashboards:client_export", args=[before.judged.pk])
        text = browser.get(address, {"period": period.starts_on}).content.decode("utf-8-sig")
        rows = [row for row in csv.DictReader(StringIO(text)) if row["Section"] == DOES]
        words = {row["Topic"]: row["In words"] for row in rows}
        assert [words[name] for name in names] == ["seen", "Withheld", "Withheld"]
