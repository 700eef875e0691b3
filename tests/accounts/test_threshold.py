"""The people needed for a figure: proposed by one person, confirmed by another, never lowered."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts import threshold
from accounts.models import AuditEntry, FirmSettings, ThresholdChange, User
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
State = ThresholdChange.State
PAGE = "accounts:threshold_edit"


@pytest.fixture(autouse=True)
def _enough_people(world: World) -> None:
    for _one in range(10):
        make.person()
    User.objects.update(language="en")


def propose(world: World, people: int = 6, **rest: Any) -> ThresholdChange:
    values = {"reason": "Safer", "actor": world.administrator, "now": timezone.now()} | rest
    change = threshold.propose(people=people, **values)
    assert change is not None
    return change


def needed() -> int:
    return FirmSettings.objects.get().anonymity_threshold


def post(browser: Browser, name: str, *args: int, **typed: Any) -> Any:
    return browser.post(reverse(f"accounts:{name}", args=args), typed, follow=True)


# --- two people ----------------------------------------------------------------------------------


def test_an_administrator_proposes_and_a_referent_confirms(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    page = post(browser, "threshold_edit", people="6", reason="Safer for small clients")
    assert "It counts once a referent has confirmed it." in page.content.decode()
    assert needed() == 5
    change = ThresholdChange.objects.get()
    assert post(browser, "threshold_confirm", change.pk).status_code == 403

    browser.force_login(world.referent)
    overview = browser.get(reverse("dashboards:overview")).content.decode()
    assert "An administrator proposes that figures need 6 people instead of 5." in overview
    shown = browser.get(reverse(PAGE)).content.decode()
    assert "Safer for small clients" in shown
    assert reverse("accounts:threshold_withdraw", args=[change.pk]) not in shown
    page = post(browser, "threshold_confirm", change.pk)
    assert "from now on a figure needs 6 people" in page.content.decode()
    assert needed() == 6
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (State.CONFIRMED, world.referent)
    assert "proposes that" not in browser.get(reverse("dashboards:overview")).content.decode()


@pytest.mark.parametrize("act", ["confirm", "decline", "withdraw"])
def test_each_step_leaves_one_line(world: World, act: str) -> None:
    change = propose(world)
    who = world.administrator if act == "withdraw" else world.referent
    decide = getattr(threshold, act)
    now = timezone.now()
    assert decide(change=change, actor=who, now=now)
    assert not decide(change=change, actor=who, now=now)
    lines = AuditEntry.objects.filter(object_kind="threshold").order_by("pk")
    assert [(line.action, line.actor) for line in lines] == [
        ("propose", world.administrator),
        (act, who),
    ]
    assert {str(line.changes) for line in lines} == {"{'anonymity_threshold': ['5', '6']}"}
    assert needed() == (6 if act == "confirm" else 5)


@pytest.mark.parametrize("second", ["confirm", "decline", "withdraw"])
def test_whoever_comes_second_changes_nothing_and_is_told(
    world: World, browser: Browser, second: str
) -> None:
    change = propose(world)
    threshold.decline(change=change, actor=world.referent, now=timezone.now())
    browser.force_login(world.administrator if second == "withdraw" else world.referent)
    page = post(browser, f"threshold_{second}", change.pk).content.decode()
    assert f"It had been decided already: Declined, by {world.referent.full_name}." in page
    assert needed() == 5
    assert AuditEntry.objects.filter(object_kind="threshold").count() == 2


def test_a_confirmation_lowers_nothing(world: World) -> None:
    """As if it had been raised by another way meanwhile."""
    change = propose(world)
    FirmSettings.objects.update(anonymity_threshold=9)
    assert threshold.confirm(change=change, actor=world.referent, now=timezone.now())
    assert needed() == 9


def test_a_firm_that_has_no_settings_yet_gets_them(world: World) -> None:
    change = propose(world)
    FirmSettings.objects.all().delete()
    assert threshold.confirm(change=change, actor=world.referent, now=timezone.now())
    assert needed() == 6


# --- what the database holds by itself -----------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": 5},
        {"before": 4},
        {"people": 51},
        {"state": "confirmed"},
        {"state": "confirmed", "decided": "administrator"},
        {"decided": "referent"},
    ],
    ids=str,
)
def test_what_the_table_refuses(world: World, wrong: dict[str, Any]) -> None:
    now = timezone.now()
    values = {"before": 5, "people": 6, "reason": "x", "proposed_at": now} | wrong
    decided = values.pop("decided", None)
    if decided:
        values |= {"decided_by": world.person(decided), "decided_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        ThresholdChange.objects.create(proposed_by=world.administrator, **values)


def test_one_proposal_at_a_time(world: World) -> None:
    change = propose(world)
    again = {"actor": world.administrator, "now": timezone.now()}
    # A double click is one proposal; another number, reason or person is told to wait.
    assert threshold.propose(people=6, reason="Safer", **again) == change
    assert threshold.propose(people=7, reason="Safer", **again) is None
    assert threshold.propose(people=6, reason="Other", **again) is None
    assert ThresholdChange.objects.count() == 1
    assert AuditEntry.objects.count() == 1
    threshold.withdraw(change=change, actor=world.administrator, now=timezone.now())
    assert propose(world, people=7).people == 7


def test_another_broken_constraint_is_not_taken_for_a_second_proposal(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        propose(world, people=5)


# --- bad inputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("six", "Write a whole number, such as 6."),
        ("", "This field is required."),
        ("6.5", "Write a whole number, such as 6."),
        ("9" * 5000, "Write a whole number, such as 6."),
        ("5", "It can be raised, never lowered: 5 people today."),
        ("4", "It can be raised, never lowered: 5 people today."),
        ("-1", "It can be raised, never lowered: 5 people today."),
        ("51", "50 at most: beyond that hardly any figure could ever come out again."),
        ("40", "The firm has 12 consultants: no figure would ever come out."),
    ],
)
def test_a_number_that_makes_no_sense(
    world: World, browser: Browser, typed: str, said: str
) -> None:
    browser.force_login(world.administrator)
    page = post(browser, "threshold_edit", people=typed, reason="My very own reason")
    text = page.content.decode()
    assert page.status_code == 200
    assert said in text
    assert "<title>Error:" in text
    assert 'value="My very own reason"' in text
    assert 'aria-invalid="true"' in text
    assert typed in text
    assert not ThresholdChange.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("reason", ["", "a\nb", "a\x00b", "x" * 301], ids=repr)
def test_a_reason_that_cannot_be_kept(world: World, browser: Browser, reason: str) -> None:
    browser.force_login(world.administrator)
    page = post(browser, "threshold_edit", people="6", reason=reason)
    assert "reason" in page.context["form"].errors
    assert 'value="6"' in page.content.decode()
    assert not ThresholdChange.objects.exists()


def test_a_page_that_is_out_of_date(world: World, browser: Browser) -> None:
    """Somebody else proposed, or confirmed, after the page was opened."""
    browser.force_login(world.administrator)
    other = make.person(is_administrator=True, is_consultant=False)
    change = propose(world, people=7, actor=other)
    page = post(browser, "threshold_edit", people="8", reason="My reason").content.decode()
    assert "Another proposal waits for a decision" in page
    assert 'value="8"' in page
    assert 'value="My reason"' in page
    threshold.confirm(change=change, actor=world.referent, now=timezone.now())
    page = post(browser, "threshold_edit", people="6", reason="My reason").content.decode()
    assert "It can be raised, never lowered: 7 people today." in page
    assert needed() == 7


def test_a_double_click_is_one_proposal(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    for _click in range(2):
        page = post(browser, "threshold_edit", people="6", reason="Safer")
        assert "It counts once a referent has confirmed it." in page.content.decode()
    assert ThresholdChange.objects.count() == 1


def test_the_highest_number_has_no_form_left(world: World, browser: Browser) -> None:
    make.firm(anonymity_threshold=50)
    browser.force_login(world.administrator)
    assert "has reached its highest value" in browser.get(reverse(PAGE)).content.decode()


def test_a_firm_without_consultants_yet_may_choose(world: World, browser: Browser) -> None:
    User.objects.update(is_consultant=False)
    browser.force_login(world.administrator)
    post(browser, "threshold_edit", people="30", reason="Safer")
    assert ThresholdChange.objects.get().people == 30


# --- where each finds it -------------------------------------------------------------------------


def test_the_administrator_follows_it_from_the_settings(world: World, browser: Browser) -> None:
    browser.force_login(world.administrator)
    settings = reverse("accounts:settings_edit")
    assert "Raised by two people, never lowered." in browser.get(settings).content.decode()
    propose(world)
    page = browser.get(settings).content.decode()
    assert "6 proposed: a referent has to confirm." in page
    assert reverse(PAGE) in page
    User.objects.filter(is_referent=True).update(is_active=False)
    assert "Nobody is a well-being referent yet" in browser.get(reverse(PAGE)).content.decode()


def test_in_french_too(world: World, browser: Browser) -> None:
    User.objects.update(language="fr")
    propose(world)
    browser.force_login(world.referent)
    page = browser.get(reverse(PAGE)).content.decode()
    assert "Confirmer 6 personnes" in page
    assert "Confirm 6" not in page


def test_what_was_decided_stays_readable(world: World, browser: Browser) -> None:
    threshold.decline(change=propose(world), actor=world.referent, now=timezone.now())
    browser.force_login(world.referent)
    page = browser.get(reverse(PAGE)).content.decode()
    assert "Nothing waits for you." in page
    assert "5 to 6" in page
    assert "Declined" in page


# --- announced -----------------------------------------------------------------------------------


def test_it_is_news_for_twelve_weeks(world: World) -> None:
    now = timezone.now()
    assert threshold.news(now=now) is None
    threshold.confirm(change=propose(world), actor=world.referent, now=now)
    told = threshold.news(now=now)
    assert told == threshold.News(since=now, people=6, before=5)
    almost = now + timedelta(weeks=12) - timedelta(seconds=1)
    assert threshold.news(now=almost) == told
    assert threshold.news(now=now + timedelta(weeks=12)) is None
    threshold.confirm(change=propose(world, people=8), actor=world.referent, now=almost)
    assert threshold.news(now=almost) == threshold.News(almost, 8, 6)


@pytest.mark.parametrize("name", ["dashboards:home", "accounts:who_sees_what"])
def test_respondents_are_told(world: World, browser: Browser, name: str) -> None:
    browser.force_login(world.consultant)
    assert "people instead of" not in browser.get(reverse(name)).content.decode()
    threshold.confirm(change=propose(world), actor=world.referent, now=timezone.now())
    page = browser.get(reverse(name)).content.decode()
    assert "figures need 6 people instead of 5." in page
