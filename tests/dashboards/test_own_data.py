"""One's own data: taken along, erased, and taking no part, unseen."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry
from clients import choosing, stances
from clients.stances import Said
from followup.models import PromiseIdea
from scoring.models import ReleasedCell
from surveys import drafts
from surveys.intake import Sending, asked, submit
from surveys.leaving import has_left
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.clients import chartered
from tests.dashboards.published import firm as published_firm
from tests.house.tables import rows
from tests.surveys.asking import NOW, closed_round, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db
HISTORY = "/history/"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def own(world: World, browser: Browser) -> Browser:
    world.consultant.language = "en"
    world.consultant.save()
    browser.force_login(world.consultant)
    return browser


@pytest.fixture
def written(world: World) -> Round:
    """A check-in with a comment and a wish, a draft over it, and a colleague's check-in."""
    row = open_round()
    sending = Sending(
        {"load": 25, "growth": 100}, "talk", world.manager.pk, FORMULA, comment_shown=True
    )
    submit(person=world.consultant, mission=world.mission.pk, round_=row, sending=sending, now=NOW)
    place = drafts.Place(world.consultant.pk, world.mission.pk, row)
    words = drafts.Words({"load": "75"}, comment="Brouillon.")
    drafts.keep(place=place, words=words, seen=drafts.version(place), now=NOW)
    send(world.other_consultant, world.other_mission, row, load=0)
    return row


def said(response: object) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]  # -- a response
    return " ".join(text.split()).replace("\u00a0", " ")


# --- taken along -------------------------------------------------------------------------------


def test_everything_as_json(world: World, written: Round, own: Browser) -> None:
    response = own.get(reverse("dashboards:history_export"))
    assert response.headers["Content-Disposition"] == 'attachment; filename="check-ins.json"'
    assert "no-store" in response.headers["Cache-Control"]
    told = json.loads(response.content)
    [one] = told["check_ins"]
    assert {answer["code"]: answer["value"] for answer in one["answers"]} == {
        "load": 25, "growth": 100,
    }  # fmt: skip
    assert one["comment"] == FORMULA
    assert one["comment_may_be_shown"] is True
    assert one["wish_to_talk_to"] == world.manager.full_name
    assert (one["client"], one["round"]) == (world.client.name, written.starts_on.isoformat())
    [draft] = told["drafts"]
    assert draft["typed"]["answers"] == {"load": "75"}
    assert draft["comment"] == "Brouillon."
    assert told["person"]["ref"] == world.consultant.ref
    assert world.other_consultant.full_name not in response.content.decode()


def test_what_one_said_of_clients_values_and_promises(world: World, own: Browser) -> None:
    """One's own and nobody else's."""
    for person in (world.consultant, world.other_consultant):
        said = Said(word="against", sentence=f"De {person.pk}.", shared=person == world.consultant)
        stances.say(person=person, client=world.client, said=said, now=NOW)
        wish = {"sector": f"Secteur {person.pk}", "wish": "for", "shared": False}
        stances.wish_for_sector(person=person, now=NOW, **wish)
        PromiseIdea.objects.create(author=person, sentence=f"I {person.pk}", made_on=NOW.date())
    value = chartered.value_of(chartered.choosing_now(world.referent))
    choosing.against(value=value, sentence="Trop vague.", by=world.consultant, now=NOW)
    told = json.loads(own.get(reverse("dashboards:history_export")).content)
    assert told["stances_on_clients"] == [
        {
            "client": world.client.name, "stance": "against", "wish": None, "shared": True,
            "sentence": f"De {world.consultant.pk}.",
        }
    ]  # fmt: skip
    assert told["wishes_about_sectors"] == [
        {"sector": f"Secteur {world.consultant.pk}", "wish": "for", "shared": False}
    ]
    assert told["against_values"] == [{"value": value.name, "sentence": "Trop vague."}]
    [idea] = told["ideas_for_promises"]
    assert idea["sentence"] == f"I {world.consultant.pk}"
    assert idea["my_name_is_shown_to_referents"] is False


def test_a_table_that_computes_nothing(world: World, written: Round, own: Browser) -> None:
    response = own.get(reverse("dashboards:history_export"), {"format": "csv"})
    table = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [line[4] for line in table[1:]][-2:] == ["Comment", "I would like to talk"]
    assert table[-2][6] == f"'{FORMULA}"
    assert {line[7] for line in table[1:]} == {"25", "100", ""}
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "@"))]


def test_an_unknown_format_is_json_and_an_empty_history_an_empty_list(own: Browser) -> None:
    told = json.loads(own.get(reverse("dashboards:history_export"), {"format": "exe"}).content)
    assert (told["check_ins"], told["drafts"]) == ([], [])


# --- erased ------------------------------------------------------------------------------------


