"""The status of every client at the end of a published period: a step that is due.

A status is made of published words and figures, of staffing and of what is asked of the client,
so it tells nothing that its reader could not read: no answer is looked at. A period is done once:
its ``StatusPass`` row, unique, says so, and it stays as it is, like the figures it rests on.

Days are those of clients: the firm's own products and the time between two missions are nobody's
to be virtuous about, and are left out.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from accounts.models import FirmSettings
from balancing import gathering
from balancing.maths.status import FORMULA_VERSION, WITHHELD, Known, Rule, status
from balancing.maths.window import sum_by
from balancing.models import ClientStatus, StatusPass, StatusRule
from clients.models import CharterValue, Client, Path, PathRequest, Prospect, Screening, Seen
from core.jobs import each, once
from missions.models import Mission
from scoring.charter_facts import Facts, charter_facts, periods_waiting
from scoring.publication import (
    Scope,
    SystemViewer,
    figure,
    published,
    published_periods,
)
from surveys.models import Period, Round

VIEWER = SystemViewer("statuses of clients")
# So long at most a period waits for the words of a review that is over, should its release fail
# or come late. A past that was brought in is judged by what was known then.
GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Worked:
    """Person-days of a period with clients: by client (its id), and by profile (its reference)."""

    clients: dict[int, float] = field(default_factory=dict)
    profiles: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of clients besides figures, by their ids, at a moment.

    ``values``: of each charter, how many values it has.
    """

    facts: Mapping[int, Facts]
    values: Mapping[int, int]
    red_lines: Collection[int]
    asked: Collection[int]

    def known(self, client: int, well_being: str) -> Known:
        facts, asked = self.facts.get(client), client in self.asked
        if facts is None:
            return Known(
                screening_red_line=client in self.red_lines, well_being=well_being, asked=asked
            )
        words = list(facts.verdicts.values())
        return Known(
            values=max(self.values.get(facts.charter, 0), len(words)),
            judged=len(words),
            seen=words.count(Seen.Verdict.SEEN),
            red_line=bool(facts.red_lines),
            well_being=well_being,
            asked=asked,
        )


def status_due(*, now: datetime) -> str:
    """Keep the statuses of every published period that has none, oldest first."""
    out = {row.id: row.published_at for row in published_periods()}
    done = StatusPass.objects.values_list("period_id", flat=True)
    rows = Period.objects.filter(pk__in=out).exclude(pk__in=done).order_by("starts_on")
    waiting = periods_waiting(now=now)
    due = [row for row in rows if row.pk not in waiting or _has_waited(row, now)]
    made = each(due, lambda period: _do(period, _rule(out[period.pk]), now))
    return f"{len(made)} period(s) of client statuses" if made else ""


def _has_waited(period: Period, now: datetime) -> bool:
    return period.closes_at is None or now >= period.closes_at + GRACE


def _rule(published_at: datetime) -> StatusRule | None:
    """The firm's version when the figures came out: none is written with them in view."""
    return StatusRule.objects.filter(written_at__lte=published_at).first()


def _do(period: Period, rule: StatusRule | None, now: datetime) -> StatusPass | None:
    """None where another worker was first."""
    at = min(now, period.closes_at + GRACE) if period.closes_at else now
    worked = _worked(period)
    percents = Rule(rule.virtuous_from, rule.at_risk_under) if rule else Rule()
    rows = list(_statuses(period, worked.clients, _beside(at), percents))
    kept = StatusPass.objects.filter(period=period)
    made = StatusPass(
        period=period,
        rule=rule,
        formula_version=FORMULA_VERSION,
        made_at=now,
        profile_days={ref: round(days, 2) for ref, days in worked.profiles.items()},
    )
    return once(lambda: _keep(made, rows), done=kept.exists)


def _keep(made: StatusPass, rows: list[ClientStatus]) -> StatusPass:
    made.save(force_insert=True)
    for row in rows:
        row.status_pass = made
    ClientStatus.objects.bulk_create(rows, batch_size=500)
    return made


def _statuses(
    period: Period, days: Mapping[int, float], beside: Beside, rule: Rule
) -> Iterator[ClientStatus]:
    """One a client at which one worked, or which is judged; by the rule in force."""
    rows = Client.objects.filter(kind=Client.Kind.EXTERNAL).order_by("pk")
    clients = list(rows.values_list("pk", "ref"))
    scopes = [Scope("client", ref) for _pk, ref in clients]
    cells = published(viewer=VIEWER, periods=[period.pk], scopes=scopes)
    for pk, ref in clients:
        if pk not in days and pk not in beside.facts:
            continue
        cell = figure(cells, period.pk, Scope("client", ref))
        known = beside.known(pk, WITHHELD if cell.withheld else cell.group)
        word, reasons = status(known, rule)
        facts = beside.facts.get(pk)
        yield ClientStatus(
            client_id=pk,
            result=word,
            reasons=[reason.value for reason in reasons],
            days=days.get(pk, 0.0),
            values=known.values,
            judged=known.judged,
            seen=known.seen,
            charter_id=facts.charter if facts else None,
            review_id=facts.review if facts else None,
        )


def _worked(period: Period) -> Worked:
    """What was staffed at clients in the days of the period's rounds."""
    rounds = list(period.rounds.filter(opened_at__isnull=False).order_by("starts_on"))
    result = Worked()
    if not rounds:
        return result
    later = Round.objects.filter(starts_on__gt=rounds[-1].starts_on).order_by("starts_on")
    cadence = timedelta(weeks=FirmSettings.current().cadence_weeks)
    following = later.values_list("starts_on", flat=True).first()
    found = gathering.staffing(gathering.stretches(rounds, following=following, cadence=cadence))
    days = sum_by(found.mission, found.days, found.missions.size)
    worked = dict(zip(found.missions.tolist(), days.tolist(), strict=True))
    # All of them: a long list of ids would not fit into one query.
    missions = Mission.objects.filter(client__kind=Client.Kind.EXTERNAL).order_by("pk")
    for mission, client, profile in missions.values_list("pk", "client", "profile__ref"):
        part = worked.get(mission, 0.0)
        if part:
            result.clients[client] = result.clients.get(client, 0.0) + part
            result.profiles[profile] = result.profiles.get(profile, 0.0) + part
    return result


def _beside(at: datetime) -> Beside:
    facts = charter_facts(viewer=VIEWER, at=at)
    charters = {one.charter for one in facts.values()}
    values = CharterValue.objects.filter(charter__in=charters, chosen=True).order_by()
    counted = values.values_list("charter").annotate(n=Count("pk"))
    return Beside(facts, dict(counted), _red_lines(at), _asked(at))


def _red_lines(at: datetime) -> set[int]:
    """Clients whose last screening at first contact found a red line crossed."""
    made = Screening.objects.filter(prospect=OuterRef("pk"), made_at__lte=at)
    last = made.order_by("-made_at", "-pk").values("pk")[:1]
    crossed = Seen.objects.filter(screening=OuterRef("last"), red_line=True)
    rows = Prospect.objects.filter(client__isnull=False).annotate(last=Subquery(last))
    return set(rows.filter(Exists(crossed)).order_by().values_list("client", flat=True))


def _asked(at: datetime) -> set[int]:
    """Clients with a path that was open by then, on which something was asked."""
    asked = PathRequest.objects.filter(path=OuterRef("pk"), asked_on__lte=localdate(at))
    open_then = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    rows = Path.objects.filter(open_then, Exists(asked), client__isnull=False, opened_at__lte=at)
    return set(rows.order_by().values_list("client", flat=True))
