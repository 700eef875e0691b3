"""One mail to each person of a rotation that is talked over: when it may leave, what it says.

The row is written with the conversation (``balancing.agreeing``), one a person's part, and is
what says that they have heard; ``operations.mails_rotations`` sends.

A mail lies on other people's machines: no name of a colleague, no mission, no figure.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.stopping import ROTATION, stop_url
from balancing.models import Rotation, RotationNotice
from core.letters import Letter, absolute, headers
from core.outgoing import is_free, is_unreachable
from core.slots import is_by_day, zone_of
from surveys.timetable import Timetable


def due(*, now: datetime) -> list[RotationNotice]:
    """Rows that may leave now: by day, while their reader is at work."""
    rows = RotationNotice.objects.filter(is_free(now)).order_by("pk")
    every = rows.select_related("move__person", "move__rotation")
    found = [row for row in every if not is_unreachable(row.move.person)]
    if not found:
        return []
    table = Timetable.of([row.move.person for row in found], now=now)
    return [row for row in found if _is_at_work(row.move.person, table, now)]


def _is_at_work(person: User, table: Timetable, now: datetime) -> bool:
    local = now.astimezone(zone_of(person.time_zone))
    return is_by_day(local) and not table.is_off(person, local.date())


def letter(notice: RotationNotice, *, now: datetime) -> Letter | None:
    """In the reader's language; None where they have answered, or the conversation is over, or
    they have left or want no such mail."""
    move = notice.move
    person = move.person
    is_over = move.rotation.state != Rotation.State.TALKING
    wanting = User.objects.present(localdate(now)).filter(pk=person.pk, rotation_mails=True)
    is_here = wanting.exists()
    if move.answer or is_over or not is_here:
        return None
    stop = stop_url(person, ROTATION)
    with override(person.language):
        context = {
            "person": person,
            "url": absolute("dashboards:rotation_own", pk=move.pk),
            "stop_url": stop,
            "product_name": settings.PRODUCT_NAME,
            "subject": _("Something to talk over has been prepared for you"),
        }
        return Letter(
            to=person.email,
            subject=str(context["subject"]),
            text=render_to_string("followup/mail/rotation.txt", context),
            html=render_to_string("followup/mail/rotation.html", context),
            headers=headers(f"rotation.{move.pk}", to=person.email, stop_url=stop),
        )
