"""A client's page: what stands there for whom, in which order, and its file."""

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from balancing.models import StatusPass, StatusRule
from clients import paths, screening
from clients.models import Client, Path, PathRequest
from followup.models import Alert
from scoring.charter_facts import REVIEW, charter_facts
from scoring.client_scoring import score_clients_due
from scoring.models import ClientOpinion, Release, ReleasedCell
from scoring.publication import OVERALL, Scope
from surveys.models import Asking, ClientSurvey
from surveys.models.answers import CheckIn
from tests import make
from tests.balancing.portfolio import kept
from tests.clients import chartered
from tests.dashboards import published
from tests.dashboards.asked import survey_over
from tests.dashboards.planned import aim
from tests.dashboards.published import Firm
from tests.world import World

pytestmark = pytest.mark.django_db
ORDER = (
    "lived", "profiles", "satisfaction", "charter", "path", "decisions", "actions", "team",
)  # fmt: skip
HEADERS = [
    "Section", "Topic", "In words", "Score", "Margin from", "Margin to", "People", "Reliability",
    "Beside the firm", "Since the period before", "Period or day",
]  # fmt: skip


@pytest.fixture
def firm(db: None) -> Firm:
    return published.firm(people=24, clients=2, periods=3, rounds=1)


def subject(firm: Firm) -> Client:
    """A client where the consultant is."""
    return firm.consultant.assignments.all()[0].mission.client


def page(browser: Browser, person: User, client: Client, name: str = "client") -> Any:
    browser.force_login(person)
    answer = browser.get(reverse(f"dashboards:{name}", args=[client.pk]))
    assert answer.status_code == 200
    return answer


def closed_alert(firm: Firm, client: Client, opened: datetime) -> Alert:
    asked = firm.made.rounds[0]
    return Alert.objects.create(
        rule=Alert.Rule.CLIENT_BELOW, client=client, opened_at=opened, opened_round=asked,
        seen_round=asked, managers_from=opened, state=Alert.State.CLOSED, closing="Fait.",
        closed_at=opened + timedelta(days=1), closed_by=firm.manager,
        reason={"withdrawn": True},
    )  # fmt: skip


def full(firm: Firm, client: Client) -> None:
    """One of everything that can stand there, early enough to have an effect."""
    opened = firm.made.periods[0].closes_at + timedelta(days=1)
    path = chartered.path_of(firm.manager, now=opened, client=client)
    chartered.asked(path, firm.manager, now=opened)
    paths.end_path(
        path=path, state=Path.State.FINISHED, outcome="Obtenu.", by=firm.manager,
        now=opened + timedelta(days=1),
    )  # fmt: skip
    again = chartered.path_of(firm.manager, now=opened + timedelta(days=2), client=client)
    chartered.asked(again, firm.manager, now=opened + timedelta(days=2))
    chartered.excepted(client, firm.manager, now=opened)
    closed_alert(firm, client, opened)


# --- the page --------------------------------------------------------------------------------


