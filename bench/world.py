"""Firms of any size, put into the tables at once: staffing, rounds, check-ins.

Rounds are made and opened by the product's own calendar. What is stored by the thousand goes in
by bulk, since the importer reads files of a firm's own size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.utils.timezone import localtime

from accounts.models import FirmSettings, OrgUnit, TalkContact, User
from balancing.models import LoadPass
from clients.models import Client
from followup.models import AlertPass
from missions.defaults import install_facts
from missions.models import Absence, Assignment, DemandFact, Mission, MissionProfile
from scoring.models import Participation, Release, ReleasedCell
from surveys import calendar
from surveys.defaults import install_questions
from surveys.models import Period, Round
from surveys.models.answers import CheckIn

ROUNDS = 24
CADENCE = timedelta(days=28)
PERIOD = 3
UNITS = 8
PROFILES = 6
MISSIONS_A_CLIENT = 2
# Stays of some four rounds; seven people of ten answer.
MOVING, ANSWERING = 0.25, 0.7
BATCH = 2_000
SEED = 52


@dataclass(frozen=True, slots=True)
class Size:
    """How large a firm is."""

    people: int
    clients: int


@dataclass(frozen=True)
class World:
    """A firm being made: its size, its days and its dice."""

    size: Size
    open_round: date

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(SEED)

    @cached_property
    def rounds(self) -> list[date]:
        return [self.open_round - CADENCE * back for back in range(ROUNDS, -1, -1)]

    @cached_property
    def seats(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Place of each person's mission at each round, (rounds, people)."""
        missions = self.size.clients * MISSIONS_A_CLIENT
        now = np.arange(self.size.people, dtype=np.int64) % missions
        plan = []
        for _ in self.rounds:
            moving = self.rng.random(self.size.people) < MOVING
            now = np.where(moving, self.rng.integers(0, missions, self.size.people), now)
            plan.append(now)
        return np.array(plan)


def make(size: Size, *, now: datetime, answered: bool = True) -> World:
    """The whole firm, with a round open now and 24 closed ones behind it, answered or not."""
    start = localtime(now)
    ready = start.date() if start.hour >= 11 else start.date() - timedelta(days=1)
    world = World(size, ready - timedelta(days=(ready.weekday() - 1) % 7))
    _settings(world)
    _people(world)
    _clients(world)
    _assignments(world)
    _rounds(world)
    if answered:
        CheckIn.objects.bulk_create(_check_ins(world), batch_size=BATCH)
    return world


# --- who works where ---------------------------------------------------------------------------


def _settings(world: World) -> None:
    FirmSettings.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Bench",
            "first_round_on": world.rounds[0],
            "consulted_on": world.rounds[0] - timedelta(days=30),
            "rounds_per_period": PERIOD,
        },
    )
    install_questions()
    install_facts()


def _people(world: World) -> None:
    """A manager of the whole firm, a referent, and the consultants, in units."""
    root = OrgUnit.objects.create(ref="ROOT", name="Direction")
    manager = _person("manager", root, is_manager=True)
    referent = _person("referent", root, is_referent=True)
    User.objects.bulk_create([manager, referent])
    OrgUnit.objects.filter(pk=root.pk).update(manager=manager)
    TalkContact.objects.create(person=referent, title_fr="Référente", title_en="Referent")
    units = [OrgUnit(ref=f"U{n}", name=f"Agence {n}", parent=root) for n in range(UNITS)]
    OrgUnit.objects.bulk_create(units)
    User.objects.bulk_create(
        (
            _person(f"L{n:06d}", units[n % UNITS], is_consultant=True, manager=manager)
            for n in range(world.size.people)
        ),
        batch_size=BATCH,
    )


def _person(ref: str, unit: OrgUnit, **rest: Any) -> User:
    return User(
        ref=ref, email=f"{ref}@bench.example", first_name="Alix", last_name=f"Durand {ref}",
        unit=unit, password="!", **rest,
    )  # fmt: skip


