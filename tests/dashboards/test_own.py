"""Home, thank-you page and history: one's own pages."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, OrgUnit
from scoring.models import Release
from surveys.calendar import make_ahead
from surveys.intake import Sending, submit
from surveys.models import Round
from surveys.models.answers import CheckIn
from tests import make
from tests.house.tables import rows
from tests.surveys.asking import NOW, closed_round, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db
HOME = "/"
HISTORY = "/history/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def own(world: World, browser: Browser) -> Browser:
    """The consultant's browser, in English."""
    world.consultant.language = "en"
    world.consultant.save()
    browser.force_login(world.consultant)
    return browser


def text(response: object) -> str:
    """What the page says, without its tags."""
    content = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", content).split()).replace("\u00a0", " ")


def past(count: int) -> list[Round]:
    """Closed rounds, the oldest first."""
    days = [date(2026, 11, 3) - timedelta(weeks=4 * place) for place in range(count)]
    return [closed_round(day) for day in reversed(days)]


# --- home ----------------------------------------------------------------------------------------


def test_home_asks_for_the_check_in_of_each_mission(world: World, own: Browser) -> None:
    second = make.mission(client=world.other_client)
    make.assignment(person=world.consultant, mission=second, share=40)
    row = open_round()
    send(world.consultant, world.mission, row, load=50)
    response = own.get(HOME)
    assert [line.mission for line, _draft in response.context["todo"]] == [second]
    page = response.content.decode()
    assert reverse("surveys:checkin", args=(row.pk, second.pk)) in page
    said = text(response)
    assert f"Your check-in on {second.client.name}" in said
    assert "7 questions" in said
    assert "2 days a week" in said
    assert "To do" in said
    assert "Done on 22 Nov" in said


