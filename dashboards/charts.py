"""Figures for Plotly as plain dictionaries, and their findings in words.

Colours are names of the style sheet's variables: the page's script reads them there. Nothing is
in a figure that is not also in the table beside it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from core import wording
from dashboards.edition import Point, has_curve, scores, since_cut

# Two fixed scales, never one made to measure: the whole one where something lies outside.
AXIS = (30, 90)
WHOLE_AXIS = (0, 100)
TICKS = 20
TICKS_FIT = 5
# Part of the time axis that stays free at each end.
AIR = 30
# Two labels nearer than this, in points, would write over each other.
LABEL_GAP = 6
NOTHING = ["", "", "", "", ""]
HOVER = "<br>".join(f"%{{customdata[{place}]}}" for place in range(5)) + "<extra></extra>"


def trend(name: str, points: Sequence[Point]) -> dict[str, Any] | None:
    """One point a period at its publication date, the firm dashed; None under three points.

    A withheld period is a gap with the word "withheld", never a line drawn across. Where the
    question changed, the lines are cut too, and a dashed upright line says so.
    """
    if not has_curve(points):
        return None
    axis = axis_of(points)
    return {
        "data": [_firm_line(points), _line(name, points)],
        "layout": {
            "height": 300,
            "margin": {"l": 36, "r": 80, "t": 12, "b": 36},
            "yaxis": {"range": list(axis), "dtick": TICKS, "tick0": 0},
            "xaxis": {
                "type": "date",
                "showgrid": False,
                "tickangle": 0,
                # Stated, or Plotly would shrink the plot to make room for the labels at its end.
                "range": _span(points),
                **_named(points),
            },
            "annotations": [*_ends(points), *_gaps(points, axis[0]), *_cut_words(points)],
            "shapes": [_cut_line(day) for day in _cuts(points).values()],
        },
    }


def axis_of(points: Iterable[Point]) -> tuple[int, int]:
    """30–90, or 0–100 where a figure, an interval or the firm lies outside."""
    cells = [cell for point in points for cell in (point.cell, point.firm) if not cell.withheld]
    low = min((cell.low for cell in cells), default=AXIS[0])
    high = max((cell.high for cell in cells), default=AXIS[1])
    return AXIS if AXIS[0] <= low and high <= AXIS[1] else WHOLE_AXIS


def ticks(points: Iterable[Point]) -> list[str]:
    """Month of each publication, with the year where it changes: « avr. 25, juil. »."""
    return month_words(point.day for point in points)


def month_words(days: Iterable[date]) -> list[str]:
    """« avr. 25, juil. »: the year where it changes."""
    words, year = [], 0
    for day in days:
        month = wording.short_month(day)
        words.append(month if day.year == year else f"{month} {day:%y}")
        year = day.year
    return words


def _named(points: Sequence[Point]) -> dict[str, list[str]]:
    """Ticks with their words; every second one where eight would not fit on a phone."""
    step = 2 if len(points) > TICKS_FIT else 1
    first = (len(points) - 1) % step
    return {
        "tickvals": [_day(point) for point in points[first::step]],
        "ticktext": ticks(points[first::step]),
    }


def finding(points: Sequence[Point]) -> str:
    """What the curve says: figures, never a cause. Empty under three points.

    Where the question changed, only the part since then is spoken of.
    """
    if not has_curve(points):
        return ""
    points = since_cut(points)
    if not has_curve(points) and points[0].cut:
        return _("Question changed: comparable from %(period)s on") % {"period": points[0].label}
    known = [place for place, value in enumerate(scores(points)) if value is not None]
    shown = [points[place].cell.score for place in known]
    words = {"first": shown[0], "last": shown[-1], "count": known[-1] - known[0] + 1}
    if len(set(shown)) == 1:
        said = _("Stable at %(last)s over %(count)s periods")
    elif shown[0] == shown[-1]:
        said = _("Back at %(last)s after %(count)s periods")
    else:
        said = _("From %(first)s to %(last)s in %(count)s periods")
    return said % words


def _line(name: str, points: Sequence[Point]) -> dict[str, Any]:
    cells = [point.cell for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "connectgaps": False,
        "x": _cut_where(points, [_day(point) for point in points], _cuts(points)),
        "y": _cut_where(points, scores(points)),
        "line": {"color": "var(--mark)", "width": 2.25},
        "marker": {"color": "var(--mark)", "size": 9},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": _cut_where(points, [None if c.withheld else c.high - c.score for c in cells]),
            "arrayminus": _cut_where(
                points, [None if c.withheld else c.score - c.low for c in cells]
            ),
            "thickness": 1.5,
            "width": 0,
            "color": "var(--mark)",
        },
        "customdata": _cut_where(points, [_told(name, point) for point in points], NOTHING),
        "hovertemplate": HOVER,
    }


def _firm_line(points: Sequence[Point]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _("The firm"),
        "connectgaps": False,
        "hoverinfo": "skip",
        "x": _cut_where(points, [_day(point) for point in points], _cuts(points)),
        "y": _cut_where(
            points, [None if point.firm.withheld else point.firm.score for point in points]
        ),
        "line": {"color": "var(--mark-mute)", "width": 1.5, "dash": "4px,3px"},
    }


def _told(name: str, point: Point) -> list[str]:
    """Name, value, interval, people, period; nothing for a withheld one, which has no mark."""
    cell = point.cell
    if cell.withheld:
        return NOTHING
    return [
        name,
        wording.number(cell.score),
        wording.between_text(cell.low, cell.high),
        wording.band_text(cell.band),
        point.label,
    ]


def _span(points: Sequence[Point]) -> list[str]:
    """The time axis: from the first publication to the last, with a little air."""
    first, last = points[0].day, points[-1].day
    air = max((last - first) // AIR, timedelta(days=1))
    return [(first - air).isoformat(), (last + air).isoformat()]


def _day(point: Point) -> str:
    return point.day.isoformat()


def _ends(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Direct labels at the right end, kept apart where they would overlap."""
    last = points[-1]
    ends: list[tuple[int, str, str]] = []
    if not last.cell.withheld:
        ends.append((last.cell.score, wording.number(last.cell.score), "var(--text)"))
    if not last.firm.withheld:
        words = _("Firm %(score)s") % {"score": last.firm.score}
        ends.append((last.firm.score, words, "var(--text-2)"))
    close = len(ends) > 1 and abs(ends[0][0] - ends[1][0]) < LABEL_GAP
    upper = max(range(len(ends)), key=lambda place: ends[place][0], default=0)
    return [
        {
            "x": _day(last),
            "y": score,
            "text": text,
            "showarrow": False,
            "xanchor": "left",
            "xshift": 12,
            "yshift": (9 if place == upper else -9) if close else 0,
            # Not <b>: Plotly would write it as an inline style, which the policy refuses.
            "font": {"color": colour, "weight": 600 if place == 0 else 400},
        }
        for place, (score, text, colour) in enumerate(ends)
    ]


