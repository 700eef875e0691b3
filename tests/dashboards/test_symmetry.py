"""What clients think beside what our people live: the client's page, the square, the refusal."""

import doctest
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from dashboards import satisfaction
from dashboards.charts_symmetry import symmetry_figure, symmetry_svg
from dashboards.names import Named
from dashboards.satisfaction import Loyalty, Moment, Row, Symmetry, zone_of
from scoring.maths import symmetry as ranks
from scoring.maths.symmetry import Correlation, rank_correlation
from scoring.publication import WITHHELD, Cell
from scoring.satisfaction import NO_OPINION, Opinion, beside_people
from surveys.models import Asking
from surveys.opinions import submit
from tests import make
from tests.dashboards import published
from tests.dashboards.asked import survey_over
from tests.dashboards.published import Firm
from tests.world import World

DAY = date(2026, 11, 24)


def people(score: int, group: str = "in_line") -> Cell:
    return Cell(False, score, score - 5, score + 5, "8-12", 3, "solid", group)


def client(score: int, group: str = "in_line") -> Opinion:
    return Opinion(False, score, score - 5, score + 5, 3, "solid", group)


def row(lived: Cell, thought: Opinion, name: str = "Groupe Mutelia", times: int = 1) -> Row:
    moment = Moment(DAY, lived, thought, beside_people(lived, thought))
    loyal = Loyalty(DAY, 3)
    return Row(Named(1, name[:3], name), [moment] * times, loyal, answered=2, asked=3)


def view(*rows: Row) -> Symmetry:
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    firm, mean = people(60), client(70)
    return Symmetry(moment, None, firm, mean, 4, 5, 0, 0, list(rows))


# --- what may be said ------------------------------------------------------------------------


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(ranks).failed == 0


@pytest.mark.parametrize(
    ("lived", "thought", "words"),
    [
        ("above", "above", "Bien des deux côtés"),
        ("below", "below", "Difficile des deux côtés"),
        ("below", "above", "Le client est satisfait, nos équipes vont moins bien"),
        ("above", "below", "Nos équipes vont bien, le client est moins satisfait"),
        ("in_line", "above", "Une marge atteint le milieu\xa0: pas de zone"),
        ("", "above", ""),
        ("above", "", ""),
    ],
)
def test_a_zone_takes_both_whole_margins(lived: str, thought: str, words: str) -> None:
    assert zone_of(people(60, lived), client(60, thought)) == words
    assert zone_of(WITHHELD, client(60, thought)) == ""


def test_a_gap_is_told_as_far_as_its_margin_allows() -> None:
    assert "nettement au-dessus" in row(people(50), client(80)).gap_words
    assert "nettement en dessous" in row(people(80), client(50)).gap_words
    assert row(people(60), client(60)).gap_words == "pas d’écart net"
    assert row(WITHHELD, client(65)).gap_words == ""
    assert not row(WITHHELD, client(65)).is_shown


def test_a_trend_takes_three_surveys() -> None:
    assert row(people(50), client(80), times=2).trend == ""
    gap = row(people(50), client(80), times=3)
    margin = f"({gap.last.gap.low:.0f} à {gap.last.gap.high:.0f})"
    assert gap.trend == f"écart de +30 {margin} à +30 {margin} en 3 enquêtes"
    assert row(WITHHELD, client(80), times=3).gaps == [None] * 3


def test_under_fifteen_clients_nothing_is_said() -> None:
    pairs = [(float(n), float(n)) for n in range(14)]
    assert rank_correlation(pairs) is None
    assert rank_correlation([(50.0, float(n)) for n in range(20)]) is None
    assert rank_correlation([(float(n), 50.0) for n in range(20)]) is None


def test_a_correlation_has_its_margin() -> None:
    """Against the textbook: ρ = 1 − 6 Σd²/(n(n² − 1)) without ties, z ± 1.645·√(1.06/(n−3))."""
    order = [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14]
    found = rank_correlation([(float(n), float(other)) for n, other in enumerate(order)])
    assert found is not None
    assert found.rho == pytest.approx(1 - 6 * 16 / (16 * 255))
    assert (found.low, found.high) == (
        pytest.approx(0.941, abs=0.001),
        pytest.approx(0.991, abs=0.001),
    )
    back = rank_correlation([(float(n), -float(other)) for n, other in enumerate(order)])
    assert back is not None
    assert (back.rho, back.low, back.high) == (-found.rho, -found.high, -found.low)
    down = rank_correlation([(float(n), -float(n)) for n in range(15)])
    assert down == Correlation(15, -1.0, -1.0, -1.0)