def _clients(world: World) -> None:
    """Clients with two missions each; every other mission declares a fact."""
    units = list(OrgUnit.objects.exclude(ref="ROOT"))
    kinds = [
        MissionProfile(ref=f"K{n}", name_fr=f"Profil {n}", name_en=f"Profile {n}")
        for n in range(PROFILES)
    ]
    MissionProfile.objects.bulk_create(kinds)
    clients = [
        Client(ref=f"C{n:05d}", name=f"Client {n:05d}", sector="Banque", unit=units[n % UNITS])
        for n in range(world.size.clients)
    ]
    Client.objects.bulk_create(clients, batch_size=BATCH)
    missions = [
        Mission(
            ref=f"M{n:06d}", client=clients[n // MISSIONS_A_CLIENT], profile=kinds[n % PROFILES],
            title=f"Mission {n}", starts_on=world.rounds[0] - timedelta(days=40),
        )
        for n in range(world.size.clients * MISSIONS_A_CLIENT)
    ]  # fmt: skip
    Mission.objects.bulk_create(missions, batch_size=BATCH)
    facts = list(DemandFact.objects.all())
    through = Mission.facts.through
    declared = [
        through(mission_id=mission.pk, demandfact_id=facts[n % len(facts)].pk)
        for n, mission in enumerate(missions)
        if n % 2
    ]
    through.objects.bulk_create(declared, batch_size=BATCH)


def _assignments(world: World) -> None:
    """Rounds in a row on the same mission are one assignment; a week off each summer."""
    people, missions = _ids(User), _ids(Mission)
    rows = []
    for place, person in enumerate(people):
        seats = world.seats[:, place]
        starts = [0, *(np.flatnonzero(np.diff(seats)) + 1).tolist()]
        ends = [*starts[1:], None]
        for start, end in zip(starts, ends, strict=True):
            rows.append(
                Assignment(
                    person_id=person, mission_id=missions[seats[start]],
                    starts_on=world.rounds[start] - timedelta(days=15),
                    ends_on=None if end is None else world.rounds[end] - timedelta(days=16),
                )
            )  # fmt: skip
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    away = date(world.open_round.year - 1, 8, 3)
    Absence.objects.bulk_create(
        (
            Absence(person_id=person, starts_on=away, ends_on=away + timedelta(days=6))
            for person in people
        ),
        batch_size=BATCH,
    )


def _ids(model: type[User] | type[Mission]) -> list[int]:
    """In the order in which they were made; of people, the consultants."""
    if model is User:
        return list(User.objects.consultants().order_by("ref").values_list("pk", flat=True))
    return list(Mission.objects.order_by("ref").values_list("pk", flat=True))


# --- rounds and check-ins ----------------------------------------------------------------------


def _rounds(world: World) -> None:
    firm_calendar = FirmSettings.current().calendar
    assert firm_calendar is not None
    for day in world.rounds:
        opens = firm_calendar.window(day)[0]
        calendar.make_ahead(now=opens)
        calendar.open_due(now=opens)


def _check_ins(world: World) -> Iterator[CheckIn]:
    """Answers of the closed rounds: what a person brings, a client, chance."""
    rng, size = world.rng, world.size
    people, missions = _ids(User), _ids(Mission)
    own, lived = rng.normal(0, 7, size.people), rng.normal(0, 9, size.clients)
    closed = Round.objects.filter(starts_on__in=world.rounds[:-1]).select_related("questionnaire")
    for number, row in enumerate(closed.order_by("starts_on")):
        assert row.questionnaire is not None
        codes = [item.code for item in row.questionnaire.items]
        seats = world.seats[number]
        level = 62 + own + lived[seats // MISSIONS_A_CLIENT] + rng.normal(0, 6, size.people)
        values = level[:, None] + rng.normal(0, 11, (size.people, len(codes)))
        tiles = 25 * np.clip(np.rint(values / 25), 0, 4).astype(int)
        for place in np.flatnonzero(rng.random(size.people) < ANSWERING).tolist():
            yield CheckIn(
                person_id=people[place], mission_id=missions[seats[place]], round=row,
                answers=dict(zip(codes, tiles[place].tolist(), strict=True)),
                sent_at=row.opens_at + timedelta(days=1),
            )  # fmt: skip


def settle_all_but_last_period(*, now: datetime) -> Period:
    """Mark what is long over as done, so that the jobs find one closed period to do."""
    *older, last = Period.objects.closed(now).order_by("starts_on")
    for period in older:
        Release.objects.create(
            period=period, published_at=period.closes_at or now, state=Release.State.WITHHELD,
            formula_version=1,
        )  # fmt: skip
    for row in Round.objects.filter(period__in=older):
        Participation.objects.create(round=row)
        LoadPass.objects.create(round=row, formula_version=1, made_at=row.closes_at)
        AlertPass.objects.create(round=row, made_at=row.closes_at)
    return last


def tell_the_past() -> None:
    """Give every earlier period the figures of the last one, as if they had come out in time."""
    release = Release.objects.filter(state=Release.State.PUBLISHED).first()
    if release is None:
        return
    cells = list(ReleasedCell.objects.filter(release=release))
    for older in Release.objects.exclude(pk=release.pk):
        for cell in cells:
            cell.pk, cell.release = None, older
        ReleasedCell.objects.bulk_create(cells, batch_size=BATCH)
    Release.objects.update(state=Release.State.PUBLISHED)
