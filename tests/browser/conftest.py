"""One browser and one demo firm for all browser tests; nothing is wiped between them.

Each journey that writes has people of its own (``firm.py``), so that tests may come in any
order. These tests run last where they share a process with others, and ``./run test`` gives
them a process of their own.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from operations.demo import install
from surveys.models import Question, QuestionVersion, Sketch
from tests.browser.firm import Firm, forget
from tests.browser.visits import Visits

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RAN = pytest.StashKey[dict[str, bool]]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the others: the demo firm stays in the database."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.is_relative_to(here))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash.setdefault(RAN, {})[report.when] = report.failed
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright leaves an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def questions_as_before(firm: Firm) -> Iterator[None]:
    """What a journey changes of the questions is taken back: the others find them as they were."""
    kept = (Question, QuestionVersion, Sketch)
    before = {model: list(model.objects.values()) for model in kept}
    yield
    for model in reversed(kept):
        model.objects.exclude(pk__in=[row["id"] for row in before[model]]).delete()
    for model in kept:
        for row in before[model]:
            model.objects.filter(pk=row["id"]).update(**row)


@pytest.fixture(scope="session")
def firm(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Firm]:
    """The demo firm, made once by the product's own code (``operations.demo``), in a database
    of its own: a file where it is SQLite, so that each thread has its own connection."""
    database = connection.settings_dict
    here = Path(django_settings.VAR) / "browser.sqlite3"
    database["TEST"]["NAME"] = str(here) if connection.vendor == "sqlite" else "symetrie_browser"
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=FAST):
        made = setup_databases(
            verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[]
        )
        install.install(now=timezone.now())
        yield Firm()
        end_other_sessions()
        teardown_databases(made, verbosity=0)


def end_other_sessions() -> None:
    """A page that asks for something by itself may still be answered by a thread of the server
    that has just stopped, and PostgreSQL drops no database that somebody uses."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def address(firm: Firm) -> Iterator[str]:
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def empty(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of an installation in which nothing was entered yet, with a database of its own
    beside the demo firm's, which is back afterwards."""
    database = connection.settings_dict
    before = database["TEST"]["NAME"]
    connection.close()
    here = Path(django_settings.VAR) / "empty.sqlite3"
    database["TEST"]["NAME"] = str(here) if connection.vendor == "sqlite" else "symetrie_empty"
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=FAST):
        made = setup_databases(
            verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[]
        )
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        end_other_sessions()
        teardown_databases(made, verbosity=0)
    database["TEST"]["NAME"] = before


@pytest.fixture
def first_visits(
    request: pytest.FixtureRequest, chromium: Browser, empty: str
) -> Iterator[Visits]:
    """Browsers in the empty installation."""
    yield from visiting(request, chromium, empty)


@pytest.fixture
def visits(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Visits]:
    """Browsers in the demo firm."""
    yield from visiting(request, chromium, address)


def visiting(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Visits]:
    """Browsers of one test; silent faults of its pages fail it."""
    folder = Path(django_settings.VAR) / "browser"
    folder.mkdir(exist_ok=True, parents=True)
    made = Visits(chromium, address, folder)
    yield made
    failed = request.node.stash[RAN].get("call", True)
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    made.close(failed=failed or bool(made.watch.faults), name=name)
    assert made.watch.faults == []


@pytest.fixture(scope="module")
def somebody(firm: Firm) -> User:
    """One person for the journeys of a file: the demo firm has few who have not answered."""
    return firm.consultant()


@pytest.fixture
def person(somebody: User) -> Iterator[User]:
    """The same, left as they were found."""
    yield somebody
    forget(somebody)
