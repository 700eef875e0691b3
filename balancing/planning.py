"""A manager asks which rotations would help; a job answers.

The row is the message: a run waits, one worker claims it by a conditional UPDATE, and its
proposals are written with its end, in one transaction. A worker that dies leaves a claim that
grows old, and the next one takes the run over. Stopping keeps what was found so far. Nothing but
staffing, facts and published figures is read (``decisions.md`` 21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.models import FirmSettings, User, UserQuerySet
from balancing import eligibility, reading
from balancing.eligibility import LESS, MORE, Abilities
from balancing.maths.projection import NOWHERE
from balancing.models import Rotation, RotationMove, RotationRun
from balancing.outlook import Outlook, outlook
from balancing.perms import people_to_rotate
from balancing.rotating import FULL_TIME, Ground, Part, Proposal, Spell, proposals
from missions.models import Assignment, Mission, Preference, Skill
from missions.preferences import shared_by
from scoring.publication import Scope, SystemViewer, published

State, Outcome = RotationRun.State, RotationRun.Outcome
Kind = Preference.Kind
LIVE = (State.WAITING, State.RUNNING)
# A claim as old as this is that of a worker that died.
SILENCE = timedelta(minutes=15)
# What was set aside or refused is not proposed again for so many rounds.
PEACE = 3
# Two people side by side for two weeks, in working days, for each mission that changes hands.
OVERLAP_DAYS = 10
SHORT_STAY = timedelta(weeks=12)
LONG_STAY = timedelta(weeks=26)
VIEWER = SystemViewer("rotations")


class AlreadyAskedError(Exception):
    """A run of this manager is waiting or being worked out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the manager sets: see `RotationRun`."""

    rounds: int
    moves: int
    together: int
    starts_on: date
    locked: Collection[User] = ()


def ask(*, wish: Wish, by: User, now: datetime) -> RotationRun:
    """Put the question; one at a time for a manager."""
    try:
        with transaction.atomic():
            run = RotationRun.objects.create(
                asked_by=by,
                asked_at=now,
                rounds=wish.rounds,
                moves=wish.moves,
                together=wish.together,
                starts_on=wish.starts_on,
            )
            run.locked.set(wish.locked)
    except IntegrityError as error:
        raise AlreadyAskedError from error
    return run


def cancel(*, run: RotationRun, now: datetime) -> bool:
    """Stop a run; what the worker has found so far is kept when it notices."""
    rows = RotationRun.objects.filter(pk=run.pk, state__in=LIVE)
    return bool(rows.update(state=State.CANCELLED, finished_at=now))


def plan_due(*, now: datetime) -> str:
    """Work out every run that waits, or whose worker died."""
    late = Q(state=State.RUNNING, claimed_at__lt=now - SILENCE)
    waiting = RotationRun.objects.filter(Q(state=State.WAITING) | late).order_by("asked_at", "pk")
    done = sum(_work(run, now) for run in waiting)
    return f"{done} rotation plan(s) made" if done else ""


def _work(run: RotationRun, now: datetime) -> bool:
    """One run; False where another worker has it."""
    rows = RotationRun.objects.filter(pk=run.pk, state=run.state, claimed_at=run.claimed_at)
    if not rows.update(state=State.RUNNING, claimed_at=now, plans=0):
        return False
    look = outlook(now, rounds=run.rounds)
    if look is None:
        return _finish(run, [], Outcome.NO_LOADS, now)
    ground, abilities = ground_of(run, look, now)
    if len(ground.spells) < 2:
        return _finish(run, [], Outcome.NOBODY, now)
    found: list[Proposal] = []
    for proposal in proposals(ground):
        if proposal is None:
            if not _goes_on(run):
                break
        elif not abilities.are_apart((part.person, part.takes) for part in proposal.parts):
            found.append(proposal)
    rows_of = _rows(run, look, found, abilities)
    return _finish(run, rows_of, Outcome.FOUND if found else Outcome.NOTHING, now)


def _goes_on(run: RotationRun) -> bool:
    """Count a plan; False once somebody has stopped the run."""
    return bool(
        RotationRun.objects.filter(pk=run.pk, state=State.RUNNING).update(plans=F("plans") + 1)
    )


Row = tuple[Rotation, list[RotationMove]]


@transaction.atomic
def _finish(run: RotationRun, found: list[Row], outcome: str, now: datetime) -> bool:
    """Keep what was found, once, whether the run came to its end or was stopped."""
    rows = RotationRun.objects.filter(pk=run.pk, outcome="")
    if not rows.update(outcome=outcome, finished_at=now):
        return False
    RotationRun.objects.filter(pk=run.pk, state=State.RUNNING).update(state=State.DONE)
    for rotation, moves in found:
        rotation.save(force_insert=True)
        for move in moves:
            move.rotation = rotation
        RotationMove.objects.bulk_create(moves)
    return True


# --- who could move --------------------------------------------------------------------------


def ground_of(run: RotationRun, look: Outlook, now: datetime) -> tuple[Ground, Abilities]:
    """Who could move where, for a manager: the people whom they lead, but for whom they lock."""
    people = people_to_rotate(run.asked_by).exclude(pk__in=run.locked.values("pk"))
    since = sum(first < run.starts_on for first in look.coming)
    since = min(since, len(look.coming) - 1)
    spells = _spells(look, people, look.coming[since])
    missions = {spell.mission for spell in spells.values() if spell.mission is not None}
    abilities = Abilities.of(list(spells), missions, run.starts_on, look.until)
    able = eligibility.able(look, list(spells), abilities)
    for person, mission in _in_peace(now):
        if (place := look.person(person)) != NOWHERE and (to := look.mission(mission)) != NOWHERE:
            able[place, to] = False
    return Ground(look, spells, able, since, run.moves, run.together), abilities


def _spells(look: Outlook, people: UserQuerySet, day: date) -> dict[int, Spell]:
    """People with one mission that goes on after that day, and those with none at all.

    Whoever works for several, has other plans already, leaves soon, shares that they would rather
    stay or is in a conversation about a rotation already is not asked to move.
    """
    kept = {
        place for place, row in shared_by(people.values("pk")).items() if row.kind == Kind.STAY
    }
    talking = RotationMove.objects.filter(rotation__state=Rotation.State.TALKING)
    people = people.exclude(pk__in=talking.values("person"))
    rows: dict[int, list[Assignment]] = defaultdict(list)
    plans = Assignment.objects.during(day, look.until).filter(person__in=people)
    for row in plans.order_by("pk"):
        rows[row.person_id].append(row)
    spells = {}
    for person in people:
        if person.ends_on is not None and person.ends_on <= look.until:
            continue
        if look.person(person.pk) == NOWHERE:
            continue
        own = rows.get(person.pk, [])
        if not own:
            spells[person.pk] = Spell(None)
        elif (person.pk, own[0].mission_id) in kept:
            continue
        elif len(own) == 1 and own[0].starts_on <= day and not own[0].has_ended(day):
            spells[person.pk] = Spell(own[0].mission_id, own[0].share)
    return spells


def _in_peace(now: datetime) -> set[tuple[int, int]]:
    """Person and mission of what was refused or set aside lately, or is being talked over."""
    since = now - PEACE * timedelta(weeks=FirmSettings.current().cadence_weeks)
    lately = Q(
        rotation__state__in=[Rotation.State.REFUSED, Rotation.State.SET_ASIDE],
        rotation__decided_at__gte=since,
    )
    talking = Q(rotation__state=Rotation.State.TALKING)
    rows = RotationMove.objects.filter(lately | talking, takes__isnull=False)
    return {(person, takes) for person, takes in rows.values_list("person", "takes") if takes}


# --- how it is told --------------------------------------------------------------------------


def _rows(
    run: RotationRun, look: Outlook, found: list[Proposal], abilities: Abilities
) -> list[Row]:
    missions = Mission.objects.select_related("client").in_bulk(
        {pk for one in found for part in one.parts for pk in (part.leaves, part.takes) if pk}
    )
    people = {part.person for one in found for part in one.parts}
    wishes = {place: row for place, row in shared_by(people).items() if row.kind == Kind.MOVE}
    stays = _stays(people, run.starts_on)
    liked = _clearly_above(look)
    skills = _Skills(abilities, {row.pk: row for row in Skill.objects.current()})
    made = []
    for number, one in enumerate(found, 1):
        told = _Told(one.parts, missions, stays, run.starts_on, wishes, skills)
        rotation = Rotation(
            run=run,
            number=number,
            starts_on=run.starts_on,
            gap=one.gap,
            above_without=one.above_without,
            above_with=one.above_with,
            overlap_days=told.overlap_days,
            caution=told.caution(liked),
        )
        made.append((rotation, [told.move(part) for part in one.parts]))
    return made


@dataclass(frozen=True, slots=True)
class _Skills:
    """What skills have to do with somebody's part, in both languages: [code, French, English]."""

    abilities: Abilities
    names: Mapping[int, Skill] = field(default_factory=dict)

    def reasons(self, part: Part) -> Iterable[list[str]]:
        """Why they are able to take the mission, and what of it they want or want no more."""
        of, there, here = self.abilities, part.takes or 0, part.leaves or 0
        asked = list(of.asked.get(there, {}))
        if asked:
            known = of.is_known(part.person)
            yield from self._named("skills" if known else "skills_unknown", asked)
        yield from self._named("wants_more", of.wants(part.person, there, MORE))
        yield from self._named("wants_less", of.wants(part.person, here, LESS))
        liked = of.likes(part.person, there)
        if liked:
            yield ["wants_client", liked, liked]

    def _named(self, code: str, skills: Iterable[int]) -> Iterable[list[str]]:
        rows = [self.names[pk] for pk in skills if pk in self.names]
        if rows:
            yield [
                code,
                ", ".join(sorted(row.name_fr for row in rows)),
                ", ".join(sorted(row.name_en for row in rows)),
            ]


