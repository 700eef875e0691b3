"""The doctor names what is wrong, and its cure."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import JobRun
from operations.management.commands import doctor
from tests import make

pytestmark = pytest.mark.django_db


def told() -> tuple[str, bool]:
    text = StringIO()
    try:
        call_command("doctor", stdout=text)
    except CommandError:
        return text.getvalue(), False
    return text.getvalue(), True


def test_a_sound_installation() -> None:
    make.firm()
    JobRun.beat(timezone.now())
    text, sound = told()
    assert sound, text
    assert "LOOK" not in text


def test_what_a_new_installation_lacks() -> None:
    text, sound = told()
    assert not sound
    assert "LOOK  worker: no sign of life ever" in text
    assert "LOOK  staff council: no date" in text


def test_no_first_round() -> None:
    make.firm(first_round_on=None, consulted_on=date(2025, 1, 6))
    assert "no first day of the first round" in told()[0]


def test_a_failed_job_is_counted(now: object) -> None:
    make.firm()
    JobRun.objects.create(name="scores", started_at=timezone.now(), state=JobRun.State.FAILED)
    assert "LOOK  jobs: 1 failed" in told()[0]


def test_too_many_people_for_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    make.firm()
    make.person()
    monkeypatch.setattr(doctor, "EMBEDDED_PEOPLE", 0)
    monkeypatch.setattr(doctor.connection, "vendor", "sqlite")
    assert "LOOK  size: 1 people on the embedded database" in told()[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "symetrie"])
def test_real_mode_needs_an_address_for_the_links_of_its_mails(settings: object, url: str) -> None:
    settings.REAL = True  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]  # -- the same
    settings.SITE_URL = url  # type: ignore[attr-defined]  # -- the same
    assert f"LOOK  mail: links in mails lead to {url}: set SITE_URL" in told()[0]
    settings.SITE_URL = "https://symetrie.example.org"  # type: ignore[attr-defined]  # -- the same
    assert "ok    mail: smtp" in told()[0]


def test_real_mode_needs_a_mail_relay(settings: object) -> None:
    make.firm()
    settings.REAL = True  # type: ignore[attr-defined]  # -- pytest-django's wrapper
    assert "LOOK  mail: no mail leaves" in told()[0]
