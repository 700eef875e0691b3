"""The load page's trend: people above their zone at each period's end, and what the rotations that
are talked over would make of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancing import reading
from balancing.models import Rotation
from core.wording import months_text, short_month
from dashboards.charts_load import Bar, trend_svg

# One point a period, drawn from three on.
FEWEST_POINTS = 3
LAST_POINTS = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """People above their zone some rounds ahead, as the rotations' own search computed it."""

    rotations: int
    rounds: int
    without: int
    above: int

    @property
    def text(self) -> str:
        words = {
            "rounds": self.rounds,
            "without": self.without,
            "above": self.above,
            "count": self.rotations,
        }
        return (
            ngettext(
                "In %(rounds)s rounds: %(without)s if nothing changes, %(above)s if the rotation"
                " that is being talked over happens.",
                "In %(rounds)s rounds: %(without)s if nothing changes, %(above)s if the %(count)s"
                " rotations that are being talked over happen.",
                self.rotations,
            )
            % words
        )


def expected(rotations: Iterable[Rotation]) -> Expected | None:
    """What those talked over would do together; None where there is none.

    Each was measured alone against the same staffing, and nobody is in two: what they take away
    adds up. Where they were asked for at different times, the newest says how it would be without.
    """
    talked = [row for row in rotations if row.state == Rotation.State.TALKING]
    if not talked:
        return None
    newest = max(talked, key=lambda row: (row.run.asked_at, row.run_id))
    gained = sum(row.above_without - row.above_with for row in talked)
    return Expected(
        len(talked), newest.run.rounds, newest.above_without, max(0, newest.above_without - gained)
    )


def trend(now: datetime, rotations: Iterable[Rotation]) -> dict[str, Any]:
    """What the page shows: drawing, words, and the table beside them."""
    points = [point for point in reading.firm_trend(now) if point.compared][-LAST_POINTS:]
    then = expected(rotations)
    context: dict[str, Any] = {
        "trend": [
            (months_text(point.starts_on, point.last_round_on), point.above) for point in points
        ],
        "expected": then,
        "trend_drawing": "",
        "trend_title": "",
    }
    if len(points) < FEWEST_POINTS:
        return context
    bars = [Bar(short_month(point.last_round_on), point.above) for point in points]
    title = _title(points[0].above, points[-1].above, len(points))
    label = title
    if then is not None:
        bars.append(Bar(_("what if"), then.above, planned=True))
        label = f"{title}. {then.text}"
    return context | {"trend_drawing": trend_svg(bars, label), "trend_title": title}


def _title(first: int, last: int, periods: int) -> str:
    words = {"first": first, "last": last, "periods": periods}
    if first == last:
        text = ngettext(
            "%(last)s person above, as %(periods)s periods ago",
            "%(last)s people above, as %(periods)s periods ago",
            last,
        )
    else:
        text = ngettext(
            "From %(first)s to %(last)s person in %(periods)s periods",
            "From %(first)s to %(last)s people in %(periods)s periods",
            last,
        )
    return text % words
