"""Finds a browser for the browser tests, or installs one."""

import os
import shutil
import subprocess

from tools.places import PYTHON
from tools.say import Stop, step
from tools.system import apt_install, can_install, run_quietly

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DOWNLOAD_SECONDS = 120
FIND_OWN = (
    "from playwright.sync_api import sync_playwright as s\n"
    "with s() as p: print(p.chromium.executable_path)"
)


def find() -> str | None:
    """``$CHROMIUM``, then the system's, then the one Playwright downloaded earlier."""
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named) is None:
            raise Stop(f"CHROMIUM names {named}, which is no program: correct or unset it")
        return shutil.which(named)
    found = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    return found or find_own()


def find_own() -> str | None:
    done = run_quietly([PYTHON, "-c", FIND_OWN])
    path = done.stdout.strip()
    return path if done.returncode == 0 and os.access(path, os.X_OK) else None


def require() -> str:
    found = find() or install()
    if found is None:
        raise Stop(
            "The browser tests need a browser: sudo apt-get install chromium, or set CHROMIUM to "
            "any Chromium, Chrome or Edge (./run test --no-browser leaves those tests out)."
        )
    return found


def install() -> str | None:
    if can_install() and apt_install("chromium", "fonts-dejavu-core"):
        return find()
    with step("Downloading Chromium with Playwright") as note:
        try:
            command = [PYTHON, "-m", "playwright", "install", "chromium"]
            done = run_quietly(command, timeout=DOWNLOAD_SECONDS)
        except subprocess.TimeoutExpired:
            note(f"given up after {DOWNLOAD_SECONDS} s")
            return None
        if done.returncode:
            note("did not work")
    return find_own()
