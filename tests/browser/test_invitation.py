"""From the mail to "thank you", on a phone, without signing in, cookies or scripts."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from accounts.stopping import CHECK_IN, token_of
from surveys import letters, links
from surveys.models import Message
from tests.browser.firm import Firm, stored, todo
from tests.browser.visits import DESKTOP, PHONE, SMALL, Device, Taste, Visits

# Somebody who reads each question and taps: a pace that usability studies of scales give.
SECONDS_TO_READ, SECONDS_TO_TAP = 2.5, 1.0
PAGE_BYTES, REQUESTS = 30_000, 5


def link_of(person: User) -> str:
    """The button of their mail, as it was written."""
    line = todo(person)
    message = Message(person=person, round=line.round, rank=Message.Rank.INVITATION)
    letter = letters.written(message, [line], people_needed=5)
    [found] = set(re.findall(r"http://[^\s\"]+(/check-in/link/[^\s\"]+)", letter.text))
    return str(found)


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_mail_to_thank_you(visits: Visits, firm: Firm, with_scripts: bool) -> None:
    """Taps: one to open, one a question, one to send."""
    person = firm.consultant()
    line = todo(person)
    page = visits.page(taste=Taste(PHONE, with_scripts=with_scripts))
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    taps, address = 1, link_of(person)  # the button of the mail
    response = page.goto(address)
    assert response is not None
    assert len(response.body()) < PAGE_BYTES
    expect(page.get_by_role("heading", level=1)).to_have_text(line.mission.client.name)
    questions = page.locator("fieldset.q").filter(has=page.locator(".scale"))
    total = questions.count()
    assert total == line.question_count
    for place in range(total):
        questions.nth(place).locator(".scale input").nth(3).tap()
        taps += 1
    page.get_by_role("button", name="Envoyer").tap()
    taps += 1
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert taps <= total + 2
    assert total * (SECONDS_TO_READ + SECONDS_TO_TAP) + 2 * SECONDS_TO_TAP <= 35
    pages = [one for one in asked if one.resource_type == "document"]
    assert len(pages) == 2
    assert len(asked) - len(pages) <= REQUESTS * len(pages)
    [row] = stored(person)
    assert set(row.answers.values()) == {75}
    assert len(row.answers) == total
    assert page.context.cookies() == []
    # The link is no way in, and shows nothing of it.
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce point est fait")
    expect(page.locator("input[type=radio]")).to_have_count(0)
    page.goto("/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_what_is_wrong_comes_back(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    page = visits.page(taste=Taste(PHONE))
    page.goto(link_of(person))
    page.get_by_role("button", name="Envoyer").tap()
    expect(page.get_by_role("status").filter(has_text="Rien n’a été envoyé")).to_be_visible()
    page.locator(".scale input").nth(1).tap()
    page.get_by_label("Je souhaite en parler").check()
    page.get_by_role("button", name="Envoyer").tap()
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.locator(".scale input:checked")).to_have_count(1)
    assert stored(person) == []


@pytest.mark.parametrize("device", [SMALL, DESKTOP], ids=["small", "desktop"])
def test_stop_by_the_mails_own_link(visits: Visits, firm: Firm, device: Device) -> None:
    person = firm.person("L003")
    page = visits.page(taste=Taste(device))
    page.goto(f"/mails/stop/{token_of(person, CHECK_IN)}/")
    _no_wider(page)
    page.get_by_role("button", name="Ne plus recevoir ces e-mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous ne recevez plus ces e-mails")
    person.refresh_from_db()
    assert not person.checkin_mails
    page.get_by_role("button", name="Les recevoir de nouveau").click()
    person.refresh_from_db()
    assert person.checkin_mails


def _no_wider(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_that_does_not_hold(visits: Visits, firm: Firm) -> None:
    person = firm.person("consultant")
    line = todo(person)
    visits.expect(404)
    page = visits.page(taste=Taste(SMALL))
    page.goto(f"/check-in/link/{links.token_of(person, line.round, line.mission.pk)[:-3]}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne fonctionne pas")
    _no_wider(page)


def test_the_administrator_reads_the_demos_mails(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"))
    page.goto("/mails/")
    expect(page.get_by_role("heading", level=1)).to_have_text("E-mails")
    page.get_by_role("link", name="Quand partent les e-mails").click()
    page.get_by_label("Heure").first.fill("09:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré")).to_be_visible()
    page.get_by_label("Heure").first.fill("10:00")
    page.get_by_role("button", name="Enregistrer").click()
