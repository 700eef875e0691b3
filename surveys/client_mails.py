"""Mails to contacts of clients: which may leave now. ``operations.mails_clients`` sends."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localdate

from core.outgoing import is_free, is_unreachable
from core.slots import is_by_day
from surveys.models import AskingMail, MailSettings
from surveys.models.opinions import Opinion

Kind = AskingMail.Kind


def due(*, now: datetime) -> list[AskingMail]:
    """Rows that may leave now: by day, on a working day, by the firm's clock and holidays."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if not is_by_day(local) or MailSettings.current().is_holiday(local.date()):
        return []
    rows = AskingMail.objects.filter(is_free(now)).order_by("pk")
    return list(
        rows.select_related("asking__survey__round", "asking__contact__client__account_manager")
    )


def is_wanted(mail: AskingMail, *, now: datetime) -> bool:
    """Whether there is still something to ask: declined, left, closed or answered is the end."""
    asking, today = mail.asking, localdate(now)
    contact = asking.contact
    if not asking.survey.is_open(now) or not contact.is_current(today):
        return False
    if contact.declined_at or contact.left_out_because or is_unreachable(contact):
        return False
    answered = Opinion.objects.filter(asking=asking).exists()
    return mail.kind != Kind.REMINDER or not answered
