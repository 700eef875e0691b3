"""Past check-ins: rounds and periods made, values rescaled, the same file twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys.calendar import make_ahead, open_due
from surveys.models import Dimension, Period, Round
from surveys.models.answers import CheckIn
from surveys.past import PastAnswer, RoundNotPastError, import_past, not_past
from tests import make
from tests.surveys.asking import NOW, open_round, send
from tests.world import World

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 6)
DAYS = [FIRST + timedelta(weeks=4 * place) for place in range(7)]


def line(world: World, **rest: object) -> PastAnswer:
    values = {
        "person_id": world.consultant.pk,
        "mission_id": world.mission.pk,
        "round_on": FIRST,
        "answered_on": FIRST + timedelta(days=2),
        "dimension": "load",
        "value": 4.0,
        "minimum": 1.0,
        "maximum": 5.0,
    } | rest
    return PastAnswer(**values)


def bring(*lines: PastAnswer, rounds: int = 1) -> tuple[int, int, int]:
    counts = import_past(lines, rounds_per_period=rounds, now=NOW)
    return counts.created, counts.changed, counts.unchanged


def test_an_answer_is_rescaled_and_its_raw_value_kept(world: World) -> None:
    assert bring(line(world)) == (1, 0, 0)
    kept = CheckIn.objects.get()
    assert kept.answers == {"load": 75}
    assert kept.raw == {"load": [4.0, 1.0, 5.0]}
    assert kept.sent_at.astimezone(UTC).date() == FIRST + timedelta(days=2)
    assert (kept.share, kept.talk_to) == ("averages", None)


@pytest.mark.parametrize(
    ("value", "worst", "best", "expected"),
    [(1, 1, 5, 0), (5, 5, 1, 0), (2.2, 1, 5, 30), (1.8, 1, 5, 20), (3, 0, 10, 30)],
)
def test_scales(world: World, value: float, worst: float, best: float, expected: float) -> None:
    bring(line(world, value=value, minimum=worst, maximum=best))
    assert CheckIn.objects.get().answers["load"] == pytest.approx(expected)


def test_the_same_lines_again_change_nothing(world: World) -> None:
    lines = [line(world), line(world, dimension="meaning", value=2.0)]
    assert bring(*lines) == (2, 0, 0)
    before = list(CheckIn.objects.values())
    assert bring(*lines) == (0, 0, 2)
    assert list(CheckIn.objects.values()) == before
    assert Round.objects.count() == 1


def test_a_corrected_line_is_changed_and_a_new_one_joins(world: World) -> None:
    bring(line(world))
    corrected = replace(line(world), value=5.0)
    assert bring(corrected, line(world, dimension="meaning")) == (1, 1, 0)
    kept = CheckIn.objects.get()
    assert kept.answers == {"load": 100, "meaning": 75}


def test_a_corrected_day_is_kept(world: World) -> None:
    bring(line(world))
    assert bring(replace(line(world), answered_on=FIRST)) == (0, 0, 1)
    assert CheckIn.objects.get().sent_at.date() == FIRST


def test_rounds_are_grouped_in_order_whatever_the_order_of_lines(world: World) -> None:
    bring(*(line(world, round_on=day) for day in reversed(DAYS[:6])), rounds=3)
    first, second = Period.objects.all()
    assert [row.starts_on for row in first.rounds.all()] == DAYS[:3]
    assert (first.last_round_on, second.last_round_on) == (DAYS[2], DAYS[5])
    assert second.closes_at == second.rounds.last().closes_at


def test_the_last_period_waits_until_it_is_whole(world: World) -> None:
    bring(*(line(world, round_on=day) for day in DAYS[:4]), rounds=3)
    waiting = Period.objects.last()
    assert (waiting.round_count, waiting.closes_at) == (3, None)
    bring(*(line(world, round_on=day) for day in DAYS[4:6]), rounds=3)
    waiting.refresh_from_db()
    assert [row.starts_on for row in waiting.rounds.all()] == DAYS[3:6]
    assert waiting.last_round_on == DAYS[5]


def test_rounds_made_are_closed_before_the_next_and_by_now(world: World) -> None:
    close = [FIRST, FIRST + timedelta(days=3), NOW.date() - timedelta(days=2)]
    bring(*(line(world, round_on=day) for day in close))
    rounds = list(Round.objects.all())
    assert all(row.opened_at == row.opens_at for row in rounds)
    assert rounds[0].closes_at == rounds[1].opens_at
    assert rounds[2].closes_at == NOW
    assert not Round.objects.open(NOW).exists()


def test_a_new_theme_is_one_core_item_of_its_own_code(world: World) -> None:
    Dimension.objects.create(code="jsat", name_fr="Satisfaction", name_en="Satisfaction")
    bring(line(world, dimension="jsat"), line(world))
    items = {item.code: item for item in Round.objects.get().questionnaire.items}
    assert set(items) == {"jsat", "load"}
    assert items["jsat"].is_core
    assert items["jsat"].labels == {"fr": [], "en": []}
    assert items["load"].words("en") == "Your workload is…"


def test_a_theme_told_later_joins_the_round(world: World) -> None:
    bring(line(world))
    bring(line(world, dimension="feeling"))
    assert Round.objects.get().questionnaire.core_codes == ["load"]
    assert CheckIn.objects.get().answers == {"load": 75, "feeling": 75}


def test_a_round_asked_here_keeps_its_questionnaire_and_its_answers(world: World) -> None:
    asked = open_round()
    send(world.consultant, world.mission, asked, feeling=100)
    before = asked.questionnaire
    bring(line(world, round_on=asked.starts_on))
    asked.refresh_from_db()
    assert asked.questionnaire == before
    assert CheckIn.objects.get().answers == {"feeling": 100, "load": 75}


def test_a_day_in_the_future_or_waiting_to_open_is_refused(world: World) -> None:
    make.firm(first_round_on=NOW.date() - timedelta(days=1), consulted_on=None)
    make_ahead(now=NOW)
    waiting = NOW.date() - timedelta(days=1)
    assert not_past([FIRST, waiting, NOW.date()], now=NOW) == {waiting, NOW.date()}
    with pytest.raises(RoundNotPastError):
        bring(line(world), line(world, round_on=waiting))
    assert not CheckIn.objects.exists()


def test_past_rounds_fall_in_the_periods_already_made(world: World) -> None:
    """The calendar has made the period in progress; its past rounds come from a file."""
    make.firm(first_round_on=DAYS[0])
    make_ahead(now=datetime(2026, 2, 25, tzinfo=UTC))
    bring(*(line(world, round_on=day) for day in DAYS[:2]), rounds=3)
    period = Period.objects.first()
    assert [bool(row.opened_at) for row in period.rounds.all()] == [True, True, False]
    open_due(now=datetime(2026, 3, 4, tzinfo=UTC))
    assert period.rounds.last().opened_at is not None


def test_a_past_round_inside_a_whole_period_joins_it(world: World) -> None:
    make.firm(first_round_on=DAYS[0])
    make_ahead(now=datetime(2026, 1, 5, tzinfo=UTC))
    bring(line(world, round_on=DAYS[0] + timedelta(days=14)), rounds=3)
    period = Period.objects.first()
    assert (period.round_count, period.rounds.count()) == (4, 4)


def test_queries_do_not_grow_with_the_people(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make.person() for _one in range(40)]
    bring(line(world))
    for some in (people[:1], people[1:]):
        lines = [line(world, person_id=one.pk, dimension=d) for one in some for d in ("load",)]
        with django_assert_num_queries(8):
            bring(*lines)
    assert CheckIn.objects.count() == 41
