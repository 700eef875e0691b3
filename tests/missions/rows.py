"""Rights on missions, profiles, facts, assignments and absences."""

from datetime import UTC, date, datetime

from missions.defaults import install_facts
from missions.models import Absence, DemandFact, FactContest, Restriction, Skill
from tests.matrix import Row
from tests.world import World

STAFFING = {"manager": 200, "other_manager": 200, "referent": 200, "administrator": 200}
# Who edits the mission's client; others who see the mission may only look.
EDITORS = {
    "consultant": 403, "manager": 200, "other_manager": 403, "referent": 403,
    "administrator": 200,
}  # fmt: skip
ON_IT = {**dict.fromkeys(STAFFING, 403), "consultant": 200}
READERS = {**STAFFING, "consultant": 200}
ABSENCE = {"consultant": 200, "manager": 200, "referent": 403, "administrator": 200}
CONFIGURED = {"manager": 403, "other_manager": 403, "referent": 403, "administrator": 200}
# Other managers may put their own people on it.
STAFFERS = {
    "consultant": 403, "manager": 200, "other_manager": 200, "referent": 403,
    "administrator": 200,
}  # fmt: skip


def mission(world: World) -> dict[str, int]:
    return {"pk": world.mission.pk}


def profile(world: World) -> dict[str, int]:
    return {"pk": world.profile.pk}


def assignment(world: World) -> dict[str, int]:
    return {"pk": world.assignment.pk}


def fact(world: World) -> dict[str, int]:
    install_facts()
    return {"pk": DemandFact.objects.get(code="on_call").pk}


def absence(world: World) -> dict[str, int]:
    days = {"starts_on": date(2090, 7, 3), "ends_on": date(2090, 7, 7)}
    return {"pk": Absence.objects.create(person=world.consultant, **days).pk}


def a_contest(world: World) -> dict[str, int]:
    install_facts()
    row = FactContest.objects.create(
        mission=world.mission, fact=DemandFact.objects.get(code="on_call"), declared=False,
        person=world.consultant, sentence="Une semaine sur quatre",
        made_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )  # fmt: skip
    return {"pk": row.pk}


