"""The jobs' side of an alert's life: opened, kept up to date, brought back, closed.

Each round's loads are looked at once (``AlertPass``, unique by round); figures that come out later
are looked at when they do. An open alert is unique by rule and subject, so that running twice, or
in two workers at once, never doubles one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from balancing.models import LoadPass
from balancing.reading import ReleasedPeriod, released_by, released_periods
from followup.models import Alert, AlertMove, AlertPass
from followup.rules import RULES, ClientBelow, Finding, Looked, Rule
from surveys.models import Round

# The person concerned knows at once; their managers a week later.
MANAGERS_WAIT = timedelta(days=7)
# An alert that a manager has closed leaves them in peace for so many rounds.
PEACE = 3
CAUSE_GONE = "cause_gone"

Subject = tuple[int | None, int | None]  # person, client; both empty for the firm


@dataclass(frozen=True, slots=True)
class Moment:
    """The round whose close is looked at, and the clock."""

    round: Round
    now: datetime


def alert_due(*, now: datetime) -> str:
    """Bring postponed alerts back, then look at every round without its alerts, oldest first."""
    done: Counter[str] = Counter()
    done["brought back"] = _bring_back(now)
    releases = released_periods()
    seen = AlertPass.objects.values("round")
    waiting = LoadPass.objects.exclude(round__in=seen).select_related("round")
    for loads in waiting.order_by("round__starts_on"):
        done += _look(Looked(loads, released_by(loads.round.closes_at, releases)), now)
    done += _look_again(releases, now)
    return ", ".join(f"{count} {word}" for word, count in done.items() if count)


def _look(at: Looked, now: datetime) -> Counter[str]:
    """One round by every rule; nothing where another worker was first."""
    try:
        with transaction.atomic():
            AlertPass.objects.create(
                round=at.loads.round,
                made_at=now,
                release_period_on=at.release.starts_on if at.release else None,
            )
            return _apply(RULES, at, now)
    except IntegrityError:
        if AlertPass.objects.filter(round=at.loads.round).exists():
            return Counter()
        raise


def _look_again(releases: list[ReleasedPeriod], now: datetime) -> Counter[str]:
    """Figures that came out, or were withdrawn, after the newest round was looked at."""
    newest = AlertPass.objects.select_related("round").order_by("-round__starts_on").first()
    if newest is None:
        return Counter()
    release = released_by(newest.round.closes_at, releases)
    first_day = release.starts_on if release else None
    if first_day == newest.release_period_on:
        return Counter()
    with transaction.atomic():
        same = AlertPass.objects.filter(pk=newest.pk, release_period_on=newest.release_period_on)
        if not same.update(release_period_on=first_day):
            return Counter()
        loads = LoadPass.objects.select_related("round").get(round=newest.round)
        return _apply([ClientBelow()], Looked(loads, release), now)


def _apply(rules: Sequence[Rule], at: Looked, now: datetime) -> Counter[str]:
    moment = Moment(at.loads.round, now)
    done: Counter[str] = Counter()
    for rule in rules:
        done += _reconcile(rule.code, rule.findings(at), moment)
    return done


def _reconcile(rule: str, findings: list[Finding], moment: Moment) -> Counter[str]:
    """Open what is new, renew what lasts, close what has gone."""
    done: Counter[str] = Counter()
    open_now = _open_alerts(rule)
    in_peace = _left_in_peace(rule, moment.round)
    for finding in findings:
        subject = (finding.person, finding.client)
        alert = open_now.pop(subject, None)
        if alert is not None:
            done["renewed"] += _renew(alert, finding, moment)
        elif subject not in in_peace:
            done["opened"] += _open(rule, finding, moment)
    for alert in open_now.values():
        done["closed"] += _close(alert, moment)
    return done


def _open_alerts(rule: str) -> dict[Subject, Alert]:
    rows = Alert.objects.filter(rule=rule).exclude(state=Alert.State.CLOSED)
    return {(row.person_id, row.client_id): row for row in rows}


def _left_in_peace(rule: str, at: Round) -> set[Subject]:
    """Subjects whose alert a manager closed since the round before the last three."""
    rounds = Round.objects.filter(opened_at__isnull=False, starts_on__lte=at.starts_on)
    last = rounds.order_by("-starts_on").values_list("closes_at", flat=True)[: PEACE + 1]
    closed = Alert.objects.filter(rule=rule, state=Alert.State.CLOSED, closed_by__isnull=False)
    if len(last) > PEACE:
        closed = closed.filter(closed_at__gte=last[PEACE])
    return set(closed.values_list("person_id", "client_id"))


def _open(rule: str, finding: Finding, moment: Moment) -> int:
    """One new alert; where another worker has just opened it, that one stands."""
    wait = MANAGERS_WAIT if finding.person else timedelta(0)
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                rule=rule,
                person_id=finding.person,
                client_id=finding.client,
                firm=finding.person is None and finding.client is None,
                opened_at=moment.now,
                opened_round=moment.round,
                seen_round=moment.round,
                managers_from=moment.now + wait,
                reason=finding.reason,
            )
            _note(alert, AlertMove.Kind.OPENED, moment.now)
    except IntegrityError:
        subject = Q(person=finding.person, client=finding.client)
        if Alert.objects.filter(subject, rule=rule).exclude(state=Alert.State.CLOSED).exists():
            return 0
        raise
    return 1


def _renew(alert: Alert, finding: Finding, moment: Moment) -> int:
    """The cause is still there; its numbers may have moved."""
    changed = alert.reason != finding.reason
    rows = Alert.objects.filter(pk=alert.pk).exclude(state=Alert.State.CLOSED)
    held = rows.update(seen_round=moment.round, reason=finding.reason)
    if held and changed:
        _note(alert, AlertMove.Kind.UPDATED, moment.now)
    return int(held and changed)


def _close(alert: Alert, moment: Moment) -> int:
    """The cause has gone: nobody has anything left to do."""
    rows = Alert.objects.filter(pk=alert.pk).exclude(state=Alert.State.CLOSED)
    held = rows.update(
        state=Alert.State.CLOSED,
        closed_at=moment.now,
        closing_code=CAUSE_GONE,
        postponed_until=None,
        version=F("version") + 1,
    )
    if held:
        _note(alert, AlertMove.Kind.CLOSED, moment.now, code=CAUSE_GONE)
    return held


def _bring_back(now: datetime) -> int:
    """Postponed alerts whose day has come are to handle again."""
    rows = Alert.objects.filter(state=Alert.State.POSTPONED, postponed_until__lte=localdate(now))
    return sum(_resume(alert, now) for alert in rows)


@transaction.atomic
def _resume(alert: Alert, now: datetime) -> int:
    same = Alert.objects.filter(pk=alert.pk, version=alert.version)
    held = same.update(state=Alert.State.OPEN, postponed_until=None, version=F("version") + 1)
    if held:
        _note(alert, AlertMove.Kind.RESUMED, now)
    return held


def _note(alert: Alert, kind: str, now: datetime, *, code: str = "") -> None:
    AlertMove.objects.create(alert=alert, at=now, kind=kind, code=code)
