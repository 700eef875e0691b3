"""Pages of figures: who reads what, the period selector, and every state, in both languages."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from scoring.models import Release, ReleasedCell
from scoring.publication import OVERALL, Scope, published_periods
from surveys.models import Period
from tests import make, simulated
from tests.dashboards import published
from tests.dashboards.published import Firm
from tests.world import World

PAGES = ("overview", "client_list", "profile_list", "firm")


@pytest.fixture
def firm(db: None) -> Firm:
    return published.firm(people=40, clients=6, periods=3, rounds=1)


def page(browser: Browser, person: User, name: str, query: str = "", **args: int) -> str:
    browser.force_login(person)
    answer = browser.get(reverse(f"dashboards:{name}", kwargs=args) + query)
    assert answer.status_code == 200
    return without_tokens(answer.content.decode())


def without_tokens(text: str) -> str:
    """A page without what is drawn anew each time, and without its own address."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return re.sub(r'<input type="hidden" name="next" value="[^"]*">', "", text)


def shown(firm: Firm, kind: str) -> tuple[set[str], set[str]]:
    """References of that kind with a figure in the latest period, and without one."""
    latest = published_periods(limit=1)[0].id
    cells = {
        scope.ref: cell.withheld
        for (period, scope), cell in firm.cells.items()
        if period == latest and scope.kind == kind and scope.dimension == OVERALL
    }
    return {ref for ref, no in cells.items() if not no}, {ref for ref, no in cells.items() if no}


# --- what is read ----------------------------------------------------------------------------


def test_the_overview_shows_what_the_gate_gives(firm: Firm, browser: Browser) -> None:
    text = page(browser, firm.manager, "overview")
    known, withheld = shown(firm, "client")
    latest = published_periods(limit=1)[0].id
    assert known
    assert withheld
    for client in firm.made.clients:
        cell = firm.cells[latest, Scope("client", client.ref)]
        line = re.search(rf">{client.name}</a><small>.*?</tr>", text, re.DOTALL)
        assert bool(line) == (client.ref in known)
        if line:
            assert f'data-l="{cell.level}">{cell.score}<' in line.group()
            assert f"{cell.low} à {cell.high}" in line.group()


@pytest.mark.parametrize(("language", "said"), [("fr", "Vue d’ensemble"), ("en", "Overview")])
@pytest.mark.parametrize("name", PAGES)
def test_pages_speak_both_languages(
    firm: Firm, browser: Browser, name: str, language: str, said: str
) -> None:
    User.objects.update(language=language)
    text = page(browser, firm.manager, name)
    assert f'<html lang="{language}">' in text
    assert said in text  # the menu stands on each
    with override(language):
        names = {d.name for d in firm_dimensions()}
    assert names & set(re.findall(r">([^<>]+)<", text)) or name == "client_list"


def firm_dimensions() -> list[object]:
    from surveys.models import Dimension  # noqa: PLC0415 -- used by one test

    return list(Dimension.objects.filter(code__in=simulated.CODES))


def test_a_consultant_reads_the_firm_the_profiles_and_their_own_clients(
    firm: Firm, browser: Browser
) -> None:
    own = {row.mission.client for row in firm.consultant.assignments.all()}
    others = set(firm.made.clients) - own
    text = page(browser, firm.consultant, "firm")
    for client in own:
        assert client.name in text
        assert page(browser, firm.consultant, "client", pk=client.pk)
    for client in others:
        assert f">{client.name}<" not in text
        address = reverse("dashboards:client", kwargs={"pk": client.pk})
        assert browser.get(address).status_code == 404
    assert page(browser, firm.consultant, "profile", pk=firm.made.profiles[0].pk)


def test_everybody_reads_the_same_figure_of_a_client(firm: Firm, browser: Browser) -> None:
    known, _ = shown(firm, "client")
    own = [row.mission.client for row in firm.consultant.assignments.all()]
    client = next(row for row in own if row.ref in known)
    texts = [
        page(browser, person, "client", pk=client.pk)
        for person in (firm.consultant, firm.manager, firm.referent)
    ]
    figures = [
        re.findall(r'class="score" data-l="\d">\d+<.*?</span> <span.*?</span>', text)
        for text in texts
    ]
    assert figures[0]
    assert figures[0] == figures[1] == figures[2]


def test_a_consultant_has_neither_actions_nor_missions_nor_scripts_of_charts(
    firm: Firm, browser: Browser
) -> None:
    client = firm.consultant.assignments.first().mission.client
    text = page(browser, firm.consultant, "client", pk=client.pk)
    for word in ("plotly", reverse("clients:client_edit", kwargs={"pk": client.pk}), "alerts/"):
        assert word not in text


def test_a_client_has_its_themes_beside_the_firm_and_its_curve(
    firm: Firm, browser: Browser
) -> None:
    known, _ = shown(firm, "client")
    client = next(row for row in firm.made.clients if row.ref in known)
    text = page(browser, firm.manager, "client", pk=client.pk)
    curve = [
        firm.cells.get((period.pk, Scope("client", client.ref))) for period in firm.made.periods
    ]
    drawn = all(cell and not cell.withheld for cell in curve)
    assert ('data-chart="trend"' in text) == drawn
    latest = published_periods(limit=1)[0].id
    for code in simulated.CODES:
        cell = firm.cells[latest, Scope("client", client.ref, code)]
        assert cell.withheld or f'data-l="{cell.level}">{cell.score}<' in text


def test_own_products_stand_apart(firm: Firm, browser: Browser) -> None:
    known, _ = shown(firm, "client")
    client = next(row for row in firm.made.clients if row.ref in known)
    client.kind = client.Kind.INTERNAL
    client.save()
    User.objects.update(language="en")
    text = page(browser, firm.manager, "overview")
    heading = text.index("Own products</th>")
    assert text.index(f">{client.name}</a><small>") > heading


def test_links_to_staffing_are_for_those_who_may_use_them(world: World, browser: Browser) -> None:
    edit = reverse("clients:client_edit", kwargs={"pk": world.client.pk})
    assert edit in page(browser, world.manager, "client", pk=world.client.pk)
    for person in (world.other_manager, world.referent, world.consultant):
        assert edit not in page(browser, person, "client", pk=world.client.pk)


# --- the period selector, and what an address may say ----------------------------------------


def test_the_selector_offers_published_periods_and_nothing_else(
    firm: Firm, browser: Browser
) -> None:
    make.period(firm.made.rounds[-1].starts_on + timedelta(days=28))
    text = page(browser, firm.manager, "overview")
    offered = re.findall(r'<option value="([^"]*)"', text)
    assert offered == [row.starts_on.isoformat() for row in published_periods()]


def test_an_older_period_shows_its_own_figures_and_links_stay_in_it(
    firm: Firm, browser: Browser
) -> None:
    first = published_periods()[-1]
    query = f"?period={first.starts_on}"
    text = page(browser, firm.manager, "overview", query)
    cell = firm.cells[first.id, Scope("firm")]
    assert f'<p class="big">{cell.score} ' in text
    assert f'/{query}"' in text
    assert f'value="{first.starts_on}" selected' in text


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "bad", ["password", "client__missions__person__user__password", "a.b", "%00"]
)
def test_bad_input_D01(firm: Firm, browser: Browser, name: str, bad: str) -> None:
    """No page takes an order from its address: the page is the one without."""
    asked = f"?order_by={bad}&sort={bad}&o={bad}"
    assert page(browser, firm.manager, name, asked) == page(browser, firm.manager, name)


