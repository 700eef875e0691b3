"""Revenue on pages: shares for everybody, amounts for those who read every client's figure."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from balancing.models import StatusPass
from clients.models import Client, ClientRevenue
from tests import make
from tests.balancing.portfolio import period_out, staffed
from tests.balancing.test_revenue import pays
from tests.dashboards.planned import Planned, planned
from tests.dashboards.test_portfolio import more_clients
from tests.world import World

ENOUGH, PORTFOLIO = reverse("dashboards:enough"), reverse("dashboards:portfolio")
EURO = re.compile(r"€\d|\d €")
# The twelve weeks of the period hold 84 days of the year's 365: amounts of a year.
PACE = 365 / 84


@pytest.fixture
def firm(world: World) -> Planned:
    made = planned(world)
    User.objects.update(language="en")
    return made


@pytest.fixture
def paid(firm: Planned) -> Planned:
    """40 % of the days pay 20 % of the revenue; the one at risk, 15 % of the days, pays half."""
    for client, amount in (
        (firm.good, 20_000), (firm.fair, 20_000), (firm.hard, 50_000), (firm.small, 5_000),
        (firm.tiny, 5_000),
    ):  # fmt: skip
        pays(client, amount)
    return firm


def text(browser: Browser, person: User, address: str, **query: object) -> str:
    """The words of a page, on one line."""
    browser.force_login(person)
    answer = browser.get(address, query)
    assert answer.status_code == 200
    html = unescape(answer.content.decode())
    body = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def rows(browser: Browser, person: User, name: str, **query: object) -> list[dict[str, str]]:
    browser.force_login(person)
    answer = browser.get(reverse(name), query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def stranger() -> User:
    return make.person(language="en")


# --- are there enough ------------------------------------------------------------------------


def test_shares_stand_beside_those_of_days(paid: Planned, browser: Browser) -> None:
    page = text(browser, paid.manager, ENOUGH)
    assert "60% of our days and 30% of our revenue are with virtuous clients" in page
    assert "Revenue of the period is known for 5 of 5 clients" in page
    assert "from 90% of the days on" in page
    assert not EURO.search(page)
    browser.force_login(paid.manager)
    label = re.search(
        r'aria-label="(Share of revenue[^"]*)"', browser.get(ENOUGH).content.decode()
    )
    assert label
    assert label.group(1).endswith("Virtuous 30%, On the way 20%, At risk 50%")


def test_nothing_imported_is_told_to_those_who_can_have_it_done_alone(
    firm: Planned, browser: Browser
) -> None:
    said = "Revenue by client is not imported yet; an administrator can bring it in."
    assert said in text(browser, firm.manager, ENOUGH)
    page = text(browser, stranger(), ENOUGH)
    assert "evenue" not in page
    assert not [row for row in rows_of_enough(browser, firm) if row["Kind"] == "Revenue"]


def rows_of_enough(
    browser: Browser, firm: Planned, person: User | None = None
) -> list[dict[str, str]]:
    period = firm.period.starts_on.isoformat()
    return rows(browser, person or stranger(), "dashboards:enough_export", period=period)


def test_where_too_few_are_known_no_share_is_told(paid: Planned, browser: Browser) -> None:
    ClientRevenue.objects.filter(client=paid.hard).update(amount=None)
    for person in (paid.manager, stranger()):
        page = text(browser, person, ENOUGH)
        assert "No share of revenue is told: it is not known of enough clients." in page
        assert "Revenue of the period is known for 4 of 5 clients" in page
        assert "of our revenue" not in page


def test_a_consultant_reads_no_share_of_one_client_that_they_do_not_read(
    paid: Planned, browser: Browser
) -> None:
    """Of those on the way and at risk there is one each; of two that pay, shares are told."""
    refused = "it would say too much of a client whose figures you do not read"
    reader = stranger()
    assert refused in text(browser, reader, ENOUGH)
    assert "of our revenue" not in text(browser, reader, ENOUGH)
    told = [row for row in rows_of_enough(browser, paid) if row["Kind"] == "Revenue"]
    assert [row["Percent of revenue"] for row in told] == [""]
    second = make.client()
    statuses = StatusPass.objects.get().statuses
    statuses.create(client=second, result="at_risk", days=10, reasons=["no_path"])
    pays(second, 100_000)
    [there] = staffed(paid.fair)
    User.objects.filter(pk=there.pk).update(language="en")
    page = text(browser, there, ENOUGH)
    assert "54% of our days and 15% of our revenue" in page
    assert not EURO.search(page)


def test_where_no_share_of_days_is_told_none_of_revenue_is(
    paid: Planned, browser: Browser
) -> None:
    """Somebody who reads all clients but one could take theirs away from both."""
    [reader] = staffed(paid.good)
    for ref in ("FAIR", "SMALL", "TINY"):
        make.assignment(person=reader, mission=paid.missions[ref])
    User.objects.filter(pk=reader.pk).update(language="en")
    page = text(browser, reader, ENOUGH)
    assert "would give away a client" in page
    assert "evenue" not in page


def test_another_amount_moves_the_shares_and_no_status(paid: Planned, browser: Browser) -> None:
    before = text(browser, paid.manager, ENOUGH)
    pays(paid.hard, 0)
    after = text(browser, paid.manager, ENOUGH)
    assert "60% of our days and 60% of our revenue" in after
    rest = "What “virtuous” means here"
    assert before[before.index(rest) :] == after[after.index(rest) :]


def test_the_file_holds_shares_and_no_amount(paid: Planned, browser: Browser) -> None:
    lines = rows_of_enough(browser, paid, paid.manager)
    told = [row for row in lines if row["Kind"] == "Revenue"]
    assert told[0]["Name"] == "60% of our days and 30% of our revenue are with virtuous clients"
    assert {row["Status"]: row["Percent of revenue"] for row in told[2:]} == {
        "Virtuous": "30", "On the way": "20", "Too early to say": "0", "At risk": "50",
    }  # fmt: skip
    assert not EURO.search(str(lines))


def test_an_older_period_is_told_by_its_own_months(paid: Planned, browser: Browser) -> None:
    period_out(1)
    page = text(browser, paid.manager, ENOUGH, period=paid.period.starts_on.isoformat())
    assert "30% of our revenue" in page


# --- what if ---------------------------------------------------------------------------------


def yearly(months: float) -> float:
    """What an amount a month comes to over a year at the pace of the period, which holds the
    months from the sixth of January to the thirtieth of March."""
    return months * (26 / 31 + 1 + 30 / 31) * PACE


def near(told: str, wanted: float) -> bool:
    return abs(float(told.replace(",", "")) - wanted) <= 100


def asked(browser: Browser, firm: Planned, **query: object) -> str:
    page = text(browser, firm.manager, PORTFOLIO, **query)
    return page[page.index("What it asks") : page.index("First contact")]


def test_leaving_a_client_gives_up_what_it_pays(paid: Planned, browser: Browser) -> None:
    half = localdate() + timedelta(days=146)
    told = asked(browser, paid, **{f"h{paid.hard.pk}": "leave", f"by{paid.hard.pk}": half})
    whole, kept = re.findall(r"Revenue kept over 12 months, of €([\d,]+) €([\d,]+)", told)[0]
    [(given, percent)] = re.findall(r"Revenue given up over 12 months €([\d,]+) \((\d+)%\)", told)
    assert near(whole, yearly(100_000))
    assert near(given, 0.6 * yearly(50_000))
    assert percent == "30"
    number = lambda said: int(said.replace(",", ""))  # noqa: E731 -- said once
    assert number(kept) + number(given) == number(whole)
    assert f"Revenue to find elsewhere €{given} People" in told


def test_growth_and_a_new_client_make_it_good(paid: Planned, browser: Browser) -> None:
    query = {
        f"h{paid.hard.pk}": "leave", f"by{paid.hard.pk}": localdate() + timedelta(days=146),
        f"h{paid.good.pk}": "develop", "to1": 10, "profile1": "DATA", "status1": "virtuous",
        "earns1": 30_000, "earnsto1": 50_000,
    }  # fmt: skip
    told = asked(browser, paid, **query)
    [(low, high)] = re.findall(r"to find elsewhere €([\d,]+) to €([\d,]+)", told)
    assert near(high, 0.6 * yearly(50_000) - 30_000)
    assert near(low, 0.6 * yearly(50_000) - 50_000 - 0.25 * yearly(20_000))
    assert "counts for none" not in told
    del query["earns1"], query["earnsto1"]
    assert "A new client whose revenue is not said counts for none here." in asked(
        browser, paid, **query
    )


def test_what_is_added_beyond_is_said(paid: Planned, browser: Browser) -> None:
    told = asked(browser, paid, **{f"h{paid.good.pk}": "develop"})
    [most] = re.findall(r"Revenue beyond today’s, at most €([\d,]+)", told)
    assert near(most, 0.25 * yearly(20_000))


def test_an_unknown_client_takes_the_total_away_and_what_touches_it(
    paid: Planned, browser: Browser
) -> None:
    ClientRevenue.objects.filter(client=paid.tiny, month=date(2026, 2, 1)).delete()
    untouched = asked(browser, paid, **{f"h{paid.good.pk}": "develop"})
    assert "Revenue is known for 4 of 5 clients, so no total is told." in untouched
    assert "one would have to know" not in untouched
    assert "Revenue kept" not in untouched
    assert "Revenue given up over 12 months €0 Revenue to find" in untouched
    touched = asked(browser, paid, **{f"h{paid.tiny.pk}": "develop"})
    assert "one would have to know: Tournelle." in touched
    assert "Revenue given up" not in touched
    everywhere = asked(browser, paid, **{f"mix{paid.data.pk}": "less"})
    assert "one would have to know: Tournelle." in everywhere


def test_many_unknown_names_are_counted(paid: Planned, browser: Browser) -> None:
    more_clients(paid, 8)
    told = asked(browser, paid, **{f"mix{paid.data.pk}": "less"})
    assert re.search(r"one would have to know: [^.]* and \d more\.", told)


def test_amounts_stand_beside_days(paid: Planned, browser: Browser) -> None:
    page = text(browser, paid.manager, PORTFOLIO)
    [hard] = re.findall(r"Orsel\s+€([\d,]+) a year\s+15%", page)
    assert near(hard, yearly(50_000))


def test_bad_input_a_revenue_that_makes_no_sense_is_said_beside_its_field(
    paid: Planned, browser: Browser
) -> None:
    place = {"to1": 10, "profile1": "DATA", "status1": "virtuous"}
    for query, said in (
        ({"earns1": 5}, "Say how much, at most."),
        ({"earns1": 5, "earnsto1": 4}, "Not less than the least."),
        ({"earnsto1": -1}, "greater than or equal to 0"),
        ({"earnsto1": "12,50"}, "Enter a whole number"),
        ({"earnsto1": 10**12}, "less than or equal to"),
    ):
        page = text(browser, paid.manager, PORTFOLIO, **place, **query)
        assert said in page
        assert "Fix what is marked" in page


def test_revenue_alone_of_a_new_client_asks_for_the_rest(paid: Planned, browser: Browser) -> None:
    page = text(browser, paid.manager, PORTFOLIO, earnsto1=5)
    assert "Say how many days, at most." in page


def test_the_file_balances_too(paid: Planned, browser: Browser) -> None:
    half = localdate() + timedelta(days=146)
    query = {f"h{paid.hard.pk}": "leave", f"by{paid.hard.pk}": half}
    lines = rows(browser, paid.manager, "dashboards:portfolio_export", **query)
    column = "Revenue over 12 months, in euros"
    amounts = {row["Name"]: row[column] for row in lines if row["Kind"] == "What it asks"}
    assert int(amounts["Revenue kept"]) + int(amounts["Revenue given up"]) == int(
        amounts["Revenue over 12 months"]
    )
    assert amounts["Revenue to find elsewhere"] == amounts["Revenue given up"]
    clients = {row["Name"]: row[column] for row in lines if row["Kind"] == "Client"}
    assert near(clients["Orsel"], yearly(50_000))
    ClientRevenue.objects.filter(client=paid.hard).delete()
    lines = rows(browser, paid.manager, "dashboards:portfolio_export", **query)
    said = {row["Name"]: row for row in lines}
    assert said["Orsel"][column] == ""
    assert said["Revenue over 12 months"]["Hypothesis"] == "Known for 4 of 5 clients"
    assert said["Revenue given up"]["Hypothesis"] == "Not known: Orsel"
    assert "Revenue kept" not in said


# --- the page of one client ------------------------------------------------------------------


def head(browser: Browser, person: User, client: Client) -> str:
    page = text(browser, person, reverse("dashboards:client", args=[client.pk]))
    return page[: page.index("Print")]


def whole_year(client: Client, amount: int) -> None:
    """The 12 months before this one."""
    month = localdate().replace(day=1)
    for _each in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        pays(client, amount, [month])


def test_the_client_page_says_what_it_pays_to_those_who_read_amounts(
    paid: Planned, world: World, browser: Browser
) -> None:
    [there] = staffed(paid.hard)
    User.objects.filter(pk=there.pk).update(language="en")
    for reader in (paid.manager, world.referent):
        assert "50% of revenue" in head(browser, reader, paid.hard)
    assert "revenue" not in head(browser, there, paid.hard)
    lines = rows_of_client(browser, paid.manager, paid.hard)
    assert [row["In words"] for row in lines if row["Topic"] == "Share of revenue"] == ["50%"]
    assert "Revenue" not in {row["Section"] for row in rows_of_client(browser, there, paid.hard)}


def rows_of_client(browser: Browser, person: User, client: Client) -> list[dict[str, str]]:
    browser.force_login(person)
    answer = browser.get(reverse("dashboards:client_export", args=[client.pk]))
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_year_is_twelve_known_months(firm: Planned, browser: Browser) -> None:
    whole_year(firm.good, 1_000)
    assert "revenue of €12,000 over 12 months" in head(browser, firm.manager, firm.good)
    lines = rows_of_client(browser, firm.manager, firm.good)
    told = [row["In words"] for row in lines if row["Section"] == "Revenue"]
    assert told[0] == "€12,000"
    pays(firm.good, None, [(localdate().replace(day=1) - timedelta(days=1)).replace(day=1)])
    assert "over 12 months" not in head(browser, firm.manager, firm.good)


def test_an_own_product_pays_nothing_and_says_nothing(firm: Planned, browser: Browser) -> None:
    whole_year(firm.good, 1_000)
    Client.objects.filter(pk=firm.good.pk).update(kind=Client.Kind.INTERNAL)
    assert "revenue" not in head(browser, firm.manager, firm.good)
