"""Who is able to take which mission: skills asked for, restrictions, and shared wishes.

A mission that asks for nothing can be taken by everybody. Of somebody who has said nothing about
any skill nothing is known, so they are not ruled out either (``decisions.md`` 20); proposals say
so. Somebody who shares that they want less of a skill is not taken to a mission that asks for it,
nor is anybody taken to a client of whom they share that it goes against their values.

Only whether somebody could take a mission is decided here. What chance would deal
(``maths.fairshare``) leaves skills out on purpose: docs/decisions/0014.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from balancing.maths.projection import NOWHERE
from balancing.maths.window import Bools
from balancing.outlook import Outlook
from clients.stances import Willing, willing
from missions.models import Assignment, Mission, PersonSkill
from missions.restrictions import Barred, barred
from missions.skills import asked_by, lacking, levels_of, shared_wishes

MORE, LESS = PersonSkill.Wish.MORE.value, PersonSkill.Wish.LESS.value


@dataclass(frozen=True)
class Abilities:
    """What people (ids) can do and what missions (ids) ask for.

    held    person → skill → level; who has said nothing is left out
    asked   mission → skill → least level; who asks for nothing is left out
    wishes  (person, skill) → "more" or "less", shared ones alone
    client  mission → client
    staffed mission → people planned on it in the days looked at
    willing clients to which people share that they would not, and would like to, go
    """

    held: dict[int, dict[int, int]]
    asked: dict[int, dict[int, int]]
    wishes: dict[tuple[int, int], str]
    client: dict[int, int]
    barred: Barred
    staffed: dict[int, set[int]] = field(default_factory=dict)
    willing: Willing = field(default_factory=Willing)

    @classmethod
    def of(
        cls, people: Collection[int], missions: Collection[int], first: date, last: date
    ) -> Self:
        """Of these people and missions, staffed as planned from one day to the other."""
        staffed: dict[int, set[int]] = {}
        plans = Assignment.objects.during(first, last).filter(mission__in=missions)
        for mission, person in plans.order_by("pk").values_list("mission", "person"):
            staffed.setdefault(mission, set()).add(person)
        clients = Mission.objects.filter(pk__in=missions).order_by("pk")
        return cls(
            levels_of(people),
            asked_by(missions),
            shared_wishes(people),
            dict(clients.values_list("pk", "client_id")),
            barred(first),
            staffed,
            willing(people),
        )

    def is_known(self, person: int) -> bool:
        """Whether anything is known of what they can do."""
        return person in self.held

    def lacks(self, person: int, mission: int) -> list[int]:
        """Skills (ids) asked for that they do not have; none where nothing is known of them."""
        if not self.is_known(person):
            return []
        return lacking(self.held[person], self.asked.get(mission, {}))

    def wants(self, person: int, mission: int, wish: str) -> list[int]:
        """Skills (ids) asked for of which they share that they want "more" or "less"."""
        skills = self.asked.get(mission, {})
        return [skill for skill in skills if self.wishes.get((person, skill)) == wish]

    def is_barred(self, person: int, mission: int) -> bool:
        """Not at that client, or not with somebody who is planned on that mission."""
        others = self.barred.people.get(person, set())
        return self.client.get(mission) in self.barred.clients.get(person, set()) or not (
            others.isdisjoint(self.staffed.get(mission, ()))
        )

    def is_unwilling(self, person: int, mission: int) -> bool:
        """They share that its client goes against their values, or that they would rather not."""
        return self.client.get(mission) in self.willing.avoids.get(person, set())

    def likes(self, person: int, mission: int) -> str:
        """The client's name, where they share that they would like to work there."""
        return self.willing.likes.get(person, {}).get(self.client.get(mission, 0), "")

    def is_able(self, person: int, mission: int) -> bool:
        """Whether they could be asked to take it."""
        return not (
            self.lacks(person, mission)
            or self.wants(person, mission, LESS)
            or self.is_barred(person, mission)
            or self.is_unwilling(person, mission)
        )

    def are_apart(self, takers: Iterable[tuple[int, int | None]]) -> bool:
        """Whether two people not to be on one mission would take the same one."""
        taken: dict[int, set[int]] = {}
        for person, mission in takers:
            if mission is not None:
                taken.setdefault(mission, set()).add(person)
        return any(
            not self.barred.people.get(person, set()).isdisjoint(people)
            for people in taken.values()
            for person in people
        )


def able(look: Outlook, people: Collection[int], abilities: Abilities) -> Bools:
    """Who of these people (ids) could take which mission, (people, missions) of the outlook."""
    found = np.ones((len(look.people), len(look.missions)), dtype=np.bool_)
    restricted = [
        pk
        for pk in people
        if pk in abilities.barred.clients
        or pk in abilities.barred.people
        or pk in abilities.willing.avoids
    ]
    columns = {int(pk): at for at, pk in enumerate(look.missions)}
    for mission, column in columns.items():
        asking = people if mission in abilities.asked else restricted
        for person in asking:
            place = look.person(person)
            if place != NOWHERE and not abilities.is_able(person, mission):
                found[place, column] = False
    return found
