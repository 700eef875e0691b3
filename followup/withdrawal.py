"""When a release or a review is withdrawn, what it said leaves the alerts opened on it too."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from balancing.portfolio import taken_back
from followup.models import Alert, AlertMove
from followup.wording import FIGURES_WITHDRAWN, REASONS_WITHDRAWN
from scoring.publication import withdrawn_periods

# What an alert holds of a published period: figures, or why a client has its status.
FIGURES, REASONS = "figures", "reasons"


@transaction.atomic
def forget_withdrawn(*, now: datetime) -> int:
    """Take what was withdrawn out of every alert, closed ones included: figures of a release, the
    reasons of statuses that rested on it or on a review.

    What was decided stays; that it was withdrawn takes the place of numbers and reasons.
    """
    figures = _forget(FIGURES, withdrawn_periods(), FIGURES_WITHDRAWN, now)
    return figures + _forget(REASONS, taken_back(), REASONS_WITHDRAWN, now)


def _forget(held: str, gone: Collection[int], code: str, now: datetime) -> int:
    changed = 0
    rows = Alert.objects.filter(reason__has_key=held)
    for alert in rows.filter(reason__period__in=list(gone)):
        reason = {"period": alert.reason["period"], "withdrawn": True}
        if rows.filter(pk=alert.pk).update(reason=reason):
            AlertMove.objects.create(alert=alert, at=now, kind=AlertMove.Kind.UPDATED, code=code)
            changed += 1
    return changed
