"""Addresses of missions, profiles, facts, assignments and absences."""

from django.urls import path

from missions.views import (
    absences,
    assignments,
    contests,
    facts,
    missions,
    preferences,
    profiles,
    restrictions,
    skills,
)

app_name = "missions"

urlpatterns = [
    path("staffing/missions/", missions.mission_list, name="mission_list"),
    path("staffing/missions/new/", missions.mission_create, name="mission_create"),
    path("staffing/missions/<int:pk>/", missions.mission_detail, name="mission_detail"),
    path("staffing/missions/<int:pk>/edit/", missions.mission_edit, name="mission_edit"),
    path("staffing/missions/<int:pk>/end/", missions.mission_end, name="mission_end"),
    path("staffing/missions/<int:pk>/facts/", missions.mission_facts, name="mission_facts"),
    path("staffing/missions/<int:pk>/history/", missions.mission_history, name="mission_history"),
    path("staffing/missions/<int:pk>/contest/", contests.contest_create, name="contest_create"),
    path(
        "staffing/missions/<int:pk>/preference/",
        preferences.preference_edit,
        name="preference_edit",
    ),
    path(
        "staffing/missions/<int:pk>/preference/forget/",
        preferences.preference_forget,
        name="preference_forget",
    ),
    path("staffing/contests/<int:pk>/answer/", contests.contest_answer, name="contest_answer"),
    path(
        "staffing/contests/<int:pk>/withdraw/",
        contests.contest_withdraw,
        name="contest_withdraw",
    ),
    path(
        "staffing/missions/<int:pk>/assign/",
        assignments.assignment_create,
        name="assignment_create",
    ),
    path(
        "staffing/assignments/<int:pk>/edit/", assignments.assignment_edit, name="assignment_edit"
    ),
    path("staffing/assignments/<int:pk>/end/", assignments.assignment_end, name="assignment_end"),
    path("staffing/profiles/", profiles.profile_list, name="profile_list"),
    path("staffing/profiles/new/", profiles.profile_create, name="profile_create"),
    path("staffing/profiles/<int:pk>/edit/", profiles.profile_edit, name="profile_edit"),
    path("staffing/profiles/<int:pk>/end/", profiles.profile_end, name="profile_end"),
    path("staffing/profiles/<int:pk>/reopen/", profiles.profile_reopen, name="profile_reopen"),
    path("staffing/facts/", facts.fact_list, name="fact_list"),
    path("staffing/facts/new/", facts.fact_create, name="fact_create"),
    path("staffing/facts/points/", facts.points_edit, name="points_edit"),
    path("staffing/facts/<int:pk>/edit/", facts.fact_edit, name="fact_edit"),
    path("staffing/facts/<int:pk>/retire/", facts.fact_retire, name="fact_retire"),
    path("staffing/facts/<int:pk>/back/", facts.fact_bring_back, name="fact_bring_back"),
    path("staffing/skills/", skills.skill_list, name="skill_list"),
    path("staffing/skills/new/", skills.skill_create, name="skill_create"),
    path("staffing/skills/mine/", skills.skills_own, name="skills_own"),
    path("staffing/skills/team/", skills.skills_team, name="skills_team"),
    path("staffing/skills/<int:pk>/edit/", skills.skill_edit, name="skill_edit"),
    path("staffing/skills/<int:pk>/retire/", skills.skill_retire, name="skill_retire"),
    path("staffing/skills/<int:pk>/back/", skills.skill_bring_back, name="skill_bring_back"),
    path("staffing/missions/<int:pk>/skills/", skills.mission_skills, name="mission_skills"),
    path("staffing/restrictions/", restrictions.restriction_list, name="restriction_list"),
    path("staffing/restrictions/new/", restrictions.restriction_create, name="restriction_create"),
    path(
        "staffing/restrictions/<int:pk>/lift/",
        restrictions.restriction_lift,
        name="restriction_lift",
    ),
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/new/", absences.absence_create, name="absence_create"),
    path("absences/<int:pk>/edit/", absences.absence_edit, name="absence_edit"),
    path("absences/<int:pk>/delete/", absences.absence_delete, name="absence_delete"),
]
