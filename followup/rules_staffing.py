"""Rules on missions that go on while nobody is assigned any more, or will soon not be.

They read staffing, skills and the demand of missions: no figure of anybody.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils.timezone import localdate

from accounts.models import User
from balancing.eligibility import Abilities
from balancing.models import MissionDemand
from followup.causes import Finding, Looked, closed_by_people
from followup.models import Alert
from missions.models import Assignment, Mission
from missions.skills import asked_by

# Somebody follows later than this, or it is too late to hand over.
AHEAD = timedelta(weeks=8)
# Staffing is written down a few days late now and then.
GRACE = timedelta(weeks=1)
# After so long, a mission without anybody is an old line in a table and opens no alert.
FORGOTTEN = timedelta(weeks=26)
NO_END = date.max
ONE_DAY = timedelta(days=1)


def last_days(day: date) -> dict[int, date]:
    """Missions that go on → the last day on which anybody is assigned to them; one query.

    A mission on which somebody stays for more than ``AHEAD`` is left out, and so is one that ends
    with its last assignment. Who leaves the firm leaves the mission, whatever the assignment says.
    """
    # Set aside first, by their index: a large firm's old assignments need not be gone through.
    staying = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day + AHEAD),
        Q(person__ends_on__isnull=True) | Q(person__ends_on__gt=day + AHEAD),
        mission=OuterRef("pk"),
    )
    missions = Mission.objects.current(day).filter(~Exists(staying)).order_by()
    never = Value(NO_END, output_field=DateField())
    ends = Least(Coalesce("ends_on", never), Coalesce("person__ends_on", never))
    staffed = Assignment.objects.filter(mission__in=missions.values("pk")).order_by()
    rows = staffed.values("mission").annotate(
        last=Max(ends), mission_ends=Coalesce("mission__ends_on", never)
    )
    outlived = rows.filter(last__lt=F("mission_ends"))
    return dict(outlived.order_by("mission").values_list("mission", "last"))


def nobody_to_follow(left: Mapping[int, date]) -> set[int]:
    """Of these missions, by their last staffed day, those that nobody able and free could take.

    Free: assigned to nothing the day after. A mission that asks for no skill is left out, since
    everybody is able; so is everything where nobody has said anything yet.
    """
    asked = asked_by(left)
    if not asked:
        return set()
    first, last = min(left[pk] for pk in asked), max(left[pk] for pk in asked) + ONE_DAY
    people = list(
        User.objects.consultants()
        .filter(is_active=True)
        .order_by("pk")
        .values_list("pk", "ends_on")
    )
    abilities = Abilities.of([pk for pk, _ in people], list(asked), first, last)
    busy = Assignment.objects.during(first, last).order_by("pk")
    spells: dict[int, list[tuple[date, date]]] = {}
    for person, starts, ends in busy.values_list("person", "starts_on", "ends_on"):
        spells.setdefault(person, []).append((starts, ends or NO_END))
    if not abilities.held:
        return set()
    return {
        pk
        for pk in asked
        if not any(
            (ends_on is None or ends_on > left[pk])
            and abilities.is_able(person, pk)
            and not any(
                starts <= left[pk] + ONE_DAY <= ends for starts, ends in spells.get(person, ())
            )
            for person, ends_on in people
        )
    }


def _last_days(at: Looked) -> dict[int, date]:
    """The same, read once for both rules."""
    return dict(at.once("last_days", last_days))


class PastEnd:
    """The last assignment of a mission ended as planned, and the mission goes on.

    Either somebody still works there, and staffing does not know, or the mission is over. What
    somebody closed opens again only once another assignment has ended since.
    """

    code = Alert.Rule.PAST_END.value

    def findings(self, at: Looked) -> list[Finding]:
        closed = closed_by_people(self.code, "mission_id")
        return [
            Finding({"ended_on": last.isoformat()}, mission=pk, opens=last >= at.day - FORGOTTEN)
            for pk, last in _last_days(at).items()
            if last < at.day - GRACE and (pk not in closed or last > localdate(closed[pk]))
        ]


class NobodyLeft:
    """A demanding mission goes on, and its last assignments end within eight weeks.

    Once their end is past it stays for ``GRACE``, after which ``PastEnd`` goes on from there.
    Says so where nobody in the firm would be both able to follow and free the day after.
    """

    code = Alert.Rule.NOBODY_LEFT.value

    def findings(self, at: Looked) -> list[Finding]:
        rows = MissionDemand.objects.filter(load_pass=at.loads, demanding=True, days__gt=0)
        demanding = set(rows.values_list("mission", flat=True))
        left = {
            pk: last
            for pk, last in _last_days(at).items()
            if pk in demanding and at.day - GRACE <= last <= at.day + AHEAD
        }
        alone = nobody_to_follow(left)
        return [
            Finding(
                {"until": last.isoformat()} | ({"nobody_able": True} if pk in alone else {}),
                mission=pk,
            )
            for pk, last in left.items()
        ]
