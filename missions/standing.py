"""The standing mission of those who are on none: "between two missions".

A check-in always names a mission (``decisions.md`` 7). The product makes one for the time in
between, with a client and a profile of its own, and nobody is ever assigned to it: who is between
two missions is worked out from staffing, so there is nothing to keep in step.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from accounts.models import OrgUnit, User, UserQuerySet
from clients.models import Client
from missions.models import Absence, Assignment, Mission, MissionProfile
from missions.staffing import people_at_client

# The blank in front cannot be typed, in a form or in a file: no reference of the firm's is this.
REF = " between-missions"
NAMES = {"name_fr": "Entre deux missions", "name_en": "Between two missions"}
TITLE = "Entre deux missions"


def standing_mission() -> Mission | None:
    """The one of those who are on none; None while it is not made."""
    return Mission.everything.filter(is_standing=True).select_related("client", "profile").first()


@transaction.atomic
def make_standing(*, now: datetime) -> str:
    """Make it once, when the firm has its first unit; made again it changes nothing."""
    unit = OrgUnit.objects.filter(parent=None).order_by("pk").first()
    if unit is None or standing_mission() is not None:
        return ""
    client, _made = Client.everything.get_or_create(
        is_standing=True,
        defaults={"ref": REF, "name": TITLE, "kind": Client.Kind.INTERNAL, "unit": unit},
    )
    profile, _made = MissionProfile.everything.get_or_create(
        is_standing=True, defaults={"ref": REF, **NAMES}
    )
    Mission.everything.get_or_create(
        is_standing=True,
        defaults={
            "ref": REF,
            "title": TITLE,
            "client": client,
            "profile": profile,
            # Rounds before that day, such as imported ones, asked nobody between two missions.
            "starts_on": localdate(now),
        },
    )
    return "standing mission made"


def between_missions(*, first: date, last: date) -> UserQuerySet:
    """Consultants who are there on the first day without any assignment on it.

    Whoever is away from the first day to the last is not: there is nothing to be asked.
    """
    held = Assignment.objects.during(first, first).filter(person=OuterRef("pk"))
    away = Absence.objects.filter(person=OuterRef("pk"), starts_on__lte=first, ends_on__gte=last)
    there = User.objects.present(first).consultants()
    return there.exclude(Exists(held)).exclude(Exists(away))


def people_beside(mission: Mission, day: date) -> int:
    """How many people work at a mission's client that day; between two missions, how many are.

    A fact of staffing, never how many answered.
    """
    if mission.is_standing:
        return between_missions(first=day, last=day).count()
    return people_at_client(mission.client, day)
