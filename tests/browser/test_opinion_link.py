"""A client's contact answers by their link: no log-in, no cookie, no script, no third party."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from surveys import opinions
from surveys.client_links import token_of
from surveys.models import Asking
from surveys.topics import TOPICS
from tests.browser.firm import Firm
from tests.browser.visits import PHONE, Taste, Visits

REQUESTS, PAGE_BYTES = 5, 30_000
SENTENCE = "Prévenez-nous plus tôt des absences."


def waiting() -> Asking:
    """Somebody who has been asked and has neither answered nor declined."""
    rows = Asking.objects.filter(
        survey__round__closes_at__gt=timezone.now(), contact__declined_at=None
    )
    return next(row for row in rows.order_by("pk") if opinions.said_before(row) is None)


def opened(visits: Visits, asking: Asking, *, with_scripts: bool) -> tuple[Page, list[Request]]:
    page = visits.page(taste=Taste(PHONE, with_scripts=with_scripts))
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    page.goto(f"/opinion/{token_of(asking)}/?language=fr")
    return page, asked


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_five_taps_and_one_to_send(visits: Visits, firm: Firm, with_scripts: bool) -> None:
    asking = waiting()
    page, asked = opened(visits, asking, with_scripts=with_scripts)
    assert len(asked) <= REQUESTS
    expect(page.locator("form")).to_contain_text(asking.contact.client.name)
    questions = page.locator("fieldset.q").filter(has=page.locator(".scale"))
    expect(questions).to_have_count(len(TOPICS))
    for place in range(len(TOPICS)):
        questions.nth(place).locator(".scale input").nth(3).tap()
    page.get_by_label("changer en premier").fill(SENTENCE)
    page.get_by_role("button", name="Envoyer").tap()
    expect(page.get_by_role("status").filter(has_text="Merci")).to_be_visible()
    pages = [one for one in asked if one.resource_type == "document"]
    assert len(asked) <= REQUESTS * len(pages)
    assert page.context.cookies() == []
    said = opinions.said_before(asking)
    assert said is not None
    assert set(said.answers.values()) == {75}
    assert said.comment == SENTENCE
    _changes_one(page)
    said = opinions.said_before(asking)
    assert said is not None
    assert sorted(said.answers.values()) == [50, 75, 75, 75, 75]
    assert said.comment == SENTENCE
    # The link opens this one form.
    page.goto("/")
    expect(page).to_have_url(re.compile("/account/login/"))


def _changes_one(page: Page) -> None:
    """What was answered is there by the same link, and can be changed."""
    expect(page.locator(".scale input:checked")).to_have_count(len(TOPICS))
    page.locator("fieldset.q").first.locator(".scale input").nth(2).tap()
    page.get_by_role("button", name="Envoyer les changements").tap()
    expect(page.locator("fieldset.q").first.locator(".scale input").nth(2)).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="Merci")).to_be_visible()


def test_declining_for_good_and_taking_it_back(visits: Visits, firm: Firm) -> None:
    asking = waiting()
    page, _asked = opened(visits, asking, with_scripts=False)
    page.get_by_role("link", name="Ne plus recevoir ce questionnaire").tap()
    assert not _has_declined(asking), "looking declines nothing"
    page.get_by_role("button", name="Ne plus m’écrire").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("plus")
    assert _has_declined(asking)
    page.get_by_role("button", name="recevoir de nouveau").tap()
    expect(page.get_by_role("link", name="Revenir aux questions")).to_be_visible()
    assert not _has_declined(asking)


def _has_declined(asking: Asking) -> bool:
    asking.contact.refresh_from_db()
    return asking.contact.declined_at is not None


def test_the_page_is_small(visits: Visits, firm: Firm) -> None:
    page = visits.page(taste=Taste(PHONE))
    response = page.goto(f"/opinion/{token_of(waiting())}/")
    assert response is not None
    assert len(response.body()) < PAGE_BYTES
