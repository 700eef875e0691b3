"""Two values of one name, in either language, would be one value to the reviews: refused."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients import charter as charters
from clients import choosing
from clients.charter_bank import BANK
from clients.models import Charter, CharterValue
from tests.clients import chartered
from tests.world import World

RESPECT = BANK["respect"]


def named(row: Charter, french: str = "", english: str = "") -> CharterValue:
    return CharterValue(
        charter=row, name_fr=french, name_en=english, asked_fr="a", owed_fr="b",
        proposed_at=chartered.NOW,
    )  # fmt: skip


def renamed(value: CharterValue, **names: str) -> None:
    """Past every check, as an older version of the product may have left it."""
    CharterValue.objects.filter(pk=value.pk).update(**names)


@pytest.mark.parametrize(
    ("french", "english", "is_refused"),
    [
        (RESPECT.name_fr, "", True),
        ("  RESPÉCT dans  les Échanges", "", True),
        ("", RESPECT.name_en.upper(), True),
        # The other language is another word.
        (RESPECT.name_en, "", False),
        ("Respect", "", False),
    ],
)
def test_a_proposal_has_a_name_of_its_own(
    world: World, now: datetime, french: str, english: str, is_refused: bool
) -> None:
    row = chartered.choosing_now(world.referent)
    before, value = row.proposals.count(), named(row, french, english)
    if is_refused:
        with pytest.raises(ValidationError) as refusal:
            choosing.propose(value=value, by=world.consultant, now=now)
        assert list(refusal.value.message_dict) == ["name"]
    else:
        choosing.propose(value=value, by=world.consultant, now=now)
    assert row.proposals.count() == before + (not is_refused)


def test_it_is_said_beside_the_field_and_what_was_typed_stays(
    world: World, browser: Browser
) -> None:
    chartered.choosing_now(world.referent, now=timezone.now())
    browser.force_login(world.consultant)
    sent = {"name": "respect dans les echanges", "asked": "a", "owed": "b", "red_line": "c"}
    form = browser.post(reverse("clients:value_propose"), sent).context["form"]
    said = "« respect dans les echanges » est déjà proposée."
    assert form.errors == {"name": [said]}
    assert {name: form[name].value() for name in sent} == sent


def test_a_starter_that_is_carried_already_is_refused(world: World, browser: Browser) -> None:
    before = chartered.published(world.referent)
    kept = charters.chosen(before)[0]
    renamed(kept, name_fr=RESPECT.name_fr.upper())
    browser.force_login(world.referent)
    day = timezone.localdate() + timedelta(weeks=2)
    sent = {"places": "5", "closes_on": str(day), "carried": [kept.pk], "starters": ["respect"]}
    form = browser.post(reverse("clients:charter_open"), sent).context["form"]
    assert set(form.errors) == {"starters"}
    assert Charter.objects.live() is None
    assert CharterValue.objects.exclude(charter=before).count() == 0


def test_a_version_holds_no_two_of_one_name(world: World, browser: Browser, now: datetime) -> None:
    row = chartered.writing_now(world.referent)
    first, second, third = row.proposals.order_by("pk")
    renamed(third, name_en=f"  {first.name_en.upper()} ")
    browser.force_login(world.referent)
    choose = reverse("clients:charter_choose")
    sent = {f"place_{first.pk}": "2", f"place_{second.pk}": "3", f"place_{third.pk}": "1"}
    form = browser.post(choose, sent).context["form"]
    assert set(form.errors) == {f"place_{first.pk}"}
    assert [value.pk for value in charters.chosen(row)] == [first.pk, second.pk]
    with pytest.raises(ValidationError, match="s’appelle"):
        charters.choose(charter=row, values=[third.pk, first.pk], by=world.referent, now=now)
    assert browser.post(choose, sent | {f"place_{first.pk}": ""}).status_code == 302
    assert [value.pk for value in charters.chosen(row)] == [third.pk, second.pk]


def test_two_that_the_count_chose_are_named_before_it_comes_out(
    world: World, now: datetime
) -> None:
    row = chartered.writing_now(world.referent)
    first, second = charters.chosen(row)
    renamed(second, name_fr=first.name_fr.upper())
    with pytest.raises(ValidationError, match="s’appelle") as refusal:
        charters.publish(charter=row, by=world.referent, now=now)
    assert len(refusal.value.messages) == 1
    second.refresh_from_db()
    second.name_fr = "Le silence"
    charters.rewrite(value=second, by=world.referent, now=now)
    assert charters.publish(charter=row, by=world.referent, now=now).number == 1


def test_a_new_wording_takes_no_other_name(world: World, browser: Browser) -> None:
    row = chartered.writing_now(world.referent)
    first, second, loose = row.proposals.order_by("pk")
    browser.force_login(world.referent)
    texts = {name: getattr(second, name) for name in charters.TEXTS}
    write = reverse("clients:value_write", args=[second.pk])
    twice = texts | {"name_fr": first.name_fr.upper(), "name_en": f"{first.name_en} "}
    form = browser.post(write, twice).context["form"]
    assert set(form.errors) == {"name_fr", "name_en"}
    assert form["name_fr"].value() == first.name_fr.upper()
    one = browser.post(write, texts | {"name_en": first.name_en}).context["form"]
    assert set(one.errors) == {"name_en"}
    second.refresh_from_db()
    assert second.name_en == texts["name_en"]
    # Its own name, and that of a proposal which the version does not hold.
    assert browser.post(write, texts).status_code == 302
    assert browser.post(write, texts | {"name_fr": loose.name_fr}).status_code == 302
    free = reverse("clients:value_write", args=[loose.pk])
    said = {name: getattr(loose, name) for name in charters.TEXTS} | {"name_fr": first.name_fr}
    assert browser.post(free, said).status_code == 302
