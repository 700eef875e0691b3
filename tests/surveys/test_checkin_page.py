"""The check-in page in the browser's eyes."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import TalkContact
from surveys.models import Round
from surveys.models.answers import CheckIn
from surveys.perms import can_edit_questions
from tests import make
from tests.surveys.asking import NOW, open_round
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db


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


def radios(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="radio" name="([^"]+)" id="[^"]+" value="(\d*)"', page):
        found.setdefault(name, []).append(value)
    return found


def test_seven_items_of_five_answers_each_and_a_way_to_clear(
    world: World, asked: Round, browser: Browser
) -> None:
    page = browser.get(address(world, asked)).content.decode()
    found = radios(page)
    assert len(found) == 7
    assert set(map(tuple, found.values())) == {("0", "25", "50", "75", "100", "")}
    assert "Votre charge de travail est…" in page
    assert "question de ce tour" in page or "question of this round" in page
    assert "checked" not in page.split('name="share"', maxsplit=1)[0]


def test_it_says_how_many_work_there_and_never_how_many_answered(
    world: World, asked: Round, browser: Browser
) -> None:
    for _someone in range(3):
        make.assignment(mission=world.mission)
    response = browser.get(address(world, asked))
    assert response.context["people"] == 4
    CheckIn.objects.create(
        person=world.other_consultant, mission=world.mission, round=asked, sent_at=NOW
    )
    assert browser.get(address(world, asked)).context["people"] == 4


def test_in_english(world: World, asked: Round, browser: Browser) -> None:
    world.consultant.language = "en"
    world.consultant.save()
    page = browser.get(address(world, asked)).content.decode()
    assert "Your workload is…" in page
    assert "Crushing" in page
    assert "6 of 7" not in page
    assert "0 of 7 answered" in page


def test_sending_leads_to_the_thank_you_page(world: World, asked: Round, browser: Browser) -> None:
    response = browser.post(address(world, asked), {"q-load": "25", "q-growth": "100"})
    assert response.status_code == 302
    assert response.url == reverse("dashboards:thanks", args=(asked.pk, world.mission.pk))
    assert CheckIn.objects.get().answers == {"load": 25, "growth": 100}


def test_what_was_sent_comes_back_to_be_changed(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked), {"q-load": "25", "q-growth": "100"})
    page = browser.get(address(world, asked)).content.decode()
    assert re.findall(r'id="(q-[^"]+)" value="\d+" checked', page) == ["q-load-25", "q-growth-100"]
    browser.post(address(world, asked), {"q-load": "", "q-growth": "75"})
    assert CheckIn.objects.get().answers == {"growth": 75}


def test_nothing_chosen_is_said_kindly_and_nothing_is_kept(
    world: World, asked: Round, browser: Browser
) -> None:
    response = browser.post(address(world, asked), {"share": "averages"})
    assert response.status_code == 200
    assert response.context["said"].is_empty
    assert not CheckIn.objects.exists()


def test_an_empty_form_takes_an_earlier_one_back(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.post(address(world, asked), {"q-load": "25"})
    response = browser.post(address(world, asked), {})
    assert (response.status_code, response.url) == (302, reverse("dashboards:home"))
    assert not CheckIn.objects.exists()


def test_a_wish_to_talk_goes_to_one_person_of_the_list(
    world: World, asked: Round, browser: Browser
) -> None:
    listed = make.person(first_name="Karim", is_consultant=False)
    TalkContact.objects.create(person=listed, title_fr="élu au CSE", title_en="staff council")
    gone = make.person(is_active=False)
    TalkContact.objects.create(person=gone, title_fr="x", title_en="x")
    TalkContact.objects.create(person=world.consultant, title_fr="moi", title_en="me")
    page = browser.get(address(world, asked))
    values = [value for value, _words in page.context["contacts"]]
    assert values == [str(world.manager.pk), str(listed.pk)]
    assert page.context["contacts"][1][1].endswith("élu au CSE")
    browser.post(address(world, asked), {"share": "talk", "talk_to": listed.pk})
    assert CheckIn.objects.get().talk_to == listed


@pytest.mark.parametrize("whom", ["", "0", "abc", "stranger"])
def test_a_wish_to_talk_to_nobody_is_an_error_beside_the_field(
    world: World, asked: Round, browser: Browser, whom: str
) -> None:
    whom = str(world.other_manager.pk) if whom == "stranger" else whom
    typed = {"q-load": "25", "share": "talk", "talk_to": whom}
    response = browser.post(address(world, asked), typed)
    page = response.content.decode()
    assert 'aria-describedby="talk_to-hint talk_to-error"' in page
    assert 'id="q-load-25" value="25" checked' in page
    assert 'value="talk" checked' in page
    assert not CheckIn.objects.exists()


def test_without_anybody_to_talk_to_the_choice_is_not_offered(
    world: World, asked: Round, browser: Browser
) -> None:
    world.consultant.manager = None
    world.consultant.unit = world.root
    world.consultant.save()
    assert 'value="talk"' not in browser.get(address(world, asked)).content.decode()


def test_an_unknown_way_of_sharing_is_refused(
    world: World, asked: Round, browser: Browser
) -> None:
    response = browser.post(address(world, asked), {"q-load": "25", "share": "everyone"})
    assert "share" in response.context["typed"].errors
    assert not CheckIn.objects.exists()


def test_help_numbers_and_the_referent_stand_on_the_form(
    world: World, asked: Round, browser: Browser
) -> None:
    page = browser.get(address(world, asked)).content.decode()
    assert "3114" in page
    assert world.referent.full_name in page


def test_a_post_asks_little_of_the_database(
    world: World,
    asked: Round,
    browser: Browser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    answers = {f"q-{item.code}": "50" for item in asked.questionnaire.items}
    with django_assert_max_num_queries(5):
        browser.post(address(world, asked), answers)
    talk = {"share": "talk", "talk_to": world.manager.pk}
    with django_assert_max_num_queries(6):
        browser.post(address(world, asked), answers | talk)
    assert CheckIn.objects.get().share == "talk"


def test_the_page_is_small_and_asks_little_of_the_database(
    world: World,
    asked: Round,
    browser: Browser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(11):
        response = browser.get(address(world, asked))
    assert len(response.content) < 20_000
    assert b"htmx-2" not in response.content


def test_a_round_not_opened_yet_says_when(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    tomorrow = NOW + timedelta(days=1)
    waiting = make.round_(
        NOW.date(), opens_at=tomorrow, closes_at=tomorrow + timedelta(days=9), opened_at=None
    )
    response = browser.get(address(world, waiting))
    assert response.status_code == 200
    assert response.context["is_early"]
    assert 'type="radio"' not in response.content.decode()


def test_nobody_is_asked_who_is_no_consultant(
    world: World, asked: Round, browser: Browser
) -> None:
    """A manager may be staffed without being asked."""
    make.assignment(person=world.manager, mission=world.mission)
    browser.force_login(world.manager)
    assert browser.get(address(world, asked)).status_code == 404


def test_a_mission_left_before_the_round_is_not_asked_about(
    world: World, asked: Round, browser: Browser
) -> None:
    world.assignment.ends_on = asked.starts_on - timedelta(days=1)
    world.assignment.save()
    assert browser.get(address(world, asked)).status_code == 404


def test_a_mission_begun_after_the_close_was_not_asked_about(
    world: World, browser: Browser
) -> None:
    browser.force_login(world.consultant)
    closed = make.round_(date(2026, 10, 13))
    world.assignment.starts_on = closed.closes_at.date() + timedelta(days=1)
    world.assignment.save()
    assert browser.get(address(world, closed)).status_code == 404
    world.assignment.starts_on = closed.closes_at.date()
    world.assignment.save()
    assert browser.get(address(world, closed)).status_code == 200


def test_signed_out_the_address_leads_to_sign_in_and_back(
    world: World, asked: Round, browser: Browser
) -> None:
    browser.logout()
    url = address(world, asked)
    assert browser.get(url).url == f"{reverse('account_login')}?next={url}"


def test_only_the_administrator_edits_questions(world: World) -> None:
    allowed = {role for role in ROLES[1:] if can_edit_questions(world.person(role))}
    assert allowed == {"administrator"}
