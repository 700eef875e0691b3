"""Rules on what the firm does with its charter: exceptions, screenings, paths, and what becomes of
its clients.

They read what people wrote down about clients, their published statuses and who is between
missions: no answer.
"""

from datetime import date, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils.timezone import localdate

from accounts.models import User
from balancing.maths.status import AT_RISK, Reason
from balancing.portfolio import Status, newest_kept, statuses
from clients.models import CharterException, Client, Path, Screening, Seen
from followup.causes import VIEWER, Finding, Looked, closed_by_people
from followup.models import Alert
from missions.standing import between_missions

WINDOW = timedelta(weeks=26)
PILE, PILE_WHEN_FULL = 3, 2
RISE, RISE_WHEN_FULL = 15, 10  # points of the share of contrary verdicts
LEAST_VERDICTS = 10
FULL = 10  # percent of consultants between missions
STEP = 5
RED_LINES = frozenset({Reason.RED_LINE.value, Reason.RED_LINE_SCREENING.value})


def bench(day: date) -> int:
    """Percent of consultants who are between missions that day, down to the nearest 5."""
    people = User.objects.consultants().present(day).count()
    idle = between_missions(first=day, last=day).count()
    return STEP * (100 * idle // people // STEP) if people else 0


def _window(field: str, first: date, last: date) -> Q:
    """After the first day, up to the last."""
    return Q(**{f"{field}__date__gt": first, f"{field}__date__lte": last})


def contrary(first: date, last: date) -> int | None:
    """Percent of verdicts that were contrary, of each prospect the last screening of that time
    alone; None where there are too few to say."""
    made = Screening.objects.filter(_window("made_at", first, last))
    newest = made.filter(prospect=OuterRef("prospect")).order_by("-made_at", "-pk")
    rows = Seen.objects.filter(screening__in=made.filter(pk=Subquery(newest.values("pk")[:1])))
    verdicts = rows.count()
    if verdicts < LEAST_VERDICTS:
        return None
    return round(100 * rows.filter(verdict=Seen.Verdict.CONTRARY).count() / verdicts)


class CharterDrift:
    """Exceptions pile up, or contrary values do, above all when many are between missions."""

    code = Alert.Rule.CHARTER_DRIFT.value

    def findings(self, at: Looked) -> list[Finding]:
        since, before = at.day - WINDOW, at.day - 2 * WINDOW
        made = CharterException.objects
        now = made.filter(_window("decided_at", since, at.day)).count()
        earlier = made.filter(_window("decided_at", before, since)).count()
        share, share_before = contrary(since, at.day), contrary(before, since)
        idle = bench(at.day)
        is_full = idle >= FULL
        piles_up = now > earlier and now >= (PILE_WHEN_FULL if is_full else PILE)
        rises = (
            share is not None
            and share_before is not None
            and share - share_before >= (RISE_WHEN_FULL if is_full else RISE)
        )
        if not (piles_up or rises):
            return []
        reason = {
            "piles_up": piles_up,
            "exceptions": now,
            "before": earlier,
            "rises": rises,
            "contrary": share or 0,
            "contrary_before": share_before or 0,
            "bench": idle if is_full else 0,
        }
        return [Finding(reason)]


class ExceptionDue:
    """The day to look at an exception again has passed."""

    code = Alert.Rule.EXCEPTION_DUE.value

    def findings(self, at: Looked) -> list[Finding]:
        rows = CharterException.objects.overdue(at.day).order_by("-look_again_on", "pk")
        # The earliest one of a client stands.
        since = dict(rows.values_list("client", "look_again_on"))
        return [
            Finding({"since": day.isoformat()}, client=pk) for pk, day in sorted(since.items())
        ]


class StalePath:
    """A path with a client on which nothing moves."""

    code = Alert.Rule.STALE_PATH.value

    def findings(self, at: Looked) -> list[Finding]:
        rows = Path.objects.stale(at.day).filter(client__isnull=False).order_by("client")
        return [
            Finding(
                {
                    "meeting": _passed(row, at.day),
                    "moved": localdate(row.moved_at).isoformat(),
                    "asked": _waiting_since(row, at.day),
                },
                client=row.client_id,
            )
            for row in rows.prefetch_related("requests")
        ]


def _waiting_since(path: Path, day: date) -> str:
    """The day of the oldest request that has waited for too long."""
    waiting = [one.asked_on for one in path.requests.all() if one.waits(day)]
    return min(waiting).isoformat() if waiting else ""


def _passed(path: Path, day: date) -> str:
    """The day of its meeting, where that has passed."""
    meeting = path.next_meeting_on
    return meeting.isoformat() if meeting and meeting < day else ""


class ClientAtRisk:
    """A client's status has become “at risk”.

    One that was so from the start opens none, but for a red line: the first statuses of a firm
    would raise an alert about every client of which nothing is asked yet, and the page about
    virtuous clients says that already. Whoever closed the alert has done with the figures of then.
    """

    code = Alert.Rule.CLIENT_AT_RISK.value

    def findings(self, at: Looked) -> list[Finding]:
        kept = newest_kept(by=at.day)
        if not kept:
            return []
        newest = kept[0]
        found = statuses(viewer=VIEWER, periods=[one.period for one in kept])
        old = {client: row for (period, client), row in found.items() if period != newest.period}
        done = closed_by_people(self.code, "client_id")
        there = set(Client.objects.current(at.day).values_list("pk", flat=True))
        return [
            Finding(
                _why_at_risk(newest.period, row, old.get(client)),
                client=client,
                opens=_turned(row, old.get(client))
                and not (client in done and done[client] >= newest.made_at),
            )
            for (period, client), row in found.items()
            if period == newest.period and row.result == AT_RISK and client in there
        ]


def _turned(now: Status, before: Status | None) -> bool:
    """Is it news: at risk, and not so before; or a red line that was not crossed before?"""
    crossed = RED_LINES.intersection(now.reasons)
    if before is None:
        return bool(crossed)
    return before.result != AT_RISK or not crossed <= set(before.reasons)


def _why_at_risk(period: int, now: Status, before: Status | None) -> dict[str, object]:
    return {
        "period": period,
        "before": before.result if before else "",
        "reasons": list(now.reasons),
    }
