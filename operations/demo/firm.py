"""The demo firm as the tables that the product imports, dates relative to the open round."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from unicodedata import normalize

from operations.demo import story
from operations.demo.books import revenue
from operations.demo.clientele import contacts
from operations.demo.staffing import Stay, Timeline, seats, stays

Table = list[dict[str, str]]
DOMAIN = "lumen.example"
ROTATING = ("growth", "values", "travel", "outlook")
CORE = ("load", "relation", "meaning", "autonomy", "support")


@dataclass(frozen=True, slots=True)
class Firm:
    """Everything to import, by kind, in order; and the round that is open."""

    tables: dict[str, Table]
    open_round: date


def last_tuesday(now_on: date) -> date:
    """The latest Tuesday on or before the day."""
    return now_on - timedelta(days=(now_on.weekday() - 1) % 7)


def build(open_round: date, people: int = 40) -> Firm:
    """The whole firm, the same for the same arguments."""
    names = _names(people)
    clients = _clients(people)
    line = Timeline.ending(open_round)
    refs = {name: f"L{number:03d}" for number, name in enumerate(names, start=1)}
    plan = _in_employment(stays(names, *seats(clients, people), line), names[-1], line)
    plan = _with_an_end(plan, line)
    tables = {
        "units": _units(),
        "people": _people(refs, line),
        "clients": _client_rows(clients),
        "contacts": contacts(clients),
        "profiles": [
            {"ref": p.ref, "name_fr": p.name_fr, "name_en": p.name_en} for p in story.PROFILES
        ],
        "skills": [
            {"code": code, "name_fr": french, "name_en": english}
            for code, french, english in story.SKILLS
        ],
        "levels": _levels(plan, refs, names[-1]),
        "missions": _missions(plan, clients, line),
        "assignments": _assignments(plan, refs),
        "absences": _absences(refs, line),
        "revenue": revenue(clients, line.rounds[0], open_round),
        "checkins": list(_check_ins(plan, refs, clients, line)),
    }
    return Firm(tables, open_round)


def address(name: str) -> str:
    """first.last@…, without accents."""
    plain = normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    first, _, last = plain.partition(" ")
    kept = "".join(c for c in last if c.isalnum() or c == "-")
    return f"{first}.{kept}@{DOMAIN}"


def _names(people: int) -> list[str]:
    base = story.CONSULTANTS
    more = [
        f"{base[i % 40].split()[0]} {base[(i * 7) % 40].split()[-1]}-{i}"
        for i in range(40, people)
    ]
    return [*base[:people], *more]


def _clients(people: int) -> tuple[story.DemoClient, ...]:
    """The eleven clients; a larger firm gets as many again per 40 people."""
    copies = max(1, people // 40)
    return tuple(
        client if copy == 0 else replace(
            client, ref=f"{client.ref}~{copy}", name=f"{client.name} {copy + 1}"
        )
        for copy in range(copies)
        for client in story.CLIENTS
    )  # fmt: skip


def _units() -> Table:
    return [
        {"ref": ref, "name": name, "parent": parent, "manager": manager}
        for ref, name, parent, manager in story.UNITS
    ]


def _people(refs: dict[str, str], line: Timeline) -> Table:
    staff = [
        _person(key, f"{first} {last}", unit, roles)
        for key, first, last, unit, roles in story.STAFF
    ]
    managers = {"LILLE": "helene", "LYON": "marc"}
    rows = []
    for number, (name, ref) in enumerate(refs.items()):
        unit = "LILLE" if number % 2 else "LYON"
        rows.append(_person(ref, name, unit, "consultant") | {"manager": managers[unit]})
    rows[0]["manager"] = "camille"
    rows[1]["manager"] = "camille"
    # The last two arrived on the way.
    for number, row in ((9, rows[-1]), (14, rows[-2])):
        row["starts_on"] = (line.rounds[number] - timedelta(days=15)).isoformat()
    return staff + rows


def _person(ref: str, name: str, unit: str, roles: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    return {
        "ref": ref, "email": address(name), "first_name": first, "last_name": last, "unit": unit,
        "manager": "", "roles": roles, "language": "fr", "starts_on": "", "ends_on": "",
    }  # fmt: skip


def _client_rows(clients: tuple[story.DemoClient, ...]) -> Table:
    holders = {"LILLE": "helene", "LYON": "marc"}
    return [
        {"ref": c.ref, "name": c.name, "sector": c.sector, "kind": c.kind, "unit": c.unit,
         "account_manager": holders[c.unit]}
        for c in clients
    ]  # fmt: skip


def _levels(plan: list[Stay], refs: dict[str, str], newcomer: str) -> Table:
    """What people can do is what they have done; the newcomer has said nothing yet."""
    skills = {row.ref: row.asks.split(":")[0] for row in story.PROFILES if row.asks}
    done = Counter(
        (stay.person, skills[stay.seat.profile])
        for stay in plan
        if stay.seat.profile in skills and stay.person != newcomer
    )
    return [
        {"person": refs[name], "skill": skill, "level": "3" if count >= story.SURE_AFTER else "2"}
        for (name, skill), count in sorted(done.items())
    ]


def _missions(plan: list[Stay], clients: tuple[story.DemoClient, ...], line: Timeline) -> Table:
    facts = {profile.ref: ";".join(profile.facts) for profile in story.PROFILES}
    asks = {profile.ref: profile.asks for profile in story.PROFILES}
    towns = {client.ref: client.unit.capitalize() for client in clients}
    used = sorted({(stay.seat.mission, stay.seat.client, stay.seat.profile) for stay in plan})
    return [
        {"ref": ref, "client": client, "profile": profile, "title": story.TITLES[profile],
         "place": towns[client], "starts_on": (line.rounds[0] - timedelta(days=40)).isoformat(),
         "ends_on": "", "demand": facts[profile], "skills": asks[profile]}
        for ref, client, profile in used
    ]  # fmt: skip


def _in_employment(plan: list[Stay], newcomer: str, line: Timeline) -> list[Stay]:
    """The newcomer has no assignment before their arrival, and is between missions today."""
    arrival, pause = line.rounds[9] - timedelta(days=15), line.rounds[-1] - timedelta(days=12)
    kept = []
    for stay in plan:
        if stay.person != newcomer:
            kept.append(stay)
        elif stay.ends_on is None or stay.ends_on >= arrival:
            end = min(stay.ends_on or pause, pause)
            kept.append(replace(stay, starts_on=max(stay.starts_on, arrival), ends_on=end))
    return kept


def _with_an_end(plan: list[Stay], line: Timeline) -> list[Stay]:
    """One mission has a last day in sight, and nobody for after it."""
    last = line.rounds[-1] + timedelta(days=story.LEFT_AFTER)
    return [
        replace(stay, ends_on=last)
        if stay.seat.mission == story.LEFT_ALONE and stay.ends_on is None
        else stay
        for stay in plan
    ]


def _assignments(plan: list[Stay], refs: dict[str, str]) -> Table:
    return [
        {"person": refs[s.person], "mission": s.seat.mission,
         "starts_on": s.starts_on.isoformat(),
         "ends_on": s.ends_on.isoformat() if s.ends_on else "", "share": str(s.seat.share)}
        for s in plan
    ]  # fmt: skip


def _absences(refs: dict[str, str], line: Timeline) -> Table:
    """Two weeks each summer and one each winter, and one long leave."""
    rows = []
    for number, ref in enumerate(refs.values()):
        for year in range(line.rounds[0].year, line.rounds[-1].year + 1):
            summer = date(year, 7, 6) + timedelta(weeks=number % 7)
            winter = date(year, 12, 22)
            for first, days in ((summer, 13), (winter, 6)):
                if line.rounds[0] <= first <= line.rounds[-1]:
                    rows.append(_absence(ref, first, days))
    rows.append(_absence(list(refs.values())[7], line.rounds[15], 69))
    return rows


def _absence(ref: str, first: date, days: int) -> dict[str, str]:
    last = first + timedelta(days=days)
    return {"person": ref, "starts_on": first.isoformat(), "ends_on": last.isoformat()}


def _check_ins(
    plan: list[Stay], refs: dict[str, str], clients: tuple[story.DemoClient, ...], line: Timeline
) -> Table:
    """Answers of the closed rounds, drawn from what is lived where."""
    rng = Random(52)  # noqa: S311 -- an invented story, not a secret
    by_client = {client.ref: client for client in clients}
    kinds = {profile.ref: profile for profile in story.PROFILES}
    own = {name: (rng.gauss(0, 7), min(0.97, rng.betavariate(7, 3))) for name in refs}
    bond = {(s.person, s.seat.mission): rng.gauss(0, 5) for s in plan}
    rows: Table = []
    for number, day in enumerate(line.rounds[:-1]):
        age = number / (len(line.rounds) - 2)
        items = ("feeling", *CORE, ROTATING[number % 4])
        for stay in plan:
            level, willing = own[stay.person]
            if not _there(stay, day) or rng.random() > willing:
                continue
            client, kind = by_client[stay.seat.client], kinds[stay.seat.profile]
            lived = story.HOUSE + level + bond[stay.person, stay.seat.mission]
            lived += client.effect - client.decline * age + kind.effect + rng.gauss(0, 6)
            lived += client.won if number >= client.won_from else 0
            for item in items:
                value = lived + getattr(kind, item, 0) * 0.8 + rng.gauss(0, 11)
                rows.append(_answer(refs[stay.person], stay, day, item, value))
    return rows


def _there(stay: Stay, day: date) -> bool:
    return stay.starts_on <= day and (stay.ends_on is None or stay.ends_on >= day)


def _answer(ref: str, stay: Stay, day: date, item: str, value: float) -> dict[str, str]:
    """One line of the file: the tile of the five that the value falls on."""
    tile = 1 + min(4, max(0, round(value / 25)))
    return {
        "person": ref, "mission": stay.seat.mission, "round": day.isoformat(),
        "answered_on": (day + timedelta(days=1)).isoformat(), "dimension": item,
        "value": str(tile), "min": "1", "max": "5",
    }  # fmt: skip
