"""The frame of every page: landmarks, menu, messages, forms, error pages."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.addresses")]


def get(address: str, language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/managers", "/empty", "/accounts/login/"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_says_its_language_its_title_and_has_one_of_each_landmark(
    address: str, language: str
) -> None:
    page = get(address, language)
    assert f'<html lang="{language}">' in page
    assert re.search(r"<title>[^<–]+ – Symétrie</title>", page)
    assert page.count("<main ") == 1
    assert page.count("<h1>") == 1
    assert 'href="#content"' in page
    assert 'id="content"' in page
    assert page.count('role="status"') == 1


@pytest.mark.parametrize("address", ["/", "/managers", "/filled", "/accounts/login/"])
def test_no_id_twice(address: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', get(address))
    assert len(ids) == len(set(ids))


def test_managers_have_a_side_bar_and_a_menu() -> None:
    page = get("/managers")
    assert 'class="side"' in page
    assert 'class="tabbar"' not in page
    assert page.count('aria-current="page"') == 2  # side bar and the phone's menu
    assert '<span class="vh">: </span>3</span>' in page
    labels = re.findall(r'<nav [^>]*aria-label="([^"]+)"', page)
    assert len(labels) == len(set(labels))


def test_consultants_have_tabs() -> None:
    page = get("/")
    assert 'class="tabbar"' in page
    assert 'class="side"' not in page


def test_messages_that_matter_stay() -> None:
    page = get("/managers")
    assert '<div class="toast" data-brief>' in page  # the success goes by itself
    assert '<div class="toast">' in page  # the error waits for a hand


def test_every_form_that_posts_has_its_token() -> None:
    for address in ("/", "/managers", "/empty", "/accounts/login/"):
        page = get(address)
        assert page.count('method="post"') == page.count("csrfmiddlewaretoken")


def test_the_language_is_changed_by_a_form() -> None:
    client = Client(headers={"accept-language": "fr"})
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/empty"}, follow=True)
    assert '<html lang="en">' in answer.content.decode()


def test_htmx_may_neither_add_styles_nor_evaluate() -> None:
    page = get("/")
    assert '"includeIndicatorStyles":false' in page
    assert '"allowEval":false' in page
    assert "htmx" not in get("/accounts/login/")


def test_the_pager_links_both_ways() -> None:
    page = get("/managers")
    assert 'rel="prev" href="?page=1"' in page
    assert 'rel="next" href="?page=3"' in page
    assert 'class="pager"' not in get("/")


# --- forms --------------------------------------------------------------------------


def test_a_form_without_fault_shows_no_alert() -> None:
    page = get("/empty")
    assert 'role="alert"' not in page
    assert 'aria-describedby="id_email_helptext"' in page
    assert "(optional)" in page


def test_faults_are_listed_first_and_lead_to_their_fields() -> None:
    page = get("/filled")
    assert "3 things left to fix" in page
    summary = page[page.index('role="alert"') : page.index('class="field"')]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 3
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert set(targets) <= ids


def test_a_field_is_described_by_its_hint_and_its_fault() -> None:
    page = get("/filled")
    email = re.search(r'<input type="email"[^>]*>', page)
    assert email is not None
    assert 'aria-invalid="true"' in email[0]
    assert 'value="ines@"' in email[0]
    described = re.search(r'aria-describedby="([^"]+)"', email[0])
    assert described is not None
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert set(described[1].split()) == {"id_email_helptext", "id_email_error"} <= ids


# --- error pages --------------------------------------------------------------------


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_an_error_page_needs_no_context(code: str) -> None:
    with override("en"):
        page = render_to_string(f"{code}.html")
    assert f"<title>Error {code[:3]} – " in page
    assert '<html lang="en">' in page
    assert "<h1>" in page


def test_a_form_that_was_open_too_long_keeps_what_was_typed() -> None:
    kept = [("note", 'a "quoted" <b>word</b>')]
    with override("en"):
        page = render_to_string("403_csrf.html", {"kept": kept})
    assert 'name="note" value="a &quot;quoted&quot; &lt;b&gt;word&lt;/b&gt;"' in page


# --- accounts -----------------------------------------------------------------------


def test_logging_in_with_a_wrong_password_says_so_once_and_keeps_the_address() -> None:
    answer = Client(headers={"accept-language": "en"}).post(
        "/accounts/login/", {"login": "ines@lumen.example", "password": "wrong"}
    )
    page = answer.content.decode()
    assert page.count('role="alert"') == 1
    assert 'value="ines@lumen.example"' in page
    assert "wrong" not in page


@pytest.mark.parametrize("address", ["password/reset/", "password/reset/done/", "inactive/"])
def test_other_account_pages_are_ours(address: str) -> None:
    page = get(f"/accounts/{address}")
    assert 'class="entrance"' in page
    assert page.count("<h1>") == 1
