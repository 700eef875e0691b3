"""Periods and rounds made ahead, and each round opened once."""

import ast
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count

from surveys.calendar import freeze, make_ahead, open_due, period_label, round_label
from surveys.defaults import install_questions
from surveys.models import Period, Question, QuestionVersion, Round
from tests import make
from tests.house.test_sources import SOURCES, label, tree

pytestmark = pytest.mark.django_db
EVE = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FIRST = date(2026, 1, 6)


@pytest.fixture(autouse=True)
def _firm() -> None:
    make.firm(first_round_on=FIRST, consulted_on=FIRST)


def starts() -> list[date]:
    return list(Round.objects.values_list("starts_on", flat=True))


def test_whole_periods_are_made_for_half_a_year() -> None:
    assert make_ahead(now=EVE) == "9 rounds made ahead"
    assert starts() == [FIRST + timedelta(weeks=4 * place) for place in range(9)]
    assert starts()[-1] + timedelta(weeks=4) > EVE.date() + timedelta(weeks=26)
    assert set(Period.objects.annotate(n=Count("rounds")).values_list("n", flat=True)) == {3}


def test_a_period_closes_with_its_last_round() -> None:
    make_ahead(now=EVE)
    period = Period.objects.first()
    last = period.rounds.last()
    assert (period.closes_at, period.last_round_on) == (last.closes_at, last.starts_on)
    assert last.closes_at == datetime(2026, 3, 17, 9, 0, tzinfo=UTC)


def test_made_twice_changes_nothing() -> None:
    make_ahead(now=EVE)
    before = list(Round.objects.values())
    assert make_ahead(now=EVE) == ""
    assert list(Round.objects.values()) == before


def test_nothing_is_made_before_the_first_round_is_chosen() -> None:
    make.firm(first_round_on=None)
    assert make_ahead(now=EVE) == ""
    assert starts() == []


def test_the_hour_stays_through_summer_time() -> None:
    make_ahead(now=EVE)
    winter, summer = Round.objects.first(), Round.objects.get(starts_on=date(2026, 3, 31))
    assert (winter.opens_at.hour, summer.opens_at.hour) == (9, 8)


def test_a_change_of_length_counts_from_the_next_period() -> None:
    make_ahead(now=EVE)
    in_first = datetime(2026, 2, 10, 12, tzinfo=UTC)
    make.firm(first_round_on=FIRST, rounds_per_period=2, cadence_weeks=2)
    make_ahead(now=in_first)
    first, second = Period.objects.all()[:2]
    assert [row.starts_on for row in first.rounds.all()] == [
        FIRST + timedelta(weeks=4 * place) for place in range(3)
    ]
    assert (first.round_count, second.round_count) == (3, 2)
    # The last round of the first period is open for 14 days: the next opens after its close.
    assert second.starts_on == date(2026, 3, 31)
    assert second.rounds.last().starts_on == date(2026, 4, 14)


def test_a_calendar_begun_long_ago_makes_only_what_is_not_over() -> None:
    make.firm(first_round_on=date(2025, 1, 7), consulted_on=FIRST)
    make_ahead(now=EVE)
    first = Period.objects.first()
    assert first.closes_at > EVE
    assert (first.starts_on - date(2025, 1, 7)).days % (7 * 4 * 3) == 0


def test_a_round_stays_open_less_than_the_cadence() -> None:
    make.firm(first_round_on=FIRST, cadence_weeks=1, open_days=14)
    make_ahead(now=EVE)
    rounds = list(Round.objects.all())
    assert all(a.closes_at < b.opens_at for a, b in pairwise(rounds))


def test_no_round_opens_before_the_consultation() -> None:
    make_ahead(now=EVE)
    during = datetime(2026, 1, 7, tzinfo=UTC)
    for consulted_on in (None, date(2026, 1, 8)):
        make.firm(first_round_on=FIRST, consulted_on=consulted_on)
        assert open_due(now=during) == ""
    assert not Round.objects.open(during).exists()


def test_rounds_are_opened_in_one_place() -> None:
    """The gate of the staff council cannot be gone around: besides the job, only an import of
    answers that are past already says that a round was opened."""
    writing = set()
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            by_name = isinstance(node, ast.keyword) and node.arg == "opened_at"
            by_hand = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if by_name or (by_hand and node.attr == "opened_at"):
                writing.add(label(path))
    # Alerts open too, and so do surveys of clients and the reviews of them.
    others = {name for name in writing if name.startswith(("followup/", "clients/"))}
    others |= {"surveys/asking.py", "surveys/reviewing.py"}
    of_rounds = writing - others
    assert of_rounds == {"surveys/calendar.py", "surveys/past.py"}


def test_a_round_opens_in_its_window_only_once() -> None:
    make_ahead(now=EVE)
    assert open_due(now=EVE) == ""
    during = datetime(2026, 1, 6, 9, 0, tzinfo=UTC)
    assert open_due(now=during) == "round 2026-01-06 opened"
    opened = Round.objects.get(starts_on=FIRST)
    assert opened.opened_at == during
    assert opened.questionnaire is not None
    assert open_due(now=during + timedelta(hours=1)) == ""
    opened.refresh_from_db()
    assert opened.opened_at == during


