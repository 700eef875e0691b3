"""Pages of figures cost the same number of queries whatever the size of the firm."""

from collections import Counter

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.models import Alert
from tests import make
from tests.dashboards import published
from tests.dashboards.published import Firm

OVERVIEW_QUERIES = 15


def queries(browser: Browser, name: str, **args: object) -> list[str]:
    address = reverse(f"dashboards:{name}", kwargs=args)
    browser.get(address)  # what the first page of a process loads once
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return [found["sql"] for found in captured.captured_queries]


def an_alert(firm: Firm) -> None:
    row = firm.made.rounds[-1]
    figure = {"dimension": "load", "score": 40, "low": 30, "high": 50, "firm": 60,
              "level": 1, "band": "5-7"}  # fmt: skip
    Alert.objects.create(
        rule=Alert.Rule.CLIENT_BELOW,
        client=firm.made.clients[0],
        opened_at=row.closes_at,
        opened_round=row,
        seen_round=row,
        managers_from=row.closes_at,
        reason={"figures": [figure | {"dimension": "overall"}, figure]},
    )


@pytest.mark.django_db
def test_the_overview_holds_its_budget_and_asks_nothing_twice(browser: Browser) -> None:
    firm = published.firm(people=24, clients=3, periods=3, rounds=1)
    an_alert(firm)
    browser.force_login(firm.manager)
    asked = queries(browser, "overview")
    assert len(asked) <= OVERVIEW_QUERIES, asked
    assert not [sql for sql, times in Counter(asked).items() if times > 1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["overview", "client_list", "profile_list", "firm"])
def test_one_client_and_forty_cost_the_same(browser: Browser, name: str) -> None:
    few = published.firm(people=12, clients=1, periods=3, rounds=1)
    browser.force_login(few.manager)
    before = queries(browser, name)
    for number in range(39):
        row = make.client(ref=f"MORE{number}", unit=few.made.clients[0].unit)
        make.mission(client=row, profile=make.profile())
    after = queries(browser, name)
    assert len(after) == len(before)
    if name == "client_list":
        address = reverse("dashboards:client_list")
        page = browser.get(address).content.decode()
        assert page.count(reverse("dashboards:client", kwargs={"pk": row.pk})) >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["client", "profile"])
def test_one_mission_and_three_cost_the_same(browser: Browser, name: str) -> None:
    firm = published.firm(people=12, clients=1, periods=1, rounds=1)
    client, profile = firm.made.clients[0], firm.made.profiles[0]
    subject = client if name == "client" else profile
    browser.force_login(firm.manager)
    asked = []
    for number in range(3):
        mission = make.mission(client=client, profile=profile, title=f"Astreinte {number}")
        mission.facts.add(make.fact(), make.fact("travel"))
        asked.append(len(queries(browser, name, pk=subject.pk)))
    assert asked[0] == asked[2]
    page = browser.get(reverse(f"dashboards:{name}", kwargs={"pk": subject.pk})).content.decode()
    assert all(f"Astreinte {number}" in page for number in range(3))