@pytest.mark.parametrize("name", PAGES)
def test_bad_input_D02(firm: Firm, browser: Browser, name: str) -> None:
    bad = "?from=2026-02-30&to=2025-01-01&client=3&profile=2&unit=1&dimension=load"
    assert page(browser, firm.manager, name, bad) == page(browser, firm.manager, name)


@pytest.mark.parametrize(
    "bad", ["?period=2026-W60", "?period=%00", "?period=2025-01-15", "?period=" + "9" * 5000]
)
def test_bad_input_D05_period(firm: Firm, browser: Browser, bad: str) -> None:
    User.objects.update(language="en")
    text = page(browser, firm.manager, "overview", bad)
    assert "These figures are not published: here is the latest release." in text
    notice = r'<p class="notice mb-4".*?</p>'
    assert re.sub(notice, "", text) == page(browser, firm.manager, "overview")


@pytest.mark.parametrize("bad", ["?page=0", "?page=99999999999999999999", "?page=abc"])
def test_bad_input_D05_page(firm: Firm, browser: Browser, bad: str) -> None:
    User.objects.update(language="en")
    text = page(browser, firm.manager, "client_list", bad)
    assert "here is the first one" in text


def test_bad_input_D04_withheld_client(firm: Firm, browser: Browser) -> None:
    _, withheld = shown(firm, "client")
    client = next(row for row in firm.made.clients if row.ref in withheld)
    text = page(browser, firm.manager, "client", pk=client.pk)
    assert "Pas assez de réponses (il faut 5\xa0personnes)" in text.replace(
        " personnes", "\xa0personnes"
    )
    assert "data-chart" not in text
    assert 'class="score"' not in text
    assert "data-l=" not in text


