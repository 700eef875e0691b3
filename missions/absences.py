"""Days on which a person does not work. Dates only: no reason is asked or kept."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from clients.history import differences, first_values
from missions.models import Absence


def add_absence(*, absence: Absence, actor: User | None, now: datetime) -> Absence:
    """Store a new absence; it may have begun, not be over."""
    with transaction.atomic():
        _lock(absence)
        _refuse_before_today({"ends_on": absence.ends_on}, localdate(now))
        _check(absence)
        absence.save(force_insert=True)
        _write("create", absence, first_values(absence), actor, now)
    return absence


def change_absence(*, absence: Absence, actor: User | None, now: datetime) -> Absence:
    """Move days that have not come yet."""
    today = localdate(now)
    with transaction.atomic():
        _lock(absence)
        before = Absence.objects.get(pk=absence.pk)
        changes = differences(before, absence)
        past = frozen_fields(before, today) & set(changes)
        if past:
            raise ValidationError(dict.fromkeys(past, _("Past dates are not edited.")))
        _refuse_before_today({name: getattr(absence, name) for name in changes}, today)
        _check(absence)
        if changes:
            absence.save(update_fields=list(changes))
            _write("edit", absence, changes, actor, now)
    return absence


def remove_absence(*, absence: Absence, actor: User | None, now: datetime) -> None:
    """Delete an absence that has not begun."""
    with transaction.atomic():
        if absence.has_started(localdate(now)):
            raise ValidationError(_("This absence has begun: change its last day instead."))
        _write("remove", absence, {}, actor, now)
        absence.delete()


def frozen_fields(absence: Absence, today: date) -> set[str]:
    """Dates that are past, and so fixed."""
    frozen = {"starts_on"} if absence.has_started(today) else set()
    return frozen | ({"ends_on"} if absence.has_ended(today) else set())


def _refuse_before_today(days: dict[str, date], today: date) -> None:
    early = [name for name, day in days.items() if day < today]
    if early:
        raise ValidationError(dict.fromkeys(early, _("Choose today or a later day.")))


def _lock(absence: Absence) -> None:
    User.objects.select_for_update().get(pk=absence.person_id)


def _check(absence: Absence) -> None:
    if absence.ends_on < absence.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    others = Absence.objects.filter(person=absence.person_id).exclude(pk=absence.pk)
    if others.filter(starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on).exists():
        raise ValidationError(_("Another absence covers some of these days already."))


def _write(
    word: str, absence: Absence, changes: dict[str, list[str]], actor: User | None, now: datetime
) -> None:
    act = Act(
        word,
        object_kind="absence",
        object_ref=absence.person.ref,
        about=absence.person,
        changes=changes,
    )
    record(act, actor=actor, now=now)
