"""A simulated firm with movers and crossings: people change clients, clients mix profiles.

Deterministic; written straight to the tables, so that tests of scores do not depend on forms.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from accounts.models import User
from clients.models import Client
from missions.models import Assignment, Mission, MissionProfile
from surveys.models import Period, Round
from surveys.models.answers import CheckIn
from tests import make

CODES = ("load", "relation", "meaning")
FIRST = date(2025, 1, 14)


@dataclass(frozen=True)
class Simulated:
    """What was made, for tests to look into."""

    people: list[User]
    clients: list[Client]
    profiles: list[MissionProfile]
    periods: list[Period]
    rounds: list[Round]

    @property
    def after(self) -> datetime:
        """A moment after everything has closed."""
        return self.rounds[-1].closes_at + timedelta(hours=1)


def firm(
    *, people: int = 40, clients: int = 8, periods: int = 2, rounds: int = 3, seed: int = 7
) -> Simulated:
    """Two units; client sizes fall from large to one person; everybody moves once on the way."""
    rng = Random(seed)
    make.firm(first_round_on=FIRST)
    units = [make.unit(ref="NORD", name="Nord"), make.unit(ref="SUD", name="Sud")]
    rows = [
        make.client(ref=f"CL{n}", name=f"Client {n}", unit=units[n % 2]) for n in range(clients)
    ]
    profiles = [make.profile(ref=f"PF{n}") for n in range(3)]
    missions = {
        (c.pk, p.pk): make.mission(client=c, profile=p, starts_on=FIRST - timedelta(days=30))
        for c in rows
        for p in profiles
    }
    staff = [make.person(unit=units[n % 2], last_name=f"Personne {n}") for n in range(people)]
    made = Simulated(staff, rows, profiles, *_calendar(periods, rounds))
    level = {p.pk: rng.gauss(60, 9) for p in staff}
    effect = {c.pk: rng.gauss(0, 8) for c in rows}
    seats = [rows[min(int(clients * rng.random() ** 2), clients - 1)] for _ in staff]
    staffed, answered = [], []
    for number, row in enumerate(made.rounds):
        for place, person in enumerate(staff):
            if number == 1 + place % (len(made.rounds) or 1):
                seats[place] = rng.choice(rows)
            mission = missions[seats[place].pk, profiles[(place + number // 4) % 3].pk]
            staffed.append(_stay(person, mission, row))
            if rng.random() < 0.85:
                lived = level[person.pk] + effect[seats[place].pk]
                answered.append(_answer(person, mission, row, lived, rng))
    Assignment.objects.bulk_create(staffed)
    # Every mission ends with its assignments: nothing is left to staff.
    for mission, last in {row.mission: row.ends_on for row in staffed}.items():
        mission.ends_on = last
        mission.save(update_fields=["ends_on"])
    CheckIn.objects.bulk_create(answered)
    return made


def _calendar(periods: int, rounds: int) -> tuple[list[Period], list[Round]]:
    whole, all_rounds = [], []
    day = FIRST
    for _ in range(periods):
        period = make.period(day, round_count=rounds)
        for _ in range(rounds):
            all_rounds.append(
                make.round_(day, period=period, questionnaire=make.questionnaire(CODES))
            )
            day += timedelta(days=28)
        period.closes_at = all_rounds[-1].closes_at
        period.save()
        whole.append(period)
    return whole, all_rounds


def _stay(person: User, mission: Mission, row: Round) -> Assignment:
    """An assignment for the round's four weeks."""
    return Assignment(
        person=person,
        mission=mission,
        starts_on=row.starts_on - timedelta(days=7),
        ends_on=row.starts_on + timedelta(days=20),
    )


def _answer(person: User, mission: Mission, row: Round, lived: float, rng: Random) -> CheckIn:
    answers = {
        code: min(100, max(0, 25 * round(rng.gauss(lived, 12) / 25)))
        for code in CODES
        if rng.random() < 0.95
    }
    return CheckIn(
        person=person, mission=mission, round=row, answers=answers, sent_at=row.opens_at
    )


def answers(period: Period, client: Client, values: list[dict[str, float]]) -> list[User]:
    """One new person for each given set of answers, at a client, in a period's first round."""
    asked = period.rounds.first() or make.round_(period.starts_on, period=period)
    mission = client.missions.first() or make.mission(client=client)
    staff = []
    for one in values:
        person = make.person(unit=client.unit)
        _stay(person, mission, asked).save()
        CheckIn.objects.create(
            person=person, mission=mission, round=asked, answers=one, sent_at=asked.opens_at
        )
        staff.append(person)
    return staff
