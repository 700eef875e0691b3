"""What changed since the period before: said where it is clear, and never across a cut."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from dashboards.changes import changes_of, moved
from dashboards.edition import Edition, Reading
from scoring.models import Release, ReleasedCell
from scoring.publication import WITHHELD, Cell, PublishedPeriod, Scope, published_periods
from surveys.versions import Asked
from tests.dashboards import published
from tests.dashboards.published import Firm

CLIENT, LOAD = Scope("client", "ORSEL"), Scope("client", "ORSEL", "load")
NAMED = [("Overall", CLIENT), ("Load", LOAD)]
ONE: Asked = {"overall": [[["load", 1, 5]]], "load": [[["load", 1, 5]]]}
TWO: Asked = {"overall": [[["load", 2, 5]]], "load": [[["load", 2, 5]]]}


def cell(score: int) -> Cell:
    return Cell(False, score, score - 10, score + 10, "8-12", 3, "solid", "in_line")


def reading(
    before: Cell, after: Cell, *, asked: tuple[Asked, Asked] = (ONE, ONE), follows: int = 1
) -> Reading:
    """The overall figure in two periods; the theme stays at 50."""
    moment = datetime(2026, 8, 25, tzinfo=UTC)
    rows = (
        PublishedPeriod(
            2, date(2026, 6, 2), date(2026, 7, 28), moment, False, asked=asked[1], follows=follows
        ),
        PublishedPeriod(1, date(2026, 3, 10), date(2026, 5, 5), moment, False, asked=asked[0]),
    )
    cells = {(1, CLIENT): before, (2, CLIENT): after, (1, LOAD): cell(50), (2, LOAD): cell(50)}
    return Reading(Edition(rows, rows[0]), cells)


@pytest.mark.parametrize(
    ("after", "said"),
    [(45, "Down 20 (9 to 31)"), (85, "Up 20 (9 to 31)"), (60, "No clear change")],
)
def test_a_change_is_told_in_words_with_its_margin(after: int, said: str) -> None:
    with override("en"):
        found = moved(reading(cell(65), cell(after)), CLIENT)
        assert found is not None
        assert found.says == said
        assert found.ends == f"From 65 to {after}"


@pytest.mark.parametrize(("before", "after"), [(WITHHELD, cell(50)), (cell(50), WITHHELD)])
def test_nothing_is_told_beside_a_withheld_figure(before: Cell, after: Cell) -> None:
    assert moved(reading(before, after), CLIENT) is None


def test_nothing_is_told_across_a_changed_question() -> None:
    cut = reading(cell(65), cell(45), asked=(ONE, TWO))
    assert moved(cut, CLIENT) is None
    with override("en"):
        found = changes_of(cut, NAMED)
    assert found is not None
    assert (found.clear, found.cut) == ([], ["Overall", "Load"])
    assert found.says == "Nothing here can be compared with the period before."


def test_nothing_is_told_over_a_period_that_is_not_published() -> None:
    gap = reading(cell(65), cell(45), follows=7)
    assert moved(gap, CLIENT) is None
    with override("en"):
        found = changes_of(gap, NAMED)
    assert found is not None
    assert found.says == "The period just before is not published, so no change is told."
    assert found.cut == []


def test_the_first_period_has_nothing_to_be_compared_with() -> None:
    both = reading(cell(65), cell(45))
    first = Edition(both.edition.periods, both.edition.periods[1])
    assert changes_of(replace(both, edition=first), NAMED) is None
    assert moved(replace(both, edition=first), CLIENT) is None


def test_the_section_lists_what_is_clear_and_nothing_else() -> None:
    with override("en"):
        found = changes_of(reading(cell(65), cell(45)), NAMED)
        still = changes_of(reading(cell(60), cell(60)), NAMED)
    assert found is not None
    assert [one.name for one in found.clear] == ["Overall"]
    assert (found.says, found.since) == ("", "Mar–May\xa02026")
    assert still is not None
    assert still.clear == []
    assert still.says == "No clear change: the margins are wider than the differences."


# --- on the pages ----------------------------------------------------------------------------


@pytest.fixture
def firm(db: None) -> Firm:
    User.objects.update(language="en")
    made = published.firm(people=40, clients=3, periods=4, rounds=1)
    User.objects.update(language="en")
    return made


def page(browser: Browser, person: User, name: str, query: str = "", **args: int) -> str:
    browser.force_login(person)
    answer = browser.get(reverse(f"dashboards:{name}", kwargs=args) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_releases_made_before_say_what_they_rest_on_too(firm: Firm) -> None:
    """The migration fills in what a release of today keeps by itself."""
    made = {row.id: row.asked for row in published_periods()}
    assert all("overall" in asked and "load" in asked for asked in made.values())
    Release.objects.update(asked={})
    migration = import_module("scoring.migrations.0003_what_a_release_rests_on")
    migration.fill(apps, None)
    assert {row.id: row.asked for row in published_periods()} == made


def put(period: int, ref: str, score: int, dimension: str = "overall") -> None:
    """A client's published figure, as if it had come out so."""
    told = {"score": score, "low": score - 10, "high": score + 10, "band": "8-12"}
    rows = ReleasedCell.objects.filter(release__period=period, kind="client", ref=ref)
    assert rows.filter(dimension=dimension).update(withheld=False, cause="", **told) == 1


