"""Rights on missions, profiles, assignments and absences. No figure is read on these pages."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import User, UserQuerySet
from accounts.perms import (
    Refused,
    can_configure,
    can_manage_person,
    managed_unit_ids,
    people_visible_to,
)
from clients.models import Client
from clients.perms import (
    can_edit_client,
    can_lead_client,
    clients_editable_by,
    reads_staffing,
)
from missions.models import (
    Absence,
    Assignment,
    DemandFact,
    FactContest,
    Mission,
    MissionProfile,
    MissionQuerySet,
    Preference,
    Restriction,
    RestrictionQuerySet,
    Skill,
)

# --- profiles and facts ----------------------------------------------------------------------


def can_see_profiles(user: User) -> bool:
    """The list of profiles: whoever reads staffing."""
    return reads_staffing(user)


def can_discuss_points(user: User) -> bool:
    """What other points would do: who sets them, and the managers who talk about them."""
    return can_configure(user) or user.is_manager


def profile_to_edit_for(user: User, pk: int) -> MissionProfile:
    """A profile, for administrators; 404 to those who do not see profiles, 403 to the others."""
    profile = MissionProfile.objects.filter(pk=pk).first()
    if profile is None or not can_see_profiles(user):
        raise Refused("profile", pk)
    if not can_configure(user):
        raise PermissionDenied
    return profile


def fact_to_edit_for(user: User, pk: int) -> DemandFact:
    """A fact of declared demand, for administrators; everybody else may only look."""
    fact = DemandFact.objects.filter(pk=pk).first()
    if fact is None:
        raise Refused("demand_fact", pk)
    if not can_configure(user):
        raise PermissionDenied
    return fact


# --- skills ----------------------------------------------------------------------------------


def skill_to_edit_for(user: User, pk: int) -> Skill:
    """A skill of the firm's list, for administrators; everybody else may only look."""
    skill = Skill.objects.filter(pk=pk).first()
    if skill is None:
        raise Refused("skill", pk)
    if not can_configure(user):
        raise PermissionDenied
    return skill


def can_say_skills(user: User) -> bool:
    """Whoever is sent on missions."""
    return user.is_consultant


def can_read_skills(user: User) -> bool:
    """Managers, of the people whom they lead."""
    return user.is_manager


# --- missions --------------------------------------------------------------------------------


def missions_visible_to(user: User) -> MissionQuerySet:
    """All for those who read staffing; else one's own, and those of accounts one manages."""
    if reads_staffing(user):
        return Mission.objects.all()
    own = Assignment.objects.filter(person=user).values("mission")
    return Mission.objects.filter(Q(pk__in=own) | Q(client__account_manager=user))


def can_create_mission(user: User) -> bool:
    """Those who may edit at least one client."""
    return user.is_administrator or clients_editable_by(user).exists()


def can_edit_mission(user: User, mission: Mission) -> bool:
    """Its dates, place and facts: whoever may edit its client."""
    return can_edit_client(user, mission.client)


def mission_for(user: User, pk: int) -> Mission:
    """A mission whose staffing the reader may see, else 404."""
    rows = missions_visible_to(user).select_related("client__unit", "profile")
    mission = rows.filter(pk=pk).first()
    if mission is None:
        raise Refused("mission", pk)
    return mission


def mission_to_edit_for(user: User, pk: int) -> Mission:
    """The same, else 403 where the reader may only look."""
    mission = mission_for(user, pk)
    if not can_edit_mission(user, mission):
        raise PermissionDenied
    return mission


def history_of(user: User, mission: Mission) -> tuple[str, ...]:
    """Kinds of lines of a mission's history: shares and dates for those who read staffing, the
    authors of contests for those who answer them."""
    kinds = ["mission"]
    if reads_staffing(user):
        kinds.append("assignment")
    if can_edit_mission(user, mission):
        kinds.append("contest")
    return tuple(kinds)


# --- contested facts -------------------------------------------------------------------------

# Whoever was on it lately knows as well.
LATELY = timedelta(weeks=13)


def can_contest(user: User, rows: Iterable[Assignment], today: date) -> bool:
    """People who work on a mission, or did in the last 13 weeks; ``rows``: its assignments."""
    return any(
        row.person_id == user.pk and row.has_started(today) and not row.has_ended(today - LATELY)
        for row in rows
    )


def mission_to_contest_for(user: User, pk: int, *, today: date) -> Mission:
    """A mission some of whose facts one may contest, else 403."""
    mission = mission_for(user, pk)
    if not can_contest(user, mission.assignments.filter(person=user), today):
        raise PermissionDenied
    return mission


def contests_of(user: User, mission: Mission) -> QuerySet[FactContest]:
    """All on a mission that one sees; what was withdrawn, for its author alone."""
    shown = ~Q(state=FactContest.State.WITHDRAWN) | Q(person=user)
    return FactContest.objects.filter(shown, mission=mission)


def contest_to_answer_for(user: User, pk: int) -> FactContest:
    """A contest on a mission whose facts one may change; else 404, else 403."""
    contest = _contest_for(user, pk)
    if not can_edit_mission(user, contest.mission):
        raise PermissionDenied
    return contest


def contest_to_withdraw_for(user: User, pk: int) -> FactContest:
    """One's own, else 404 or 403."""
    contest = _contest_for(user, pk)
    if contest.person_id != user.pk:
        raise PermissionDenied
    return contest