# --- drawings --------------------------------------------------------------------------------


def test_the_drawing_and_the_figure_hold_the_shown_clients_alone() -> None:
    hidden = row(WITHHELD, client(85), "Banque Cachée")
    shown = row(people(50), client(80), "Coopérative de Verdane")
    told = view(shown, hidden)
    svg, figure = symmetry_svg(told), symmetry_figure(told)
    assert "Coopérative de…" in svg
    assert "Cachée" not in svg + json.dumps(figure)
    assert svg.count("<circle") == 1
    for words in (
        "Bien des deux côtés",
        "Difficile des deux côtés",
        "nos équipes vont moins bien",
    ):
        assert words in svg
    assert figure["data"][1]["x"] == [50]
    assert figure["data"][1]["y"] == [80]
    assert figure["data"][0]["x"] == [20, 100]
    assert len(figure["layout"]["annotations"]) == 4
    assert len(figure["layout"]["shapes"]) == 2


def test_a_large_firm_draws_the_widest_gaps() -> None:
    told = view(*(row(people(50), client(80), f"Client {n}") for n in range(60)))
    assert symmetry_svg(told).count("<circle") == len(symmetry_figure(told)["data"][1]["x"]) == 40
    assert told.ranks is None  # sixty times the same says nothing


def test_low_figures_take_the_whole_scale_and_missing_lines_are_left_out() -> None:
    told = view(row(people(10), client(80)))
    bare = Symmetry(told.closed_at, None, WITHHELD, NO_OPINION, 4, 5, 0, 0, told.rows)
    assert symmetry_figure(told)["data"][0]["x"] == [0, 100]
    assert symmetry_figure(bare)["layout"]["shapes"] == []
    assert 'class="ref"' not in symmetry_svg(bare)
    assert 'class="ref"' in symmetry_svg(told)


# --- pages -----------------------------------------------------------------------------------


@pytest.fixture
def firm(db: None) -> Firm:
    return published.firm(people=40, clients=4, periods=3, rounds=1)


def largest(firm: Firm) -> list[Client]:
    """Clients with a figure in the last period, then the others."""
    last = firm.made.periods[-1].pk
    shown = {s.ref for (p, s), c in firm.cells.items()
             if p == last and s.kind == "client" and not c.withheld}  # fmt: skip
    return sorted(firm.made.clients, key=lambda one: one.ref not in shown)


def symmetry_page(browser: Browser) -> str:
    return browser.get(reverse("dashboards:symmetry")).content.decode()


def test_before_the_first_survey_the_page_says_what_to_do(firm: Firm, browser: Browser) -> None:
    browser.force_login(firm.manager)
    assert "Aucune enquête auprès des clients" in symmetry_page(browser)
    page = reverse("dashboards:client", args=[firm.made.clients[0].pk])
    assert "Aucune enquête auprès de ce client" in browser.get(page).content.decode()


def test_three_surveys_make_a_curve_and_a_place_in_the_square(
    firm: Firm, browser: Browser
) -> None:
    clients = largest(firm)
    for number, asked in enumerate(firm.made.rounds):
        survey_over(asked, {one: [100 - 25 * number, 75, 75] for one in clients})
    browser.force_login(firm.manager)
    text = symmetry_page(browser)
    assert 'id="symmetry"' in text
    assert "il faut 15 clients" in text
    assert f"{len(clients) * 3} réponses pour {len(clients) * 3} contacts" in text
    figure = json.loads(
        re.search(r'id="symmetry" type="application/json">(.*?)</script>', text)[1]
    )
    assert len(figure["data"][1]["x"]) >= 1
    page = browser.get(reverse("dashboards:client", args=[clients[0].pk])).content.decode()
    assert "Ce que pense le client" in page
    assert "en 3 enquêtes" in page
    assert "Nos équipes" in page
    assert "jamais d’une personne" in page


def test_nobody_answered_is_unknown(firm: Firm, browser: Browser) -> None:
    one = largest(firm)[0]
    made = survey_over(firm.made.rounds[-1], {one: [75]})
    browser.force_login(firm.manager)
    page = browser.get(reverse("dashboards:client", args=[one.pk])).content.decode()
    assert "Pas encore assez de réponses" in page
    assert "pas encore de chiffre" in symmetry_page(browser)
    assert "Aucun client n’a encore les deux chiffres" in symmetry_page(browser)
    assert made.askings.count() == 1


