"""Pauses of the firm's calendar, such as August: entered and taken away, each with its line.

Taking one away is harmless: rounds that it has moved and that have opened stay where they are,
and those still to come go back (``calendar.make_ahead``).
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from core import periods
from surveys.models import Pause

# A quarter; longer than that the firm has stopped asking, which is another decision.
LONGEST = timedelta(days=92)
# How far a pause may begin from today, either way.
FARTHEST = timedelta(days=3 * 365)
YEAR = 365
# Most of a year has to be left to the rounds.
MOST_DAYS_A_YEAR = 183


@transaction.atomic
def add_pause(*, pause: Pause, actor: User, now: datetime) -> Pause:
    """Store it; refused where it makes no sense beside those that are there."""
    check_pause(pause, today=localdate(now))
    pause.save(force_insert=True)
    _write("create", pause, actor, now)
    return pause


@transaction.atomic
def remove_pause(*, pause: Pause, actor: User, now: datetime) -> bool:
    """Take it away; False where somebody else has done so."""
    gone, _each = Pause.objects.filter(pk=pause.pk).delete()
    if gone:
        _write("remove", pause, actor, now)
    return bool(gone)


def check_pause(pause: Pause, *, today: date) -> None:
    """Raise errors beside the field they are about."""
    if abs(pause.starts_on - today) > FARTHEST:
        raise ValidationError({"starts_on": _("Choose a day within three years of today.")})
    if pause.ends_on < pause.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    if pause.ends_on - pause.starts_on >= LONGEST:
        words = _("A pause lasts %(days)s days at most.") % {"days": LONGEST.days}
        raise ValidationError({"ends_on": words})
    if pause.ends_on < today and not pause.yearly:
        raise ValidationError({"ends_on": _("This pause is over already.")})
    _check_others(pause, [row.days for row in Pause.objects.all()], today)


def _check_others(pause: Pause, others: list[periods.Pause], today: date) -> None:
    """No day in two pauses, and most of a year outside of them."""
    first = min(today, pause.starts_on)
    days = [first + timedelta(days=n) for n in range(4 * YEAR)]
    own = {day for day in days if pause.days.covers(day)}
    theirs = {day for day in days if any(other.covers(day) for other in others)}
    if own & theirs:
        words = _("Another pause covers part of these days already.")
        raise ValidationError({"starts_on": words})
    coming = set(days[(today - first).days :][:YEAR])
    if len((own | theirs) & coming) > MOST_DAYS_A_YEAR:
        raise ValidationError(_("With the other pauses, less than half of a year would be left."))


def _write(word: str, pause: Pause, actor: User, now: datetime) -> None:
    changes = {
        "starts_on": ["", str(pause.starts_on)],
        "ends_on": ["", str(pause.ends_on)],
        "yearly": ["", str(pause.yearly)],
    }
    if word == "remove":
        changes = {name: [value, ""] for name, (_none, value) in changes.items()}
    record(Act(word, "pause", str(pause.starts_on), changes=changes), actor=actor, now=now)
