"""axe finds nothing on any page, and no page is wider than its window.

Each page is seen in three ways that cover, in pairs, page × width × theme × language × role.
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import Page

from accounts import threshold
from accounts.models import ThresholdChange
from surveys.models.answers import CheckIn
from tests.browser.firm import Firm, todo
from tests.browser.places import Place, places
from tests.browser.visits import DESKTOP, SMALL, Device, Taste, Visits

# All rules that are on by default, best practices among them, and the size of targets.
OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
HEIGHT = 800
# Width, theme, language; every pair of values stands in one of the two sets.
WAYS = (
    ((320, "light", "fr"), (390, "dark", "en"), (1366, "light", "en")),
    ((320, "dark", "en"), (390, "light", "fr"), (1366, "dark", "fr")),
)
TWICE = 32  # pixels of a reader who doubled the browser's 16


def violations(page: Page) -> list[str]:
    """What axe objects to, one line an element."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run(document, {json.dumps(OPTIONS)}).then(r => r.violations)")
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """Elements that stick out of the window, where the page is wider than it."""
    return page.evaluate(STICKING_OUT)


STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > width + 1)
    .map((e) => e.tagName + "." + e.className).slice(-5);
}"""


def loaded(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    assert "text/html" in answer.headers["content-type"]
    if page.locator("script[src*=plotly]").count():
        page.locator(".js-plotly-plot").first.wait_for()


def faults(page: Page, device: Device, theme: str) -> list[str]:
    page.set_viewport_size({"width": device.width, "height": device.height})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # -- one of the two themes
    told = [f"{device.width} px, {theme}: {each}" for each in violations(page)]
    if device.width == 320:
        told += [f"wider than 320 px: {each}" for each in overflow(page)]
    return told


@cache
def number_of() -> dict[str, int]:
    return {place.id: number for number, place in enumerate(places())}


@pytest.mark.parametrize("place", places(), ids=lambda place: place.id)
def test_page(place: Place, visits: Visits, firm: Firm) -> None:
    address, people = place.address(firm)
    readers = list(people.values())
    told: list[str] = []
    for turn, language in enumerate(("fr", "en")):
        person = readers[turn % len(readers)]
        page = visits.page(person, Taste(language=language), is_traced=False)
        loaded(page, address)
        ways = WAYS[number_of()[place.id] % 2]
        for width, theme, words in ways:
            if words == language:
                told += faults(page, Device(width, HEIGHT), theme)
        told += with_large_text(page)
    assert told == []


def with_large_text(page: Page) -> list[str]:
    """Twice the size of text, by the browser's own setting, on a phone."""
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    settings: dict[str, Any] = {"fontSizes": {"standard": TWICE, "fixed": TWICE}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", settings)
    return [f"text at 200 %: {each}" for each in overflow(page)]


# --- pages that only an action or a mistake shows ----------------------------------------------


def refused_sign_in(page: Page, firm: Firm) -> None:
    page.goto("/account/login/")
    page.locator("#id_login").fill("nobody@lumen.example")
    page.locator("#id_password").fill("not a password of ours")
    page.locator("main button.btn-big").click()
    page.get_by_role("alert").wait_for()


def check_in_with_an_error(page: Page, firm: Firm) -> None:
    line = todo(firm.person("consultant"))
    page.goto(f"/check-in/{line.round.pk}/{line.mission.pk}/")
    page.locator("input[name=share][value=talk]").check()
    page.locator("button[type=submit].btn-big").click()
    page.get_by_role("alert").wait_for()


def session_ended(page: Page, firm: Firm) -> None:
    line = todo(firm.person("consultant"))
    page.goto(f"/check-in/{line.round.pk}/{line.mission.pk}/")
    page.context.clear_cookies(name="sessionid")
    page.locator("button[type=submit].btn-big").click()
    page.locator("#id_password").wait_for()


def closed_round(page: Page, firm: Firm) -> None:
    row = CheckIn.objects.filter(person=firm.person("consultant")).earliest("round__starts_on")
    page.goto(f"/check-in/{row.round_id}/{row.mission_id}/")


def open_menu(page: Page, firm: Firm) -> None:
    page.goto("/overview/")
    page.locator("details.menu summary").first.click()


def file_with_errors(page: Page, firm: Firm) -> None:
    page.goto("/imports/")
    page.locator("select[name=kind]").select_option("clients")
    wrong = {"name": "clients.csv", "mimeType": "text/csv", "buffer": b"ref,name\nX,\n,Y\n"}
    page.locator("input[name=file]").set_input_files(wrong)
    page.locator("main form[enctype] button[type=submit]").click()
    page.get_by_role("alert").first.wait_for()


def threshold_with_an_error(page: Page, firm: Firm) -> None:
    page.goto("/threshold/")
    page.locator("#id_people").fill("3")
    page.locator("#id_reason").fill("Fewer, for once")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("alert").first.wait_for()


def threshold_to_confirm(page: Page, firm: Firm) -> None:
    who = firm.person("administrator")
    threshold.propose(people=6, reason="Safer for small clients", actor=who, now=timezone.now())
    page.goto("/overview/")
    page.locator(".notice a[href='/threshold/']").click()
    page.locator("#waiting").wait_for()
    # Nobody else is to meet it: the page stays open, the proposal does not.
    ThresholdChange.objects.all().delete()


def nothing_there(page: Page, firm: Firm) -> None:
    page.goto("/nothing/here/")


def not_open_to_me(page: Page, firm: Firm) -> None:
    page.goto("/settings/")


STATES = {
    refused_sign_in: "",
    check_in_with_an_error: "consultant",
    session_ended: "consultant",
    closed_round: "consultant",
    open_menu: "manager",
    file_with_errors: "administrator",
    threshold_with_an_error: "administrator",
    threshold_to_confirm: "referent",
    nothing_there: "manager",
    not_open_to_me: "consultant",
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_state(state: Callable[[Page, Firm], None], visits: Visits, firm: Firm) -> None:
    visits.expect(403, 404)
    person = firm.person(STATES[state]) if STATES[state] else None
    told: list[str] = []
    for language, device, theme in (("fr", SMALL, "light"), ("en", DESKTOP, "dark")):
        page = visits.page(person, Taste(device, theme, language), is_traced=False)
        if state is open_menu and device is DESKTOP:
            continue  # the menu is a side bar there
        state(page, firm)
        told += faults(page, device, theme)
    assert told == []