def a_skill(world: World) -> dict[str, int]:
    return {"pk": Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks").pk}


def a_restriction(world: World) -> dict[str, int]:
    row = Restriction.objects.create(
        person=world.consultant, client=world.other_client, sentence="Ancien employeur",
        made_by=world.manager, made_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )  # fmt: skip
    return {"pk": row.pk}


ROWS = [
    Row("missions:mission_list", 200),
    Row("missions:mission_create", 403, manager=200, other_manager=200, administrator=200),
    Row(
        "missions:mission_create", 403, method="post",
        manager=200, other_manager=200, administrator=200,
    ),
    Row("missions:mission_detail", 404, mission, **READERS),
    Row("missions:mission_history", 404, mission, **READERS),
    # Who works on it; the others who see it may not.
    Row("missions:contest_create", 404, mission, **ON_IT),
    Row("missions:contest_create", 404, mission, method="post", **ON_IT),
    Row("missions:preference_edit", 404, mission, **ON_IT),
    Row("missions:preference_edit", 404, mission, method="post", **ON_IT),
    Row("missions:preference_forget", 405, mission, anonymous=405),
    Row("missions:preference_forget", 404, mission, method="post",
        **(dict.fromkeys(READERS, 302))),
    Row("missions:contest_answer", 404, a_contest, **EDITORS),
    Row("missions:contest_answer", 404, a_contest, method="post", **EDITORS),
    Row("missions:contest_withdraw", 405, a_contest, anonymous=405),
    Row("missions:contest_withdraw", 404, a_contest, method="post",
        **(ON_IT | {"consultant": 302})),
    Row("missions:mission_edit", 404, mission, **EDITORS),
    Row("missions:mission_edit", 404, mission, method="post", **EDITORS),
    Row("missions:mission_end", 404, mission, **EDITORS),
    Row("missions:mission_end", 404, mission, method="post", **EDITORS),
    Row("missions:mission_facts", 404, mission, **EDITORS),
    Row(
        "missions:mission_facts", 404, mission, method="post",
        **(EDITORS | {"manager": 302, "administrator": 302}),
    ),
    Row("missions:assignment_create", 404, mission, **STAFFERS),
    Row("missions:assignment_create", 404, mission, method="post", **STAFFERS),
    Row("missions:assignment_edit", 404, assignment, **EDITORS),
    Row("missions:assignment_edit", 404, assignment, method="post", **EDITORS),
    Row("missions:assignment_end", 404, assignment, **EDITORS),
    Row("missions:assignment_end", 404, assignment, method="post", **EDITORS),
    Row("missions:profile_list", 403, **STAFFING),
    Row("missions:profile_create", 403, administrator=200),
    Row("missions:profile_create", 403, method="post", administrator=200),
    Row("missions:profile_edit", 404, profile, **CONFIGURED),
    Row("missions:profile_edit", 404, profile, method="post", **CONFIGURED),
    Row("missions:profile_end", 404, profile, **CONFIGURED),
    Row("missions:profile_end", 404, profile, method="post", **CONFIGURED),
    Row("missions:profile_reopen", 405, profile, anonymous=405),
    Row(
        "missions:profile_reopen", 404, profile, method="post",
        **(CONFIGURED | {"administrator": 302}),
    ),
    # The points are common ground.
    Row("missions:fact_list", 200),
    Row("missions:fact_create", 403, administrator=200),
    Row("missions:fact_create", 403, method="post", administrator=200),
    Row("missions:points_edit", 403, administrator=200),
    Row("missions:points_edit", 403, method="post", administrator=200),
    Row("missions:fact_edit", 403, fact, administrator=200),
    Row("missions:fact_edit", 403, fact, method="post", administrator=200),
    Row("missions:fact_retire", 403, fact, administrator=200),
    Row("missions:fact_retire", 403, fact, method="post", administrator=302),
    Row("missions:fact_bring_back", 405, fact, anonymous=405),
    Row("missions:fact_bring_back", 403, fact, method="post", administrator=302),
    Row("missions:skill_list", 200),
    Row("missions:skill_create", 403, administrator=200),
    Row("missions:skill_create", 403, method="post", administrator=200),
    Row("missions:skill_edit", 403, a_skill, administrator=200),
    Row("missions:skill_edit", 403, a_skill, method="post", administrator=200),
    Row("missions:skill_retire", 405, a_skill, anonymous=405),
    Row("missions:skill_retire", 403, a_skill, method="post", administrator=302),
    Row("missions:skill_bring_back", 405, a_skill, anonymous=405),
    Row("missions:skill_bring_back", 403, a_skill, method="post", administrator=302),
    Row("missions:skills_own", 403, consultant=200, other_consultant=200),
    Row(
        "missions:skills_own", 403, method="post", consultant=302, other_consultant=302,
    ),
    # Of the people whom one leads.
    Row("missions:skills_team", 403, manager=200, other_manager=200),
    Row("missions:mission_skills", 404, mission, **EDITORS),
    Row(
        "missions:mission_skills", 404, mission, method="post",
        **(EDITORS | {"manager": 302, "administrator": 302}),
    ),
    Row("missions:restriction_list", 200),
    Row("missions:restriction_create", 403, manager=200, other_manager=200),
    Row("missions:restriction_create", 403, method="post", manager=200, other_manager=200),
    # The person concerned reads it; who leads them lifts it.
    Row("missions:restriction_lift", 405, a_restriction, anonymous=405),
    Row(
        "missions:restriction_lift", 404, a_restriction, method="post",
        consultant=403, manager=302,
    ),
    Row("missions:absence_list", 200),
    Row("missions:absence_create", 200),
    Row("missions:absence_create", 200, method="post"),
    Row("missions:absence_edit", 404, absence, **ABSENCE),
    Row("missions:absence_edit", 404, absence, method="post", **ABSENCE),
    Row("missions:absence_delete", 404, absence, **ABSENCE),
    Row(
        "missions:absence_delete", 404, absence, method="post",
        **{role: 403 if status == 403 else 302 for role, status in ABSENCE.items()},
    ),
]  # fmt: skip
