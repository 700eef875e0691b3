"""A staffed firm without a single answer: everybody moves every second round, five seats of 24
are on demanding missions, and one person always has one of them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from accounts.models import OrgUnit, User
from missions.models import Assignment, Mission
from scoring.models import Release, ReleasedCell
from surveys.models import Period, Round
from tests import make

FIRST = date(2025, 1, 14)
CADENCE = timedelta(days=28)
PEOPLE = 24
BLOCK = 2


@dataclass
class Staffed:
    """What was made; ``carry`` goes on with more rounds."""

    unit: OrgUnit
    manager: User
    above: User
    people: list[User]
    hard: list[Mission]
    easy: list[Mission]
    rounds: list[Round] = field(default_factory=list)
    rng: Random = field(default_factory=lambda: Random(3))

    @property
    def loaded(self) -> User:
        """The person who carries too much."""
        return self.people[0]

    @property
    def last(self) -> Round:
        return self.rounds[-1]

    def carry(self, rounds: int, *, overload: bool) -> None:
        """More rounds, two by two; without ``overload`` the loaded person is on easy missions."""
        for _ in range(rounds // BLOCK):
            first = FIRST + CADENCE * len(self.rounds)
            others = self.rng.sample(self.people[1:], PEOPLE - 1)
            order = [self.loaded, *others] if overload else [*others, self.loaded]
            for place, person in enumerate(order):
                mission = self._mission(place)
                Assignment.objects.create(
                    person=person,
                    mission=mission,
                    starts_on=first,
                    ends_on=first + BLOCK * CADENCE - timedelta(days=1),
                )
            self.rounds += [_round(first), _round(first + CADENCE)]
            # Every mission ends with its assignments: nothing is left to staff.
            every = [mission.pk for mission in (*self.hard, *self.easy)]
            last = first + BLOCK * CADENCE - timedelta(days=1)
            Mission.objects.filter(pk__in=every).update(ends_on=last)

    def _mission(self, place: int) -> Mission:
        """The first places are on demanding missions, another one each time."""
        if place < len(self.hard):
            return self.hard[(place + len(self.rounds) // BLOCK) % len(self.hard)]
        return self.easy[place % len(self.easy)]


def _round(day: date) -> Round:
    row = make.round_(day)
    Period.objects.filter(pk=row.period_id).update(last_round_on=day, closes_at=row.closes_at)
    row.period.refresh_from_db()
    return row


def firm(rounds: int = 12, *, overload: bool = True) -> Staffed:
    """Twenty-four people led by one manager, under a root led by another."""
    make.firm(first_round_on=FIRST)
    above = make.person(first_name="Hélène", is_consultant=False, is_manager=True)
    manager = make.person(first_name="Camille", is_consultant=False, is_manager=True)
    root = make.unit(manager=above)
    unit = make.unit(parent=root, manager=manager)
    facts = [make.fact("on_call", points=5), make.fact("alone", points=2)]
    client = make.client(unit=unit)
    hard = [make.mission(client=client) for _ in range(5)]
    easy = [make.mission(client=client) for _ in range(4)]
    for mission in hard:
        mission.facts.set(facts)
    for mission in easy:
        mission.facts.set(facts[1:])
    people = [make.person(unit=unit, first_name=f"Personne {n}") for n in range(PEOPLE)]
    made = Staffed(unit, manager, above, people, hard, easy)
    made.carry(rounds, overload=overload)
    return made


Cells = dict[tuple[str, str, str], tuple[int, int, int] | None]


def release(period: Period, cells: Cells) -> None:
    """Publish these figures by (kind, ref, dimension); None = withheld. Bands: firm 20+, else
    8-12, so that every grid is respected."""
    row = Release.objects.create(
        period=period, published_at=period.closes_at, formula_version=1, made={}
    )
    for (kind, ref, dimension), values in cells.items():
        score, low, high = values or (None, None, None)
        ReleasedCell.objects.create(
            release=row, kind=kind, ref=ref, dimension=dimension, withheld=values is None,
            score=score, low=low, high=high,
            band="" if values is None else "20+" if kind == "firm" else "8-12",
        )  # fmt: skip
