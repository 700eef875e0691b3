"""The load page and one's own line: the same numbers in the drawing, the table and the figure."""

import json
import re
from datetime import timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from balancing import compute
from balancing.models import Load, LoadPass, Rotation, RotationRun
from core.wording import number
from dashboards import charts_load, views_load
from dashboards.charts_load import Bar, Dot
from dashboards.load_trend import expected
from dashboards.own_load import own_load_line
from followup import alerts, decisions
from followup.models import Alert
from missions import contests
from tests import make
from tests.balancing import staffed
from tests.balancing.staffed import Staffed

pytestmark = pytest.mark.django_db
URL = "/load/"
OWN = "/load/me/"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Staffed:
    """Twelve rounds, all loads computed, the clock eight days after the last close."""
    firm = staffed.firm(12)
    now = firm.last.closes_at + timedelta(days=8)
    compute.load_due(now=now)
    monkeypatch.setattr(timezone, "now", lambda: now)
    User.objects.update(language="en")
    return firm


def shown(browser: Browser, reader: User, address: str = URL) -> str:
    reader.refresh_from_db()
    browser.force_login(reader)
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def figure_of(page: str) -> dict[str, Any]:
    text = re.search(r'<script id="load-figure" type="application/json">(.*?)</script>', page)
    assert text is not None
    found: dict[str, Any] = json.loads(text[1])
    return found


def test_the_page_of_a_manager(browser: Browser, made: Staffed) -> None:
    page = shown(browser, made.manager)
    assert "1 person above the zone of chance" in page
    assert "12 last rounds, until" in page
    assert made.loaded.full_name in page
    assert "Show all 24 people" in page
    assert page.count('<tr><th scope="row">Personne') == views_load.FIRST_PEOPLE
    assert f"Why 100% for {made.loaded.full_name}?" in page
    assert "95 of 100 random deals stay" in page
    assert "Two demanding missions in a row, 12 demanding rounds of 12" in page
    assert "here above 2.0" in page
    gini = LoadPass.objects.get(round=made.last).indices["gini"]
    with translation.override("en"):
        value, reference = (number(gini[name], 3) for name in ("value", "reference"))
    assert f"Unevenness of loads: {value}; 95 of 100 random deals stay under {reference}." in page
    LoadPass.objects.update(indices={})
    assert "Unevenness" not in shown(browser, made.manager)


def test_the_drawing_the_table_and_the_figure_agree(browser: Browser, made: Staffed) -> None:
    page = shown(browser, made.manager, URL + "?all=1")
    figure = figure_of(page)
    rows = list(Load.objects.filter(load_pass__round=made.last).order_by("-share", "person"))
    people = figure["data"][1]
    assert sorted(people["x"]) == sorted(round(row.share, 1) for row in rows)
    assert set(figure["layout"]["yaxis"]["ticktext"]) == {row.person.full_name for row in rows}
    assert page.count("<circle") == 2 * len(rows)
    assert page.count('class="bandf"') == 2 * len(rows)
    go.Figure(figure)
    assert "Show fewer" in page


def test_nothing_inline(browser: Browser, made: Staffed) -> None:
    for page in (shown(browser, made.manager), shown(browser, made.loaded, OWN)):
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page


def test_a_manager_sees_it_seven_days_later(
    browser: Browser, made: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: made.last.closes_at + timedelta(days=6))
    assert "11 last rounds" in shown(browser, made.manager)
    own = own_load_line(made.loaded, made.last.closes_at)
    assert own is not None
    assert own.line.load.load_pass.round == made.last


def test_before_the_first_close(browser: Browser) -> None:
    made = staffed.firm(2)
    User.objects.update(language="en")
    assert "Nothing to show yet" in shown(browser, made.manager)
    assert "No share yet" in shown(browser, made.loaded, OWN)


def test_the_first_weeks_have_no_zone(browser: Browser) -> None:
    made = staffed.firm(2)
    compute.load_due(now=made.last.closes_at)
    User.objects.update(language="en")
    page = shown(browser, made.manager)
    assert "Zones of chance come after six rounds" in page
    assert "after six rounds</td>" in page
    assert 'class="bandf"' not in page
    assert 'class="hol"' in page
    go.Figure(figure_of(page))
    mine = shown(browser, made.loaded, OWN)
    assert "Compared with chance after six rounds." in mine
    assert "1 demanding round" not in mine