def test_sections_stand_in_the_order_in_which_one_decides(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    survey_over(firm.made.rounds[-1], {client: [75, 100, 50]})
    full(firm, client)
    text = page(browser, firm.manager, client).content.decode()
    places = [text.index(f'id="{name}"') for name in ORDER]
    assert places == sorted(places)
    assert all(f'href="#{name}"' in text for name in ORDER if name != "path")
    assert text.count("Ce que pense le client") == 1


def test_a_manager_reads_paths_alerts_and_effects_and_may_act(
    firm: Firm, browser: Browser
) -> None:
    client = subject(firm)
    full(firm, client)
    answer = page(browser, firm.manager, client)
    walk, story = answer.context["walk"], answer.context["story"]
    first, after = firm.made.periods[0], firm.made.periods[1]
    scope = Scope("client", client.ref, OVERALL)
    for effect in (walk.ended[0].effect, story.closed[0].effect):
        assert effect.before == firm.cells[(first.pk, scope)]
        assert effect.after == firm.cells[(after.pk, scope)]
    assert walk.open.waiting == 1
    text = answer.content.decode()
    assert reverse("dashboards:path", args=[walk.open.path.pk]) in text
    assert "Fait." in text


def test_who_may_nothing_is_offered_nothing(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    full(firm, client)
    answer = page(browser, firm.consultant, client)
    text = answer.content.decode()
    assert answer.context["team"] is None
    assert 'id="team"' not in text
    for name in ("clients:exception_create", "clients:path_create"):
        assert reverse(name) not in text
    assert "/alerts/" not in text
    # The sentence at the end is theirs to read; so is the path.
    assert "Fait." in text
    assert reverse("dashboards:path", args=[Path.objects.latest("pk").pk]) in text


def test_people_there_are_named_from_staffing_alone(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    today = timezone.localdate()
    person = make.person(last_name="Delorme", unit=client.unit)
    gone = make.person(last_name="Partie", unit=client.unit)
    mission = make.mission(client=client, profile=firm.made.profiles[0])
    make.assignment(person=person, mission=mission)
    make.assignment(person=gone, mission=mission)
    gone.assignments.update(ends_on=today - timedelta(days=1))
    text = page(browser, firm.referent, client).content.decode()
    named = re.search(r'id="team".*?</section>', text, re.S)
    assert named
    assert "Delorme" in named.group()
    assert "Partie" not in text


def test_a_large_team_is_named_up_to_a_number(
    firm: Firm, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.client_page.NAMED", 2)
    client = subject(firm)
    mission = make.mission(client=client, profile=firm.made.profiles[0])
    for _ in range(5):
        make.assignment(person=make.person(unit=client.unit), mission=mission)
    team = page(browser, firm.manager, client).context["team"]
    assert (len(team.rows), team.more >= 3) == (2, True)


def test_exceptions_that_run_come_first_and_the_rest_is_counted(
    firm: Firm, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.client_page.EXCEPTIONS", 2)
    client, now = subject(firm), firm.made.after
    made = [
        chartered.excepted(client, firm.manager, now=now + timedelta(hours=turn))
        for turn in range(4)
    ]
    for row in made[1:]:
        row.closed_at = row.decided_at + timedelta(minutes=1)
        row.save()
    answer = page(browser, firm.manager, client)
    told = answer.context["decisions"]
    assert [one.row.pk for one in told.exceptions] == [made[0].pk, made[3].pk]
    assert told.more == 2
    section = re.search(r'id="decisions".*?</section>', answer.content.decode(), re.S)
    assert section
    assert "Et 2 autres." in section.group()
    rows = [row for row in rows_of(browser, firm.manager, client) if row["Partie"] == "Exception"]
    assert [row["En mots"] for row in rows][2:] == ["Et 2 autres."]


def test_before_anything_is_known_each_section_says_so(world: World, browser: Browser) -> None:
    text = page(browser, world.manager, world.client).content.decode()
    for words in (
        "Rien n’est demandé à ce client", "Aucune exception à la charte",
        "Aucune alerte sur ce client", "Aucune enquête",
    ):  # fmt: skip
        assert words in text
    for name in ("clients:path_create", "clients:exception_create"):
        assert reverse(name) + f"?client={world.client.pk}" in text


def test_the_links_begin_with_that_client(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    for name in ("clients:path_create", "clients:exception_create"):
        text = browser.get(reverse(name) + f"?client={world.client.pk}").content.decode()
        assert f'<option value="{world.client.pk}" selected>' in text
        odd = browser.get(reverse(name) + "?client=%00x")
        assert odd.status_code == 200
        assert f'<option value="{world.client.pk}" selected>' not in odd.content.decode()


def test_a_withheld_client_has_no_figure_of_a_profile_beside(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    hide(client)
    text = page(browser, firm.manager, client).content.decode()
    profiles = re.search(r'id="profiles".*?</section>', text, re.S)
    assert profiles
    assert 'class="score' not in profiles.group()


def hide(client: Client) -> None:
    """As a release leaves it where too few answered."""
    nothing = {"score": None, "low": None, "high": None, "band": "", "withheld": True}
    ReleasedCell.objects.filter(kind="client", ref=client.ref).update(**nothing)


def test_it_costs_the_same_with_one_of_each_and_with_three(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    full(firm, client)
    browser.force_login(firm.manager)
    counts = []
    for turn in range(3):
        if turn:
            opened = firm.made.periods[0].closes_at + timedelta(days=turn)
            chartered.excepted(client, firm.manager, now=opened)
            closed_alert(firm, client, opened)
            mission = make.mission(client=client, profile=make.profile())
            make.assignment(person=make.person(unit=client.unit), mission=mission)
            row = PathRequest.objects.latest("pk")
            row.pk = None
            row.save()
        for name in ("client", "client_export"):
            address = reverse(f"dashboards:{name}", args=[client.pk])
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            counts.append((name, len(queries)))
    assert len(set(counts)) == 2, counts
    assert max(number for _name, number in counts) <= 44


# --- the status ------------------------------------------------------------------------------


def test_the_status_says_why_and_from_where_it_moved(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    first, last = firm.made.periods[-2], firm.made.periods[-1]
    kept(first, {client: ("virtuous", 10)})
    other = next(row for row in firm.made.clients if row != client)
    days = {client: ("at_risk", 10.0), other: ("virtuous", 30.0)}
    kept(last, days, **{client.ref: ["red_line"]})
    for person in (firm.manager, firm.consultant):
        text = page(browser, person, client).content.decode()
        status = re.search(r'id="status".*?</section>', text, re.S)
        assert status
        # How much of the firm's days it is, for those who read every client.
        assert ("25\xa0% des jours avec des clients" in text) == (person == firm.manager)
        assert "À risque" in status.group()
        assert "Une ligne rouge est franchie." in status.group()
        moved = re.search(r'<p class="notice notice-warn[^>]*>.*?</p>', text, re.S)
        assert moved
        assert "est passé de «\xa0Vertueux\xa0» à «\xa0À risque\xa0»" in moved.group()
        assert "une ligne rouge est franchie" in moved.group()
    browser.force_login(firm.manager)
    address = reverse("dashboards:client", args=[client.pk])
    earlier = browser.get(address, {"period": first.starts_on}).content.decode()
    assert "est passé de" not in earlier
    rows = rows_of(browser, firm.manager, client)
    told = [row["En mots"] for row in rows if row["Partie"] == "Statut"]
    assert len(told) == 2


def test_a_status_that_stays_is_no_news(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    for period in firm.made.periods[-2:]:
        kept(period, {client: ("virtuous", 10)})
    assert "est passé de" not in page(browser, firm.manager, client).content.decode()


@pytest.mark.parametrize("apart", ["gap", "rule"])
def test_across_a_gap_or_another_rule_no_status_has_moved(
    firm: Firm, browser: Browser, apart: str
) -> None:
    """Neither on the page nor in the file."""
    client = subject(firm)
    first, between, last = firm.made.periods
    kept(first if apart == "gap" else between, {client: ("virtuous", 10)})
    kept(last, {client: ("at_risk", 10)}, **{client.ref: ["red_line"]})
    if apart == "gap":
        Release.objects.filter(period=between).update(state="withdrawn")
    else:
        rule = aim(firm.referent, 50)
        StatusRule.objects.update(virtuous_from=90)
        StatusPass.objects.filter(period=last).update(rule=rule)
    text = page(browser, firm.manager, client).content.decode()
    assert "Une ligne rouge est franchie." in text
    assert "est passé de" not in text
    rows = rows_of(browser, firm.manager, client)
    assert len([row for row in rows if row["Partie"] == "Statut"]) == 1


# --- lists -----------------------------------------------------------------------------------


def cells_of(browser: Browser, person: User, client: Client, name: str) -> list[str]:
    """The line of a client in a list: its status, and its view."""
    browser.force_login(person)
    text = browser.get(reverse(f"dashboards:{name}")).content.decode()
    line = re.search(rf'<a href="/clients/{client.pk}/">.*?</tr>', text, re.S)
    assert line
    cells = re.findall(r'data-label="(?:Statut|L’avis du client)">(.*?)</td>', line.group(), re.S)
    return [re.sub(r"<[^>]*>|\s+", " ", cell).strip() for cell in cells]


@pytest.mark.parametrize("name", ["overview", "client_list", "firm"])
def test_lists_tell_the_status_and_the_last_view(firm: Firm, browser: Browser, name: str) -> None:
    client = subject(firm)
    person = firm.consultant if name == "firm" else firm.manager
    assert cells_of(browser, person, client, name) == ["–", "non sollicité"]
    kept(firm.made.periods[-1], {client: ("on_the_way", 10)}, **{client.ref: ["path"]})
    survey_over(firm.made.rounds[-2], {client: [75, 100, 50]})
    status, view = cells_of(browser, person, client, name)
    assert status == "En chemin"
    assert re.match(r"\d+ \w+ +\d+ à \d+", view.replace("  ", " "))
    # The last survey that one may read by now, nobody having answered.
    asked = firm.made.rounds[-1]
    made = ClientSurvey.objects.create(
        round=asked, opened_at=asked.opens_at, most=9, head_start_days=7
    )
    Asking.objects.create(survey=made, contact=client.contacts.first())
    score_clients_due(now=firm.made.after)
    assert cells_of(browser, person, client, name)[1] == "sans réponse"


def test_a_view_that_our_people_read_first_is_in_no_list_of_managers(
    firm: Firm, browser: Browser
) -> None:
    client = subject(firm)
    survey_over(firm.made.rounds[-1], {client: [75, 100, 50]})
    mission = make.mission(client=client, profile=firm.made.profiles[0])
    make.assignment(person=firm.consultant, mission=mission)
    later = timezone.now() + timedelta(days=1)
    ClientOpinion.objects.filter(ref=client.ref).update(managers_from=later)
    assert cells_of(browser, firm.manager, client, "client_list")[1] == "non sollicité"
    assert cells_of(browser, firm.consultant, client, "firm")[1] != "non sollicité"


# --- the charter -----------------------------------------------------------------------------


def test_our_side_of_the_charter_stands_before_theirs(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    chartered.sheet(world.client, world.referent, "sc", now=timezone.now())
    for role in ("manager", "referent", "consultant"):
        person = world.person(role)
        assert person
        answer = page(browser, person, world.client)
        text = re.search(r'id="charter".*?</section>', answer.content.decode(), re.S)
        assert text
        assert text.group().index("Ce que nous devons") < text.group().index("Ce que fait")
        assert "Feuille commune du" in text.group()
        assert [one.verdict for one in answer.context["charted"].values] == ["seen", "contrary"]
        link = reverse("clients:sheet_write", args=[world.client.pk])
        assert (link in text.group()) == (role == "referent")
    rows = rows_of(browser, world.manager, world.client)
    told = [(row["Partie"], row["En mots"]) for row in rows]
    assert told == [
        ("Profils de mission sur place", world.mission.title),
        ("Ce que nous devons", "tenu"),
        ("Ce que nous devons", "on ne peut pas encore dire"),
        ("Ce que fait le client", "vu"),
        ("Ce que fait le client", "contraire"),
    ]


def test_a_withheld_value_is_a_line_of_the_file_too(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    chartered.published(world.referent)
    chartered.sheet(world.client, world.referent, "sc", now=timezone.now())
    known = charter_facts(viewer=world.manager, at=timezone.now())[world.client.pk]
    first = min(known.verdicts)
    facts = replace(known, source=REVIEW, verdicts={first: "seen"}, ours={})
    monkeypatch.setattr(
        "dashboards.client_page.charter_facts", lambda **_asked: {world.client.pk: facts}
    )
    rows = rows_of(browser, world.manager, world.client)
    told = [row["En mots"] for row in rows if row["Partie"].startswith("Ce que")]
    assert sorted(told) == ["Masqué", "Masqué", "Masqué", "vu"]


def test_the_file_says_how_the_client_was_taken_on(world: World, browser: Browser) -> None:
    met = chartered.screened(world.consultant, "sss")
    screening.accept(
        prospect=met,
        client=Client(ref="VAUBAN", name="Cabinet Vauban", unit=world.unit),
        going_on=None,
        by=world.manager,
        now=chartered.NOW,
    )
    rows = rows_of(browser, world.manager, Client.objects.get(ref="VAUBAN"))
    assert [(row["Partie"], row["Sujet"]) for row in rows] == [("Premier contact", "Vertueux")]


# --- its file --------------------------------------------------------------------------------


def rows_of(browser: Browser, person: User, client: Client, **query: str) -> list[dict[str, str]]:
    browser.force_login(person)
    address = reverse("dashboards:client_export", args=[client.pk])
    answer = browser.get(address, query)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_says_what_the_page_says(firm: Firm, browser: Browser) -> None:
    User.objects.update(language="en")
    client = subject(firm)
    survey_over(firm.made.rounds[-1], {client: [75, 100, 50]})
    full(firm, client)
    rows = rows_of(browser, firm.manager, client)
    assert list(rows[0]) == HEADERS
    cell = firm.cells[(firm.made.periods[-1].pk, Scope("client", client.ref))]
    told = [rows[0][name] for name in ("Section", "Topic", "Score", "Margin from", "Margin to")]
    assert told == ["Well-being", "Overall", str(cell.score), str(cell.low), str(cell.high)]
    sections = list(dict.fromkeys(row["Section"] for row in rows))
    assert sections == [
        "Well-being", "Trend", "Mission profiles there", "What the client thinks", "Path",
        "Exception", "Alerts and actions",
    ]  # fmt: skip
    # Figures before and after stand with what was done, as on the page.
    handled = [row for row in rows if row["Section"] == "Alerts and actions"]
    assert [row["Topic"] for row in handled][-2:] == ["before", "after"]
    [profile] = [row for row in rows if row["Section"] == "Mission profiles there"]
    assert profile["Score"] or profile["In words"] == "Withheld"
    opinion = next(row for row in rows if row["Section"] == "What the client thinks")
    assert (opinion["Topic"], opinion["People"]) == ("Overall", "")
    text = str(rows)
    assert not [one for one in User.objects.all() if one.last_name in text]
    entry = AuditEntry.objects.get(object_kind="figures")
    assert (entry.actor, entry.object_ref) == (firm.manager, client.ref)
    assert entry.changes == {"lines": ["", str(len(rows))]}


def test_a_withheld_client_has_one_word_in_its_file(firm: Firm, browser: Browser) -> None:
    User.objects.update(language="en")
    client = subject(firm)
    hide(client)
    lived = [row for row in rows_of(browser, firm.manager, client) if row["Score"] or
             row["Section"] in ("Well-being", "Trend")]  # fmt: skip
    assert [(row["Section"], row["In words"]) for row in lived] == [("Well-being", "Withheld")]
    assert {lived[0][name] for name in HEADERS[3:10]} == {""}


def test_the_workbook_computes_nothing(firm: Firm, browser: Browser) -> None:
    client = subject(firm)
    chartered.excepted(client, firm.manager, now=firm.made.after)
    client.exceptions.update(sentence="=1+1")
    browser.force_login(firm.manager)
    address = reverse("dashboards:client_export", args=[client.pk]) + "?format=xlsx"
    sheet = load_workbook(io.BytesIO(browser.get(address).content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert "'=1+1" in {cell.value for cell in cells}


@pytest.mark.parametrize("query", [{"period": "2020-01-01"}, {"format": "pdf"}])
def test_bad_input_no_other_file_stands_in(
    firm: Firm, browser: Browser, query: dict[str, str]
) -> None:
    browser.force_login(firm.manager)
    address = reverse("dashboards:client_export", args=[subject(firm).pk])
    assert browser.get(address, query).status_code == 404
    assert not AuditEntry.objects.filter(object_kind="figures").exists()


def test_page_and_file_move_with_releases_alone(firm: Firm, browser: Browser) -> None:
    """Answers that come, change or go after a release change not a byte of either."""
    client = subject(firm)
    full(firm, client)
    token = re.compile(r'(csrfmiddlewaretoken" value="|nonce=")\w+')

    def shown(person: User) -> list[str]:
        text = page(browser, person, client).content.decode()
        return [token.sub("", text), str(rows_of(browser, person, client))]

    people = (firm.manager, firm.referent, firm.consultant)
    before = [shown(person) for person in people]
    assert before[0][1] == before[1][1]
    CheckIn.objects.filter(mission__client=client).update(answers={"load": 0, "relation": 100})
    assert [shown(person) for person in people] == before
    CheckIn.objects.all().delete()
    assert [shown(person) for person in people] == before
