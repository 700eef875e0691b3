"""Findings against the alerts that are open: what is new opens, what lasts is renewed, what has
gone is closed. A handful of statements, whatever the number of findings.

The open alerts are locked first, so that a decision made meanwhile waits, or was read. Where
another worker opens the same alert at the same moment, the database keeps one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from followup import merging
from followup.causes import Finding
from followup.models import Alert, AlertMove, Subject
from surveys.models import Round

# The person concerned knows at once; their managers a week later.
MANAGERS_WAIT = timedelta(days=7)
# An alert that a manager has closed leaves them in peace for so many rounds.
PEACE = 3
CAUSE_GONE = "cause_gone"

State, Kind = Alert.State, AlertMove.Kind
Found = Mapping[str, Sequence[Finding]]  # code of a rule → what it finds
Key = tuple[str, Subject]
New = tuple[str, Finding]


@dataclass(frozen=True, slots=True)
class Moment:
    """The round whose close is looked at, and the clock."""

    round: Round
    now: datetime


@transaction.atomic
def reconcile(found: Found, moment: Moment) -> Counter[str]:
    """Bring the alerts of these rules to what the rules find."""
    live = _live(found)
    peace = _left_in_peace(found, moment.round)
    lasting: list[tuple[Alert, Finding]] = []
    fresh: list[New] = []
    for rule, findings in found.items():
        for finding in findings:
            alert = live.pop((rule, finding.subject), None)
            if alert is not None:
                lasting.append((alert, finding))
            elif finding.opens and (rule, finding.subject) not in peace:
                fresh.append((rule, finding))
    done: Counter[str] = Counter()
    done["opened"] = _open(fresh, moment)
    done["renewed"] = _renew(lasting, moment)
    done["merged"] = merging.join(moment.now)
    done["closed"] = _close(live.values(), moment)
    return done


def _live(found: Found) -> dict[Key, Alert]:
    """Open alerts of these rules. Nobody else moves them, or their kin, before this is over."""
    rows = Alert.objects.filter(rule__in=merging.with_kin(found)).exclude(state=State.CLOSED)
    locked = rows.select_for_update().order_by("pk")
    return {(row.rule, row.subject): row for row in locked if row.rule in found}


def _left_in_peace(found: Found, at: Round) -> set[Key]:
    """Subjects whose alert a manager closed since the round before the last three."""
    rounds = Round.objects.filter(opened_at__isnull=False, starts_on__lte=at.starts_on)
    last = rounds.order_by("-starts_on").values_list("closes_at", flat=True)[: PEACE + 1]
    closed = Alert.objects.filter(rule__in=found, closed_by__isnull=False)
    if len(last) > PEACE:
        closed = closed.filter(closed_at__gte=last[PEACE])
    rows = closed.values_list("rule", "person_id", "client_id", "mission_id", "unit_id")
    return {
        (rule, (person, client, mission, unit)) for rule, person, client, mission, unit in rows
    }


def _open(fresh: Sequence[New], moment: Moment) -> int:
    """New alerts; where another worker has just opened one, that one stands."""
    if not fresh:
        return 0
    Alert.objects.bulk_create(
        [_new(rule, finding, moment) for rule, finding in fresh], ignore_conflicts=True
    )
    # Ours are those without a journal: another worker's have one since they can be seen.
    rows = Alert.objects.filter(rule__in={rule for rule, _finding in fresh}, moves__isnull=True)
    ours = list(rows.filter(opened_at=moment.now, opened_round=moment.round).order_by("pk"))
    _note(ours, Kind.OPENED, moment.now)
    if len(ours) < len(fresh):
        _refuse_other_faults(fresh)
    return len(ours)


def _new(rule: str, finding: Finding, moment: Moment) -> Alert:
    wait = MANAGERS_WAIT if finding.person else timedelta(0)
    return Alert(
        rule=rule,
        person_id=finding.person,
        client_id=finding.client,
        mission_id=finding.mission,
        unit_id=finding.unit,
        firm=not any(finding.subject),
        opened_at=moment.now,
        opened_round=moment.round,
        seen_round=moment.round,
        managers_from=moment.now + wait,
        reason=finding.reason,
    )


def _refuse_other_faults(fresh: Sequence[New]) -> None:
    """What was passed over must be there already; any other broken constraint is a fault."""
    there = set(_live({rule: () for rule, _finding in fresh}))
    if any((rule, finding.subject) not in there for rule, finding in fresh):
        raise IntegrityError("an alert could not be opened")


def _renew(lasting: Sequence[tuple[Alert, Finding]], moment: Moment) -> int:
    """The cause is still there; its numbers may have moved."""
    changed = [(alert, found) for alert, found in lasting if alert.reason != found.reason]
    for alert, found in changed:
        alert.reason = found.reason
    moved = [alert for alert, _found in changed]
    Alert.objects.filter(pk__in=[alert.pk for alert, _found in lasting]).update(
        seen_round=moment.round
    )
    Alert.objects.bulk_update(moved, ["reason"])
    _note(moved, Kind.UPDATED, moment.now)
    return len(moved)


def _close(gone: Iterable[Alert], moment: Moment) -> int:
    """The causes have gone: nobody has anything left to do."""
    # Read again: some may just have joined another one.
    rows = Alert.objects.filter(pk__in=[row.pk for row in gone]).exclude(state=State.CLOSED)
    closing = rows.in_bulk()
    if not closing:
        return 0
    merging.hand_over(closing, moment.now)
    rows.update(
        state=State.CLOSED,
        closed_at=moment.now,
        closing_code=CAUSE_GONE,
        postponed_until=None,
        version=F("version") + 1,
    )
    _note(closing.values(), Kind.CLOSED, moment.now, code=CAUSE_GONE)
    AlertMove.objects.bulk_create(merging.parted(closing, moment.now))
    return len(closing)


def _note(alerts: Iterable[Alert], kind: str, now: datetime, *, code: str = "") -> None:
    AlertMove.objects.bulk_create(
        AlertMove(alert=alert, at=now, kind=kind, code=code) for alert in alerts
    )
