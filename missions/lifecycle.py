"""Making, changing and ending missions, profiles, facts and their points, each with its line in
the audit log. A mission's client and profile are fixed once it has started."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.audit import Act, record
from accounts.firm import set_demand_maximum
from accounts.models import User
from clients.history import differences, first_values
from clients.models import Client
from missions.models import DemandFact, Mission, MissionProfile
from missions.points import changing, newest_number
from missions.staffing import cancel_assignment, end_assignment, ending_after

OVERTAKEN = gettext_lazy("The points have changed since you opened this page: look at them again.")
Changes = dict[str, list[str]]
Thing = Mission | MissionProfile | DemandFact


# --- missions --------------------------------------------------------------------------------


def create_mission(
    *, mission: Mission, facts: Iterable[DemandFact], actor: User | None, now: datetime
) -> Mission:
    """Store a new mission with its declared facts."""
    with transaction.atomic():
        _check(mission)
        mission.save(force_insert=True)
        mission.facts.set(facts)
        changes = first_values(mission) | {"facts": ["", codes(facts)]}
        _write("create", mission, changes, actor, now)
    return mission


def update_mission(*, mission: Mission, actor: User | None, now: datetime) -> Mission:
    """Store what changed, where it may still change."""
    with transaction.atomic():
        before = Mission.objects.select_for_update().get(pk=mission.pk)
        changes = differences(before, mission)
        refuse_frozen(before, mission, set(changes), localdate(now))
        _check(mission)
        _refuse_homeless_assignments(mission)
        if changes:
            mission.save(update_fields=[*changes, "search"])
            _write("edit", mission, changes, actor, now)
    return mission


def end_mission(
    *, mission: Mission, last_day: date, with_people: bool, actor: User | None, now: datetime
) -> Mission:
    """Give it a last day and, where asked, end its assignments on that day too."""
    with transaction.atomic():
        mission = Mission.objects.select_for_update().get(pk=mission.pk)
        refuse_last_day(mission, last_day, localdate(now))
        outliving = list(ending_after(mission, last_day))
        if outliving and not with_people:
            raise ValidationError({"with_people": _("An assignment cannot outlive its mission.")})
        for row in outliving:
            if row.starts_on > last_day:
                cancel_assignment(assignment=row, actor=actor, now=now)
            else:
                end_assignment(assignment=row, last_day=last_day, actor=actor, now=now)
        changes = {"ends_on": [str(mission.ends_on or ""), str(last_day)]}
        mission.ends_on = last_day
        _check(mission)
        mission.save(update_fields=["ends_on"])
        _write("end", mission, changes, actor, now)
    return mission


def refuse_last_day(mission: Mission, last_day: date, today: date) -> None:
    """Raise where that day cannot be the mission's last one."""
    if mission.has_ended(today):
        raise ValidationError(_("This mission has ended already."))
    if last_day < max(today, mission.starts_on):
        raise ValidationError(
            {"ends_on": _("The last day is today or later, and not before the mission starts.")}
        )


def set_facts(
    *, mission: Mission, facts: Iterable[DemandFact], actor: User | None, now: datetime
) -> None:
    """Say which facts hold; every change is kept with who and when.

    Retired ones stay as they are: nobody is asked about them.
    """
    with transaction.atomic():
        mission = Mission.objects.select_for_update().get(pk=mission.pk)
        held = set(mission.facts.all())
        wanted = {fact for fact in facts if fact.counts} | {row for row in held if not row.counts}
        before, after = codes(held), codes(wanted)
        if before != after:
            mission.facts.set(wanted)
            _write("edit", mission, {"facts": [before, after]}, actor, now)


def codes(facts: Iterable[DemandFact]) -> str:
    """Codes of facts as one text, always in the same order."""
    return ", ".join(sorted(fact.code for fact in facts))


def frozen_fields(mission: Mission, today: date) -> set[str]:
    """What may no longer change."""
    frozen = {"client", "profile", "starts_on"} if mission.has_started(today) else set()
    return frozen | ({"ends_on"} if mission.has_ended(today) else set())


def refuse_frozen(before: Mission, after: Mission, changed: set[str], today: date) -> None:
    """Raise errors by field where a change would rewrite the past."""
    past = frozen_fields(before, today) & changed
    if past:
        words = _("This mission has started: end it and start another.")
        raise ValidationError(dict.fromkeys(past, words))
    days = {name: getattr(after, name) for name in {"starts_on", "ends_on"} & changed}
    early = [name for name, day in days.items() if day is not None and day < today]
    if early:
        raise ValidationError(dict.fromkeys(early, _("Choose today or a later day.")))


