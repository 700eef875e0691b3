"""Every URL × every role has an expected status, and a new URL without a row fails."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import tests
from tests.matrix import Row
from tests.world import ROLES, World

# Checked elsewhere, or not ours: the operators' admin has its own test.
OUTSIDE = ("admin:",)


def all_rows() -> list[Row]:
    rows = []
    for found in pkgutil.iter_modules([str(Path(tests.__path__[0]))]):
        if found.ispkg and (Path(tests.__path__[0]) / found.name / "rows.py").exists():
            rows += importlib.import_module(f"tests.{found.name}.rows").ROWS
    return rows


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names(pattern.url_patterns, space)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return found


def test_every_url_has_a_row() -> None:
    known = {row.name for row in all_rows()}
    missing = {
        name for name in names(get_resolver().url_patterns) if not name.startswith(OUTSIDE)
    } - known
    assert not missing


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", all_rows(), ids=lambda row: f"{row.method}-{row.name}")
def test_status(row: Row, role: str, world: World, browser: Browser) -> None:
    person = world.person(role)
    if person is not None:
        browser.force_login(person)
    url = reverse(row.name, kwargs=row.args(world))
    response = getattr(browser, row.method)(url)
    assert response.status_code == row.expected(role), url
