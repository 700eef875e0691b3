"""A sign of decline: opened by a bit, told in words, closed after six rounds or by a manager."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from followup import decisions
from followup.models import Alert
from followup.reconciling import CAUSE_GONE
from followup.rules import LASTS
from scoring.models import Decline
from tests.balancing import staffed
from tests.balancing.staffed import Staffed
from tests.followup.raised import run
from tests.followup.rows import alert as an_alert
from tests.world import World

pytestmark = pytest.mark.django_db
RULE = Alert.Rule.CLIENT_DECLINING
SENTENCE = "Une deuxième personne rejoint la mission."


def declining(rounds: int = 2, bit: int = 1) -> tuple[Staffed, Client]:
    """A firm with a bit in one round; every round is looked at as it closes."""
    made = staffed.firm(rounds)
    client = made.hard[0].client
    Decline.objects.create(round=made.rounds[bit], ref=client.ref)
    for row in made.rounds:
        run(row.closes_at)
    return made, client


def test_a_bit_opens_an_alert_that_keeps_the_round_and_no_value() -> None:
    made, client = declining()
    alert = Alert.objects.get(rule=RULE)
    assert (alert.client, alert.opened_round) == (client, made.rounds[1])
    assert alert.reason == {"round_on": made.rounds[1].starts_on.isoformat()}
    assert alert.managers_from == alert.opened_at


def test_it_closes_after_six_rounds_without_a_new_bit() -> None:
    made, client = declining(rounds=LASTS, bit=0)
    assert Alert.objects.get(rule=RULE).state == Alert.State.OPEN
    made.carry(2, overload=False)
    for row in made.rounds[LASTS:]:
        run(row.closes_at)
    alert = Alert.objects.get(rule=RULE, client=client)
    assert (alert.state, alert.closing_code) == (Alert.State.CLOSED, CAUSE_GONE)
    assert alert.closed_at == made.rounds[LASTS].closes_at


def test_a_new_bit_renews_it() -> None:
    made, client = declining(rounds=4, bit=1)
    Decline.objects.create(round=made.rounds[3], ref=client.ref)
    made.carry(2, overload=False)
    run(made.last.closes_at)
    alert = Alert.objects.get(rule=RULE)
    assert alert.state == Alert.State.OPEN
    assert alert.reason == {"round_on": made.rounds[3].starts_on.isoformat()}


def test_what_a_manager_closed_opens_again_on_a_new_bit_alone() -> None:
    made, client = declining()
    alert = Alert.objects.get(rule=RULE)
    decisions.close(
        alert=alert, sentence=SENTENCE, by=made.above, now=alert.opened_at + timedelta(days=1)
    )
    made.carry(4, overload=False)
    for row in made.rounds[-4:]:
        run(row.closes_at)
    assert Alert.objects.filter(rule=RULE).count() == 1
    Decline.objects.create(round=made.last, ref=client.ref)
    made.carry(2, overload=False)
    run(made.last.closes_at)
    assert Alert.objects.filter(rule=RULE).exclude(state=Alert.State.CLOSED).count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Sign of decline: ", "Since the round of 13 October", "figures come with releases."),
        ),
        (
            "fr",
            (
                "Signal de dégradation : ",
                "Depuis le tour du 13 octobre",
                "les chiffres viennent avec les publications.",
            ),
        ),
    ],
)
def test_the_page_says_it_in_words_without_a_value(
    browser: Browser, world: World, language: str, words: tuple[str, ...]
) -> None:
    world.manager.language = language
    world.manager.save()
    browser.force_login(world.manager)
    reason = {"round_on": date(2026, 10, 13).isoformat()}
    alert = an_alert(rule=RULE, client=world.client, reason=reason)
    page = browser.get(reverse("followup:alert_detail", args=[alert.pk])).content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace("\u00a0", " ")
    for some in words:
        assert some in said
    assert world.client.name in said
    assert "What the published figures say" not in said
    # It stands after a release too: nothing in it may grow old.
    assert "No figure before" not in said
    assert "Pas de chiffre avant" not in said
    for where in ("followup:alert_list", "dashboards:overview"):
        assert words[0] in browser.get(reverse(where)).content.decode().replace("\u00a0", " ")
