"""What pages, charts and exports show, taken together, gives away nobody.

A group of four holds answers that nothing else in the firm could give; every page of every role
and the export are then searched for them, and everything shown is held against the gate.
"""

import csv
import json
import re
from io import StringIO
from itertools import permutations, product
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from missions.models import Assignment
from scoring.models import ReleasedCell
from scoring.publication import OVERALL, Scope, published_periods
from scoring.satisfaction import opinions
from surveys.models import Period
from surveys.models.answers import CheckIn
from tests.dashboards.asked import survey_over
from tests.dashboards.planting import (
    CHART,
    CHART_ROW,
    DATED,
    DISTINCT,
    ROLES,
    Planted,
    Triple,
    figures_on,
    given_by_the_gate,
    pages,
    told,
)
from tests.dashboards.planting import planted as planted
from tests.simulated import CODES

NUMBERS = ("Score", "Margin from", "Margin to")


def exported(period: Period | None = None) -> list[dict[str, Any]]:
    text = StringIO()
    which = ["--period", str(period.starts_on)] if period else []
    call_command("export_release", *which, stdout=text)
    return json.loads(text.getvalue())


# --- tests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_a_role_is_shown_gives_anybody_away(
    planted: Planted, browser: Browser, role: str
) -> None:
    """Pages and files of every period, got once: three searches of the same texts."""
    shown = pages(planted, browser, role)
    if role in ("manager", "referent"):
        names = {address.split("?")[0] for address in shown}
        assert {reverse(f"dashboards:{name}") for name in DATED} - names <= {
            reverse("dashboards:load")
        }
    every_figure_came_through_the_gate(planted, shown, role)
    no_planted_answer_mean_or_unrounded_estimate(
        planted, [*shown.values(), json.dumps(exported())]
    )
    nobody_is_named_beside_a_figure(shown, planted.person(role))


def every_figure_came_through_the_gate(planted: Planted, shown: dict[str, str], role: str) -> None:
    gate, found = given_by_the_gate(planted), set()
    for address, figures in told(shown).items():
        assert figures <= gate, address
        found |= figures
    assert bool(found) == (role != "administrator")


def no_planted_answer_mean_or_unrounded_estimate(planted: Planted, texts: list[str]) -> None:
    values = [value for answers in DISTINCT for value in answers.values()]
    values += [11.13, 12.77, 14.59]
    values += [sum(one.values()) / len(one) for one in DISTINCT]
    values += [sum(v) / len(v) for c in CODES if (v := [a[c] for a in DISTINCT if c in a])]
    forbidden = {f"{value:.2f}" for value in (*values, *planted.unrounded)}
    forbidden |= {text.replace(".", ",") for text in forbidden}
    for text in texts:
        # Geometry of drawings is made of the same rounded figures: left out, its digits are many.
        words = re.sub(r'(points|cx|cy|[xy][12]?|d|transform|width)="[^"]*"', "", text)
        # A comma parts two cells of a file.
        words = words if "<main" in words else words.replace(",", ";")
        assert not forbidden & set(re.findall(r"\d+[.,]\d{2}", words))


def nobody_is_named_beside_a_figure(shown: dict[str, str], reader: User) -> None:
    """None of those who answer; who decided on an exception stands there by name."""
    names = list(
        User.objects.filter(is_consultant=True)
        .exclude(pk=reader.pk)
        .values_list("last_name", flat=True)
    )
    for address, text in shown.items():
        if figures_on(text) or "score-hidden" in text:
            main = text
            if "<main" in text:
                main = text[text.index("<main") : text.index("</main>")]
            # Who works at a client stands apart, from staffing alone: no figure is in there.
            named = re.search(r'<section class="card stack" id="team".*?</section>', main, re.S)
            if named:
                assert not figures_on(named.group())
                assert "score" not in named.group()
                main = main.replace(named.group(), "")
            assert not [name for name in names if name in main], address


