"""What clients think, as figures: made once, read by those who may, in their order."""

from datetime import timedelta

import pytest

from accounts.models import User
from clients.models import Client
from scoring import client_scoring
from scoring.client_scoring import score_clients_due
from scoring.models import ClientOpinion, ClientScoring
from scoring.publication import WITHHELD, Cell
from scoring.satisfaction import (
    NO_OPINION,
    Opinion,
    beside_people,
    difference,
    latest_opinions,
    opinions,
)
from surveys.models import ClientSurvey
from surveys.opinions import submit
from surveys.topics import CODES
from tests import make
from tests.surveys.asking import NOW, open_round
from tests.surveys.opinions import contact, survey
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = NOW + 13 * DAY


@pytest.fixture
def asked(world: World) -> ClientSurvey:
    """Two clients: three people of ours at the first, one at the second."""
    for _ in range(2):
        make.assignment(mission=world.mission)
    for client in (world.client, world.other_client):
        for _ in range(3):
            contact(client)
    return survey()


def answer(row: ClientSurvey, client: Client, *values: int) -> None:
    askings = row.askings.filter(contact__client=client).order_by("pk")
    for asking, value in zip(askings, values, strict=False):
        submit(asking=asking, answers=dict.fromkeys(CODES, value), now=NOW)


def test_a_survey_is_scored_once_and_only_when_it_is_over(asked: ClientSurvey) -> None:
    assert score_clients_due(now=OVER - timedelta(minutes=1)) == ""
    assert score_clients_due(now=OVER) == "1 survey(s) of clients scored"
    assert score_clients_due(now=OVER + DAY) == ""
    assert client_scoring._once(asked, OVER) is None
    assert str(ClientScoring.objects.get()) == f"client scoring {asked.pk}"
    row = ClientOpinion.objects.first()
    assert row is not None
    assert str(row) == f"client opinion {row.pk}"


def test_figures_lie_on_the_grid_and_are_drawn_together(asked: ClientSurvey, world: World) -> None:
    answer(asked, world.client, 100, 100, 75)
    answer(asked, world.other_client, 25, 25, 50)
    score_clients_due(now=OVER)
    told = opinions(viewer=world.referent, now=OVER + 7 * DAY)
    high, low = told[world.client.ref][0], told[world.other_client.ref][0]
    for said in (high, low):
        shown = said.index
        assert (said.asked, said.answered) == (3, 3)
        assert all(value % 5 == 0 for value in (shown.score, shown.low, shown.high))
        assert shown.low <= shown.score <= shown.high
    assert (high.index.level, low.index.level) == (4, 3)
    assert 90 > high.index.score > low.index.score > 35
    together = told[""][0]
    assert (together.asked, together.answered, together.index.group) == (6, 6, "")
    assert low.index.group in {"below", "in_line"}
    assert set(high.topics) == set(CODES)


def test_no_answer_is_unknown_and_the_rate_is_told(asked: ClientSurvey, world: World) -> None:
    answer(asked, world.client, 75)
    contact(world.client, left_out_because="Nouveau.")
    contact(world.client, declined_at=NOW)
    score_clients_due(now=OVER)
    told = opinions(viewer=world.referent, now=OVER + 7 * DAY)
    said = told[world.client.ref][0]
    assert (said.asked, said.answered, said.left_out, said.declined) == (3, 1, 1, 1)
    assert said.index == NO_OPINION
    assert told[world.other_client.ref][0].index == NO_OPINION


def test_an_index_takes_more_than_half_of_the_topics(asked: ClientSurvey, world: World) -> None:
    for asking in asked.askings.all():
        submit(asking=asking, answers={"overall": 75, "skill": 50}, now=NOW)
    score_clients_due(now=OVER)
    [said] = opinions(viewer=world.referent, now=OVER)[world.client.ref]
    assert said.index == NO_OPINION
    assert said.topics["overall"].score == 75
    assert said.topics["recommend"] == NO_OPINION


def test_a_team_of_one_or_two_reads_first(asked: ClientSurvey, world: World) -> None:
    """Three people at the first client: all at once. One at the second: a week before."""
    answer(asked, world.client, 100, 75, 75)
    answer(asked, world.other_client, 25, 50, 50)
    score_clients_due(now=OVER)
    first, second = world.client.ref, world.other_client.ref

    def reads(person: User, now: object = OVER) -> set[str]:
        return set(opinions(viewer=person, now=now))  # type: ignore[arg-type]  # -- a moment

    assert reads(world.other_consultant) == {second}
    assert reads(world.manager) == reads(world.other_manager) == reads(world.referent) == {first}
    assert reads(world.consultant) == {first}
    week = OVER + 7 * DAY
    assert reads(world.manager, week) == {first, second, ""}
    assert reads(world.other_consultant, week) == {second, ""}
    assert reads(world.administrator, week) == set()