def test_a_manager_of_nobody(browser: Browser, made: Staffed) -> None:
    stranger = make.person(is_manager=True, language="en")
    page = shown(browser, stranger)
    assert "Nobody of yours was on a mission" in page
    assert made.loaded.full_name not in page


def test_a_unit_of_mine_and_one_that_is_not(browser: Browser, made: Staffed) -> None:
    other = make.unit(parent=made.unit, name="Lille")
    moved = made.people[5]
    moved.unit = other
    moved.save()
    page = shown(browser, made.manager, f"{URL}?unit={other.pk}")
    assert moved.full_name in page
    assert made.loaded.full_name not in page
    assert "Nobody above the zone of chance" in page
    # What the firm's zone rests on does not move with the filter.
    foreign = make.unit()
    assert browser.get(f"{URL}?unit={foreign.pk}").status_code == 404
    assert AuditEntry.objects.filter(action="refused", object_kind="unit").count() == 1


@pytest.mark.parametrize(
    "query", ["unit=abc", "unit=-1", "page=0", "page=99999999999999999999", "unit=%00"]
)
def test_a_wrong_address_is_ignored_with_a_notice(
    browser: Browser, made: Staffed, query: str
) -> None:
    assert 'role="status">' in shown(browser, made.manager, f"{URL}?all=1&{query}")


def test_other_parameters_change_nothing(browser: Browser, made: Staffed) -> None:
    plain = shown(browser, made.manager)
    asked = shown(browser, made.manager, f"{URL}?from=2026-02-30&order_by=password&client=3")
    strip = re.compile(r'value="[^"]*"|href="\?[^"]*"')
    assert strip.sub("", asked) == strip.sub("", plain)


def test_the_trend_from_three_periods_on(browser: Browser, made: Staffed) -> None:
    cells: staffed.Cells = {("firm", "", "overall"): (62, 59, 65)}
    for place in (-1, -3):
        staffed.release(made.rounds[place].period, cells)
    assert "from three published periods on" in shown(browser, made.manager)
    staffed.release(made.rounds[-5].period, cells)
    LoadPass.objects.filter(round=made.rounds[-5]).update(above_zone=4)
    page = shown(browser, made.manager)
    assert "From 4 to 1 person in 3 periods" in page
    assert page.count('class="bar-low"') == 6
    LoadPass.objects.update(above_zone=2)
    assert "2 people above, as 3 periods ago" in shown(browser, made.manager)


def test_what_the_rotations_talked_over_would_make_of_it(browser: Browser, made: Staffed) -> None:
    cells: staffed.Cells = {("firm", "", "overall"): (62, 59, 65)}
    for place in (-1, -3, -5):
        staffed.release(made.rounds[place].period, cells)
    LoadPass.objects.filter(round=made.rounds[-5]).update(above_zone=4)
    LoadPass.objects.filter(round=made.last).update(above_zone=3)
    talked = proposal(made, 1, (4, 3), Rotation.State.TALKING)
    proposal(made, 2, (4, 1), Rotation.State.PROPOSED)
    proposal(made, 3, (4, 0), Rotation.State.AGREED)
    page = shown(browser, made.manager)
    said = (
        "In 6 rounds: 4 if nothing changes, 3 if the rotation that is being talked over happens."
    )
    # In words, and in what the two drawings are called.
    assert page.count(said) == 3
    assert page.count('class="bar-hol"') == 2
    assert page.count('class="bar-low"') == 6
    assert page.count("what if</text>") == 2
    rows = re.findall(r'<tr><th scope="row">(In 6 rounds, [^<]*)</th><td>(\d+)</td></tr>', page)
    assert rows == [
        ("In 6 rounds, if nothing changes", "4"),
        ("In 6 rounds, with the rotations", "3"),
    ]
    # A second one, asked for later: what both take away adds up.
    proposal(made, 4, (5, 3), Rotation.State.TALKING, later=1)
    both = "5 if nothing changes, 2 if the 2 rotations that are being talked over happen."
    assert both in shown(browser, made.manager)
    # Somebody else's conversations are not told.
    assert "if nothing changes" not in shown(browser, made.above)
    Rotation.objects.filter(pk=talked.pk).update(above_with=0)
    Rotation.objects.exclude(pk=talked.pk).update(state=Rotation.State.REFUSED)
    assert "4 if nothing changes, 0 if the rotation" in shown(browser, made.manager)
    Rotation.objects.update(state=Rotation.State.AGREED)
    page = shown(browser, made.manager)
    assert "if nothing changes" not in page
    assert "bar-hol" not in page


