"""What a choice of hands would do: people put on missions, and nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from balancing.eligibility import LESS, MORE, Abilities
from balancing.maths import load
from balancing.maths.assess import Assessment
from balancing.maths.projection import NOWHERE, Change
from balancing.outlook import Outlook
from balancing.rotating import above, gap_between, is_above

# People looked at one by one for a mission: those with the smallest shares.
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Effect:
    """One person's loads now, by then as planned, and by then in the scenario. Shares 0-1."""

    person: int
    share_now: float
    share_without: float
    share_with: float
    load_without: float
    load_with: float
    above_without: bool
    above_with: bool


@dataclass(frozen=True)
class Scenario:
    """What would become of the people chosen and of the firm.

    ``alerts_gone`` and ``alerts_new``: people (ids) who would be over their fair share by the
    alert's own rule without it and not with it, and the other way round.
    """

    effects: list[Effect]
    gap: float
    above_without: int
    above_with: int
    alerts_gone: list[int]
    alerts_new: list[int]


def scenario(look: Outlook, chosen: Iterable[tuple[int, int | None]]) -> Scenario:
    """People (ids) who would take a mission (id), or none, from the first round to come on, or
    from the first in which that mission runs."""
    changes = [_change(look, person, mission) for person, mission in chosen]
    then = look.assessed(look.horizon.changed(changes).then)
    before = look.unchanged
    now = np.nan_to_num(load.demanding_share(look.horizon.now))
    return Scenario(
        [_effect(look, change.person, (now, before, then)) for change in changes],
        gap_between(before, then),
        above(before),
        above(then),
        _people(look, before.over_share & ~then.over_share),
        _people(look, then.over_share & ~before.over_share),
    )


def candidates(look: Outlook, people: Sequence[int], mission: int) -> list[Effect]:
    """Of these people (ids), the least loaded first, what taking that mission would do to each.

    The zone of chance is not dealt anew for each: ``above_with`` compares with the zone as it
    would be without it.
    """
    places = [place for pk in people if (place := look.person(pk)) != NOWHERE]
    before = look.unchanged
    now = np.nan_to_num(load.demanding_share(look.horizon.now))
    planned = np.nan_to_num(before.share)
    order = sorted(places, key=lambda at: (planned[at], before.load[at], at))[:LOOKED_AT]
    found = []
    for place in order:
        change = _change(look, int(look.people[place]), mission)
        window = look.horizon.changed([change]).then
        share = float(np.nan_to_num(load.demanding_share(window))[place])
        high = np.nan_to_num(before.zone_high[place], nan=np.inf)
        found.append(
            Effect(
                int(look.people[place]), float(now[place]), float(planned[place]), share,
                float(before.load[place]), float(load.rolling_load(window)[place]),
                bool(is_above(before)[place]), bool(share > high),
            )
        )  # fmt: skip
    return sorted(found, key=lambda effect: (effect.share_with, effect.load_with, effect.person))


@dataclass(frozen=True, slots=True)
class Fit:
    """How well somebody fits what a mission asks for; skills by id.

    ``lacks``: not at the level asked for. ``wants``, ``spares``: of those, what they share that
    they want more or less of. ``is_known``: they have said something about their skills.
    ``is_barred``: a restriction keeps them from it. ``is_unwilling``: they share that they would
    not work for that client.
    """

    lacks: list[int]
    wants: list[int]
    spares: list[int]
    is_known: bool
    is_barred: bool
    is_unwilling: bool = False

    @property
    def is_able(self) -> bool:
        return not (self.lacks or self.spares or self.is_barred or self.is_unwilling)


def fit(abilities: Abilities, person: int, mission: int) -> Fit:
    """How well a person (id) fits a mission (id)."""
    return Fit(
        abilities.lacks(person, mission),
        abilities.wants(person, mission, MORE),
        abilities.wants(person, mission, LESS),
        abilities.is_known(person) or mission not in abilities.asked,
        abilities.is_barred(person, mission),
        abilities.is_unwilling(person, mission),
    )


def _change(look: Outlook, person: int, mission: int | None) -> Change:
    """From the mission on which most days are planned, if any, to another once that one runs.

    Raises LookupError for a mission that does not run in the rounds looked at: it is not "none".
    """
    place, takes, since = look.person(person), NOWHERE, 0
    if mission is not None:
        takes = look.mission(mission)
        if takes == NOWHERE:
            raise LookupError(f"mission {mission} does not run by {look.until}")
        since = look.horizon.begins(takes)
    days = look.horizon.coming_days(since)[place]
    leaves = int(days.argmax()) if days.any() else NOWHERE
    return Change(place, leaves=leaves, takes=takes, since=since)


def _effect(look: Outlook, place: int, known: tuple[np.ndarray, Assessment, Assessment]) -> Effect:
    now, before, then = known
    return Effect(
        int(look.people[place]),
        float(now[place]),
        float(np.nan_to_num(before.share[place])),
        float(np.nan_to_num(then.share[place])),
        float(before.load[place]),
        float(then.load[place]),
        bool(is_above(before)[place]),
        bool(is_above(then)[place]),
    )


def _people(look: Outlook, which: np.ndarray) -> list[int]:
    return [int(pk) for pk in look.people[which]]
