"""An administrator sets up, and reads no figure; a referent reads, and sets up whom to talk to."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import FirmSettings, TalkContact
from clients.models import Client
from surveys.models import Question
from tests.browser.firm import Firm
from tests.browser.visits import PHONE, Taste, Visits

HEADER = "ref,name,sector,kind,unit,account_manager\n"
WRONG = HEADER + "NORIA,Noria Eau,Eau,external,LILLE,helene\nPALIER,Palier,,outside,NULLE,\n"
RIGHT = HEADER + "NORIA,Noria Eau,Eau,external,LILLE,helene\nPALIER,Palier,,external,LYON,\n"


def check_file(page: Page, content: str) -> None:
    page.get_by_label("Ce que contient le fichier").select_option("clients")
    page.get_by_label("Fichier", exact=True).set_input_files(
        {"name": "clients.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Vérifier ce fichier").click()


def test_import_wrong_lines_then_the_corrected_file(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"))
    page.goto("/imports/")
    check_file(page, WRONG)
    told = page.get_by_role("alert").first
    expect(told).to_be_focused()
    expect(told).to_contain_text(re.compile("ligne 3", re.IGNORECASE))
    expect(told).to_contain_text("kind")
    expect(told).to_contain_text("unit")
    assert not Client.objects.filter(ref__in=("NORIA", "PALIER")).exists()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger les lignes à corriger").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "PALIER" in text
    assert "NORIA" not in text

    page.get_by_role("link", name="Choisir un autre fichier").click()
    check_file(page, RIGHT)
    expect(page.get_by_text("Aucune erreur trouvée")).to_be_visible()
    assert not Client.objects.filter(ref="NORIA").exists()
    page.get_by_role("button", name="Importer ce fichier").click()
    expect(page.get_by_role("status").filter(has_text="2")).to_be_visible()
    assert Client.objects.get(ref="NORIA").account_manager == firm.person("helene")
    assert Client.objects.get(ref="PALIER").unit.ref == "LYON"


@pytest.mark.usefixtures("questions_as_before")
def test_add_reword_and_order_questions(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"), Taste(language="en"))
    page.goto("/questions/")
    page.get_by_role("link", name="Add a question").click()
    page.get_by_role("button", name="Add the question").click()
    expect(page.get_by_role("alert").first).to_be_focused()

    page.get_by_label("Question in French").fill("Vos outils vous aident-ils ?")
    page.get_by_label("Question in English").fill("Do your tools help you?")
    for place, (french, english) in enumerate(
        zip(("Jamais", "Peu", "Parfois", "Bien", "Toujours"),
            ("Never", "Little", "Sometimes", "Well", "Always"), strict=True), start=1
    ):  # fmt: skip
        page.get_by_label(f"Answer {place} in French").fill(french)
        page.get_by_label(f"Answer {place} in English").fill(english)
    page.get_by_label("New theme, in French").fill("Outils")
    page.get_by_label("New theme, in English").fill("Tools")
    page.get_by_label("Code").fill("tools")
    page.get_by_role("button", name="Add the question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions of the check-in")
    added = Question.objects.get(code="tools")
    row = page.locator(f"#question-{added.pk}")
    expect(row).to_contain_text("Do your tools help you?")

    place = row.locator(".order").inner_text()
    row.get_by_role("button", name="Move up: Tools").click()
    expect(row.locator(".order")).to_have_text(str(int(place) - 1))
    position = added.position
    added.refresh_from_db()
    assert added.position != position

    row.get_by_role("link").click()
    page.get_by_label("Question in English").fill("Do your tools help you work?")
    page.get_by_role("button", name="Save").click()
    page.goto("/questions/preview/")
    expect(page.get_by_role("region", name="English")).to_contain_text("help you work?")
    expect(page.get_by_role("region", name="Français")).to_contain_text("Vos outils")
    page.get_by_role("button", name="I have read both").click()
    expect(page.get_by_role("status").first).to_be_visible()


@pytest.mark.usefixtures("questions_as_before")
def test_a_question_that_was_asked_gets_a_new_version(visits: Visits, firm: Firm) -> None:
    question = Question.objects.get(code="meaning")
    page = visits.page(firm.person("administrator"), Taste(language="en"))
    page.goto(f"/questions/{question.pk}/")
    expect(page.get_by_text("This question has already been asked.")).to_be_visible()
    page.get_by_label("Question in English").fill("Does this mission make sense to you?")
    page.get_by_label("The meaning changes").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f"#question-{question.pk}")).to_contain_text("v2")
    assert question.versions.count() == 2


def test_settings_of_the_firm(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("administrator"), Taste(PHONE))
    page.goto("/settings/")
    page.get_by_label("e-mail d’aide").fill("pas une adresse")
    page.get_by_role("button", name="Enregistrer").tap()
    assert FirmSettings.current().help_email == ""
    page.get_by_label("e-mail d’aide").fill("aide@lumen.example")
    page.get_by_role("button", name="Enregistrer").tap()
    expect(page.get_by_text("Enregistré")).to_be_visible()
    assert FirmSettings.current().help_email == "aide@lumen.example"
    expect(page.get_by_role("link", name="Aide et contact")).to_have_attribute(
        "href", "mailto:aide@lumen.example"
    )
    FirmSettings.objects.update(help_email="")


def test_an_administrator_reads_no_figure(visits: Visits, firm: Firm) -> None:
    client = firm.client("ORSEL")
    page = visits.page(firm.person("administrator"))
    visits.expect(403, 404)
    for address in ("/overview/", "/clients/", f"/clients/{client.pk}/", "/load/", "/alerts/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            re.compile("Cette page (ne vous est pas ouverte|n’existe pas)")
        )
        expect(page.locator("[data-chart], .kpi")).to_have_count(0)
    page.goto("/settings/")
    expect(page.get_by_role("link", name="Vue d’ensemble")).to_have_count(0)


def test_the_referent_keeps_the_list_of_people_to_talk_to(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("referent"), Taste(language="en"))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("link", name="People to talk to").first.click()
    page.get_by_role("link", name=re.compile("^Add")).click()
    added = firm.person("L003")
    page.get_by_label("Person").select_option(str(added.pk))
    page.get_by_label(re.compile("French")).fill("Secouriste")
    page.get_by_label(re.compile("English")).fill("First aider")
    page.get_by_role("button", name=re.compile("^(Add|Save)")).click()
    expect(page.get_by_role("main")).to_contain_text("First aider")
    assert TalkContact.objects.get(person=added).title_fr == "Secouriste"
    TalkContact.objects.filter(person=added).delete()
