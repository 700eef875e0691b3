"""The managers' weekly mail, at most one a person and week: its rows. ``operations.mails`` sends.

The row is the message: one is made for each manager when their hour has come (unique by person
and week).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import FirmSettings, User
from core.letters import Letter
from core.outgoing import is_free
from core.periods import Weekly
from core.slots import zone_of
from followup.letters import weekly
from followup.models import Digest
from surveys.timetable import Timetable

State = Digest.State
Days = Mapping[int, date]  # person → a day
ONE_WEEK, LONGEST = timedelta(days=7), timedelta(days=28)


def due(*, now: datetime) -> list[Digest]:
    """Rows that wait to be sent; those whose hour has just come are made first."""
    firm = FirmSettings.current()
    days = _days(Weekly(firm.digest_weekday, firm.digest_at), now)
    if not days:
        return []
    _make(days)
    return _waiting(days, now)


def letter(digest: Digest, *, now: datetime) -> Letter | None:
    """What there is to say now, not when the row was made."""
    return weekly(digest, now=now, since=_told(digest, now))


# --- who is due ------------------------------------------------------------------------------


def _days(mail: Weekly, now: datetime) -> dict[int, date]:
    """Managers for whom a mail may leave now, with its day of the week; none on a day off."""
    able = User.objects.present(localdate(now)).filter(is_manager=True, weekly_digest=True)
    found = able.reachable().order_by("pk")
    asked = [(one, mail.day(now, zone_of(one.time_zone))) for one in found]
    days = {one: day for one, day in asked if day is not None}
    if not days:
        return {}
    table = Timetable.of(list(days), now=now)
    return {one.pk: day for one, day in days.items() if not table.is_off(one, _today(one, now))}


def _today(person: User, now: datetime) -> date:
    """By the clock on their own wall."""
    return now.astimezone(zone_of(person.time_zone)).date()


def _make(days: Days) -> None:
    """A row each; another worker's stands. A firm that moves its day gives nobody two a week."""
    rows = Digest.objects.filter(person__in=days, day__gt=min(days.values()) - ONE_WEEK)
    lately = rows.values_list("person_id", "day")
    known = {pk for pk, day in lately if day > days[pk] - ONE_WEEK}
    Digest.objects.bulk_create(
        [Digest(person_id=pk, day=day) for pk, day in days.items() if pk not in known],
        ignore_conflicts=True,
    )


def _waiting(days: Days, now: datetime) -> list[Digest]:
    rows = Digest.objects.filter(is_free(now), day__in=set(days.values()))
    found = rows.filter(person__in=days).select_related("person").order_by("pk")
    return [row for row in found if row.day == days[row.person_id]]


def _told(digest: Digest, now: datetime) -> datetime:
    """Since when figures are news: the last mail, or a week ago."""
    rows = Digest.objects.filter(person=digest.person, state__in=(State.SENT, State.NOTHING))
    last = rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
    return max(last, now - LONGEST) if last else now - ONE_WEEK