def test_the_page_costs_the_same_for_many_clients(firm: Firm, browser: Browser) -> None:
    browser.force_login(firm.manager)
    survey_over(firm.made.rounds[0], {one: [75, 50] for one in firm.made.clients[:1]})
    symmetry_page(browser)
    with CaptureQueriesContext(connection) as few:
        symmetry_page(browser)
    more = [make.client(unit=firm.made.clients[0].unit) for _ in range(30)]
    survey_over(firm.made.rounds[-1], {one: [75, 50] for one in [*more, *firm.made.clients]})
    with CaptureQueriesContext(connection) as many:
        assert more[7].name in symmetry_page(browser)
    assert len(many) == len(few) <= 14


def test_a_period_goes_with_a_survey_by_the_calendar() -> None:
    assert satisfaction.period_at(datetime(2026, 11, 24, tzinfo=UTC), []) is None


# --- who reads what --------------------------------------------------------------------------


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """One person of ours at the client, whose account manager is the manager."""
    opens = datetime(2026, 11, 10, 9, tzinfo=UTC)
    asked = make.round_(opens.date())
    survey_over(asked, {world.client: [75, 100, 50], world.other_client: [25, 50, 50]})
    now = asked.closes_at + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


def page_for(world: World, role: str, name: str = "client") -> tuple[int, str]:
    browser = Browser()
    browser.force_login(world.person(role))  # type: ignore[arg-type]  # -- never anonymous
    said = browser.get(reverse(f"dashboards:{name}", args=[world.client.pk]))
    return said.status_code, said.content.decode()


def test_our_people_there_read_it_first_and_are_told_so(world: World, told: datetime) -> None:
    _status, own = page_for(world, "consultant")
    assert "Vous le lisez en premier" in own
    assert "Toutes les enquêtes" in own
    for role in ("manager", "other_manager", "referent"):
        assert "Aucune enquête auprès de ce client" in page_for(world, role)[1]


def test_after_the_head_start_everybody_who_reads_the_client(
    world: World, told: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: told + timedelta(days=7))
    for role in ("consultant", "manager", "other_manager", "referent"):
        text = page_for(world, role)[1]
        assert "Toutes les enquêtes" in text
        assert "Vous le lisez en premier" not in text


def test_single_answers_with_names_are_the_account_managers(
    world: World, told: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Asking.objects.filter(contact__client=world.client).earliest("pk")
    submit(asking=late, answers={}, now=told)  # over: refused
    in_time = late.survey.opened_at + timedelta(hours=2)
    said, reader = {"overall": 100}, world.manager
    submit(asking=late, answers=said, comment="Plus <tôt>.", reader=reader, now=in_time)
    status, text = page_for(world, "manager", "client_answers")
    assert status == 200
    assert "Pas encore de réponse à lire" in text
    monkeypatch.setattr("django.utils.timezone.now", lambda: told + timedelta(days=7))
    _status, text = page_for(world, "manager", "client_answers")
    assert text.count("Hélène Vasseur") == 3
    assert "Plus &lt;tôt&gt;." in text
    assert "<strong>Très bonne</strong>" in text
    for role in ("consultant", "other_manager", "referent", "administrator"):
        assert page_for(world, role, "client_answers")[0] == 404
    for role in ("referent", "consultant", "manager"):
        shown = page_for(world, role)[1]
        assert "Hélène Vasseur" not in shown
        assert "Plus &lt;tôt&gt;." not in shown


def test_who_takes_an_account_over_reads_nothing_of_before(
    world: World, told: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form named somebody else to each contact."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: told + timedelta(days=7))
    Client.objects.filter(pk=world.client.pk).update(account_manager=world.other_manager)
    status, text = page_for(world, "other_manager", "client_answers")
    assert status == 200
    assert "Hélène Vasseur" not in text
    assert "<strong>Bonne</strong>" not in text
    assert "3 réponses ne sont pas montrées" in text
    assert "Personne n’a répondu" not in text
    assert page_for(world, "manager", "client_answers")[0] == 404


def test_an_internal_product_is_not_asked(world: World, told: datetime) -> None:
    Client.objects.filter(pk=world.client.pk).update(kind="internal")
    text = page_for(world, "referent")[1]
    assert "produits maison" in text
