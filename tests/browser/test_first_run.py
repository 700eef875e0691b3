"""From an installation in which nothing was entered to the first check-in, by pages alone."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from core.models import JobRun
from core.periods import FRIDAY
from operations.due import run_due
from surveys.models import Round
from surveys.models.answers import CheckIn
from tests import make
from tests.browser.test_checkin import ON_A_PHONE, send, tap
from tests.browser.visits import Visits
from tests.operations.test_first_run import FILES

STEPS = 8


@pytest.fixture
def olivier(empty: str) -> User:
    """Whoever installs the product is its first person."""
    return make.person(
        is_administrator=True, is_consultant=False, ref="OLIVIER", email="olivier@lumen.example",
        first_name="Olivier", last_name="Masson",
    )  # fmt: skip


def last_working_day() -> date:
    """Before today, so that its round is open whatever the hour."""
    day = timezone.localdate() - timedelta(days=1)
    while day.weekday() > FRIDAY:
        day -= timedelta(days=1)
    return day


def left(page: Page, count: int) -> Locator:
    """The list of steps, so many of them to do; the next one is where one is led."""
    page.goto("/first-steps/")
    steps = page.locator("ol.steps > li")
    expect(steps).to_have_count(STEPS)
    expect(page.locator("ol.steps > li.done")).to_have_count(STEPS - count)
    return page.locator("ol.steps > li.now")


def saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Enregistré").first).to_be_visible()


def bring(page: Page, kind: str) -> None:
    """A file, its check, its import."""
    page.get_by_label("Ce que contient le fichier").select_option(kind)
    page.get_by_label("Fichier", exact=True).set_input_files(
        {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": FILES[kind].encode()}
    )
    page.get_by_role("button", name="Vérifier ce fichier").click()
    expect(page.get_by_text("Aucune erreur trouvée")).to_be_visible()
    page.get_by_role("button", name="Importer ce fichier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Importer un fichier")


def test_eight_steps_to_the_first_check_in(first_visits: Visits, olivier: User) -> None:
    page = first_visits.page(olivier)
    page.goto("/")
    # Somebody without a firm to run is led to what is left to do.
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue, on prépare la maison")

    left(page, 8).get_by_role("link").click()
    page.get_by_label("nom de l’entreprise").fill("Atelier Lumen")
    page.get_by_role("button", name="Enregistrer").click()
    saved(page)

    left(page, 7).get_by_role("link").click()
    bring(page, "units")
    bring(page, "people")
    left(page, 6).get_by_role("link").click()
    for kind in ("clients", "profiles", "missions", "assignments"):
        bring(page, kind)

    left(page, 5).get_by_role("link").click()
    page.get_by_role("button", name="J’ai lu les deux").click()

    # The referent has the list of people to talk to; the step says so, and leads to people.
    expect(left(page, 4)).to_contain_text("référent")
    nadia = first_visits.page(User.objects.get(ref="N1"))
    nadia.goto("/talk-contacts/")
    nadia.get_by_role("link", name="Ajouter").first.click()
    nadia.get_by_label("personne").select_option(label="Nadia Benali")
    nadia.get_by_label("rôle, en français").fill("Référente bien-être")
    nadia.get_by_label("rôle, en anglais").fill("Well-being referent")
    nadia.get_by_role("button", name=re.compile("^(Ajouter|Enregistrer)")).click()
    expect(nadia.get_by_role("main")).to_contain_text("Référente bien-être")

    # The date can wait while the calendar and the announcement are done: nothing opens.
    expect(left(page, 3)).to_contain_text("CSE")
    page.locator("ol.steps > li:not(.done):not(.now)").first.get_by_role("link").click()
    page.get_by_label("premier jour du premier tour").fill(last_working_day().isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    left(page, 2)
    page.locator("ol.steps > li:not(.done):not(.now)").get_by_role("link").click()
    page.get_by_role("button", name="Elle a été présentée").click()
    run_due(now=timezone.now())
    assert not Round.objects.filter(opened_at__isnull=False).exists()

    left(page, 1).get_by_role("link").click()
    asked = page.get_by_label("date de la consultation du CSE")
    asked.fill((timezone.localdate() + timedelta(days=40)).isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    asked.fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    saved(page)
    page.goto("/first-steps/")
    expect(page.locator("ol.steps > li.done")).to_have_count(STEPS)
    run_due(now=timezone.now())
    row = Round.objects.get(opened_at__isnull=False)
    assert not JobRun.objects.filter(state=JobRun.State.FAILED).exists()

    person = User.objects.get(ref="P1")
    phone = first_visits.page(person, ON_A_PHONE)
    phone.goto("/")
    phone.get_by_role("link", name="Faire le point").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Banque Orsel")
    tap(phone, 0, 3)
    send(phone).tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert CheckIn.objects.filter(round=row, person=person).count() == 1
