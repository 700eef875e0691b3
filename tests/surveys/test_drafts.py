"""Drafts: kept at each tap, for their author alone, gone at sending."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from surveys import drafts
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.house.tables import rows
from tests.surveys.asking import NOW, closed_round, open_round
from tests.surveys.test_bad_input_checkin import box, chosen
from tests.world import World

pytestmark = pytest.mark.django_db
TYPED = {
    "q-load": "25", "q-growth": "100", "share": "averages", "comment": "Deux mots.", "seen": "",
}  # fmt: skip
SECOND = timedelta(seconds=1)


class Clock:
    """The time that pages read; tests move it."""

    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def asked(world: World, browser: Browser) -> Round:
    browser.force_login(world.consultant)
    return open_round()


def address(world: World, asked: Round, name: str = "checkin") -> str:
    return reverse(f"surveys:{name}", args=(asked.pk, world.mission.pk))


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_tap_is_kept_and_says_so(world: World, asked: Round, browser: Browser) -> None:
    answer = browser.post(address(world, asked, "draft_save"), TYPED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "Brouillon gardé à 9\u00a0h"
    page = browser.get(address(world, asked)).content.decode()
    assert chosen(page) == {"q-load": "25", "q-growth": "100", "share": "averages"}
    assert box(page) == "Deux mots."
    assert not CheckIn.objects.exists()


def test_one_row_written_over(world: World, asked: Round, browser: Browser, clock: Clock) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED)
    clock.now += SECOND
    browser.post(address(world, asked, "draft_save"), {"q-load": "50", "comment": ""})
    row = Draft.objects.get()
    assert row.typed["answers"] == {"load": "50"}
    assert row.comment is None
    assert row.kept_at == NOW + SECOND


def test_a_draft_keeps_no_time_of_an_answer_and_no_words_in_the_open(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED)
    row = Draft.objects.get()
    assert set(row.typed) == {"answers", "share", "talk_to", "comment_shown"}
    assert b"mots" not in bytes(row.comment or b"")
    assert "mots" not in repr(rows())


def test_sending_makes_the_draft_go(world: World, asked: Round, browser: Browser) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED)
    browser.post(address(world, asked), TYPED)
    assert not Draft.objects.exists()
    assert CheckIn.objects.get().answers == {"load": 25, "growth": 100}


def test_a_tap_that_comes_after_its_sending_brings_nothing_back(
    world: World, asked: Round, browser: Browser, clock: Clock
) -> None:
    browser.post(address(world, asked), TYPED)
    clock.now += SECOND
    late = browser.post(address(world, asked, "draft_save"), TYPED | {"q-load": "0"})
    assert late.status_code == 409
    assert not Draft.objects.exists()


def test_a_draft_older_than_what_was_sent_is_never_shown(
    world: World, asked: Round, browser: Browser, clock: Clock
) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED | {"q-load": "0"})
    left = Draft.objects.get()
    clock.now += SECOND
    browser.post(address(world, asked), TYPED)
    left.save(force_insert=True)
    page = browser.get(address(world, asked))
    assert chosen(page.content.decode())["q-load"] == "25"
    assert page.context["said"].begun_at is None


def test_what_is_changed_after_sending_is_a_draft_on_top_of_it(
    world: World, asked: Round, browser: Browser, clock: Clock
) -> None:
    browser.post(address(world, asked), TYPED)
    page = browser.get(address(world, asked)).content.decode()
    clock.now += SECOND
    change = TYPED | {"q-load": "75", "seen": seen(page)}
    assert browser.post(address(world, asked, "draft_save"), change).status_code == 200
    again = browser.get(address(world, asked))
    assert chosen(again.content.decode())["q-load"] == "75"
    assert again.context["said"].is_sent
    assert CheckIn.objects.get().answers["load"] == 25
    dropped = browser.post(address(world, asked, "draft_drop"), follow=True)
    assert chosen(dropped.content.decode())["q-load"] == "25"
    assert not Draft.objects.exists()


def test_a_comment_comes_back_with_its_tick(world: World, asked: Round, browser: Browser) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED | {"comment_shown": "1"})
    page = browser.get(address(world, asked)).content.decode()
    assert 'id="comment_shown" value="1" checked' in page
    browser.post(address(world, asked), TYPED | {"comment_shown": "1"})
    assert CheckIn.objects.get().comment_shown


def test_a_tick_without_words_shows_nothing(world: World, asked: Round, browser: Browser) -> None:
    browser.post(address(world, asked), TYPED | {"comment": "  ", "comment_shown": "1"})
    kept = CheckIn.objects.get()
    assert (kept.comment, kept.comment_shown) == (None, False)


def test_a_comment_alone_is_kept(world: World, asked: Round, browser: Browser) -> None:
    answer = browser.post(address(world, asked), {"comment": "Un mot."})
    assert answer.status_code == 302
    assert CheckIn.objects.get().answers == {}


def test_a_wrong_value_stays_in_a_draft_as_it_was(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED | {"q-load": "7", "talk_to": "x"})
    assert Draft.objects.get().typed["answers"]["load"] == "7"
    page = browser.get(address(world, asked)).content.decode()
    assert "q-load" not in chosen(page)


def test_a_text_beyond_all_limits_stays_in_the_page(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED)
    long = TYPED | {"comment": "x" * (drafts.LONGEST + 1), "q-load": "0"}
    assert browser.post(address(world, asked, "draft_save"), long).status_code == 200
    page = browser.get(address(world, asked)).content.decode()
    assert chosen(page)["q-load"] == "0"
    assert box(page) == "Deux mots."


def test_signed_out_it_stays_in_the_tab(world: World, asked: Round, browser: Browser) -> None:
    browser.logout()
    answer = browser.post(address(world, asked, "draft_save"), TYPED)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert not Draft.objects.exists()


def test_of_a_closed_round_nothing_is_saved(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    row = closed_round((NOW - timedelta(days=60)).date())
    assert browser.post(address(world, row, "draft_save"), TYPED).status_code == 409
    assert not Draft.objects.exists()


def test_somebody_elses_form_has_no_draft_of_mine(
    world: World, asked: Round, browser: Browser
) -> None:
    """Two people on one mission: each sees their own."""
    browser.post(address(world, asked, "draft_save"), TYPED)
    colleague = make.person()
    make.assignment(person=colleague, mission=world.mission)
    browser.force_login(colleague)
    page = browser.get(address(world, asked)).content.decode()
    assert set(chosen(page)) == {"share"}
    assert box(page) == ""
    assert f'data-draft="{colleague.pk}-' in page


def test_of_another_persons_mission_nothing_is_kept(
    world: World, asked: Round, browser: Browser
) -> None:
    url = reverse("surveys:draft_save", args=(asked.pk, world.other_mission.pk))
    before = AuditEntry.objects.count()
    assert browser.post(url, TYPED).status_code == 404
    assert AuditEntry.objects.count() == before + 1
    assert not Draft.objects.exists()


def test_home_says_what_is_begun(world: World, asked: Round, browser: Browser) -> None:
    browser.post(address(world, asked, "draft_save"), TYPED)
    [(_line, draft)] = browser.get("/").context["todo"]
    assert (draft.answers, draft.kept_at) == (2, NOW)


def test_without_its_key_the_box_is_away_and_the_comment_stays(
    world: World, asked: Round, browser: Browser, settings: Any, tmp_path: Any
) -> None:
    browser.post(address(world, asked), TYPED | {"comment_shown": "1"})
    sealed = CheckIn.objects.get().comment
    kept, settings.COMMENT_KEYS = settings.COMMENT_KEYS, str(tmp_path / "none.json")
    page = browser.get(address(world, asked))
    text = page.content.decode()
    assert "<textarea" not in text
    assert page.context["said"].is_sealed
    change = {"q-load": "75", "share": "averages", "seen": seen(text)}
    assert browser.post(address(world, asked), change).status_code == 302
    row = CheckIn.objects.get()
    assert row.answers == {"load": 75}
    assert (bytes(row.comment), row.comment_shown) == (bytes(sealed), True)
    refused = browser.post(address(world, asked), change | {"comment": "autre"})
    assert list(refused.context["typed"].errors) == ["comment"]
    assert "autre" in refused.content.decode()
    settings.COMMENT_KEYS = kept
    assert box(browser.get(address(world, asked)).content.decode()) == "Deux mots."


def test_two_missions_are_one_flow(world: World, asked: Round, browser: Browser) -> None:
    second = make.mission(client=make.client(name="Zénith"))
    make.assignment(person=world.consultant, mission=second)
    first = browser.get(address(world, asked))
    assert (first.context["step"], first.context["steps"]) == (1, 2)
    thanks = browser.post(address(world, asked), TYPED, follow=True)
    assert (thanks.context["step"], thanks.context["steps"]) == (2, 2)
    url = reverse("surveys:checkin", args=(asked.pk, second.pk))
    assert f'href="{url}"' in thanks.content.decode()
    assert (browser.get(url).context["step"], browser.get(url).context["steps"]) == (2, 2)
    done = browser.post(url, TYPED, follow=True)
    assert done.context["others"] == []
