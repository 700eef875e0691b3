"""What a check-in costs people: taps, seconds, bytes."""

from playwright.sync_api import Request, expect

from accounts.models import User
from tests.browser.firm import todo
from tests.browser.test_checkin import ON_A_PHONE, form_of, tap
from tests.browser.visits import Visits

# A stated human pace: to read a question and tap, to look for the button, to read a page.
READ_AND_TAP, FIND, LOOK = 3.0, 1.5, 2.0


def test_from_the_home_page_to_thank_you_in_nine_taps(visits: Visits, person: User) -> None:
    """One tap an item, one to open and one to send; under 30 seconds from the opened form."""
    line = todo(person)
    page = visits.page(person, ON_A_PHONE)
    page.goto("/")
    taps = 1
    page.get_by_role("link", name="Faire le point").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(line.mission.client.name)
    seconds = LOOK
    for question in range(line.question_count):
        tap(page, question, 3)
        taps, seconds = taps + 1, seconds + READ_AND_TAP
    page.get_by_role("button", name="Envoyer").tap()
    taps, seconds = taps + 1, seconds + FIND
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert taps == line.question_count + 2
    assert seconds <= 30


def test_the_form_asks_for_few_files_and_few_bytes(visits: Visits, person: User) -> None:
    asked: list[Request] = []
    page = visits.page(person, ON_A_PHONE)

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    page.goto(form_of(todo(person)), wait_until="networkidle")
    own = {request.url.rsplit("/", 1)[-1].split("?")[0] for request in asked}
    # The page, its sheet, two scripts and the font; the icon and the manifest are the browser's.
    assert len(own - {"favicon.svg", "manifest.webmanifest"}) <= 5, own
    raw = sum(len(r.response().body()) for r in asked if "woff2" not in r.url)
    assert raw <= 90_000