@dataclass(frozen=True)
class _Told:
    """Reasons, cost and the one caution of a proposal."""

    parts: list[Part]
    missions: dict[int, Mission]
    stays: dict[tuple[int, int], date]
    starts_on: date
    wishes: Mapping[tuple[int, int], Preference] = field(default_factory=dict)
    skills: _Skills | None = None

    @property
    def overlap_days(self) -> int:
        """Working days that those who take over spend beside those who leave."""
        shares = [part.time for part in self.parts if part.takes is not None]
        return round(sum(OVERLAP_DAYS * share / FULL_TIME for share in shares))

    def move(self, part: Part) -> RotationMove:
        return RotationMove(
            person_id=part.person,
            leaves_id=part.leaves,
            takes_id=part.takes,
            time=part.time,
            share_now=100 * part.share_now,
            share_without=100 * part.share_without,
            share_with=100 * part.share_with,
            reasons=list(self._reasons(part)),
        )

    def caution(self, liked: set[str]) -> str:
        """What weighs most against it, in words that the pages know."""
        left = [self.missions[part.leaves] for part in self.parts if part.leaves]
        if any(mission.client.ref in liked for mission in left):
            return "client_above"
        if any(self._stay(part) < SHORT_STAY for part in self.parts if part.leaves):
            return "short_stay"
        if any(part.takes is None for part in self.parts):
            return "bench"
        if any(self._goes_elsewhere(part) for part in self.parts):
            return "other_place"
        return "overlap"

    def _goes_elsewhere(self, part: Part) -> bool:
        here, there = self.missions.get(part.leaves or 0), self.missions.get(part.takes or 0)
        return bool(here and there and here.place and there.place and here.place != there.place)

    def _reasons(self, part: Part) -> Iterable[list[str]]:
        here = self.missions.get(part.leaves or 0)
        there = self.missions.get(part.takes or 0)
        wish = self.wishes.get((part.person, part.leaves or 0))
        if wish is not None:
            yield ["wishes_move", wish.by.isoformat() if wish.by else ""]
        if here and here.ends_on:
            yield ["mission_ends", here.ends_on.isoformat()]
        if here and self._stay(part) >= LONG_STAY:
            yield ["long_stay", self.stays[part.person, here.pk].isoformat()]
        if here and there and here.place and here.place == there.place:
            yield ["same_place", here.place]
        if here is None:
            yield ["free", ""]
        if self.skills is not None:
            yield from self.skills.reasons(part)

    def _stay(self, part: Part) -> timedelta:
        begun = self.stays.get((part.person, part.leaves or 0), self.starts_on)
        return self.starts_on - begun


def _stays(people: set[int], day: date) -> dict[tuple[int, int], date]:
    """Since when each person works on each mission that they work on that day."""
    rows = Assignment.objects.filter(person__in=people, starts_on__lte=day).order_by("-starts_on")
    return {(row.person_id, row.mission_id): row.starts_on for row in rows}


def _clearly_above(look: Outlook) -> set[str]:
    """Clients whose published figure lies clearly above the firm's."""
    period = reading.period_read_by(look.load_pass)
    if period is None:
        return set()
    cells = published(viewer=VIEWER, periods=[period])
    return {
        scope.ref
        for (_, scope), cell in cells.items()
        if scope == Scope("client", scope.ref) and cell.group == "above"
    }
