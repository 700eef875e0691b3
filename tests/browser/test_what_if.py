"""What if, on the portfolio, without a line of script: a scenario is a link."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.firm import Firm
from tests.browser.visits import PHONE, Taste, Visits


def test_a_scenario_is_tried_sent_and_printed_without_scripts(visits: Visits, firm: Firm) -> None:
    camille, nadia = firm.person("manager"), firm.person("referent")
    orsel = firm.client("ORSEL")
    page = visits.page(camille, Taste(PHONE, language="en", with_scripts=False))
    page.goto("/portfolio/")
    row = page.get_by_role("row").filter(has_text=orsel.name)
    expect(page.get_by_text("Nothing is tried yet")).to_be_visible()

    # The last day is asked for once the client is to be left, and not before.
    by = row.get_by_label(f"Last day at {orsel.name}")
    expect(by).to_be_hidden()
    row.get_by_label(f"Hypothesis for {orsel.name}").select_option(label="Leave")
    expect(by).to_be_visible()
    page.get_by_role("button", name="Recalculate").first.click()
    expect(row.get_by_text("Choose the last day there.")).to_be_visible()
    by.fill((timezone.localdate() + timedelta(days=90)).isoformat())
    page.get_by_role("button", name="Recalculate").first.click()
    asks = page.get_by_role("listitem").filter(has_text="Days given up over 12 months")
    expect(asks).to_have_text(re.compile(r"\(\d+%\)"))
    told = asks.inner_text()

    # Whoever has the link sees the same, in their own language.
    link = page.get_by_role("link", name="Link to this scenario").get_attribute("href")
    theirs = visits.page(nadia, Taste(language="en"))
    theirs.goto(f"/portfolio/{link}")
    assert asks.inner_text() == told
    same = theirs.get_by_role("listitem").filter(has_text="Days given up over 12 months")
    assert same.inner_text().split() == told.split()

    # On paper a hypothesis is a sentence, and nothing asks to be pressed.
    theirs.emulate_media(media="print")
    clients = theirs.get_by_role("table", name="Clients and hypotheses")
    left = clients.get_by_role("row").filter(has_text=orsel.name)
    expect(left).to_contain_text("Leave, last day")
    expect(theirs.get_by_role("combobox")).to_have_count(0)
    expect(theirs.get_by_role("button")).to_have_count(0)