@pytest.mark.parametrize("role", ["manager", "referent", "insider"])
def test_withheld_looks_the_same_whatever_the_cause(
    planted: Planted, browser: Browser, role: str
) -> None:
    """Four answered, one did, nobody did: the same bytes but for the client's own name."""
    browser.force_login(planted.person(role))
    found = {
        neutral(browser.get(reverse("dashboards:client", kwargs={"pk": row.pk})), row)
        for row in planted.hidden
    }
    assert len(found) == 1
    assert "(il faut 5\xa0personnes)" in found.pop().replace("5 personnes", "5\xa0personnes")


def neutral(answered: Any, row: Client) -> str:
    text: str = answered.content.decode()
    for own, same in ((row.name, "CLIENT"), (f"/clients/{row.pk}/", "/clients/PK/")):
        text = text.replace(own, same)
    text = re.sub(r"/(missions|paths|exceptions)/\d+/", r"/\1/PK/", text)
    text = re.sub(r"(?<=/clients/)\d+(?=/edit)|(?<=\?client=)\d+|(?<=/sheets/)\d+", "PK", text)
    return re.sub(r'value="\w{64}"', "", text)


@pytest.mark.parametrize("role", ["manager", "referent", "insider"])
def test_what_clients_think_tells_nothing_more_of_our_people(
    planted: Planted, browser: Browser, role: str
) -> None:
    """Every client says the same; the three without a figure stay alike on every page, and every
    figure shown is the gate's or a client's own."""
    every = list(Client.objects.all())
    for asked in planted.firm.made.rounds:
        survey_over(asked, {row: [75, 100, 50] for row in every})
    browser.force_login(planted.person(role))
    pages_of = [
        neutral(browser.get(reverse("dashboards:client", kwargs={"pk": row.pk})), row)
        for row in planted.hidden
    ]
    assert len(set(pages_of)) == 1
    assert "Ce que pense le client" in pages_of[0]
    every_opinion = opinions(viewer=planted.firm.referent, now=timezone.now())
    clients = {
        (one.score, one.low, one.high)
        for said in (said for rows in every_opinion.values() for said in rows)
        for one in (said.index, *said.topics.values())
    }
    for address, figures in told(pages(planted, browser, role)).items():
        assert figures <= given_by_the_gate(planted) | clients, address
    if role == "insider":
        return
    text = browser.get(reverse("dashboards:symmetry")).content.decode()
    lines = set()
    for row in planted.hidden:
        line = re.search(rf'<tr><th scope="row"><a href="/clients/{row.pk}/">.*?</tr>', text, re.S)
        assert line
        assert "score-hidden" in line.group()
        lines.add(line.group().replace(row.name, "").replace(f"/{row.pk}/", ""))
        assert row.name not in text[text.index("<svg") : text.index('id="rows"')]
    assert len(lines) == 1


def test_withheld_lines_of_lists_are_the_same(planted: Planted, browser: Browser) -> None:
    browser.force_login(planted.firm.manager)
    text = browser.get(reverse("dashboards:client_list")).content.decode()
    lines = set()
    for row in planted.hidden:
        line = re.search(rf'<tr><th scope="row"><a href="/clients/{row.pk}/">.*?</tr>', text, re.S)
        assert line
        lines.add(line.group().replace(row.name, "").replace(f"/{row.pk}/", ""))
    assert len(lines) == 1


def test_no_figure_of_the_hidden_clients_is_in_the_export(planted: Planted) -> None:
    hidden = {row.ref for row in planted.hidden}
    lines = [line for line in exported() if line["scope"] == "client" and line["ref"] in hidden]
    assert lines
    for line in lines:
        assert set(line) == {"scope", "ref", "dimension", "withheld"}
        assert line["withheld"] is True


def test_the_export_is_what_pages_can_show(planted: Planted, browser: Browser) -> None:
    """Nothing on a manager's pages as they open that no period's export has (a path shows the
    figure before it), and back for the latest."""
    lines = [line for line in exported() if not line.get("withheld")]
    every = [line for period in planted.firm.made.periods for line in exported(period)]
    known = {(row["score"], row["low"], row["high"]) for row in every if not row.get("withheld")}
    texts = pages(planted, browser, "manager")
    plain = {address: CHART.sub("", CHART_ROW.sub("", text)) for address, text in texts.items()}
    latest = {figure for address, found in told(plain).items() if "?" not in address
              for figure in found}  # fmt: skip
    assert any(CHART.search(text) for text in texts.values())
    assert latest <= known
    firm = [line for line in lines if line["scope"] == "firm"]
    clients = [line for line in lines if line["scope"] in ("client", "profile")]
    assert {(line["score"], line["low"], line["high"]) for line in clients} <= latest
    assert firm


