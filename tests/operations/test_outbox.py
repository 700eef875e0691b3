"""The page "E-mails": counts and addresses that refuse, never who has answered."""

from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from operations import outbox
from operations.mailing import send_due
from surveys.models import Message
from tests import make
from tests.surveys.asking import send
from tests.surveys.inviting import CLOSES, HOUR, OPENS, WEEK, Inviting, inviting

__all__ = ["inviting"]
pytestmark = pytest.mark.django_db
SEND = "django.core.mail.message.EmailMessage.send"
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def admin(db: None) -> Browser:
    browser = Browser()
    browser.force_login(make.person(is_administrator=True, is_consultant=False))
    return browser


def page(admin: Browser, moment: Any) -> str:
    with time_machine.travel(moment, tick=False):
        return admin.get(reverse("operations:mail_list")).content.decode()


def refuse(person: User, moment: Any) -> None:
    error = SMTPRecipientsRefused({person.email: (550, b"no such user")})
    with mock.patch(SEND, side_effect=error), pytest.raises(SMTPRecipientsRefused):
        send_due(now=moment)


def test_empty(admin: Browser) -> None:
    make.firm()
    html = page(admin, OPENS)
    assert "Aucune invitation n’est partie" in html
    assert "Aucune adresse ne refuse" in html
    assert "Les e-mails de la démonstration" not in html


def test_invitations_are_counted_and_reminders_are_not(admin: Browser, inviting: Inviting) -> None:
    """How many were reminded is how many had not answered."""
    people = [inviting.person() for _ in range(7)]
    send_due(now=OPENS)
    pages = []
    for answered in (1, 5):
        for person in people[:answered]:
            send(person, inviting.mission(person), inviting.round, load=50)
        Message.objects.filter(rank=Message.Rank.REMINDER).delete()
        send_due(now=OPENS + HOUR)
        send_due(now=OPENS + WEEK)
        html = page(admin, OPENS + WEEK + HOUR)
        pages.append(html.split("<main", 1)[1].split("</main>")[0])
    assert pages[0] == pages[1]
    assert '<td data-label="Invités">environ 5</td>' in pages[0]
    assert "à qui n’a pas répondu" in pages[0]
    for person in people:
        assert person.email not in pages[0]


def test_an_address_that_refuses_its_invitation_is_told_at_once(
    admin: Browser, inviting: Inviting
) -> None:
    person = inviting.person(first_name="Zoé")
    refuse(person, OPENS)
    html = page(admin, OPENS + HOUR)
    assert person.email in html
    assert reverse("accounts:person_edit", args=(person.pk,)) in html


def test_one_that_refuses_its_reminder_is_told_after_the_close(
    admin: Browser, inviting: Inviting
) -> None:
    """Before, it would say that this person had not answered."""
    person = inviting.person()
    send_due(now=OPENS)
    send_due(now=OPENS + HOUR)
    refuse(person, OPENS + WEEK)
    assert Message.objects.get(rank=1).state == Message.State.REFUSED
    assert person.email not in page(admin, OPENS + WEEK + HOUR)
    send_due(now=CLOSES)
    after = page(admin, CLOSES + HOUR)
    assert person.email in after
    assert "tour du 17" in after


def write(folder: Path, count: int) -> None:
    """As Django's back-end does it, in one file."""
    with get_connection(FILES, file_path=str(folder)) as line:
        for number in range(count):
            one = EmailMultiAlternatives(
                f"Aéris {number}", "Bonjour\nhttp://127.0.0.1/x/", to=[f"p{number}@lumen.example"],
                connection=line,
            )  # fmt: skip
            one.attach_alternative(f"<p>Bonjour {number}</p>", "text/html")
            one.send()


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Path:
    make.firm(is_demo=True)
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, tmp_path
    return tmp_path


def test_the_demos_mails_are_shown_as_they_were_written(admin: Browser, demo: Path) -> None:
    write(demo, 3)
    html = page(admin, OPENS)
    assert [f"Aéris {number}" in html for number in range(4)] == [True, True, True, False]
    key = outbox.sent_mails()[0].key
    detail = admin.get(reverse("operations:mail_detail", args=(key,))).content.decode()
    assert "<h1" in detail
    assert "Aéris 2" in detail
    assert "p2@lumen.example" in detail
    assert 'href="http://127.0.0.1/x/"' in detail
    shown = admin.get(reverse("operations:mail_page", args=(key,)))
    assert shown.content.decode().strip() == "<p>Bonjour 2</p>"
    assert admin.get(reverse("operations:mail_detail", args=("other",))).status_code == 404


def test_no_more_than_a_hundred_are_read(demo: Path) -> None:
    for _ in range(3):
        write(demo, 60)
    assert len(outbox.sent_mails()) == outbox.DEMO_SHOWN


@pytest.mark.parametrize("why", ["a real firm", "a real installation", "mails really leave"])
def test_a_real_firms_mails_are_shown_to_nobody(
    admin: Browser, demo: Path, settings: Any, why: str
) -> None:
    """They hold links that open forms."""
    write(demo, 1)
    key = outbox.sent_mails()[0].key
    if why == "a real firm":
        make.firm(is_demo=False)
    elif why == "a real installation":
        settings.REAL = True
    else:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert outbox.sent_mails() == []
    assert "Aéris" not in page(admin, OPENS)
    for name in ("operations:mail_detail", "operations:mail_page"):
        assert admin.get(reverse(name, args=(key,))).status_code == 404


def test_other_mails_and_other_refusals(admin: Browser, inviting: Inviting) -> None:
    manager = make.person(is_manager=True, is_consultant=False)
    day = OPENS.date()
    rows = ((0, "refused"), (7, "sent"), (14, "sent"))
    for back, state in rows:
        manager.digests.create(
            day=day - timedelta(days=back), state=state,
            finished_at=OPENS - timedelta(days=back),
        )  # fmt: skip
    html = page(admin, OPENS)
    assert "E-mails hebdomadaires aux responsables" in html
    assert manager.email in html
    assert "E-mails sur les rotations" not in html
