"""Ready questions: whole in both languages, licensed, and short enough for a phone."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from surveys import bank, editing, fitting
from surveys.models import Question
from tests.world import World


@pytest.mark.parametrize("code", list(bank.READY))
def test_each_is_whole_licensed_and_fits_a_phone(code: str) -> None:
    one = bank.READY[code]
    assert str(one.origin.licence)
    assert one.origin.address or one.source == bank.OWN
    for language in editing.LANGUAGES:
        assert one.words()[language]
        labels = one.answers()[language]
        assert len(set(labels)) == editing.STEPS
        assert [label for label in labels if not fitting.fits(label)] == []


def test_no_code_stands_twice() -> None:
    assert len(bank.READY) == len(bank.BANK)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["cfr-workload", "own-on-call", "own-between", "own-arrival"])
def test_one_is_taken_into_the_questionnaire_with_its_source(world: World, code: str) -> None:
    admin = Browser()
    admin.force_login(world.administrator)
    one = bank.READY[code]
    address = reverse("surveys:question_create")
    form = admin.get(address, {"from": code}).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    if code == "cfr-workload":  # a question asks about its theme already
        typed |= {"name_fr": "Charge perçue", "name_en": "Felt load"}
    answer = admin.post(address, typed, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    made = Question.objects.get(versions__source=code)
    assert (made.role, made.moment, made.audience) == (one.role, one.moment, one.audience)
    text = admin.get(reverse("surveys:question_bank")).content.decode()
    assert f"?from={code}" not in text
    edit = admin.get(reverse("surveys:question_edit", args=[made.pk])).content.decode()
    assert ("ecfr.gov" in edit) is (one.source == bank.CFR)


@pytest.mark.django_db
def test_an_unknown_source_is_own_words(world: World) -> None:
    admin = Browser()
    admin.force_login(world.administrator)
    form = admin.get(reverse("surveys:question_create"), {"from": "own-tools"}).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"source": "elsewhere"}
    admin.post(reverse("surveys:question_create"), typed)
    assert Question.objects.latest("pk").versions.get().source == ""
