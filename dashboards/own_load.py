"""A person's own load, at once and in the words that their managers read a week later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from balancing import reading
from balancing.models import Load
from core.wording import number, percent
from dashboards.charts_load import Dot, own_svg
from followup.reading import Card, alerts_about
from missions.contests import contested
from missions.models import Mission


@dataclass(frozen=True, slots=True)
class Carried:
    """A mission that somebody carried over the window."""

    mission: Mission
    name: str
    rounds: int
    demanding: int
    days: float
    demand: float
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One person's row in numbers and words."""

    load: Load
    dot: Dot
    reasons: list[str]
    carried: list[Carried]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One's own line with its drawing; ``until`` is the close of the last round in it."""

    line: Line
    drawing: SafeString
    until: datetime
    alerts: list[Card]


def own_load_line(person: User, now: datetime) -> OwnLine | None:
    """What ``templates/dashboards/_own_load.html`` shows; None before the first computed load."""
    row = reading.own_load(person, now)
    if row is None:
        return None
    line = lines([row])[0]
    words = {"share": percent(line.dot.share)}
    label = _("Your share: %(share)s.") % words
    if line.dot.low is not None and line.dot.high is not None:
        zone = {"low": percent(line.dot.low), "high": percent(line.dot.high)}
        label += " " + _("Zone of chance: %(low)s to %(high)s.") % zone
    return OwnLine(
        line, own_svg(line.dot, label), row.load_pass.round.closes_at, alerts_about(person, now)
    )


def lines(loads: Iterable[Load]) -> list[Line]:
    """Rows in words; one look-up for all the missions they name."""
    rows = list(loads)
    carried = reading.carried(rows)
    missions = Mission.objects.select_related("client").in_bulk(carried)
    doubted = contested(carried)
    return [Line(row, dot_of(row), reasons(row), _carried(row, missions, doubted)) for row in rows]


def dot_of(row: Load) -> Dot:
    return Dot(
        row.person.full_name, row.share, row.zone_low, row.zone_high, row.expected, row.above_zone
    )


def reasons(row: Load) -> list[str]:
    """Share, demanding rounds and weighted load, one sentence each."""
    return [_share_text(row), _rounds_text(row), *_load_text(row)]


def _share_text(row: Load) -> str:
    words = {"share": percent(row.share)}
    if row.zone_low is None or row.zone_high is None:
        return _("%(share)s of days on demanding missions") % words
    words |= {"low": number(row.zone_low, 0), "high": percent(row.zone_high)}
    if row.above_zone:
        text = _(
            "%(share)s of days on demanding missions, above the zone of chance (%(low)s to"
            " %(high)s)"
        )
    else:
        text = _("%(share)s of days on demanding missions; zone of chance, %(low)s to %(high)s")
    return text % words


def _rounds_text(row: Load) -> str:
    counts = {"count": row.demanding_rounds, "rounds": row.exposed_rounds}
    text = ngettext(
        "%(count)s demanding round of %(rounds)s",
        "%(count)s demanding rounds of %(rounds)s",
        row.demanding_rounds,
    )
    if row.two_in_a_row:
        return _("Two demanding missions in a row, %(rounds)s") % {"rounds": text % counts}
    return text % counts


def _load_text(row: Load) -> list[str]:
    if row.upper95 is None:
        return []
    words = {"load": number(row.load, 1), "upper": number(row.upper95, 1)}
    return [
        _(
            "Weighted load, recent rounds counting more: %(load)s; 95 of 100 random deals stay"
            " under %(upper)s"
        )
        % words
    ]


def _carried(row: Load, missions: dict[int, Mission], doubted: set[int]) -> list[Carried]:
    return [
        Carried(
            found,
            f"{found.client.name}, {found.title}",
            item["rounds"],
            item["demanding"],
            item["days"],
            item["demand"],
            found.pk in doubted,
        )
        for item in row.detail
        if (found := missions.get(item["mission"]))
    ]