def _gaps(points: Sequence[Point], bottom: int) -> list[dict[str, Any]]:
    return [
        {
            "x": _day(point),
            "y": bottom + 4,
            "text": _("withheld"),
            "showarrow": False,
            "font": {"color": "var(--text-3)", "size": 12},
        }
        for point in points
        if point.cell.withheld
    ]


# --- where the question changed ------------------------------------------------------------------


def _cuts(points: Sequence[Point]) -> dict[int, str]:
    """Place of each point that a cut stands before, and the day half-way to the point before."""
    found = {}
    for place, (before, point) in enumerate(pairwise(points), start=1):
        if point.cut:
            found[place] = (before.day + (point.day - before.day) / 2).isoformat()
    return found


def _cut_where(
    points: Sequence[Point],
    values: Iterable[Any],
    filler: dict[int, str] | list[str] | None = None,
) -> list[Any]:
    """One value a point, and one more at each cut that is missing: no line is drawn across.

    ``filler`` stands there: the days of the cuts, or the same for each.
    """
    cuts, filled = _cuts(points), []
    for place, value in enumerate(values):
        if place in cuts:
            filled.append(filler[place] if isinstance(filler, dict) else filler)
        filled.append(value)
    return filled


def cut_text() -> str:
    """What stands beside the upright line of a cut."""
    return _("Question changed")


def _cut_line(day: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": day,
        "x1": day,
        "y0": 0,
        "y1": 1,
        "line": {"color": "var(--line-strong)", "width": 1, "dash": "2px,3px"},
    }


def _cut_words(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Left of its line in the right half of the plot, else right of it."""
    return [
        {
            "x": day,
            "y": 1,
            "yref": "paper",
            "yanchor": "top",
            "text": cut_text(),
            "showarrow": False,
            "xanchor": "right" if 2 * place > len(points) else "left",
            "xshift": -5 if 2 * place > len(points) else 5,
            "font": {"color": "var(--text-2)", "size": 12},
        }
        for place, day in _cuts(points).items()
    ]
