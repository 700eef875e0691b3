"""The file of published figures: what the pages show, for whom, and nothing beside it."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from scoring.models import ReleasedCell
from scoring.publication import OVERALL, Scope, published_periods
from tests import make, simulated
from tests.dashboards import published
from tests.dashboards.published import Firm

Lines = list[dict[str, str]]
HEADERS = [
    "Kind", "Reference", "Name", "Theme", "Score", "Margin from", "Margin to", "People",
    "Reliability", "Beside the firm", "Since the period before", "Period", "Published on",
]  # fmt: skip


@pytest.fixture
def firm(db: None) -> Firm:
    made = published.firm(people=40, clients=6, periods=3, rounds=1)
    User.objects.update(language="en")
    return made


def address(**query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('dashboards:figures_export')}?{asked}"


def lines(browser: Browser, person: User, **query: str) -> Lines:
    browser.force_login(person)
    answer = browser.get(address(**query))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def whole(rows: Lines, kind: str) -> dict[str, dict[str, str]]:
    return {r["Reference"]: r for r in rows if (r["Kind"], r["Theme"]) == (kind, "Overall")}


def test_every_figure_is_the_gates(firm: Firm, browser: Browser) -> None:
    rows = lines(browser, firm.manager)
    latest = published_periods(limit=1)[0]
    assert list(rows[0]) == HEADERS
    for ref, row in whole(rows, "Client").items():
        cell = firm.cells[latest.id, Scope("client", ref)]
        if cell.withheld:
            assert row["Score"] == "Withheld"
            continue
        told = (row["Score"], row["Margin from"], row["Margin to"])
        assert told == (str(cell.score), str(cell.low), str(cell.high))
        assert row["People"].startswith(cell.band[:2].rstrip("-"))
        assert row["Reliability"] in ("Solid", "To be confirmed", "Fragile")
        assert row["Beside the firm"].endswith("the firm")
        assert row["Since the period before"]
    named = {row["Theme"] for row in rows}
    assert named == {"Overall", *(d.name_en for d in dimensions())}
    assert {row["Published on"] for row in rows} == {latest.published_at.date().isoformat()}
    assert {row["Kind"] for row in rows} >= {"Firm", "Unit", "Client", "Mission profile"}


def dimensions() -> list[object]:
    from surveys.models import Dimension  # noqa: PLC0415 -- used by one test

    return list(Dimension.objects.filter(code__in=simulated.CODES))


def test_a_withheld_figure_holds_no_number(firm: Firm, browser: Browser) -> None:
    hidden = [row for row in lines(browser, firm.manager) if row["Score"] == "Withheld"]
    assert hidden
    for row in hidden:
        assert {row[name] for name in HEADERS[5:11]} == {""}
    latest = published_periods(limit=1)[0].id
    one = firm.made.clients[0]
    nothing = {"score": None, "low": None, "high": None, "band": "", "withheld": True}
    mine = ReleasedCell.objects.filter(release__period=latest, ref=one.ref)
    mine.filter(dimension=OVERALL).update(**nothing)
    # Its themes stay behind its overall figure, as on its page.
    rows = [row for row in lines(browser, firm.manager) if row["Reference"] == one.ref]
    assert [(row["Theme"], row["Score"]) for row in rows] == [("Overall", "Withheld")]


def test_a_consultant_gets_the_firm_the_profiles_and_own_clients(
    firm: Firm, browser: Browser
) -> None:
    rows = lines(browser, firm.consultant)
    own = {row.mission.client.ref for row in firm.consultant.assignments.all()}
    everything = lines(browser, firm.manager)
    assert set(whole(rows, "Client")) == own
    assert own < set(whole(everything, "Client"))
    assert {row["Kind"] for row in rows} == {"Firm", "Client", "Mission profile"}
    assert all(row in everything for row in rows)


def test_pages_and_file_agree(firm: Firm, browser: Browser) -> None:
    rows = whole(lines(browser, firm.manager), "Client")
    shown = {ref: row["Score"] for ref, row in rows.items()}
    text = browser.get(reverse("dashboards:client_list")).content.decode()
    for client in firm.made.clients:
        assert f">{client.name}</a>" in text
        assert (f">{shown[client.ref]}<" in text) or shown[client.ref] == "Withheld"


def test_an_older_period_has_its_own_file_and_name(firm: Firm, browser: Browser) -> None:
    first = published_periods()[-1]
    browser.force_login(firm.manager)
    answer = browser.get(address(period=first.starts_on.isoformat()))
    assert f'filename="figures-{first.starts_on}.csv"' in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    rows = lines(browser, firm.manager, period=first.starts_on.isoformat())
    assert whole(rows, "Firm")[""]["Score"] == str(firm.cells[first.id, Scope("firm")].score)
    assert {row["Since the period before"] for row in rows} == {""}


@pytest.mark.parametrize(
    "query", [{"period": "2020-01-01"}, {"period": "x"}, {"format": "pdf"}, {"format": "../csv"}]
)
def test_bad_input_no_other_file_stands_in(
    firm: Firm, browser: Browser, query: dict[str, str]
) -> None:
    browser.force_login(firm.manager)
    assert browser.get(address(**query)).status_code == 404
    assert not AuditEntry.objects.filter(object_kind="figures").exists()


def test_before_the_first_release_there_is_no_file(world: object, browser: Browser) -> None:
    browser.force_login(world.manager)  # type: ignore[attr-defined]  # -- the fixture's world
    assert browser.get(address()).status_code == 404


def test_the_workbook_says_the_same_in_french_and_computes_nothing(
    firm: Firm, browser: Browser
) -> None:
    client = firm.made.clients[0]
    client.name = "=cmd|' /C calc'!A0"
    client.save()
    table = [list(row.values()) for row in lines(browser, firm.manager)]
    assert any(cell.startswith("'=cmd") for row in table for cell in row)
    answer = browser.get(address(format="xlsx"))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {
        "s",
        "n",
    }
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    assert rows == [HEADERS, *table]
    User.objects.update(language="fr")
    answer = browser.get(address(format="xlsx"))
    assert "chiffres-" in answer["Content-Disposition"]
    head = next(load_workbook(io.BytesIO(answer.content)).active.values)
    assert head[:3] == ("Nature", "Référence", "Nom")


def test_a_file_taken_out_is_written_down(firm: Firm, browser: Browser) -> None:
    rows = lines(browser, firm.referent)
    entry = AuditEntry.objects.get(object_kind="figures")
    latest = published_periods(limit=1)[0]
    assert (entry.actor, entry.action) == (firm.referent, "export")
    assert entry.object_ref == latest.starts_on.isoformat()
    assert entry.changes == {"lines": ["", str(len(rows))]}


def test_one_client_and_forty_cost_the_same(firm: Firm, browser: Browser) -> None:
    browser.force_login(firm.manager)
    browser.get(address())
    counts = []
    for more in (0, 40):
        for number in range(more):
            make.client(ref=f"MORE{number}", unit=firm.made.clients[0].unit)
            make.profile()
        with CaptureQueriesContext(connection) as captured:
            browser.get(address())
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["overview", "client_list", "profile_list", "firm"])
def test_pages_lead_to_the_file_of_their_period(firm: Firm, browser: Browser, name: str) -> None:
    first = published_periods()[-1].starts_on
    browser.force_login(firm.manager)
    answer = browser.get(reverse(f"dashboards:{name}") + f"?period={first}")
    text = answer.content.decode()
    for kind in ("csv", "xlsx"):
        assert f"{reverse('dashboards:figures_export')}?period={first}&amp;format={kind}" in text
