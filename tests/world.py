"""A small firm for tests of rights: one person of each role, and a stranger beside each."""

from dataclasses import dataclass
from datetime import date

from accounts.models import OrgUnit, User
from clients.models import Client
from missions.models import Assignment, Mission, MissionProfile
from tests import make


@dataclass(frozen=True)
class World:
    """People by role, and one object of each kind in the consultant's and manager's reach."""

    root: OrgUnit
    unit: OrgUnit
    other_unit: OrgUnit
    consultant: User
    other_consultant: User
    manager: User
    other_manager: User
    referent: User
    administrator: User
    client: Client
    other_client: Client
    profile: MissionProfile
    mission: Mission
    other_mission: Mission
    assignment: Assignment

    def person(self, role: str) -> User | None:
        return None if role == "anonymous" else getattr(self, role)


ROLES = (
    "anonymous",
    "consultant",
    "other_consultant",
    "manager",
    "other_manager",
    "referent",
    "administrator",
)


def build_world() -> World:
    """The manager leads the consultant's unit, the other manager the stranger's."""
    make.firm()
    manager = make.person(first_name="Camille", is_consultant=False, is_manager=True)
    other_manager = make.person(first_name="Denis", is_consultant=False, is_manager=True)
    root = make.unit(ref="ROOT", name="Direction")
    unit = make.unit(ref="NORD", name="Nord", parent=root, manager=manager)
    other_unit = make.unit(ref="SUD", name="Sud", parent=root, manager=other_manager)
    consultant = make.person(first_name="Inès", unit=unit, manager=manager)
    other_consultant = make.person(first_name="Jean", unit=other_unit, manager=other_manager)
    client = make.client(unit=unit, account_manager=manager)
    other_client = make.client(unit=other_unit, account_manager=other_manager)
    profile = make.profile()
    mission = make.mission(client=client, profile=profile)
    other_mission = make.mission(client=other_client, profile=profile)
    assignment = make.assignment(person=consultant, mission=mission, starts_on=date(2025, 1, 6))
    make.assignment(person=other_consultant, mission=other_mission)
    return World(
        root=root,
        unit=unit,
        other_unit=other_unit,
        consultant=consultant,
        other_consultant=other_consultant,
        manager=manager,
        other_manager=other_manager,
        referent=make.person(first_name="Nadia", is_consultant=False, is_referent=True),
        administrator=make.person(
            first_name="Olivier", is_consultant=False, is_administrator=True
        ),
        client=client,
        other_client=other_client,
        profile=profile,
        mission=mission,
        other_mission=other_mission,
        assignment=assignment,
    )
