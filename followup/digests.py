"""The managers' weekly mail, at most one a person and week: its rows. ``operations.mails`` sends.

The row is the message: one is made for each manager when their hour has come (unique by person
and week), and a worker claims it by a conditional UPDATE before it sends. A worker that dies lets
go after a while; should it have died between the sending and its row, the second mail carries
the same Message-ID.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localdate

from accounts.models import FirmSettings, User
from core.periods import Weekly
from followup.letters import Letter, weekly
from followup.models import Digest
from missions.models import Absence

State = Digest.State
Days = Mapping[int, date]  # person → a day
# Far longer than a mail takes: a claim this old was left by a worker that died or was refused.
CLAIM_LASTS = timedelta(minutes=10)
ONE_WEEK, LONGEST = timedelta(days=7), timedelta(days=28)


def due(*, now: datetime) -> list[Digest]:
    """Rows that wait to be sent; those whose hour has just come are made first."""
    firm = FirmSettings.current()
    days = _days(Weekly(firm.digest_weekday, firm.digest_at), now)
    if not days:
        return []
    _make(days)
    return _waiting(days, now)


def claim(digest: Digest, *, now: datetime) -> bool:
    """True for the one worker that finds it as it was seen."""
    waiting = Digest.objects.filter(pk=digest.pk, state=State.WAITING)
    return waiting.filter(claimed_at=digest.claimed_at).update(claimed_at=now) == 1


def letter(digest: Digest, *, now: datetime) -> Letter | None:
    """What there is to say now, not when the row was made."""
    return weekly(digest, now=now, since=_told(digest, now))


def finish(digest: Digest, state: State, *, now: datetime) -> None:
    """It was sent, there was nothing to say, or it is refused for good."""
    rows = Digest.objects.filter(pk=digest.pk, state=State.WAITING)
    rows.update(state=state, finished_at=now)


# --- who is due ------------------------------------------------------------------------------


def _days(mail: Weekly, now: datetime) -> dict[int, date]:
    """Managers for whom a mail may leave now, with its day of the week."""
    able = User.objects.present(localdate(now)).filter(is_manager=True, weekly_digest=True)
    rows = able.order_by("pk").values_list("pk", "time_zone")
    zones = {pk: zone_of(name) for pk, name in rows}
    asked = {pk: mail.day(now, zone) for pk, zone in zones.items()}
    days = {pk: day for pk, day in asked.items() if day is not None}
    away = _away({pk: now.astimezone(zones[pk]).date() for pk in days}) if days else set()
    return {pk: day for pk, day in days.items() if pk not in away}


def zone_of(name: str) -> ZoneInfo:
    """A person's own zone; the firm's, where the system does not know theirs."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def _away(today: Days) -> set[int]:
    """Who is on leave on their own today."""
    first, last = min(today.values()), max(today.values())
    rows = Absence.objects.filter(person__in=today, starts_on__lte=last, ends_on__gte=first)
    spells = rows.values_list("person_id", "starts_on", "ends_on")
    return {pk for pk, starts, ends in spells if starts <= today[pk] <= ends}


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
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM_LASTS)
    rows = Digest.objects.filter(free, state=State.WAITING, day__in=set(days.values()))
    found = rows.filter(person__in=days).select_related("person").order_by("pk")
    return [row for row in found if row.day == days[row.person_id]]


def _told(digest: Digest, now: datetime) -> datetime:
    """Since when figures are news: the last mail, or a week ago."""
    rows = Digest.objects.filter(person=digest.person, state__in=(State.SENT, State.NOTHING))
    last = rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
    return max(last, now - LONGEST) if last else now - ONE_WEEK