def test_a_round_missed_never_opens() -> None:
    make_ahead(now=EVE)
    open_due(now=datetime(2026, 1, 20, 9, 0, tzinfo=UTC))
    assert not Round.objects.filter(opened_at__isnull=False).exists()


def test_two_workers_open_a_round_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other worker opens it between this one's look and its claim."""
    make_ahead(now=EVE)
    during = datetime(2026, 1, 7, tzinfo=UTC)

    def slow_freeze(**asked: object) -> object:
        found = freeze(**asked)
        Round.objects.filter(starts_on=FIRST).update(opened_at=EVE, questionnaire=found)
        return found

    monkeypatch.setattr("surveys.calendar.freeze", slow_freeze)
    assert open_due(now=during) == ""
    assert Round.objects.get(starts_on=FIRST).opened_at == EVE


def codes(row: Round) -> list[str]:
    return [item.code for item in row.questionnaire.items]


def open_all(count: int) -> list[Round]:
    make_ahead(now=EVE)
    for row in Round.objects.all()[:count]:
        open_due(now=row.opens_at)
    return list(Round.objects.filter(opened_at__isnull=False))


def test_the_default_questionnaire_is_frozen_with_one_rotating_item() -> None:
    fixed = ["feeling", "load", "relation", "meaning", "autonomy", "support"]
    rotating = ["growth", "values", "travel", "outlook", "growth"]
    for row, turn in zip(open_all(5), rotating, strict=True):
        assert codes(row) == [*fixed, turn]
    assert Round.objects.first().questionnaire.core_codes == fixed[1:]


def test_the_turn_goes_on_after_a_retired_item() -> None:
    first, *_rest = open_all(1)
    assert codes(first)[-1] == "growth"
    Question.objects.filter(code="growth").update(retired_on=FIRST)
    second = Round.objects.all()[1]
    open_due(now=second.opens_at)
    second.refresh_from_db()
    assert codes(second)[-1] == "values"


def test_equal_contents_share_one_questionnaire() -> None:
    rounds = open_all(5)
    assert rounds[0].questionnaire == rounds[4].questionnaire
    assert rounds[0].questionnaire != rounds[1].questionnaire


def test_a_new_version_counts_from_its_period() -> None:
    make_ahead(now=EVE)
    load = Question.objects.get(code="load")
    second = Period.objects.all()[1]
    QuestionVersion.objects.create(
        question=load,
        number=2,
        text={"fr": "Nouveau", "en": "New"},
        labels=load.versions.get().labels,
        starts_on=second.starts_on,
    )
    texts = []
    for row in Round.objects.all()[2:4]:
        open_due(now=row.opens_at)
        row.refresh_from_db()
        item = next(item for item in row.questionnaire.items if item.code == "load")
        texts.append((item.version, item.words("fr")))
    assert texts == [(1, "Votre charge de travail est…"), (2, "Nouveau")]


def test_a_frozen_round_keeps_its_words() -> None:
    (first,) = open_all(1)
    QuestionVersion.objects.filter(question__code="load").update(text={"fr": "Autre"})
    first.refresh_from_db()
    assert first.questionnaire.items[1].words("fr") == "Votre charge de travail est…"


def test_nothing_to_ask_opens_nothing() -> None:
    make_ahead(now=EVE)
    Question.objects.update(retired_on=date(2020, 1, 1))
    assert open_due(now=datetime(2026, 1, 7, tzinfo=UTC)) == ""


def test_words_of_periods_and_rounds() -> None:
    period = make.period(date(2026, 9, 15), last_round_on=date(2026, 11, 10))
    assert period_label(period, "fr") == "sept.–nov.\u00a02026"
    assert period_label(period, "en") == "Sept–Nov\u00a02026"
    row = make.round_(date(2026, 11, 10), period=period)
    assert round_label(row, "en") == "November round"


def test_a_period_begun_by_an_import_is_completed() -> None:
    period = make.period(date(2025, 12, 9), round_count=3)
    make.round_(date(2025, 12, 9), period=period)
    make_ahead(now=EVE)
    period.refresh_from_db()
    assert [row.starts_on for row in period.rounds.all()] == [
        date(2025, 12, 9),
        FIRST,
        date(2026, 2, 3),
    ]
    assert period.closes_at == period.rounds.last().closes_at


def test_the_default_questions_are_installed_once_and_never_overwritten() -> None:
    Question.objects.filter(code="load").update(role="outcome")
    assert install_questions() == 0
    assert Question.objects.get(code="load").role == "outcome"
    QuestionVersion.objects.filter(question__code="travel").delete()
    Question.objects.filter(code="travel").delete()
    assert install_questions() == 1
    words = QuestionVersion.objects.get(question__code="travel")
    assert words.text["en"] == "Journeys and distance weigh on you…"
    assert [len(words.labels[language]) for language in ("fr", "en")] == [5, 5]
    assert Question.objects.count() == 10