def test_comments_alone_are_erased(world: World, written: Round, own: Browser) -> None:
    own.post(reverse("dashboards:history_erase"), {"what": "comments"})
    kept = CheckIn.objects.get(person=world.consultant)
    assert (kept.comment, kept.comment_shown) == (None, False)
    assert kept.answers == {"load": 25, "growth": 100}
    assert Draft.objects.get().comment is None


def test_all_of_ones_own_is_erased_and_nobody_elses(
    world: World, written: Round, own: Browser
) -> None:
    own.post(reverse("dashboards:history_erase"), {"what": "answers"})
    assert CheckIn.objects.get().person == world.other_consultant
    assert not Draft.objects.exists()
    assert not AuditEntry.objects.exists()
    [line] = asked(person=world.consultant, now=NOW)
    assert not line.is_done


@pytest.mark.parametrize("what", ["", "everything"])
def test_nothing_is_erased_without_a_choice(
    world: World, written: Round, own: Browser, what: str
) -> None:
    before = rows()
    response = own.post(reverse("dashboards:history_erase"), {"what": what})
    assert response.status_code == 200
    assert said(response).startswith("Error:")
    assert 'role="alert"' in response.content.decode()
    assert rows() == before


def test_looking_erases_nothing_and_says_what_stays(
    world: World, written: Round, own: Browser
) -> None:
    before = rows()
    assert "Figures already published do not change." in said(
        own.get(reverse("dashboards:history_erase"))
    )
    assert rows() == before


def test_published_figures_stay_after_erasing(browser: Browser) -> None:
    firm = published_firm()
    before = list(ReleasedCell.objects.values())
    browser.force_login(firm.consultant)
    browser.post(reverse("dashboards:history_erase"), {"what": "answers"})
    assert not CheckIn.objects.filter(person=firm.consultant).exists()
    assert list(ReleasedCell.objects.values()) == before


# --- taking no part ----------------------------------------------------------------------------


def test_leaving_and_coming_back(world: World, own: Browser) -> None:
    open_round()
    own.post(reverse("dashboards:history_leave"))
    assert has_left(world.consultant)
    assert "You take no part in the check-ins for now." in said(own.get(HISTORY))
    home = own.get("/")
    assert home.context["todo"] == []
    assert "Nobody else can see that." in said(home)
    own.post(reverse("dashboards:history_return"))
    assert not has_left(world.consultant)
    assert len(own.get("/").context["todo"]) == 1


def test_nobody_sees_that_somebody_left(world: World, own: Browser, browser: Browser) -> None:
    """No line in the log; the pages about the person are the same, letter for letter."""
    open_round()
    pages = [
        reverse("accounts:person_detail", args=(world.consultant.pk,)),
        reverse("accounts:audit_list"),
        reverse("accounts:person_list"),
    ]
    reader = Browser()
    reader.force_login(world.administrator)
    before = [re.sub(r'name="csrf[^>]*', "", reader.get(url).content.decode()) for url in pages]
    own.post(reverse("dashboards:history_leave"))
    after = [re.sub(r'name="csrf[^>]*', "", reader.get(url).content.decode()) for url in pages]
    assert after == before
    assert not AuditEntry.objects.exists()


# --- what managers see -------------------------------------------------------------------------


def test_the_mirror_shows_the_figure_that_managers_see(browser: Browser) -> None:
    firm = published_firm()
    big = firm.made.clients[0]
    shown = next(cell for (_p, scope), cell in firm.cells.items() if scope.ref == big.ref)
    assert not shown.withheld
    make.assignment(
        person=firm.consultant, mission=make.mission(client=big), starts_on=date(2025, 1, 6)
    )
    browser.force_login(firm.consultant)
    mirror = browser.get(HISTORY).context["mirror"]
    cells = {one.client.pk: one.subject.cell for one in mirror.clients}
    theirs = Browser()
    theirs.force_login(firm.manager)
    page = theirs.get(reverse("dashboards:client", args=(big.pk,)))
    assert cells[big.pk] == page.context["subject"].cell
    card = re.search(r'<p>[^<]*<span class="score".*?</p>', page.content.decode(), re.DOTALL)
    assert card is not None
    assert card[0] in browser.get(HISTORY).content.decode()


def test_before_the_first_release_there_is_no_mirror(world: World, own: Browser) -> None:
    assert own.get(HISTORY).context["mirror"] is None


def test_ones_own_comment_is_on_ones_own_history_alone(world: World, own: Browser) -> None:
    row = closed_round(date(2026, 10, 13))
    sending = Sending({"load": 25}, comment="Trop de réunions.", comment_shown=False)
    submit(
        person=world.consultant, mission=world.mission.pk, round_=row, sending=sending,
        now=row.opens_at,
    )  # fmt: skip
    assert "Trop de réunions." in said(own.get(HISTORY))
    assert "Comment: for you alone" in said(own.get(HISTORY))
    for person in (world.manager, world.referent, world.other_consultant):
        reader = Browser()
        reader.force_login(person)
        assert "Trop de réunions" not in said(reader.get(HISTORY))
