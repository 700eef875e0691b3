"""Everyone, always: between two missions, on own products, part-time; the start and the end."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from missions.models import Assignment, Mission
from missions.standing import make_standing, standing_mission
from surveys import defaults
from surveys.exports import answers_between, answers_of, participation_of
from surveys.intake import Outcome, Sending, asked, rounds_asking, submit
from surveys.models import Question, QuestionVersion, Round
from surveys.models.answers import CheckIn
from surveys.occasions import SETTLED, items_asked, moments
from tests import make
from tests.surveys.asking import NOW, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture
def standing(world: World) -> Mission:
    make_standing(now=NOW - timedelta(days=60))
    found = standing_mission()
    assert found
    return found


@pytest.fixture
def free(standing: Mission) -> User:
    """Between two missions since last month."""
    person = make.person(last_name="Libre")
    make.assignment(person=person, ends_on=NOW.date() - timedelta(days=30))
    return person


def codes(row: Round, mission: Mission, person: User) -> list[str]:
    found = rounds_asking(person=person, mission=mission.pk, now=NOW).get(pk=row.pk)
    return [item.code for item in items_asked(found, mission.pk, person)]


# --- who is asked ----------------------------------------------------------------------------


def test_one_check_in_with_the_questions_that_make_sense(free: User, standing: Mission) -> None:
    row = open_round()
    (line,) = asked(person=free, now=NOW)
    assert (line.mission, line.share_of_time, line.is_done) == (standing, 0, False)
    said = codes(row, standing, free)
    # Neither the client, nor "on this mission", nor a load whose best is light.
    assert not {"feeling", "relation", "load"} & set(said)
    assert said == ["meaning", "autonomy", "support", "growth"]
    assert line.question_count == len(said)


def test_people_on_a_mission_own_products_or_part_time_are_asked_about_it(
    world: World, standing: Mission
) -> None:
    open_round()
    inside = make.mission(client=make.client(kind="internal"))
    for mission, share in ((world.mission, 100), (inside, 100), (inside, 20)):
        person = make.person()
        make.assignment(person=person, mission=mission, share=share)
        (line,) = asked(person=person, now=NOW)
        assert (line.mission, line.share_of_time) == (mission, share)
        assert line.question_count == 7


def test_a_mission_that_begins_meanwhile_is_asked_about_beside_it(
    free: User, standing: Mission
) -> None:
    row = open_round()
    new = make.mission()
    make.assignment(person=free, mission=new, starts_on=row.starts_on + ONE_DAY)
    assert {line.mission for line in asked(person=free, now=NOW)} == {standing, new}


def test_a_mission_that_ends_meanwhile_stays_the_one(world: World, standing: Mission) -> None:
    row = open_round()
    person = make.person()
    make.assignment(person=person, mission=world.mission, ends_on=row.starts_on)
    assert [line.mission for line in asked(person=person, now=NOW)] == [world.mission]
    assert not rounds_asking(person=person, mission=standing.pk, now=NOW).exists()


@pytest.mark.parametrize("away", [14, 5], ids=["all the time", "for a while"])
def test_who_is_away_for_the_whole_round_is_not_asked(
    free: User, standing: Mission, away: int
) -> None:
    row = open_round()
    free.absences.create(starts_on=row.starts_on, ends_on=row.starts_on + timedelta(days=away))
    is_asked = away < 14
    assert bool(asked(person=free, now=NOW)) is is_asked
    assert rounds_asking(person=free, mission=standing.pk, now=NOW).exists() is is_asked
    assert (free.pk in participation_of(row).asked) is is_asked


def test_rounds_before_the_product_asked_about_it_asked_nobody(world: World) -> None:
    row = open_round()
    person = make.person()
    assert asked(person=person, now=NOW) == []
    make_standing(now=NOW + ONE_DAY)
    late = standing_mission()
    assert asked(person=person, now=NOW) == []
    assert not rounds_asking(person=person, mission=late.pk, now=NOW).exists()
    assert person.pk not in participation_of(row).asked


def test_who_arrives_during_a_round_waits_for_the_next(standing: Mission) -> None:
    row = open_round()
    new = make.person(starts_on=row.starts_on + ONE_DAY)
    assert asked(person=new, now=NOW) == []
    assert not rounds_asking(person=new, mission=standing.pk, now=NOW).exists()


def test_participation_counts_everybody_asked(free: User, standing: Mission, world: World) -> None:
    row = open_round()
    found = participation_of(row)
    assert {free.pk, world.consultant.pk} <= found.asked
    assert free.pk not in found.answered
    _send(free, standing, row)
    assert free.pk in participation_of(row).answered


def _send(person: User, mission: Mission, row: Round, **answers: int) -> None:
    sending = Sending(answers=answers or {"support": 50, "meaning": 75, "autonomy": 25})
    submit(person=person, mission=mission.pk, round_=row, sending=sending, now=NOW)


# --- the form --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_form_speaks_of_no_client(free: User, standing: Mission, language: str) -> None:
    free.language = language
    free.save()
    row = open_round()
    browser = Browser()
    browser.force_login(free)
    said = {"fr": "Entre deux missions", "en": "Between two missions"}[language]
    point = {"fr": "Votre point entre deux missions", "en": "Your check-in between two missions"}
    with_time(browser, "dashboards:home", point[language])
    page = reverse("surveys:checkin", args=[row.pk, standing.pk])
    text = with_time(browser, page, said)
    assert {"fr": "est entre deux missions", "en": "is between two missions"}[language] in text
    assert 'name="q-relation"' not in text
    readers = {
        "fr": "des moyennes d’au moins 8 personnes, lues par toute l’entreprise",
        "en": "averages of 8 people or more, read by everybody in the firm",
    }
    assert readers[language] in text.replace("\u00a0", " ")
    assert {"fr": "de ce client", "en": "of this client"}[language] not in text
    sent = {"q-support": "75", "q-relation": "0", "share": "averages"}
    with time_machine.travel(NOW, tick=False):
        assert browser.post(page, sent).status_code == 302
    assert CheckIn.objects.get().answers == {"support": 75}
    thanks = with_time(browser, reverse("dashboards:thanks", args=[row.pk, standing.pk]), said)
    shown = {"fr": "à partir de 8 personnes", "en": "from 8 people up"}[language]
    assert shown in thanks.replace("\u00a0", " ")
    with_time(browser, "dashboards:history", said)


def with_time(browser: Browser, page: str, said: str) -> str:
    address = page if page.startswith("/") else reverse(page)
    with time_machine.travel(NOW, tick=False):
        text = browser.get(address).content.decode()
    assert said in text
    return text


def test_nobody_answers_for_another_place(world: World, standing: Mission) -> None:
    """Whoever is on a mission has no check-in between two; that is a 404, written down."""
    row = open_round()
    browser = Browser()
    browser.force_login(world.consultant)
    page = reverse("surveys:checkin", args=[row.pk, standing.pk])
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"q-support": "75", "share": "averages"}).status_code == 404
    assert not CheckIn.objects.exists()


def test_its_answers_leave_by_a_door_of_their_own(free: User, standing: Mission) -> None:
    row = open_round()
    _send(free, standing, row)
    assert list(answers_of(row.period)) == []
    (block,) = answers_between(row.period)
    assert block.client.tolist() == [standing.client_id]
    assert block.profile.tolist() == [standing.profile_id]
    assert block.values["overall"].tolist() == [50]


# --- the shipped questions -------------------------------------------------------------------


def test_shipped_questions_are_asked_between_where_their_words_are_ours() -> None:
    Question.objects.update(audience="missions")
    words = QuestionVersion.objects.get(question__code="meaning")
    words.text = {"fr": "Sur cette mission…", "en": "On this mission…"}
    words.save()
    QuestionVersion.objects.filter(question__code="growth").delete()
    Question.objects.filter(code="growth").delete()
    assert defaults.ask_everywhere() == 2
    found = Question.objects.filter(audience="everyone").values_list("code", flat=True)
    assert set(found) == {"autonomy", "support"}
    assert defaults.ask_everywhere() == 0


# --- the start and the end of a mission ------------------------------------------------------

ON, AROUND = date(2026, 3, 31), (date(2026, 3, 3), date(2026, 4, 28))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(date(2026, 3, 17), None)], {"start"}),
        ([(date(2026, 3, 18), None)], set()),
        ([(date(2026, 2, 18), None)], {"start"}),
        ([(date(2026, 2, 17), None)], set()),
        ([(date(2024, 2, 17), date(2026, 4, 27))], {"end"}),
        ([(date(2024, 2, 17), date(2026, 4, 28))], set()),
        ([(date(2024, 2, 17), date(2026, 3, 31))], {"end"}),
        ([(date(2024, 2, 17), date(2026, 3, 30))], set()),
        ([(date(2026, 3, 10), date(2026, 4, 10))], {"start", "end"}),
        # Another share of time from April on: the same mission goes on.
        ([(date(2024, 2, 17), date(2026, 4, 5)), (date(2026, 4, 6), None)], set()),
        ([(date(2024, 2, 17), date(2026, 3, 5)), (date(2026, 3, 6), None)], set()),
        ([], set()),
    ],
    ids=[
        "two weeks today", "one day short", "two weeks the day after the last round",
        "two weeks at the last round", "ends the eve of the next", "ends with the next",
        "ends today", "ended yesterday", "short", "goes on", "went on", "never there",
    ],
)  # fmt: skip
def test_the_round_in_which_a_moment_falls(
    spans: list[tuple[date, date | None]], expected: set[str]
) -> None:
    assert moments(spans, ON, AROUND) == expected


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    length=st.integers(20, 400),
    gaps=st.lists(st.sampled_from([7, 14, 28, 35]), min_size=40, max_size=60),
)
def test_a_mission_has_one_start_and_one_end(start: date, length: int, gaps: list[int]) -> None:
    """Over any calendar, pauses included: asked once about each, while still there."""
    days = [date(2025, 11, 4)]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    last = start + timedelta(days=length)
    there = [
        (on, moments([(start, last)], on, (before, after)))
        for before, on, after in zip(days, days[1:], days[2:], strict=False)
        if start <= on <= last
    ]
    starts = [on for on, found in there if "start" in found]
    ends = [on for on, found in there if "end" in found]
    assert len(starts) <= 1
    assert len(ends) <= 1
    assert all(on - start >= SETTLED for on in starts)
    if last < days[-2]:
        assert ends == [on for on, _ in there][-1:]
    if length > 14 + 2 * 35 and start + SETTLED < days[-2]:
        assert len(starts) == 1


def test_a_moment_asks_its_questions_in_the_same_check_in(world: World) -> None:
    make.firm()
    make.question("welcome", role="extra", moment="start", position=90)
    make.question("farewell", role="extra", moment="end", position=91)
    row = open_round()
    usual = codes(row, world.mission, world.consultant)

    def added() -> list[str]:
        return [code for code in codes(row, world.mission, new) if code not in usual]

    assert len(usual) == 7
    new = make.person()
    first = row.starts_on - timedelta(days=20)
    held = make.assignment(person=new, mission=world.mission, starts_on=first)
    assert added() == ["welcome"]
    (line,) = asked(person=new, now=NOW)
    assert line.question_count == 8
    Assignment.objects.filter(pk=held.pk).update(ends_on=row.starts_on + timedelta(days=20))
    assert added() == ["welcome", "farewell"]
    _send(new, world.mission, row, welcome=75, farewell=25, load=50)
    assert CheckIn.objects.get(person=new).answers == {"welcome": 75, "farewell": 25, "load": 50}
    # The round before asked already.
    make.round_(row.starts_on - timedelta(days=5))
    assert added() == ["farewell"]
    # Another round is planned before that last day: there is still time.
    make.round_(row.starts_on + timedelta(days=19), opened_at=None)
    assert added() == []


def test_an_end_entered_after_its_last_round_is_asked_of_nobody(world: World) -> None:
    """As the forms say where ends are entered: the next round has no form about that mission."""
    make.firm()
    make.question("farewell", role="extra", moment="end", position=91)
    last = make.round_(NOW.date() - timedelta(days=28))
    row = open_round()
    held = Assignment.objects.filter(person=world.consultant)
    held.update(ends_on=row.starts_on - timedelta(days=5))
    lines = asked(person=world.consultant, now=NOW)
    assert world.mission not in [line.mission for line in lines]
    sending = Sending({"farewell": 25})
    closed = submit(
        person=world.consultant, mission=world.mission.pk, round_=last, sending=sending, now=NOW
    )
    assert closed == Outcome.CLOSED
    assert not CheckIn.objects.exists()