def test_home_asks_the_same_number_of_questions_whatever_the_missions(
    world: World, own: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    open_round()
    own.get(HOME)
    seen = []
    for wanted in (1, 5):
        while world.consultant.assignments.count() < wanted:
            make.assignment(person=world.consultant, mission=make.mission())
        # Two of them say that figures are late, and that the threshold was raised; one looks for
        # the units over one’s own, whose closing sentences are read here too; one for the talks
        # that others say have been held; one for drafts; one for an open choice of values; one
        # for a review of clients that is open; one for accounts that one holds.
        with django_assert_max_num_queries(21) as asked:
            page = own.get(HOME)
        assert len(page.context["missions"]) == wanted
        seen.append(len(asked))
    assert seen[0] == seen[1]


def test_between_two_missions_home_says_so(world: World, own: Browser) -> None:
    world.assignment.ends_on = NOW.date() - timedelta(days=30)
    world.assignment.save()
    open_round()
    said = text(own.get(HOME))
    assert "Between two missions" in said
    assert "Check in" not in said


def test_between_two_rounds_home_names_the_next(world: World, own: Browser) -> None:
    make.firm(first_round_on=date(2026, 12, 8))
    make_ahead(now=NOW)
    said = text(own.get(HOME))
    assert "No check-in is asked of you now. The next round opens on Tuesday 8 December" in said
    assert "Next figures: Tuesday 16 February" in said
    assert "Dec 2026–Feb 2027" in said


def test_home_holds_no_answer(world: World, own: Browser) -> None:
    send(world.consultant, world.mission, open_round(), feeling=0)
    assert "Very bad" not in text(own.get(HOME))


@pytest.mark.parametrize(
    ("role", "landing"),
    [
        ("manager", "dashboards:overview"),
        ("referent", "dashboards:overview"),
        ("administrator", "accounts:settings_edit"),
    ],
)
def test_those_of_whom_nothing_is_asked_land_on_their_work(
    world: World, browser: Browser, role: str, landing: str
) -> None:
    browser.force_login(world.person(role))
    assert browser.get(HOME).url == reverse(landing)


def test_an_administrator_starts_with_what_is_left_to_set_up(
    world: World, browser: Browser
) -> None:
    make.firm(first_round_on=None)
    browser.force_login(world.administrator)
    assert browser.get(HOME).url == reverse("operations:first_steps")


def test_a_manager_on_a_mission_is_asked_first(world: World, browser: Browser) -> None:
    world.manager.is_consultant = True
    world.manager.save()
    make.assignment(person=world.manager, mission=world.mission)
    open_round()
    browser.force_login(world.manager)
    assert browser.get(HOME).status_code == 200


# --- thank you ---------------------------------------------------------------------------------


def thanks(world: World, row: Round) -> str:
    return reverse("dashboards:thanks", args=(row.pk, world.mission.pk))


def test_the_thank_you_page_says_what_the_manager_will_see(world: World, own: Browser) -> None:
    row = open_round()
    send(world.consultant, world.mission, row, feeling=0, load=25)
    said = text(own.get(thanks(world, row)))
    assert "Thank you Inès, noted" in said
    assert "What Camille will see of this check-in" in said
    assert "Change (until" in said
    assert "Very bad" not in said
    assert "would like to talk" not in said


def test_a_wish_is_told_back_on_the_thank_you_page(world: World, own: Browser) -> None:
    row = open_round()
    submit(
        person=world.consultant,
        mission=world.mission.pk,
        round_=row,
        sending=Sending({"load": 25}, "talk", world.referent.pk),
        now=NOW,
    )
    assert f"For {world.referent.full_name} alone: your name" in text(own.get(thanks(world, row)))


def test_there_is_no_thank_you_before_anything_is_kept(world: World, own: Browser) -> None:
    assert own.get(thanks(world, open_round())).status_code == 404
    # A refusal kept in the audit log would tell the referent who has not answered.
    assert not AuditEntry.objects.filter(action="refused").exists()


# --- history -----------------------------------------------------------------------------------


def test_history_tells_ones_own_words_and_nobody_elses(world: World, own: Browser) -> None:
    (row,) = past(1)
    send(world.consultant, world.mission, row, feeling=100, load=25)
    make.assignment(person=world.other_consultant, mission=world.mission)
    send(world.other_consultant, world.mission, row, feeling=0)
    response = own.get(HISTORY)
    said = text(response)
    assert "Very good" in said
    assert "Heavy" in said
    assert "Very bad" not in said
    assert response.context["total"] == 1


def test_an_empty_history_says_what_will_be_there(world: World, own: Browser) -> None:
    assert "No check-in yet" in text(own.get(HISTORY))


def test_an_open_check_in_can_be_changed_and_a_closed_one_not(world: World, own: Browser) -> None:
    (closed,) = past(1)
    now_open = open_round()
    for row in (closed, now_open):
        send(world.consultant, world.mission, row, load=25)
    page = own.get(HISTORY).content.decode()
    assert reverse("surveys:checkin", args=(now_open.pk, world.mission.pk)) in page
    assert reverse("surveys:checkin", args=(closed.pk, world.mission.pk)) not in page


def test_the_curve_begins_at_three_points(world: World, own: Browser) -> None:
    rounds = past(4)
    for row, expected in zip(rounds, (False, False, True, True), strict=True):
        send(world.consultant, world.mission, row, feeling=50)
        page = own.get(HISTORY).content.decode()
        assert ("<polyline" in page) == expected


def test_the_curve_places_each_answer_on_its_label(world: World, own: Browser) -> None:
    for row, value in zip(past(3), (0, 50, 100), strict=True):
        send(world.consultant, world.mission, row, feeling=value)
    response = own.get(HISTORY)
    curve = response.context["curve"]
    assert [row.words for row in curve.rows] == [["Very bad"], ["So-so"], ["Very good"]]
    heights = re.findall(
        r'<circle class="pt" cx="[\d.]+" cy="([\d.]+)" r="5"/>', curve.drawings[0]
    )
    ticks = dict(re.findall(r'y="([\d.]+)" text-anchor="end">([^<]+)</text>', curve.drawings[0]))
    at = {words: float(y) - 4 for y, words in ticks.items()}
    assert [float(y) for y in heights] == [at["Very bad"], at["So-so"], at["Very good"]]


def test_a_skipped_feeling_is_no_point(world: World, own: Browser) -> None:
    for row in past(3):
        send(world.consultant, world.mission, row, load=50)
    first = CheckIn.objects.first()
    first.answers = {"feeling": 50}
    first.save()
    assert own.get(HISTORY).context["curve"] is None


def test_without_the_outcome_item_the_curve_is_the_mean_of_the_core(
    world: World, own: Browser
) -> None:
    for row, value in zip(past(3), (0, 50, 75), strict=True):
        row.questionnaire = make.questionnaire(("load", "relation", "meaning"))
        row.save()
        send(world.consultant, world.mission, row, load=value, relation=value, meaning=value)
    curve = own.get(HISTORY).context["curve"]
    assert [row.words for row in curve.rows] == [["0"], ["50"], ["75"]]


def test_two_missions_are_two_lines_at_most(world: World, own: Browser) -> None:
    missions = [world.mission, make.mission(), make.mission()]
    for row in past(3):
        for mission in missions:
            send(world.consultant, mission, row, feeling=50)
    assert len(own.get(HISTORY).context["curve"].lines) == 2


@pytest.mark.parametrize("page", ["0", "99999999999999999999", "abc", "-1"])
def test_bad_input_D05_page_of_history(world: World, own: Browser, page: str) -> None:
    (row,) = past(1)
    send(world.consultant, world.mission, row, load=25)
    response = own.get(HISTORY, {"page": page})
    assert response.status_code == 200
    assert response.context["page"].number == 1


def test_history_asks_the_same_number_of_questions_whatever_its_length(
    world: World, own: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rounds = past(8)
    own.get(HISTORY)
    seen = []
    for some in (rounds[:1], rounds[1:]):
        for row in some:
            send(world.consultant, world.mission, row, load=25)
        with django_assert_max_num_queries(11) as asked:
            response = own.get(HISTORY)
        seen.append(len(asked))
    assert seen[0] == seen[1]
    assert len(response.context["page"].object_list) == 8


# --- one's own change ----------------------------------------------------------------------------

CORE = ("load", "relation", "meaning", "autonomy", "support")
WORDS = "have gone down; would you like to talk about it?"


def measured(row: Round) -> None:
    """A release that says how far answers usually stray."""
    spread = {"person": 100, "client": 36, "profile": 16, "mission": 25, "within": 144}
    Release.objects.create(
        period=row.period,
        published_at=row.closes_at,
        formula_version=2,
        made={"dimensions": {"overall": {"variances": spread}}},
    )


def test_ones_own_change_is_told_to_oneself_alone(world: World, own: Browser) -> None:
    """Whatever the number of people there: here nobody else ever answered at this client."""
    rounds = past(6)
    for row in rounds[:-1]:
        send(world.consultant, world.mission, row, **dict.fromkeys(CORE, 75))
    send(world.consultant, world.mission, rounds[-1], **dict.fromkeys(CORE, 25))
    assert WORDS not in text(own.get(HISTORY))
    measured(rounds[0])
    before = rows()
    said = text(own.get(HISTORY))
    assert WORDS in said
    assert f"{world.manager.full_name} is there for it" in said
    assert rows() == before
    for person in (world.manager, world.other_consultant, world.referent):
        person.language = "en"
        person.save()
        own.force_login(person)
        for page in (HISTORY, "/", "/alerts/"):
            assert WORDS not in text(own.get(page, follow=True))


def test_steady_answers_and_old_ones_are_no_change(world: World, own: Browser) -> None:
    rounds = past(8)
    measured(rounds[0])
    for row in rounds:
        send(world.consultant, world.mission, row, **dict.fromkeys(CORE, 75))
    assert WORDS not in text(own.get(HISTORY))
    CheckIn.objects.filter(round__in=rounds[4:]).delete()
    CheckIn.objects.filter(round=rounds[3]).update(answers=dict.fromkeys(CORE, 25))
    assert WORDS not in text(own.get(HISTORY))


def test_without_a_manager_the_next_check_in_is_named(world: World, own: Browser) -> None:
    rounds = past(4)
    measured(rounds[0])
    for row, value in zip(rounds, (75, 75, 75, 25), strict=True):
        send(world.consultant, world.mission, row, **dict.fromkeys(CORE, value))
    OrgUnit.objects.update(manager=None)
    world.consultant.manager = None
    world.consultant.save()
    said = text(own.get(HISTORY))
    assert f"{WORDS} In your next check-in you can ask to talk. Nobody else is told." in said
