"""The editor's pages and the list of rounds, in both languages."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry, FirmSettings
from surveys import editing, ordering, retiring
from surveys.models import Question, Round
from surveys.perms import can_read_rounds
from surveys.views_rounds import blocks, state_of
from tests import make
from tests.surveys.editor import LIST, url
from tests.surveys.test_bad_input_questions import form, new_form, question
from tests.world import World


def text_of(browser: Browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_order_theme_version_and_turn(admin: Browser, calendar: Round) -> None:
    text = text_of(admin, reverse(LIST))
    wordings = [row.versions.get().text["fr"] for row in Question.objects.order_by("position")]
    places = [text.index(wording) for wording in wordings]
    assert places == sorted(places)
    with translation.override("fr"):
        months = {line.turn_label for line in admin.get(reverse(LIST)).context["lines"].rotating}
    assert len(months) >= 3
    assert all(month in text for month in months)


def test_the_phone_speaks_the_language_asked_for(admin: Browser) -> None:
    assert ">Unbearable<" not in text_of(admin, reverse(LIST))
    assert ">Crushing<" not in text_of(admin, reverse(LIST) + "?language=fr")
    assert ">Crushing<" in text_of(admin, reverse(LIST) + "?language=en")
    assert ">Crushing<" not in text_of(admin, reverse(LIST) + "?language=xx")


def test_the_preview_holds_both_languages_without_doubled_ids(admin: Browser) -> None:
    text = text_of(admin, reverse("surveys:question_preview"))
    assert ">Crushing<" in text
    assert "nable<" in text
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", ["list", "create", "preview"])
def test_pages_come_in_the_reader_s_language(
    admin: Browser, world: World, language: str, page: str
) -> None:
    world.administrator.language = language
    world.administrator.save()
    text = text_of(admin, reverse(f"surveys:question_{page}"))
    assert f'<html lang="{language}">' in text


def test_arrows_move_and_come_back_to_the_row(admin: Browser) -> None:
    response = admin.post(url("move"), {"direction": "up"})
    assert response.url.endswith(f"?moved={question().pk}&way=up")
    assert ordering.in_order("fixed")[0].code == "load"
    admin.post(url("move"), {"direction": "sideways"})
    assert ordering.in_order("fixed")[0].code == "load"


def test_a_question_is_added_with_a_new_theme(admin: Browser, calendar: Round) -> None:
    response = admin.post(reverse("surveys:question_create"), new_form(), follow=True)
    assert "Votre rythme est…" in response.content.decode()
    row = question("your-pace-is")
    assert (row.dimension.name_fr, row.role) == ("Rythme", "core")
    assert editing.newest(row).starts_on > calendar.period.starts_on


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"code": "load"}, "code"),
        ({"code": "overall"}, "code"),
        ({"code": "deux mots"}, "code"),
        ({"name_fr": "charge"}, "name_fr"),
        ({"role": "boss"}, "role"),
        ({"dimension": "999"}, "dimension"),
    ],
)
def test_what_cannot_be_added_is_said_beside_its_field(
    admin: Browser, typed: dict[str, str], wrong: str
) -> None:
    response = admin.post(reverse("surveys:question_create"), new_form(**typed))
    assert wrong in response.context["form"].errors
    assert not Question.objects.filter(dimension__name_en="Pace").exists()


def test_a_theme_is_chosen_or_named_not_both(admin: Browser) -> None:
    retiring.retire(question=question("travel"), actor=None, now=timezone.now())
    free = question("travel").dimension.pk
    both = admin.post(reverse("surveys:question_create"), new_form(dimension=free))
    assert list(both.context["form"].errors) == ["dimension"]
    one = new_form(dimension=free, name_fr="", name_en="", code="commute")
    assert admin.post(reverse("surveys:question_create"), one).status_code == 302
    assert question("commute").dimension_id == free


def test_a_draft_can_be_given_up_from_its_page(admin: Browser, calendar: Round) -> None:
    admin.post(reverse("surveys:question_edit", args=[question().pk]), form(text_fr="Autre ?"))
    assert url("discard") in text_of(admin, url("edit"))
    admin.post(url("discard"))
    assert editing.newest(question()).number == 1
    assert url("discard") not in text_of(admin, url("edit"))


def test_the_meaning_must_be_told(admin: Browser, calendar: Round) -> None:
    response = admin.post(url("edit"), form(text_fr="Autre ?", change=""))
    assert list(response.context["form"].errors) == ["change"]
    assert editing.newest(question()).number == 1


def test_retiring_is_confirmed_and_taken_back(admin: Browser, calendar: Round) -> None:
    text_of(admin, url("retire"))
    assert question().retired_on is None
    admin.post(url("retire"))
    assert question().retired_on is not None
    assert url("restore") in text_of(admin, reverse(LIST))
    admin.post(url("restore"))
    assert question().retired_on is None


def test_a_refused_retirement_says_why(admin: Browser) -> None:
    for code in ("load", "relation"):
        admin.post(url("retire", code))
    response = admin.post(url("retire", "meaning"))
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()
    assert question("meaning").retired_on is None


def test_a_theme_taken_meanwhile_keeps_a_question_retired(admin: Browser) -> None:
    admin.post(url("retire", "travel"))
    theme = question("travel").dimension.pk
    other = new_form(dimension=theme, name_fr="", name_en="", code="commute")
    admin.post(reverse("surveys:question_create"), other)
    admin.post(url("restore", "travel"))
    assert question("travel").retired_on is not None


def test_a_question_never_asked_is_deleted(admin: Browser, calendar: Round) -> None:
    assert url("delete", "outlook") in text_of(admin, url("retire", "outlook"))
    assert url("delete") not in text_of(admin, url("retire"))
    admin.post(url("delete", "outlook"))
    assert not Question.objects.filter(code="outlook").exists()


def test_a_long_questionnaire_says_how_long_it_takes(admin: Browser) -> None:
    for place in range(3):
        names = {"name_fr": f"Thème {place}", "name_en": f"Theme {place}"}
        admin.post(reverse("surveys:question_create"), new_form(code=f"item-{place}", **names))
    response = admin.get(reverse(LIST))
    assert len(response.context["notices"]) == 1
    assert response.context["lines"].seconds == 40


def test_the_reading_of_the_questions_is_written_down(admin: Browser, world: World) -> None:
    admin.post(reverse("surveys:question_review"))
    entry = AuditEntry.objects.get(object_kind="questionnaire")
    assert (entry.action, entry.actor) == ("review", world.administrator)


# --- rounds ----------------------------------------------------------------------------------


def test_the_state_of_a_round() -> None:
    now = timezone.now()
    day = timedelta(days=1)

    def state(opens: int, closes: int, *, is_opened: bool) -> str:
        opened = now + opens * day if is_opened else None
        row = Round(opens_at=now + opens * day, closes_at=now + closes * day, opened_at=opened)
        return state_of(row, now)

    assert state(-1, 13, is_opened=True) == "open"
    assert state(-1, 13, is_opened=False) == "due"
    assert state(1, 15, is_opened=False) == "planned"
    assert state(-20, -6, is_opened=True) == "closed"
    assert state(-20, -6, is_opened=False) == "never"


@pytest.mark.django_db
def test_what_keeps_a_round_shut() -> None:
    now = timezone.now()
    FirmSettings.objects.all().delete()
    assert blocks(now) == ["calendar", "consultation"]
    make.firm(consulted_on=timezone.localdate() + timedelta(days=2))
    assert blocks(now) == ["consultation_later"]
    make.firm(consulted_on=timezone.localdate())
    assert blocks(now) == []
    Question.objects.update(retired_on=date(2026, 1, 1))
    assert blocks(now) == ["questions"]


def test_rounds_are_listed_with_the_cure_for_who_can_apply_it(
    admin: Browser, world: World, calendar: Round
) -> None:
    make.firm(consulted_on=None)
    settings = reverse("accounts:settings_edit")
    main = text_of(admin, reverse("surveys:round_list")).split("<main")[1]
    assert settings in main
    referent = Browser()
    referent.force_login(world.referent)
    main = text_of(referent, reverse("surveys:round_list")).split("<main")[1]
    assert settings not in main
    assert reverse(LIST) not in main


def test_rounds_are_split_into_ahead_and_over(admin: Browser, calendar: Round) -> None:
    past = make.round_(date(2025, 1, 7))
    response = admin.get(reverse("surveys:round_list"))
    ahead, over = response.context["ahead"], response.context["past"]
    assert ahead[0].round == calendar
    assert ahead[0].state == "open"
    assert {stand.state for stand in ahead[1:]} == {"planned"}
    assert [(stand.round, stand.state) for stand in over] == [(past, "closed")]


def test_who_may_read_the_rounds(world: World) -> None:
    readers = [world.administrator, world.referent]
    others = [world.manager, world.other_manager, world.consultant, world.other_consultant]
    assert all(can_read_rounds(person) for person in readers)
    assert not any(can_read_rounds(person) for person in others)
