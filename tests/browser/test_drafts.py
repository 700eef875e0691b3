"""What somebody typed and did not send, in a real browser: kept, back, and gone in time."""

import re

from playwright.sync_api import Page, expect

from accounts.models import User
from surveys.models.answers import Draft
from tests.browser.firm import Firm, stored, todo
from tests.browser.test_checkin import ON_A_PHONE, form_of, send, tap
from tests.browser.visits import Visits

LEFT_IN_TAB = "() => Object.keys(sessionStorage).filter(key => key.startsWith('draft:')).length"
WORDS = "Deux réunions\nde trop."


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("Brouillon gardé à")


def left_in_tab(page: Page, count: int) -> None:
    """Soon. (The policy forbids Playwright's own way of waiting for a value.)"""
    for _moment in range(100):
        if page.evaluate(LEFT_IN_TAB) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not {count} draft(s) in the tab")


def checked(page: Page) -> list[str]:
    return page.locator(".scale input:checked").evaluate_all("all => all.map(e => e.id)")


def test_each_tap_is_kept_and_found_on_another_device(visits: Visits, person: User) -> None:
    line = todo(person)
    page = visits.page(person, ON_A_PHONE)
    page.goto(form_of(line))
    tap(page, 0, 3)
    saved(page)
    tap(page, 1, 0)
    page.get_by_label("Un mot à ajouter").fill(WORDS)
    page.get_by_label("Montrer ce commentaire").check()
    expect(page.locator("[data-saved]")).to_contain_text("Brouillon gardé à")
    left_in_tab(page, 0)
    before = checked(page)

    other = visits.page(person)
    other.goto("/")
    expect(other.get_by_text(re.compile(r"Brouillon du .*2 réponses gardées"))).to_be_visible()
    other.goto(form_of(line))
    expect(other.get_by_text("Votre brouillon du")).to_be_visible()
    assert checked(other) == before
    assert other.get_by_label("Un mot à ajouter").input_value() == WORDS
    expect(other.get_by_label("Montrer ce commentaire")).to_be_checked()
    send(other).click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Merci")
    [row] = stored(person)
    assert len(row.answers) == 2
    assert not Draft.objects.filter(person=person).exists()
    # The first page was opened before that sending: its taps bring no draft back.
    visits.expect(409)
    tap(page, 2, 2)
    expect(page.locator("[data-saved]")).to_contain_text("Envoyé entre-temps")
    assert not Draft.objects.filter(person=person).exists()


def test_offline_it_stays_in_the_tab_and_leaves_when_the_network_is_back(
    visits: Visits, person: User
) -> None:
    page = visits.page(person, ON_A_PHONE)
    page.goto(form_of(todo(person)))
    visits.watch.is_cut = True
    page.context.set_offline(True)
    tap(page, 0, 3)
    page.get_by_label("Un mot à ajouter").fill(WORDS)
    expect(page.locator("[data-saved]")).to_have_text(
        "Hors ligne : votre brouillon reste dans cet onglet"
    )
    left_in_tab(page, 1)
    assert not Draft.objects.filter(person=person).exists()
    page.context.set_offline(False)
    saved(page)
    left_in_tab(page, 0)
    assert Draft.objects.get(person=person).typed["answers"]
    page.goto(form_of(todo(person)))
    assert page.get_by_label("Un mot à ajouter").input_value() == WORDS


def test_what_is_in_the_tab_survives_the_end_of_a_session_and_goes_at_sign_out(
    visits: Visits, firm: Firm, person: User
) -> None:
    page = visits.page(person, ON_A_PHONE)
    line = todo(person)
    page.goto(form_of(line))
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    visits.expect(403)
    tap(page, 0, 3)
    expect(page.locator("[data-saved]")).to_contain_text("Votre session a pris fin")
    page.goto(form_of(line))
    expect(page).to_have_url(re.compile("/login/"))
    page.context.add_cookies(kept)
    page.goto(form_of(line))
    assert len(checked(page)) == 1
    saved(page)
    assert Draft.objects.get(person=person).typed["answers"]
    page.context.clear_cookies(name="sessionid")
    tap(page, 1, 3)
    expect(page.locator("[data-saved]")).to_contain_text("Votre session a pris fin")
    left_in_tab(page, 1)
    # Somebody else signs in, in the same tab: nothing of the first is on their page.
    page.context.add_cookies([visits.cookie(firm.person("consultant"))])
    page.goto(form_of(todo(firm.person("consultant"))))
    assert checked(page) == []
    page.locator("details.menu summary").tap()
    page.locator("form[data-leave] button").tap()
    expect(page).to_have_url(re.compile("/login/"))
    left_in_tab(page, 0)


def test_a_draft_is_dropped_for_what_was_sent(visits: Visits, person: User) -> None:
    page = visits.page(person, ON_A_PHONE)
    line = todo(person)
    page.goto(form_of(line))
    tap(page, 0, 3)
    send(page).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    left_in_tab(page, 0)
    page.goto(form_of(line))
    tap(page, 0, 1)
    saved(page)
    page.reload()
    expect(page.get_by_text("Ce que vous aviez envoyé compte tel quel")).to_be_visible()
    page.get_by_role("button", name="Abandonner le brouillon").tap()
    expect(page.get_by_text("Déjà envoyé")).to_be_visible()
    assert [one[-2:] for one in checked(page)] == ["75"]
