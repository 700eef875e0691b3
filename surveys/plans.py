"""How often something is asked beside the check-ins: of clients, and of our people about them."""

from datetime import date, datetime

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import User
from surveys.models import ReviewPlan, SatisfactionPlan

# A month, for the one comparison of dates made with it.
MONTH_DAYS = 365.25 / 12


def is_time(day: date, last: date | None, months: int) -> bool:
    """Whether the round of that day is the one nearest to so many months after the last survey.

    Rounds come in weeks and the plan is in months; half a month early is near enough.

    >>> [is_time(date(2026, 1, 6) + timedelta(weeks=w), date(2026, 1, 6), 4) for w in (12, 16)]
    [False, True]
    >>> is_time(date(2026, 1, 6), None, 4)
    True
    """
    return last is None or (day - last).days >= (months - 0.5) * MONTH_DAYS


@transaction.atomic
def save_plan(
    *,
    plan: SatisfactionPlan | ReviewPlan,
    changes: dict[str, list[str]],
    actor: User,
    now: datetime,
) -> None:
    """Store the one row; what is open goes on as it opened."""
    plan.pk = 1
    plan.save()
    if changes:
        record(Act("edit", "settings", changes=changes), actor=actor, now=now)
