"""Closing an open round earlier or later than planned, with a trace.

Never after it has closed, never later than the cadence less a day, and never at once: whoever
has the form open, or has planned to answer tonight, keeps a whole day. Nothing is sent for it:
the reminder leaves a week after the first message if the round is still open by then.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import get_default_timezone, localdate, localtime
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import FirmSettings, User
from core.moving import OvertakenError
from surveys.calendar import calendar_of, settle
from surveys.models import ClosingChange, Round

NOTICE = timedelta(days=1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewClose:
    """The day on which it closes, at the hour it would have, and why; ``seen``: the close that
    the author looked at."""

    day: date
    reason: str
    seen: datetime
    undoes: ClosingChange | None = None


def close_at(row: Round, day: date) -> datetime:
    """That day, at the hour on the wall at which the round closes."""
    hour: time = localtime(row.closes_at, get_default_timezone()).time()
    return datetime.combine(day, hour, get_default_timezone())


def earliest(row: Round, *, now: datetime) -> date:
    """The first day on which it may close: a whole day from now."""
    today = localdate(now)
    days = (today + n * ONE_DAY for n in range(1, 4))
    return next(day for day in days if close_at(row, day) >= now + NOTICE)


def latest(row: Round) -> date:
    """The last one: the cadence less a day, and a day before the next round opens."""
    calendar = row.period.calendar(()) or calendar_of(FirmSettings.current())
    last = localdate(row.closes_at)
    if calendar is not None:
        last = localdate(calendar.longest(row.starts_on))
    following = Round.objects.filter(starts_on__gt=row.starts_on).order_by("starts_on").first()
    return min(last, following.starts_on - ONE_DAY) if following else last


def can_move(row: Round, *, now: datetime) -> bool:
    """Is there any other day left for it?"""
    if not row.is_open(now):
        return False
    days = earliest(row, now=now), latest(row)
    planned = localdate(row.closes_at)
    return days[0] <= days[1] and days != (planned, planned)


@transaction.atomic
def change_close(*, row: Round, new: NewClose, actor: User, now: datetime) -> ClosingChange:
    """Move the close; refused with reasons, or `OvertakenError` where somebody was faster."""
    row = Round.objects.select_related("period").get(pk=row.pk)
    _check(row, new, now)
    after = close_at(row, new.day)
    still = Round.objects.filter(pk=row.pk, opened_at__isnull=False, closes_at=new.seen)
    if not still.update(closes_at=after):
        raise OvertakenError
    settle(row.period)
    change = ClosingChange.objects.create(
        round=row,
        before=new.seen,
        after=after,
        reason=new.reason,
        undoes=new.undoes,
        made_by=actor,
        made_at=now,
    )
    changes = {"closes_at": [new.seen.isoformat(), after.isoformat()]}
    record(Act("edit", "round", str(row.starts_on), changes=changes), actor=actor, now=now)
    return change


def _check(row: Round, new: NewClose, now: datetime) -> None:
    if not row.is_open(now):
        raise ValidationError(_("This round is not open: it closes once, and for good."))
    first, last = earliest(row, now=now), latest(row)
    if new.day < first:
        raise ValidationError({"day": _("Whoever is answering keeps a whole day.")})
    if new.day > last:
        words = _("Never longer than the weeks between two rounds, less a day.")
        raise ValidationError({"day": words})
    if close_at(row, new.day) == row.closes_at:
        raise ValidationError({"day": _("It closes on that day already.")})


def to_undo(row: Round, *, now: datetime) -> ClosingChange | None:
    """The last change, while the round could still close when it would have without it."""
    if not row.is_open(now):
        return None
    change = row.closing_changes.order_by("made_at", "pk").last()
    if change is None or change.undoes_id is not None:
        return None
    day = localdate(change.before)
    return change if earliest(row, now=now) <= day <= latest(row) else None


def undo(*, row: Round, actor: User, now: datetime) -> ClosingChange:
    """Close as it was planned before the last change."""
    change = to_undo(row, now=now)
    if change is None:
        raise OvertakenError
    new = NewClose(localdate(change.before), "", seen=change.after, undoes=change)
    return change_close(row=row, new=new, actor=actor, now=now)
