"""Other points: what they would have done is seen first, then they are saved; the past stays."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from balancing import compute
from balancing.models import Load, LoadPass
from missions import lifecycle, points
from missions.models import DemandFact, PointsVersion
from tests import make
from tests.balancing import staffed
from tests.balancing.staffed import Staffed

pytestmark = pytest.mark.django_db
PAGE = reverse("dashboards:points_preview")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Staffed:
    firm = staffed.firm(12)
    now = firm.last.closes_at + timedelta(days=8)
    points.keep_version(now=now)
    compute.load_due(now=now)
    monkeypatch.setattr(timezone, "now", lambda: now)
    User.objects.update(language="en")
    return firm


@pytest.fixture
def administrator(made: Staffed) -> User:
    return make.person(is_administrator=True, is_consultant=False, language="en")


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def link(page: str, words: str) -> str:
    found = re.search(rf'href="([^"]*)">{words}', page)
    assert found, words
    return found[1].replace("&amp;", "&")


def test_from_trying_to_saving(made: Staffed, administrator: User, browser: Browser) -> None:
    before = list(Load.objects.order_by("pk").values())
    browser.force_login(administrator)
    page = text(browser.get(PAGE, {"fact-on_call": 0}))
    for row in made.people:
        assert row.full_name not in page
    assert "On call: 5 → 0" in page
    save = link(page, "Go on to saving")
    page = text(browser.get(save))
    assert "5 → 0" in page
    # Nothing is saved by looking, twice.
    assert PointsVersion.objects.count() == 1
    form = browser.get(save).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert browser.post(reverse("missions:points_edit"), sent).status_code == 302
    assert DemandFact.objects.get(code="on_call").points == 0
    assert list(Load.objects.order_by("pk").values()) == before
    assert set(LoadPass.objects.values_list("points_version", flat=True)) == {1}
    made.carry(2, overload=True)
    compute.load_due(now=made.last.closes_at)
    newest = LoadPass.objects.get(round=made.last)
    assert (newest.points_version, PointsVersion.objects.count()) == (2, 2)
    assert {row.declared for row in newest.demands.all()} == {2.0}


def test_managers_look_and_do_not_save(made: Staffed, browser: Browser) -> None:
    browser.force_login(made.manager)
    page = text(browser.get(PAGE, {"fact-on_call": 0}))
    assert "Go on to saving" not in page
    assert "is no longer demanding" in page
    assert browser.get(reverse("missions:points_edit")).status_code == 403


def test_the_points_of_today_are_nothing_to_save(
    made: Staffed, administrator: User, browser: Browser
) -> None:
    browser.force_login(administrator)
    today = {"maximum": 10}
    page = text(browser.get(PAGE, today))
    assert "These are the points of today" in page
    assert "Go on to saving" not in page


def test_the_firms_indices_stand_before_and_after(made: Staffed, browser: Browser) -> None:
    """With the points of today they are those that the round was kept with."""
    newest = LoadPass.objects.get(round=made.last)
    browser.force_login(made.manager)
    response = browser.get(PAGE, {"fact-legacy": 0})  # a fact that no mission has
    lines = response.context["indices"]
    kept = [newest.indices[name]["value"] for name in ("max_to_mean", "top_tenth", "gini", "jain")]
    assert [line.before for line in lines] == [line.after for line in lines]
    assert [float(line.before) for line in lines] == [round(value, 2) for value in kept]
    changed = browser.get(PAGE, {"fact-on_call": 0}).context["indices"]
    assert float(changed[2].after) < float(changed[2].before)
    page = text(response)
    assert "Unevenness of loads, by Gini" in page


def test_without_anybody_to_compare_there_are_no_indices(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = staffed.firm(2)
    now = firm.last.closes_at + timedelta(days=8)
    compute.load_due(now=now)
    monkeypatch.setattr(timezone, "now", lambda: now)
    User.objects.update(language="en")
    browser.force_login(User.objects.get(pk=firm.manager.pk))
    response = browser.get(PAGE, {"fact-on_call": 0})
    assert response.context["indices"] == []
    assert "0 people compared" in text(response)


def test_a_link_from_before_a_fact_was_added_leaves_it_as_it_is(
    made: Staffed, browser: Browser
) -> None:
    browser.force_login(made.manager)
    asked = {"fact-on_call": 0, "maximum": 10}
    row = DemandFact(code="own", name_fr="Le nôtre", name_en="Our own", points=4)
    lifecycle.create_fact(fact=row, actor=None, now=timezone.now())
    form = browser.get(PAGE, asked).context["form"]
    assert form.is_valid()
    assert form["fact-own"].value() == "4"


def test_a_retired_fact_is_not_tried(made: Staffed, browser: Browser) -> None:
    lifecycle.retire_fact(
        fact=DemandFact.objects.get(code="on_call"), actor=None, now=timezone.now()
    )
    browser.force_login(made.manager)
    response = browser.get(PAGE, {"fact-legacy": 9})
    assert "fact-on_call" not in response.context["form"].fields
    # Nothing else makes a mission hard here, so that today's points leave nobody above.
    assert response.context["found"].above == (0, 0)


def test_loads_name_the_version_of_the_points(made: Staffed, browser: Browser) -> None:
    facts = reverse("missions:fact_list")
    for reader, page in ((made.manager, "/load/"), (made.loaded, "/load/me/")):
        browser.force_login(User.objects.get(pk=reader.pk))
        assert link(text(browser.get(page)), "Version 1 of the points") == facts
        LoadPass.objects.update(points_version=None)
        assert "Version 1 of the points" not in text(browser.get(page))
        LoadPass.objects.update(points_version=1)


def test_queries_do_not_grow_with_missions_that_change(made: Staffed, browser: Browser) -> None:
    browser.force_login(made.manager)

    def count(asked: dict[str, int]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as found:
            context = browser.get(PAGE, asked).context
        return len(found), len(context["ceasing"])

    none, no_change = count({"fact-legacy": 0})
    some, changed = count({"fact-on_call": 0})
    assert (no_change, changed > 1) == (0, True)
    assert some <= none + 1
