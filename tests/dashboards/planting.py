"""A simulated firm with things that may not get out, and all that its pages and files show."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from balancing import statuses
from clients import charter as charters
from clients import paths
from clients.models import CharterValue, Client, ClientRevenue, Path
from followup.models import Promise
from missions.models import Mission
from scoring import compute, participation, release, reviewing
from scoring.models import Score
from scoring.publication import published_periods
from surveys.models import ClientReview, Round
from surveys.models.answers import CheckIn
from surveys.reviewing import Judged, open_review, submit
from tests import make, simulated
from tests.clients import chartered
from tests.dashboards.published import Firm
from tests.surveys.reviews import WORDS

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
    # Seven of them judged this one, each alone: six in the first review, all in the last.
    judged: Client
    judges: list[User]
    unrounded: list[float] = field(default_factory=list)

    def person(self, role: str) -> User:
        own = {"insider": self.people, "judge": self.judges}
        return own[role][0] if role in own else getattr(self.firm, role)

    @property
    def hidden(self) -> tuple[Client, ...]:
        return self.four, self.one, self.none


def plant(**sizes: int) -> Planted:
    """Nothing is scored yet, and the last review is not out."""
    made = simulated.firm(**sizes)
    unit = made.clients[0].unit
    manager = make.person(first_name="Camille", is_consultant=False, is_manager=True)
    unit.manager = manager
    unit.save()
    own: dict[str, Any] = {"unit": unit, "account_manager": manager}
    rows = [make.client(ref=f"ZZ{n}", name=f"Client Masque{n}", **own) for n in range(3)]
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
    judged = make.client(ref="JUGE", name="Client Jugé", **own)
    there = make.mission(client=judged, profile=made.profiles[1])
    judges = [make.person(last_name=f"Jugeote{n}", unit=unit) for n in range(7)]
    for person in judges:
        make.assignment(person=person, mission=there, share=30)
    firm = Firm(
        made=made,
        manager=manager,
        referent=make.person(is_consultant=False, is_referent=True),
        administrator=make.person(is_consultant=False, is_administrator=True),
        consultant=made.people[0],
    )
    planted = Planted(firm, *rows, people=people, judged=judged, judges=judges)
    write_down(planted)
    return planted


@pytest.fixture
def planted(db: None) -> Planted:
    made = plant(people=30, clients=5, periods=3, rounds=1)
    judge_last(made)
    made.unrounded = score_and_release(made.firm.made)
    return made


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
    reviewing.release_reviews_due(now=made.after)
    statuses.status_due(now=made.after)
    return unrounded


# --- what stands beside the figures ----------------------------------------------------------


def write_down(planted: Planted) -> None:
    """A charter, what was written on the hidden clients (on each the same), a promise, revenue,
    and a first review of the client that is judged."""
    firm, first = planted.firm, planted.firm.made.rounds[0]
    now = first.opens_at
    chartered.published(firm.referent, now=now, places=3)
    for row in planted.hidden:
        chartered.sheet(row, firm.referent, "snc", now=now)
        chartered.excepted(row, firm.manager, now=now)
        walk(row, firm.manager, planted)
    words = {"text_fr": "Nous tenons.", "text_en": "We keep it."}
    Promise.objects.create(place=1, measure="load_fair", starts_on=first.starts_on, **words)
    months = [date(2025, month, 1) for month in range(1, 7)]
    ClientRevenue.objects.bulk_create(
        ClientRevenue(client=row, month=month, amount=4000 if row in planted.hidden else 9000)
        for row in Client.objects.all()
        for month in months
    )
    review = opened(first)
    for person in planted.judges[:6]:
        # Three of six on the third value: a word that one more could tip.
        judge(planted, review, person, "s-s" if person in planted.judges[:3] else "s-n")


def walk(client: Client, by: User, planted: Planted) -> None:
    """A path that is finished, between two periods, and one that goes on."""
    rounds = planted.firm.made.rounds
    path = chartered.path_of(by, client=client, now=rounds[0].opens_at)
    chartered.asked(path, by, now=rounds[0].opens_at)
    ended: dict[str, Any] = {"state": Path.State.FINISHED, "outcome": "Tenu."}
    paths.end_path(path=path, by=by, now=rounds[-1].opens_at, **ended)
    chartered.path_of(by, client=client, now=rounds[-1].closes_at)


def opened(round_: Round) -> ClientReview:
    assert open_review(round_=round_, now=round_.opens_at)
    return ClientReview.objects.get(round=round_)


def chosen(planted: Planted) -> list[CharterValue]:
    return charters.chosen(ClientReview.objects.order_by("pk")[0].charter)


def judge_last(
    planted: Planted, *, six: str = "s", four: str = "r", newcomer: str = "r", ticks: int = 2
) -> None:
    """The last review. The first value: as the six say, whatever the newcomer does. The second:
    answered by four alone. The third: as before, and the newcomer tips it. Everybody ticks the
    first action of the first value as kept; two people the second one."""
    review, judges = opened(planted.firm.made.rounds[-1]), planted.judges
    for place, person in enumerate(judges):
        first, third = (six, "s" if place < 3 else "n") if place < 6 else (newcomer, "s")
        # Whoever reads pages as one of them is none of the four.
        second = four if 0 < place < 5 else "-"
        judge(planted, review, person, first + second + third, [0, 1] if place < ticks else [0])


def judge(
    planted: Planted,
    review: ClientReview,
    person: User,
    letters: str,
    kept: list[int] | None = None,
) -> None:
    values = [one.pk for one in chosen(planted)]
    pairs = list(zip(values, letters, strict=True))
    said = Judged(
        {pk: WORDS[one] for pk, one in pairs if one in WORDS},
        {values[0]: "kept"},
        tuple(pk for pk, one in pairs if one == "r"),
        kept_actions={values[0]: kept} if kept else {},
    )
    submit(review=review, client=planted.judged, person=person, judged=said, now=review.opened_at)


# --- everything that is shown ----------------------------------------------------------------

# Those that tell of a period that is asked for, and the others.
DATED = (
    "overview", "firm", "client_list", "profile_list", "symmetry", "enough", "portfolio",
    "figures_export", "enough_export", "portfolio_export", "load", "how_made", "firm_comments",
)  # fmt: skip
PLAIN = (
    "dashboards:home", "dashboards:load_own", "dashboards:exceptions", "followup:alert_list",
    "followup:promise_list", "followup:promise_export", "clients:path_list", "clients:sheet_list",
    "clients:stance_list", "clients:stance_team", "clients:prospect_list", "clients:charter",
    "surveys:review_plan", "surveys:satisfaction_plan",
)  # fmt: skip
OF_CLIENT = ("client", "client_export", "client_comments")


def dated(planted: Planted) -> Iterator[str]:
    yield from (reverse(f"dashboards:{name}") for name in DATED)
    for client in Client.objects.all():
        yield from (reverse(f"dashboards:{name}", args=[client.pk]) for name in OF_CLIENT)
    for profile in planted.firm.made.profiles:
        yield reverse("dashboards:profile", args=[profile.pk])


def undated() -> Iterator[str]:
    yield from map(reverse, PLAIN)
    yield from (reverse("dashboards:path", args=[row.pk]) for row in Path.objects.all())
    for client in Client.objects.all():
        yield reverse("dashboards:client_answers", args=[client.pk])
        yield reverse("clients:sheet_detail", args=[client.pk])


def addresses(planted: Planted) -> Iterator[str]:
    """Pages and files as they open, then those that tell of a period for each one before."""
    yield from undated()
    yield from dated(planted)
    for period in published_periods()[1:]:
        yield from (f"{address}?period={period.starts_on}" for address in dated(planted))


def pages(planted: Planted, browser: Browser, role: str) -> dict[str, str]:
    """Every page and file that this role may open."""
    browser.force_login(planted.person(role))
    answered = {address: browser.get(address) for address in addresses(planted)}
    return {
        address: one.content.decode()
        for address, one in answered.items()
        if one.status_code == 200
    }


BADGE = re.compile(
    r'class="score" data-l="\d">(\d+)<span class="w">[^<]*</span></span>'
    r' <span class="ivl-text">(\d+) à (\d+)<'
)
HEAT = re.compile(r'<td data-l="\d">(\d+)<small><span class="vh">[^<]*</span>(\d+)–(\d+)</small>')
CHART_ROW = re.compile(r"<td>(\d+)</td><td>(\d+) à (\d+)</td>")
CHART = re.compile(r'<script id="trend" type="application/json">(.*?)</script>')
MARGIN = ("Marge, de", "Marge, à")


def figures_on(text: str) -> set[Triple]:
    """Every estimate with its interval: badges, heat map, tables, charts, lines of a file."""
    rows = [*BADGE.findall(text), *HEAT.findall(text), *CHART_ROW.findall(text)]
    if "Marge, de" in text.split("\n", 1)[0]:
        lines = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
        score = "Score" if "Score" in lines[0] else "Bien-être"
        rows += [[line[name] for name in (score, *MARGIN)] for line in lines if line[MARGIN[0]]]
    found = {(int(score), int(low), int(high)) for score, low, high in rows}
    for chart in CHART.findall(text):
        line = json.loads(chart)["data"][1]
        up, down = line["error_y"]["array"], line["error_y"]["arrayminus"]
        for score, more, less in zip(line["y"], up, down, strict=True):
            if score is not None:
                found.add((score, score - less, score + more))
    return found


def told(shown: dict[str, str]) -> dict[str, set[Triple]]:
    """The figures of each page and file. What if makes its own of the gate's: those are held
    against it in ``test_portfolio_subtraction.py``."""
    own = tuple(map(reverse, ("dashboards:portfolio", "dashboards:portfolio_export")))
    return {
        address: figures_on(text)
        for address, text in shown.items()
        if address.split("?")[0] not in own
    }


def given_by_the_gate(planted: Planted) -> set[Triple]:
    return {
        (cell.score, cell.low, cell.high)
        for cell in planted.firm.cells.values()
        if not cell.withheld
    }
