"""The product as an app on a phone: a manifest, icons of the right size, no service worker."""

import re
import struct
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client as Browser
from django.urls import reverse

from tools.icons import FOLDER, ICONS

ROOT = Path(settings.BASE_DIR)


def side_of(file: Path) -> tuple[int, int]:
    """Width and height, from the head of a PNG file."""
    head = file.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return int(width), int(height)


def test_the_manifest_names_icons_that_exist(browser: Browser) -> None:
    response = browser.get(reverse("manifest"))
    assert response.headers["Content-Type"] == "application/manifest+json"
    told = response.json()
    assert told["name"] == settings.PRODUCT_NAME
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    for icon in told["icons"]:
        file = finders.find(icon["src"].removeprefix("/static/"))
        assert isinstance(file, str)
        side = int(icon["sizes"].split("x")[0])
        assert side_of(Path(file)) == (side, side)
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert [icon for icon in told["icons"] if icon.get("purpose") == "maskable"]


@pytest.mark.parametrize(("name", "drawing", "side"), ICONS)
def test_an_icon_is_a_drawing_of_its_size(name: str, drawing: str, side: int) -> None:
    assert side_of(FOLDER / name) == (side, side)
    assert (FOLDER / drawing).exists()
    assert (FOLDER / name).stat().st_size < 40_000


def test_every_page_leads_to_it_and_the_policy_lets_it(browser: Browser, db: None) -> None:
    response = browser.get(reverse("account_login"))
    page = response.content.decode()
    assert f'rel="manifest" href="{reverse("manifest")}"' in page
    touch = re.search(r'rel="apple-touch-icon" href="/static/([^"]+)"', page)
    assert touch is not None
    assert finders.find(touch[1])
    assert "manifest-src 'self'" in response.headers["Content-Security-Policy"]


def test_no_page_is_kept_by_a_service_worker() -> None:
    scripts = [*(ROOT / "static" / "js").glob("*.js")]
    assert len(scripts) >= 3
    assert not [one for one in scripts if "serviceWorker" in one.read_text(encoding="utf-8")]
