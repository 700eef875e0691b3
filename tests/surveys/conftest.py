"""Rounds ahead and an administrator, for tests of the editor of questions."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from surveys.calendar import make_ahead, open_due
from surveys.models import Period, Round
from tests import make
from tests.surveys.asking import NOW
from tests.world import World


@pytest.fixture
def actor() -> User:
    return make.person(is_consultant=False, is_administrator=True)


@pytest.fixture
def asked() -> Round:
    """The first round of several periods made ahead, open since this morning."""
    make.firm(first_round_on=NOW.date() - timedelta(days=1))
    make_ahead(now=NOW)
    open_due(now=NOW)
    return Round.objects.open(NOW).get()


@pytest.fixture
def coming(asked: Round) -> Period:
    return Period.objects.exclude(pk=asked.period_id).order_by("starts_on")[0]


@pytest.fixture
def admin(world: World) -> Browser:
    browser = Browser()
    browser.force_login(world.administrator)
    return browser


@pytest.fixture
def calendar(world: World) -> Round:
    """Rounds ahead, the first of them open now, whatever the day on which the tests run."""
    now = timezone.now()
    make.firm(first_round_on=timezone.localdate() - timedelta(days=1))
    make_ahead(now=now)
    open_due(now=now)
    return Round.objects.open(now).get()
