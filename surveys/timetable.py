"""When a mail may reach whom: each person's slot, and the days on which they are not at work."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.timezone import localdate

from accounts.models import OrgUnit, User
from core.slots import ONE_DAY, Slot, zone_of
from missions.models import Absence
from surveys.models import MailSettings, MailTrial, UnitSlot
from surveys.trials import running

Spells = dict[int, list[tuple[date, date]]]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Slots and leave of some people, in a few statements."""

    firm: MailSettings
    slots: dict[int, Slot] = field(default_factory=dict)
    leave: Spells = field(default_factory=dict)
    trial: MailTrial | None = None

    @classmethod
    def of(cls, people: Collection[User], *, now: datetime) -> "Timetable":
        """Leave that is over by now is not read."""
        return cls(MailSettings.current(), slots_by_unit(), _leave(people, now), running(now))

    def slot(self, person: User) -> Slot:
        """The unit's own, else that of the nearest above, else the firm's."""
        slot = self.slots.get(person.unit_id or 0, self.firm.slot)
        # Another hour that is compared is that of half of the people, wherever they are.
        other = self.trial.other_at if self.trial and self.trial.is_second(person.pk) else None
        return Slot(slot.weekday, other) if other else slot

    def has_other_subject(self, person: User) -> bool:
        """Is the other subject compared, and theirs?"""
        trial = self.trial
        if trial is None or trial.factor != MailTrial.Factor.SUBJECT:
            return False
        return trial.is_second(person.pk)

    def next(self, person: User, day: date, *, after: datetime) -> datetime | None:
        """Their first slot that fits, from that day on."""
        zone = zone_of(person.time_zone)
        return self.slot(person).next(
            day, zone, after=after, off=lambda one: self.is_off(person, one)
        )

    def fits(self, person: User, now: datetime) -> bool:
        """May one that is due leave now?"""
        zone = zone_of(person.time_zone)
        return self.slot(person).fits(now, zone, off=lambda one: self.is_off(person, one))

    def after(self, person: User, now: datetime) -> datetime | None:
        """Their next slot that fits, later than now."""
        return self.next(person, now.astimezone(zone_of(person.time_zone)).date(), after=now)

    def is_off(self, person: User, day: date) -> bool:
        """A public holiday, or declared leave."""
        if self.firm.is_holiday(day):
            return True
        return any(first <= day <= last for first, last in self.leave.get(person.pk, ()))


def slots_by_unit() -> dict[int, Slot]:
    """Units whose mails leave at a slot of their own or of a unit above."""
    own = {row.unit_id: row.slot for row in UnitSlot.objects.all()}
    if not own:
        return {}
    above: dict[int, int | None] = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    found = {pk: _nearest(pk, above, own) for pk in above}
    return {pk: slot for pk, slot in found.items() if slot is not None}


def _nearest(pk: int | None, above: Mapping[int, int | None], own: dict[int, Slot]) -> Slot | None:
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        if pk in own:
            return own[pk]
        seen.add(pk)
        pk = above.get(pk)
    return None


def _leave(people: Collection[User], now: datetime) -> Spells:
    # A day more: somewhere it is still yesterday.
    rows = Absence.objects.filter(person__in=people, ends_on__gte=localdate(now) - ONE_DAY)
    found: Spells = defaultdict(list)
    for pk, first, last in rows.values_list("person_id", "starts_on", "ends_on"):
        found[pk].append((first, last))
    return dict(found)
