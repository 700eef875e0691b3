"""The order of questions by drag, arrows and keyboard; and what fits a tile, held by Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from surveys import bank, defaults, fitting, ordering
from surveys.models import Question
from tests.browser.firm import Firm, todo
from tests.browser.visits import PHONE, Device, Taste, Visits

pytestmark = pytest.mark.usefixtures("questions_as_before")
# Around each width at which the style sheet does something else with the tiles.
WIDTHS = (353, 360, 376, 377, 390, 430)
LONGER = (
    "Insupportable", "Équitablement", "Ni trop ni trop peu pour en juger", "Systématiquement",
    "Très très souvent", "Wwwwwww", "Iiiiiiiiiiiiiiii", "Pas du tout d’accord avec cela",
    "Unacceptable", "Reasonable", "Well-balanced", "Peut-être un peu",
)  # fmt: skip
NEAR = 1.0  # pixels: too close to call between two ways of rounding

MEASURE = """([label, shown]) => {
  const tile = document.querySelector('.scale label');
  tile.previousElementSibling.checked = true;
  tile.textContent = shown;
  const node = tile.firstChild, range = document.createRange();
  // A cut is drawn as a hyphen in the box of the letter after it: the last box is the letter's.
  const top = (place) => {
    range.setStart(node, place); range.setEnd(node, place + 1);
    return Math.round([...range.getClientRects()].at(-1).top);
  };
  const tops = [...shown].map((_, place) => place).filter((place) => shown[place] > ' ').map(top);
  const broken = [...shown.matchAll(/[^ \\-\\u00ad]+/g)].some(
    (piece) => top(piece.index) !== top(piece.index + piece[0].length - 1));
  return { broken, lines: new Set(tops).size, height: tile.offsetHeight };
}"""


@pytest.fixture
def editor(visits: Visits, firm: Firm) -> Page:
    page = visits.page(firm.person("administrator"), Taste(language="en"))
    page.goto("/questions/")
    return page


def order(group: str = "fixed") -> list[str]:
    return [row.code for row in ordering.in_order(group)]


def row_of(page: Page, code: str) -> str:
    return f"#question-{Question.objects.get(code=code).pk}"


def drag(page: Page, code: str, before: str) -> None:
    """By its handle, to just above the middle of another row; the button stays down."""
    handle = page.locator(f"{row_of(page, code)} [data-grab]").bounding_box()
    target = page.locator(row_of(page, before)).bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, target["y"] + target["height"] / 2 - 8, steps=8)


def test_a_row_is_dragged_to_its_place(editor: Page) -> None:
    first, *_rest, last = order()
    drag(editor, last, first)
    expect(editor.locator(f"{row_of(editor, last)} [data-place]")).to_have_text("1")
    editor.mouse.up()
    expect(editor.get_by_role("status").filter(has_text="is number 1 of")).to_be_attached()
    assert order()[:2] == [last, first]
    expect(editor.get_by_role("region", name="Changes to come")).to_contain_text("Another order")
    undo = editor.get_by_role("button", name="Undo – Another order")
    undo.click()
    expect(editor.get_by_role("region", name="Changes to come")).to_have_count(0)
    assert order()[0] == first


def test_escape_takes_a_drag_back(editor: Page) -> None:
    before = order()
    drag(editor, before[-1], before[0])
    editor.keyboard.press("Escape")
    editor.mouse.up()
    expect(editor.locator("[data-sorted]").first.locator("li").first).to_have_attribute(
        "id", row_of(editor, before[0])[1:]
    )
    assert order() == before


def test_a_finger_drags_too(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"), Taste(PHONE, language="en"))
    page.goto("/questions/")
    first, second = order("rotating")[:2]
    page.locator(row_of(page, first)).scroll_into_view_if_needed()
    handle = page.locator(f"{row_of(page, second)} [data-grab]")
    assert handle.evaluate("node => getComputedStyle(node).touchAction") == "none"
    box, target = handle.bounding_box(), page.locator(row_of(page, first)).bounding_box()
    assert box
    assert target
    touch = page.context.new_cdp_session(page)

    def send(kind: str, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": box["x"] + 10, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", box["y"] + 10)
    for y in range(int(box["y"]), int(target["y"] + 8), -6):
        send("touchMove", y)
    send("touchEnd", 0)
    expect(page.get_by_role("status").filter(has_text="is number 1 of")).to_be_attached()
    assert order("rotating")[:2] == [second, first]


def test_the_keyboard_moves_and_keeps_its_place(editor: Page) -> None:
    code = order()[2]
    name = Question.objects.get(code=code).dimension.name_en
    editor.get_by_role("button", name=f"Move up: {name}").focus()
    for place in (2, 1):
        editor.keyboard.press("Enter")
        said = editor.get_by_role("status").filter(has_text=f"{name} is number {place} of")
        expect(said).to_be_attached()
        expect(editor.get_by_role("button", name=f"Move up: {name}")).to_be_focused()
    assert order()[0] == code
    editor.get_by_role("button", name="Undo – Another order").click()


def test_arrows_move_without_scripts(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"), Taste(language="en", with_scripts=False))
    page.goto("/questions/")
    first, second = order("rotating")[:2]
    expect(page.locator(f"{row_of(page, first)} [data-grab]")).to_be_hidden()
    name = Question.objects.get(code=first).dimension.name_en
    page.get_by_role("button", name=f"Move down: {name}").click()
    expect(page).to_have_url(re.compile("moved="))
    assert order("rotating")[:2] == [second, first]


def test_another_role_is_planned_and_undone(editor: Page) -> None:
    question = Question.objects.get(code="autonomy")
    editor.goto(f"/questions/{question.pk}/")
    editor.get_by_role("link", name="Role, theme, audience").click()
    editor.get_by_label("Rotating: one a round").check()
    editor.get_by_role("button", name="Change it from").click()
    coming = editor.get_by_role("region", name="Changes to come")
    expect(coming).to_contain_text("Autonomy: asked otherwise")
    coming.get_by_role("button", name="Undo – Autonomy").click()
    expect(editor.get_by_role("region", name="Changes to come")).to_have_count(0)
    assert not Question.objects.filter(code="autonomy-2").exists()


def labels() -> list[str]:
    known = [label for one in bank.BANK for row in one.answers().values() for label in row]
    shipped = [label for one in defaults.ITEMS for row in one.labels for label in row.split("·")]
    return sorted({*known, *shipped, *LONGER})


def is_near(label: str) -> bool:
    """Is one of its words so near the limit that rounding decides?"""
    words = re.split(r"[ \-\u00ad]", fitting.CUTS.get(label, label))
    return any(
        abs(fitting.width(word) - tighter * len(word) - room) < NEAR
        for word in words
        for room, tighter in fitting.TILES
    )


def test_what_is_said_to_fit_fits_and_the_rest_does_not(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    line = todo(person)
    page = visits.page(person)
    address = f"/check-in/{line.round.pk}/{line.mission.pk}/"
    # The first visit shows the device's own face, until the product's is in the cache.
    page.goto(address)
    page.evaluate("document.fonts.load('600 13px \"Inter Variable\"')")
    wrong = []
    told: dict[str, list[bool]] = {label: [] for label in labels()}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        page.evaluate("document.fonts.ready")
        for label, seen in told.items():
            shown = fitting.CUTS.get(label, label)
            found = page.evaluate(MEASURE, [label, shown])
            is_fit = not found["broken"] and found["lines"] <= fitting.LINES
            seen.append(is_fit and found["height"] <= 56)
    for label, seen in told.items():
        if all(seen) is not fitting.fits(label) and not is_near(label):
            wrong.append((label, dict(zip(WIDTHS, seen, strict=True))))
    assert wrong == []


def test_the_tiles_stand_one_under_another_below_the_narrowest(visits: Visits, firm: Firm) -> None:
    person = firm.consultant()
    line = todo(person)
    page = visits.page(person, Taste(Device(352, 800)))
    page.goto(f"/check-in/{line.round.pk}/{line.mission.pk}/")
    columns = "node => getComputedStyle(node).gridTemplateColumns.split(' ').length"
    assert page.locator(".scale").first.evaluate(columns) == 1
    page.set_viewport_size({"width": 353, "height": 800})
    assert page.locator(".scale").first.evaluate(columns) == 5