@pytest.mark.parametrize("role", ROLES)
def test_the_file_of_a_client_holds_cells_of_the_gate_alone(
    planted: Planted, browser: Browser, role: str
) -> None:
    """Of every client, in each period, as a file: the gate's figures, and none of the hidden."""
    User.objects.update(language="en")
    browser.force_login(planted.person(role))
    shown: set[Triple] = set()
    for client, period in product(Client.objects.all(), published_periods()):
        address = reverse("dashboards:client_export", kwargs={"pk": client.pk})
        answered = browser.get(address, {"period": period.starts_on})
        if answered.status_code != 200:
            continue
        rows = list(csv.DictReader(StringIO(answered.content.decode("utf-8-sig"))))
        found = {tuple(int(row[name]) for name in NUMBERS) for row in rows if row["Score"]}
        assert found <= given_by_the_gate(planted), address
        if client in planted.hidden:
            assert not found
            lived = [row["In words"] for row in rows if row["Section"] == "Well-being"]
            assert lived == ["Withheld"]
        shown |= found
    assert bool(shown) == (role in ("manager", "referent", "consultant"))


def test_no_difference_of_two_shown_cells_is_of_fewer_than_five_people(planted: Planted) -> None:
    """Whatever can be set against whatever: firm, units, pools, clients, on one dimension."""
    for period in planted.firm.made.periods:
        for dimension in (OVERALL, *CODES):
            members = members_of(period, dimension)
            for one, two in permutations(members, 2):
                if members[two] <= members[one]:
                    rest = {person for person, _client in members[one] - members[two]}
                    assert not 0 < len(rest) < 5, (one, two)


def members_of(period: Period, dimension: str) -> dict[Scope, frozenset[tuple[int, str]]]:
    """(person, client) pairs in each nested cell shown, and in all shown parts together."""
    rows = CheckIn.objects.filter(round__period=period).select_related("mission__client__unit")
    pairs = {
        (row.person_id, row.mission.client.ref): row.mission.client.unit.ref
        for row in rows
        if (dimension == OVERALL and 2 * len(row.answers) > len(CODES)) or dimension in row.answers
    }
    cells = ReleasedCell.objects.filter(
        release__period=period, dimension=dimension, withheld=False
    ).exclude(kind="profile")
    shown = {(kind, ref) for kind, ref in cells.values_list("kind", "ref")}
    alone = {ref for kind, ref in shown if kind == "client"}
    units = {ref for kind, ref in shown if kind == "unit"}
    tests = {
        "firm": lambda ref, client, unit: True,
        "unit": lambda ref, client, unit: unit == ref,
        "client": lambda ref, client, unit: client == ref,
        "pool": lambda ref, client, unit: (
            unit == ref and client not in alone if ref else unit not in units
        ),
    }
    found = {
        Scope(kind, ref, dimension): frozenset(
            pair for pair, unit in pairs.items() if tests[kind](ref, pair[1], unit)
        )
        for kind, ref in shown
    }
    every = [members for scope, members in found.items() if scope.kind != "firm"]
    return found | {Scope("parts", "", dimension): frozenset().union(*every)}


def test_a_person_who_worked_at_a_hidden_client_learns_nothing_more(
    planted: Planted, browser: Browser
) -> None:
    own = pages(planted, browser, "insider")
    rows = Assignment.objects.filter(person=planted.people[0]).count()
    assert rows == len(planted.hidden)
    text = own[reverse("dashboards:firm")]
    for row in planted.hidden:
        line = re.search(rf">{row.name}</a></th>(.*?)</tr>", text, re.S)
        assert line
        assert "score-hidden" in line.group(1)
        assert not re.search(
            r"\d", re.sub(r"<svg.*?</svg>|\(il faut.*?\)|colspan=\"\d\"", "", line.group(1))
        )
