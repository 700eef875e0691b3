"""One mail to each person of a rotation that is talked over: when it may leave, what it says.

The row is written with the conversation (``balancing.agreeing``), one a person's part, and is
what says that they have heard; ``operations.mails_rotations`` sends. A worker claims a row by a
conditional UPDATE, and a claim that it left behind ends after a while.

A mail lies on other people's machines: no name of a colleague, no mission, no figure.
"""

from datetime import datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from balancing.models import Rotation, RotationNotice
from core.periods import EVENING, FRIDAY
from followup.digests import CLAIM_LASTS, zone_of
from followup.letters import Letter, absolute
from missions.models import Absence

State = RotationNotice.State
MORNING = time(8)


def due(*, now: datetime) -> list[RotationNotice]:
    """Rows that may leave now: by day, on a working day, while their reader is there."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM_LASTS)
    rows = RotationNotice.objects.filter(free, state=State.WAITING).order_by("pk")
    found = [
        row
        for row in rows.select_related("move__person", "move__rotation")
        if is_daytime(row.move.person, now)
    ]
    away = _away([row.move.person for row in found], now) if found else set()
    return [row for row in found if row.move.person_id not in away]


def is_daytime(person: User, now: datetime) -> bool:
    """From 8 to 20 on a working day, by the clock on the reader's wall."""
    local = now.astimezone(zone_of(person.time_zone))
    return local.weekday() <= FRIDAY and MORNING <= local.time() < EVENING


def claim(notice: RotationNotice, *, now: datetime) -> bool:
    """True for the one worker that finds it as it was seen."""
    waiting = RotationNotice.objects.filter(pk=notice.pk, state=State.WAITING)
    return waiting.filter(claimed_at=notice.claimed_at).update(claimed_at=now) == 1


def finish(notice: RotationNotice, state: State, *, now: datetime) -> None:
    """It was sent, there was nothing left to say, or it is refused for good."""
    rows = RotationNotice.objects.filter(pk=notice.pk, state=State.WAITING)
    rows.update(state=state, finished_at=now)


def letter(notice: RotationNotice, *, now: datetime) -> Letter | None:
    """In the reader's language; None where they have answered, or the conversation is over, or
    they have left."""
    move = notice.move
    person = move.person
    is_over = move.rotation.state != Rotation.State.TALKING
    is_here = User.objects.present(localdate(now)).filter(pk=person.pk).exists()
    if move.answer or is_over or not is_here:
        return None
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    with override(person.language):
        context = {
            "person": person,
            "url": absolute("dashboards:rotation_own", pk=move.pk),
            "product_name": settings.PRODUCT_NAME,
            "subject": _("Something to talk over has been prepared for you"),
        }
        return Letter(
            to=person.email,
            subject=str(context["subject"]),
            text=render_to_string("followup/mail/rotation.txt", context),
            html=render_to_string("followup/mail/rotation.html", context),
            # Sent again after a crash, it is the same mail: a mailbox keeps one.
            headers={
                "Message-ID": f"<rotation.{move.pk}@{host}>",
                "Auto-Submitted": "auto-generated",
            },
        )


def _away(people: list[User], now: datetime) -> set[int]:
    """Who is on leave on their own today."""
    today = {one.pk: now.astimezone(zone_of(one.time_zone)).date() for one in people}
    first, last = min(today.values()), max(today.values())
    rows = Absence.objects.filter(person__in=today, starts_on__lte=last, ends_on__gte=first)
    spells = rows.values_list("person_id", "starts_on", "ends_on")
    return {pk for pk, starts, ends in spells if starts <= today[pk] <= ends}
