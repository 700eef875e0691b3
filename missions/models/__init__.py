"""What: missions, their declared demand and what they ask for; who is, was or could be on them."""

from missions.models.skills import (
    MissionSkill,
    PersonSkill,
    Restriction,
    RestrictionQuerySet,
    Skill,
)
from missions.models.staffing import (
    Absence,
    Assignment,
    AssignmentQuerySet,
    DemandFact,
    FactContest,
    Mission,
    MissionProfile,
    MissionQuerySet,
    PointsVersion,
    Preference,
    in_language,
)

__all__ = [
    "Absence",
    "Assignment",
    "AssignmentQuerySet",
    "DemandFact",
    "FactContest",
    "Mission",
    "MissionProfile",
    "MissionQuerySet",
    "MissionSkill",
    "PersonSkill",
    "PointsVersion",
    "Preference",
    "Restriction",
    "RestrictionQuerySet",
    "Skill",
    "in_language",
]