def test_what_would_come_is_said_before_there_is_a_curve(browser: Browser, made: Staffed) -> None:
    proposal(made, 1, (2, 1), Rotation.State.TALKING)
    page = shown(browser, made.manager)
    assert "In 6 rounds: 2 if nothing changes, 1 if the rotation" in page
    assert "In 6 rounds, with the rotations" in page
    assert "bar-hol" not in page


def test_no_more_is_taken_away_than_there_is(made: Staffed) -> None:
    rows = [proposal(made, n, (2, 0), Rotation.State.TALKING) for n in (1, 2)]
    found = expected(rows)
    assert found is not None
    assert (found.without, found.above) == (2, 0)


def proposal(
    made: Staffed, number: int, above: tuple[int, int], state: str, *, later: int = 0
) -> Rotation:
    """A rotation that the manager asked for; ``above``: people above their zone without, with."""
    asked = timezone.now() + timedelta(hours=later)
    run, _made = RotationRun.objects.get_or_create(
        asked_by=made.manager, asked_at=asked, rounds=6, moves=2,
        starts_on=asked.date(), state=RotationRun.State.DONE,
    )  # fmt: skip
    return Rotation.objects.create(
        run=run, number=number, state=state, starts_on=run.starts_on, gap=-0.2,
        above_without=above[0], above_with=above[1], overlap_days=4, caution="overlap",
    )  # fmt: skip


def test_ones_own_line_in_the_managers_words(browser: Browser, made: Staffed) -> None:
    mine = shown(browser, made.loaded, OWN)
    theirs = shown(browser, made.manager)
    for said in ("100% of days on demanding missions, above the zone of chance", "Weighted load"):
        assert said in mine
        assert said in theirs
    assert "of your days over 12 rounds." in mine
    other = made.people[1]
    assert other.full_name not in mine


def test_without_a_mission_there_is_no_line(browser: Browser, made: Staffed) -> None:
    assert "No share yet" in shown(browser, make.person(language="en"), OWN)


def test_home_and_history_carry_it(browser: Browser, made: Staffed) -> None:
    alerts.alert_due(now=timezone.now())
    one = Alert.objects.get(person=made.loaded)
    address = f"/alerts/{one.pk}/"
    assert address in shown(browser, made.loaded, "/")
    decisions.close(alert=one, sentence="À deux dès lundi.", by=made.manager, now=timezone.now())
    home = shown(browser, made.loaded, "/")
    assert address not in home
    assert "À deux dès lundi." in home
    assert "My share of demanding missions" in shown(browser, made.loaded, "/history/")


def test_queries_do_not_grow_with_people(browser: Browser, made: Staffed) -> None:
    stranger = make.person(is_manager=True)
    browser.force_login(stranger)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(URL + "?all=1").status_code == 200
        return len(found)

    User.objects.filter(pk=made.people[1].pk).update(manager=stranger)
    one = count()
    User.objects.filter(pk__in=[row.pk for row in made.people]).update(manager=stranger)
    assert count() == one


# --- drawings --------------------------------------------------------------------------------


def dot(**rest: Any) -> Dot:
    values = {"name": "Samia", "share": 77.0, "low": 8.0, "high": 54.0, "expected": 30.0}
    return Dot(**(values | {"above": True} | rest))