def test_a_mean_tells_nobody_the_one_client_that_they_may_not_read(
    asked: ClientSurvey, world: World
) -> None:
    """Two clients, of which a consultant reads one; then three, of which two stay together."""
    answer(asked, world.client, 100, 75, 75)
    answer(asked, world.other_client, 25, 50, 50)
    score_clients_due(now=OVER)
    week, second = OVER + 7 * DAY, world.other_client.ref
    [own] = opinions(viewer=world.other_consultant, now=week)[second]
    [mean] = opinions(viewer=world.other_consultant, now=week)[""]
    assert not own.index.withheld
    assert (own.index.group, mean.index, set(mean.topics.values())) == (
        "",
        NO_OPINION,
        {NO_OPINION},
    )
    latest = latest_opinions(viewer=world.other_consultant, now=week, refs=[second])
    assert latest[second].index.group == ""
    [everybodys] = opinions(viewer=world.referent, now=week)[""]
    assert not everybodys.index.withheld
    made = ClientOpinion.objects.get(ref=world.client.ref)
    ClientOpinion.objects.create(
        scoring=made.scoring, ref="THIRD", asked=3, answered=3, managers_from=OVER,
        figures={code: told for code, told in made.figures.items() if code != "skill"},
    )  # fmt: skip
    [mean] = opinions(viewer=world.other_consultant, now=week)[""]
    assert mean.index == everybodys.index
    assert mean.topics["skill"] == NO_OPINION
    assert mean.topics["overall"] == everybodys.topics["overall"]
    # Not asked anything that could be told: nobody to be given away.
    ClientOpinion.objects.exclude(ref__in=["", second]).update(figures={})
    assert opinions(viewer=world.other_consultant, now=week)[""][0].topics == everybodys.topics


def test_the_account_manager_and_former_people_read_with_the_managers(
    asked: ClientSurvey, world: World
) -> None:
    holder, former = make.person(), make.person()
    Client.objects.filter(pk=world.other_client.pk).update(account_manager=holder)
    make.assignment(person=former, mission=world.other_mission, ends_on=NOW.date() - DAY)
    score_clients_due(now=OVER)
    for person in (holder, former):
        assert opinions(viewer=person, now=OVER + 6 * DAY) == {}
        told = opinions(viewer=person, now=OVER + 7 * DAY)
        assert set(told) == {world.other_client.ref, ""}


def test_a_look_at_some_clients_costs_one_query(
    asked: ClientSurvey, world: World, django_assert_num_queries: object
) -> None:
    score_clients_due(now=OVER)
    with django_assert_num_queries(1):  # type: ignore[operator]  # -- a fixture without its type
        told = opinions(viewer=world.referent, now=OVER, refs=[world.client.ref])
    assert set(told) == {world.client.ref}


def test_two_surveys_make_two_points(asked: ClientSurvey, world: World) -> None:
    answer(asked, world.client, 100, 75, 75)
    later = NOW + 112 * DAY
    again = survey(later, open_round(later))
    for asking in again.askings.filter(contact__client=world.client):
        submit(asking=asking, answers=dict.fromkeys(CODES, 50), now=later)
    score_clients_due(now=later + 14 * DAY)
    told = opinions(viewer=world.manager, now=later + 30 * DAY)[world.client.ref]
    assert [said.survey for said in told] == [asked.pk, again.pk]
    change = difference(told[0].index, told[1].index)
    assert change is not None
    assert change.points < 0
    assert difference(NO_OPINION, told[1].index) is None


def test_beside_what_people_live() -> None:
    people = Cell(False, score=50, low=40, high=60, band="8-12", level=2)
    client = Opinion(False, score=80, low=70, high=90, level=4)
    gap = beside_people(people, client)
    assert gap is not None
    assert (gap.points, str(gap.direction)) == (30, "up")
    many = Cell(False, score=62, low=58, high=66, band="20+", level=3)
    wide = beside_people(many, client)
    assert wide is not None
    assert wide.points == 18
    assert beside_people(WITHHELD, client) is None
    assert beside_people(people, NO_OPINION) is None
