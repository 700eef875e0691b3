"""Exceptions and paths with the published figures beside, through the gate alone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from clients import paths, screening
from clients.models import CharterException, Client, Path
from scoring.publication import OVERALL, Scope
from surveys.models import Period
from tests.clients import chartered
from tests.dashboards import published
from tests.world import World

EXCEPTIONS = reverse("dashboards:exceptions")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sizes() -> dict[str, int]:
    return {"people": 24, "clients": 3, "periods": 3, "rounds": 2}


def seen(browser: Browser, person: User, address: str) -> Any:
    browser.force_login(person)
    response = browser.get(address)
    assert response.status_code == 200
    return response


def test_the_figure_stands_beside_the_exception_for_who_may_read_it(
    browser: Browser, sizes: dict[str, int]
) -> None:
    firm = published.firm(**sizes)
    newest = Period.objects.get(pk=firm.made.periods[-1].pk)
    for row in Client.objects.exclude(ref="between").order_by("pk"):
        chartered.excepted(row, firm.manager, now=firm.made.periods[0].closes_at)
    rows = seen(browser, firm.manager, EXCEPTIONS).context["rows"]
    assert rows
    for shown in rows:
        cell = firm.cells.get((newest.pk, Scope("client", shown.row.client.ref, OVERALL)))
        assert shown.reads
        assert cell is None or shown.cell == cell
    own = {row.row.client.ref for row in seen(browser, firm.consultant, EXCEPTIONS).context["rows"]
           if row.reads}  # fmt: skip
    assert own < {shown.row.client.ref for shown in rows}
    nothing = seen(browser, firm.administrator, EXCEPTIONS)
    assert not any(shown.reads for shown in nothing.context["rows"])
    assert 'class="score' not in nothing.content.decode()


def test_an_exception_of_after_the_figures_has_none_yet(
    browser: Browser, sizes: dict[str, int]
) -> None:
    firm = published.firm(**sizes)
    row = firm.made.people[0].assignments.all()[0].mission.client
    chartered.excepted(row, firm.manager, now=firm.made.after + timedelta(days=40))
    response = seen(browser, firm.manager, EXCEPTIONS)
    assert response.context["rows"][0].cell is None
    assert "aucune période n’a été publiée depuis" in response.content.decode()


def test_exceptions_and_refusals_are_paged_together(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.listing.PAGE_SIZE", 2)
    for turn in range(3):
        chartered.excepted(world.client, world.manager, now=chartered.NOW)
        row = chartered.met(world.consultant, name=f"Maison {turn}")
        screening.refuse(prospect=row, sentence="Non.", by=world.manager, now=chartered.NOW)
    told = [seen(browser, world.manager, f"{EXCEPTIONS}?page={page}") for page in (1, 2, 3)]
    assert [len(page.context["rows"]) for page in told] == [2, 1, 0]
    names = [[row.name for row in page.context["refusals"]] for page in told]
    assert names == [[], ["Maison 2"], ["Maison 1", "Maison 0"]]
    assert "Prospects refusés" not in told[0].content.decode()
    assert "Personne n’a continué" not in told[2].content.decode()


def test_a_period_begun_before_an_exception_is_not_what_was_lived_since(
    browser: Browser, sizes: dict[str, int]
) -> None:
    firm = published.firm(**sizes)
    row = firm.made.people[0].assignments.all()[0].mission.client
    begun = datetime.combine(firm.made.periods[-1].starts_on, time(12), UTC)
    chartered.excepted(row, firm.manager, now=begun)
    assert seen(browser, firm.manager, EXCEPTIONS).context["rows"][0].cell is None
    CharterException.objects.update(decided_at=begun - timedelta(days=1))
    assert seen(browser, firm.manager, EXCEPTIONS).context["rows"][0].cell is not None


def test_a_finished_path_says_before_and_after(browser: Browser, sizes: dict[str, int]) -> None:
    firm = published.firm(**sizes)
    first, last = firm.made.periods[0], firm.made.periods[-1]
    client = firm.made.people[0].assignments.all()[0].mission.client
    opened = first.closes_at + timedelta(days=1)
    path = chartered.path_of(firm.manager, now=opened, client=client)
    chartered.asked(path, firm.manager, now=opened)
    address = reverse("dashboards:path", args=[path.pk])
    assert seen(browser, firm.manager, address).context["effect"] is None
    end = {"state": Path.State.FINISHED, "outcome": "Obtenu.", "by": firm.manager}
    paths.end_path(path=path, now=opened + timedelta(days=1), **end)  # type: ignore[arg-type]  # -- named above
    effect = seen(browser, firm.manager, address).context["effect"]
    assert effect is not None
    scope = Scope("client", client.ref, OVERALL)
    after = next(row for row in firm.made.periods if row.starts_on > opened.date())
    assert effect.before == firm.cells[(first.pk, scope)]
    assert effect.after == firm.cells[(after.pk, scope)]
    assert effect.says
    Path.objects.update(ended_at=last.closes_at + timedelta(days=90))
    later = seen(browser, firm.manager, address).context["effect"]
    assert (later.after_label, later.says) == ("", "")
    Path.objects.update(opened_at=first.closes_at - timedelta(days=900))
    assert seen(browser, firm.manager, address).context["effect"] is None
    stranger = next(
        person
        for person in firm.made.people
        if not person.assignments.filter(mission__client=client).exists()
    )
    Path.objects.update(opened_at=opened)
    browser.force_login(stranger)
    assert browser.get(address).status_code == 404


def test_the_page_costs_the_same_with_one_and_with_many(
    browser: Browser, sizes: dict[str, int]
) -> None:
    firm = published.firm(**sizes)
    client = firm.made.people[0].assignments.all()[0].mission.client
    counts = []
    for _turn in range(3):
        chartered.excepted(client, firm.manager, now=firm.made.periods[0].closes_at)
        browser.force_login(firm.manager)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(EXCEPTIONS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20
