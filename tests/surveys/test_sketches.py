"""Drafts of the editor: one language at a time, never asked, nothing lost between two people."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from surveys import editing, sketching
from surveys.calendar import words_in_force
from surveys.models import Question, QuestionVersion, Sketch
from tests.surveys.asking import NOW
from tests.surveys.test_bad_input_questions import edit_url, form, new_form, question
from tests.world import World

pytestmark = pytest.mark.django_db
CREATE = "/questions/new/"


@pytest.fixture
def admin(world: World) -> Browser:
    browser = Browser()
    browser.force_login(world.administrator)
    return browser


def french_only(**rest: str) -> dict[str, str]:
    """The English is still to be written."""
    typed = new_form(keep="1", **rest)
    return {name: "" if "_en" in name else text for name, text in typed.items()}


def asked() -> list[tuple[str, str]]:
    return [(one.question.code, one.text["fr"]) for one in words_in_force(NOW.date())]


def test_half_a_question_is_kept_and_published_once_it_is_whole(
    admin: Browser, world: World
) -> None:
    before = asked()
    page = admin.post(CREATE, french_only(), follow=True).content.decode()
    assert "Il manque l’anglais" in page
    assert "Il manque le français" not in page
    assert asked() == before
    sketch = Sketch.objects.get()
    opened = admin.get(CREATE, {"sketch": sketch.pk})
    typed = opened.context["form"]
    assert typed["text_fr"].value() == "Votre rythme est…"
    back = {"sketch": sketch.pk, "sketch_seen": sketch.seen}
    refused = admin.post(CREATE, french_only() | back | {"keep": "1"} | {"text_fr": "Autre"})
    assert refused.status_code == 302
    whole = new_form() | back
    partial = {name: "" if name == "text_en" else text for name, text in whole.items()}
    answer = admin.post(CREATE, partial)
    assert "text_en" in answer.context["form"].errors
    assert not Question.objects.filter(dimension__name_en="Pace").exists()
    admin.post(CREATE, whole)
    assert Question.objects.filter(dimension__name_en="Pace").exists()
    assert not Sketch.objects.exists()


def test_half_an_edit_is_kept_beside_what_is_asked(admin: Browser, world: World) -> None:
    before = asked()
    admin.post(edit_url(), form(keep="1", text_fr="Votre rythme est…", text_en=""))
    assert asked() == before
    page = admin.get(edit_url())
    assert page.context["form"]["text_fr"].value() == "Votre rythme est…"
    assert page.context["form"]["text_en"].value() == ""
    assert world.administrator.full_name in page.content.decode()
    admin.post(edit_url(), form(text_fr="Votre rythme est…", text_en="Your pace is…"))
    assert editing.newest(question()).text["en"] == "Your pace is…"
    assert not Sketch.objects.exists()


def test_what_is_wrong_is_not_kept_and_said_beside_its_field(admin: Browser) -> None:
    answer = admin.post(edit_url(), form(keep="1", text_fr="a\x00b", text_en=""))
    assert "text_fr" in answer.context["form"].errors
    assert answer.context["form"]["text_fr"].value() == "a\x00b"
    answer = admin.post(CREATE, french_only(text_fr="x" * 201))
    assert "text_fr" in answer.context["form"].errors
    assert not Sketch.objects.exists()


def test_two_people_keep_a_draft_of_one_question_and_neither_is_lost(admin: Browser) -> None:
    first = form(keep="1", text_fr="Texte de la première", text_en="")
    second = form(keep="1", text_fr="Texte de la seconde", text_en="")
    admin.post(edit_url(), first)
    answer = admin.post(edit_url(), second)
    assert "Quelqu’un d’autre a gardé un brouillon" in answer.content.decode()
    assert answer.context["form"]["text_fr"].value() == "Texte de la seconde"
    assert Sketch.objects.get().typed["text_fr"] == "Texte de la première"
    seen = answer.context["sketch"].seen
    admin.post(edit_url(), second | {"sketch_seen": seen})
    assert Sketch.objects.get().typed["text_fr"] == "Texte de la seconde"


def test_a_draft_made_from_words_that_changed_meanwhile_shows_both(admin: Browser) -> None:
    admin.post(edit_url(), form(keep="1", text_fr="Du brouillon", text_en="From the draft"))
    version = editing.newest(question())
    version.text = {"fr": "Publié entre-temps", "en": "Published meanwhile"}
    version.save()
    draft = admin.get(edit_url()).context["form"]
    answer = admin.post(edit_url(), {name: draft[name].value() for name in draft.fields})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Publié entre-temps" in text
    assert "Du brouillon" in text
    assert Sketch.objects.exists()


def test_a_draft_is_thrown_away(admin: Browser) -> None:
    admin.post(edit_url(), form(keep="1", text_en=""))
    versions = list(QuestionVersion.objects.values())
    address = reverse("surveys:sketch_drop", args=[Sketch.objects.get().pk])
    admin.post(address)
    assert not Sketch.objects.exists()
    assert admin.post(address).status_code == 404
    assert list(QuestionVersion.objects.values()) == versions


@pytest.mark.parametrize(
    "pk", ["0", "x", "٣", "9" * 30, ""], ids=["0", "x", "digit", "long", "no"]
)
def test_an_unknown_draft_is_an_empty_form(admin: Browser, pk: str) -> None:
    answer = admin.get(CREATE, {"sketch": pk})
    assert answer.context["sketch"] is None
    assert not answer.context["form"]["text_fr"].value()


def test_the_title_is_in_the_reader_s_language_or_the_other(world: World) -> None:
    row = Sketch(typed={"text_fr": "Français"}, kept_by=world.administrator, kept_at=NOW)
    assert sketching.title_of(row, "en") == "Français"
    assert sketching.title_of(Sketch(typed={}), "en") == ""
