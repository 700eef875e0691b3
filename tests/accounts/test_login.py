"""Signing in: bad inputs, limits, the end of sessions, the first password."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.people import end_sessions
from tests import make
from tests.make import PASSWORD

LOGIN = "/account/login/"
addresses = count(1)
pytestmark = pytest.mark.django_db


def from_elsewhere() -> str:
    """An address that no other test has used: the limits live in a shared cache."""
    n = next(addresses)
    return f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}"


def sign_in(browser: Browser, person: User, password: str = PASSWORD, **rest: str) -> object:
    data = {"login": person.email, "password": password} | rest
    return browser.post(LOGIN, data, REMOTE_ADDR=from_elsewhere())


@pytest.fixture
def person() -> User:
    return make.person(language="fr")


def test_right_password_leads_home(browser: Browser, person: User) -> None:
    response = sign_in(browser, person)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(person.pk)


def test_email_is_taken_whatever_its_case(browser: Browser, person: User) -> None:
    assert browser.post(
        LOGIN, {"login": person.email.upper(), "password": PASSWORD}
    ).status_code == 302  # fmt: skip


def test_page_serves_password_managers(browser: Browser) -> None:
    page = browser.get(LOGIN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_bad_input_L01_overlong_email_and_password(browser: Browser, person: User) -> None:
    typed = "a" * 10_000
    with (
        patch("accounts.models.User.check_password") as check,
        patch("accounts.models.User.set_password") as hashing,
    ):
        page = browser.post(LOGIN, {"login": typed, "password": "p" * 1_000_000})
        assert not check.called
        assert not hashing.called
    text = page.content.decode()
    assert page.status_code == 200
    assert "254" in text
    assert "200" in text
    assert f'value="{"a" * 254}"' in text
    assert "ppp" not in text


def test_bad_input_L01_overlong_password_of_a_real_account(browser: Browser, person: User) -> None:
    with patch("accounts.models.User.check_password") as check:
        page = sign_in(browser, person, "p" * 201)
        assert not check.called
    assert "_auth_user_id" not in browser.session
    assert "200" in page.context["form"].errors["password"][0]


@pytest.mark.parametrize("known", [True, False])
def test_bad_input_L02_sixth_wrong_password(person: User, known: bool) -> None:
    email = person.email if known else f"nobody{person.pk}@lumen.example"
    answers = [
        Browser().post(LOGIN, {"login": email, "password": "non"}, REMOTE_ADDR=from_elsewhere())
        for _ in range(20)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 15
    assert answers[5]["Retry-After"] == "60"
    assert 'role="alert"' in answers[4].content.decode()


def test_bad_input_L02_same_page_for_unknown_account(person: User) -> None:
    pages = {}
    for email in (person.email, "unknown-for-sure@lumen.example"):
        for _ in range(6):
            answer = Browser().post(
                LOGIN, {"login": email, "password": "non"}, REMOTE_ADDR=from_elsewhere()
            )
        pages[email] = re.sub(r'value="[^"]*"', "", answer.content.decode())
    assert len(set(pages.values())) == 1


def test_bad_input_L02_open_session_goes_on_and_wait_is_enough(person: User) -> None:
    at_work = Browser()
    sign_in(at_work, person)
    for _ in range(7):
        refused = sign_in(Browser(), person, "non")
    assert refused.status_code == 429
    assert sign_in(Browser(), person).status_code == 429
    assert at_work.get(reverse("accounts:profile_edit")).status_code == 200
    with patch("allauth.core.internal.ratelimit.time.time", return_value=_in(61)):
        assert sign_in(Browser(), person).status_code == 302


def _in(seconds: int) -> float:
    return (timezone.now() + timedelta(seconds=seconds)).timestamp()


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_bad_input_L03_no_way_outside(browser: Browser, person: User, wanted: str) -> None:
    assert sign_in(browser, person, next=wanted)["Location"] == "/"


def test_bad_input_L03_inner_page_is_kept(browser: Browser, person: User) -> None:
    wanted = reverse("accounts:who_sees_what")
    asked = browser.get(wanted)
    assert asked["Location"] == f"{LOGIN}?next={wanted}"
    page = browser.get(asked["Location"]).content.decode()
    assert f'value="{wanted}"' in page
    assert sign_in(browser, person, next=wanted)["Location"] == wanted


def disable(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def depart(person: User) -> None:
    User.objects.filter(pk=person.pk).update(ends_on=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("end", [disable, depart])
def test_bad_input_L04_every_session_of_an_ended_account(
    person: User, end: Callable[[User], None]
) -> None:
    browsers = [Browser(), Browser()]
    for browser in browsers:
        sign_in(browser, person)
    end(person)
    for browser in browsers:
        response = browser.get(reverse("accounts:profile_edit"))
        assert response.status_code == 302
        assert response["Location"].startswith(LOGIN)
        page = browser.get(response["Location"]).content.decode()
        assert "Account disabled" in page or "Compte désactivé" in page
        assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("end", [disable, depart])
def test_bad_input_L04_no_new_session(
    browser: Browser, person: User, end: Callable[[User], None]
) -> None:
    end(person)
    response = sign_in(browser, person)
    assert response["Location"] == LOGIN
    page = browser.get(LOGIN).content.decode()
    assert "Account disabled" in page or "Compte désactivé" in page
    assert "_auth_user_id" not in browser.session


def test_last_day_is_still_a_day(browser: Browser) -> None:
    assert sign_in(browser, make.person(ends_on=timezone.localdate())).status_code == 302


def test_ended_sessions_ask_to_sign_in_again(browser: Browser, person: User) -> None:
    sign_in(browser, person)
    end_sessions(person)
    response = browser.get(reverse("accounts:profile_edit"))
    assert response["Location"] == f"{LOGIN}?next=%2Fprofile%2F"
    assert sign_in(browser, person).status_code == 302
    assert browser.get(reverse("accounts:profile_edit")).status_code == 200


def test_bad_input_L05_foreign_host_sends_no_mail(browser: Browser, person: User) -> None:
    data = {"email": person.email}
    answer = browser.post("/account/password/reset/", data, HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert mail.outbox == []
    browser.post("/account/password/reset/", data, REMOTE_ADDR=from_elsewhere())
    assert len(mail.outbox) == 1
    assert "evil.example" not in mail.outbox[0].body


@pytest.mark.parametrize(
    "cookie",
    [
        "\x7f\x80é" * 2_700,
        '"\\000\\001abcdefgh"',
        "0123456789abcdef0123456789abcdef",
        ".eJxVjDsOwjAQBe_iGq:1old:signature",
    ],
)
def test_bad_input_L06_random_session_cookie(browser: Browser, person: User, cookie: str) -> None:
    browser.cookies["sessionid"] = cookie
    wanted = reverse("accounts:who_sees_what")
    answer = browser.get(wanted)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={wanted}")
    assert sign_in(browser, person, next=wanted)["Location"] == wanted
    assert browser.cookies["sessionid"].value != cookie
    assert browser.get(wanted).status_code == 200


def test_bad_input_L06_escaped_nul_in_the_header() -> None:
    answer = Browser().get(
        reverse("accounts:who_sees_what"), headers={"cookie": 'sessionid="\\000abcdefghij"'}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("header", ["../../etc,xx;q=9", "de,es;q=0.5", "é" * 400, "", "*"])
def test_bad_input_N01_unreadable_language_is_french(browser: Browser, header: str) -> None:
    page = browser.get(LOGIN, headers={"accept-language": header}).content.decode()
    assert '<html lang="fr">' in page
    assert page.rstrip().endswith("</html>")


def test_first_password_comes_by_mail(browser: Browser) -> None:
    newcomer = make.person(password=None, language="en", first_name="Zoé")
    assert not newcomer.has_usable_password()
    browser.post(
        "/account/password/reset/", {"email": newcomer.email}, REMOTE_ADDR=from_elsewhere()
    )
    (letter,) = mail.outbox
    assert letter.to == [newcomer.email]
    assert letter.subject == "Choose your password for Symétrie"
    link = re.search(r"http://testserver(\S+)", letter.body).group(1)
    form = browser.get(link, follow=True)
    chosen = {"password1": "encore une longue phrase", "password2": "encore une longue phrase"}
    done = browser.post(form.redirect_chain[-1][0], chosen, REMOTE_ADDR=from_elsewhere())
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(browser, newcomer, "encore une longue phrase").status_code == 302
    # Used once, the link is dead, and no second list of addresses was kept.
    assert "set-password" not in Browser().get(link, follow=True).content.decode()
    assert not EmailAddress.objects.exists()


def test_no_reset_mail_for_who_has_left(browser: Browser, person: User) -> None:
    depart(person)
    browser.post("/account/password/reset/", {"email": person.email}, REMOTE_ADDR=from_elsewhere())
    assert mail.outbox == []


def test_mail_server_down_says_nothing_about_the_account(
    browser: Browser, person: User, caplog: pytest.LogCaptureFixture
) -> None:
    with patch("django.core.mail.message.EmailMessage.send", side_effect=OSError):
        answer = browser.post(
            "/account/password/reset/", {"email": person.email}, REMOTE_ADDR=from_elsewhere()
        )
    assert answer["Location"] == reverse("account_reset_password_done")
    assert person.email not in caplog.text


def test_former_address_opens_nothing(browser: Browser, person: User) -> None:
    sign_in(browser, person)
    former = person.email
    person.email = f"new{person.pk}@lumen.example"
    person.save()
    answer = Browser().post(
        LOGIN, {"login": former, "password": PASSWORD}, REMOTE_ADDR=from_elsewhere()
    )
    assert answer.status_code == 200


def test_overlong_new_password_is_refused_before_hashing(browser: Browser, person: User) -> None:
    browser.force_login(person)
    data = {"oldpassword": PASSWORD, "password1": "p" * 201, "password2": "p" * 201}
    with patch("accounts.models.User.set_password") as hashing:
        page = browser.post(reverse("account_change_password"), data)
        assert not hashing.called
    assert "200" in page.context["form"].errors["password1"][0]


def test_changed_password_ends_the_other_sessions(person: User) -> None:
    here, there = Browser(), Browser()
    sign_in(here, person)
    sign_in(there, person)
    new = "tout autre chose de long"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = here.post(reverse("account_change_password"), data)
    assert answer["Location"] == reverse("accounts:profile_edit")
    assert here.get(reverse("accounts:profile_edit")).status_code == 200
    assert there.get(reverse("accounts:profile_edit")).status_code == 302


def test_who_never_chose_a_password_is_led_to_the_reset(browser: Browser) -> None:
    browser.force_login(make.person(password=None))
    answer = browser.get(reverse("account_change_password"))
    assert answer["Location"] == reverse("account_reset_password")


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "inactive/", "password/set/", "login/code/"]
)
def test_no_page_that_nobody_needs(browser: Browser, path: str) -> None:
    assert browser.get(f"/account/{path}").status_code == 404


def test_signing_out_ends_the_session(browser: Browser, person: User) -> None:
    sign_in(browser, person)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in browser.session
    assert browser.post(reverse("account_logout"))["Location"] == LOGIN
    assert "_auth_user_id" not in browser.session


def test_failed_attempts_leave_no_audit_line(person: User) -> None:
    sign_in(Browser(), person, "non")
    assert not AuditEntry.objects.exists()
