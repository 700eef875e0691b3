"""Bad inputs at the door of the check-in: one test a line of the plan, with its id."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from surveys.intake import sent_before
from surveys.models import Round
from surveys.models.answers import CheckIn
from tests import make
from tests.surveys.asking import NOW, closed_round, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
TYPED = {"q-feeling": "75", "q-load": "25", "q-growth": "100", "share": "averages"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def asked(world: World, browser: Browser) -> Round:
    browser.force_login(world.consultant)
    return open_round()


def address(world: World, asked: Round, name: str = "checkin") -> str:
    keys = {"round_pk": asked.pk, "mission_pk": world.mission.pk}
    return reverse(f"surveys:{name}", kwargs=keys)


def chosen(page: str) -> dict[str, str]:
    """Radios that are checked on a page."""
    found = re.findall(r'type="radio" name="([^"]+)"[^>]* value="([^"]*)" checked', page)
    return dict(found)


def hidden(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in fields if name not in OWN}


OWN = {"csrfmiddlewaretoken", "next"}


def test_bad_input_C01_the_same_sending_twice(
    world: World, asked: Round, browser: Browser
) -> None:
    first, second = (browser.post(address(world, asked), TYPED) for _time in range(2))
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert CheckIn.objects.get().answers == {"feeling": 75, "load": 25, "growth": 100}


@pytest.mark.parametrize(
    "value",
    [
        "6",
        "-1",
        "3.7",
        "1e1",
        "\u0661",
        "\u0662\u0665",
        "101",
        "25.0",
        " 25",
        "+25",
        "025",
        "NaN",
        "x",
    ],
)
def test_bad_input_C02_a_value_that_no_radio_has(
    world: World, asked: Round, browser: Browser, value: str
) -> None:
    response = browser.post(address(world, asked), TYPED | {"q-load": value})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.split("<title>")[1].startswith(("Erreur", "Error"))
    assert list(response.context["typed"].errors) == ["load"]
    assert 'aria-describedby="q-load-error"' in page
    assert 'role="alert"' in page
    assert chosen(page) == {"q-feeling": "75", "q-growth": "100", "share": "averages"}
    assert not CheckIn.objects.exists()


def test_bad_input_C02_an_empty_value_is_a_skip(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked), TYPED | {"q-load": ""})
    assert CheckIn.objects.get().answers == {"feeling": 75, "growth": 100}


def box(page: str) -> str:
    """What stands in the box for a comment: a first line end belongs to the mark-up."""
    found = re.search(r'<textarea [^>]*name="comment"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def own_comment(world: World, asked: Round) -> str | None:
    kept = sent_before(person=world.consultant, mission=world.mission.pk, round_=asked)
    assert kept is not None
    return kept.sending.comment


def test_bad_input_C03_a_comment_that_is_too_long(
    world: World, asked: Round, browser: Browser
) -> None:
    long = "é" * 20_000
    response = browser.post(address(world, asked), TYPED | {"comment": long})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.split("<title>")[1].startswith(("Erreur", "Error"))
    said = response.context["typed"].errors["comment"].replace("\u202f", " ").replace("\xa0", " ")
    assert "20 000" in said
    assert "2 000" in said
    assert 'aria-describedby="comment-hint comment-error"' in page
    assert box(page) == long
    assert chosen(page) == TYPED
    assert not CheckIn.objects.exists()


def test_bad_input_C03_the_limit_itself_is_kept(
    world: World, asked: Round, browser: Browser
) -> None:
    text = "x\r\n" * 1000  # a line end counts as one, as people see it
    browser.post(address(world, asked), TYPED | {"comment": text})
    assert own_comment(world, asked) == ("x\n" * 1000).strip()


def test_bad_input_C04_a_comment_with_mark_up(
    world: World, asked: Round, browser: Browser
) -> None:
    text = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    browser.post(address(world, asked), TYPED | {"comment": text})
    assert own_comment(world, asked) == text
    for url in (address(world, asked), reverse("dashboards:history")):
        page = browser.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert box(browser.get(address(world, asked)).content.decode()) == text


def test_bad_input_C05_a_comment_with_a_nul_byte(
    world: World, asked: Round, browser: Browser
) -> None:
    response = browser.post(address(world, asked), TYPED | {"comment": "a\x00b"})
    page = response.content.decode()
    assert response.status_code == 200
    assert list(response.context["typed"].errors) == ["comment"]
    assert box(page) == "ab"
    assert chosen(page) == TYPED
    assert not CheckIn.objects.exists()
    browser.post(address(world, asked), chosen(page) | {"comment": box(page)})
    assert own_comment(world, asked) == "ab"


def test_bad_input_C06_another_persons_mission(
    world: World, asked: Round, browser: Browser
) -> None:
    theirs = reverse("surveys:checkin", args=(asked.pk, world.other_mission.pk))
    nowhere = reverse("surveys:checkin", args=(asked.pk, 999_999))
    for url in (theirs, nowhere):
        before = AuditEntry.objects.count()
        response = browser.post(url, TYPED)
        assert response.status_code == 404
        assert AuditEntry.objects.count() == before + 1
    body = browser.post(address(world, asked), TYPED | {"mission": world.other_mission.pk})
    assert body.status_code == 404
    assert not CheckIn.objects.exists()
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.action) == (world.consultant, "refused")
    assert entry.changes == {}


def test_bad_input_C07_a_round_closed_long_ago(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    row = closed_round(date(2026, 8, 18))
    response = browser.post(address(world, row), TYPED | {"comment": "trop de réunions"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "2026" in page
    assert "Bien" in page
    assert "Lourde" in page
    assert "trop de réunions" in page
    assert not CheckIn.objects.exists()
    again = browser.get(address(world, row)).content.decode()
    assert "Lourde" in again
    assert "trop de réunions" in again


def test_bad_input_C07_a_round_not_open_yet(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    row = make.round_(date(2026, 11, 23), opened_at=None)
    assert browser.post(address(world, row), TYPED).status_code == 409
    assert not CheckIn.objects.exists()


def test_bad_input_C08_the_session_is_gone(world: World, asked: Round, browser: Browser) -> None:
    browser.logout()
    response = browser.post(address(world, asked), TYPED)
    page = response.content.decode()
    assert response.status_code == 403
    assert hidden(page) == TYPED
    resume = re.search(r'action="([^"]+/resume/)"', page)
    assert resume is not None

    wrong = {"login": world.consultant.email, "password": "wrong password"}
    again = browser.post(resume[1], hidden(page) | wrong)
    assert hidden(again.content.decode()) == TYPED
    assert "wrong password" not in again.content.decode()

    right = {"login": world.consultant.email, "password": make.PASSWORD}
    back = browser.post(resume[1], hidden(again.content.decode()) | right)
    assert back.status_code == 200
    assert chosen(back.content.decode()) == TYPED
    assert back.context["said"].is_back
    assert not CheckIn.objects.exists()

    assert browser.post(address(world, asked), chosen(back.content.decode())).status_code == 302
    assert CheckIn.objects.get().answers == {"feeling": 75, "load": 25, "growth": 100}


def test_bad_input_C08_somebody_else_signs_in(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.logout()
    right = {"login": world.other_consultant.email, "password": make.PASSWORD}
    response = browser.post(address(world, asked, "checkin_resume"), TYPED | right)
    assert response.status_code == 404
    assert not CheckIn.objects.exists()


def test_bad_input_C08_too_many_attempts_keep_what_was_typed(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.logout()
    wrong = TYPED | {"login": world.consultant.email, "password": "wrong password"}
    pages = [browser.post(address(world, asked, "checkin_resume"), wrong) for _try in range(8)]
    assert pages[-1].status_code == 429
    assert pages[-1].headers["Retry-After"]
    assert hidden(pages[-1].content.decode()) == TYPED
    right = wrong | {"password": make.PASSWORD}
    assert browser.post(address(world, asked, "checkin_resume"), right).status_code == 429


def test_bad_input_C08_the_address_is_limited_as_on_the_sign_in_page(
    world: World, asked: Round, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.logout()
    monkeypatch.setattr("surveys.views.ratelimit.consume", lambda request, action: None)
    right = TYPED | {"login": world.consultant.email, "password": make.PASSWORD}
    response = browser.post(address(world, asked, "checkin_resume"), right)
    assert response.status_code == 429
    assert hidden(response.content.decode()) == TYPED


def test_bad_input_C08_the_round_closed_meanwhile(world: World, browser: Browser) -> None:
    row = closed_round(date(2026, 10, 13))
    right = TYPED | {"login": world.consultant.email, "password": make.PASSWORD}
    response = browser.post(address(world, row, "checkin_resume"), right)
    assert response.status_code == 409
    assert "Lourde" in response.content.decode()


def test_bad_input_C09_extra_fields_are_ignored(
    world: World, asked: Round, browser: Browser
) -> None:
    extra = {
        "person": world.other_consultant.pk,
        "published": "true",
        "is_staff": "1",
        "round": "1",
        "q-nothing": "100",
        "load": "100",
    }
    browser.post(address(world, asked), TYPED | extra)
    kept = CheckIn.objects.get()
    assert (kept.person, kept.round) == (world.consultant, asked)
    assert kept.answers == {"feeling": 75, "load": 25, "growth": 100}
    world.consultant.refresh_from_db()
    assert not world.consultant.is_staff


@pytest.mark.parametrize(
    "place",
    ["surveys.views.submit", "django.contrib.sessions.backends.db.SessionStore.load"],
)
def test_bad_input_C10_the_database_is_away(
    world: World, asked: Round, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    browser = Browser(raise_request_exception=False)
    browser.force_login(world.consultant)

    def away(*args: object, **rest: object) -> None:
        raise OperationalError("connection refused: secret-host")

    with monkeypatch.context() as broken:
        broken.setattr(place, away)
        response = browser.post(address(world, asked), TYPED)
    page = response.content.decode()
    assert response.status_code == 503
    assert hidden(page) == TYPED
    assert "secret-host" not in page
    assert not CheckIn.objects.exists()
    assert browser.post(address(world, asked), hidden(page)).status_code == 302
    assert CheckIn.objects.count() == 1


def test_bad_input_C11_without_its_token(world: World, asked: Round) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(world.consultant)
    response = strict.post(address(world, asked), TYPED)
    page = response.content.decode()
    assert response.status_code == 403
    assert hidden(page) == TYPED
    assert not CheckIn.objects.exists()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    again = hidden(page) | {"csrfmiddlewaretoken": token[1]}
    assert strict.post(address(world, asked), again).status_code == 302


def test_a_draft_without_its_token_leaves_the_page_s_own_token_good(
    world: World, asked: Round
) -> None:
    """Its answer may come after that of the form: another cookie would make its token void."""
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(world.consultant)
    place = reverse("surveys:draft_save", args=[asked.pk, world.mission.pk])
    response = strict.post(place, TYPED, headers={"Sec-Fetch-Dest": "empty"})
    assert response.status_code == 403
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "reste dans cet onglet" in response.content.decode()
    assert not response.cookies
