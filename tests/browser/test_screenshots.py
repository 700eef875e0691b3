"""The picture of the README: drawn at each run, kept where SYMETRIE_SCREENSHOTS is set."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.firm import Firm
from tests.browser.visits import Device, Taste, Visits

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "dashboard.png"
LIMIT = 200_000


def test_the_picture_of_the_readme(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"), Taste(Device(1280, 860)))
    page.goto("/overview/")
    page.reload()  # now the font is there at once
    expect(page.get_by_role("heading", name="à traiter")).to_be_visible()
    drawn = page.screenshot()
    if "SYMETRIE_SCREENSHOTS" in os.environ:
        PICTURE.write_bytes(drawn)
    assert PICTURE.stat().st_size <= LIMIT
