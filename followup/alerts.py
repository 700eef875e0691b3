"""The jobs' side of an alert's life: what is looked at, and when.

Each round's loads are looked at once (``AlertPass``, unique by round); figures that come out later
are looked at when they do, staffing every day. An open alert is unique by rule and subject, so
that running twice, or in two workers at once, never doubles one.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from balancing.models import LoadPass
from balancing.reading import ReleasedPeriod, released_by, released_periods
from followup.causes import Looked, Rule, at_close
from followup.merging import resume
from followup.models import Alert, AlertPass
from followup.reconciling import Moment, reconcile
from followup.rules import RULES, STAFFING, ClientBelow
from followup.rules_charter import ClientAtRisk
from followup.withdrawal import forget_withdrawn


def alert_due(*, now: datetime) -> str:
    """Bring postponed alerts back, then look at every round without its alerts, oldest first."""
    done: Counter[str] = Counter()
    done["brought back"] = _bring_back(now)
    releases = released_periods()
    seen = AlertPass.objects.values("round")
    waiting = LoadPass.objects.exclude(round__in=seen).select_related("round")
    for loads in waiting.order_by("round__starts_on"):
        done += _look(at_close(loads, released_by(loads.round.closes_at, releases)), now)
    newest = AlertPass.objects.select_related("round").order_by("-round__starts_on").first()
    if newest is not None:
        done += _look_again(newest, releases, now)
        done += _look_at_staffing(newest, now)
    done["freed of what was withdrawn"] += forget_withdrawn(now=now)
    if newest is not None:
        done += _look_at_withdrawn(newest, now)
    return ", ".join(f"{count} {word}" for word, count in done.items() if count)


def _look(at: Looked, now: datetime) -> Counter[str]:
    """One round by every rule; nothing where another worker was first."""
    try:
        with transaction.atomic():
            AlertPass.objects.create(
                round=at.loads.round,
                made_at=now,
                release_period_on=at.release.starts_on if at.release else None,
                staffing_on=at.day,
            )
            return _apply(RULES, at, now)
    except IntegrityError:
        if AlertPass.objects.filter(round=at.loads.round).exists():
            return Counter()
        raise


def _look_again(newest: AlertPass, releases: list[ReleasedPeriod], now: datetime) -> Counter[str]:
    """Figures that came out, or were withdrawn, after the newest round was looked at."""
    release = released_by(newest.round.closes_at, releases)
    first_day = release.starts_on if release else None
    if first_day == newest.release_period_on:
        return Counter()
    with transaction.atomic():
        same = AlertPass.objects.filter(pk=newest.pk, release_period_on=newest.release_period_on)
        if not same.update(release_period_on=first_day):
            return Counter()
        return _apply([ClientBelow()], at_close(_loads(newest), release), now)


def _look_at_staffing(newest: AlertPass, now: datetime) -> Counter[str]:
    """Once a day: people are assigned between two closes, and assignments end."""
    today = localdate(now)
    if newest.staffing_on is not None and newest.staffing_on >= today:
        return Counter()
    with transaction.atomic():
        same = AlertPass.objects.filter(pk=newest.pk, staffing_on=newest.staffing_on)
        if not same.update(staffing_on=today):
            return Counter()
        return _apply(STAFFING, Looked(_loads(newest), None, today), now)


def _look_at_withdrawn(newest: AlertPass, now: datetime) -> Counter[str]:
    """Clients at risk by a status that was taken back: at risk by the one before, or no more."""
    rule = ClientAtRisk()
    open_ones = Alert.objects.filter(rule=rule.code).exclude(state=Alert.State.CLOSED)
    if not open_ones.filter(reason__has_key="withdrawn").exists():
        return Counter()
    return _apply([rule], Looked(_loads(newest), None, localdate(now)), now)


def _loads(done: AlertPass) -> LoadPass:
    return LoadPass.objects.select_related("round").get(round=done.round)


def _apply(rules: Sequence[Rule], at: Looked, now: datetime) -> Counter[str]:
    found = {rule.code: rule.findings(at) for rule in rules}
    return reconcile(found, Moment(at.loads.round, now))


@transaction.atomic
def _bring_back(now: datetime) -> int:
    """Postponed alerts whose day has come are to handle again."""
    rows = Alert.objects.filter(state=Alert.State.POSTPONED, postponed_until__lte=localdate(now))
    due = list(rows.select_for_update().order_by("pk"))
    return resume(due, now) if due else 0
