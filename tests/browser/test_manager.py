"""A manager: from the overview to a client, to a decision that the people concerned read."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from followup.models import Alert
from missions.models import Assignment
from scoring.models import Release
from scoring.publication import OVERALL, Scope, SystemViewer, figure, published, published_periods
from tests.browser.firm import Firm
from tests.browser.visits import PHONE, Taste, Visits


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def hover_until_told(plot: Locator) -> None:
    """A dot says who it is. Plotly listens a moment after it has drawn, so try more than once."""
    told = plot.locator(".hoverlayer .hovertext").first
    for _ in range(20):
        plot.locator(".scatterlayer .point").first.hover(force=True)
        plot.locator(".scatterlayer .point").last.hover(force=True)
        if told.is_visible():
            return
    raise AssertionError("no label at the pointer")


def test_from_overview_to_a_closed_alert(visits: Visits, firm: Firm) -> None:
    helene = firm.person("helene")
    # Below the firm and declining: one thing to handle.
    open_ = Alert.objects.filter(client__ref="ORSEL", state=Alert.State.OPEN)
    alert = open_.get(merged_into=None)
    page = visits.page(helene)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vue d’ensemble")
    below = page.locator("tbody").filter(has_text="Nettement en dessous de la maison")
    below.get_by_role("link", name="Banque Orsel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Banque Orsel")
    page.get_by_role("link", name="Traiter l’alerte ouverte").click()

    due = timezone.localdate() + timedelta(days=21)
    decide = page.get_by_role("region", name="Prochaine étape")
    decide.get_by_label("Recueillir les idées de l’équipe").check()
    decide.get_by_label("Suivi par").select_option(label=helene.full_name)
    decide.get_by_label("Pour le").fill(due.isoformat())
    decide.get_by_role("button", name="Décider").click()
    expect(page.get_by_role("status").get_by_text("C’est décidé")).to_be_visible()
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.due_on) == (Alert.State.TAKEN, helene, due)

    sentence = "Deux personnes de plus à partir de janvier, et une semaine sans astreinte."
    page.get_by_label("Ce qui a été décidé").fill(sentence)
    page.get_by_role("button", name="Clore l’alerte").click()
    expect(page.get_by_role("region", name="Ce qui a été décidé")).to_contain_text(sentence)
    journal = page.get_by_role("complementary")
    expect(journal).to_contain_text(sentence)
    alert.refresh_from_db()
    assert (alert.state, alert.closing, alert.closed_by) == (Alert.State.CLOSED, sentence, helene)

    # Those who work there read the sentence at home.
    today = timezone.localdate()
    there = Assignment.objects.filter(mission__client=alert.client).during(today, today)
    theirs = visits.page(there.select_related("person")[0].person, Taste(PHONE))
    theirs.goto("/")
    expect(theirs.get_by_text(sentence)).to_be_visible()


def test_a_decision_reaches_the_person_concerned(visits: Visits, firm: Firm) -> None:
    camille, samia = firm.person("manager"), firm.person("L002")
    alert = Alert.objects.exclude(state=Alert.State.CLOSED).get(person=samia)
    page = visits.page(camille, Taste(language="en"))
    page.goto("/alerts/")
    page.locator(f"#alert-{alert.pk}").get_by_role("link", name="Handle").click()
    reason = page.get_by_role("region", name="Why this alert").locator("p").first.inner_text()
    until = timezone.localdate() + timedelta(days=30)
    page.get_by_label("Bring it back on").fill(until.isoformat())
    page.get_by_label("Why is now not the moment?").fill("She is on leave until then.")
    page.locator("#postpone").get_by_role("button", name="Postpone").click()
    expect(page.get_by_text("It comes back by itself.")).to_be_visible()
    alert.refresh_from_db()
    assert (alert.state, alert.postponed_until) == (Alert.State.POSTPONED, until)

    # The same words for both; the person concerned may look and not act.
    hers = visits.page(samia, Taste(PHONE, language="en"))
    hers.goto(f"/alerts/{alert.pk}/")
    expect(hers.get_by_text("This is about you.")).to_be_visible()
    expect(hers.get_by_role("region", name="Why this alert")).to_contain_text(reason)
    expect(hers.get_by_text("She is on leave until then.")).to_be_visible()
    expect(hers.get_by_role("button", name="Postpone")).to_have_count(0)

    page.get_by_label("What was decided").fill("A quieter mission from March on.")
    page.get_by_role("button", name="Close the alert").click()
    expect(page.get_by_text("The people concerned read your sentence.")).to_be_visible()
    hers.goto("/")
    expect(hers.get_by_text("A quieter mission from March on.")).to_be_visible()


def test_the_load_chart_is_drawn_and_has_its_table(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"), Taste(language="en"))
    page.goto("/load/")
    plot = page.locator(".js-plotly-plot")
    expect(plot).to_be_visible()
    # Styled: the layers lie on each other instead of one below the other.
    boxes = plot.locator("svg.main-svg").evaluate_all(
        "all => all.map(e => [getComputedStyle(e).position, e.getBoundingClientRect().top])"
    )
    assert len(boxes) > 1
    assert {position for position, _ in boxes} == {"absolute"}
    assert len({top for _, top in boxes}) == 1
    expect(page.locator(".modebar-btn")).to_have_count(0)
    hover_until_told(plot)

    shown = page.get_by_role("region", name="The chart’s data").locator("tbody tr")
    few = shown.count()
    page.get_by_role("link", name=re.compile("^Show all")).click()
    expect(plot).to_be_visible()
    page.get_by_text("See the chart’s data").first.click()
    expect(page.get_by_role("region", name="The chart’s data")).to_be_visible()
    assert shown.count() > few
    expect(shown.filter(has_text="Samia Lambert")).to_have_count(1)


def test_a_chart_follows_the_theme(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"))
    page.goto("/load/")
    tick = page.locator(".js-plotly-plot .xtick text").first
    before = tick.evaluate("e => getComputedStyle(e).fill")
    page.get_by_role("button", name="Thème").first.click()
    expect(tick).not_to_have_css("fill", before)


def test_a_changed_question_cuts_the_chart(visits: Visits, firm: Firm) -> None:
    """The line is cut, the upright one named; the page's rules of style are kept."""
    latest = Release.objects.filter(state=Release.State.PUBLISHED)[0]
    before = latest.asked
    asked = before | {OVERALL: [[["load", 2, 5]]]}
    Release.objects.filter(pk=latest.pk).update(asked=asked)
    try:
        page = visits.page(firm.person("manager"))
        page.goto("/overview/")
        page.get_by_role("link", name="Banque Orsel", exact=True).click()
        plot = page.locator(".js-plotly-plot")
        expect(plot.get_by_text("Question modifiée")).to_be_visible()
        expect(plot.locator(".shapelayer path")).to_have_count(1)
        heading = page.get_by_role("heading", name="Question modifiée : comparable à partir de")
        expect(heading).to_be_visible()
        page.get_by_text("Voir les données du graphique").click()
        expect(page.get_by_role("region", name="Données du graphique")).to_contain_text(
            "ne se compare pas"
        )
    finally:
        Release.objects.filter(pk=latest.pk).update(asked=before)


