"""The editor's further pages: moves, preview for some, undo, another role, history."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from surveys import editing, ordering, retiring
from surveys.models import Question, Round
from tests import make
from tests.surveys.editor import url
from tests.surveys.test_bad_input_questions import new_form, question
from tests.world import World

pytestmark = pytest.mark.django_db


def said(browser: Browser, address: str, **typed: object) -> str:
    answer = browser.post(address, typed, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def order() -> list[str]:
    return [row.code for row in ordering.in_order("fixed")]


def test_an_arrow_keeps_the_focus_and_says_the_new_place(admin: Browser) -> None:
    answer = admin.post(url("move"), {"direction": "up"}, follow=True)
    text = " ".join(answer.content.decode().split())
    assert "Charge est au rang 1 sur 6" in text
    assert 'value="up" autofocus' in text
    assert text.count("autofocus") == 1


def test_a_drop_moves_to_its_place_of_the_list_that_was_seen(admin: Browser) -> None:
    seen = ordering.order_token(ordering.in_order("fixed"))
    answer = admin.post(url("move", "support"), {"place": 1, "seen": seen}, follow=True)
    assert order()[0] == "support"
    assert 'value="down" autofocus' in answer.content.decode()
    assert "nothing was moved" not in said(admin, url("move"), direction="up", seen="whatever")


def test_two_administrators_at_once_one_hears_that_nothing_was_moved(admin: Browser) -> None:
    seen = ordering.order_token(ordering.in_order("fixed"))
    admin.post(url("move", "support"), {"place": 1, "seen": seen})
    before = order()
    told = said(admin, url("move", "load"), place=6, seen=seen)
    assert "rien n’a été déplacé" in told
    assert order() == before


@pytest.mark.parametrize("typed", [{}, {"place": "0"}, {"place": "x"}], ids=["none", "zero", "x"])
def test_a_move_to_nowhere_moves_nothing(admin: Browser, typed: dict[str, str]) -> None:
    before = order()
    assert admin.post(url("move"), typed).status_code == 302
    assert order() == before


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({}, []),
        ({"profile": "own"}, ["oncall"]),
        ({"at": "start"}, ["arrival"]),
        ({"at": "between"}, ["bench"]),
        ({"at": "nowhere", "width": "12"}, []),
    ],
    ids=["plain", "profile", "start", "between", "unreadable"],
)
def test_the_preview_shows_what_each_is_asked(
    admin: Browser, world: World, asked: dict[str, str], holds: list[str]
) -> None:
    make.question("oncall", role="extra", profile=world.profile, position=90)
    make.question("arrival", role="extra", moment="start", position=91)
    make.question("bench", role="extra", audience="between", position=92)
    if "profile" in asked:
        asked = asked | {"profile": str(world.profile.pk)}
    text = admin.get(reverse("surveys:question_preview"), asked).content.decode()
    found = [code for code in ("oncall", "arrival", "bench") if f'name="fr-q-{code}"' in text]
    assert found == holds
    assert ('name="fr-q-load"' in text) is (asked.get("at") != "between")
    assert "phone-390" in text


def test_an_extra_question_for_a_profile_is_added(admin: Browser, world: World) -> None:
    typed = new_form(role="extra", profile=str(world.profile.pk), moment="end")
    answer = admin.post(reverse("surveys:question_create"), typed, follow=True)
    made = question("your-pace-is")
    assert (made.role, made.moment, made.profile) == ("extra", "end", world.profile)
    assert world.profile.name in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"role": "core", "moment": "start"}, "role"),
        ({"role": "rotating", "audience": "between"}, "role"),
        ({"role": "extra", "audience": "between", "moment": "end"}, "audience"),
        ({"role": "extra", "moment": "never"}, "moment"),
        ({"role": "extra", "profile": "999999"}, "profile"),
    ],
    ids=["core-at-start", "rotating-between", "between-at-end", "never", "no-profile"],
)
def test_what_only_an_extra_question_can_be_is_said_beside_its_field(
    admin: Browser, typed: dict[str, str], wrong: str
) -> None:
    answer = admin.post(reverse("surveys:question_create"), new_form(**typed))
    assert wrong in answer.context["form"].errors
    assert not Question.objects.filter(dimension__name_en="Pace").exists()


def test_before_any_round_role_and_audience_change_on_the_question_s_own_page(
    admin: Browser, world: World
) -> None:
    form = admin.get(url("edit", "travel")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    admin.post(url("edit", "travel"), typed | {"role": "extra", "moment": "start"})
    assert (question("travel").role, question("travel").moment) == ("extra", "start")


def test_another_role_for_a_question_that_was_asked(admin: Browser, calendar: Round) -> None:
    assert 'name="role"' not in admin.get(url("edit")).content.decode()
    form = admin.get(url("recast")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"role": "outcome"}
    answer = admin.post(url("recast"), typed, follow=True)
    text = " ".join(answer.content.decode().split())
    assert question("load-2").role == "outcome"
    assert "Changements à venir" in text
    told = said(
        admin, reverse("surveys:question_undo"), kind="recast", question=question("load-2").pk
    )
    assert "Annulé" in told
    assert question("load").is_kept


def test_a_recast_that_is_refused_or_overtaken_says_why(admin: Browser, calendar: Round) -> None:
    form = admin.get(url("recast")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    same = admin.post(url("recast"), typed)
    assert "Rien ne changerait" in same.content.decode()
    late = admin.post(url("recast"), typed | {"token": "old", "role": "outcome"})
    assert late.status_code == 409
    again = late.context["form"]
    kept = {name: again[name].value() or "" for name in again.fields}
    assert kept["role"] == "outcome"
    assert admin.post(url("recast"), kept).status_code == 302
    assert question("load-2").role == "outcome"


def test_what_cannot_be_undone_says_so(admin: Browser, calendar: Round) -> None:
    undo = reverse("surveys:question_undo")
    pk = question("load").pk
    assert "plus rien" in said(admin, undo, kind="version", question=pk)
    assert "plus rien" in said(admin, undo, kind="everything", question=pk)
    assert "plus rien" in said(admin, undo, kind="version")


def test_an_undo_in_the_way_of_another_change_is_refused(
    admin: Browser, calendar: Round, world: World
) -> None:
    now = timezone.now()
    retiring.retire(question=question("travel"), actor=world.administrator, now=now)
    admin.post(
        reverse("surveys:question_create"),
        new_form(dimension=question("travel").dimension_id, name_fr="", name_en=""),
    )
    told = said(
        admin, reverse("surveys:question_undo"), kind="retired", question=question("travel").pk
    )
    assert "Une autre question" in told
    assert not question("travel").is_kept


def test_what_is_gone_is_put_back_from_a_named_day(
    admin: Browser, calendar: Round, world: World
) -> None:
    day = calendar.period.starts_on
    Question.objects.filter(code="travel").update(retired_on=day)
    assert "à partir de la période du" in said(admin, url("restore", "travel"))


def test_the_history_is_read_in_both_languages(
    admin: Browser, calendar: Round, world: World
) -> None:
    text = admin.get(reverse("surveys:question_history")).content.decode()
    assert "La première période." in text
    Round.objects.update(opened_at=None)
    world.administrator.language = "en"
    world.administrator.save()
    text = admin.get(reverse("surveys:question_history")).content.decode()
    assert "No round has been asked yet" in text
    assert editing.last_begun() is None