def _check(mission: Mission) -> None:
    """Dates in order, at a client that does not end before."""
    if mission.ends_on is not None and mission.ends_on < mission.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    # Locked, so that nobody ends the client at the same moment.
    client = Client.objects.select_for_update().get(pk=mission.client_id)
    end = client.ended_on
    if end and (mission.ends_on is None or mission.ends_on > end):
        raise ValidationError({"ends_on": _("This client ends earlier than that.")})


def _refuse_homeless_assignments(mission: Mission) -> None:
    if mission.assignments.filter(starts_on__lt=mission.starts_on).exists():
        raise ValidationError({"starts_on": _("Somebody is assigned to it before that day.")})
    if mission.ends_on is None:
        return
    count = ending_after(mission, mission.ends_on).count()
    if count:
        words = ngettext(
            "%(count)d assignment runs longer than that. Use “End this mission” to end it too.",
            "%(count)d assignments run longer than that. Use “End this mission” to end them too.",
            count,
        )
        raise ValidationError({"ends_on": words % {"count": count}})


# --- profiles --------------------------------------------------------------------------------


def create_profile(
    *, profile: MissionProfile, actor: User | None, now: datetime
) -> MissionProfile:
    """Store a new profile."""
    with transaction.atomic():
        profile.save(force_insert=True)
        _write("create", profile, first_values(profile), actor, now)
    return profile


def update(*, thing: MissionProfile | DemandFact, actor: User | None, now: datetime) -> None:
    """Store what changed of a profile, or of a fact's names."""
    with transaction.atomic():
        before = type(thing).objects.select_for_update().get(pk=thing.pk)
        changes = differences(before, thing)
        if changes:
            thing.save(update_fields=list(changes))
            _write("edit", thing, changes, actor, now)


def end_profile(
    *, profile: MissionProfile, last_day: date, actor: User | None, now: datetime
) -> None:
    """No longer offered to new missions; running ones keep it."""
    if last_day < localdate(now):
        raise ValidationError({"last_day": _("The last day is today or later.")})
    _set_end(profile, last_day, "end", actor, now)


def reopen_profile(*, profile: MissionProfile, actor: User | None, now: datetime) -> None:
    """Take the last day away; harmless when there is none."""
    if profile.ended_on is not None:
        _set_end(profile, None, "reopen", actor, now)


def _set_end(
    profile: MissionProfile, day: date | None, word: str, actor: User | None, now: datetime
) -> None:
    with transaction.atomic():
        changes = {"ended_on": [str(profile.ended_on or ""), str(day or "")]}
        profile.ended_on = day
        profile.save(update_fields=["ended_on"])
        _write(word, profile, changes, actor, now)


# --- facts and their points ------------------------------------------------------------------


def create_fact(*, fact: DemandFact, actor: User | None, now: datetime) -> DemandFact:
    """A fact that missions may declare from now on; none does yet."""
    with changing(actor=actor, now=now):
        last = DemandFact.objects.order_by("position").last()
        fact.position = last.position + 1 if last else 1
        fact.save(force_insert=True)
        _write("create", fact, first_values(fact), actor, now)
    return fact


def retire_fact(*, fact: DemandFact, actor: User | None, now: datetime) -> None:
    """It counts no more from now on; missions keep it, should it come back. Harmless twice."""
    _retire(fact, localdate(now), "end", actor, now)


def bring_fact_back(*, fact: DemandFact, actor: User | None, now: datetime) -> None:
    """It counts again, wherever it was declared. Harmless twice."""
    _retire(fact, None, "reopen", actor, now)


def set_points(
    *, points: Mapping[int, int], maximum: int, seen: int, actor: User, now: datetime
) -> None:
    """Give facts (by id) their points and the firm its maximum: one new version of the table.

    ``seen`` is the number of the version that the author looked at.
    """
    with changing(actor=actor, now=now):
        if seen != newest_number():
            raise ValidationError(OVERTAKEN)
        for fact in DemandFact.objects.current().filter(pk__in=points):
            fact.points = points[fact.pk]
            update(thing=fact, actor=actor, now=now)
        set_demand_maximum(maximum=maximum, actor=actor, now=now)


def _retire(
    fact: DemandFact, day: date | None, word: str, actor: User | None, now: datetime
) -> None:
    with changing(actor=actor, now=now):
        fact = DemandFact.objects.get(pk=fact.pk)
        if fact.counts == (day is None):
            return
        changes = {"retired_on": [str(fact.retired_on or ""), str(day or "")]}
        fact.retired_on = day
        fact.save(update_fields=["retired_on"])
        _write(word, fact, changes, actor, now)


KINDS = {Mission: "mission", MissionProfile: "profile", DemandFact: "demand_fact"}


def _write(word: str, thing: Thing, changes: Changes, actor: User | None, now: datetime) -> None:
    kind = KINDS[type(thing)]
    ref = thing.code if isinstance(thing, DemandFact) else thing.ref
    record(Act(word, kind, ref, changes=changes), actor=actor, now=now)
