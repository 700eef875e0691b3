"""The people's side of an alert's life: decided, postponed, passed on, closed, opened again.

Two managers may look at one alert. Each move names the version that its author saw, in one
conditional UPDATE: the second is told so, and nothing of the first is lost. What has joined an
alert (``merging``) is closed and opened again with it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from core.moving import OvertakenError
from followup.models import Alert, AlertMove

State = Alert.State
LIVE = (State.OPEN, State.TAKEN, State.POSTPONED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What will be done, by whom, for when: a proposed step by its code, or one's own words."""

    next_step_code: str
    next_step: str
    owner: User
    due_on: date


@dataclass(frozen=True, slots=True)
class _Step:
    """A move: from which states, what it changes, and how the journal tells it."""

    kind: str
    changes: dict[str, Any]
    allowed: Collection[str] = LIVE
    text: str = ""
    code: str = ""
    owner: User | None = None
    due_on: date | None = None
    only: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def take(*, alert: Alert, decision: Decision, by: User, now: datetime) -> Alert:
    """Decide: a next step, an owner, a date."""
    changes = {
        "state": State.TAKEN,
        "next_step_code": decision.next_step_code,
        "next_step": decision.next_step,
        "owner": decision.owner,
        "due_on": decision.due_on,
        "postponed_until": None,
    }
    step = _Step(
        AlertMove.Kind.DECIDED,
        changes,
        text=decision.next_step,
        code=decision.next_step_code,
        owner=decision.owner,
        due_on=decision.due_on,
    )
    return _make(step, alert, by, now)


@transaction.atomic
def postpone(*, alert: Alert, until: date, why: str, by: User, now: datetime) -> Alert:
    """Put it away until a day; the job brings it back."""
    changes = {"state": State.POSTPONED, "postponed_until": until}
    step = _Step(AlertMove.Kind.POSTPONED, changes, text=why, due_on=until)
    return _make(step, alert, by, now)


@transaction.atomic
def close(*, alert: Alert, sentence: str, by: User, now: datetime) -> Alert:
    """Close it with one sentence that the people concerned read."""
    changes = {
        "state": State.CLOSED,
        "closed_at": now,
        "closed_by": by,
        "closing": sentence,
        "closing_code": "",
        "postponed_until": None,
    }
    step = _Step(AlertMove.Kind.CLOSED, changes, text=sentence)
    _lock_with_joined(alert)
    closed = _make(step, alert, by, now)
    _follow(step, closed.merged.exclude(state=State.CLOSED), by, now)
    return closed


@transaction.atomic
def pass_on(*, alert: Alert, by: User, now: datetime) -> Alert:
    """Let the referent see an alert on a person, from here on."""
    changes = {"passed_on_at": now}
    only = {"person__isnull": False, "passed_on_at__isnull": True}
    return _make(_Step(AlertMove.Kind.PASSED_ON, changes, only=only), alert, by, now)


def reopen(*, alert: Alert, by: User, now: datetime) -> Alert:
    """Take back a close that a person made; what had been decided stands again."""
    changes = {
        "state": State.TAKEN if alert.owner_id else State.OPEN,
        "closed_at": None,
        "closed_by": None,
        "closing": "",
    }
    step = _Step(
        AlertMove.Kind.REOPENED,
        changes,
        allowed=(State.CLOSED,),
        only={"closed_by__isnull": False},
    )
    try:
        with transaction.atomic():
            _lock_with_joined(alert)
            opened = _make(step, alert, by, now)
            _follow(step, _closed_with(alert), by, now)
            return opened
    except IntegrityError as error:
        # A newer alert on the same subject is open: that one counts.
        raise OvertakenError from error


def _lock_with_joined(alert: Alert) -> None:
    """In the order of their keys, as the jobs do it, so that neither waits for the other."""
    rows = Alert.objects.filter(Q(pk=alert.pk) | Q(merged_into=alert))
    list(rows.select_for_update().order_by("pk").values_list("pk"))


def _closed_with(alert: Alert) -> QuerySet[Alert]:
    """What was closed together with this one; not what has been found anew since."""
    same = Alert.objects.filter(client=alert.client_id, mission=alert.mission_id)
    anew = same.exclude(state=State.CLOSED).values("rule")
    together = alert.merged.filter(closed_by__isnull=False, closed_at=alert.closed_at)
    return together.exclude(rule__in=anew)


def _follow(step: _Step, rows: QuerySet[Alert], by: User, now: datetime) -> None:
    """Those that joined an alert make its move too."""
    followers = list(rows.order_by("pk"))
    found = Alert.objects.filter(pk__in=[row.pk for row in followers])
    changes = step.changes | ({} if step.kind == AlertMove.Kind.CLOSED else {"state": State.OPEN})
    found.update(version=F("version") + 1, **changes)
    AlertMove.objects.bulk_create(
        AlertMove(alert=row, at=now, actor=by, kind=step.kind, text=step.text) for row in followers
    )


def _make(step: _Step, alert: Alert, by: User, now: datetime) -> Alert:
    rows = Alert.objects.filter(
        pk=alert.pk, version=alert.version, state__in=step.allowed, **step.only
    )
    if not rows.update(version=F("version") + 1, **step.changes):
        raise OvertakenError
    AlertMove.objects.create(
        alert=alert,
        at=now,
        actor=by,
        kind=step.kind,
        text=step.text,
        code=step.code,
        owner=step.owner,
        due_on=step.due_on,
    )
    return Alert.objects.get(pk=alert.pk)