def _contest_for(user: User, pk: int) -> FactContest:
    rows = FactContest.objects.select_related("mission__client", "fact", "person")
    contest = rows.filter(pk=pk, mission__in=missions_visible_to(user)).first()
    if contest is None:
        raise Refused("contest", pk)
    return contest


# --- preferences -----------------------------------------------------------------------------


def can_prefer(user: User, rows: Iterable[Assignment], today: date) -> bool:
    """Who works on a mission today, or will; ``rows``: its assignments."""
    return any(row.person_id == user.pk and not row.has_ended(today) for row in rows)


def mission_to_prefer_for(user: User, pk: int, *, today: date) -> Mission:
    """A mission of one's own, now or to come, else 403."""
    mission = mission_for(user, pk)
    if not can_prefer(user, mission.assignments.filter(person=user), today):
        raise PermissionDenied
    return mission


def shared_preferences(user: User, mission: Mission) -> QuerySet[Preference]:
    """What one's people share about a mission on which they still are."""
    rows = Preference.objects.filter(mission=mission, shared=True)
    return rows.filter(person__in=managed_people(user)).select_related("person")


# --- restrictions ----------------------------------------------------------------------------


def restrictions_visible_to(user: User) -> RestrictionQuerySet:
    """Those about oneself, and about the people whom one leads."""
    led = managed_people(user).values("pk")
    own = Q(person=user) | Q(other=user)
    return Restriction.objects.filter(own | Q(person__in=led) | Q(other__in=led))


def can_restrict(user: User) -> bool:
    """Managers, about the people whom they lead."""
    return user.is_manager


def can_lift(user: User, restriction: Restriction, led: Collection[int]) -> bool:
    """Who leads one of the two, and is neither; ``led``: the people (ids) whom they lead."""
    concerned = {restriction.person_id, restriction.other_id}
    return user.pk not in concerned and not concerned.isdisjoint(led)


def restriction_to_lift_for(user: User, pk: int) -> Restriction:
    """A restriction that one sees, else 404; 403 to those whom it concerns."""
    rows = restrictions_visible_to(user).select_related("person", "other", "client")
    restriction = rows.filter(pk=pk, lifted_at__isnull=True).first()
    if restriction is None:
        raise Refused("restriction", pk)
    if not can_lift(user, restriction, set(managed_people(user).values_list("pk", flat=True))):
        raise PermissionDenied
    return restriction


# --- assignments -----------------------------------------------------------------------------


def managed_people(user: User) -> UserQuerySet:
    """The people for whom ``can_manage_person`` holds."""
    if not user.is_manager:
        return User.objects.none()
    theirs = Q(manager=user) | Q(unit__in=managed_unit_ids(user))
    return User.objects.filter(theirs).exclude(pk=user.pk)


def sees_shares(user: User) -> bool:
    """Colleagues on a mission see who is on it, not for which share of their time."""
    return reads_staffing(user)


def assignable_people(user: User, client: Client) -> QuerySet[User]:
    """Consultants whom this person may put on a mission of that client: all of them for those
    who lead the client, one's own people for other managers."""
    if can_lead_client(user, client):
        return User.objects.consultants()
    return managed_people(user).filter(is_consultant=True)


def can_staff(user: User, mission: Mission) -> bool:
    """Is there anybody whom this person may put on that mission?"""
    return assignable_people(user, mission.client).exists()


def can_edit_assignment(user: User, assignment: Assignment) -> bool:
    """Those who lead the client, and the person's managers."""
    return can_lead_client(user, assignment.mission.client) or can_manage_person(
        user, assignment.person
    )


def editable_among(user: User, mission: Mission, rows: Iterable[Assignment]) -> set[int]:
    """Of these assignments of one mission, those this person may change; for lists."""
    if can_lead_client(user, mission.client):
        return {row.pk for row in rows}
    own = set(managed_people(user).values_list("pk", flat=True))
    return {row.pk for row in rows if row.person_id in own}


def mission_to_staff_for(user: User, pk: int) -> Mission:
    """A mission on which this person may put somebody, else 403."""
    mission = mission_for(user, pk)
    if not can_staff(user, mission):
        raise PermissionDenied
    return mission


def assignment_to_edit_for(user: User, pk: int) -> Assignment:
    """An assignment of a visible mission, else 404; 403 where one may only look."""
    rows = Assignment.objects.select_related("person", "mission__client", "mission__profile")
    assignment = rows.filter(pk=pk, mission__in=missions_visible_to(user)).first()
    if assignment is None:
        raise Refused("assignment", pk)
    if not can_edit_assignment(user, assignment):
        raise PermissionDenied
    return assignment


# --- absences --------------------------------------------------------------------------------


def absences_visible_to(user: User) -> QuerySet[Absence]:
    """Dates only: one's own, one's people's, everybody's for referents and administrators."""
    return Absence.objects.filter(person__in=people_visible_to(user))


def can_keep_absences(user: User, person: User) -> bool:
    """One's own, one's people's, and anybody's for an administrator."""
    return user.pk == person.pk or user.is_administrator or can_manage_person(user, person)


def people_of_absences(user: User) -> QuerySet[User]:
    """The people for whom ``can_keep_absences`` holds."""
    if user.is_administrator:
        return User.objects.all()
    managed = managed_people(user).values("pk")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=managed))


def absence_to_edit_for(user: User, pk: int) -> Absence:
    """An absence one may see, else 404; 403 where one may only look."""
    absence = absences_visible_to(user).select_related("person").filter(pk=pk).first()
    if absence is None:
        raise Refused("absence", pk)
    if not can_keep_absences(user, absence.person):
        raise PermissionDenied
    return absence