def test_client_pages_tell_a_clear_change_and_the_overview_too(
    firm: Firm, browser: Browser
) -> None:
    latest, before, *_ = published_periods()
    client = firm.made.clients[0]
    put(before.id, client.ref, 70)
    put(latest.id, client.ref, 50)
    text = page(browser, firm.manager, "client", pk=client.pk)
    assert re.search(r"<h2 id=\"changes\">What changed since \w+\s2025</h2>", text)
    assert "From 70 to 50" in text
    assert "Down 20 (9 to 31)" in text
    assert "Down 20 (9 to 31)" in page(browser, firm.manager, "overview")
    assert "Down 20 (9 to 31)" in page(browser, firm.manager, "client_list")
    first = f"?period={published_periods()[-1].starts_on}"
    assert "What changed" not in page(browser, firm.manager, "client", first, pk=client.pk)


def test_a_withheld_client_tells_no_change(firm: Firm, browser: Browser) -> None:
    latest, before, *_ = published_periods()
    client = firm.made.clients[0]
    put(before.id, client.ref, 70)
    nothing = {"score": None, "low": None, "high": None, "band": "", "withheld": True}
    ReleasedCell.objects.filter(release__period=latest.id, ref=client.ref).update(**nothing)
    text = page(browser, firm.manager, "client", pk=client.pk)
    assert "What changed" not in text
    assert "What weighs" not in text
    assert 'class="score"' not in text
    assert "moved" not in text


def test_a_changed_question_cuts_every_curve_and_the_table_says_so(
    firm: Firm, browser: Browser
) -> None:
    latest = published_periods()[0]
    client = firm.made.clients[0]
    for row in published_periods():
        put(row.id, client.ref, 60)
    whole = page(browser, firm.manager, "client", pk=client.pk)
    assert "Question changed" not in whole
    asked = dict(latest.asked)
    asked["overall"] = [[["load", 2, 5]]]
    Release.objects.filter(period=latest.id).update(asked=asked, formula_version=9)
    text = page(browser, firm.manager, "client", pk=client.pk)
    table = text[text.index("Data of the chart") :]
    assert "Question changed: what is above does not compare with what is below." in table
    assert "version 9 of the way of calculating" in table
    assert "Question changed: comparable from" in text
    assert "Stable at 60" not in text
    assert 'stroke-dasharray="2 3"' in text
    assert '"dash": "2px,3px"' in text
    overview = page(browser, firm.manager, "overview")
    assert "since the question changed" in overview


def test_a_theme_says_since_when_its_question_is_asked_so(firm: Firm, browser: Browser) -> None:
    latest = published_periods()[0]
    client = firm.made.clients[0]
    put(latest.id, client.ref, 60)
    put(latest.id, client.ref, 60, "load")
    asked = dict(latest.asked) | {"load": [[["load", 2, 5]]]}
    Release.objects.filter(period=latest.id).update(asked=asked)
    text = page(browser, firm.manager, "client", pk=client.pk)
    assert text.count("Version 1 since") == 1  # the number is the questionnaire's own
    assert "Question changed, so not compared: Load." in text


def test_what_weighs_and_what_lifts_stand_beside_the_firm(firm: Firm, browser: Browser) -> None:
    latest = published_periods()[0]
    client = firm.made.clients[0]
    ReleasedCell.objects.filter(release__period=latest.id, kind="firm").update(
        score=60, low=57, high=63, band="20+", withheld=False
    )
    put(latest.id, client.ref, 60)
    for dimension, score in (("load", 40), ("relation", 60), ("meaning", 80)):
        put(latest.id, client.ref, score, dimension)
    text = page(browser, firm.manager, "client", pk=client.pk)
    section = text[text.index('id="weighs"') : text.index('id="themes"')]
    weighs, lifts = section.split("What lifts")
    assert "What weighs" in weighs
    assert "<strong>Load</strong>" in weighs
    assert "the firm: 60 (57 to 63)" in weighs
    assert "Solid" in weighs
    assert "<strong>Meaning</strong>" in lifts
    assert "Relation" not in weighs + lifts
    put(latest.id, client.ref, 60, "load")
    put(latest.id, client.ref, 60, "meaning")
    calm = page(browser, firm.manager, "client", pk=client.pk)
    assert "What weighs" not in calm
    assert "No theme stands apart from the firm" in calm
