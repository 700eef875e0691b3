"""When a release is withdrawn, its figures leave the alerts that were opened on them too."""

from datetime import datetime

from django.db import transaction

from followup.models import Alert, AlertMove
from followup.wording import FIGURES_WITHDRAWN
from scoring.publication import withdrawn_periods


@transaction.atomic
def forget_withdrawn(*, now: datetime) -> int:
    """Take the figures of withdrawn releases out of every alert, closed ones included.

    What was decided stays; that the figures were withdrawn takes the place of the numbers.
    """
    gone = withdrawn_periods()
    held = Alert.objects.filter(reason__period__in=gone, reason__has_key="figures")
    changed = 0
    for alert in held:
        reason = {"period": alert.reason["period"], "withdrawn": True}
        same = Alert.objects.filter(pk=alert.pk, reason__has_key="figures")
        if same.update(reason=reason):
            AlertMove.objects.create(
                alert=alert, at=now, kind=AlertMove.Kind.UPDATED, code=FIGURES_WITHDRAWN
            )
            changed += 1
    return changed
