"""What raises an alert: small rules, each reading loads and published figures alone.

A rule says what it finds at the close of a round; what becomes of it (opened, kept, closed) is
decided in ``followup.alerts``, the same for all.
"""

from typing import Any

from balancing.models import Load, LoadPass
from clients.models import Client
from followup.causes import VIEWER, Finding, Looked, Rule, closed_by_people
from followup.models import Alert
from followup.rules_charter import CharterDrift, ClientAtRisk, ExceptionDue, StalePath
from followup.rules_participation import LowParticipation
from followup.rules_staffing import NobodyLeft, PastEnd
from scoring.publication import OVERALL, Cell, Scope, declines, figure, published
from surveys.models import Round

FIRM, CLIENT = "firm", "client"
BELOW = "below"
INDEX = "gini"
# Rounds during which a sign of decline stands without a new one.
LASTS = 6


class PersonOverShare:
    """Somebody carries more demanding missions than chance would give (``decisions.md`` 20)."""

    code = Alert.Rule.PERSON_OVER_SHARE.value

    def findings(self, at: Looked) -> list[Finding]:
        rows = Load.objects.filter(load_pass=at.loads, over_share=True).order_by("person")
        return [Finding(self._reason(row), person=row.person_id) for row in rows]

    def _reason(self, row: Load) -> dict[str, Any]:
        return {
            "share": round(row.share),
            "zone": [round(row.zone_low or 0), round(row.zone_high or 0)],
            "above_zone": row.above_zone,
            "rounds": row.exposed_rounds,
            "demanding_rounds": row.demanding_rounds,
            "two_in_a_row": row.two_in_a_row,
            "load": round(row.load, 1),
            "upper95": round(row.upper95 or 0, 1),
            "missions": row.detail,
        }


class FirmImbalance:
    """The firm's index is above what 95 of 100 deals give, two rounds running."""

    code = Alert.Rule.FIRM_IMBALANCE.value

    def findings(self, at: Looked) -> list[Finding]:
        earlier = LoadPass.objects.filter(round__starts_on__lt=at.loads.round.starts_on)
        before = earlier.order_by("-round__starts_on").first()
        if before is None or not (_beyond(at.loads) and _beyond(before)):
            return []
        index = at.loads.indices[INDEX]
        reason = {
            "index": round(index["value"], 3),
            "reference": round(index["reference"], 3),
            "above_zone": at.loads.above_zone,
            "compared": at.loads.compared,
        }
        return [Finding(reason)]


def _beyond(loads: LoadPass) -> bool:
    return bool(loads.indices.get(INDEX, {}).get("beyond"))


class ClientBelow:
    """A client's published figure is clearly below the firm's."""

    code = Alert.Rule.CLIENT_BELOW.value

    def findings(self, at: Looked) -> list[Finding]:
        if at.release is None:
            return []
        cells = published(viewer=VIEWER, periods=[at.release.id])
        out = {
            scope.ref
            for (_, scope), cell in cells.items()
            if scope.kind == CLIENT and scope.dimension == OVERALL and cell.group == BELOW
        }
        there = Client.objects.current(at.day).order_by("pk")
        found = [row for row in there.values_list("pk", "ref") if row[1] in out]
        return [Finding(_client_reason(cells, at.release.id, ref), client=pk) for pk, ref in found]


def _client_reason(cells: dict[tuple[int, Scope], Cell], period: int, ref: str) -> dict[str, Any]:
    """Published, rounded figures only: the overall one, and the themes clearly below the firm."""
    themes = sorted(
        scope.dimension
        for (_, scope), cell in cells.items()
        if (scope.kind, scope.ref) == (CLIENT, ref) and cell.group == BELOW
    )
    return {
        "period": period,
        "figures": [
            _numbers(cells, period, ref, theme)
            for theme in (OVERALL, *(theme for theme in themes if theme != OVERALL))
        ],
    }


def _numbers(
    cells: dict[tuple[int, Scope], Cell], period: int, ref: str, dimension: str
) -> dict[str, Any]:
    cell = figure(cells, period, Scope(CLIENT, ref, dimension))
    firm = figure(cells, period, Scope(FIRM, "", dimension))
    return {
        "dimension": dimension,
        "score": cell.score,
        "low": cell.low,
        "high": cell.high,
        "level": cell.level,
        "band": cell.band,
        "firm": firm.score,
    }


class ClientDeclining:
    """A client's level was seen to go down in one of the last six rounds: a bit, no figure.

    A manager who closed the alert has done with the bits of before.
    """

    code = Alert.Rule.CLIENT_DECLINING.value

    def findings(self, at: Looked) -> list[Finding]:
        rounds = Round.objects.filter(
            opened_at__isnull=False, starts_on__lte=at.loads.round.starts_on
        )
        recent = {row.pk: row for row in rounds.order_by("-starts_on")[:LASTS]}
        latest: dict[str, Round] = {}
        for number, ref in declines(viewer=VIEWER, rounds=recent):
            if ref not in latest or recent[number].starts_on > latest[ref].starts_on:
                latest[ref] = recent[number]
        done = closed_by_people(self.code, "client_id")
        there = Client.objects.filter(ref__in=latest).order_by("pk")
        return [
            Finding({"round_on": latest[ref].starts_on.isoformat()}, client=pk)
            for pk, ref in there.values_list("pk", "ref")
            if pk not in done or latest[ref].closes_at > done[pk]
        ]


# Looked at every day: people are assigned, and things decided, between two closes.
STAFFING: tuple[Rule, ...] = (
    PastEnd(),
    NobodyLeft(),
    CharterDrift(),
    ExceptionDue(),
    StalePath(),
    ClientAtRisk(),
)
RULES: tuple[Rule, ...] = (
    PersonOverShare(),
    FirmImbalance(),
    ClientBelow(),
    ClientDeclining(),
    *STAFFING,
    LowParticipation(),
)
