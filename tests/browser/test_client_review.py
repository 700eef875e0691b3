"""Judging a client on the charter, on a phone, with and without scripts."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from surveys import reviewing
from surveys.models.review_answers import ReviewAnswer
from tests.browser.firm import KEPT, Firm
from tests.browser.visits import PHONE, Taste, Visits

PAGE_BYTES = 40_000


def someone(place: int) -> User:
    """Whose clients are under review, each journey its own."""
    people = User.objects.filter(is_consultant=True).exclude(ref__in=KEPT).order_by("-ref")
    waiting = (row for row in people if reviewing.asked(person=row, now=timezone.now()))
    return [row for row, _place in zip(waiting, range(place + 1), strict=False)][place]


@pytest.mark.parametrize(("place", "with_scripts"), [(0, True), (1, False)], ids=["js", "no-js"])
def test_one_tap_a_question_and_one_to_send(
    visits: Visits, firm: Firm, place: int, with_scripts: bool
) -> None:
    person = someone(place)
    client = reviewing.asked(person=person, now=timezone.now())[0].client
    page = visits.page(person, taste=Taste(PHONE, with_scripts=with_scripts))
    page.goto("/")
    section = page.get_by_role("region", name="Vos clients et notre charte")
    with page.expect_response(re.compile("/reviews/")) as asked:
        section.get_by_role("link", name=f"Juger {client.name}").tap()
    assert len(asked.value.body()) < PAGE_BYTES
    expect(page.get_by_role("heading", level=1)).to_have_text(client.name)
    questions = page.locator("fieldset.q")
    count = questions.count()
    assert count == 10
    for number in range(count - 1):
        questions.nth(number).locator(".scale input").first.tap()
    for number in (0, count // 2):
        questions.nth(number).locator(".check").first.tap()
    page.get_by_role("button", name="Envoyer").tap()
    expect(section.get_by_role("link", name=re.compile("Fait"))).to_be_visible()
    row = ReviewAnswer.objects.get(
        person=person, client=client, review__round__closes_at__gt=timezone.now()
    )
    assert set(row.ours.values()) == {"kept"}
    assert list(row.verdicts.values()) == ["seen"] * 4
    assert [list(ticks.values()) for ticks in (row.kept_actions, row.seen_actions)] == [[[0]]] * 2
    section.get_by_role("link", name=re.compile("Fait")).tap()
    expect(page.locator(".scale input:checked")).to_have_count(count - 1)
    expect(page.locator(".check input:checked")).to_have_count(2)
