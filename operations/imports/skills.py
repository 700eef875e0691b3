"""Skills: the firm's list, people's levels, and what missions ask for."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from missions.models import Mission, MissionSkill, PersonSkill, Skill
from operations.imports.outcome import Desk, Line
from operations.imports.upsert import BATCH, Draft, Plan, by_ref, present, stored_by
from operations.imports.upsert import unknown_message as unknown

Asked = frozenset[str]


def plan_skills(lines: list[Line], desk: Desk) -> Plan:
    """Skills in both languages."""
    codes = [line["code"] for line in lines if line.get("code")]
    rows = {code: Skill(code=code) for code in codes}
    rows |= {row.code: row for row in stored_by(Skill, "code", codes)}
    plan = Plan(Skill)
    for line in lines:
        if desk.accepts(line):
            plan.add(Draft(line, present(line, "name_fr", "name_en")), rows[line["code"]])
    return plan


def plan_levels(lines: list[Line], desk: Desk) -> Plan:
    """What people can do. Their wishes are theirs: no file holds them."""
    people = by_ref(User, (line["person"] for line in lines if line.get("person")))
    skills = {row.code: row for row in Skill.objects.all()}
    held = stored_by(PersonSkill, "person_id", [row.pk for row in people.values()])
    stored = {(row.person_id, row.skill_id): row for row in held}
    plan = Plan(PersonSkill)
    for line in lines:
        for column, known in (("person", people), ("skill", skills)):
            if line.get(column) and line[column] not in known:
                desk.error(line, column, unknown(line[column]))
        if desk.accepts(line):
            person, skill = people[line["person"]], skills[line["skill"]]
            row = stored.get((person.pk, skill.pk)) or PersonSkill(person=person, skill=skill)
            plan.add(Draft(line, present(line, "level")), row)
    return plan


class AskedSkills:
    """What missions ask for: a relation of its own, compared and written apart.

    Retired skills are neither asked for nor taken away.
    """

    def __init__(self, stored: list[Mission]) -> None:
        self.skills = {row.code: row for row in Skill.objects.current()}
        self.wanted: list[tuple[Mission, Asked]] = []
        self.codes = {row.pk: row.code for row in self.skills.values()}
        held: dict[int, set[str]] = {}
        for row in stored_by(MissionSkill, "mission_id", [row.pk for row in stored]):
            if row.skill_id in self.codes:
                text = f"{self.codes[row.skill_id]}:{row.level}"
                held.setdefault(row.mission_id, set()).add(text)
        self.held = {pk: frozenset(asked) for pk, asked in held.items()}

    def check(self, line: Line, desk: Desk) -> None:
        said = [text.split(":")[0] for text in line.get("skills") or frozenset()]
        unknown_codes = sorted(set(said) - self.skills.keys())
        if unknown_codes:
            names = {"codes": ", ".join(unknown_codes), "known": ", ".join(self.skills)}
            message = _("Unknown skills: %(codes)s. Those of the firm are: %(known)s.")
            desk.error(line, "skills", message % names)
        elif len(said) != len(set(said)):
            desk.error(line, "skills", _("One level is expected for each skill."))

    def take(self, line: Line, row: Mission) -> dict[str, Any]:
        """Keep what the line asks for; what was asked before, if a stored mission asked else."""
        if "skills" not in line.values:
            return {}
        before = self.held.get(row.pk, frozenset())
        if before == line["skills"]:
            return {}
        self.wanted.append((row, line["skills"]))
        return {"skills": [before, line["skills"]]}

    def write(self) -> None:
        missions = [row.pk for row, _asked in self.wanted]
        rows = MissionSkill.objects.filter(skill__in=self.codes)
        for start in range(0, len(missions), BATCH):
            rows.filter(mission__in=missions[start : start + BATCH]).delete()
        MissionSkill.objects.bulk_create(
            [
                MissionSkill(mission=row, skill=self.skills[code], level=int(level))
                for row, asked in self.wanted
                for code, level in sorted(text.split(":") for text in asked)
            ],
            batch_size=BATCH,
        )
