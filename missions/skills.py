"""Skills: the firm's list, what people say they can do, and what missions ask for.

Levels are facts that managers and whoever staffs missions read; a wish for more or less of a
skill is its author's until they share it, and no line of the audit log tells it. Nothing here
reads an answer or a figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from accounts.audit import Act, record
from accounts.models import User
from clients.history import differences, first_values
from missions.models import Mission, MissionSkill, PersonSkill, Skill

Ids = Iterable[int] | QuerySet[Any, Any]
Wish = PersonSkill.Wish


# --- the firm's list -------------------------------------------------------------------------


def create_skill(*, skill: Skill, actor: User | None, now: datetime) -> Skill:
    """A skill that people may say they have, and missions ask for."""
    with transaction.atomic():
        skill.save(force_insert=True)
        _write("create", skill, first_values(skill), actor, now)
    return skill


def rename_skill(*, skill: Skill, actor: User | None, now: datetime) -> None:
    """Store what changed of its names."""
    with transaction.atomic():
        before = Skill.objects.select_for_update().get(pk=skill.pk)
        changes = differences(before, skill)
        if changes:
            skill.save(update_fields=list(changes))
            _write("edit", skill, changes, actor, now)


def retire_skill(*, skill: Skill, actor: User | None, now: datetime) -> None:
    """It is asked for no more; what was said about it stays. Harmless twice."""
    day = localdate(now)
    rows = Skill.objects.filter(pk=skill.pk, retired_on__isnull=True)
    with transaction.atomic():
        if rows.update(retired_on=day):
            _write("end", skill, {"retired_on": ["", str(day)]}, actor, now)


def bring_skill_back(*, skill: Skill, actor: User | None, now: datetime) -> None:
    """Undo it."""
    rows = Skill.objects.filter(pk=skill.pk, retired_on__isnull=False)
    with transaction.atomic():
        if rows.update(retired_on=None):
            changes = {"retired_on": [str(skill.retired_on or ""), ""]}
            _write("reopen", skill, changes, actor, now)


def _write(
    word: str, skill: Skill, changes: dict[str, list[str]], actor: User | None, now: datetime
) -> None:
    record(Act(word, "skill", skill.code, changes=changes), actor=actor, now=now)


# --- people ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """How well somebody knows a skill (1-4), and whether they want "more" or "less" of it."""

    level: int
    wish: str = ""


def say(*, person: User, held: Mapping[int, Held], shared: bool, by: User, now: datetime) -> None:
    """Keep what somebody says of the current skills, by skill (id); one left out is taken back.

    The log keeps levels, not wishes.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        rows = PersonSkill.objects.filter(person=person, skill__in=Skill.objects.current())
        before = levels_text((row.skill.code, row.level) for row in rows.select_related("skill"))
        rows.exclude(skill__in=held).delete()
        for skill, one in held.items():
            PersonSkill.objects.update_or_create(
                person=person,
                skill_id=skill,
                defaults={"level": one.level, "wish": one.wish, "shared": shared},
            )
        after = levels_text((row.skill.code, row.level) for row in rows.select_related("skill"))
        if before != after:
            act = Act(
                "edit", "skills", person.ref, about=person, changes={"skills": [before, after]}
            )
            record(act, actor=by, now=now)


def levels_text(levels: Iterable[tuple[str, int]]) -> str:
    """Codes with their levels as one text, always in the same order.

    >>> levels_text([("python", 3), ("network", 2)])
    'network:2, python:3'
    """
    return ", ".join(sorted(f"{code}:{level}" for code, level in levels))


def levels_of(people: Ids) -> dict[int, dict[int, int]]:
    """Person → skill → level, of current skills (ids); who has said nothing is left out."""
    found: dict[int, dict[int, int]] = {}
    rows = PersonSkill.objects.filter(person__in=people, skill__in=Skill.objects.current())
    for person, skill, level in rows.order_by("pk").values_list("person", "skill", "level"):
        found.setdefault(person, {})[skill] = level
    return found


def shared_wishes(people: Ids) -> dict[tuple[int, int], str]:
    """What people share that they want more or less of, by person and skill (ids)."""
    rows = PersonSkill.objects.filter(
        person__in=people, shared=True, skill__in=Skill.objects.current()
    )
    said = rows.exclude(wish="").order_by("pk").values_list("person", "skill", "wish")
    return {(person, skill): wish for person, skill, wish in said}


# --- missions --------------------------------------------------------------------------------


def ask_for(
    *, mission: Mission, levels: Mapping[int, int], actor: User | None, now: datetime
) -> None:
    """Say what a mission asks for: least level by current skill (id)."""
    with transaction.atomic():
        mission = Mission.objects.select_for_update().get(pk=mission.pk)
        rows = mission.asked.filter(skill__in=Skill.objects.current())
        before = levels_text((row.skill.code, row.level) for row in rows.select_related("skill"))
        rows.exclude(skill__in=levels).delete()
        for skill, level in levels.items():
            MissionSkill.objects.update_or_create(
                mission=mission, skill_id=skill, defaults={"level": level}
            )
        after = levels_text((row.skill.code, row.level) for row in rows.select_related("skill"))
        if before != after:
            act = Act("edit", "mission", mission.ref, changes={"skills": [before, after]})
            record(act, actor=actor, now=now)


def asked_by(missions: Ids) -> dict[int, dict[int, int]]:
    """Mission → skill → least level, of current skills (ids); who asks for nothing is left out."""
    found: dict[int, dict[int, int]] = {}
    rows = MissionSkill.objects.filter(mission__in=missions, skill__in=Skill.objects.current())
    for mission, skill, level in rows.order_by("pk").values_list("mission", "skill", "level"):
        found.setdefault(mission, {})[skill] = level
    return found


def lacking(held: Mapping[int, int], asked: Mapping[int, int]) -> list[int]:
    """Skills (ids) that a mission asks for and somebody does not have at that level.

    >>> lacking({1: 3}, {1: 2, 7: 1})
    [7]
    """
    return [skill for skill, least in asked.items() if held.get(skill, 0) < least]
