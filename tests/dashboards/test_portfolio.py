"""What if on the portfolio: a scenario is a link, its sums balance, and figures come out through
the gate alone."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from balancing.models import MissionDemand, StatusPass
from balancing.portfolio import shares
from clients.models import Client, Prospect
from core.listing import PAGE_SIZE
from dashboards.forms_portfolio import MOST
from scoring.models import Release, ReleasedCell
from tests import make
from tests.balancing.portfolio import cell, period_out
from tests.dashboards.planned import Planned, aim, planned, worked
from tests.surveys.asking import open_round, send
from tests.world import World

PAGE = "dashboards:portfolio"


@pytest.fixture
def firm(world: World) -> Planned:
    made = planned(world)
    User.objects.update(language="en")
    return made


@pytest.fixture
def in_weeks() -> str:
    """A last day after two fifths of the year looked at."""
    return (localdate() + timedelta(days=146)).isoformat()


def page(browser: Browser, person: User, **query: object) -> str:
    browser.force_login(person)
    answer = browser.get(reverse(PAGE), query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def row(text: str, client: Client) -> str:
    found = re.search(rf'<tr><th scope="row"><a href="/clients/{client.pk}/">.*?</tr>', text, re.S)
    assert found, client
    return found.group()


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()


def asks(text: str) -> str:
    return words(text[text.index("What it asks") : text.index("First contact")])


def table(text: str) -> list[list[str]]:
    """Status, today, at worst, at best, in whole percents."""
    rows = re.findall(
        r'<tr><th scope="row">([^<]*)</th><td>(\d+)%</td><td>(\d+)%</td><td>(\d+)%</td></tr>', text
    )
    return [list(found) for found in rows[:4]]


# --- as it is --------------------------------------------------------------------------------


def test_clients_stand_by_status_with_days_charter_and_figure(
    firm: Planned, browser: Browser
) -> None:
    text = page(browser, firm.manager)
    order = [text.index(f">{one.name}</a></th>") for one in
             (firm.good, firm.small, firm.fair, firm.hard)]  # fmt: skip
    assert order == sorted(order)
    assert "40% " in words(row(text, firm.good))
    assert "Virtuous 4/5 80 Uplifting 70 to 90" in words(row(text, firm.good))
    assert "At risk 4/5 red line 50" in words(row(text, firm.hard))
    assert "60% of our days today. There will still be other clients" in words(text)
    assert table(text) == [
        ["Virtuous", "60", "60", "60"],
        ["On the way", "25", "25", "25"],
        ["Too early to say", "0", "0", "0"],
        ["At risk", "15", "15", "15"],
    ]
    assert "Nothing is tried yet" in asks(text)


def test_revenue_is_said_to_be_unknown_and_is_never_a_number(
    firm: Planned, browser: Browser
) -> None:
    told = asks(page(browser, firm.manager, **{f"h{firm.good.pk}": "develop"}))
    assert "Revenue over 12 months not known: none is imported for this period People" in told


def test_where_hardly_anybody_has_judged_nothing_is_told_as_a_share(
    firm: Planned, browser: Browser
) -> None:
    StatusPass.objects.get().statuses.exclude(client=firm.good).update(result="too_early")
    text = words(page(browser, firm.manager))
    assert "Not known yet: for most of our days nobody has judged the client." in text
    assert "of our days today" not in text


def test_a_withheld_client_has_its_pools_figure_and_says_so(
    firm: Planned, browser: Browser
) -> None:
    """One has a withheld row, the other none: the same bytes but for their names."""
    text = page(browser, firm.manager)
    rows = set()
    for one in (firm.small, firm.tiny):
        found = row(text, one)
        assert "70 60 to 80 other clients" in words(found)
        assert 'class="score-hidden">70<' in found
        rows.add(re.sub(rf"{one.name}|(?<=[/hy_]){one.pk}\b", "", found))
    assert len(rows) == 1


@pytest.mark.parametrize("kind", ["develop", "renegotiate", "leave"])
def test_what_is_tried_with_one_withheld_client_does_the_same_with_the_other(
    firm: Planned, browser: Browser, in_weeks: str, kind: str
) -> None:
    """Of the same size: neither page nor file tells them apart, whatever was answered there."""
    found = set()
    for one in (firm.small, firm.tiny):
        query = {f"h{one.pk}": kind, f"by{one.pk}": in_weeks if kind == "leave" else ""}
        told = asks(page(browser, firm.manager, **query)).replace(one.name, "ONE")
        rows = lines(browser, firm.manager, **query)
        whole = [tuple(line.values()) for line in rows if line["Kind"] != "Client"]
        found.add((told, str(whole).replace(one.name, "ONE")))
    assert len(found) == 1


def test_where_not_even_the_firm_is_out_nothing_is_said(firm: Planned, browser: Browser) -> None:
    """Unknown is no number: neither in a row nor in what is expected."""
    nothing = {"withheld": True, "score": None, "low": None, "high": None, "band": ""}
    ReleasedCell.objects.update(**nothing)
    text = page(browser, firm.manager, **{f"h{firm.good.pk}": "develop"})
    assert "Not enough answers (5 people are needed)" in words(row(text, firm.good))
    assert "Well-being expected Not enough answers" in asks(text)
    assert "40% " in words(row(text, firm.good))


def test_shares_are_those_that_everybody_reads(firm: Planned, browser: Browser) -> None:
    told = shares(viewer=firm.manager, periods=[firm.period.pk])[firm.period.pk]
    shown = {name: int(now) for name, now, _worst, _best in table(page(browser, firm.manager))}
    assert list(shown.values()) == list(told.percents.values())


def test_before_figures_or_statuses_the_page_says_what_will_be_there(
    world: World, browser: Browser
) -> None:
    User.objects.update(language="en")
    assert "No figures yet" in page(browser, world.manager)
    period_out()
    assert "No status yet" in page(browser, world.manager)


def test_statuses_of_a_withdrawn_period_are_not_started_from(
    firm: Planned, browser: Browser
) -> None:
    Release.objects.update(state="withdrawn")
    text = page(browser, firm.manager)
    assert firm.good.name not in text
    assert "No figures yet" in text


# --- what is tried ---------------------------------------------------------------------------


def test_leaving_a_client_gives_up_its_days_after_that_day(
    firm: Planned, browser: Browser, in_weeks: str
) -> None:
    """15 % of the days, for three fifths of a year; its people on that day, each once."""
    firm.people_at(firm.hard, 3)
    firm.people_at(firm.hard, 1, ends_on=localdate() + timedelta(days=10))
    firm.people_at(firm.hard, 1, starts_on=localdate() + timedelta(days=200))
    firm.people_at(firm.good, 2)
    hard = firm.hard.pk
    text = page(browser, firm.manager, **{f"h{hard}": "leave", f"by{hard}": in_weeks})
    # 60 of 91 days are virtuous then, 25 on the way, 6 at risk.
    assert table(text) == [
        ["Virtuous", "60", "66", "66"],
        ["On the way", "25", "27", "27"],
        ["Too early to say", "0", "0", "0"],
        ["At risk", "15", "7", "7"],
    ]
    told = asks(text)
    assert re.search(r"Days given up over 12 months \d+ \(9%\)", told)
    assert "Days to find elsewhere 9%" in told
    assert "Days sold over 12 months −9 to 0%" in told
    assert "People to reposition 3" in told
    # On paper, hypotheses are words.
    assert '<span class="print-only">Leave, last day ' in row(text, firm.hard)
    assert '<span class="print-only">Keep<' in row(text, firm.good)
    assert "From 60 to 66%" in words(text)


def test_renegotiating_and_developing_give_ranges(firm: Planned, browser: Browser) -> None:
    tried = {f"h{firm.good.pk}": "develop", f"h{firm.fair.pk}": "renegotiate", "growth": "50"}
    text = page(browser, firm.manager, **tried)
    # At worst nothing; at best 20 days more at the good one, and the fair one virtuous.
    assert table(text) == [
        ["Virtuous", "60", "60", "88"],
        ["On the way", "25", "25", "0"],
        ["Too early to say", "0", "0", "0"],
        ["At risk", "15", "15", "12"],
    ]
    assert "between 60 and 88%" in words(text)
    assert "Days beyond today’s, for more people 0 to" in asks(text)
    assert "Developing brings up to 50% more days" in asks(text)
    assert "With the scenario, at worst" in text


def test_the_aim_is_the_firms_unless_the_scenario_says_otherwise(
    firm: Planned, browser: Browser
) -> None:
    assert "Days to move to virtuous clients" not in page(browser, firm.manager)
    aim(firm.manager, 70)
    # The period lasts twelve weeks: 100 days there are 434.5 a year, of which a tenth is short.
    told = asks(page(browser, firm.manager))
    assert "Days to move to virtuous clients, for 70% 43" in told
    told = asks(page(browser, firm.manager, target="60"))
    assert "Days to move to virtuous clients, for 60% none" in told


def test_less_of_a_profile_changes_the_mix_and_what_is_lived(
    firm: Planned, browser: Browser
) -> None:
    before = asks(page(browser, firm.manager))
    tried = {f"mix{firm.support.pk}": "less", "growth": "100"}
    text = page(browser, firm.manager, **tried)
    assert re.search(r"Support 15% 0%", asks(text))
    assert re.search(r"Data 85% 100%", asks(text))
    assert well(text) > well(before)


def well(text: str) -> int:
    found = re.search(r"Well-being expected (\d+)", asks(text) if "<" in text else text)
    assert found
    return int(found.group(1))


def test_a_prospect_brings_days_before_it_is_accepted(
    firm: Planned, world: World, browser: Browser
) -> None:
    seen = Prospect.objects.create(
        name="Hexaport", source="came", met_by=world.manager, met_at=firm.period.closes_at,
        result="virtuous",
    )  # fmt: skip
    tried = {"prospect1": seen.pk, "from1": "0", "to1": "434", "profile1": "DATA", "status1": ""}
    text = page(browser, firm.manager, **tried)
    assert next(cells[1:] for cells in table(text)) == ["60", "60", "80"]
    told = asks(text)
    # Its profile's figure, in a span as wide as that of the published clients: 50 to 80 around 65.
    assert "Hexaport (Virtuous) Data 0 → 0 to 434 70 55 to 85" in told
    assert "Prospects screened against the charter: Virtuous 1" in words(text)


def test_a_client_that_is_known_to_end_is_left_by_then(firm: Planned, browser: Browser) -> None:
    ends = localdate() + timedelta(days=73)
    Client.objects.filter(pk=firm.hard.pk).update(ended_on=ends)
    firm.people_at(firm.hard, 2)
    text = page(browser, firm.manager)
    assert "last day" in words(row(text, firm.hard))
    assert "(12%)" in asks(text)
    assert "People to reposition 2" in asks(text)
    assert "60% of our days today, 68% with the scenario below" in words(text)


def test_all_clients_left_leaves_no_day(firm: Planned, browser: Browser) -> None:
    tomorrow = localdate() + timedelta(days=1)
    tried: dict[str, object] = {}
    for one in (firm.good, firm.fair, firm.hard, firm.small, firm.tiny):
        Client.objects.filter(pk=one.pk).update(ended_on=localdate())
        tried |= {f"h{one.pk}": "leave", f"by{one.pk}": tomorrow}
    text = page(browser, firm.manager, **tried)
    assert "the scenario below may leave none" in words(text)
    assert "No day would be left" in text
    assert "Days to find elsewhere 100%" in asks(text)


def test_a_scenario_is_a_link_without_what_is_not_tried(
    firm: Planned, browser: Browser, in_weeks: str
) -> None:
    hard, good = firm.hard.pk, firm.good.pk
    sent = {
        f"h{good}": "", f"by{good}": in_weeks, f"h{hard}": "leave", f"by{hard}": in_weeks,
        "growth": "25", "target": "", "page": "1", f"mix{firm.data.pk}": "",
    }  # fmt: skip
    text = page(browser, firm.manager, **sent)
    link = re.search(r'href="\?([^"]*)">Link to this scenario', text)
    assert link
    assert link.group(1) == f"h{hard}=leave&by{hard}={in_weeks}"
    again = browser.get(f"{reverse(PAGE)}?{link.group(1)}").content.decode()
    assert asks(unescape(again)) == asks(text)


def test_an_emptied_aim_stays_empty_in_both_links(firm: Planned, browser: Browser) -> None:
    aim(firm.manager, 70)
    text = page(browser, firm.manager, target="")
    assert "Days to move to virtuous clients" not in text
    link = re.search(r'href="\?([^"]*)">Link to this scenario', text)
    assert link
    assert link.group(1) == "target="
    assert "portfolio/export/?target=&format=xlsx" in text
    again = unescape(browser.get(f"{reverse(PAGE)}?target=").content.decode())
    assert asks(again) == asks(text)
    # The firm's own needs no word.
    assert "Link to this scenario" not in page(browser, firm.manager, target="70")


def test_nothing_is_kept_of_a_scenario(firm: Planned, browser: Browser) -> None:
    before = AuditEntry.objects.count()
    page(browser, firm.manager, **{f"h{firm.good.pk}": "develop"})
    assert AuditEntry.objects.count() == before
    assert 'value="develop" selected' not in page(browser, firm.manager)


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("", "Choose the last day there."),
        ("2020-01-06", "Choose a day after today."),
        ("2999-01-06", "2099-12-31"),
        ("soon", "Enter a valid date."),
    ],
)
def test_bad_input_a_last_day_is_said_beside_its_field_and_the_rest_is_kept(
    firm: Planned, browser: Browser, by: str, says: str
) -> None:
    hard = firm.hard.pk
    tried = {f"h{hard}": "leave", f"by{hard}": by, f"h{firm.good.pk}": "develop"}
    text = page(browser, firm.manager, **tried)
    found = row(text, firm.hard)
    assert says in found
    assert 'aria-invalid="true"' in found
    assert '<option value="leave" selected' in found
    typed = re.search(r'<input[^>]*type="date"[^>]*>', found)
    assert typed
    assert (f'value="{by}"' in typed.group()) == bool(by)
    assert '<option value="develop" selected' in row(text, firm.good)
    assert "One thing left to fix" in words(text)
    assert "until then nothing is tried" in asks(text)
    assert next(cells[1:] for cells in table(text)) == ["60", "60", "60"]
    assert "portfolio/export" not in text


def test_bad_input_a_last_day_beyond_the_year_looked_at_is_refused(
    firm: Planned, browser: Browser
) -> None:
    """Neither its days nor its people are those of the year to come."""
    firm.people_at(firm.hard, 2)
    hard, today = firm.hard.pk, localdate()
    for days, refused in ((365, False), (366, True), (700, True)):
        by = today + timedelta(days=days)
        text = page(browser, firm.manager, **{f"h{hard}": "leave", f"by{hard}": by})
        assert ("Choose a day within 12 months" in row(text, firm.hard)) == refused
        assert ("People to reposition 2" in asks(text)) == (not refused)


def test_bad_input_two_hypotheses_for_one_client(firm: Planned, browser: Browser) -> None:
    good = firm.good.pk
    browser.force_login(firm.manager)
    text = browser.get(f"{reverse(PAGE)}?h{good}=develop&h{good}=renegotiate").content.decode()
    assert "This address says two things here: choose one." in row(text, firm.good)
    # The same twice, or nothing beside something, is no contradiction.
    text = browser.get(f"{reverse(PAGE)}?h{good}=&h{good}=develop&h{good}=develop")
    assert "left to fix" not in text.content.decode()


@pytest.mark.parametrize("name", ["h999999", "h0"])
def test_bad_input_a_client_that_is_not_there_is_said(
    firm: Planned, browser: Browser, name: str
) -> None:
    text = page(browser, firm.manager, **{name: "leave", f"h{firm.good.pk}": "develop"})
    assert "A client of this address is not in the portfolio" in text
    assert '<option value="develop" selected' in row(text, firm.good)


@pytest.mark.parametrize(
    "query",
    [
        {"growth": "0"}, {"growth": "x"}, {"target": "101"}, {"from1": "-1"}, {"to1": "0"},
        {"profile1": "NOPE"}, {"status1": "good"}, {"prospect1": "999"}, {"to1": "100"},
        {"from1": "20", "to1": "10", "profile1": "DATA", "status1": "virtuous"},
        {"to1": "10", "profile1": "DATA"}, {"to2": "10", "status2": "at_risk"},
        {"from2": "5", "profile2": "DATA", "status2": "at_risk"},
    ],
)  # fmt: skip
def test_bad_input_of_the_rest_is_said_and_nothing_is_tried(
    firm: Planned, browser: Browser, query: dict[str, str]
) -> None:
    text = page(browser, firm.manager, **query)
    assert 'role="alert"' in text
    assert "until then nothing is tried" in asks(text)
    browser.force_login(firm.manager)
    assert browser.get(reverse("dashboards:portfolio_export"), query).status_code == 404


def test_bad_input_of_a_mix_or_hypothesis_that_is_none(firm: Planned, browser: Browser) -> None:
    query = {f"h{firm.good.pk}": "sell", f"mix{firm.data.pk}": "none"}
    text = page(browser, firm.manager, **query)
    assert "2 things left to fix" in words(text)
    assert "Select a valid choice" in row(text, firm.good)


def test_bad_input_too_many_hypotheses(firm: Planned, browser: Browser) -> None:
    query = {f"h{number}": "develop" for number in range(10**6, 10**6 + MOST + 1)}
    assert f"{MOST} clients at most in one scenario." in page(browser, firm.manager, **query)


# --- large firms -----------------------------------------------------------------------------


def more_clients(firm: Planned, count: int) -> list[Client]:
    """Each with less than a day; all with a mission and a status."""
    rows = [make.client(ref=f"MORE{n}", unit=firm.good.unit) for n in range(count)]
    made = StatusPass.objects.get()
    made.statuses.bulk_create(
        made.statuses.model(status_pass=made, client=one, result="at_risk", days=0.5)
        for one in rows
    )
    worked(firm.period, {make.mission(client=one, profile=firm.data): 0.5 for one in rows})
    return rows


def test_a_hypothesis_on_another_page_stays_in_sight_and_counts(
    firm: Planned, browser: Browser, in_weeks: str
) -> None:
    more_clients(firm, PAGE_SIZE)
    hard = firm.hard.pk
    tried = {f"h{hard}": "leave", f"by{hard}": in_weeks}
    first = page(browser, firm.manager, **tried)
    second = page(browser, firm.manager, **tried, page="2")
    assert firm.hard.name in first
    assert '<option value="leave" selected' in row(second, firm.hard)
    assert firm.good.name not in second[second.index("<tbody>") :]
    assert asks(first) == asks(second)
    # The pages are buttons of the form, so that what is chosen and not yet sent goes along.
    assert 'name="page" value="2"' in first
    assert 'name="page" value="1"' in second
    assert "There is no such page" in page(browser, firm.manager, page="9")


def test_one_client_and_eighty_cost_the_same(firm: Planned, browser: Browser) -> None:
    browser.force_login(firm.manager)
    query = {f"h{firm.good.pk}": "develop", f"h{firm.hard.pk}": "leave",
             f"by{firm.hard.pk}": localdate() + timedelta(days=30)}  # fmt: skip
    asked = []
    for name in (PAGE, "dashboards:portfolio_export"):
        for more in (0, 80):
            if more:
                Client.objects.filter(ref__startswith="MORE").exists() or more_clients(firm, more)
            browser.get(reverse(name), query)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(reverse(name), query).status_code == 200
            asked.append((name, len(captured)))
    assert asked[0] == asked[1]
    assert asked[2] == asked[3]


# --- rights ----------------------------------------------------------------------------------


def test_managers_of_any_unit_and_referents_plan_and_nobody_else(
    firm: Planned, world: World, browser: Browser
) -> None:
    whole = asks(page(browser, firm.manager))
    for person in (world.other_manager, world.referent):
        assert asks(page(browser, person)) == whole
    for person in (world.consultant, world.administrator):
        browser.force_login(person)
        for name in (PAGE, "dashboards:portfolio_export"):
            answer = browser.get(reverse(name))
            assert answer.status_code == 403
            assert firm.good.name not in answer.content.decode()


def test_an_answer_that_is_not_out_changes_nothing(
    firm: Planned, world: World, browser: Browser, in_weeks: str
) -> None:
    """Pages and files, before and after somebody answers at a client without a figure."""
    person = firm.people_at(firm.small, 1)[0]
    query = {f"h{firm.small.pk}": "leave", f"by{firm.small.pk}": in_weeks}

    def everything() -> list[str]:
        text = page(browser, firm.manager, **query)
        file = browser.get(reverse("dashboards:portfolio_export"), query).content.decode()
        return [text[text.index("<main") : text.index("</main>")], file]

    asked = open_round(firm.period.closes_at + timedelta(weeks=1))
    before = everything()
    send(person, firm.missions["SMALL"], asked, load=0)
    assert everything() == before


# --- the file --------------------------------------------------------------------------------


def lines(browser: Browser, person: User, **query: object) -> list[dict[str, str]]:
    browser.force_login(person)
    answer = browser.get(reverse("dashboards:portfolio_export"), query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_holds_the_whole_scenario(firm: Planned, browser: Browser, in_weeks: str) -> None:
    more_clients(firm, PAGE_SIZE + 5)
    hard = firm.hard.pk
    query = {f"h{hard}": "leave", f"by{hard}": in_weeks, f"mix{firm.data.pk}": "more"}
    rows = lines(browser, firm.manager, **query)
    clients = {line["Name"]: line for line in rows if line["Kind"] == "Client"}
    assert len(clients) == PAGE_SIZE + 10
    told = clients[firm.hard.name]
    assert (told["Hypothesis"], told["Last day"], told["Status"]) == ("Leave", in_weeks, "At risk")
    assert (told["Score"], told["Margin from"], told["Margin to"]) == ("50", "40", "60")
    assert told["Figure of"] == "its own figure"
    assert clients[firm.small.name]["Score"] == "70"
    assert clients[firm.small.name]["Figure of"] == "other clients"
    shares_now = [
        int(line["Share of days, in percent"])
        for line in rows
        if line["Kind"] == "Share of days by status"
    ]
    assert sum(shares_now) == 100
    assert sum(int(line["Share of days, in percent"]) for line in clients.values()) == 100
    mix = {line["Name"]: line["Hypothesis"] for line in rows if "by profile" in line["Kind"]}
    assert mix == {"Data": "More", "Support": "As today"}
    asked = {line["Name"]: line for line in rows if line["Kind"] == "What it asks"}
    assert (
        asked["Revenue over 12 months"]["Hypothesis"]
        == "Not known: none is imported for this period"
    )
    assert int(asked["Days given up"]["Share of days, in percent"]) > 0
    assert {line["Published on"] for line in rows} == {
        localdate(Release.objects.get().published_at).isoformat()
    }
    crossed = [line for line in rows if line["Kind"] == "Client and profile"]
    assert [line["Name"] for line in crossed] == [f"{firm.hard.name}, Support"]
    entry = AuditEntry.objects.get(object_kind="portfolio")
    assert (entry.actor, entry.action) == (firm.manager, "export")
    assert entry.changes == {"lines": ["", str(len(rows))]}


def test_the_workbook_computes_nothing_and_speaks_french(firm: Planned, browser: Browser) -> None:
    Client.objects.filter(pk=firm.good.pk).update(name="=cmd|' /C calc'!A0")
    User.objects.update(language="fr")
    browser.force_login(firm.manager)
    query = {f"h{firm.good.pk}": "develop", "format": "xlsx", "to1": "30", "profile1": "DATA",
             "status1": "virtuous"}  # fmt: skip
    answer = browser.get(reverse("dashboards:portfolio_export"), query)
    assert answer["Cache-Control"] == "no-store"
    assert "portefeuille-2026-01-06.xlsx" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [one for line in sheet.iter_rows() for one in line if one.value is not None]
    assert {one.data_type for one in cells} <= {"s", "n"}
    assert next(sheet.values)[:3] == ("Nature", "Nom", "Hypothèse")
    said = [one.value for one in cells]
    assert "'=cmd|' /C calc'!A0" in said
    assert not [one for one in said if str(one).startswith("=")]
    assert "Autre client, Données" in said


@pytest.mark.parametrize("query", [{"format": "pdf"}, {"h999999": "leave"}, {"target": "x"}])
def test_bad_input_no_other_file_stands_in(
    firm: Planned, browser: Browser, query: dict[str, str]
) -> None:
    browser.force_login(firm.manager)
    assert browser.get(reverse("dashboards:portfolio_export"), query).status_code == 404
    assert not AuditEntry.objects.filter(object_kind="portfolio").exists()


def test_without_statuses_there_is_no_file(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    assert browser.get(reverse("dashboards:portfolio_export")).status_code == 404


# --- how it is made --------------------------------------------------------------------------


def test_days_are_split_over_profiles_as_staffing_was(firm: Planned, browser: Browser) -> None:
    worked(firm.period, {make.mission(client=firm.hard, profile=firm.data): 30.0})
    text = page(browser, firm.manager, **{f"h{firm.hard.pk}": "renegotiate"})
    # Three quarters of the 15 days a hundred, then a quarter; 434.5 days a year.
    assert re.search(r"Orsel Data 49 → 49 55 \d+ to \d+", asks(text))
    assert re.search(r"Orsel Support 16 → 16 40 \d+ to \d+", asks(text))


def test_a_client_of_whom_the_loads_kept_nothing_has_the_mix_of_the_firm(
    firm: Planned, browser: Browser
) -> None:
    StatusPass.objects.get().statuses.create(
        client=make.client(ref="NEW", name="Nautilis", unit=firm.good.unit),
        result="too_early", reasons=["not_judged"], days=50,
    )  # fmt: skip
    new = Client.objects.get(ref="NEW")
    text = page(browser, firm.manager, **{f"h{new.pk}": "renegotiate"})
    assert "Nautilis Data 174 →" in asks(text)
    assert "Nautilis Support 43 →" in asks(text)
    assert "–" in words(row(text, new))


def test_without_any_load_kept_days_are_spread_over_all_profiles(
    world: World, browser: Browser
) -> None:
    made = planned(world)
    User.objects.update(language="en")
    MissionDemand.objects.all().delete()
    text = page(browser, made.manager, **{f"h{made.good.pk}": "develop"})
    assert "Coop Verdane Data" in asks(text)
    assert "Coop Verdane Support" in asks(text)


def test_a_small_unit_counts_as_the_clients_of_other_small_units(
    firm: Planned, world: World, browser: Browser
) -> None:
    """Its own pool is withheld, the one of small units is not; without either, the firm."""
    far = make.client(ref="FAR", name="Nautilis", unit=world.other_unit)
    StatusPass.objects.get().statuses.create(client=far, result="too_early", days=5)
    assert "65 60 to 70 the firm" in words(row(page(browser, firm.manager), far))
    cell(firm.period, "pool", "", 60, 50, 65)
    assert "60 50 to 65 other clients" in words(row(page(browser, firm.manager), far))
