"""What pages, charts and exports show, taken together, gives away nobody.

A group of four holds answers that nothing else in the firm could give; every page of every role
and the export are then searched for them, and everything shown is held against the gate.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from clients.models import Client
from missions.models import Assignment, Mission
from scoring import compute, participation, release
from scoring.models import ReleasedCell, Score
from scoring.publication import OVERALL, Scope, published_periods
from surveys.models import Period, Round
from surveys.models.answers import CheckIn
from tests import make, simulated
from tests.dashboards.published import Firm
from tests.simulated import CODES

# Answers that an import may bring, and that no other group can give.
DISTINCT = (
    {"load": 3.17, "relation": 6.29, "meaning": 9.41},
    {"load": 2.83, "relation": 5.71},
    {"load": 4.39, "relation": 7.63, "meaning": 1.93},
    {"load": 8.87, "meaning": 5.23},
)
Triple = tuple[int, int, int]
ROLES = ("manager", "referent", "administrator", "consultant", "insider")


@dataclass
class Planted:
    """The firm, three clients without a figure for three causes, and what may not get out."""

    firm: Firm
    four: Client
    one: Client
    none: Client
    people: list[User]
    unrounded: list[float] = field(default_factory=list)

    def person(self, role: str) -> User:
        return self.people[0] if role == "insider" else getattr(self.firm, role)

    @property
    def hidden(self) -> tuple[Client, ...]:
        return self.four, self.one, self.none


@pytest.fixture
def planted(db: None) -> Planted:
    made = simulated.firm(people=30, clients=5, periods=3, rounds=1)
    unit = made.clients[0].unit
    rows = [make.client(ref=f"ZZ{n}", name=f"Client Masque{n}", unit=unit) for n in range(3)]
    people = [make.person(last_name=f"Zorglub{n}", unit=unit) for n in range(4)]
    missions = [
        make.mission(client=row, profile=made.profiles[0], title="Mission masquée") for row in rows
    ]
    for mission in missions:
        for person in people:
            make.assignment(person=person, mission=mission, share=30)
    last = made.rounds[-1]
    for person, answers in zip(people, DISTINCT, strict=True):
        answer(person, missions[0], last, answers)
    answer(people[0], missions[1], last, {"load": 11.13, "relation": 12.77, "meaning": 14.59})
    unrounded = score_and_release(made)
    manager = make.person(first_name="Camille", is_consultant=False, is_manager=True)
    unit.manager = manager
    unit.save()
    firm = Firm(
        made=made,
        manager=manager,
        referent=make.person(is_consultant=False, is_referent=True),
        administrator=make.person(is_consultant=False, is_administrator=True),
        consultant=made.people[0],
    )
    return Planted(firm, *rows, people=people, unrounded=unrounded)


def answer(person: User, mission: Mission, asked: Round, answers: dict[str, float]) -> None:
    CheckIn.objects.create(
        person=person, mission=mission, round=asked, answers=answers, sent_at=asked.opens_at
    )


def score_and_release(made: simulated.Simulated) -> list[float]:
    """Everything out; the estimates as they were before rounding."""
    participation.count_participation(now=made.after)
    compute.score_due(now=made.after)
    known = Score.objects.exclude(estimate=None).exclude(estimate=0.0).exclude(estimate=100.0)
    unrounded = list(known.values_list("estimate", flat=True))
    release.release_due(now=made.after)
    return unrounded


# --- everything that is shown ----------------------------------------------------------------


def addresses(planted: Planted) -> Iterator[str]:
    for name in ("overview", "firm", "client_list", "profile_list", "home", "load", "load_own"):
        yield reverse(f"dashboards:{name}")
    yield reverse("followup:alert_list")
    for client in Client.objects.all():
        yield reverse("dashboards:client", kwargs={"pk": client.pk})
    for profile in planted.firm.made.profiles:
        yield reverse("dashboards:profile", kwargs={"pk": profile.pk})


def pages(planted: Planted, browser: Browser, role: str) -> dict[str, str]:
    """Every page that this role may open, for the latest and the one before it."""
    browser.force_login(planted.person(role))
    before = published_periods()[1]
    found = {}
    for address in addresses(planted):
        for query in ("", f"?period={before.starts_on}"):
            answered = browser.get(address + query)
            if answered.status_code == 200:
                found[address + query] = answered.content.decode()
    return found


def exported(period: Period | None = None) -> list[dict[str, Any]]:
    text = StringIO()
    which = ["--period", str(period.starts_on)] if period else []
    call_command("export_release", *which, stdout=text)
    return json.loads(text.getvalue())


BADGE = re.compile(
    r'class="score" data-l="\d">(\d+)<span class="w">[^<]*</span></span>'
    r' <span class="ivl-text">(\d+) à (\d+)<'
)
HEAT = re.compile(r'<td data-l="\d">(\d+)<small><span class="vh">[^<]*</span>(\d+)–(\d+)</small>')
CHART_ROW = re.compile(r"<td>(\d+)</td><td>(\d+) à (\d+)</td>")
CHART = re.compile(r'<script id="trend" type="application/json">(.*?)</script>')


def figures_on(text: str) -> set[Triple]:
    """Every estimate with its interval on a page: badges, heat map, tables, charts."""
    rows = [*BADGE.findall(text), *HEAT.findall(text), *CHART_ROW.findall(text)]
    found = {(int(score), int(low), int(high)) for score, low, high in rows}
    for chart in CHART.findall(text):
        line = json.loads(chart)["data"][1]
        up, down = line["error_y"]["array"], line["error_y"]["arrayminus"]
        for score, more, less in zip(line["y"], up, down, strict=True):
            if score is not None:
                found.add((score, score - less, score + more))
    return found


def given_by_the_gate(planted: Planted) -> set[Triple]:
    return {
        (cell.score, cell.low, cell.high)
        for cell in planted.firm.cells.values()
        if not cell.withheld
    }


# --- tests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_figure_of_every_page_came_through_the_gate(
    planted: Planted, browser: Browser, role: str
) -> None:
    shown = {address: figures_on(text) for address, text in pages(planted, browser, role).items()}
    for address, figures in shown.items():
        assert figures <= given_by_the_gate(planted), address
    assert any(shown.values()) == (role != "administrator")


@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_a_planted_answer_its_mean_or_an_unrounded_estimate(
    planted: Planted, browser: Browser, role: str
) -> None:
    texts = [*pages(planted, browser, role).values(), json.dumps(exported())]
    values = [value for answers in DISTINCT for value in answers.values()]
    values += [11.13, 12.77, 14.59]
    values += [sum(one.values()) / len(one) for one in DISTINCT]
    values += [sum(v) / len(v) for c in CODES if (v := [a[c] for a in DISTINCT if c in a])]
    forbidden = {f"{value:.2f}" for value in (*values, *planted.unrounded)}
    forbidden |= {text.replace(".", ",") for text in forbidden}
    for text in texts:
        # Geometry of drawings is made of the same rounded figures: left out, its digits are many.
        words = re.sub(r'(points|cx|cy|[xy][12]?|d|transform)="[^"]*"', "", text)
        assert not forbidden & set(re.findall(r"\d+[.,]\d{2}", words))


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
    text = re.sub(r"/missions/\d+/", "/missions/PK/", text)
    text = re.sub(r"(?<=/clients/)\d+(?=/edit)", "PK", text)
    return re.sub(r'value="\w{64}"', "", text)


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
    """Nothing on a manager's pages of the latest period that the export lacks, and back."""
    lines = [line for line in exported() if not line.get("withheld")]
    known = {(line["score"], line["low"], line["high"]) for line in lines}
    texts = pages(planted, browser, "manager")
    latest = {figure for address, text in texts.items() if "?" not in address
              for figure in figures_on(CHART.sub("", CHART_ROW.sub("", text)))}  # fmt: skip
    assert any(CHART.search(text) for text in texts.values())
    assert latest <= known
    firm = [line for line in lines if line["scope"] == "firm"]
    clients = [line for line in lines if line["scope"] in ("client", "profile")]
    assert {(line["score"], line["low"], line["high"]) for line in clients} <= latest
    assert firm


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_named_beside_a_figure(planted: Planted, browser: Browser, role: str) -> None:
    reader = planted.person(role)
    for address, text in pages(planted, browser, role).items():
        if figures_on(text) or "score-hidden" in text:
            main = text[text.index("<main") : text.index("</main>")]
            for person in User.objects.exclude(pk=reader.pk):
                assert person.last_name not in main, address


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
