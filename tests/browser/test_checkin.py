"""A consultant and their check-in, on a phone and without anything but a keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from accounts.models import TalkContact, User
from accounts.perms import manager_of
from operations.demo.install import PASSWORD
from surveys import own
from surveys.intake import Asked
from surveys.models.answers import CheckIn
from surveys.wishes import wishes_to
from tests.browser.firm import Firm, stored, todo
from tests.browser.visits import DESKTOP, PHONE, Taste, Visits, focus_on

ON_A_PHONE = Taste(PHONE)


def tap(page: Page, question: int, answer: int) -> None:
    """One item of the form, one of its five labels; both count from 0."""
    page.locator("fieldset.q").nth(question).locator(".scale input").nth(answer).tap()


def test_answer_with_taps_then_change_then_history(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    line = todo(person)
    page = visits.page(person, ON_A_PHONE)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {person.first_name}")
    card = page.get_by_role("region", name=line.mission.client.name)
    card.get_by_role("link", name="Faire le point").tap()
    total = line.question_count
    for question in range(total - 1):
        tap(page, question, 3)
    expect(page.locator(".sendbar b")).to_contain_text(f"{total - 1} sur {total}")
    page.get_by_role("button", name="Envoyer").tap()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    expect(page.get_by_text("Vos réponses, même une seule")).to_be_visible()
    [row] = stored(person)
    assert set(row.answers.values()) == {75}
    assert len(row.answers) == total - 1

    page.get_by_role("link", name="Modifier").tap()
    expect(page.get_by_text("Déjà envoyé")).to_be_visible()
    expect(page.locator(".scale input:checked")).to_have_count(total - 1)
    tap(page, 0, 0)
    page.get_by_role("button", name="Envoyer").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    [changed] = stored(person)
    assert changed.pk == row.pk
    assert sorted(changed.answers.values()) == [0] + [75] * (total - 2)

    page.get_by_role("link", name="Mon historique").first.tap()
    expect(page.get_by_text("Personne d’autre ne voit vos réponses.")).to_be_visible()
    first = page.locator("table.data tbody tr").first
    expect(first).to_contain_text(line.mission.client.name)
    first.locator("summary").tap()
    expect(first.locator("dd")).to_have_count(total - 1)


def form_of(line: Asked) -> str:
    return f"/check-in/{line.round.pk}/{line.mission.pk}/"


def send(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("Envoyer|Send"))


def test_answer_with_a_keyboard_and_no_script(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    line = todo(person)
    page = visits.page(person, Taste(DESKTOP, language="en", with_scripts=False))
    page.goto("/")
    focus_on(page, page.get_by_role("link", name="Check in").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(line.mission.client.name)
    questions = page.locator("fieldset.q")
    focus_on(page, questions.nth(0).locator("input").first)
    page.keyboard.press("Space")
    focus_on(page, questions.nth(1).locator("input").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    focus_on(page, questions.nth(2).locator("input").first)
    page.keyboard.press("ArrowDown")
    # Another mind: "Clear" stands after the five.
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    focus_on(page, send(page))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Thank you {person.first_name}, noted"
    )
    [row] = stored(person)
    codes = [item.code for item in line.round.questionnaire.items]
    assert row.answers == {codes[0]: 0, codes[1]: 50}


WORDS = "Deux réunions de trop, « et »\nune bonne équipe."


def write_a_comment(page: Page, *, is_shown: bool) -> None:
    """By keys alone, from wherever one stands."""
    focus_on(page, page.locator("#comment"))
    first, second = WORDS.split("\n")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    page.keyboard.type(second)
    page.keyboard.press("Tab")
    expect(page.locator("#comment_shown")).to_be_focused()
    if is_shown:
        page.keyboard.press("Space")


def comment_of(row: CheckIn) -> tuple[str, bool]:
    """As its author reads it, and whether it may be shown."""
    every = own.history(person=row.person, now=row.sent_at)
    [kept] = [one for one in every if one.round_on == row.round.starts_on]
    return kept.comment, kept.comment_shown


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("share", ["averages", "talk"])
def test_a_comment_and_both_ways_of_sharing_by_keys_alone(
    visits: Visits, firm: Firm, person: User, share: str, *, with_scripts: bool
) -> None:
    """From the form to "thank you", and back to a form that has everything."""
    nadia = firm.person("referent")
    line = todo(person)
    is_shown = share == "averages"
    page = visits.page(person, Taste(DESKTOP, with_scripts=with_scripts))
    page.goto(form_of(line))
    focus_on(page, page.locator("fieldset.q").nth(0).locator("input").first)
    page.keyboard.press("Space")
    write_a_comment(page, is_shown=is_shown)
    page.keyboard.press("Tab")
    expect(page.locator("#share-averages")).to_be_focused()
    if share == "talk":
        page.keyboard.press("ArrowDown")
        focus_on(page, page.locator("#talk_to"))
        page.keyboard.type(nadia.first_name)
    focus_on(page, send(page))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    [row] = stored(person)
    assert list(row.answers.values()) == [0]
    assert comment_of(row) == (WORDS, is_shown)
    wished = [one.name for one in wishes_to(person=nadia, now=row.sent_at)]
    assert (person.full_name in wished) is (share == "talk")

    focus_on(page, page.get_by_role("link", name="Modifier").first)
    page.keyboard.press("Enter")
    expect(page.locator("#comment")).to_have_value(WORDS)
    expect(page.locator("#comment_shown")).to_be_checked(checked=is_shown)
    expect(page.get_by_label("Je souhaite en parler")).to_be_checked(checked=share == "talk")
    # Another mind about all three.
    focus_on(page, page.locator("#comment"))
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    if share == "talk":
        focus_on(page, page.get_by_label("Je souhaite en parler"))
        page.keyboard.press("ArrowUp")
    focus_on(page, send(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    [row] = stored(person)
    assert comment_of(row)[0] == ""
    assert person.full_name not in [one.name for one in wishes_to(person=nadia, now=row.sent_at)]


def test_wish_to_talk_reaches_one_person(visits: Visits, firm: Firm) -> None:
    person, nadia = firm.consultant(), firm.person("referent")
    page = visits.page(person, ON_A_PHONE)
    page.goto(form_of(todo(person)))
    page.get_by_label("Je souhaite en parler").check()
    title = TalkContact.objects.get(person=nadia).title_fr
    page.get_by_label("avec qui").select_option(f"{nadia.full_name}, {title}")
    send(page).tap()
    expect(page.get_by_text(f"Pour {nadia.full_name} seulement")).to_be_visible()
    assert person.full_name in [
        wish.name for wish in wishes_to(person=nadia, now=stored(person)[0].sent_at)
    ]
    assert stored(person)[0].answers == {}

    referent = visits.page(nadia)
    referent.goto("/wishes/")
    line = referent.get_by_role("listitem").filter(has_text=person.full_name)
    expect(line).to_contain_text("souhaite parler")
    others = visits.page(manager_of(person))
    others.goto("/wishes/")
    expect(others.get_by_text(person.full_name)).to_have_count(0)


def test_an_error_keeps_everything_that_was_chosen(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    page = visits.page(person, ON_A_PHONE)
    page.goto(form_of(todo(person)))
    tap(page, 0, 1)
    tap(page, 2, 4)
    page.get_by_label("Je souhaite en parler").check()
    send(page).tap()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Erreur"))
    assert page.locator(".scale input:checked").evaluate_all("all => all.map(e => e.value)") == [
        "25",
        "100",
    ]
    expect(page.get_by_label("Je souhaite en parler")).to_be_checked()
    assert stored(person) == []
    summary.get_by_role("link").tap()
    expect(page.locator("#talk_to")).to_be_focused()
    page.locator("#talk_to").select_option(index=1)
    send(page).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert sorted(stored(person)[0].answers.values()) == [25, 100]


def test_a_session_that_ended_gives_the_form_back(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    page = visits.page(person, Taste(PHONE, language="en"))
    page.goto(form_of(todo(person)))
    tap(page, 0, 0)
    tap(page, 1, 3)
    page.context.clear_cookies(name="sessionid")
    visits.expect(403)
    send(page).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your session has ended")
    assert stored(person) == []
    page.get_by_label("Work e-mail address").fill(person.email)
    page.get_by_label("Password").fill("not that one, sorry")
    page.get_by_role("button", name="Sign in and go on").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and go on").tap()
    expect(page.get_by_text("You are signed in again.")).to_be_visible()
    assert stored(person) == []
    send(page).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert sorted(stored(person)[0].answers.values()) == [0, 75]


def is_sending(request: Request) -> bool:
    """Not a tap that is kept as a draft."""
    return request.method == "POST" and not request.url.endswith("/draft/")


def test_a_double_click_sends_once(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    page = visits.page(person)
    page.goto(form_of(todo(person)))
    posts = []
    page.on("request", lambda request: posts.append(request) if is_sending(request) else None)
    page.locator("fieldset.q").first.locator(".scale input").nth(2).click()
    send(page).dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert len(posts) == 1
    assert len(stored(person)) == 1


def test_nothing_chosen_says_so(visits: Visits, person: User) -> None:
    page = visits.page(person, Taste(PHONE, language="en"))
    page.goto(form_of(todo(person)))
    send(page).tap()
    told = page.get_by_role("status").filter(has_text="Nothing has been sent")
    expect(told).to_be_focused()
    assert stored(person) == []


def test_between_two_missions(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.idle(), ON_A_PHONE)
    page.goto("/")
    expect(page.get_by_text("En attente de la suivante, en formation")).to_be_visible()
    # The demo's people have sent theirs, and may change it until the close.
    page.get_by_role("link", name="le modifier").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entre deux missions")
    # Neither a client nor a mission to speak of.
    expect(page.get_by_text("Avec le client")).to_have_count(0)
    expect(page.get_by_text("Le soutien de notre entreprise est")).to_be_visible()
