"""Who works where, round after round: seats at clients, swapped now and then."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from operations.demo import story

CADENCE = timedelta(days=28)
# About a quarter of the people change seats at each round, 6 swaps among 40 people: stays of some
# four rounds.
PEOPLE_A_SWAP = 40 / 6
SEED = 47
# From which round (of 25) on the overloaded person sits where: one hard mission after another.
HEAVY = (
    (11, "ORSEL", "ASTREINTE"),
    (14, "MUTELIA", "ASTREINTE"),
    (17, "NAUTILIS", "RENFORT"),
    (19, "FERROTIS", "ASTREINTE"),
    (22, "FERROTIS", "RENFORT"),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at a client, on one kind of work; ``share`` of the holder's time."""

    client: str
    profile: str
    share: int

    @property
    def mission(self) -> str:
        return f"{self.client}-{self.profile}"


@dataclass(frozen=True, slots=True)
class Stay:
    """One person on one seat between two dates; no end while it goes on."""

    person: str
    seat: Seat
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """First day of each of the 25 rounds, the last one being open."""

    rounds: tuple[date, ...]

    @classmethod
    def ending(cls, last: date, count: int = 25) -> "Timeline":
        return cls(tuple(last - CADENCE * back for back in range(count - 1, -1, -1)))


def seats(clients: tuple[story.DemoClient, ...], people: int) -> tuple[list[Seat], list[Seat]]:
    """Main seats, one a person, and second seats for those who share their time."""
    every = [
        Seat(client.ref, kinds[place % len(kinds)], 100)
        for client in clients
        for kinds in [story.WORK[client.ref.split("~")[0]]]
        for place in range(client.seats)
    ]
    # Deal them out evenly, so that main and second seats both reach every client.
    order = sorted(range(len(every)), key=lambda i: (i * 7919) % len(every))
    main = [every[i] for i in order[:people]]
    second = [Seat(every[i].client, every[i].profile, 40) for i in order[people:]]
    return main, second


def stays(people: list[str], main: list[Seat], second: list[Seat], line: Timeline) -> list[Stay]:
    """Every assignment of the two years."""
    rng = Random(SEED)  # noqa: S311 -- an invented story, not a secret
    plan = _main_plan(people, main, line, rng)
    shared = _second_plan(people, plan, second, line)
    return [*_spells(plan, line, shared), *_second_spells(shared, line)]


def _main_plan(
    people: list[str], main: list[Seat], line: Timeline, rng: Random
) -> list[dict[str, Seat]]:
    """Main seat of each person at each round."""
    now = dict(zip(people, main, strict=True))
    plan = []
    for number in range(len(line.rounds)):
        for start, client, profile in HEAVY:
            if number == start:
                _sit(now, people[1], client, profile)
        fixed = people[1] if number >= HEAVY[0][0] else None
        for _ in range(round(len(people) / PEOPLE_A_SWAP)):
            one, two = rng.sample(people, 2)
            if fixed not in (one, two):
                now[one], now[two] = now[two], now[one]
        plan.append(dict(now))
    return plan


def _sit(now: dict[str, Seat], person: str, client: str, profile: str) -> None:
    """Swap the person with whoever holds such a seat."""
    for other, seat in now.items():
        if seat.client == client and seat.profile == profile:
            now[person], now[other] = now[other], now[person]
            return


def _second_plan(
    people: list[str], plan: list[dict[str, Seat]], second: list[Seat], line: Timeline
) -> dict[tuple[int, str], Seat]:
    """Second seat of those who have one, by half of the two years; never at the same client."""
    half = len(line.rounds) // 2
    found: dict[tuple[int, str], Seat] = {}
    for part, rounds in enumerate((range(half), range(half, len(line.rounds)))):
        free = [name for name in people if name != people[1]]
        for seat in second:
            for name in free[part * 5 :] + free[: part * 5]:
                if (part, name) in found:
                    continue
                if all(plan[number][name].client != seat.client for number in rounds):
                    found[part, name] = seat
                    break
    return found


def _spells(
    plan: list[dict[str, Seat]], line: Timeline, shared: dict[tuple[int, str], Seat]
) -> list[Stay]:
    """Rounds in a row on the same seat and share become one assignment."""
    half = len(line.rounds) // 2
    parts = _parts(shared)
    found = []
    for name in plan[0]:
        spells: list[tuple[int, Seat]] = []
        for number, seats_now in enumerate(plan):
            share = 60 if (number >= half, name) in parts else 100
            seat = Seat(seats_now[name].client, seats_now[name].profile, share)
            if not spells or spells[-1][1] != seat:
                spells.append((number, seat))
        ends = [number for number, _ in spells[1:]] + [None]
        for (number, seat), end in zip(spells, ends, strict=True):
            found.append(Stay(name, seat, _starts(line, number), _ends(line, end)))
    return found


def _parts(shared: dict[tuple[int, str], Seat]) -> set[tuple[bool, str]]:
    return {(part == 1, name) for part, name in shared}


def _second_spells(shared: dict[tuple[int, str], Seat], line: Timeline) -> list[Stay]:
    half = len(line.rounds) // 2
    bounds = {0: (0, half), 1: (half, None)}
    return [
        Stay(name, seat, _starts(line, bounds[part][0]), _ends(line, bounds[part][1]))
        for (part, name), seat in shared.items()
    ]


def _starts(line: Timeline, number: int) -> date:
    """A Monday two weeks before the round, so that a first answer rests on something lived."""
    return line.rounds[number] - timedelta(days=15)


def _ends(line: Timeline, number: int | None) -> date | None:
    return None if number is None else line.rounds[number] - timedelta(days=16)
