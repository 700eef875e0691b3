"""From an empty firm to the first open round, by the administrator's own pages alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import FirmSettings, User
from core.models import JobRun
from missions.standing import standing_mission
from operations.due import run_due
from operations.first_steps import steps
from surveys.models import Round
from surveys.models.answers import CheckIn
from tests import make

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 9, 7, 9, tzinfo=PARIS)
TUESDAY = MONDAY + timedelta(days=8)
FILES = {
    "units": "ref,name,parent,manager\nROOT,Atelier,,\n",
    "people": (
        "ref,email,first_name,last_name,unit,manager,roles,language,starts_on,ends_on\n"
        + "".join(
            f"P{n},p{n}@lumen.example,Alix,Durand {n},ROOT,,consultant,fr,,\n" for n in range(1, 7)
        )
        + "N1,n1@lumen.example,Nadia,Benali,ROOT,,referent,fr,,\n"
    ),
    "clients": "ref,name,sector,kind,unit,account_manager\nORSEL,Banque Orsel,,external,ROOT,\n",
    "profiles": "ref,name_fr,name_en\nRUN,Exploitation,Operations\n",
    "missions": (
        "ref,client,profile,title,place,starts_on,ends_on,demand,skills\n"
        "M1,ORSEL,RUN,Espace client,,2026-01-05,,,\n"
    ),
    "assignments": "person,mission,starts_on,ends_on,share\n"
    + "".join(f"P{n},M1,2026-01-05,,100\n" for n in range(1, 6)),
}


@pytest.fixture
def admin() -> Browser:
    """An installation has one person: whoever installed it."""
    browser = Browser()
    browser.force_login(
        make.person(
            is_administrator=True,
            is_consultant=False,
            ref="OLIVIER",
            email="olivier@lumen.example",
            language="en",
        )
    )
    return browser


def left(browser: Browser) -> list[str]:
    page = browser.get(reverse("operations:first_steps"))
    return [step.title for step in page.context["steps"] if not step.is_done]


def bring(browser: Browser, kind: str) -> None:
    """A file, its check, its import: as on the page."""
    file = SimpleUploadedFile(f"{kind}.csv", FILES[kind].encode())
    checked = browser.post(reverse("operations:import_page"), {"kind": kind, "file": file})
    assert not checked.context["outcome"].errors, kind
    token = {"token": checked.context["token"]}
    assert browser.post(reverse("operations:import_confirm"), token).status_code == 302, kind


def test_from_an_empty_firm_to_the_first_open_round(admin: Browser) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert len(left(admin)) == len(steps(today=MONDAY.date())) == 8
        run_due(now=MONDAY)
        assert not Round.objects.exists()

        firm = {"name": "Atelier Lumen", "participation_floor": 50, "digest_weekday": 1}
        firm |= {"digest_at": "11:00", "help_email": "", "privacy_email": "", "consulted_on": ""}
        assert admin.post(reverse("accounts:settings_edit"), firm).status_code == 302
        for kind in FILES:
            bring(admin, kind)
        assert User.objects.consultants().count() == 6
        assert admin.post(reverse("surveys:question_review")).status_code == 302
        referent = User.objects.get(ref="N1")
        nadia = Browser()
        nadia.force_login(referent)
        contact = {"person": referent.pk, "title_fr": "Référente", "title_en": "Referent"}
        nadia.post(reverse("accounts:talk_contact_create"), contact | {"position": 0})
        calendar = {"first_round_on": "2026-09-15", "cadence_weeks": 4, "open_days": 14}
        calendar |= {"opens_at": "10:00", "rounds_per_period": 3}
        assert admin.post(reverse("surveys:calendar_edit"), calendar).status_code == 302
        assert admin.post(reverse("operations:announcement")).status_code == 302
        (last,) = left(admin)
        assert "staff council" in last

        # Its day comes, and no round opens: the date is missing. The pages say so.
        clock.move_to(TUESDAY + timedelta(hours=2))
        now = TUESDAY + timedelta(hours=2)
        run_due(now=now)
        assert not Round.objects.filter(opened_at__isnull=False).exists()
        assert admin.get(reverse("surveys:round_list")).context["blocks"] == ["consultation"]

        tomorrow = (now + timedelta(days=1)).date().isoformat()
        refused = admin.post(reverse("accounts:settings_edit"), firm | {"consulted_on": tomorrow})
        assert "consulted_on" in refused.context["form"].errors
        today = firm | {"consulted_on": now.date().isoformat()}
        assert admin.post(reverse("accounts:settings_edit"), today).status_code == 302
        assert left(admin) == []
        run_due(now=now)
        row = Round.objects.get(opened_at__isnull=False)
        assert row.opens_at.astimezone(UTC) == datetime(2026, 9, 15, 8, tzinfo=UTC)
        assert not JobRun.objects.filter(state=JobRun.State.FAILED).exists()

        # Five are on a mission, one is between two: each finds a check-in and sends it.
        missions = {f"P{n}": "M1" for n in range(1, 6)} | {"P6": standing_mission().ref}
        for ref, mission in missions.items():
            person = Browser()
            person.force_login(User.objects.get(ref=ref))
            (line, *others) = person.get(reverse("dashboards:home")).context["missions"]
            assert (line.mission.ref, others) == (mission, [])
            page = reverse("surveys:checkin", args=[row.pk, line.mission.pk])
            sent = person.post(page, {"q-support": "75", "share": "averages"})
            assert sent.status_code == 302
        assert CheckIn.objects.filter(round=row).count() == 6


def test_emptying_the_date_keeps_the_next_round_shut(admin: Browser) -> None:
    """The open one goes on: people have been asked."""
    make.firm(first_round_on=TUESDAY.date())
    with time_machine.travel(TUESDAY + timedelta(hours=2), tick=False):
        run_due(now=TUESDAY + timedelta(hours=2))
        FirmSettings.objects.update(consulted_on=None)
        run_due(now=TUESDAY + timedelta(days=28, hours=2))
    assert Round.objects.filter(opened_at__isnull=False).count() == 1
