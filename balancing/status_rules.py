"""The firm's rule for the status of clients, and its aim: each change is a version, with its
author.

It counts from the next figures on. Until figures have used it, its writing can be taken back.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.audit import Act, record
from accounts.models import User
from balancing.models import StatusRule
from core.moving import OvertakenError

TOLD = ("virtuous_from", "at_risk_under", "target")


def write(*, rule: StatusRule, seen: int, by: User, now: datetime) -> StatusRule:
    """Keep it as the version after ``seen``, the one that its author saw (0: there was none).

    Raises `OvertakenError` where somebody else has written one since.
    """
    before = StatusRule.objects.first()
    if (before.number if before else 0) != seen:
        raise OvertakenError
    rule.number, rule.author, rule.written_at = seen + 1, by, now
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            changes = {
                name: [_text(before, name), _text(rule, name)]
                for name in TOLD
                if _text(before, name) != _text(rule, name)
            }
            act = Act("edit", "status_rule", str(rule.number), changes=changes)
            record(act, actor=by, now=now)
    except IntegrityError as error:
        raise OvertakenError from error
    return rule


def take_back(*, rule: StatusRule, by: User, now: datetime) -> bool:
    """Remove the newest version, as long as no figures rest on it; False where that is over."""
    if StatusRule.objects.filter(number__gt=rule.number).exists():
        return False
    try:
        with transaction.atomic():
            # Passes protect the version that they used.
            gone, _of_each = StatusRule.objects.filter(pk=rule.pk).delete()
            if gone:
                record(Act("withdraw", "status_rule", str(rule.number)), actor=by, now=now)
    except IntegrityError:
        return False
    return bool(gone)


def _text(rule: StatusRule | None, name: str) -> str:
    value = getattr(rule, name) if rule else None
    return "" if value is None else str(value)
