"""The pass over the answers, against what plain Python makes of every check-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from missions.models import Mission
from scoring.gathering import OVERALL, Gathered, gather, sums
from surveys import exports
from surveys.models import Period, Questionnaire, Round
from surveys.models.answers import CheckIn
from tests import make

pytestmark = pytest.mark.django_db

# Codes of every shape that a slug may have.
CODES = ("load", "relation", "2026", "my-code", "Very_long_code")
ROLES = ("core", "core", "outcome", "rotating")
DAY = date(2026, 3, 3)
SKIPPED = None

item = st.fixed_dictionaries(
    {
        "code": st.sampled_from(CODES),
        "dimension": st.sampled_from(["load", "meaning", "trust", "growth"]),
        "role": st.sampled_from(ROLES),
        "version": st.integers(1, 2),
    }
)
form = st.lists(item, max_size=5, unique_by=lambda one: one["code"])
value = st.one_of(st.sampled_from([0, 25, 50, 75, 100]), st.floats(0, 100).map(lambda x: x / 3))
said = st.lists(st.tuples(st.sampled_from((*CODES, "unknown")), value), max_size=6).map(dict)


@dataclass(frozen=True)
class Story:
    """Forms, the form of each round (None: never opened), and answers by place."""

    forms: list[list[dict[str, Any]]]
    rounds: list[int | None]
    told: dict[tuple[int, int, int], dict[str, float]] = field(default_factory=dict)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    forms = draw(st.lists(form, min_size=1, max_size=3))
    rounds = draw(
        st.lists(st.one_of(st.none(), st.integers(0, len(forms) - 1)), min_size=1, max_size=4)
    )
    place = st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, len(rounds) - 1))
    return Story(forms, rounds, draw(st.dictionaries(place, said, max_size=25)))


@dataclass
class Firm:
    """Three people and five missions: two of them share client and profile."""

    people: list[User]
    missions: list[Mission]


@pytest.fixture
def firm(db: None) -> Firm:
    clients, profiles = [make.client(), make.client()], [make.profile(), make.profile()]
    pairs = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    missions = [make.mission(client=clients[c], profile=profiles[p]) for c, p in pairs]
    return Firm([make.person() for _ in range(3)], missions)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kept(firm: Firm, story: Story) -> tuple[Period, list[Round]]:
    period = make.period(DAY, round_count=len(story.rounds))
    papers = [
        Questionnaire.objects.create(
            digest=f"form {place}",
            content=[one | {"text": {"fr": "?"}, "labels": {"fr": []}} for one in items],
            created_at="2026-01-01T00:00Z",
        )
        for place, items in enumerate(story.forms)
    ]
    rounds = []
    for place, number in enumerate(story.rounds):
        row = make.round_(DAY + timedelta(days=28 * place), period=period)
        if number is None:
            row.questionnaire = row.opened_at = None
        else:
            row.questionnaire = papers[number]
        row.save()
        rounds.append(row)
    CheckIn.objects.bulk_create(
        CheckIn(
            person=firm.people[p], mission=firm.missions[m], round=rounds[r], answers=answers,
            sent_at=rounds[r].opens_at,
        )
        for (p, m, r), answers in story.told.items()
    )  # fmt: skip
    return period, rounds


def plain(firm: Firm, story: Story, rounds: list[Round]) -> dict[str, dict[Any, list[float]]]:
    """Values by dimension and cell, and under ``core`` the sets by (person, client, profile)."""
    found: dict[str, dict[Any, list[Any]]] = {"core": {}}
    for (p, m, r), answers in story.told.items():
        number = story.rounds[r]
        items = story.forms[number] if number is not None else []
        mission = firm.missions[m]
        part = (firm.people[p].pk, mission.client_id, mission.profile_id)
        values = {
            one["dimension"]: answers[one["code"]] for one in items if one["code"] in answers
        }
        core = [one["code"] for one in items if one["role"] == "core"]
        whole = exports.overall(answers, core)
        if whole is not None:
            values[OVERALL] = whole
        for dimension, one_value in values.items():
            cells = found.setdefault(dimension, {})
            cells.setdefault((*part, rounds[r].pk), []).append(one_value)
        seen = {
            one["dimension"] for one in items if one["role"] == "core" and one["code"] in answers
        }
        if seen:
            found["core"].setdefault(part, []).append(frozenset(seen))
    return found


def check(found: Gathered, expected: dict[str, dict[Any, list[Any]]]) -> None:
    sets = expected.pop("core")
    assert found.core == {
        part: seen[0] if len(set(seen)) == 1 else None for part, seen in sets.items()
    }
    assert set(found.cells) == set(expected)
    for dimension, cells in found.cells.items():
        columns = (codes.tolist() for codes in cells.factors.values())
        keys = list(zip(*columns, strict=True))
        told = expected[dimension]
        assert list(cells.factors) == ["person", "client", "profile", "round"]
        assert keys == sorted(told)
        assert cells.n.tolist() == [len(told[key]) for key in keys]
        assert cells.total.tolist() == pytest.approx([sum(told[key]) for key in keys], rel=1e-12)
        squares = sum(one**2 for values in told.values() for one in values)
        assert cells.squares == pytest.approx(squares, rel=1e-12)


@pytest.mark.parametrize("at_once", [1, 4, exports.ROWS_AT_ONCE])
def test_it_is_what_every_check_in_adds_up_to(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", at_once)

    @settings(max_examples=50)
    @given(stories())
    def holds(story: Story) -> None:
        with rolled_back():
            period, rounds = kept(firm, story)
            found = gather(exports.answers_of(period))
            check(found, plain(firm, story, rounds))
            cells = sums(exports.answers_until(rounds[-1]), [OVERALL])
            assert set(cells) == {OVERALL} & set(found.cells)
            for one in cells.values():
                assert one.total.tolist() == found.cells[OVERALL].total.tolist()

    holds()


def test_no_answers_make_no_cells() -> None:
    found = gather([])
    assert (dict(found.cells), dict(found.core)) == ({}, {})


def story(told: dict[tuple[int, int, int], dict[str, float]], *, changed: bool) -> Story:
    items = [{"code": code, "dimension": code, "role": "core", "version": 1} for code in CODES[:3]]
    other = [one | {"version": 2} for one in reversed(items)]
    return Story([items, other], [0, int(changed), 0], told)


def asked_for(period: Period) -> int:
    with CaptureQueriesContext(connection) as queries:
        gather(exports.answers_of(period))
    return len(queries)


def test_more_check_ins_ask_no_more_queries(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for the rounds, one for each list of items."""
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 7)
    few = {(0, 0, 0): {"load": 25.0}}
    many = {(p, m, r): {"load": 25.0} for p in range(3) for m in range(5) for r in range(3)}
    for told in (few, many):
        for changed, queries in ((False, 2), (True, 3)):
            with rolled_back():
                period, _ = kept(firm, story(told, changed=changed))
                assert asked_for(period) == queries


def test_an_erased_check_in_is_gone(firm: Firm) -> None:
    told = {(0, 0, 0): {"load": 25.0}, (1, 0, 0): {"load": 50.0}}
    period, _ = kept(firm, story(told, changed=False))
    CheckIn.objects.filter(person=firm.people[0]).delete()
    found = gather(exports.answers_of(period))
    assert found.cells["load"].factors["person"].tolist() == [firm.people[1].pk]
    assert set(found.core) == {
        (firm.people[1].pk, firm.missions[0].client_id, firm.missions[0].profile_id)
    }
