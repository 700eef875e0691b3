"""The pages of the charter, as a browser meets them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, FirmSettings
from clients import charter as charters
from clients import charter_links, choosing
from clients.models import (
    Acknowledgement,
    Charter,
    CharterLink,
    CharterValue,
    ClientSheet,
    Mark,
)
from tests import make
from tests.clients import chartered
from tests.world import World

CHARTER = reverse("clients:charter")
LIVE = reverse("clients:charter_choosing")


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def as_(browser: Browser, person: object) -> Browser:
    browser.force_login(person)  # type: ignore[arg-type]  # -- a person of the world
    return browser


def address(link: CharterLink) -> str:
    return reverse("clients:charter_link", args=[charter_links.token_of(link)])


# --- in the house ----------------------------------------------------------------------------


def test_before_the_first_version_the_page_says_what_it_will_be(
    world: World, browser: Browser
) -> None:
    assert "Pas encore de charte" in text(as_(browser, world.consultant).get(CHARTER))
    assert reverse("clients:charter_open") not in text(browser.get(CHARTER))
    assert reverse("clients:charter_open") in text(as_(browser, world.referent).get(CHARTER))


def test_the_counts_stay_with_the_version_what_was_not_chosen_too(
    world: World, browser: Browser
) -> None:
    row = chartered.choosing_now(world.referent, now=chartered.NOW - timedelta(weeks=2), places=1)
    first, second = (chartered.value_of(row, place) for place in (0, 1))
    marked = {"charter": row, "by": world.consultant}
    choosing.mark(values=[second.pk], now=chartered.NOW - timedelta(weeks=2), **marked)
    choosing.count_due(now=chartered.NOW)
    row.refresh_from_db()
    charters.publish(charter=row, by=world.referent, now=chartered.NOW)
    answer = as_(browser, world.consultant).get(CHARTER)
    assert "1 personne a coché des valeurs" in text(answer)
    counted = {value.pk: (value.marks, value.chosen) for value in answer.context["counted"]}
    assert (counted[second.pk], counted[first.pk]) == ((1, True), (0, False))
    assert first.name in text(answer)


def test_those_who_land_on_the_overview_are_told_of_the_charter_too(
    world: World, browser: Browser
) -> None:
    now = timezone.now()
    row = chartered.choosing_now(world.referent, now=now)
    overview, enough = reverse("dashboards:overview"), reverse("dashboards:enough")
    propose = reverse("clients:value_propose")
    for person in (world.manager, world.referent):
        assert LIVE in text(as_(browser, person).get(overview))
        assert propose in text(browser.get(enough))
    choosing.count_due(now=now + timedelta(weeks=2))
    assert LIVE not in text(as_(browser, world.manager).get(overview))
    assert propose not in text(browser.get(enough))
    told = text(as_(browser, world.referent).get(overview))
    assert LIVE in told
    assert "à vous d’écrire la charte" in told
    row.refresh_from_db()
    charters.publish(charter=row, by=world.referent, now=now)
    assert LIVE not in text(browser.get(overview))


def test_the_referent_is_told_of_sheets_that_wait(world: World, browser: Browser) -> None:
    overview = reverse("dashboards:overview")
    as_(browser, world.referent)
    assert browser.get(overview).context["sheets_due"] == 0
    chartered.published(world.referent)
    answer = browser.get(overview)
    assert answer.context["sheets_due"] == 2
    assert reverse("clients:sheet_list") in text(answer)
    chartered.sheet(world.client, world.referent, "sc", now=timezone.now())
    assert browser.get(overview).context["sheets_due"] == 1
    ClientSheet.objects.update(written_at=timezone.now() - timedelta(days=130))
    assert browser.get(overview).context["sheets_due"] == 2
    assert as_(browser, world.manager).get(overview).context["sheets_due"] == 0


def test_everybody_reads_both_sides_and_what_some_were_against(
    world: World, browser: Browser
) -> None:
    row = chartered.writing_now(world.referent)
    against = chartered.objection(row, "Personne ne crie ici.")
    charters.answer(
        objection=against, sentence="Tant mieux.", by=world.referent, now=chartered.NOW
    )
    charters.publish(charter=row, by=world.referent, now=chartered.NOW)
    said = text(as_(browser, world.administrator).get(CHARTER))
    value = charters.chosen(row)[0]
    for line in (*value.asked, *value.owed, "Personne ne crie ici.", "Tant mieux."):
        assert line.replace("'", "&#x27;") in said
    assert against.person.full_name not in said


def test_older_versions_stay_readable(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    newer = chartered.published(world.referent, now=chartered.NOW + timedelta(weeks=10))
    said = text(as_(browser, world.consultant).get(reverse("clients:charter_version", args=[1])))
    assert "voir la version en vigueur" in said
    assert "voir la version en vigueur" not in text(browser.get(CHARTER))
    assert browser.get(CHARTER).context["charter"] == newer


def test_the_menu_leads_there(world: World, browser: Browser) -> None:
    for role in ("consultant", "manager", "referent", "administrator"):
        assert f'href="{CHARTER}"' in text(as_(browser, world.person(role)).get(CHARTER))


# --- choosing --------------------------------------------------------------------------------


def test_a_person_proposes_marks_and_takes_back(world: World, browser: Browser) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    as_(browser, world.consultant)
    sent = {"name": "Du calme", "asked": " Pas de cris \n\n", "owed": "Nous écoutons"}
    assert browser.post(reverse("clients:value_propose"), sent).status_code == 302
    own = CharterValue.objects.get(name_fr="Du calme")
    assert (own.asked_fr, own.name_en, own.proposed_by) == ("Pas de cris", "", world.consultant)
    assert browser.post(LIVE, {"values": [own.pk]}).status_code == 302
    assert "checked" in text(browser.get(LIVE))
    assert "votre proposition" in text(browser.get(LIVE))
    assert browser.post(reverse("clients:value_take_back", args=[own.pk])).status_code == 302
    assert row.proposals.count() == len(chartered.STARTERS)


def test_nobody_reads_the_marks_of_others_nor_a_number_before_the_end(
    world: World, browser: Browser
) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    value = chartered.value_of(row)
    Mark.objects.create(value=value, person=world.consultant)
    for person in (world.referent, world.manager, world.administrator):
        said = text(as_(browser, person).get(LIVE))
        assert "checked" not in said
        assert "coche<" not in said
        assert world.consultant.full_name not in said


def test_home_tells_of_an_open_choice_until_its_day(world: World, browser: Browser) -> None:
    home = reverse("dashboards:home")
    as_(browser, world.consultant)
    assert LIVE not in text(browser.get(home))
    row = chartered.choosing_now(world.referent, now=timezone.now())
    assert LIVE in text(browser.get(home))
    Charter.objects.filter(pk=row.pk).update(closes_on=timezone.localdate() - timedelta(days=1))
    assert LIVE not in text(browser.get(home))


def test_too_many_marks_come_back_as_they_were_sent(world: World, browser: Browser) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    values = [value.pk for value in row.proposals.all()]
    said = text(as_(browser, world.consultant).post(LIVE, {"values": values}))
    assert said.count(" checked") == len(values)
    assert "Cochez 2 valeurs au plus." in said
    assert "<title>Erreur" in said
    assert not Mark.objects.exists()


@pytest.mark.parametrize("sent", [["999999"], ["abc"], ["1\x00"], ["1" * 40]], ids=len)
def test_a_value_that_is_not_there_is_refused(
    world: World, browser: Browser, sent: list[str]
) -> None:
    chartered.choosing_now(world.referent, now=timezone.now())
    assert "<title>Erreur" in text(as_(browser, world.consultant).post(LIVE, {"values": sent}))
    assert not Mark.objects.exists()


def test_after_its_day_the_page_waits_for_the_count(world: World, browser: Browser) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now() - timedelta(days=9))
    own = row.proposals.all()[0]
    CharterValue.objects.filter(pk=own.pk).update(proposed_by=world.consultant)
    said = text(as_(browser, world.consultant).get(LIVE))
    assert "les coches se comptent" in said
    browser.post(reverse("clients:value_take_back", args=[own.pk]))
    assert row.proposals.filter(pk=own.pk).exists()
    assert "Le temps du choix est passé" in text(browser.get(LIVE))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("asked", "\n".join("abcdef")),
        ("asked", "x" * 161),
        ("owed", "a\x00b"),
        ("owed", "a\tb"),
        ("name", "x" * 81),
        ("name", "a\u202eb"),
        ("red_line", "x" * 201),
    ],
    ids=["six lines", "long line", "nul", "tab", "long name", "turned", "long red line"],
)
def test_what_cannot_be_kept_comes_back_with_its_reason(
    world: World, browser: Browser, field: str, typed: str
) -> None:
    chartered.choosing_now(world.referent, now=timezone.now())
    sent = {"name": "Du calme", "asked": "a", "owed": "b", field: typed}
    response = as_(browser, world.consultant).post(reverse("clients:value_propose"), sent)
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == typed


def test_against_because_then_the_answer(world: World, browser: Browser) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    value = chartered.value_of(row)
    there = reverse("clients:value_against", args=[value.pk])
    as_(browser, world.consultant)
    assert browser.post(there, {"sentence": "<b>Trop vague</b>"}).status_code == 302
    assert "&lt;b&gt;Trop vague&lt;/b&gt;" in text(browser.get(LIVE))
    assert "&lt;b&gt;Trop vague" in text(browser.get(there))
    assert browser.post(there, {"sentence": ""}).status_code == 302
    assert not value.objections.exists()
    assert "<title>Erreur" in text(browser.post(there, {"sentence": ""}))


def test_the_referent_writes_answers_orders_and_publishes(world: World, browser: Browser) -> None:
    row = chartered.writing_now(world.referent, now=timezone.now())
    against = chartered.objection(row)
    as_(browser, world.referent)
    assert "n’a pas encore de réponse" in text(browser.get(LIVE))
    publish = reverse("clients:charter_publish")
    assert browser.post(publish).status_code == 302
    assert row.proposals.count() == 3
    assert Charter.objects.newest() is None
    said = {"sentence": "Nous l’avons précisée."}
    browser.post(reverse("clients:objection_answer", args=[against.pk]), said)
    value = chartered.value_of(row)
    texts = {
        name: getattr(value, name)
        for name in ("asked_fr", "asked_en", "owed_fr", "owed_en", "red_line_fr", "red_line_en")
    }
    wrong = {**texts, "name_fr": "Respect", "name_en": "", "red_line_en": ""}
    write = reverse("clients:value_write", args=[value.pk])
    assert set(browser.post(write, wrong).context["form"].errors) == {"name_en", "red_line_en"}
    only_english = {**texts, "name_fr": "Respect", "name_en": "Respect", "red_line_fr": ""}
    assert set(browser.post(write, only_english).context["form"].errors) == {"red_line_fr"}
    fewer = {**texts, "name_fr": "R", "name_en": "R", "owed_en": texts["owed_en"].splitlines()[0]}
    assert set(browser.post(write, fewer).context["form"].errors) == {"owed_en"}
    assert browser.post(write, {**texts, "name_fr": "R", "name_en": "R"}).status_code == 302
    places = [f"place_{one.pk}" for one in row.proposals.order_by("pk")]
    choose = reverse("clients:charter_choose")
    twice = browser.post(choose, {places[0]: "1", places[1]: "1"})
    assert set(twice.context["form"].errors) == {places[1]}
    assert browser.post(choose, {places[0]: "2", places[2]: "1"}).status_code == 302
    assert browser.post(publish).status_code == 302
    newest = Charter.objects.newest()
    assert newest is not None
    assert [one.name_fr for one in charters.chosen(newest)] == ["Paiement à l’heure", "R"]


def test_opening_offers_the_bank_then_the_version_in_force(world: World, browser: Browser) -> None:
    there = reverse("clients:charter_open")
    as_(browser, world.referent)
    form = browser.get(there).context["form"]
    assert len(form.fields["starters"].initial) == 12
    assert "carried" not in form.fields
    day = timezone.localdate()
    sent = {"places": "5", "closes_on": str(day + timedelta(weeks=2)), "starters": ["respect"]}
    late = {**sent, "closes_on": str(day)}
    assert set(browser.post(there, late).context["form"].errors) == {"closes_on"}
    assert browser.post(there, sent).status_code == 302
    live = Charter.objects.live()
    assert live is not None
    assert live.proposals.count() == 1
    assert "déjà en cours" in text(browser.post(there, sent))
    browser.post(reverse("clients:charter_drop"))
    row = chartered.published(world.referent)
    form = browser.get(there).context["form"]
    assert set(form.fields["carried"].queryset) == set(charters.chosen(row))
    kept = {**sent, "carried": [charters.chosen(row)[0].pk], "starters": []}
    assert browser.post(there, kept).status_code == 302


def test_a_choice_page_costs_the_same_with_one_and_with_many(
    world: World, browser: Browser
) -> None:
    row = chartered.choosing_now(world.referent, now=timezone.now(), starters=("respect",))
    as_(browser, world.consultant)
    counts = []
    for _turn in range(3):
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get(LIVE))
        assert page.count('name="values"') == row.proposals.count()
        counts.append(len(queries))
        value = CharterValue(charter=row, name_fr="V", proposed_at=timezone.now())
        value.save()
        value.objections.create(person=make.person(), sentence="x", made_at=timezone.now())
    assert counts[0] == counts[2] <= 12


# --- outside ---------------------------------------------------------------------------------


def test_the_public_page_is_there_only_once_it_is_opened(world: World, browser: Browser) -> None:
    there = reverse("clients:charter_public")
    chartered.published(world.referent)
    assert browser.get(there).status_code == 404
    inside = Browser()
    inside.force_login(world.referent)
    inside.post(reverse("clients:charter_public_switch"), {"public": "yes"})
    said = text(browser.get(there, {"language": "en"}))
    assert "Respect in exchanges" in said
    assert "<form" not in said
    assert not browser.cookies
    inside.post(reverse("clients:charter_public_switch"), {"public": "no"})
    assert browser.get(there).status_code == 404


def test_bad_input_T01_one_letter_changed_is_404(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    token = charter_links.token_of(chartered.sent(world.manager))
    FirmSettings.objects.update(help_email="aide@lumen.example")
    never, words = charter_links.SIGNER.sign("999999"), charter_links.SIGNER.sign("x")
    pages = set()
    for wrong in (
        token[:-1], token + "A", "1" + token, token.replace(".", ":"), "x", "1.x", "x" * 5000,
        never, words,
    ):  # fmt: skip
        for method in (browser.get, browser.post):
            answer = method(reverse("clients:charter_link", args=[wrong]))
            assert answer.status_code == 404, wrong
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            pages.add(answer.content)
    # One page, which says whom to write to and nothing of whether the link ever was.
    [said] = pages
    assert b"aide@lumen.example" in said
    for place in range(len(token)):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert charter_links.link_of(other) is None


def test_bad_input_T01_guessing_is_slowed_down(
    world: World, browser: Browser, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"link": "2/m/ip"}  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    cache.clear()
    chartered.published(world.referent)
    link = chartered.sent(world.manager)
    wrong = reverse("clients:charter_link", args=["1.x"])
    assert [browser.get(wrong).status_code for _ in range(3)] == [404, 404, 429]
    assert browser.get(address(link)).status_code == 200


def test_bad_input_T02_used_again_it_says_what_was_kept(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    link = chartered.sent(world.manager)
    for name in ("Claire Aubin", "Quelqu’un d’autre"):
        assert browser.post(address(link), {"name": name, "number": "1"}).status_code == 302
    assert Acknowledgement.objects.get().name == "Claire Aubin"
    said = text(browser.get(address(link)))
    assert "Attestée par Claire Aubin" in said
    assert "<form" not in said


def test_bad_input_T03_past_its_date_it_says_so(world: World, browser: Browser) -> None:
    FirmSettings.objects.update(help_email="aide@lumen.example")
    chartered.published(world.referent)
    link = chartered.sent(world.manager, now=timezone.now() - timedelta(weeks=14))
    for response in (
        browser.get(address(link)),
        browser.post(address(link), {"name": "Claire", "number": "1"}),
    ):
        assert response.status_code == 410
        assert "Ce lien a pris fin" in response.content.decode()
        # It holds no address, so nothing can be sent: whom to ask is said.
        assert "Demandez-en un nouveau" in response.content.decode()
        assert "aide@lumen.example" in response.content.decode()
    assert not Acknowledgement.objects.exists()


def test_bad_input_T04_a_scanner_uses_nothing_up(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    link = chartered.sent(world.manager)
    for method in (browser.get, browser.head, browser.get):
        assert method(address(link)).status_code == 200
    assert not Acknowledgement.objects.exists()
    browser.post(address(link), {"name": "Claire Aubin", "number": "1"})
    assert Acknowledgement.objects.count() == 1


def test_bad_input_T05_the_token_alone_says_for_whom(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    one = chartered.sent(world.manager, client=world.client)
    other = chartered.sent(world.manager, client=world.other_client)
    sent = {"name": "X", "number": "1", "client": str(world.other_client.pk), "link": other.pk}
    browser.post(address(one), sent)
    assert Acknowledgement.objects.get().link == one
    assert "Attestée par" not in text(browser.get(address(other)))


def test_the_link_works_without_cookies_and_leaves_none(world: World) -> None:
    chartered.published(world.referent)
    link = chartered.sent(world.manager, language="en")
    strict = Browser(enforce_csrf_checks=True)
    first = strict.get(address(link))
    assert "We have read this charter" in text(first)
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    sent = strict.post(address(link), {"name": "Paul Stone", "number": "1"})
    assert sent.status_code == 302
    assert not strict.cookies
    assert Acknowledgement.objects.get().link == link


def test_a_version_that_came_out_meanwhile_is_read_before_it_counts(
    world: World, browser: Browser
) -> None:
    chartered.published(world.referent)
    link = chartered.sent(world.manager)
    chartered.published(world.referent, now=chartered.NOW + timedelta(weeks=10))
    said = text(browser.post(address(link), {"name": "Claire Aubin", "number": "1"}))
    assert "Une nouvelle version est sortie" in said
    assert 'value="Claire Aubin"' in said
    assert not Acknowledgement.objects.exists()
    browser.post(address(link), {"name": "Claire Aubin", "number": "2"})
    assert Acknowledgement.objects.get().charter.number == 2


@pytest.mark.parametrize(
    "sent",
    [{}, {"name": "x" * 121}, {"name": "a\x00b"}, {"name": "ok", "number": "two"}],
    ids=["empty", "long", "nul", "number"],
)
def test_an_acknowledgement_that_cannot_be_kept(
    world: World, browser: Browser, sent: dict[str, str]
) -> None:
    chartered.published(world.referent)
    link = chartered.sent(world.manager)
    said = text(browser.post(address(link), {"number": "1"} | sent))
    assert "<title>Erreur" in said
    assert not Acknowledgement.objects.exists()


def test_no_line_of_the_log_holds_a_token(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    as_(browser, world.manager)
    sent = {"recipient": "Claire Aubin", "client": world.client.pk, "language": "fr"}
    assert browser.post(reverse("clients:charter_link_create"), sent).status_code == 302
    link = CharterLink.objects.get()
    there = reverse("clients:charter_link_list")
    assert charter_links.token_of(link) in text(browser.get(there))
    browser.post(reverse("clients:charter_link_end", args=[link.pk]))
    assert charter_links.token_of(link) not in text(browser.get(there))
    assert browser.get(address(link)).status_code == 410
    browser.post(reverse("clients:charter_link_end", args=[link.pk]))
    lines = AuditEntry.objects.filter(object_kind="charter_link")
    assert sorted(lines.values_list("action", flat=True)) == ["create", "end"]
    assert not any(charter_links.token_of(link) in f"{line}{line.changes}" for line in lines)


def test_an_account_manager_sees_the_links_of_their_client_alone(
    world: World, browser: Browser
) -> None:
    chartered.published(world.referent)
    world.client.account_manager = world.consultant
    world.client.save()
    mine = chartered.sent(world.manager, client=world.client, recipient="Chez moi")
    chartered.sent(world.manager, client=world.other_client, recipient="Ailleurs")
    said = text(as_(browser, world.consultant).get(reverse("clients:charter_link_list")))
    assert "Chez moi" in said
    assert "Ailleurs" not in said
    assert browser.post(reverse("clients:charter_link_end", args=[mine.pk])).status_code == 302
    form = browser.get(reverse("clients:charter_link_create")).context["form"]
    assert list(form.fields["client"].queryset) == [world.client]
