"""Skills, levels and what missions ask for, from files and back."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEntry
from missions.models import MissionSkill, PersonSkill, Skill
from operations.exports import export
from operations.imports.outcome import Outcome
from operations.imports.run import import_file
from tests.world import World

pytestmark = pytest.mark.django_db
SKILLS = "code,name_fr,name_en\nNetwork,Réseaux,Networks\npython,Python,Python\n"


@pytest.fixture
def bring(tmp_path: Path, now: datetime) -> Any:
    def from_text(kind: str, text: str) -> Outcome:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(kind, path, now=now)

    return from_text


def problems(outcome: Outcome) -> list[tuple[int, str]]:
    return [(one.line, one.column) for one in outcome.errors]


def test_a_list_of_skills_comes_in_and_goes_out(bring: Any, now: datetime) -> None:
    assert bring("skills", SKILLS).created == 2
    assert bring("skills", SKILLS).unchanged == 2
    renamed = bring("skills", SKILLS.replace("Réseaux", "Réseau"))
    assert (renamed.changed, renamed.unchanged) == (1, 1)
    line = AuditEntry.objects.get(object_kind="skill")
    assert (line.object_ref, line.changes) == ("network", {"name_fr": ["Réseaux", "Réseau"]})
    again = export("skills", "csv", actor=None, now=now).decode("utf-8-sig")
    assert bring("skills", again).unchanged == 2
    bad = bring("skills", "code,name_fr,name_en\ndeux mots,A,B\n")
    assert problems(bad) == [(2, "code")]


def test_levels_leave_wishes_alone(bring: Any, world: World, now: datetime) -> None:
    bring("skills", SKILLS)
    person, network = world.consultant, Skill.objects.get(code="network")
    PersonSkill.objects.create(person=person, skill=network, level=1, wish="less", shared=False)
    header = "person,skill,level\n"
    made = bring("levels", f"{header}{person.ref},network,3\n{person.ref},PYTHON,2\n")
    assert (made.created, made.changed, made.errors) == (1, 1, [])
    row = PersonSkill.objects.get(person=person, skill=network)
    assert (row.level, row.wish, row.shared) == (3, "less", False)
    line = AuditEntry.objects.get(object_kind="skills")
    assert (line.about, line.changes) == (person, {"level": ["1", "3"]})
    out = export("levels", "csv", actor=None, now=now).decode("utf-8-sig")
    assert f"{person.ref},network,3" in out
    assert "less" not in out
    assert bring("levels", out).unchanged == 2
    bad = bring(
        "levels",
        f"{header}nobody,network,3\n{person.ref},nothing,3\n{person.ref},network,5\n"
        f"{person.ref},python,1\n{person.ref},python,2\n",
    )
    assert [line for line, _column in problems(bad)] == [2, 3, 4, 6]
    assert PersonSkill.objects.get(skill__code="python").level == 2


def test_missions_ask_in_a_column_of_their_own(bring: Any, world: World, now: datetime) -> None:
    bring("skills", SKILLS)
    header = "ref,client,profile,title,starts_on,skills\n"
    mission = world.mission
    start = (
        f"{mission.ref},{mission.client.ref},{mission.profile.ref},{mission.title},"
        f"{mission.starts_on},"
    )
    assert bring("missions", f"{header}{start}network : 2;python:3\n").changed == 1
    held = MissionSkill.objects.filter(mission=mission).values_list("skill__code", "level")
    assert dict(held) == {"network": 2, "python": 3}
    assert bring("missions", f"{header}{start}python:3;network:2\n").unchanged == 1
    assert bring("missions", f"{header}{start}python:1\n").changed == 1
    line = AuditEntry.objects.filter(object_kind="mission").latest("pk")
    assert line.changes == {"skills": ["network:2, python:3", "python:1"]}
    # Without the column nothing changes; retired skills are neither asked for nor taken away.
    Skill.objects.filter(code="python").update(retired_on="2026-01-01")
    bring("missions", f"{header}{start}\n")
    assert MissionSkill.objects.count() == 1
    for wrong in ("python:1", "nothing:1", "network:1;network:2", "network:5", "network"):
        assert problems(bring("missions", f"{header}{start}{wrong}\n")) == [(2, "skills")], wrong
    Skill.objects.update(retired_on=None)
    out = export("missions", "csv", actor=None, now=now).decode("utf-8-sig")
    assert "python:1" in out
    assert bring("missions", out).changed == 0
