"""A contact's link: signed, without log-in, cookie or script; every bad link of the list."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import FirmSettings
from clients.models import Client, Contact
from core import sealing
from surveys import client_links, opinions
from surveys.client_links import asking_by, token_of
from surveys.keys import rotate
from surveys.models import Asking, AskingMail
from surveys.models.opinions import Opinion
from surveys.topics import CODES, TOPICS
from tests.house.searching import every_table
from tests.surveys.asking import NOW, open_round
from tests.surveys.opinions import asked, contact, survey
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def row(world: World) -> Asking:
    world.client.name = "Groupe Mutelia"
    world.client.save()
    return asked(world.client)


def page_of(row: Asking, name: str = "opinion") -> str:
    return reverse(f"surveys:{name}", args=[token_of(row)])


def typed(**values: object) -> dict[str, str]:
    """With the number of the reader whom the form names."""
    named = Asking.objects.earliest("pk").contact.client.account_manager_id
    return {f"q-{code}": str(value) for code, value in values.items()} | {"reader": str(named)}


def test_the_form_is_whole_without_log_in_cookie_or_token(row: Asking, browser: Browser) -> None:
    said = browser.get(page_of(row))
    text = said.content.decode()
    assert said.status_code == 200
    assert not said.cookies
    assert "csrfmiddlewaretoken" not in text
    assert "Hélène Vasseur" in text
    assert "Groupe Mutelia" in text
    # Who reads it is said before anything is sent.
    assert "Vos réponses sont lues, avec votre nom, par Camille" in text
    assert text.count('type="radio"') == 5 * 6
    assert said.headers["Cache-Control"].startswith("max-age=0")
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    assert len(files) + 2 <= 5  # the page and the font beside them


def test_five_topics_of_five_words_in_both_languages(row: Asking, browser: Browser) -> None:
    assert len(CODES) == 5
    for item in TOPICS:
        assert all(len(set(item.labels[code])) == 5 for code in ("fr", "en"))
    english = browser.get(page_of(row), {"language": "en"})
    assert "Would you recommend us to a peer?" in english.content.decode()
    assert english.headers["Content-Language"] == "en"
    assert 'href="?language=fr"' in english.content.decode()
    Contact.objects.update(language="en")
    assert "Overall, our work is" in browser.get(page_of(row)).content.decode()


def test_answers_are_kept_and_can_be_changed_with_their_history(
    row: Asking, browser: Browser
) -> None:
    assert browser.post(page_of(row), typed(overall=75, skill=100)).status_code == 302
    browser.post(page_of(row), typed(overall=75, skill=100))
    browser.post(page_of(row), typed(overall=50))
    kept = Opinion.objects.get()
    assert kept.answers == {"overall": 50}
    assert kept.former == [[NOW.isoformat(), {"overall": 75, "skill": 100}]]


def test_bad_input_T02_the_link_again_shows_the_answers(row: Asking, browser: Browser) -> None:
    browser.post(page_of(row), typed(overall=75))
    text = browser.get(page_of(row)).content.decode()
    assert 'id="q-overall-75" value="75" checked' in text
    assert "Merci" in text
    assert "changer jusqu’au" in text
    assert Opinion.objects.count() == 1


def test_all_cleared_takes_the_answer_back_and_nothing_is_nothing(
    row: Asking, browser: Browser
) -> None:
    empty = browser.post(page_of(row), typed())
    assert "Rien n’a été envoyé" in empty.content.decode()
    browser.post(page_of(row), typed(overall=75))
    assert browser.post(page_of(row), typed()).status_code == 302
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("value", ["24", "٢٥", "2e1", "101", "-25", "on"])
def test_a_value_that_is_none_of_the_five_is_refused_and_comes_back(
    row: Asking, browser: Browser, value: str
) -> None:
    said = browser.post(page_of(row), typed(overall=value, skill=100))
    text = said.content.decode()
    assert said.status_code == 200
    assert "Erreur" in text
    assert 'id="q-skill-100" value="100" checked' in text
    assert not Opinion.objects.exists()


def test_bad_input_T01_one_letter_changed(row: Asking, browser: Browser) -> None:
    FirmSettings.objects.update(help_email="aide@lumen.example")
    token = token_of(row)
    for place in range(len(token)):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert asking_by(other) is None
    never = signing.Signer(sep=".", salt=client_links.SALT).sign("999999")
    foreign = signing.Signer(sep=".", salt="other").sign(str(row.pk))
    words = signing.Signer(sep=".", salt=client_links.SALT).sign("x")
    pages = []
    for bad in (token[:-1], never, foreign, words, "nothing"):
        for name in ("opinion", "opinion_stop"):
            said = browser.get(reverse(f"surveys:{name}", args=[bad]))
            assert said.status_code == 404
            pages.append(said.content)
    assert b"aide@lumen.example" in pages[0]
    assert len(set(pages)) == 1
    again = reverse("surveys:opinion_again", args=["nothing"])
    assert browser.post(again).status_code == 404


def test_bad_input_T01_guessing_is_slowed_down(
    row: Asking, browser: Browser, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"link": "2/m/ip"}  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    address = reverse("surveys:opinion", args=["guess"])
    assert [browser.get(address).status_code for _ in range(3)] == [404, 404, 429]
    assert browser.get(page_of(row)).status_code == 200


def test_bad_input_T03_past_its_date(
    row: Asking, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(page_of(row), typed(overall=75))
    later = NOW + 14 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    text = browser.get(page_of(row)).content.decode()
    assert "Cette enquête est terminée" in text
    assert "<strong>Bonne</strong>" in text
    late = browser.post(page_of(row), typed(overall=0) | {"comment": "Trop <tard>."})
    assert late.status_code == 409
    back = late.content.decode()
    assert "<title>Erreur" in back
    assert back.index("n’a pas été enregistré") < back.index("<strong>Mauvaise</strong>")
    assert back.index("Trop &lt;tard&gt;.") < back.index("<strong>Bonne</strong>")
    assert Opinion.objects.get().answers == {"overall": 75}
    # A new link goes to the declared address, and only where a survey is open.
    assert "Aucune enquête" in browser.post(page_of(row, "opinion_again")).content.decode()
    assert AskingMail.objects.count() == 1
    fresh = survey(later, open_round(later))
    for _ in range(3):
        posted = browser.post(page_of(row, "opinion_again"), {"email": "evil@x.example"})
        assert "nouveau lien" in posted.content.decode()
    mails = AskingMail.objects.filter(asking__survey=fresh).order_by("pk")
    assert list(mails.values_list("kind", flat=True)) == ["first", "again"]
    assert not AskingMail.objects.exclude(asking__contact=row.contact).exists()


def test_bad_input_T04_a_scanner_uses_nothing_up(row: Asking, browser: Browser) -> None:
    for name in ("opinion", "opinion_stop"):
        for _ in range(3):
            assert browser.get(page_of(row, name)).status_code == 200
            assert browser.head(page_of(row, name)).status_code == 200
    assert browser.get(page_of(row, "opinion_again")).status_code == 405
    assert not Opinion.objects.exists()
    assert row.contact.declined_at is None
    browser.post(page_of(row), typed(overall=75))
    assert Opinion.objects.get().asking == row


def test_bad_input_T05_another_client_in_the_form_changes_nothing(
    row: Asking, world: World, browser: Browser
) -> None:
    other = Asking.objects.create(survey=row.survey, contact=contact(world.other_client))
    body = typed(overall=0) | {
        "client": str(world.other_client.pk), "token": token_of(other), "asking": str(other.pk),
    }  # fmt: skip
    browser.post(page_of(row), body)
    assert list(Opinion.objects.values_list("asking", flat=True)) == [row.pk]
    assert opinions.said_before(other) is None


def test_declined_for_good_and_taken_back_by_the_contact_alone(
    row: Asking, browser: Browser
) -> None:
    stop = page_of(row, "opinion_stop")
    assert "Ne plus recevoir" in browser.get(stop).content.decode()
    # One click of a mail program (RFC 8058) is a POST without a page.
    browser.post(stop, {"List-Unsubscribe": "One-Click"})
    assert Contact.objects.get(pk=row.contact_id).declined_at == NOW
    assert "Nous ne vous écrirons plus" in browser.get(stop).content.decode()
    assert AskingMail.objects.filter(kind="again").count() == 0
    browser.post(page_of(row, "opinion_again"))
    assert AskingMail.objects.filter(kind="again").count() == 0
    browser.post(stop, {"undo": "1"})
    assert Contact.objects.get(pk=row.contact_id).declined_at is None


WORDS = "Prévenir plus tôt des absences."


def test_a_comment_is_sealed_and_read_by_its_author_again(row: Asking, browser: Browser) -> None:
    browser.post(page_of(row), typed(overall=75) | {"comment": f"  {WORDS}\r\nMerci. "})
    kept = Opinion.objects.get()
    assert b"venir" not in bytes(kept.comment or b"")
    assert "venir" not in "".join(text for _table, text in every_table())
    assert f"{WORDS}\nMerci." in browser.get(page_of(row)).content.decode()
    # The same again is no change; other answers leave the words as they are.
    later, manager = NOW + timedelta(hours=1), row.contact.client.account_manager
    opinions.submit(asking=row, answers={"overall": 75}, reader=manager, now=later)
    assert Opinion.objects.get().changed_at == NOW
    browser.post(page_of(row), typed(overall=50) | {"comment": f"{WORDS}\nMerci."})
    said = opinions.said_before(row)
    assert said is not None
    assert (said.answers, said.comment) == ({"overall": 50}, f"{WORDS}\nMerci.")
    browser.post(page_of(row), typed(overall=50) | {"comment": "Autre chose."})
    assert len(Opinion.objects.get().former) == 1


def test_a_comment_alone_counts_and_emptied_it_goes(row: Asking, browser: Browser) -> None:
    browser.post(page_of(row), typed() | {"comment": WORDS})
    assert Opinion.objects.get().answers == {}
    opinions.submit(asking=row, answers={}, now=NOW)
    assert Opinion.objects.exists()
    browser.post(page_of(row), typed() | {"comment": " "})
    assert not Opinion.objects.exists()


def test_a_comment_too_long_or_with_no_key_comes_back(
    row: Asking, browser: Browser, settings: object
) -> None:
    long = browser.post(page_of(row), typed(overall=75) | {"comment": "x" * 2001})
    assert "2\xa0001 caractères" in long.content.decode()
    assert "x" * 2001 in long.content.decode()
    browser.post(page_of(row), typed(overall=75) | {"comment": WORDS})
    settings.COMMENT_KEYS = "/nowhere/keys.json"  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    text = browser.get(page_of(row)).content.decode()
    assert "ne peut pas être ouvert" in text
    assert 'name="comment"' not in text
    browser.post(page_of(row), typed(overall=50))
    said = opinions.said_before(row)
    assert said is not None
    assert said.is_sealed
    assert said.answers == {"overall": 50}
    Opinion.objects.all().delete()
    refused = browser.post(page_of(row), typed(overall=50) | {"comment": WORDS})
    assert WORDS in refused.content.decode()
    assert not Opinion.objects.exists()


def test_another_account_manager_is_named_before_anything_is_kept(
    row: Asking, world: World, browser: Browser
) -> None:
    """It changed while the form was open: what was typed waits until the new name was read."""
    body = typed(overall=75) | {"comment": WORDS}
    Client.objects.update(account_manager=world.other_manager)
    shown = browser.post(page_of(row), body).content.decode()
    assert not Opinion.objects.exists()
    assert f"{world.other_manager.full_name} lirait" in shown
    assert WORDS in shown
    assert 'id="q-overall-75" value="75" checked' in shown
    assert browser.post(page_of(row), typed(overall=75)).status_code == 302
    assert Opinion.objects.get().reader == world.other_manager
    Client.objects.update(account_manager=None)
    assert "personne ne lirait" in browser.post(page_of(row), body).content.decode()
    browser.post(page_of(row), body | {"reader": ""})
    assert Opinion.objects.get().reader is None


def test_words_that_do_not_open_stay_with_whom_they_were_written_to(
    row: Asking, world: World, browser: Browser, settings: object
) -> None:
    browser.post(page_of(row), typed(overall=75) | {"comment": WORDS})
    Client.objects.update(account_manager=world.other_manager)
    settings.COMMENT_KEYS = "/nowhere/keys.json"  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    shown = browser.get(page_of(row)).content.decode()
    assert f"avec votre nom, par {world.manager.full_name}" in shown
    browser.post(page_of(row), typed(overall=50) | {"reader": str(world.manager.pk)})
    kept = Opinion.objects.get()
    assert (kept.reader, kept.answers) == (world.manager, {"overall": 50})


def test_what_was_sent_before_named_the_account_manager_of_the_day(
    row: Asking, world: World
) -> None:
    opinions.submit(asking=row, answers={"overall": 75}, now=NOW)
    import_module("surveys.migrations.0018_opinion_reader").fill(apps, None)
    assert Opinion.objects.get().reader == world.manager


def test_a_new_key_seals_what_clients_wrote_too(row: Asking) -> None:
    opinions.submit(asking=row, answers={}, comment=WORDS, now=NOW)
    before = bytes(Opinion.objects.get().comment or b"")
    assert rotate(forget=False).texts == 1
    after = bytes(Opinion.objects.get().comment or b"")
    assert sealing.key_id(before) != sealing.key_id(after)
    said = opinions.said_before(row)
    assert said is not None
    assert said.comment == WORDS
    # Copied beside another contact's answers it does not open.
    other = Asking.objects.create(survey=row.survey, contact=contact(row.contact.client))
    Opinion.objects.create(asking=other, answers={}, comment=after, sent_at=NOW, changed_at=NOW)
    moved = opinions.said_before(other)
    assert moved is not None
    assert moved.is_sealed


def test_a_closed_survey_keeps_nothing_and_history_has_an_end(row: Asking) -> None:
    for value in range(30):
        moment = NOW + timedelta(minutes=value)
        opinions.submit(asking=row, answers={"overall": value % 2}, now=moment)
    assert len(Opinion.objects.get().former) == opinions.KEPT
    late = opinions.submit(asking=row, answers={"overall": 75}, now=NOW + 20 * DAY)
    assert late == opinions.Outcome.CLOSED


def test_a_page_for_a_signed_in_person_is_the_same(row: Asking, world: World) -> None:
    """Whoever else opens the link, by mistake, speaks for the contact and is told so."""
    browser = Browser()
    browser.force_login(world.manager)
    assert "Bonjour Hélène Vasseur" in browser.get(page_of(row)).content.decode()
