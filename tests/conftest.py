"""Shared fixtures."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.test import Client as Browser
from django.utils import translation

from core import sealing
from tests.world import World, build_world

# A busy machine is slow, which is no failure: times belong to the benchmarks.
hypothesis.settings.register_profile(
    "ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")

NOT_TESTED = "REAL DATA NOT TESTED: set SYMETRIE_DATA to the folder that holds univbct.csv"
MOMENT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Wednesday morning, the day after a round closed."""
    return MOMENT


@pytest.fixture
def world(db: None) -> World:
    """A small firm with one person of each role, and a stranger beside each."""
    return build_world()


@pytest.fixture
def browser() -> Browser:
    """Django's test browser; its name does not hide the firm's clients."""
    return Browser(raise_request_exception=True)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of the real data set. Named by SYMETRIE_DATA; said loudly where it is missing."""
    folder = Path(os.environ.get("SYMETRIE_DATA", ""))
    if not os.environ.get("SYMETRIE_DATA") or not (folder / "univbct.csv").exists():
        pytest.skip(NOT_TESTED)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it once more, in red, where nobody overlooks it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NOT_TESTED in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NOT_TESTED, red=True, bold=True)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """Each test begins in the firm's language, whichever the one before it left behind."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept in Redis outlives a test, and others run beside it: each test has its own keys,
    so that no address has guessed too often already."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture(autouse=True, scope="session")
def _comment_keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of this run alone; an installation's are made by a command."""
    django_settings.COMMENT_KEYS = str(tmp_path_factory.mktemp("keys") / "comment_keys.json")
    sealing.add_key()


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]  # -- pytest-django's wrapper
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]
