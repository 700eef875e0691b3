"""The page "How these figures are made", and the line under figures that leads there."""

import math
from dataclasses import replace

import numpy as np
import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import FirmSettings, User
from accounts.threshold import PROFILE_PEOPLE
from dashboards import explained
from scoring.compute import FORMULA_VERSION
from scoring.maths import figures
from scoring.maths.family import Rules
from scoring.models import Release
from scoring.publication import published_periods
from tests import make
from tests.dashboards import published
from tests.dashboards.published import Firm
from tests.world import ROLES, World

ADDRESS = "/figures/how/"


@pytest.fixture
def firm(db: None) -> Firm:
    User.objects.update(language="en")
    found = published.firm(people=24, clients=3, periods=2, rounds=2)
    User.objects.update(language="en")
    return found


def page(browser: Browser, person: User, address: str = ADDRESS) -> str:
    browser.force_login(person)
    return browser.get(address).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_everybody_reads_it_before_any_figure(
    world: World, browser: Browser, role: str, language: str
) -> None:
    User.objects.update(language=language)
    text = page(browser, world.person(role))
    said = {"fr": "Aucune pour l’instant", "en": "None yet: the first comes when"}
    assert said[language] in text
    linked = ("margin", "withheld", "reliability", "words", "change", "audit", "warning")
    for anchor in ("answer", "mean", *linked, "releases"):
        assert f'id="{anchor}"' in text


def test_its_numbers_are_those_of_the_code() -> None:
    assert Rules().profile_people == PROFILE_PEOPLE
    assert set(explained.VERSIONS) == set(range(1, FORMULA_VERSION + 1))
    for level in explained.levels():
        for score in (level.lower, level.upper):
            if score is not None:
                assert figures.Figure(score, score, score, 1, "20+").level == level.number
    assert [len(row) for row in (explained.levels(), explained.SCALE)] == [5, 5]
    groups = [group for _row, group in explained.drawn()]
    assert groups == ["below", "in_line", "above"]


def test_its_example_can_be_followed_by_hand() -> None:
    """Chance and real differences weigh the same with five people: half of the gap is believed."""
    few, many = explained.examples()
    assert (few.people, many.people) == (5, 20)
    assert few.chance == pytest.approx(np.sqrt(200 / 5))
    assert (few.believed, many.believed) == (50, 80)
    assert (few.first.score, few.second.score) == (45, 55)
    assert (few.first.low, few.first.high) == (35, 55)
    assert (many.first.score, many.second.score) == (42, 58)


def test_its_example_of_a_change_is_one() -> None:
    change = explained.change_example()
    assert change.needed == pytest.approx(10.61, abs=0.01)
    told = figures.change(change.before, change.after)
    assert told.high == math.ceil(-change.points + change.needed)
    assert told.direction == figures.Direction.DOWN
    near = replace(change.after, score=change.before.score - change.near)
    shifted = replace(near, low=near.score - change.half, high=near.score + change.half)
    assert figures.change(change.before, shifted).direction == figures.Direction.UNCLEAR
    for row in (change.before, change.after):
        assert (row.score - row.low, row.high - row.score) == (change.half, change.half)
    assert (change.points, change.near) == (15, 10)
    assert change.near < change.needed < change.points


def test_it_lists_the_releases_and_no_figure(firm: Firm, browser: Browser) -> None:
    latest, first = published_periods()
    Release.objects.filter(period=latest.id).update(formula_version=1)
    text = page(browser, firm.administrator)
    assert "first period: wider margins" in text
    assert text.count(">version ") == 2
    assert "Version 1 of the formula" in text
    assert "Version 2 of the formula" in text
    Release.objects.filter(period=latest.id).update(state=Release.State.WITHHELD)
    Release.objects.filter(period=first.id).update(state=Release.State.WITHDRAWN)
    text = page(browser, firm.administrator)
    assert "<small>figures withheld</small>" in text
    assert "<small>figures withdrawn</small>" in text
    assert "rank, " not in text


def test_it_says_the_numbers_in_force_and_those_of_each_release(
    firm: Firm, browser: Browser
) -> None:
    FirmSettings.objects.update(anonymity_threshold=9)
    text = page(browser, firm.consultant)
    assert "A figure needs 9 people who answered, and 9 for a mission profile." in text
    assert text.count('data-label="People needed">5<') == 2
    assert "narrowed down to within 20 points, also by a colleague" in text


def test_it_names_whom_to_ask(firm: Firm, browser: Browser) -> None:
    FirmSettings.objects.update(privacy_email="dpo@lumen.example")
    text = page(browser, firm.consultant)
    assert firm.referent.full_name in text
    assert "mailto:dpo@lumen.example" in text


def test_figures_lead_there_with_their_dates(firm: Firm, browser: Browser) -> None:
    latest = published_periods()[0]
    known = [
        scope.ref
        for (period, scope), cell in firm.cells.items()
        if (period, scope.kind, scope.dimension) == (latest.id, "client", "overall")
        and not cell.withheld
    ]
    client = next(row for row in firm.made.clients if row.ref in known)
    for name, args in (
        ("overview", []),
        ("client_list", []),
        ("profile_list", []),
        ("firm", []),
        ("client", [client.pk]),
        ("profile", [firm.made.profiles[0].pk]),
    ):
        text = page(browser, firm.manager, reverse(f"dashboards:{name}", args=args))
        assert 'class="made"' in text, name
        assert "2 rounds" in text
        assert f'href="{ADDRESS}"' in text


def test_pages_of_a_period_say_what_that_period_needed(firm: Firm, browser: Browser) -> None:
    latest, before = published_periods()
    for row, people in ((latest, 9), (before, 6)):
        made = Release.objects.get(period=row.id).made
        made["rules"]["people"] = people
        Release.objects.filter(period=row.id).update(made=made)
    hidden = make.client(unit=firm.made.clients[0].unit)
    kind = make.profile()
    for query, said in (("", (9, 9)), (f"?period={before.starts_on}", (6, 8))):
        for name, subject, people in zip(("client", "profile"), (hidden, kind), said, strict=True):
            address = reverse(f"dashboards:{name}", args=[subject.pk]) + query
            assert f"({people} people are needed)" in page(browser, firm.manager, address)
