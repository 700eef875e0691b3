"""The icons of the installed app, as PNG: drawn from their SVG by the browser of the tests.

``.venv/bin/python -m tools.icons``, after a change of ``static/icons/*.svg``; the PNG files are
committed. Phones take no SVG for an installed app.
"""

import os
import sys
from base64 import b64encode

from playwright.sync_api import sync_playwright

from tools.places import ROOT

FOLDER = ROOT / "static" / "icons"
# File, its drawing, and the side of its square. iOS takes 180.
ICONS = (
    ("app-192.png", "app.svg", 192),
    ("app-512.png", "app.svg", 512),
    ("maskable-512.png", "maskable.svg", 512),
    ("touch-180.png", "maskable.svg", 180),
)
PAGE = (
    '<body style="margin:0">'
    '<img width="{side}" height="{side}" src="data:image/svg+xml;base64,{drawing}">'
)


def main() -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        for name, drawing, side in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            data = b64encode((FOLDER / drawing).read_bytes()).decode()
            page.set_content(PAGE.format(side=side, drawing=data))
            page.screenshot(path=str(FOLDER / name), omit_background=True)
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
