"""What surrounds every page: signing in and out, language, theme, refusals in words."""

import re

from playwright.sync_api import expect

from operations.demo.install import PASSWORD
from tests.browser.firm import Firm, todo
from tests.browser.visits import PHONE, Taste, Visits, focus_on


def test_sign_in_and_out_by_keyboard(visits: Visits, firm: Firm) -> None:
    person = firm.person("L003")
    visits.reads(person, "en")
    page = visits.page(None, Taste(language="en"))
    page.goto("/history/")
    expect(page).to_have_url(re.compile(r"/account/login/\?next=/history/$"))
    page.get_by_label("Work e-mail address").fill(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type("not the one I meant")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Work e-mail address")).to_have_value(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My history")

    focus_on(page, page.get_by_label(f"Account of {person.full_name}"))
    page.keyboard.press("Enter")
    focus_on(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/account/login/"))
    page.goto("/history/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_skip_link_leads_to_the_content(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"), Taste(language="en"))
    page.goto("/overview/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_language_is_kept(visits: Visits, firm: Firm) -> None:
    person = firm.person("L003")
    page = visits.page(person, Taste(PHONE))
    page.goto("/history/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="English").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("My history")
    expect(page).to_have_url(re.compile("/history/$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    person.refresh_from_db()
    assert person.language == "en"
    other = visits.page(None, Taste(language="fr"))
    other.context.add_cookies([visits.cookie(person)])
    other.goto("/history/")
    expect(other.get_by_role("heading", level=1)).to_have_text("My history")


def test_the_language_of_the_browser_until_signed_in(visits: Visits) -> None:
    page = visits.page(None, Taste(language="en"))
    page.goto("/account/login/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


def test_the_theme_is_kept(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("L003"), Taste(PHONE, "light"))
    page.goto("/history/")
    ground = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    page.get_by_role("button", name="Changer de thème").tap()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).not_to_have_css("background-color", ground)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).not_to_have_css("background-color", ground)


def test_drafts_go_at_sign_out(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("L003"), Taste(language="en"))
    page.goto("/history/")
    page.evaluate("sessionStorage.setItem('draft:test', '[]')")
    page.get_by_label("Account of").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/account/login/"))
    assert page.evaluate("sessionStorage.getItem('draft:test')") is None


def test_somebody_elses_check_in_does_not_exist(visits: Visits, firm: Firm) -> None:
    mine = {line.mission_id for line in firm.person("L003").assignments.all()}
    other = next(todo(person) for person in (firm.person("L001"), firm.person("L002")))
    assert other.mission.pk not in mine
    page = visits.page(firm.person("L003"))
    visits.expect(404)
    page.goto(f"/check-in/{other.round.pk}/{other.mission.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")
    page.get_by_role("link", name="Retour à l’accueil").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