def test_the_figures_of_a_period_are_taken_out(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"), Taste(language="en"))
    page.goto("/overview/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    name = waiting.value.suggested_filename
    assert re.fullmatch(r"figures-\d{4}-\d{2}-\d{2}\.csv", name)
    assert "Banque Orsel" in waiting.value.path().read_text(encoding="utf-8-sig")


def test_another_period_is_chosen(visits: Visits, firm: Firm) -> None:
    latest, earlier = published_periods(limit=2)
    scope = Scope("firm", "", OVERALL)
    cells = published(viewer=SystemViewer("test"), periods=[latest.id, earlier.id])
    page = visits.page(firm.person("manager"))
    page.goto("/overview/")
    first = page.locator(".kpi .big").first
    expect(first).to_contain_text(str(figure(cells, latest.id, scope).score))
    page.get_by_label("Période publiée").select_option(earlier.starts_on.isoformat())
    page.get_by_role("button", name="Afficher").click()
    expect(page).to_have_url(re.compile(f"period={earlier.starts_on.isoformat()}"))
    expect(first).to_contain_text(str(figure(cells, earlier.id, scope).score))
    # The choice goes along to a client.
    page.get_by_role("link", name="Aéris Systèmes").click()
    expect(page.get_by_label("Période publiée")).to_have_value(earlier.starts_on.isoformat())


def test_a_withheld_client_shows_the_sentence_and_nothing_else(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"))
    page.goto("/clients/")
    row = page.get_by_role("row", name="Kermadec Énergie")
    expect(row).to_contain_text("Pas assez de réponses (il faut 5 personnes)")
    # What the client thinks stands in the last cell, and is no figure of our people.
    ours = " ".join(row.locator("th, td").all_inner_texts()[:-1])
    assert not re.search(r"\d", ours.replace("5 personnes", ""))
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kermadec Énergie")
    figures = page.locator(".split > .stack").first
    expect(figures).to_contain_text("Pas assez de réponses (il faut 5 personnes)")
    expect(
        page.locator("[data-chart], .js-plotly-plot, script[type='application/json']")
    ).to_have_count(0)
    expect(page.get_by_text("sur 100")).to_have_count(0)


def test_the_overview_on_a_phone(visits: Visits, firm: Firm) -> None:
    page = visits.page(firm.person("manager"), Taste(PHONE, "dark"))
    page.goto("/overview/")
    assert fits(page)
    page.get_by_text("Menu", exact=True).tap()
    page.get_by_role("link", name="Équilibre").or_(
        page.get_by_role("link", name="Répartition")
    ).first.tap()
    # A narrow screen keeps the server's own narrow drawing: names would crush the other one.
    expect(page.locator("svg.only-narrow").first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    assert fits(page)


def test_a_client_s_page_on_paper(visits: Visits, firm: Firm) -> None:
    """Nothing to press, nothing folded, and the drawing that has the colours of paper."""
    page = visits.page(firm.person("helene"))
    page.goto("/clients/")
    page.get_by_role("link", name="Banque Orsel").first.click()
    chart = page.locator("[data-chart]")
    expect(chart.locator(".plot .main-svg").first).to_be_visible()
    folded = page.get_by_role("region", name="Données du graphique")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    for gone in (".side", ".tabs", ".crumbs", "[data-print]", "select", ".plot"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(chart.locator("svg.c").first).to_be_visible()
    expect(folded.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("heading", name="Qui y travaille aujourd’hui")).to_be_visible()
