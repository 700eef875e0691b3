"""A released firm with a group one below the threshold, whose numbers nothing else could give."""

import logging
import re
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean

import pytest

from accounts.models import User
from clients.models import Client
from core.logs import JsonFormatter, PlainFormatter
from missions.models import Assignment
from operations.due import STEPS
from scoring.compute import score_due
from scoring.models import Score
from surveys.comments import sealed
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.world import World

CODES = ("load", "relation", "meaning")
DAYS = (date(2026, 2, 3), date(2026, 3, 3))


@dataclass
class Planted:
    """A released firm, and every text that must appear nowhere."""

    world: World
    periods: list[int]
    secrets: set[str] = field(default_factory=set)
    # Of what the four wrote: in no table in the open, and shown to nobody but them.
    words: set[str] = field(default_factory=set)
    # What the jobs wrote to the log on the way.
    logged: str = ""

    def found(self, text: str) -> list[str]:
        return sorted(self.pattern.findall(text)) + sorted(
            word for word in self.words if word in text
        )

    def keep(self, value: float) -> None:
        """The number as it may be printed: point or comma, cut or rounded to three places."""
        texts = {f"{value:.3f}", f"{int(value * 1000) / 1000:.3f}"}
        self.secrets |= texts | {text.replace(".", ",") for text in texts}

    @property
    def pattern(self) -> re.Pattern[str]:
        # Not the end of a longer number, nor the seconds of a clock.
        return re.compile(
            "|".join(rf"(?<![\d.,])(?<!\d:){re.escape(one)}" for one in self.secrets)
        )


def staff(client: Client, count: int) -> list[User]:
    mission = client.missions.first() or make.mission(client=client)
    people = [make.person(unit=client.unit) for _ in range(count)]
    for person in people:
        make.assignment(person=person, mission=mission)
    return people


def answer(people: list[User], asked: Round, values: list[dict[str, float]]) -> None:
    for person, one in zip(people, values, strict=True):
        mission = Assignment.objects.get(person=person).mission
        raw = {code: [value, 0, 100] for code, value in one.items()}
        CheckIn.objects.create(
            person=person, mission=mission, round=asked, answers=one, raw=raw,
            sent_at=asked.opens_at,
        )  # fmt: skip


def write(people: list[User], asked: Round, made: "Planted") -> None:
    """Too few comments to be shown: some ticked, one not, and a draft beside them."""
    for place, row in enumerate(CheckIn.objects.filter(person__in=people, round=asked)):
        word = f"Zéphyr{asked.starts_on:%m}{'abcd'[place]}"
        row.comment, row.comment_shown = sealed(f"Tout part au {word}.", row), place > 0
        row.save()
        made.words.add(word)
    draft = Draft(
        person=people[0], mission=row.mission, round=asked, kept_at=asked.opens_at,
        typed={"answers": {}, "share": "", "talk_to": "", "comment_shown": True},
    )  # fmt: skip
    draft.comment = sealed("Encore au Zéphyrbrouillon.", draft)
    draft.save()
    made.words.add("Zéphyrbrouillon")


def spread(count: int) -> list[dict[str, float]]:
    """Ordinary answers of a group."""
    return [
        {code: 25 * ((place + turn) % 5) for turn, code in enumerate(CODES)}
        for place in range(count)
    ]


def own_numbers(turn: int) -> list[dict[str, float]]:
    """Four people's answers: no other number of the firm looks like them."""
    firsts = (31.123, 43.377, 57.741, 68.219)
    return [
        {code: first + 2 * place + turn + 0.011 * place for place, code in enumerate(CODES)}
        for first in firsts
    ]


def round_on(day: date) -> Round:
    period = make.period(day, round_count=1, last_round_on=day)
    row = make.round_(day, period=period, questionnaire=make.questionnaire(CODES))
    period.closes_at = row.closes_at
    period.save()
    return row


def keep_all(made: "Planted", numbers: list[dict[str, float]]) -> None:
    """Each answer, each person's overall, and the group's means."""
    for code in CODES:
        values = [one[code] for one in numbers]
        for value in [*values, fmean(values)]:
            made.keep(value)
    wholes = [fmean(one.values()) for one in numbers]
    for value in [*wholes, fmean(wholes)]:
        made.keep(value)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of the log so far, as each of our formatters would write it."""
    shapes = (JsonFormatter(), PlainFormatter(), logging.Formatter())
    return "\n".join(shape.format(record) for record in caplog.records for shape in shapes)


@pytest.fixture
def planted(world: World, caplog: pytest.LogCaptureFixture) -> Planted:
    """Two released periods; four people answered at the world's client, one too few."""
    caplog.set_level(logging.DEBUG)
    big = make.client(unit=world.unit, name="Orsel")
    middle = make.client(unit=world.unit, name="Tavia")
    groups = [(staff(client, n), n) for client, n in ((big, 12), (middle, 7))]
    groups.append((staff(world.other_client, 9), 9))
    four = staff(world.client, 4)
    made = Planted(world, [])
    asked = [round_on(day) for day in DAYS]
    for turn, row in enumerate(asked):
        for people, count in groups:
            answer(people, row, spread(count))
        numbers = own_numbers(turn)
        answer(four, row, numbers)
        write(four, row, made)
        keep_all(made, numbers)
    for row in asked:
        made.periods.append(row.period_id)
        score_due(now=row.closes_at)
        for value in Score.objects.exclude(estimate=None).values_list("estimate", flat=True):
            if value % 0.5:
                made.keep(value)
        for _name, step in STEPS[2:]:  # the calendar is made already
            step(now=row.closes_at)
    made.logged = logged(caplog)
    return made