def test_bad_input_D04_unpublished_period(firm: Firm, browser: Browser) -> None:
    latest = published_periods(limit=1)[0]
    Release.objects.filter(period=latest.id).update(state=Release.State.WITHDRAWN)
    gone = page(browser, firm.manager, "overview", f"?period={latest.starts_on}")
    assert f'value="{latest.starts_on}"' not in gone


# --- states ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_before_the_first_release_pages_say_what_comes_and_when(
    world: World, browser: Browser, name: str
) -> None:
    asked = make.round_()
    later = asked.closes_at + timedelta(days=3650)
    Period.objects.filter(pk=asked.period_id).update(closes_at=later)
    User.objects.update(language="en")
    text = page(browser, world.manager, name)
    assert "No figures yet" in text
    assert str(later.year) in text
    assert 'class="score"' not in text


def test_before_the_first_release_a_client_and_a_profile_are_there(
    world: World, browser: Browser
) -> None:
    User.objects.update(language="en")
    for name, pk in (("client", world.client.pk), ("profile", world.profile.pk)):
        text = page(browser, world.manager, name, pk=pk)
        assert "No figures yet" in text
        assert world.mission.title in text


def test_a_late_release_is_said_and_the_former_figures_stay(firm: Firm, browser: Browser) -> None:
    latest, before, _ = published_periods()
    Period.objects.filter(pk=latest.id).update(closes_at=firm.made.rounds[-1].closes_at)
    Release.objects.filter(period=latest.id).update(state=Release.State.WITHHELD)
    User.objects.update(language="en")
    text = page(browser, firm.manager, "overview")
    assert re.search(r"The release of .* is late\. The figures of .* stay\.", text)
    assert f'<p class="big">{firm.cells[before.id, Scope("firm")].score} ' in text


def test_a_release_in_time_is_not_late(firm: Firm, browser: Browser) -> None:
    User.objects.update(language="en")
    assert "is late" not in page(browser, firm.manager, "overview")


def test_everything_withheld_is_a_state_of_its_own(firm: Firm, browser: Browser) -> None:
    nothing = {"score": None, "low": None, "high": None, "band": "", "withheld": True}
    ReleasedCell.objects.update(**nothing)
    User.objects.update(language="en")
    for name in PAGES:
        text = page(browser, firm.manager, name)
        assert "Not enough answers (" in text
        assert "data-l=" not in text
    client, profile = firm.made.clients[0], firm.made.profiles[0]
    assert "(5 people are needed)" in page(browser, firm.manager, "client", pk=client.pk)
    assert "(8 people are needed)" in page(browser, firm.manager, "profile", pk=profile.pk)
    # A period says the number that its own release needed.
    for row in Release.objects.all():
        row.made["rules"]["people"] = 10
        row.save()
    assert "(10 people are needed)" in page(browser, firm.manager, "client", pk=client.pk)
    assert "(10 people are needed)" in page(browser, firm.manager, "profile", pk=profile.pk)


def test_the_first_period_says_that_it_has_no_history(firm: Firm, browser: Browser) -> None:
    User.objects.update(language="en")
    first = published_periods()[-1]
    known = next(
        scope.ref
        for (period, scope), cell in firm.cells.items()
        if period == first.id and scope.kind == "client" and not cell.withheld
    )
    client = next(row for row in firm.made.clients if row.ref == known)
    query = f"?period={first.starts_on}"
    text = page(browser, firm.manager, "client", query, pk=client.pk)
    assert "First period: no history yet" in text


def test_a_withheld_firm_leaves_clients_readable(firm: Firm, browser: Browser) -> None:
    nothing = {"score": None, "low": None, "high": None, "band": "", "withheld": True}
    ReleasedCell.objects.filter(kind="firm").update(**nothing)
    text = page(browser, firm.manager, "overview")
    assert 'class="ref"' not in text
    assert "data-l=" in text


@pytest.mark.parametrize(
    ("kept", "said"),
    [("90+", "90 <small>% and more"), ("under_30", "under</small> 30"), ("85", "85 <small>%")],
)
def test_participation_is_told_as_it_is_kept(
    firm: Firm, browser: Browser, kept: str, said: str
) -> None:
    from scoring.models import Participation  # noqa: PLC0415 -- used by one test

    Participation.objects.filter(unit=None).update(shown=kept)
    User.objects.update(language="en")
    for name in ("overview", "firm"):
        assert said in page(browser, firm.manager, name)
