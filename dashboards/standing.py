"""What a page may have to say before anything else: figures that are late or were withdrawn, a
threshold that was raised or waits for its second key. Looked up only where a template asks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import threshold
from accounts.models import User
from accounts.perms import can_configure, can_confirm_threshold
from core.wording import day_month, months_text
from dashboards.edition import label
from scoring.publication import PublishedPeriod, late_periods, late_release


@dataclass(frozen=True, slots=True)
class Told:
    """A release that did not come out, or was taken back, as its administrator is told of it."""

    says: str
    published_at: datetime


def told(now: datetime) -> list[Told]:
    """That a release was withheld, no more: the reason is for the audit."""
    words = {
        True: _("The figures of %(period)s were withdrawn. The reason is kept for an audit."),
        False: _("The figures of %(period)s were withheld. The reason is kept for an audit."),
    }
    return [
        Told(words[withdrawn] % {"period": label(period)}, period.published_at)
        for period, withdrawn in late_periods(now)
    ]


def late_sentence(now: datetime, latest: PublishedPeriod | None, shown: str = "") -> str:
    """Why the newest period is not there; ``latest`` and ``shown``: the one whose figures stay.

    Empty where its figures are out, or where no period has closed. A period after the latest is
    looked up only where one has closed.
    """
    if latest and (latest.next_closes_at is None or latest.next_closes_at > now):
        return ""
    late = late_release(now)
    if late is None:
        return ""
    if late.withdrawn:
        words = {"period": months_text(late.starts_on, late.last_on), "shown": shown}
        said = _("The figures of %(period)s were withdrawn.")
        if shown:
            said = _("The figures of %(period)s were withdrawn. Those of %(shown)s stay.")
        return said % words
    said = _("The release of %(day)s is late.")
    if shown:
        said = _("The release of %(day)s is late. The figures of %(period)s stay.")
    return said % {"day": day_month(late.closes_at), "period": shown}


def of_everybody(firm: Any) -> dict[str, Any]:
    """For every page, signed in or not. ``firm``: its settings, read when they are asked for."""
    return {
        "people_needed": SimpleLazyObject(lambda: str(firm.anonymity_threshold)),
        "comment_people": SimpleLazyObject(
            lambda: str(threshold.comment_need(firm.anonymity_threshold))
        ),
        # Of a mission profile, and so of the time between two missions.
        "profile_people": SimpleLazyObject(
            lambda: str(threshold.profile_need(firm.anonymity_threshold))
        ),
        "threshold_news": SimpleLazyObject(lambda: threshold.news(now=timezone.now())),
    }


def of_person(user: User) -> dict[str, Any]:
    """For the pages of somebody who confirms, or who runs the software."""
    return {
        "threshold_waiting": SimpleLazyObject(
            lambda: threshold.waiting() if can_confirm_threshold(user) else None
        ),
        "releases_missing": SimpleLazyObject(
            lambda: told(timezone.now()) if can_configure(user) else []
        ),
    }
