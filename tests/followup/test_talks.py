"""Wishes to talk that were taken up: said by the one, denied by the other."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from followup.measures import MEASURES, Span
from followup.models import Promise, Talk
from followup.reading import wish_count
from surveys.intake import Sending, submit
from surveys.models import Round
from tests.surveys.asking import open_round
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def asked(world: World) -> Round:
    """The consultant would like to talk to the referent."""
    now = timezone.now()
    row = open_round(now)
    submit(
        person=world.consultant, mission=world.mission.pk, round_=row,
        sending=Sending({"load": 0}, "talk", world.referent.pk), now=now,
    )  # fmt: skip
    return row


def press(browser: Browser, name: str, world: World, row: Round) -> int:
    address = reverse(f"followup:{name}", args=[world.consultant.pk, row.pk])
    return browser.post(address).status_code


def test_talked_denied_and_talked_again(world: World, asked: Round, browser: Browser) -> None:
    now = timezone.now()
    assert wish_count(world.referent, now) == 1
    browser.force_login(world.referent)
    for _ in range(2):
        assert press(browser, "wish_talked", world, asked) == 302
    assert wish_count(world.referent, now) == 0
    talk = Talk.objects.get()
    browser.force_login(world.consultant)
    home = reverse("dashboards:home")
    assert world.referent.full_name in browser.get(home).content.decode()
    browser.post(reverse("followup:talk_deny", args=[talk.pk]))
    assert wish_count(world.referent, now) == 1
    assert reverse("followup:talk_deny", args=[talk.pk]) not in browser.get(home).content.decode()
    browser.force_login(world.referent)
    assert press(browser, "wish_talked", world, asked) == 302
    again = Talk.objects.get()
    assert again.denied_at is None
    assert again.talked_at > talk.talked_at


def test_taken_back_it_waits_again(world: World, asked: Round, browser: Browser) -> None:
    browser.force_login(world.referent)
    press(browser, "wish_talked", world, asked)
    page = browser.get(reverse("followup:wish_list")).content.decode()
    assert reverse("followup:wish_again", args=[world.consultant.pk, asked.pk]) in page
    press(browser, "wish_again", world, asked)
    assert not Talk.objects.exists()
    page = browser.get(reverse("followup:wish_list")).content.decode()
    assert reverse("followup:wish_talked", args=[world.consultant.pk, asked.pk]) in page


@pytest.mark.parametrize("role", ["manager", "other_manager", "consultant", "administrator"])
def test_a_wish_is_its_addressee_s_alone(
    world: World, asked: Round, browser: Browser, role: str
) -> None:
    browser.force_login(world.person(role) or world.manager)
    assert press(browser, "wish_talked", world, asked) == 404
    assert press(browser, "wish_again", world, asked) == 404
    assert not Talk.objects.exists()


def test_only_whoever_asked_may_say_not_yet(world: World, asked: Round, browser: Browser) -> None:
    browser.force_login(world.referent)
    press(browser, "wish_talked", world, asked)
    talk = Talk.objects.get()
    for person in (world.referent, world.other_consultant, world.manager):
        browser.force_login(person)
        assert browser.post(reverse("followup:talk_deny", args=[talk.pk])).status_code == 404
    talk.refresh_from_db()
    assert talk.denied_at is None


def test_the_promise_counts_from_the_close_of_the_round(
    world: World, asked: Round, browser: Browser
) -> None:
    measure = MEASURES[Promise.Measure.TALK].occasions
    ends = asked.closes_at + 7 * DAY
    span = Span(ends - DAY, ends, asked.period)
    assert measure(Span(ends, ends + DAY, asked.period), 7) == []
    assert [one.kept for one in measure(span, 7) or ()] == [False]
    browser.force_login(world.referent)
    press(browser, "wish_talked", world, asked)
    assert [(one.kept, one.person) for one in measure(span, 7) or ()] == [
        (True, world.consultant.pk)
    ]
    Talk.objects.update(talked_at=ends + timedelta(seconds=1))
    assert [one.kept for one in measure(span, 7) or ()] == [False]
    Talk.objects.update(talked_at=ends, denied_at=ends)
    assert [one.kept for one in measure(span, 7) or ()] == [False]
