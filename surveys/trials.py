"""Comparing two variants of an invitation: one factor, one round, on answers alone.

No opening and no click is tracked. What is told is a difference in points with its interval,
after the close, from 400 people invited on: no count, and never who.
"""

from collections.abc import Iterable
from datetime import datetime
from math import sqrt

from django.db import transaction
from django.utils.timezone import localdate

from accounts.audit import Act, record
from accounts.models import User
from surveys.models import MailTrial, Message, Round
from surveys.models.answers import CheckIn

FEWEST = 400
# Two-sided 90 %, as every interval of the product.
Z = 1.6448536269514722
Counts = tuple[int, int]  # answered, of so many invited


# --- planning --------------------------------------------------------------------------------


def are_enough(now: datetime) -> bool:
    """Would as many people be invited today as a comparison needs?"""
    people = User.objects.present(localdate(now)).consultants().filter(checkin_mails=True)
    return people.count() >= FEWEST


def next_round(now: datetime) -> Round | None:
    """The round in which the next comparison can take place: the first not opened yet."""
    rows = Round.objects.filter(opened_at__isnull=True, opens_at__gt=now)
    return rows.order_by("opens_at").first()


def planned(now: datetime) -> MailTrial | None:
    """What is compared now, or will be in the next round."""
    rows = MailTrial.objects.filter(counted_at__isnull=True, round__closes_at__gt=now)
    return rows.select_related("round").order_by("round__starts_on").first()


@transaction.atomic
def plan(*, trial: MailTrial, actor: User, now: datetime) -> None:
    trial.save()
    changes = {"factor": ["", trial.factor]}
    record(Act("create", "mail_trial", str(trial.round), changes=changes), actor=actor, now=now)


@transaction.atomic
def cancel(*, trial: MailTrial, actor: User, now: datetime) -> None:
    """Before its round opens; afterwards it runs to its close."""
    if trial.round.opened_at is None:
        record(Act("remove", "mail_trial", str(trial.round)), actor=actor, now=now)
        trial.delete()


def running(now: datetime) -> MailTrial | None:
    """What is compared in the round that is open now."""
    return MailTrial.objects.filter(round__in=Round.objects.open(now)).first()


# --- counting --------------------------------------------------------------------------------


def count_due(*, now: datetime) -> str:
    """What each comparison found, once its round is closed. Safe to repeat."""
    over = MailTrial.objects.filter(counted_at__isnull=True, round__closes_at__lte=now)
    found = [_count(trial, now) for trial in over.select_related("round")]
    return f"{sum(found)} comparison(s) of mails counted" if any(found) else ""


def _count(trial: MailTrial, now: datetime) -> int:
    # Sent or not: whoever answers before a later hour is no less of that half.
    rows = Message.objects.filter(round=trial.round, rank=Message.Rank.INVITATION)
    invited = set(rows.values_list("person_id", flat=True))
    told: dict[str, object] = {"counted_at": now}
    if len(invited) >= FEWEST:
        answers = CheckIn.objects.filter(round=trial.round, person__in=invited)
        answered = set(answers.values_list("person_id", flat=True))
        first, second = (_counts(trial, invited, answered, is_second=x) for x in (False, True))
        told |= dict(zip(("difference", "low", "high"), compared(first, second), strict=True))
    return MailTrial.objects.filter(pk=trial.pk, counted_at__isnull=True).update(**told)


def _counts(
    trial: MailTrial, invited: Iterable[int], answered: set[int], *, is_second: bool
) -> Counts:
    own = [pk for pk in invited if trial.is_second(pk) is is_second]
    return sum(pk in answered for pk in own), len(own)


def compared(first: Counts, second: Counts) -> tuple[int, int, int]:
    """Second less first, in whole points, with both ends of its 90 % interval.

    Newcombe's hybrid of two Wilson intervals (Statistics in Medicine 17, 1998, method 10).

    >>> compared((120, 200), (140, 200))
    (10, 2, 18)
    >>> compared((100, 200), (100, 200))
    (0, -8, 8)
    >>> compared((0, 200), (200, 200))
    (100, 98, 100)
    """
    (p1, low1, high1), (p2, low2, high2) = wilson(*first), wilson(*second)
    low = (p2 - p1) - sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    high = (p2 - p1) + sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)
    return round(100 * (p2 - p1)), round(100 * low), round(100 * high)


def wilson(count: int, of: int) -> tuple[float, float, float]:
    """A share, and both ends of its interval.

    >>> [round(part, 3) for part in wilson(56, 70)]
    [0.8, 0.71, 0.867]
    """
    if of == 0:
        return 0.0, 0.0, 1.0
    share = count / of
    middle = share + Z**2 / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    scale = 1 + Z**2 / of
    return share, (middle - half) / scale, (middle + half) / scale