def test_plotly_takes_the_figure() -> None:
    figure = charts_load.load_figure([dot(), dot(low=None, high=None, expected=None)])
    go.Figure(figure)
    assert figure["data"][0]["x"] == [8.0, 54.0, None]
    assert figure["data"][1]["y"] == [0, 1]
    assert figure["data"][1]["marker"]["color"][0] == "var(--mark-low)"


def test_two_people_of_one_name_are_two_rows() -> None:
    figure = charts_load.load_figure([dot(), dot(share=10.0)])
    assert figure["layout"]["yaxis"]["tickvals"] == [0, 1]


@pytest.mark.parametrize(("share", "end"), [(10.0, 60.0), (77.0, 80.0), (81.0, 100.0)])
def test_the_axis_ends_past_the_largest(share: float, end: float) -> None:
    assert charts_load.axis_end([dot(share=share)]) == end
    assert charts_load.axis_end([]) == 40.0


def test_a_long_name_is_cut_on_narrow_screens() -> None:
    drawn = charts_load.load_svg([dot(name="Marie-Antoinette de la Tour")], "x")
    assert "Marie-Antoinette de la …" in drawn
    assert "Marie-Antoine…" in drawn


def test_many_bars_on_a_narrow_screen_skip_labels() -> None:
    drawn = charts_load.trend_svg([Bar(f"m{n}", 0) for n in range(8)], "x")
    wide, narrow = drawn.split("</svg>")[:2]
    assert all(f">m{n}<" in wide for n in range(8))
    assert ">m7<" in narrow
    assert ">m6<" not in narrow


def test_names_are_escaped() -> None:
    with translation.override("en"):
        drawn = charts_load.load_svg([dot(name="<b>")], "<i>")
    assert "<b>" not in drawn
    assert "<i>" not in drawn


def test_what_the_server_drew_can_be_hidden(browser: Browser, made: Staffed) -> None:
    """The script hides the children of the chart's box; ``hidden`` means nothing on an SVG."""
    assert re.search(r'data-chart="load-figure"[^>]*><div><svg', shown(browser, made.manager))


def test_a_mission_with_a_contested_fact_says_so_beside_the_load(
    made: Staffed, browser: Browser
) -> None:
    """On one's own page, on the managers' and beside the alert: the same words."""
    mission = made.hard[0]
    fact = mission.facts.first()
    assert fact is not None
    now = timezone.now()
    contests.contest(mission=mission, fact=fact, sentence="Plus ici", by=made.loaded, now=now)
    own = own_load_line(made.loaded, now)
    assert own is not None
    doubted = [row for row in own.line.carried if row.contested]
    assert [row.name for row in doubted] == [f"{mission.client.name}, {mission.title}"]
    assert "a fact is contested" in shown(browser, made.loaded, OWN)
    assert "a fact is contested" in shown(browser, made.manager)
    alerts.alert_due(now=now)
    alert = Alert.objects.get(person=made.loaded, rule=Alert.Rule.PERSON_OVER_SHARE)
    assert "a fact is contested" in shown(browser, made.loaded, f"/alerts/{alert.pk}/")
    # One's own missions lead to where a fact is contested; the managers' list does not ask for it.
    link = reverse("missions:mission_detail", args=[mission.pk])
    assert link in shown(browser, made.loaded, OWN)
    assert "contest a fact, or share" in shown(browser, made.loaded, OWN)
    assert link in shown(browser, made.loaded, f"/alerts/{alert.pk}/")
    assert "contest a fact, or share" not in shown(browser, made.manager)


def test_ones_own_alert_says_whether_managers_read_it_yet(made: Staffed, browser: Browser) -> None:
    now = timezone.now()
    alerts.alert_due(now=now)
    alert = Alert.objects.get(person=made.loaded, rule=Alert.Rule.PERSON_OVER_SHARE)
    page = f"/alerts/{alert.pk}/"
    Alert.objects.update(managers_from=now + timedelta(days=2))
    assert "Your managers read the same page" in shown(browser, made.loaded, page)
    Alert.objects.update(managers_from=now - timedelta(days=2))
    told = shown(browser, made.loaded, page)
    assert "Your managers have read the same page" in told
    assert str(alert.opened_at.year) in told
